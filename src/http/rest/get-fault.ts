// GET /v1/clusters/{cluster}/faults/{id}

import { getFault as faultOf } from '../../engine/cluster/index.ts';
import { refuse } from '../errors.ts';
import { defineEndpoint } from './endpoint.ts';
import { describeFault, faultParams, faultSchema } from './schemas/fault.ts';

export const getFault = defineEndpoint({
  operationId: 'getFault',
  method: 'get',
  path: '/v1/clusters/{cluster}/faults/{id}',
  tag: 'Faults',
  summary: 'Show a fault',
  description: 'What it strikes, and whether it waits, goes on or is over.',
  params: faultParams,
  answer: { status: 200, description: 'The fault.', schema: faultSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'fault-not-found', 'cluster-broken'],
  handle({ params }, { service }) {
    const { cluster, id } = params;
    const row = service.read(cluster, (state) => faultOf(state, id));
    return row === undefined ? refuse('fault-not-found', `The cluster ${cluster} has no fault ${id}.`) : { value: describeFault(row) };
  },
});
