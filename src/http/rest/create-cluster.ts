// POST /v1/clusters

import { digestToken } from '../access.ts';
import { describeCluster, linksOf } from './describe-cluster.ts';
import { configOf } from './cluster-config.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { underFreeName } from './free-name.ts';
import { clusterSchema, createClusterSchema } from './schemas/cluster.ts';

export const createCluster = defineFrontEndpoint({
  operationId: 'createCluster',
  method: 'post',
  path: '/v1/clusters',
  tag: 'Clusters',
  summary: 'Create a cluster',
  description: 'Two clusters created from the same body and given the same commands are identical to the byte.',
  body: { kind: 'json', schema: createClusterSchema, description: 'Every field is optional, and so is the body.' },
  answer: { status: 201, description: 'The cluster.', schema: clusterSchema, headers: { Location: 'Path of the cluster.' } },
  problems: [
    'malformed-body',
    'cluster-exists',
    'token-taken',
    'body-too-large',
    'unsupported-media-type',
    'limit-exceeded',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ body }, { clusters }) {
    const { token, labels, ttl: ttlMs } = body;
    const given = { tokenDigest: token === undefined ? undefined : digestToken(token), labels, ttlMs };
    const create = (name: string) => clusters.create(configOf(name, body), given);
    const info = await (body.name === undefined ? underFreeName('cluster', create) : create(body.name));
    return { value: describeCluster(info), headers: { Location: linksOf(info.name).self } };
  },
});
