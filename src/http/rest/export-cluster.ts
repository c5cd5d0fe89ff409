// GET /v1/clusters/{cluster}/export

import { streamingResponse } from '../watch/stream.ts';
import { textType } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { RECORDING_TYPE, RecordingSource } from './recording.ts';
import { clusterParams } from './schemas/common.ts';

export const exportCluster = defineEndpoint({
  operationId: 'exportCluster',
  method: 'get',
  path: '/v1/clusters/{cluster}/export',
  tag: 'History',
  summary: 'Export the cluster as a recording',
  description:
    'What it was created from and every command, each with the digest behind it, in lines of JSON. `POST /v1/clusters/import` makes the cluster again from it, here or elsewhere. It is `application/x-ndjson` unless `text/plain` is asked for.',
  params: clusterParams,
  answer: { status: 200, description: 'The recording.', mediaTypes: ['text/plain', RECORDING_TYPE] },
  problems: ['cluster-not-found', 'cluster-broken'],
  handle({ params: { cluster }, request }, { service }) {
    service.get(cluster);
    const source = new RecordingSource((after, limit) => service.history.commands(cluster, after, limit));
    return streamingResponse(source, {
      'Content-Type': textType(request, RECORDING_TYPE),
      'Content-Disposition': `attachment; filename="${cluster}.orrery.ndjson"`,
      'Cache-Control': 'no-store',
    });
  },
});
