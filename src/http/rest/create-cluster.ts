// POST /v1/clusters

import type { ClusterConfig } from '../../engine/cluster/index.ts';
import { ServiceError } from '../../service/ports.ts';
import { digestToken } from '../access.ts';
import { describeCluster, linksOf } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterSchema, type CreateClusterBody, createClusterSchema } from './schemas/cluster.ts';

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
    const tokenDigest = body.token === undefined ? undefined : digestToken(body.token);
    const create = (name: string) => clusters.create(configOf(name, body), tokenDigest);
    const info = await (body.name === undefined ? createUnderFreeName(create) : create(body.name));
    return { value: describeCluster(info), headers: { Location: linksOf(info.name).self } };
  },
});

function configOf(name: string, body: CreateClusterBody): ClusterConfig {
  const { seed, startTime, clock, nodes, images, timing, retention } = body;
  const startMs = startTime === 'now' ? Math.floor(Date.now() / 1000) * 1000 : (startTime as number);
  return { name, seed, startMs, clock, nodes, images, timing, retention };
}

const NAME_ATTEMPTS_MAX = 20;

/** Names like `cluster-x7k2p`; the name of a cluster has no influence on what happens in it. */
async function createUnderFreeName<T>(create: (name: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const letters = Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(Math.random() * 27)]);
    try {
      return await create(`cluster-${letters.join('')}`);
    } catch (error) {
      const isTaken = error instanceof ServiceError && error.code === 'cluster-exists';
      if (!isTaken || attempt === NAME_ATTEMPTS_MAX) throw error;
    }
  }
}
