// Lockstep with controllers outside: the clock waits, at every instant at which something changed, until the clients that are named have read it and have been
// quiet. What they write meanwhile happens at that instant (docs/contract.md, section 3).

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../ports.ts';
import type { Waiters } from './waiters.ts';

export interface Barrier {
  /** Names in kubeconfigs, or of programs in user agents. */
  readonly clients: readonly string[];
  /** Wall time in which a client must do nothing to be done. */
  readonly quietMs: number;
  /** Wall time that a client has for one instant. */
  readonly patienceMs: number;
}

/**
 * Resolves when all clients are done with the instant, and when the signal aborts; at once without a barrier. Fails: busy, when one of them is not there, or not
 * done in time.
 */
export async function awaitClients(waiters: () => Waiters, barrier: Barrier | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (barrier === undefined) return;
  const { clients, quietMs, patienceMs } = barrier;
  const endMs = performance.now() + patienceMs;
  for (;;) {
    // Who was told something takes it, and what has come in is seen.
    await nextTurn();
    if (signal?.aborted === true) return;
    const present = waiters();
    const nowMs = performance.now();
    const late = clients.find((client) => present.quietAtMs(client, quietMs) > nowMs);
    if (late === undefined) return;
    if (nowMs >= endMs) throw new ServiceError('busy', describeLate(present, late, patienceMs));
    await present.next('activity', { atMs: Math.min(endMs, present.quietAtMs(late, quietMs)), signal });
  }
}

/** Wall time in which a client takes up what its watches were sent; after which it is answered however far they are. */
const TAKE_UP_MS = 15;
const CATCH_UP_MS_MAX = 1_000;

/**
 * Resolves when the watches of a client have taken what it wrote. Real controllers read from caches, which lag behind their own writes by as much as chance
 * will have it; one who is in lockstep reads what it wrote.
 */
export async function untilCaughtUp(waiters: () => Waiters | undefined, client: string): Promise<void> {
  if (waiters()?.isWatching(client) !== true) return;
  const endMs = performance.now() + CATCH_UP_MS_MAX;
  await nextTurn();
  for (let present = waiters(); present?.isReading(client) === true && performance.now() < endMs; present = waiters())
    await present.next('activity', { atMs: endMs });
  await sleep(TAKE_UP_MS);
}

function describeLate(waiters: Waiters, client: string, patienceMs: number): string {
  const what = waiters.hasClient(client) ? 'is not quiet' : 'watches nothing of this cluster';
  return `client ${client} ${what} after ${patienceMs} ms of wall time; the clock stands where it came to`;
}
