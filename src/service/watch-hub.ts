// The change log of one cluster for its watchers: the newest changes in memory, older ones in storage. A watcher is a position; it costs nothing
// but its place among the waiting.

import { type LoggedChange, ServiceError, type WatchCursor } from './ports.ts';
import { BATCH_LENGTH_MAX, BATCH_MAX, batchEnd, type CommitLog } from './storage.ts';
import { restoredChange } from './logged-change.ts';
import { type Waiter, Waiters } from './waiting/waiters.ts';

/** What the tail may hold; twice of it until it is cut. */
export interface TailLimits {
  readonly countMax: number;
  readonly lengthMax: number;
}

export class WatchHub {
  private readonly limits: TailLimits;
  private tail: LoggedChange[] = [];
  /** Characters of the tail, as JSON. */
  private tailLength = 0;
  readonly waiters = new Waiters();
  private isClosed = false;
  /** The storage of the cluster, which is open for as long as this is. */
  private readonly log: Pick<CommitLog, 'readChanges'>;
  latestRevision: number;
  oldestRevision: number;

  constructor(limits: TailLimits, latestRevision: number, oldestRevision: number, log: Pick<CommitLog, 'readChanges'>) {
    this.limits = limits;
    this.latestRevision = latestRevision;
    this.oldestRevision = oldestRevision;
    this.log = log;
  }

  /** Makes the changes of a commit visible, in order. */
  publish(changes: readonly LoggedChange[], oldestRevision: number): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    this.latestRevision = last.revision;
    this.oldestRevision = Math.max(this.oldestRevision, oldestRevision);
    for (const change of changes) {
      this.tail.push(change);
      this.tailLength += lengthOf(change);
    }
    // Cut when it is twice as long as it should be, so that a small commit does not cost a copy.
    const { countMax, lengthMax } = this.limits;
    if (this.tail.length > countMax * 2 || this.tailLength > lengthMax * 2) this.cutTail();
    this.waiters.tell('changes');
  }

  /** Changes after a revision, at most one batch. Fails: gone. */
  read(after: number): readonly LoggedChange[] {
    if (after >= this.latestRevision) return [];
    if (after + 1 < this.oldestRevision) throw gone(after, this.oldestRevision);
    const first = this.tail[0];
    if (first !== undefined && after + 1 >= first.revision) {
      // Revisions are consecutive, so a position is an index.
      const from = after + 1 - first.revision;
      return this.tail.slice(from, batchEnd(this.tail, from, lengthOf));
    }
    const stored = this.log.readChanges(after, BATCH_MAX, BATCH_LENGTH_MAX);
    const oldest = stored[0]?.revision ?? after + 1;
    // A commit that is being stored forgets what is oldest before it is published.
    if (oldest !== after + 1) throw gone(after, oldest);
    // Storage may have more, which is for forks only.
    return stored.filter(({ revision }) => revision <= this.latestRevision).map(restoredChange);
  }

  private cutTail(): void {
    const { countMax, lengthMax } = this.limits;
    let from = this.tail.length;
    let length = 0;
    while (from > 0 && this.tail.length - from < countMax) {
      const next = lengthOf(this.tail[from - 1] as LoggedChange);
      if (length + next > lengthMax) break;
      length += next;
      from -= 1;
    }
    this.tail = this.tail.slice(from);
    this.tailLength = length;
  }

  /** `client`: who waits, as he names himself. */
  cursor(after: number, client = ''): WatchCursor {
    return new Cursor(this, after, client);
  }

  get hasClosed(): boolean {
    return this.isClosed;
  }

  get cursorCount(): number {
    return this.waiters.count;
  }

  /** The cluster has done something, which need not have changed an object. */
  moved(): void {
    this.waiters.tell('moves');
  }

  /** Ends all cursors: the cluster is gone. */
  close(): void {
    this.isClosed = true;
    this.waiters.close();
  }
}

const gone = (after: number, oldest: number) => new ServiceError('gone', `revision ${after} is older than what is retained, ${oldest}`);

/** Its own encoding, and that of the object before, which shares most of its parts. */
function lengthOf({ json }: LoggedChange): number {
  return json.length;
}

class Cursor implements WatchCursor {
  private readonly hub: WatchHub;
  private readonly waiter: Waiter;
  private position: number;

  constructor(hub: WatchHub, after: number, client: string) {
    this.hub = hub;
    this.waiter = hub.waiters.join(client);
    this.position = after;
  }

  async next(): Promise<readonly LoggedChange[] | undefined> {
    this.waiter.setReading(false);
    for (;;) {
      if (this.hasEnded) return undefined;
      const changes = this.hub.read(this.position);
      const last = changes.at(-1);
      if (last !== undefined) {
        this.position = last.revision;
        this.waiter.setReading(true);
        return changes;
      }
      await this.waiter.next('changes');
    }
  }

  async moved(isExact: boolean): Promise<boolean> {
    if (isExact) this.waiter.follow();
    this.waiter.setReading(false);
    if (this.hasEnded) return false;
    await this.waiter.next('moves');
    this.waiter.setReading(true);
    return !this.hasEnded;
  }

  served(): void {
    this.waiter.served();
  }

  close(): void {
    this.waiter.close();
  }

  private get hasEnded(): boolean {
    return this.waiter.isClosed || this.hub.hasClosed;
  }
}
