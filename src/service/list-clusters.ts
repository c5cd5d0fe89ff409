// A page of clusters. One that sleeps is described by what was stored when it fell asleep, so that a list wakes nobody.

import { type BrokenClusters, describeBroken } from './broken-clusters.ts';
import type { LiveCluster } from './live-cluster.ts';
import { type BrokenCluster, type ClusterInfo, type ClusterPage, ServiceError } from './ports.ts';
import { type DamagedRow, type Directory, type DirectoryRow, StorageDamage } from './storage.ts';

export interface ListOwner {
  readonly directory: Directory;
  readonly broken: BrokenClusters;
  /** The cluster, if it is in memory. */
  present(name: string): LiveCluster | undefined;
  /** Opens it. */
  get(name: string): ClusterInfo;
}

export function listClusters(owner: ListOwner, page: { readonly limit: number; readonly after?: string }): ClusterPage {
  const rows = owner.directory.list(page.limit + 1, page.after);
  const shown = rows.slice(0, page.limit);
  const items = shown.map((row) => infoOf(owner, row));
  const last = shown.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: last.name } : { items };
}

function infoOf(owner: ListOwner, row: DirectoryRow | DamagedRow): ClusterInfo | BrokenCluster {
  const { name } = row;
  const { broken, directory } = owner;
  try {
    if ('damage' in row) throw broken.add(name, new StorageDamage(row.damage));
    broken.check(name);
    const present = owner.present(name);
    if (present?.isBusy === true) return present.info;
    if (present !== undefined || row.info === undefined || !directory.isPresent(name)) return owner.get(name);
    return { ...row.info, state: 'asleep' };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'cluster-broken') throw error;
    return describeBroken(name, error);
  }
}
