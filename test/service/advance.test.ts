// Turning the clock through the service: in slices, beside other work, stoppable at committed instants.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/engine/apimachinery/labels.ts';
import { selectionOf } from '../../src/engine/apiserver/read/selection.ts';
import { parseWaitFor, stateHash, type WaitFor } from '../../src/engine/cluster/index.ts';
import { storedOf } from '../../src/engine/kernel/store.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

const HOUR_MS = 3_600_000;

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ sliceChangesMax: 10 });
  fixture.service.create(configOf('a'));
});

afterEach(async () => {
  await fixture.remove();
});

describe('goals', () => {
  it('to an instant', async () => {
    fixture.service.execute('a', createPod('p'));
    const before = fixture.service.latestRevision('a');
    const result = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    expect(result).toMatchObject({ fromMs: START_MS, nowMs: START_MS + 60_000, reached: true });
    expect(result.watchEvents).toBe(fixture.service.latestRevision('a') - before);
    expect(result.digest).toBe(fixture.service.get('a').digest);
  });

  it('until a condition holds, or its timeout has passed', async () => {
    fixture.service.execute('a', createPod('p'));
    const conditionOf = (name: string) => ({
      for: parseWaitFor('condition=Ready') as WaitFor,
      selection: selectionOf({ kind: podKind, namespace: 'default', name }, EVERYTHING, []),
    });
    const found = await fixture.service.advance('a', { kind: 'until', condition: conditionOf('p'), timeoutMs: HOUR_MS });
    expect(found.reached).toBe(true);
    expect(found.nowMs).toBeLessThan(START_MS + 60_000);
    const missed = await fixture.service.advance('a', { kind: 'until', condition: conditionOf('nobody'), timeoutMs: 5_000 });
    expect(missed).toMatchObject({ reached: false, nowMs: found.nowMs + 5_000 });
  });

  it('by a number of instants at which something happens', async () => {
    fixture.service.execute('a', createPod('p'));
    const single = await fixture.service.advance('a', { kind: 'steps', steps: 1 });
    expect(single.reached).toBe(true);
    expect(single.watchEvents).toBeGreaterThan(0);
  });

  it('by steps gives up where nothing but Events changes', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'large' } };
    const spec = { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '64' } } }] };
    fixture.service.execute('a', { type: 'manifests', mode: 'create', namespace: 'default', objects: [{ ...pod, spec }] });
    const given = await fixture.service.advance('a', { kind: 'steps', steps: 100 });
    expect(given.reached).toBe(false);
    expect(given.nowMs).toBeLessThan(START_MS + 33 * 24 * HOUR_MS);
    expect(fixture.service.read('a', (state) => storedOf(state, 'events').size)).toBeGreaterThan(0);
  });

  it('until nothing is left to happen', async () => {
    const result = await fixture.service.advance('a', { kind: 'idle', timeoutMs: HOUR_MS });
    expect(result.nowMs).toBeLessThanOrEqual(START_MS + HOUR_MS);
  });
});

describe('slices', () => {
  it('end by wall time as well, after each instant when there is none', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    fixture.service.execute('a', createReplicaSet('web', 5));
    const instants = new Set<number>();
    const options = { onProgress: ({ nowMs }: { readonly nowMs: number }) => void instants.add(nowMs) };
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 }, options);
    const times = fixture.service.read(
      'a',
      (state) => new Set([...storedOf(state, 'events').values()].map(({ object }) => object['lastTimestamp'])),
    );
    expect(instants.size).toBeGreaterThan(times.size);
    const whole = uninterrupted(configOf('a'), [createReplicaSet('web', 5), { type: 'advance', toMs: START_MS + 60_000 }]);
    expect(fixture.service.get('a').digest).toBe(whole.digest);
  });

  it('make the same history as one piece', async () => {
    fixture.service.execute('a', createReplicaSet('web', 30));
    const progress: number[] = [];
    await fixture.service.advance(
      'a',
      { kind: 'to', toMs: START_MS + HOUR_MS },
      { onProgress: ({ watchEvents }) => progress.push(watchEvents) },
    );
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const whole = uninterrupted(configOf('a'), [createReplicaSet('web', 30), { type: 'advance', toMs: START_MS + HOUR_MS }]);
    expect(fixture.service.get('a').digest).toBe(whole.digest);
    expect(fixture.service.read('a', stateHash)).toBe(whole.hash);
  });

  it('leave room for other clusters and for other commands', async () => {
    fixture.service.create(configOf('b'));
    fixture.service.execute('a', createReplicaSet('web', 60));
    let isDone = false;
    const running = fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }).finally(() => {
      isDone = true;
    });
    fixture.service.execute('b', createPod('p'));
    await nextTurn();
    expect(isDone).toBe(false);
    expect(fixture.service.execute('a', createPod('between')).outcome.ok).toBe(true);
    expect((await running).reached).toBe(true);
    const digest = fixture.service.get('a').digest;
    await fixture.restart();
    expect(fixture.service.get('a').digest).toBe(digest);
  });
});

describe('an advance that goes on', () => {
  it('refuses a second one, and lets it in afterwards', async () => {
    fixture.service.execute('a', createReplicaSet('web', 60));
    const running = fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS });
    await expect(fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS })).rejects.toMatchObject({ code: 'busy' });
    await running;
    await expect(fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS })).resolves.toMatchObject({ reached: true });
  });

  it('stops at a committed instant when it is aborted', async () => {
    fixture.service.execute('a', createReplicaSet('web', 60));
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    const result = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }, { signal: abort.signal, onProgress });
    expect(result.reached).toBe(false);
    expect(result.nowMs).toBeLessThan(START_MS + HOUR_MS);
    expect(fixture.service.get('a').digest).toBe(result.digest);
    await fixture.restart();
    expect(fixture.service.get('a').digest).toBe(result.digest);
  });

  it('does nothing when it was aborted before', async () => {
    const { digest } = fixture.service.get('a');
    const result = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ reached: false, nowMs: START_MS, digest });
  });

  it('ends when its cluster is deleted, even when another one takes the name', async () => {
    fixture.service.execute('a', createReplicaSet('web', 60));
    const running = fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS });
    const end = expect(running).rejects.toMatchObject({ code: 'cluster-not-found' });
    fixture.service.remove('a');
    const fresh = fixture.service.create(configOf('a'));
    await end;
    expect(fixture.service.get('a')).toEqual(fresh);
  });

  it('stops at a committed instant when the service stops', async () => {
    fixture.service.execute('a', createReplicaSet('web', 60));
    const running = fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }).then(
      (result) => result.digest,
      (error: { code: string }) => error.code,
    );
    await nextTurn();
    await fixture.restart();
    expect(['closing', fixture.service.get('a').digest]).toContain(await running);
  });
});
