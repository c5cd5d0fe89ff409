// Who waits for a cluster, and a clock that waits for them: what they do tells it, and nothing else.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { awaitClients } from '../../src/service/waiting/barrier.ts';
import { Waiters } from '../../src/service/waiting/waiters.ts';

/** Longer than any test. */
const PATIENCE_MS = 1_000_000;

class CountingWaiters extends Waiters {
  looks = 0;

  override quietAtMs(name: string, quietMs: number): number {
    this.looks += 1;
    return super.quietAtMs(name, quietMs);
  }
}

let waiters: CountingWaiters;
beforeEach(() => {
  waiters = new CountingWaiters();
});

function meet(client: string, { patienceMs = PATIENCE_MS, signal }: { patienceMs?: number; signal?: AbortSignal } = {}) {
  const told = { outcome: 'waits' };
  const barrier = { clients: [client], quietMs: 0, patienceMs };
  const done = awaitClients(() => waiters, barrier, signal).then(
    () => void (told.outcome = 'goes on'),
    (error: Error) => void (told.outcome = error.message),
  );
  return { told, done };
}

async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

describe('a barrier', () => {
  it('waits until its client has come back for more, and looks only when a client has done something', async () => {
    const waiter = waiters.join('me/v1 (linux)');
    waiter.setReading(true);
    const { told, done } = meet('me');
    await turns(50);
    expect([told.outcome, waiters.looks]).toEqual(['waits', 2]);
    waiters.join('other').close();
    await turns();
    expect(told.outcome).toBe('waits');
    waiter.setReading(false);
    await done;
    expect(told.outcome).toBe('goes on');
  });

  it('waits until the requests of its client are answered', async () => {
    waiters.join('me');
    const answered = waiters.request('me');
    const { told, done } = meet('me');
    await turns();
    expect(told.outcome).toBe('waits');
    answered();
    await done;
    expect(told.outcome).toBe('goes on');
  });

  it('waits for one who comes', async () => {
    const { told, done } = meet('me');
    await turns();
    expect(told.outcome).toBe('waits');
    waiters.join('me');
    await done;
    expect(told.outcome).toBe('goes on');
  });

  it('ends when who asked for the advance leaves, and when the cluster is opened anew goes on with that', async () => {
    const leaving = new AbortController();
    const left = meet('me', { signal: leaving.signal });
    await turns();
    leaving.abort();
    await left.done;
    const before = waiters;
    const moved = meet('me');
    await turns();
    waiters = new CountingWaiters();
    waiters.join('me');
    before.close();
    await moved.done;
    expect([left.told.outcome, moved.told.outcome]).toEqual(['goes on', 'goes on']);
  });

  it('says who was late', async () => {
    waiters.join('me').setReading(true);
    const late = [meet('me', { patienceMs: 0 }), meet('you', { patienceMs: 0 })];
    await Promise.all(late.map(({ done }) => done));
    const rest = 'after 0 ms of wall time; the clock stands where it came to';
    expect(late.map(({ told }) => told.outcome)).toEqual([
      `busy: client me is not quiet ${rest}`,
      `busy: client you watches nothing of this cluster ${rest}`,
    ]);
  });
});

describe('requests', () => {
  it('count for a client that waited when they came, to their own end', () => {
    const watching = waiters.request('me');
    const waiter = waiters.join('me');
    const answered = waiters.request('me');
    watching();
    expect(waiters.quietAtMs('me', 0)).toBe(Number.POSITIVE_INFINITY);
    waiter.close();
    answered();
    expect([waiters.hasClient('me'), waiters.count]).toEqual([false, 0]);
  });
});

describe('news', () => {
  it('wake those who wait for them, once', async () => {
    const waiter = waiters.join('me');
    const seen: string[] = [];
    const changes = waiter.next('changes').then(() => seen.push('changes'));
    const moves = waiters
      .join('me')
      .next('moves')
      .then(() => seen.push('moves'));
    waiters.tell('moves');
    await moves;
    expect(seen).toEqual(['moves']);
    waiter.close();
    await changes;
    expect(seen).toEqual(['moves', 'changes']);
  });
});
