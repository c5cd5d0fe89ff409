// The change log of one cluster for its watchers: the newest changes in memory, older ones in storage. A watcher is a position; it costs nothing
// but its place among the waiting.

import { type LoggedChange, ServiceError, type WatchCursor } from './ports.ts';
import { Presence } from './presence.ts';
import { BATCH_LENGTH_MAX, BATCH_MAX, batchEnd, type CommitLog } from './storage.ts';
import { restoredChange } from './logged-change.ts';

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
  private readonly waiting = new Set<() => void>();
  private readonly following = new Set<() => void>();
  readonly presence = new Presence();
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
    this.wakeAll();
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

  /** Calls `wake` once, when something was published or the hub closed, or when it is woken. */
  wait(wake: () => void): void {
    this.waiting.add(wake);
  }

  /** Wakes one who waits. */
  wake(wake: () => void): void {
    if (this.waiting.delete(wake)) wake();
  }

  get hasClosed(): boolean {
    return this.isClosed;
  }

  get cursorCount(): number {
    return this.presence.count;
  }

  /** Calls `wake` once, when the cluster has done anything, or the hub closed. */
  follow(wake: () => void): void {
    this.following.add(wake);
  }

  /** Forgets one who follows, and wakes him. */
  unfollow(wake: () => void): void {
    if (this.following.delete(wake)) wake();
  }

  /** The cluster has done something, which need not have changed an object. */
  moved(): void {
    wakeAll(this.following);
  }

  /** Ends all cursors: the cluster is gone. */
  close(): void {
    this.isClosed = true;
    this.wakeAll();
    this.moved();
  }

  private wakeAll(): void {
    wakeAll(this.waiting);
  }
}

const gone = (after: number, oldest: number) => new ServiceError('gone', `revision ${after} is older than what is retained, ${oldest}`);

function wakeAll(sleepers: Set<() => void>): void {
  const woken = [...sleepers];
  sleepers.clear();
  for (const wake of woken) wake();
}

/** Its own encoding, and that of the object before, which shares most of its parts. */
function lengthOf({ json }: LoggedChange): number {
  return json.length;
}

class Cursor implements WatchCursor {
  private readonly hub: WatchHub;
  private readonly presence: Presence;
  private readonly client: string;
  private position: number;
  private isClosed = false;
  private isFollowing = false;
  private isReading = false;
  private wake: () => void = () => {};

  constructor(hub: WatchHub, after: number, client: string) {
    this.hub = hub;
    this.client = client;
    this.presence = hub.presence;
    this.position = after;
    this.presence.join(client);
  }

  async next(): Promise<readonly LoggedChange[] | undefined> {
    this.setReading(false);
    for (;;) {
      if (this.hasEnded) return undefined;
      const changes = this.hub.read(this.position);
      const last = changes.at(-1);
      if (last !== undefined) {
        this.position = last.revision;
        this.setReading(true);
        return changes;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.hub.wait(resolve);
      });
    }
  }

  async moved(isExact: boolean): Promise<boolean> {
    if (isExact && !this.isFollowing && !this.isClosed) this.presence.follow(1);
    this.isFollowing ||= isExact;
    this.setReading(false);
    if (this.hasEnded) return false;
    await new Promise<void>((resolve) => {
      this.wake = () => {
        this.setReading(true);
        resolve();
      };
      this.hub.follow(this.wake);
    });
    return !this.hasEnded;
  }

  served(): void {
    this.presence.act(this.client);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.setReading(false);
    this.presence.leave(this.client);
    if (this.isFollowing) this.presence.follow(-1);
    // The others have nothing to look at.
    this.hub.wake(this.wake);
    this.hub.unfollow(this.wake);
  }

  private get hasEnded(): boolean {
    return this.isClosed || this.hub.hasClosed;
  }

  private setReading(isReading: boolean): void {
    if (isReading === this.isReading || (isReading && this.isClosed)) return;
    this.isReading = isReading;
    this.presence.read(this.client, isReading ? 1 : -1);
  }
}
