// DELETE /v1/clusters/{cluster}/faults/{id}

import { refuse } from '../errors.ts';
import { clientOf } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { faultParams } from './schemas/fault.ts';

export const deleteFault = defineEndpoint({
  operationId: 'deleteFault',
  method: 'delete',
  path: '/v1/clusters/{cluster}/faults/{id}',
  tag: 'Faults',
  summary: 'End a fault',
  description: 'What is wrong is well from now on; what has not begun will not begin.',
  params: faultParams,
  answer: { status: 204, description: 'The fault is over.' },
  problems: ['cluster-not-found', 'fault-not-found', 'busy', 'cluster-broken', 'storage-unavailable', 'storage-full'],
  async handle({ params, request }, { service }) {
    const { cluster, id } = params;
    const { outcome } = await service.perform(cluster, { type: 'end-fault', id }, clientOf(request));
    if (!outcome.ok) refuse('fault-not-found', `The cluster ${cluster} has no fault ${id}.`);
    return { value: undefined };
  },
});
