// Lockstep with controllers outside: the clock waits, at every instant at which something changed, until the clients that are named have read it and have been
// quiet. What they write meanwhile happens at that instant (docs/contract.md, section 3).

import { setTimeout as sleep } from 'node:timers/promises';
import type { Presence } from './presence.ts';
import { ServiceError } from './ports.ts';

export interface Barrier {
  /** Names in kubeconfigs, or of programs in user agents. */
  readonly clients: readonly string[];
  /** Wall time in which a client must do nothing to be done. */
  readonly quietMs: number;
  /** Wall time that a client has for one instant. */
  readonly patienceMs: number;
}

/** Wall time between two looks. */
const LOOK_MS = 5;

/** Resolves when all clients are done with the instant; at once without a barrier. Fails: busy, when one of them is not there, or not done in time. */
export async function awaitClients(presence: () => Presence, barrier: Barrier | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (barrier === undefined) return;
  const { clients, quietMs, patienceMs } = barrier;
  const endMs = performance.now() + patienceMs;
  for (;;) {
    await sleep(0);
    const late = clients.find((client) => !presence().isClientQuiet(client, quietMs));
    if (late === undefined || signal?.aborted === true) return;
    if (performance.now() < endMs) await sleep(LOOK_MS);
    else throw new ServiceError('busy', describeLate(presence(), late, patienceMs));
  }
}

/** Wall time in which a client takes up what its watches were sent; after which it is answered however far they are. */
const TAKE_UP_MS = 15;
const CATCH_UP_MS_MAX = 1_000;

/**
 * Resolves when the watches of a client have taken what it wrote. Real controllers read from caches, which lag behind their own writes by as much as chance
 * will have it; one who is in lockstep reads what it wrote.
 */
export async function untilCaughtUp(presence: () => Presence | undefined, client: string): Promise<void> {
  if (presence()?.isWatching(client) !== true) return;
  const endMs = performance.now() + CATCH_UP_MS_MAX;
  do await sleep(1);
  while (presence()?.isReading(client) === true && performance.now() < endMs);
  await sleep(TAKE_UP_MS);
}

function describeLate(presence: Presence, client: string, patienceMs: number): string {
  const what = presence.hasClient(client) ? 'is not quiet' : 'watches nothing of this cluster';
  return `client ${client} ${what} after ${patienceMs} ms of wall time; the clock stands where it came to`;
}
