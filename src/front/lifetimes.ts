// Clusters that are deleted when nobody has used them for some time. Who asks uses a cluster for as long as his answer takes: a watch keeps it for its whole
// length. When it was last used is stored now and then, so that a restart does not begin anew.

import type { HostAnswer } from '../service/host.ts';
import type { DirectoryRow, Lifetime } from '../service/storage.ts';

/** Wall time between two looks at who is idle. */
const SWEEP_PERIOD_MS = 1_000;

/** How old the stored time of a use may be. */
const STORE_PERIOD_MS = 60_000;

/** After a start nobody is idle for less than this, so that clients who come back with the service find their clusters. */
export const START_GRACE_MS = 300_000;

export interface LifetimesOptions {
  readonly now?: (() => number) | undefined;
  /** Stores the times of the last uses. */
  readonly store: (usedMs: ReadonlyMap<string, number>) => void;
  readonly remove: (name: string) => Promise<void>;
  readonly onError: (message: string, error: unknown) => void;
}

interface Entry {
  readonly ttlMs: number;
  usedMs: number;
  /** Wall time before which it is not deleted. */
  readonly notBeforeMs: number;
  /** Answers that are on their way. */
  openCount: number;
  isStored: boolean;
}

export class Lifetimes {
  private readonly options: LifetimesOptions;
  private readonly entries: Map<string, Entry>;
  /** While there is somebody who may expire. */
  private timer: NodeJS.Timeout | undefined;
  private storedMs: number;
  private sweeping: Promise<void> | undefined;

  /** `stored` is what was known when the service stopped. */
  constructor(stored: ReadonlyMap<string, Lifetime>, options: LifetimesOptions) {
    this.options = options;
    this.storedMs = this.now();
    this.entries = new Map(
      [...stored].map(([name, { ttlMs, usedMs }]) => {
        const notBeforeMs = this.now() + Math.min(ttlMs, START_GRACE_MS);
        return [name, { ttlMs, usedMs, notBeforeMs, openCount: 0, isStored: true }];
      }),
    );
    this.keepTime();
  }

  /** The row of a cluster whose lifetime begins now, if it has one. */
  begin(row: DirectoryRow): DirectoryRow {
    return row.ttlMs === undefined ? row : { ...row, usedMs: this.now() };
  }

  /** The cluster is there. */
  add({ name, ttlMs, usedMs = this.now() }: DirectoryRow): void {
    if (ttlMs !== undefined) this.entries.set(name, { ttlMs, usedMs, notBeforeMs: 0, openCount: 0, isStored: true });
    this.keepTime();
  }

  forget(name: string): void {
    this.entries.delete(name);
    this.keepTime();
  }

  use(name: string): void {
    const entry = this.entries.get(name);
    if (entry !== undefined) this.touch(entry);
  }

  /** The cluster is used until the answer is there and read, or its connection has ended. */
  async during(name: string, answered: Promise<HostAnswer>): Promise<HostAnswer> {
    const entry = this.entries.get(name);
    if (entry === undefined) return answered;
    const done = this.enter(entry);
    try {
      const answer = await answered;
      const { body, plan } = answer;
      if (plan !== undefined) return { ...answer, plan: { ...plan, release: () => (done(), plan.release()) } };
      if (body === undefined || body instanceof Uint8Array) {
        done();
        return answer;
      }
      return { ...answer, body: { next: () => body.next(), close: () => (done(), body.close()) } };
    } catch (error) {
      done();
      throw error;
    }
  }

  /** When the cluster will be deleted unless it is used, RFC 3339; undefined: never. */
  expiryOf(name: string): string | undefined {
    const entry = this.entries.get(name);
    return entry === undefined ? undefined : new Date(expiryMs(entry, this.now())).toISOString();
  }

  /** Deletes who has been idle for his time, and stores who was used, when that is due. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepOnce().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  /** Stores what is not stored. */
  close(): void {
    clearInterval(this.timer);
    for (const entry of this.entries.values()) if (entry.openCount > 0) this.touch(entry);
    this.store();
  }

  private keepTime(): void {
    if (this.entries.size > 0) {
      this.timer ??= setInterval(() => void this.sweep(), SWEEP_PERIOD_MS).unref();
      return;
    }
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async sweepOnce(): Promise<void> {
    if (this.now() - this.storedMs >= STORE_PERIOD_MS) this.store();
    for (const [name, entry] of this.entries) {
      if (entry.openCount > 0 || expiryMs(entry, this.now()) > this.now()) continue;
      try {
        await this.options.remove(name);
      } catch (error) {
        this.options.onError(`cluster ${name}, which nobody uses any more, cannot be deleted`, error);
        // Not again and again: it is tried when its time has passed once more.
        entry.usedMs = this.now();
      }
    }
  }

  private enter(entry: Entry): () => void {
    this.touch(entry);
    entry.openCount += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      entry.openCount -= 1;
      this.touch(entry);
    };
  }

  private touch(entry: Entry): void {
    entry.usedMs = this.now();
    entry.isStored = false;
  }

  private store(): void {
    this.storedMs = this.now();
    const used = [...this.entries].filter(([, { isStored }]) => !isStored);
    if (used.length === 0) return;
    for (const [, entry] of used) entry.isStored = true;
    this.options.store(new Map(used.map(([name, { usedMs }]) => [name, usedMs])));
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}

function expiryMs({ ttlMs, usedMs, notBeforeMs, openCount }: Entry, nowMs: number): number {
  return Math.max((openCount > 0 ? nowMs : usedMs) + ttlMs, notBeforeMs);
}
