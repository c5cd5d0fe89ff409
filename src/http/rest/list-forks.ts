// GET /v1/clusters/{cluster}/forks

import type { Fork } from '../../service/storage.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';
import { type ForkEntry, forkListSchema } from './schemas/fork.ts';

export const listForks = defineFrontEndpoint({
  operationId: 'listForks',
  method: 'get',
  path: '/v1/clusters/{cluster}/forks',
  tag: 'History',
  summary: 'Show the forks of the cluster, and theirs',
  description: 'The tree of all clusters that were made from this one, by forks and by rewinds.',
  params: clusterParams,
  answer: { status: 200, description: 'The tree of forks.', schema: forkListSchema },
  problems: ['cluster-not-found'],
  handle({ params: { cluster } }, { clusters }) {
    clusters.requireCluster(cluster);
    const children = new Map<string, Fork[]>();
    // A cluster that was rewound is no fork of itself.
    for (const fork of clusters.forks().filter(({ origin }) => origin.formerUids?.includes(origin.uid) !== true))
      children.set(fork.origin.uid, [...(children.get(fork.origin.uid) ?? []), fork]);
    return { value: { items: treeBelow(clusters.uidsOf(cluster), children) } };
  },
});

function treeBelow(uids: readonly string[], children: ReadonlyMap<string, readonly Fork[]>): ForkEntry[] {
  return uids
    .flatMap((uid) => children.get(uid) ?? [])
    .sort((a, b) => a.origin.seq - b.origin.seq || (a.name < b.name ? -1 : 1))
    .map(({ name, uid: own, createdAt, origin }) => ({
      name,
      createdAt,
      from: { command: origin.number, resourceVersion: String(origin.revision), digest: origin.digest },
      forks: treeBelow([own, ...(origin.formerUids ?? [])], children),
      links: { self: `/v1/clusters/${name}` },
    }));
}
