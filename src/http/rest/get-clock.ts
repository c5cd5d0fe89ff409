// GET /v1/clusters/{cluster}/clock

import { describeClock } from './describe-clock.ts';
import { defineEndpoint } from './endpoint.ts';
import { clockSchema } from './schemas/clock.ts';
import { clusterParams } from './schemas/common.ts';

export const getClock = defineEndpoint({
  operationId: 'getClock',
  method: 'get',
  path: '/v1/clusters/{cluster}/clock',
  tag: 'Clock',
  summary: 'Read the virtual clock',
  description: 'Whether it runs and how fast, where it stands, and when something happens next.',
  params: clusterParams,
  answer: { status: 200, description: 'The clock.', schema: clockSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'cluster-broken'],
  handle: ({ params }, { service }) => ({ value: describeClock(service, params.cluster) }),
});
