// DELETE /v1/clusters/{cluster}

import { defineFrontEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';

export const deleteCluster = defineFrontEndpoint({
  operationId: 'deleteCluster',
  method: 'delete',
  path: '/v1/clusters/{cluster}',
  tag: 'Clusters',
  summary: 'Delete a cluster and its history',
  description: 'Its name is free at once. Forks of it stay.',
  params: clusterParams,
  answer: { status: 204, description: 'The cluster is gone.' },
  problems: ['cluster-not-found', 'storage-unavailable'],
  async handle({ params }, { clusters }) {
    await clusters.remove(params.cluster);
    return { value: undefined };
  },
});
