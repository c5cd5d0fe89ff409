// PUT /v1/clusters/{cluster}/clock

import { clientOf } from './command.ts';
import { describeClock } from './describe-clock.ts';
import { defineEndpoint } from './endpoint.ts';
import { clockSchema, clockSpecSchema } from './schemas/clock.ts';
import { clusterParams } from './schemas/common.ts';

export const putClock = defineEndpoint({
  operationId: 'setClock',
  method: 'put',
  path: '/v1/clusters/{cluster}/clock',
  tag: 'Clock',
  summary: 'Let the virtual clock run, or stop it',
  description: 'Lets it run at a rate, or stops it. What it does from then on is part of the history.',
  params: clusterParams,
  body: { kind: 'json', schema: clockSpecSchema, description: 'The mode, and for a running clock its rate.' },
  answer: { status: 200, description: 'The clock.', schema: clockSchema },
  problems: [
    'malformed-body',
    'cluster-not-found',
    'busy',
    'body-too-large',
    'unsupported-media-type',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  handle({ params, body, request }, { service }) {
    const { mode, rate = 1, patience } = body;
    const clock = mode === 'running' ? { mode, rate, ...(patience === undefined ? {} : { patience }) } : { mode };
    service.setClock(params.cluster, clock, clientOf(request));
    return { value: describeClock(service, params.cluster) };
  },
});
