// GET /v1/clusters/{cluster}/export

import { z } from '@hono/zod-openapi';
import { snapshotHeader, storedRecords } from '../../engine/cluster/index.ts';
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
  query: z.strictObject({
    state: z.enum(['true', 'false'], { error: 'must be true or false' }).optional().openapi({
      description:
        'With `true` the recording has the state behind the last command, too: another version of the engine, which may come to another result, opens the cluster there.',
    }),
  }),
  answer: { status: 200, description: 'The recording.', mediaTypes: ['text/plain', RECORDING_TYPE] },
  problems: ['cluster-not-found', 'cluster-broken'],
  async handle({ params: { cluster }, query, request }, { service }) {
    const lastNumber = await service.history.numberAt(cluster);
    const moment = query.state === 'true' ? await service.history.at(cluster, { kind: 'command', number: lastNumber }) : undefined;
    const state = moment === undefined ? undefined : { header: snapshotHeader(moment.state), records: storedRecords(moment.state) };
    const page = (after: number, limit: number) => service.history.commands(cluster, after, limit);
    const source = new RecordingSource({ page, lastNumber, recorded: service.get(cluster).recorded, state });
    return streamingResponse(source, {
      'Content-Type': textType(request, RECORDING_TYPE),
      'Content-Disposition': `attachment; filename="${cluster}.orrery.ndjson"`,
      'Cache-Control': 'no-store',
    });
  },
});
