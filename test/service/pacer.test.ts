// Running clocks: wall time becomes virtual time. The tests wait for conditions on virtual time, never for wall time to pass.

import { Database } from '../../src/db/driver.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { configOf, createPod, readChanges, ServiceFixture, START_MS } from './fixtures.ts';

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
