// GET /v1/clusters/{cluster}/diff. Two clusters may be in different hosts: the objects of one are carried to the host of the other, which compares.

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import {
  diffSteps,
  type ObjectSet,
  objectsOf,
  readObjects,
  restoreSteps,
  type SnapshotHeader,
  type Steps,
  type StoredRecord,
  writeObjects,
} from '../../engine/cluster/index.ts';
import { hashToHex } from '../../engine/kernel/hash.ts';
import { serviceAt } from '../../service/past-view.ts';
import type { ClusterInfo, ClusterService, RecordedState } from '../../service/ports.ts';
import { refuse, refuseField } from '../errors.ts';
import { finishInTurns } from '../../service/in-turns.ts';
import { askHost } from '../pass-on.ts';
import type { FrontContext } from './context.ts';
import { defineEndpoint, defineFrontEndpoint } from './endpoint.ts';
import { clusterNameSchema, clusterParams, momentSchema, queryText } from './schemas/common.ts';
import { type Difference, differenceSchema } from './schemas/history.ts';

const differenceQuery = z.strictObject({
  from: momentSchema.optional().openapi({ description: 'A moment of the cluster; to be left out only beside `with`, and means now then.' }),
  to: momentSchema.optional(),
  with: clusterNameSchema.optional().openapi({
    description: 'Another cluster, to which `to` belongs then; absent: the same.',
    example: 'what-if',
  }),
  resource: queryText('Only objects of this resource.', 'pods').optional(),
  namespace: queryText('Only objects in this namespace.', 'default').optional(),
});

type DifferenceQuery = z.output<typeof differenceQuery>;

const answer = { status: 200, description: 'What differs.', schema: differenceSchema } as const;

export const getDifference = defineFrontEndpoint({
  operationId: 'getDifference',
  method: 'get',
  path: '/v1/clusters/{cluster}/diff',
  tag: 'History',
  summary: 'Compare two moments, or two clusters',
  description:
    'Objects that were added, removed and changed between two moments of the cluster, or between it and another one (`with`), by field. What differs in every write (`metadata.resourceVersion`, `metadata.managedFields`) is left out. An answer ends where it becomes too long (`isTruncated`): ask by `resource` or `namespace` then.',
  params: clusterParams,
  query: differenceQuery,
  answer,
  problems: ['cluster-not-found', 'cluster-broken', 'invalid-instant', 'gone', 'host-lost', 'storage-unavailable'],
  async handle({ params: { cluster }, query, request }, context) {
    const { clusters } = context;
    if (query.with === undefined) {
      if (query.from === undefined) refuseField('query', 'from', 'must be given, a moment to compare with, or `with`, another cluster');
      return askHost(clusters, request, { cluster, operationId: COMPARE });
    }
    const elsewhere = context.otherFront(query.with);
    const other = await (elsewhere === undefined ? otherSide(request, query.with, context) : elsewhere(request, query.with));
    if (other.status !== 200) return other;
    return askHost(clusters, request, { cluster, operationId: COMPARE, body: new Uint8Array(await other.arrayBuffer()) });
  },
});

/** The side of the other cluster, as its front answers it. Fails: as hosts fail. */
export async function otherSide(
  request: Request,
  cluster: string,
  { clusters, access }: Pick<FrontContext, 'clusters' | 'access'>,
): Promise<Response> {
  const admission = access.admit(request, cluster);
  if (admission !== 'admitted')
    refuse(admission, `What you sent does not open the cluster ${cluster}; the token of the service opens both.`);
  return askHost(clusters, request, { cluster, operationId: READ });
}

const READ = 'readOtherSide';
const COMPARE = 'compareSides';
const COMPARE_RECORDED = 'compareRecorded';

/** What hosts do for `getDifference`; clients have no way to it. */
export const differenceSteps = [
  defineEndpoint({
    ...getDifference.spec,
    operationId: READ,
    params: clusterParams,
    query: differenceQuery,
    answer: { status: 200, description: 'The moment, and the objects, a line each.', mediaTypes: ['text/plain'] },
    handle: async ({ params: { cluster }, query }, { service }) =>
      new Response((await linesOf(service, cluster, query)).join('\n'), { headers: { 'Content-Type': 'text/plain' } }),
  }),
  defineEndpoint({
    ...getDifference.spec,
    operationId: COMPARE,
    params: clusterParams,
    query: differenceQuery,
    answer,
    async handle({ params: { cluster }, query, request }, { service }) {
      const before = await serviceAt(service, cluster, query.from);
      const { moment, objects } = query.with === undefined ? await ownSide(service, cluster, query) : await carriedSide(request);
      const difference = await finishInTurns(diffSteps(before.read(cluster, objectsOf), objects, query));
      return { value: { from: momentOf(before.get(cluster)), to: moment, ...difference } };
    },
  }),
  defineEndpoint({
    ...getDifference.spec,
    operationId: COMPARE_RECORDED,
    params: clusterParams,
    query: z.looseObject({}),
    answer,
    async handle({ params: { cluster }, request }, { service }) {
      const before = await finishInTurns(recordedSide(Buffer.from(await request.arrayBuffer()).toString()));
      const after = await ownSide(service, cluster, {});
      const difference = await finishInTurns(diffSteps(before.objects, after.objects));
      return { value: { from: before.moment, to: after.moment, ...difference } };
    },
  }),
];

/** What differs between a recorded state and the cluster that was made of the recording. */
export async function differenceFrom(
  request: Request,
  { clusters }: Pick<FrontContext, 'clusters'>,
  cluster: string,
  { header, records }: RecordedState,
): Promise<Difference> {
  const body = Buffer.from([header, ...records].map((line) => JSON.stringify(line)).join('\n'));
  const answered = await askHost(clusters, request, { cluster, operationId: COMPARE_RECORDED, body });
  if (answered.status !== 200) throw new Error(`the difference could not be told: ${await answered.text()}`);
  return (await answered.json()) as Difference;
}

/** The state that is the body of the request, with the objects that every cluster has. */
function* recordedSide(text: string): Steps<Side> {
  const [head = '', ...lines] = text.split('\n');
  const header = JSON.parse(head) as SnapshotHeader;
  const records = lines.map((line) => JSON.parse(line) as StoredRecord);
  const state = yield* restoreSteps(header, records);
  const { nowMs, revision, digest } = header;
  const moment = { time: formatInstant(nowMs), resourceVersion: String(revision), digest: hashToHex(digest) };
  return { moment, objects: objectsOf(state) };
}

interface Side {
  readonly moment: Moment;
  readonly objects: ObjectSet;
}

/** What `to` means in this cluster. */
async function ownSide(service: ClusterService, cluster: string, { to }: DifferenceQuery): Promise<Side> {
  const view = await serviceAt(service, cluster, to);
  return { moment: momentOf(view.get(cluster)), objects: view.read(cluster, objectsOf) };
}

/** The side of another cluster: the moment, and its objects, a line each. */
async function linesOf(service: ClusterService, cluster: string, query: DifferenceQuery): Promise<string[]> {
  const { moment, objects } = await ownSide(service, cluster, query);
  return [JSON.stringify(moment), ...writeObjects(objects, query)];
}

/** The side that is the body of the request. */
async function carriedSide(request: Request): Promise<Side> {
  const text = Buffer.from(await request.arrayBuffer()).toString();
  const [moment = '', ...lines] = text.split('\n');
  return { moment: JSON.parse(moment) as Moment, objects: await finishInTurns(readObjects(lines)) };
}

type Moment = Difference['from'];

function momentOf({ now, resourceVersion, digest }: ClusterInfo): Moment {
  return { time: now, resourceVersion, digest };
}
