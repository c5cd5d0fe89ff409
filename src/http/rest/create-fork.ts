// POST /v1/clusters/{cluster}/forks

import { digestToken } from '../access.ts';
import { refuse } from '../errors.ts';
import { describeCluster, linksOf } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { underFreeName } from './free-name.ts';
import { clusterSchema } from './schemas/cluster.ts';
import { clusterParams } from './schemas/common.ts';
import { createForkSchema } from './schemas/fork.ts';

export const createFork = defineFrontEndpoint({
  operationId: 'createFork',
  method: 'post',
  path: '/v1/clusters/{cluster}/forks',
  tag: 'History',
  summary: 'Fork the cluster',
  description:
    'An independent cluster that equals this one now, or at a moment of the past, with all of its history up to there. Equal commands lead both to the same. It shares what it does not change; each of them can be deleted without the other. At a revision in the middle of an instant it begins with the end of the instant.',
  params: clusterParams,
  body: { kind: 'json', schema: createForkSchema, description: 'Every field is optional, and so is the body.' },
  answer: { status: 201, description: 'The fork.', schema: clusterSchema, headers: { Location: 'Path of the fork.' } },
  problems: [
    'malformed-body',
    'cluster-not-found',
    'invalid-instant',
    'gone',
    'cluster-exists',
    'token-taken',
    'conflict',
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
    if (clusters.tokenDigest(cluster) !== undefined && body.token === undefined)
      refuse('conflict', `The cluster ${cluster} has a token of its own. Give its fork one, too: {"token": "..."}.`);
    const { at, seed, token, labels, ttl: ttlMs } = body;
    const tokenDigest = token === undefined ? undefined : digestToken(token);
    const create = (name: string) => clusters.fork(cluster, { name, at, seed, tokenDigest, labels, ttlMs });
    const isOwn = (name: string) => clusters.isOwn(name);
    const info = await (body.name === undefined ? underFreeName(`${cluster}-fork`, create, isOwn) : create(body.name));
    return { value: describeCluster(info), headers: { Location: linksOf(info.name).self } };
  },
});
