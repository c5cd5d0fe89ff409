// GET /v1/clusters/{cluster}/watch

import { clusterKinds } from '../../engine/cluster/index.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { streamingResponse } from '../watch/stream.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';
import { watchQuery } from './schemas/watch.ts';
import { watchPlanOf } from './watch-plan.ts';
import { openWatchSource } from './watch-source.ts';

export const watch = defineEndpoint({
  operationId: 'watch',
  method: 'get',
  path: '/v1/clusters/{cluster}/watch',
  tag: 'Watch',
  summary: 'Follow the changes of a cluster',
  description:
    'A stream of server-sent events: `id` is the resource version, `event` is ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, `data` is JSON `{type, time, object}`, ' +
    'or with `format=text` the line. A BOOKMARK follows the present objects. `Last-Event-ID` resumes without loss or repetition; when the position is older than ' +
    'what is retained, the stream says ERROR with a 410 Status.',
  params: clusterParams,
  query: watchQuery,
  answer: { status: 200, description: 'The stream.', mediaTypes: [EVENT_STREAM_TYPE] },
  problems: ['cluster-not-found', 'limit-exceeded', 'cluster-broken'],
  handle({ params, query, request }, { service }) {
    const plan = watchPlanOf(service.read(params.cluster, clusterKinds), query, request.headers.get('last-event-id'));
    const source = openWatchSource(service, params.cluster, plan);
    return streamingResponse(source, { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  },
});
