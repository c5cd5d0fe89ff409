// DELETE /v1/clusters/{cluster}

import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';

export const deleteCluster = defineEndpoint({
  operationId: 'deleteCluster',
  method: 'delete',
  path: '/v1/clusters/{cluster}',
  tag: 'Clusters',
  summary: 'Delete a cluster and its history',
  params: clusterParams,
  answer: { status: 204, description: 'The cluster is gone.' },
  problems: ['cluster-not-found', 'storage-unavailable'],
  handle({ params }, { service }) {
    service.remove(params.cluster);
    return { value: undefined };
  },
});
