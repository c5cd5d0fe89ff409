// GET /v1/clusters/{cluster}/faults

import { listFaults as faultsOf } from '../../engine/cluster/index.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';
import { describeFault, faultListSchema } from './schemas/fault.ts';

export const listFaults = defineEndpoint({
  operationId: 'listFaults',
  method: 'get',
  path: '/v1/clusters/{cluster}/faults',
  tag: 'Faults',
  summary: 'List the faults',
  description: 'Those that wait, that are going on, and that are over.',
  params: clusterParams,
  answer: { status: 200, description: 'The faults, in the order in which they were asked for.', schema: faultListSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'cluster-broken'],
  handle({ params }, { service }) {
    return { value: { items: service.read(params.cluster, (state) => faultsOf(state).map(describeFault)) } };
  },
});
