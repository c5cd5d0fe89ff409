// Who waits for a cluster, what for, and whether they are done with what they got. Those who watch or have a session open hold a place here, those who ask again
// and again are known by their questions (polls.ts), and an advance with a barrier waits for clients (barrier.ts). Commits and clients tell them all; nobody looks
// again after a while. A clock with rate `auto` goes on when nobody has been told or has done anything for a while of wall time (docs/contract.md, section 3).

import { Polls } from './polls.ts';

/** What there is to wait for: changes of objects, anything that the cluster does, anything that its clients do. */
export type News = 'changes' | 'moves' | 'activity';

/** One who waits, of all who do or of one client. */
class Activity {
  /** Watches and sessions that are open. */
  count = 0;
  /** Those who were handed something and have not come back for more. */
  readers = 0;
  /** Requests that are not answered yet. */
  requests = 0;
  /** Reading of the monotonic clock when somebody last came, was told something or did something, and when somebody was last handed something. */
  actedAtMs = Number.NEGATIVE_INFINITY;
  readAtMs = Number.NEGATIVE_INFINITY;

  /** Whether nothing has been done or told since a reading of the monotonic clock. */
  isQuietSince(ms: number): boolean {
    return this.actedAtMs <= ms && (this.readers === 0 || this.readAtMs <= ms);
  }
}

/** When waiting ends without news: at a reading of the monotonic clock, or with the signal. */
interface WaitEnd {
  readonly atMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Clients are known by what they call themselves; `''` is nobody in particular. */
export class Waiters {
  private readonly all = new Activity();
  private readonly clients = new Map<string, Activity>();
  private readonly sleepers: Readonly<Record<News, Set<() => void>>> = { changes: new Set(), moves: new Set(), activity: new Set() };
  /** Those who wait without a connection, by asking again. */
  readonly polls = new Polls();
  /** Those who look at everything that happens, not at changes of objects only. */
  followers = 0;

  /** Watches and sessions that are open. */
  get count(): number {
    return this.all.count;
  }

  /** A place for one who waits by a connection; `client` is what he calls himself. */
  join(client: string): Waiter {
    const activity = this.clients.get(client) ?? new Activity();
    this.clients.set(client, activity);
    for (const one of [this.all, activity]) one.count += 1;
    this.act(client);
    return new Waiter(this, client);
  }

  /** Gives a place up. */
  leave(client: string): void {
    this.change(client, (activity) => (activity.count -= 1));
  }

  /** One who waits was handed something, or has come back for more. */
  read(client: string, by: 1 | -1): void {
    this.change(client, (activity) => {
      activity.readers += by;
      if (by === 1) activity.readAtMs = performance.now();
    });
  }

  /** Somebody was answered, was told something, or asked for something. */
  act(client: string): void {
    const nowMs = performance.now();
    this.change(client, (activity) => (activity.actedAtMs = nowMs));
  }

  /** A client asks for something, which counts if it waits for something else; the end is to be called when it is answered. */
  request(client: string): () => void {
    const activity = this.clients.get(client);
    if (activity === undefined) return () => {};
    const count = (by: 1 | -1): void => {
      activity.requests += by;
      activity.actedAtMs = performance.now();
      this.forget(client, activity);
      this.tell('activity');
    };
    count(1);
    return () => count(-1);
  }

  private change(client: string, change: (activity: Activity) => void): void {
    change(this.all);
    const activity = this.clients.get(client);
    if (activity !== undefined) {
      change(activity);
      this.forget(client, activity);
    }
    this.tell('activity');
  }

  /** Nothing is kept of a client that is neither here nor waits for an answer. */
  private forget(client: string, { count, requests }: Activity): void {
    if (count === 0 && requests === 0) this.clients.delete(client);
  }

  /** Whether a client watches, and was handed something that it has not taken yet. */
  isReading(client: string): boolean {
    return (this.clients.get(client)?.readers ?? 0) > 0;
  }

