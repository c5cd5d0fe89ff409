// GET /v1/clusters/{cluster}

import { describeCluster } from './describe-cluster.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterSchema } from './schemas/cluster.ts';
import { clusterParams } from './schemas/common.ts';

export const getCluster = defineEndpoint({
  operationId: 'getCluster',
  method: 'get',
  path: '/v1/clusters/{cluster}',
  tag: 'Clusters',
  summary: 'Show a cluster',
  description: 'What it was created from, and where it stands.',
  params: clusterParams,
  answer: { status: 200, description: 'The cluster.', schema: clusterSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'cluster-broken'],
  handle: ({ params }, { service }) => ({ value: describeCluster(service.get(params.cluster)) }),
});
