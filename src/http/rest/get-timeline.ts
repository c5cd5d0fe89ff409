// GET /v1/clusters/{cluster}/timeline

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import type { RowFilter, TimelineStep } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { storedResourceOf } from '../../engine/kinds/kind.ts';
import type { ClusterService, Instant } from '../../service/ports.ts';
import { type TimelineEnd, TimelineReader, type TimelineStart } from '../../service/timeline.ts';
import { clusterKinds, lastFaultId } from '../../engine/cluster/index.ts';
import { refuseField } from '../errors.ts';
import { waitingHeaders } from '../waiting-headers.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { streamingResponse } from '../watch/stream.ts';
import { acceptsEventStream } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { findKind, resourceNames } from '../resource-names.ts';
import { clusterParams, momentSchema, queryInteger, queryText } from './schemas/common.ts';
import { timelineSchema } from './schemas/timeline.ts';
import { collectRows } from './timeline-rows.ts';
import { TimelineSource } from './timeline-source.ts';

/** Changes that one answer looks through. */
const CHANGES_DEFAULT = 5_000;
const CHANGES_MAX = 20_000;

const query = z.strictObject({
  from: momentSchema.optional().openapi({ description: 'Where it begins; absent: where the watch history does.' }),
  to: momentSchema.optional().openapi({ description: 'Where it ends; absent: now.' }),
  at: momentSchema.optional().openapi({ description: 'The timeline as it was at a moment: it ends there.' }),
  limit: queryInteger(1, CHANGES_MAX, `Changes to look through for one answer, default ${CHANGES_DEFAULT}.`).optional(),
  resource: queryText(
    'Only rows of this resource, and what belongs to them: of a node its pods, of a workload its pods.',
    'deployments',
  ).optional(),
  namespace: queryText('Only rows in this namespace.', 'default').optional(),
  name: queryText('Only rows of objects of this name, and what belongs to them.', 'web').optional(),
});

export const getTimeline = defineEndpoint({
  operationId: 'getTimeline',
  method: 'get',
  path: '/v1/clusters/{cluster}/timeline',
  tag: 'History',
  summary: 'The states of nodes, workloads, pods and containers over time',
  description:
    'Made for drawing: a row for every node, workload, pod and container, on it spans of state, and marks where a probe failed, a container was restarted, a warning was given, a command came or was refused, or a fault struck. ' +
    'With `Accept: text/event-stream` a stream of `steps` events, each with a list of steps: a row, a span that begins where the one before it on its row ends, the end of a row, a mark. What was comes first; ' +
    'a `now` event says that everything was told up to a time. `error` with a problem ends the stream.',
  params: clusterParams,
  query,
  speaks: true,
  answer: {
    status: 200,
    description: 'The timeline, or one page of it.',
    schema: timelineSchema,
    mediaTypes: [EVENT_STREAM_TYPE],
    events: { steps: 'TimelineSteps', now: 'TimelineNow', error: 'Problem' },
  },
  problems: ['cluster-not-found', 'limit-exceeded', 'cluster-broken', 'invalid-instant', 'gone'],
  async handle({ params: { cluster }, query: asked, request, language }, { service }) {
    const filter = filterOf(service, cluster, asked);
    const { reader, present, fromMs } = await openReader(service, cluster, filter, asked.from);
    const endMoment = asked.to ?? asked.at;
    if (acceptsEventStream(request)) {
      if (endMoment !== undefined) refuseField('query', asked.to === undefined ? 'at' : 'to', 'a stream has no end');
      const source = new TimelineSource(service, cluster, { reader, present, language });
      const headers = { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
      return streamingResponse(source, { ...headers, ...waitingHeaders({ service, cluster }) });
    }
    const end = await endOf(service, cluster, endMoment);
    const steps = [present];
    let left = asked.limit ?? CHANGES_DEFAULT;
    for (let more: TimelineStep[] | undefined = []; more !== undefined && left > 0; ) {
      const before = reader.revision;
      more = await reader.readChanges(end, left);
      left -= reader.revision - before;
      if (more !== undefined) steps.push(more);
    }
    const isWhole = left > 0 || reader.revision >= end.revision;
    const moment: Instant = { kind: 'revision', revision: reader.revision };
    const last = isWhole ? end : await endOf(service, cluster, moment);
    const numberMax = await service.history.numberAt(cluster, isWhole ? endMoment : moment);
    // What was refused behind the last command of a page stands on the next one.
    const endOfCommands = { numberMax, refusedMs: isWhole ? end.nowMs : -1 };
    for (let more: TimelineStep[] | undefined = []; more !== undefined; more = await reader.readCommands(endOfCommands)) steps.push(more);
    return {
      value: {
        fromMs,
        toMs: last.nowMs,
        to: formatInstant(last.nowMs),
        resourceVersion: String(last.revision),
        ...collectRows(steps.flat(), language),
        ...(isWhole ? {} : { next: `rv:${reader.revision}` }),
      },
    };
  },
});

function filterOf(service: ClusterService, cluster: string, { resource, namespace, name }: RowFilter): RowFilter {
  if (resource === undefined) return { namespace, name };
  const kinds = service.read(cluster, clusterKinds);
  const kind = findKind(kinds, resource);
  if (kind === undefined) return refuseField('query', 'resource', `there is no such resource; known are ${resourceNames(kinds)}`);
  return { resource: storedResourceOf(kind), namespace, name };
}

interface OpenReader {
  readonly reader: TimelineReader;
  /** What is there when it begins. */
  readonly present: TimelineStep[];
  readonly fromMs: number;
}

async function openReader(service: ClusterService, cluster: string, filter: RowFilter, from: Instant | undefined): Promise<OpenReader> {
  const oldest = service.oldestRetainedRevision(cluster);
  const open = (start: TimelineStart) => new TimelineReader(service, cluster, filter, start);
  if (from === undefined && oldest <= 1)
    return { reader: open({ revision: 0, number: 0 }), present: [], fromMs: service.read(cluster, ({ startMs }) => startMs) };
  // The whole history is retained no more: it begins with what the oldest revision left.
  const instant = from ?? { kind: 'revision', revision: oldest };
  const number = await service.history.numberAt(cluster, instant);
  const { state }: { readonly state: ClusterState } = await service.history.at(cluster, instant);
  const reader = open({ revision: state.revision, number, lastFault: lastFaultId(state) });
  return { reader, present: reader.present(state), fromMs: state.nowMs };
}

async function endOf(service: ClusterService, cluster: string, instant: Instant | undefined): Promise<TimelineEnd> {
  const read = ({ revision, nowMs }: ClusterState): TimelineEnd => ({ revision, nowMs });
  return instant === undefined ? service.read(cluster, read) : read((await service.history.objectsAt(cluster, instant)).state);
}
