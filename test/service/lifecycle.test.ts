// Clusters from creation to deletion: what is listed, what survives a restart, what leaves memory.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultNodes, stateHash } from '../../src/engine/cluster/index.ts';
import { codeOf, configOf, createPod, patchPod, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ clustersMax: 5, liveClustersMax: 2, objectsMax: 90 });
});

afterEach(async () => {
  await fixture.remove();
});

describe('creation', () => {
  it('answers the cluster as it stands', () => {
    const info = fixture.service.create(configOf('a', { seed: 7 }));
    expect(info).toMatchObject({ name: 'a', seed: 7, startTime: '2025-01-01T00:00:00Z', now: '2025-01-01T00:00:00Z', elapsedSeconds: 0 });
    expect(info).toMatchObject({ clock: { mode: 'manual' }, nodes: 2, digest: uninterrupted(configOf('a', { seed: 7 }), []).digest });
    expect(fixture.service.get('a')).toEqual(info);
  });

  it('refuses a name that is taken, and leaves the owner of the name as it was', () => {
    fixture.service.create(configOf('a'));
    const { digest } = fixture.service.execute('a', createPod('p'));
    expect(codeOf(() => fixture.service.create(configOf('a', { seed: 2 })))).toBe('cluster-exists');
    expect(fixture.service.get('a').digest).toBe(digest);
  });

  it('stops at the limit, and goes on below it', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) fixture.service.create(configOf(name));
    expect(codeOf(() => fixture.service.create(configOf('f')))).toBe('limit-exceeded');
    fixture.service.remove('c');
    expect(fixture.service.create(configOf('f')).name).toBe('f');
  });
});

describe('deletion', () => {
  it('ends with an unknown name, and a cluster of the same name begins anew', () => {
    const fresh = fixture.service.create(configOf('a'));
    fixture.service.execute('a', createPod('p'));
    fixture.service.remove('a');
    expect(codeOf(() => fixture.service.get('a'))).toBe('cluster-not-found');
    expect(codeOf(() => fixture.service.remove('a'))).toBe('cluster-not-found');
    expect(codeOf(() => fixture.service.execute('a', createPod('p')))).toBe('cluster-not-found');
    expect(fixture.service.create(configOf('a')).digest).toBe(fresh.digest);
  });

  it('holds across a restart', async () => {
    fixture.service.create(configOf('a'));
    fixture.service.create(configOf('b'));
    fixture.service.remove('a');
    await fixture.restart();
    expect(fixture.service.list({ limit: 10 }).items.map((item) => item.name)).toEqual(['b']);
  });
});

describe('list', () => {
  it('goes by name, in pages, asleep or awake', () => {
    for (const name of ['d', 'b', 'a', 'e', 'c']) fixture.service.create(configOf(name));
    const first = fixture.service.list({ limit: 2 });
    expect([first.items.map((item) => item.name), first.next]).toEqual([['a', 'b'], 'b']);
    const second = fixture.service.list({ limit: 3, after: 'b' });
    expect([second.items.map((item) => item.name), second.next]).toEqual([['c', 'd', 'e'], undefined]);
  });
});

describe('memory', () => {
  it('holds no more clusters than allowed; those that left come back as they were', async () => {
    const hashes = new Map<string, string>();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      fixture.service.create(configOf(name));
      fixture.service.execute(name, createPod(`of-${name}`));
      hashes.set(name, fixture.service.read(name, stateHash));
    }
    // One that leaves has some turns for what it has to store.
    await expect.poll(() => fixture.service.stats().awakeClusters).toBe(2);
    for (const [name, hash] of hashes) expect(fixture.service.read(name, stateHash)).toBe(hash);
    await expect.poll(() => fixture.service.stats().awakeClusters).toBe(2);
  });

  it('is left by clusters that nobody uses', async () => {
    const idle = new ServiceFixture({ idleMs: 20 });
    idle.service.create(configOf('a'));
    idle.service.execute('a', createPod('p'));
    const hash = idle.service.read('a', stateHash);
    await expect.poll(() => idle.service.stats().awakeClusters).toBe(0);
    expect(idle.service.read('a', stateHash)).toBe(hash);
    await idle.remove();
  });

  it('is left sooner by small ones, which are open again at once', async () => {
    const idle = new ServiceFixture({ idleMs: 6_000 });
    idle.service.create(configOf('large', { nodes: defaultNodes(600) }));
    idle.service.create(configOf('small'));
    await expect.poll(() => idle.service.stats().awakeClusters, { timeout: 5_000 }).toBe(1);
    expect(idle.service.list({ limit: 2 }).items.map(({ name, state }) => [name, state])).toEqual([
      ['large', 'awake'],
      ['small', 'asleep'],
    ]);
    await idle.remove();
  });
});

describe('restart', () => {
  it('goes on exactly as if it had never stopped', async () => {
    const commands = [
      createPod('a'),
      { type: 'advance', toMs: START_MS + 3_500 } as const,
      createPod('b'),
      patchPod('a', { metadata: { labels: { x: 'y' } } }),
    ];
    fixture.service.create(configOf('a'));
    for (const command of commands) {
      fixture.service.execute('a', command);
      await fixture.restart();
    }
    const last = { type: 'advance', toMs: START_MS + 600_000 } as const;
    fixture.service.execute('a', last);
    const expected = uninterrupted(configOf('a'), [...commands, last]);
    expect(fixture.service.get('a').digest).toBe(expected.digest);
    expect(fixture.service.read('a', stateHash)).toBe(expected.hash);
  });

  it('opens no cluster whose clock stands still', async () => {
    for (const name of ['a', 'b', 'c']) fixture.service.create(configOf(name));
    await fixture.restart();
    expect(fixture.service.stats()).toMatchObject({ clusters: 3, awakeClusters: 0 });
  });
});

describe('objects', () => {
  it('stop at the limit, and can still be deleted', () => {
    fixture.service.create(configOf('a'));
    let created = 0;
    while (codeOf(() => fixture.service.execute('a', createPod(`p${created}`))) === 'no error') created += 1;
    expect(codeOf(() => fixture.service.execute('a', createPod('more')))).toBe('limit-exceeded');
    const request = { verb: 'delete', resource: 'pods', namespace: 'default', name: 'p0', options: { gracePeriodSeconds: 0 } } as const;
    expect(fixture.service.execute('a', { type: 'request', request }).outcome.ok).toBe(true);
  });
});

describe('closing', () => {
  it('refuses what comes later, and can be called twice', async () => {
    fixture.service.create(configOf('a'));
    const { service } = fixture;
    await fixture.restart();
    await service.close();
    expect(codeOf(() => service.create(configOf('b')))).toBe('closing');
    expect(codeOf(() => service.execute('a', createPod('p')))).toBe('closing');
    expect(codeOf(() => service.checkReady())).toBe('closing');
  });
});
