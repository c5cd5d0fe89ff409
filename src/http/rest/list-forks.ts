// GET /v1/clusters/{cluster}/forks

import { z } from '@hono/zod-openapi';
import type { Fork } from '../../service/storage.ts';
import { pageOf } from './cursor.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterParams, PAGE_SIZE_DEFAULT, pageQuery } from './schemas/common.ts';
import { type ForkEntry, forkListSchema } from './schemas/fork.ts';

export const listForks = defineFrontEndpoint({
  operationId: 'listForks',
  method: 'get',
  path: '/v1/clusters/{cluster}/forks',
  tag: 'History',
  summary: 'Show the forks of the cluster, and theirs',
  description:
    'The tree of all clusters that were made from this one, by forks and by rewinds. Pages are of its own forks, the oldest first; each has all of theirs.',
  params: clusterParams,
  query: z.strictObject(pageQuery('Forks')),
  answer: { status: 200, description: 'One page of the tree of forks.', schema: forkListSchema },
  problems: ['cluster-not-found'],
  async handle({ params: { cluster }, query: { limit = PAGE_SIZE_DEFAULT, cursor } }, { clusters }) {
    clusters.requireCluster(cluster);
    const children = new Map<string, Fork[]>();
    // A cluster that was rewound is no fork of itself.
    const forks = (await clusters.forksAround(cluster)).filter(({ origin }) => origin.formerUids?.includes(origin.uid) !== true);
    for (const fork of forks) children.set(fork.origin.uid, [...(children.get(fork.origin.uid) ?? []), fork]);
    const own = childrenOf(clusters.uidsOf(cluster), children);
    const { items, ...rest } = pageOf(
      own,
      { limit, cursor },
      ({ name, origin }) => `${String(origin.seq).padStart(SEQ_DIGITS, '0')} ${name}`,
    );
    return { value: { items: items.map((fork) => entryOf(fork, children)), ...rest } };
  },
});

/** As many as the largest number of a place in a history has: keys of one length sort as their numbers do. */
const SEQ_DIGITS = 16;

type Children = ReadonlyMap<string, readonly Fork[]>;

function childrenOf(uids: readonly string[], children: Children): Fork[] {
  return uids.flatMap((uid) => children.get(uid) ?? []).sort((a, b) => a.origin.seq - b.origin.seq || (a.name < b.name ? -1 : 1));
}

function entryOf({ name, uid, createdAt, origin }: Fork, children: Children): ForkEntry {
  return {
    name,
    createdAt,
    from: { command: origin.number, resourceVersion: String(origin.revision), digest: origin.digest },
    forks: childrenOf([uid, ...(origin.formerUids ?? [])], children).map((fork) => entryOf(fork, children)),
    links: { self: `/v1/clusters/${name}` },
  };
}
