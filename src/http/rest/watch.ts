// GET /v1/clusters/{cluster}/watch

import { clusterKinds } from '../../engine/cluster/index.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { streamingResponse } from '../watch/stream.ts';
import { waitingHeaders } from '../waiting-headers.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';
import { watchHeaders, watchQuery } from './schemas/watch.ts';
import { watchPlanOf } from './watch-plan.ts';
import { openWatchSource } from './watch-source.ts';

const EVENTS = { ADDED: 'WatchEvent', MODIFIED: 'WatchEvent', DELETED: 'WatchEvent', BOOKMARK: 'WatchEvent', ERROR: 'WatchEvent' };

export const watch = defineEndpoint({
  operationId: 'watchCluster',
  method: 'get',
  path: '/v1/clusters/{cluster}/watch',
  tag: 'Watch',
  summary: 'Follow the changes of a cluster',
  description:
    'A stream of server-sent events: `id` is the resource version, `event` is ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, `data` is JSON `{type, time, object}`, ' +
    'or with `format=text` the line. A BOOKMARK follows the present objects. `Last-Event-ID` resumes without loss or repetition; when the position is older than ' +
    'what is retained, or of a deleted cluster of this name, the stream says ERROR with a 410 Status. Of a cluster whose name was used before, `id` has `@` and the identity of the ' +
    'cluster behind the resource version.',
  params: clusterParams,
  query: watchQuery,
  headers: watchHeaders,
  answer: { status: 200, description: 'The stream.', mediaTypes: [EVENT_STREAM_TYPE], events: EVENTS },
  problems: ['cluster-not-found', 'limit-exceeded', 'cluster-broken'],
  handle({ params, query, request }, { service }) {
    const { cluster } = params;
    const kinds = service.read(cluster, clusterKinds);
    const watched = { kinds, stream: service.streamId(cluster), latestRevision: service.latestRevision(cluster) };
    const plan = watchPlanOf(watched, query, request.headers.get('last-event-id'));
    const source = openWatchSource(service, cluster, plan);
    const headers = { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
    return streamingResponse(source, { ...headers, ...waitingHeaders({ service, cluster }) });
  },
});
