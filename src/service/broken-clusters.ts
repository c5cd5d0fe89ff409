// Clusters whose storage cannot be trusted, and what is wrong with each. It is remembered for as long as their files are the same, so that
// nobody reads a damaged file again and again, and files that were put back are taken at once.

import { type BrokenCluster, ServiceError } from './ports.ts';
import type { Directory, StorageDamage } from './storage.ts';

interface Entry {
  readonly stamp: string;
  readonly problem: string;
}

export class BrokenClusters {
  private readonly directory: Pick<Directory, 'stamp'>;
  private readonly entries = new Map<string, Entry>();

  constructor(directory: Pick<Directory, 'stamp'>) {
    this.directory = directory;
  }

  /** Remembers what was found, and gives the error to answer with. */
  add(name: string, damage: StorageDamage): ServiceError {
    this.entries.set(name, { stamp: this.directory.stamp(name), problem: damage.message });
    return errorOf(name, damage.message, damage);
  }

  /** Fails: cluster-broken. */
  check(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    if (entry.stamp === this.directory.stamp(name)) throw errorOf(name, entry.problem);
    this.entries.delete(name);
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Those that are known to be broken. */
  get size(): number {
    return this.entries.size;
  }

  delete(name: string): void {
    this.entries.delete(name);
  }
}

/** How a list shows it. */
export function describeBroken(name: string, { detail }: ServiceError): BrokenCluster {
  return { name, state: 'broken', problem: detail };
}

function errorOf(name: string, problem: string, cause?: unknown): ServiceError {
  const detail = `cluster ${name} is broken: ${problem}. Its files are left as they are: put them back from a copy, or delete the cluster.`;
  return new ServiceError('cluster-broken', detail, { cause });
}
