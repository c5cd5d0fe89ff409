// POST /v1/clusters/{cluster}/rewind

import { describeCluster } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { underFreeName } from './free-name.ts';
import { clusterParams } from './schemas/common.ts';
import { rewindSchema, rewoundSchema } from './schemas/fork.ts';

export const rewindCluster = defineFrontEndpoint({
  operationId: 'rewindCluster',
  method: 'post',
  path: '/v1/clusters/{cluster}/rewind',
  tag: 'History',
  summary: 'Take the cluster back',
  description:
    'The cluster is as it was at a moment of the past, and goes on from there; its kubeconfigs stay good. Watches end, and begin anew. What came after is another cluster, whose clock stands and which `GET …/forks` shows, until it is deleted; where the cluster has a token of its own, only the token of the service opens it.',
  params: clusterParams,
  body: { kind: 'json', schema: rewindSchema, description: 'Where to.' },
  answer: { status: 200, description: 'The cluster, and what came after.', schema: rewoundSchema },
  problems: [
    'malformed-body',
    'cluster-not-found',
    'invalid-instant',
    'gone',
    'busy',
    'body-too-large',
    'unsupported-media-type',
    'limit-exceeded',
    'host-lost',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ params: { cluster }, body }, { clusters }) {
    clusters.requireCluster(cluster);
    const rewind = async (kept: string) => ({ kept, info: await clusters.rewind(cluster, body.to, kept) });
    const made = await underFreeName(`${cluster}-later`, rewind, (name) => clusters.isOwn(name));
    return { value: { cluster: describeCluster(made.info), kept: { name: made.kept, links: { self: `/v1/clusters/${made.kept}` } } } };
  },
});
