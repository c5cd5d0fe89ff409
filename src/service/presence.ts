// Who waits for a cluster to go on, by a connection or by asking again (polls.ts), and whether they are done with what they got: a clock with rate `auto` goes on when nobody has been told or has
// done anything for a while of wall time, and an advance with a barrier when the clients that it names have not (docs/contract.md, section 3).

import { Polls } from './polls.ts';

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

/** Clients are known by what they call themselves; `''` is nobody in particular. */
export class Presence {
  private readonly all = new Activity();
  private readonly clients = new Map<string, Activity>();
  /** Those who wait without a connection, by asking again. */
  readonly polls = new Polls();
  /** Those who look at everything that happens, not at changes of objects only. */
  followers = 0;

  /** Clients that wait. */
  get count(): number {
    return this.all.count;
  }

  join(client: string): void {
    this.all.count += 1;
    const activity = this.clients.get(client) ?? new Activity();
    activity.count += 1;
    this.clients.set(client, activity);
    this.act(client);
  }

  leave(client: string): void {
    this.all.count -= 1;
    const activity = this.clients.get(client);
    if (activity === undefined) return;
    activity.count -= 1;
    // What of it is under way still counts for it.
    if (activity.count === 0 && activity.requests === 0) this.clients.delete(client);
  }

  follow(by: 1 | -1): void {
    this.followers += by;
  }

  read(client: string, by: 1 | -1): void {
    for (const activity of [this.all, this.clients.get(client)]) {
      if (activity === undefined) continue;
      activity.readers += by;
      if (by === 1) activity.readAtMs = performance.now();
    }
  }

  /** Somebody was answered, or asked for something. */
  act(client: string): void {
    const nowMs = performance.now();
    this.all.actedAtMs = nowMs;
    const activity = this.clients.get(client);
    if (activity !== undefined) activity.actedAtMs = nowMs;
  }

  /** A client that waits has asked for something; to be called again when it is answered. */
  request(client: string, by: 1 | -1): void {
    const activity = this.clients.get(client);
    if (activity === undefined) return;
    activity.requests = Math.max(0, activity.requests + by);
    activity.actedAtMs = performance.now();
    if (activity.count === 0 && activity.requests === 0) this.clients.delete(client);
  }

  /** Whether a client watches, and was handed something that it has not taken yet. */
  isReading(client: string): boolean {
    return (this.clients.get(client)?.readers ?? 0) > 0;
  }

  /** Whether somebody waits, and all who do have had `patienceMs` to say more. */
  isQuiet(patienceMs: number): boolean {
    return this.all.count > 0 && this.all.isQuietSince(performance.now() - patienceMs);
  }

  /** Whether a client of the name has a watch open, has read all that it was told, and has done nothing for a while. */
  isClientQuiet(name: string, quietMs: number): boolean {
    const sinceMs = performance.now() - quietMs;
    let isAttached = false;
    for (const [client, activity] of this.clients) {
      if (!isNamed(client, name)) continue;
      isAttached ||= activity.count > 0;
      if (activity.readers > 0 || activity.requests > 0 || activity.actedAtMs > sinceMs) return false;
    }
    return isAttached;
  }

  /** Whether a client that calls itself exactly so watches. */
  isWatching(client: string): boolean {
    return (this.clients.get(client)?.count ?? 0) > 0;
  }

  hasClient(name: string): boolean {
    for (const [client, { count }] of this.clients) if (count > 0 && isNamed(client, name)) return true;
    return false;
  }
}

/** A client is named by all that it calls itself, or by the program in it: `site-controller/v1.0 (linux/amd64)`. */
function isNamed(client: string, name: string): boolean {
  return client === name || client.split(/[/ ]/, 1)[0] === name;
}
