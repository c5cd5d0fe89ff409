// Which host has which cluster: a hash of its name says so, and nothing is stored about it. A host that has ended is replaced, and the cluster for which
// it worked then is quarantined: it is opened again only when it is asked for, in a host apart from the others.

import type { DirectoryEvents, Host, StartHost } from '../service/host.ts';
import type { DirectoryRow } from '../service/storage.ts';

/** A host that ends sooner than this is not replaced at once. */
const SHORT_LIFE_MS = 10_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 10_000;

export interface HostsOptions {
  readonly count: number;
  readonly start: StartHost;
  /** The clusters whose clocks run, as they are stored. */
  readonly running: () => readonly DirectoryRow[];
  readonly events: DirectoryEvents;
  /** The name that says where a cluster is: clusters that share files are in one place. */
  readonly homeOf: (name: string) => string;
  /** Called with what an operator should know. */
  readonly onError: (message: string, error: unknown) => void;
}

interface Slot {
  readonly host: Host;
  /** Clusters that the host was told of. */
  readonly known: Set<string>;
  readonly startedAtMs: number;
  /** Wall time after which it began, because those before it ended too soon. */
  readonly pauseMs: number;
}

/** The place of quarantined clusters. */
type Place = number | 'apart';

export class Hosts {
  private readonly options: HostsOptions;
  private readonly slots = new Map<Place, Slot>();
  private readonly quarantined = new Set<string>();
  private isClosing = false;
  private replacementCount = 0;

  /** Starts the hosts, each with its share of the clusters whose clocks run. */
  constructor(options: HostsOptions) {
    this.options = options;
    for (let place = 0; place < options.count; place += 1) this.begin(place, 0);
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

  /** The cluster is gone. */
  forget(name: string): void {
    this.slotOf(name).known.delete(name);
    this.quarantined.delete(name);
  }

  /** With the names of their places. */
  places(): readonly (readonly [place: string, host: Host])[] {
    return [...this.slots].map(([place, { host }]) => [String(place), host] as const);
  }

  /** How often a host was replaced, since the start of the process. */
  get replacements(): number {
    return this.replacementCount;
  }

  all(): readonly Host[] {
    return [...this.slots.values()].map(({ host }) => host);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.all().map((host) => host.close()));
  }

  private slotOf(name: string): Slot {
    const place = this.placeOf(name);
    return this.slots.get(place) ?? this.begin(place, 0);
  }

  /** A cluster is where its home is, also when that is quarantined. */
  private placeOf(name: string): Place {
    const home = this.options.homeOf(name);
    return this.quarantined.has(name) || this.quarantined.has(home) ? 'apart' : placeOf(home, this.options.count);
  }

  /** A fork of a cluster is in its place. */
  keepTogether(name: string, fork: string): void {
    if (this.quarantined.has(name)) this.quarantined.add(fork);
    this.slotOf(fork).known.add(fork);
  }

  private begin(place: Place, pauseMs: number): Slot {
    const { start, running, events } = this.options;
    // None whose clock runs is apart: what is there waits to be asked for.
    const rows = running().filter(({ name }) => place !== 'apart' && this.placeOf(name) === place);
    const onLost = (cause: unknown, cluster: string | undefined) => this.replace(place, cause, cluster);
    const host = start(rows, { ...events, onLost }, pauseMs);
    const slot: Slot = { host, known: new Set(rows.map(({ name }) => name)), startedAtMs: performance.now(), pauseMs };
    this.slots.set(place, slot);
    return slot;
  }

  private replace(place: Place, cause: unknown, cluster: string | undefined): void {
    if (this.isClosing) return;
    this.replacementCount += 1;
    const { onError } = this.options;
    if (cluster === undefined) onError('a host has ended, its clusters are opened again', cause);
    else {
      this.quarantined.add(cluster);
      onError(`a host has ended while it worked for cluster ${cluster}, which is quarantined; its other clusters are opened again`, cause);
    }
    const { startedAtMs = 0, pauseMs = 0 } = this.slots.get(place) ?? {};
    const isShort = performance.now() - startedAtMs < SHORT_LIFE_MS + pauseMs;
    this.begin(place, isShort ? Math.min(Math.max(PAUSE_MS_MIN, pauseMs * 2), PAUSE_MS_MAX) : 0);
  }
}

/** FNV-1a of the name's characters: the same name is always in the same place. */
export function placeOf(name: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % count;
}
