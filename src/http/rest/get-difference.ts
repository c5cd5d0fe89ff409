// GET /v1/clusters/{cluster}/diff. Two clusters may be in different hosts: the objects of one are carried to the host of the other, which compares.

import { z } from '@hono/zod-openapi';
import { diffObjects, objectsOf, readObjects, writeObjects } from '../../engine/cluster/index.ts';
import { serviceAt } from '../../service/past-view.ts';
import type { ClusterInfo, ClusterService } from '../../service/ports.ts';
import { refuse, refuseField } from '../errors.ts';
import { askHost } from '../pass-on.ts';
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
    'Objects that were added, removed and changed between two moments of the cluster, or between it and another one (`with`), by field. What differs in every write (`metadata.resourceVersion`, `metadata.managedFields`) is left out.',
  params: clusterParams,
  query: differenceQuery,
  answer,
  problems: ['cluster-not-found', 'cluster-broken', 'invalid-instant', 'gone', 'host-lost', 'storage-unavailable'],
  async handle({ params: { cluster }, query, request }, { clusters, access }) {
    if (query.with === undefined) {
      if (query.from === undefined) refuseField('query', 'from', 'must be given, a moment to compare with, or `with`, another cluster');
      return askHost(clusters, request, { cluster, operationId: COMPARE });
    }
    const admission = access.admit(request, query.with);
    if (admission !== 'admitted')
      refuse(admission, `What you sent does not open the cluster ${query.with}; the token of the service opens both.`);
    const other = await askHost(clusters, request, { cluster: query.with, operationId: READ });
    if (other.status !== 200) return other;
    return askHost(clusters, request, { cluster, operationId: COMPARE, body: new Uint8Array(await other.arrayBuffer()) });
  },
});

const READ = 'readOtherSide';
const COMPARE = 'compareSides';

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
    handle: async ({ params: { cluster }, query, request }, { service }) => ({
      value:
        query.with === undefined ? await compareMoments(service, cluster, query) : await compareClusters(service, cluster, query, request),
    }),
  }),
];

async function linesOf(service: ClusterService, cluster: string, query: DifferenceQuery): Promise<string[]> {
  const view = await serviceAt(service, cluster, query.to);
  const moment = JSON.stringify(momentOf(view.get(cluster)));
  return view.read(cluster, (state) => [moment, ...writeObjects(objectsOf(state), query)]);
}

async function compareMoments(service: ClusterService, cluster: string, query: DifferenceQuery): Promise<Difference> {
  const before = await serviceAt(service, cluster, query.from);
  const after = await serviceAt(service, cluster, query.to);
  const difference = before.read(cluster, (old) => after.read(cluster, (young) => diffObjects(objectsOf(old), objectsOf(young), query)));
  return { from: momentOf(before.get(cluster)), to: momentOf(after.get(cluster)), ...difference };
}

/** The other side is the body of the request. */
async function compareClusters(service: ClusterService, cluster: string, query: DifferenceQuery, request: Request): Promise<Difference> {
  const before = await serviceAt(service, cluster, query.from);
  const [moment = '', ...lines] = Buffer.from(await request.arrayBuffer())
    .toString()
    .split('\n');
  const others = readObjects(lines);
  const difference = before.read(cluster, (state) => diffObjects(objectsOf(state), others, query));
  return { from: momentOf(before.get(cluster)), to: JSON.parse(moment) as Difference['to'], ...difference };
}

function momentOf({ now, resourceVersion, digest }: ClusterInfo): Difference['from'] {
  return { time: now, resourceVersion, digest };
}
