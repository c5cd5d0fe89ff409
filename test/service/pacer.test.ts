// Running clocks: wall time becomes virtual time. The tests wait for conditions on virtual time, never for wall time to pass.

import { Database } from '../../src/db/driver.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { stateHash } from '../../src/engine/cluster/index.ts';
import type { LiveCluster } from '../../src/service/live-cluster.ts';
import { Pacer } from '../../src/service/pacer.ts';
import { configOf, createPod, createReplicaSet, readChanges, ServiceFixture, START_MS } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
});

afterEach(async () => {
  await fixture.remove();
});

/** Virtual milliseconds since the start of the cluster. */
function elapsedMs(name = 'a'): number {
  return fixture.service.read(name, (state) => state.nowMs - START_MS);
}

describe('a running clock', () => {
  it('moves by itself, never back, and what is due happens', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 1_000 } }));
    fixture.service.execute('a', createPod('p'));
    const cursor = fixture.service.watch('a', fixture.service.latestRevision('a'));
    const changes = await readChanges(cursor, 3);
    const times = changes.map((change) => change.timeMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(elapsedMs()).toBeGreaterThan(0);
    cursor.close();
  });

  it('keeps its rate, to within a tenth', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 2_000 } }));
    const startWall = performance.now();
    const from = elapsedMs();
    await expect.poll(() => elapsedMs(), { interval: 5, timeout: 10_000 }).toBeGreaterThan(from + 2_000_000);
    const rate = (elapsedMs() - from) / (performance.now() - startWall);
    expect(rate).toBeGreaterThan(1_800);
    expect(rate).toBeLessThan(2_200);
  });

  it('stands when it is stopped, and starts where it stood', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 100_000 } }));
    await expect.poll(() => elapsedMs(), { interval: 5 }).toBeGreaterThan(0);
    expect(fixture.service.setClock('a', { mode: 'manual' })).toEqual({ mode: 'manual' });
    const stood = elapsedMs();
    fixture.service.create(configOf('b', { clock: { mode: 'running', rate: 100_000 } }));
    await expect.poll(() => elapsedMs('b'), { interval: 5 }).toBeGreaterThan(0);
    expect(elapsedMs()).toBe(stood);
    fixture.service.setClock('a', { mode: 'running', rate: 1 });
    expect(elapsedMs()).toBeLessThan(stood + 60_000);
  });

  it('goes on from a later instant when it was advanced by hand', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 10 } }));
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 86_400_000 });
    // Left to the old pace it would stand still until wall time has caught up with the day.
    await expect.poll(() => elapsedMs(), { interval: 5 }).toBeGreaterThan(86_400_000);
    expect(elapsedMs()).toBeLessThan(86_400_000 + 60_000);
  });

  it('runs on after a restart, and a stopped one does not', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 1_000 } }));
    fixture.service.create(configOf('b', { clock: { mode: 'running', rate: 1_000 } }));
    fixture.service.setClock('b', { mode: 'manual' });
    await fixture.restart();
    // Clusters whose clocks run are opened in turns.
    await expect.poll(() => fixture.service.stats().runningClocks, { interval: 5 }).toBe(1);
    const from = elapsedMs();
    await expect.poll(() => elapsedMs(), { interval: 5 }).toBeGreaterThan(from);
    expect(fixture.service.stats().runningClocks).toBe(1);
  });

  it('leaves a history that a replay makes again', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 50_000 } }));
    fixture.service.execute('a', createPod('p'));
    await expect.poll(() => elapsedMs(), { interval: 5 }).toBeGreaterThan(60_000);
    fixture.service.setClock('a', { mode: 'manual' });
    const hash = fixture.service.read('a', stateHash);
    await fixture.restart();
    expect(fixture.service.read('a', stateHash)).toBe(hash);
  });

  it('stops ten years after the start instead of failing', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'manual' } }));
    const endMs = 10 * 365 * 24 * 3_600_000;
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + endMs - 1_000 });
    fixture.service.setClock('a', { mode: 'running', rate: 100_000 });
    await expect.poll(() => elapsedMs(), { interval: 5 }).toBe(endMs);
    expect(fixture.failures).toEqual([]);
  });

  it('goes on when storage that had failed works again', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 100 } }));
    const other = new Database(fixture.fileOf('a'));
    other.exec('BEGIN IMMEDIATE');
    await expect.poll(() => fixture.failures.length, { interval: 20, timeout: 10_000 }).toBeGreaterThan(0);
    other.exec('ROLLBACK');
    other.close();
    const from = elapsedMs();
    await expect.poll(() => elapsedMs(), { interval: 20, timeout: 10_000 }).toBeGreaterThan(from);
  });

  it('does not fill the journal while nothing happens', async () => {
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 1 } }));
    await expect.poll(() => elapsedMs(), { interval: 20, timeout: 10_000 }).toBeGreaterThan(1_500);
    fixture.service.setClock('a', { mode: 'manual' });
    await fixture.service.close();
    const file = new Database(fixture.fileOf('a'), { readonly: true });
    expect(file.prepare('select count(*) from journal').pluck().get()).toBeLessThanOrEqual(8);
    file.close();
  });
});

describe('a turn of the clock that takes many of the service', () => {
  /** A service whose turns end after their first step, and its clock in the middle of what is stored behind an instant. */
  const inTheMiddle = async (): Promise<void> => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, checkpointChangesMax: 50 });
    fixture.service.create(configOf('a', { clock: { mode: 'running', rate: 1_000 } }));
    await fixture.service.perform('a', createReplicaSet('web', 100));
    const { live } = fixture.service as unknown as { readonly live: ReadonlyMap<string, LiveCluster> };
    // First what the command has left, which is no turn of the clock.
    while (live.get('a')?.isOccupied !== false) await nextTurn();
    while (live.get('a')?.isOccupied !== true || live.get('a')?.isBusy !== false) await nextTurn();
  };

  it('is brought to its end when the clock is not wanted any more', async () => {
    let turns = 0;
    const pacer = new Pacer((_name, error) => {
      throw error;
    });
    const turn = (toMs: number): void => {
      expect(toMs).toBe(1_000);
      turns += 1;
    };
    const [isOpen, isWanted, isBusy] = [() => true, () => false, () => turns < 3];
    pacer.start('a', { rate: 1_000, isOpen, wake() {}, isWanted, endMs: 1e9, nowMs: () => 1_000, turn, isBusy });
    await expect.poll(() => turns, { interval: 5 }).toBe(3);
    pacer.close();
  });

  it('is brought to its end for an advance by hand, which waits for it', async () => {
    await inTheMiddle();
    const { nowMs } = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 86_400_000 });
    expect(nowMs).toBe(START_MS + 86_400_000);
  });

  it('is brought to its end for a command, which waits for it', async () => {
    await inTheMiddle();
    const { outcome } = await fixture.service.perform('a', createPod('p'));
    expect(outcome.ok).toBe(true);
  });
});