  /** Whether a client that calls itself exactly so watches. */
  isWatching(client: string): boolean {
    return (this.clients.get(client)?.count ?? 0) > 0;
  }

  /** Whether somebody waits, and all who do have had `patienceMs` to say more. */
  isQuiet(patienceMs: number): boolean {
    return this.all.count > 0 && this.all.isQuietSince(performance.now() - patienceMs);
  }

  /**
   * The reading of the monotonic clock at which a client of the name has done nothing for a while, if it goes on doing nothing; infinite while it has no watch
   * open, has not read all that it was told, or waits for an answer.
   */
  quietAtMs(name: string, quietMs: number): number {
    let atMs = Number.NEGATIVE_INFINITY;
    let isAttached = false;
    for (const [client, activity] of this.clients) {
      if (!isNamed(client, name)) continue;
      isAttached ||= activity.count > 0;
      if (activity.readers > 0 || activity.requests > 0) return Number.POSITIVE_INFINITY;
      atMs = Math.max(atMs, activity.actedAtMs + quietMs);
    }
    return isAttached ? atMs : Number.POSITIVE_INFINITY;
  }

  hasClient(name: string): boolean {
    for (const [client, { count }] of this.clients) if (count > 0 && isNamed(client, name)) return true;
    return false;
  }

  /** Calls `wake` once, with the next news; gives what calls it at once. */
  sleep(news: News, wake: () => void): () => void {
    const sleepers = this.sleepers[news];
    sleepers.add(wake);
    return () => {
      if (sleepers.delete(wake)) wake();
    };
  }

  /** Resolves with the next news, or at the end. */
  next(news: News, { atMs, signal }: WaitEnd): Promise<void> {
    return new Promise((resolve) => {
      const wake = this.sleep(news, () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      });
      const timer = setTimeout(() => wake(), Math.max(0, Math.ceil(atMs - performance.now())));
      signal?.addEventListener('abort', wake);
    });
  }

  /** Wakes all who wait for it. */
  tell(news: News): void {
    const sleepers = this.sleepers[news];
    if (sleepers.size === 0) return;
    const woken = [...sleepers];
    sleepers.clear();
    for (const wake of woken) wake();
  }

  /** The cluster is gone: nobody has anything to wait for. */
  close(): void {
    for (const news of ['changes', 'moves', 'activity'] as const) this.tell(news);
  }
}

/** The place of one who waits by a connection. */
export class Waiter {
  private readonly waiters: Waiters;
  private readonly client: string;
  private isReading = false;
  private isFollowing = false;
  private wake = (): void => {};
  isClosed = false;

  constructor(waiters: Waiters, client: string) {
    this.waiters = waiters;
    this.client = client;
  }

  /** From here on it looks at everything that happens: a clock with rate `auto` stops at every instant. */
  follow(): void {
    if (this.isFollowing || this.isClosed) return;
    this.isFollowing = true;
    this.waiters.followers += 1;
  }

  /** It was handed something, or has come back for more. */
  setReading(isReading: boolean): void {
    if (isReading === this.isReading || (isReading && this.isClosed)) return;
    this.isReading = isReading;
    this.waiters.read(this.client, isReading ? 1 : -1);
  }

  /** The client was told something. */
  served(): void {
    this.waiters.act(this.client);
  }

  /** Resolves with the next news, and when it is closed. */
  next(news: News): Promise<void> {
    return new Promise((resolve) => {
      this.wake = this.waiters.sleep(news, resolve);
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.setReading(false);
    if (this.isFollowing) this.waiters.followers -= 1;
    this.waiters.leave(this.client);
    // The others have nothing to look at.
    this.wake();
  }
}

/** A client is named by all that it calls itself, or by the program in it: `site-controller/v1.0 (linux/amd64)`. */
function isNamed(client: string, name: string): boolean {
  return client === name || client.split(/[/ ]/, 1)[0] === name;
}
