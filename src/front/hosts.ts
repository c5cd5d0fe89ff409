// Which host has which cluster: a hash of its name says so, and nothing is stored about it.

import type { Host, HostEvents, StartHost } from '../service/host.ts';
import type { DirectoryRow } from '../service/storage.ts';

interface Slot {
  readonly host: Host;
  /** Clusters that the host was told of. */
  readonly known: Set<string>;
}

export class Hosts {
  private readonly slots: readonly Slot[];

  /** Starts `count` hosts, each with its share of the clusters whose clocks run. */
  constructor(count: number, start: StartHost, running: readonly DirectoryRow[], events: HostEvents) {
    const shares = Array.from({ length: count }, (_, index) => running.filter(({ name }) => placeOf(name, count) === index));
    this.slots = shares.map((rows) => ({ host: start(rows, events), known: new Set(rows.map(({ name }) => name)) }));
  }

  /** The host of a cluster, which is told of it when it does not know it; `rowOf` is asked only then. */
  of(name: string, rowOf: () => DirectoryRow | undefined): Host {
    const { host, known } = this.slotOf(name);
    if (known.has(name)) return host;
    const row = rowOf();
    if (row === undefined) return host;
    known.add(name);
    host.know(row);
    return host;
  }

  /** The host of a cluster that is gone. */
  forget(name: string): void {
    this.slotOf(name).known.delete(name);
  }

  all(): readonly Host[] {
    return this.slots.map(({ host }) => host);
  }

  private slotOf(name: string): Slot {
    return this.slots[placeOf(name, this.slots.length)] as Slot;
  }
}

/** FNV-1a of the name's characters: the same name is always in the same place. */
export function placeOf(name: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % count;
}
