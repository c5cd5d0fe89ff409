// Forks: clusters of their own that go on where another one was, and keep what they need of it.

import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFolder } from '../../src/db/check-folder.ts';
import { type Command, stateHash } from '../../src/engine/cluster/index.ts';
import type { Instant } from '../../src/service/ports.ts';
import { newRow } from '../../src/service/new-row.ts';
import { configOf, createPod, createReplicaSet, readChanges, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

const at = (seconds: number): Command => ({ type: 'advance', toMs: START_MS + seconds * 1000 });
const COMMANDS: readonly Command[] = [createPod('a'), at(10), createReplicaSet('web', 4), at(60), createPod('b'), at(600)];

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ checkpointChangesMax: 60 });
  fixture.service.create(configOf('a'));
  for (const command of COMMANDS) fixture.service.execute('a', command);
});
afterEach(() => fixture.remove());

async function fork(parent: string, name: string, instant?: Instant, seed?: number): Promise<void> {
  const row = newRow(configOf(name), {}, false);
  await fixture.service.fork(parent, { row, at: instant, seed });
}

const hashOf = (name: string) => fixture.service.read(name, stateHash);
const filesEnding = (suffix: string) => readdirSync(join(fixture.folder, 'clusters')).filter((file) => file.endsWith(suffix));

describe('a fork', () => {
  it('equals its parent, and goes on as it would', async () => {
    await fork('a', 'b');
    expect(hashOf('b')).toBe(hashOf('a'));
    expect(fixture.service.get('b').digest).toBe(fixture.service.get('a').digest);
    const more = [createPod('c'), at(700)];
    for (const command of more) fixture.service.execute('b', command);
    const whole = uninterrupted(configOf('a'), [...COMMANDS, ...more]);
    expect([hashOf('b'), fixture.service.get('b').digest]).toEqual([whole.hash, whole.digest]);
    expect(hashOf('a')).toBe(uninterrupted(configOf('a'), COMMANDS).hash);
  });

  it('is independent of it: neither sees what the other does', async () => {
    await fork('a', 'b');
    fixture.service.execute('a', createPod('only-a'));
    fixture.service.execute('b', at(900));
    expect(hashOf('a')).toBe(uninterrupted(configOf('a'), [...COMMANDS, createPod('only-a')]).hash);
    expect(hashOf('b')).toBe(uninterrupted(configOf('a'), [...COMMANDS, at(900)]).hash);
  });

  it('begins at any moment of the past', async () => {
    let count = 0;
    const instant = fc.oneof(
      fc.integer({ min: 0, max: 600_000 }).map((ms): Instant => ({ kind: 'time', ms: START_MS + ms })),
      fc.integer({ min: 1, max: COMMANDS.length + 1 }).map((number): Instant => ({ kind: 'command', number })),
    );
    await fc.assert(
      fc.asyncProperty(instant, async (moment) => {
        const name = `f${(count += 1)}`;
        await fork('a', name, moment);
        const { state } = await fixture.service.history.at('a', moment);
        expect(hashOf(name)).toBe(stateHash(state));
        // The rest of time from there is the same, too.
        fixture.service.execute(name, at(4_000));
      }),
      { numRuns: 15 },
    );
    await fixture.service.close();
    expect(checkFolder(fixture.folder).damages).toBe(0);
    fixture.reopen();
  });

  it('begins at a revision with the end of its instant', async () => {
    const revision = fixture.service.latestRevision('a') - 3;
    await fork('a', 'b', { kind: 'revision', revision });
    expect(fixture.service.latestRevision('b')).toBeGreaterThanOrEqual(revision);
    const { state } = await fixture.service.history.at('a', { kind: 'time', ms: fixture.service.read('b', ({ nowMs }) => nowMs) });
    expect(hashOf('b')).toBe(stateHash(state));
  });

  it('goes on from another seed when it is asked to', async () => {
    await fork('a', 'b', undefined, 7);
    await fork('a', 'c');
    for (const name of ['b', 'c']) fixture.service.execute(name, createReplicaSet('more', 3));
    expect(fixture.service.get('b').seed).toBe(7);
    expect(hashOf('b')).not.toBe(hashOf('c'));
  });

  it('has the history of its parent: watches, commands and moments', async () => {
    await fork('a', 'b');
    fixture.service.execute('b', createPod('own'));
    const [all, own] = await Promise.all(['a', 'b'].map((name) => readChanges(fixture.service.watch(name, 0), 60)));
    expect(own?.map(({ json }) => json)).toEqual(all?.map(({ json }) => json));
    expect((await fixture.service.history.commands('b', 0, 100)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const moment = { kind: 'time', ms: START_MS + 30_000 } as const;
    const [before, after] = await Promise.all(['a', 'b'].map((name) => fixture.service.history.at(name, moment)));
    expect(stateHash(after?.state as never)).toBe(stateHash(before?.state as never));
  });

  it('keeps all of it when its parent goes on, forgets and sleeps', async () => {
    fixture.service.create(configOf('p', { retention: { watchEvents: 20 } }));
    for (const command of COMMANDS) fixture.service.execute('p', command);
    const row = newRow(configOf('q'), {}, false);
    await fixture.service.fork('p', { row });
    const [hash, revision] = [hashOf('q'), fixture.service.latestRevision('q')];
    for (let index = 0; index < 30; index += 1) fixture.service.execute('p', createReplicaSet(`r${index}`, 5));
    fixture.service.execute('p', at(3_000));
    await fixture.restart();
    expect(hashOf('q')).toBe(hash);
    expect(await readChanges(fixture.service.watch('q', revision - 10), 10)).toHaveLength(10);
  });
});

describe('what is stored of a fork', () => {
  it('is opened again, with and without changes of its own', async () => {
    await fork('a', 'b');
    await fork('a', 'c');
    for (const command of [createPod('own'), at(800)] as const) fixture.service.execute('c', command);
    fixture.service.execute('c', {
      type: 'request',
      request: { verb: 'delete', resource: 'pods', namespace: 'default', name: 'a', options: {} },
    });
    fixture.service.execute('c', at(900));
    const hashes = ['a', 'b', 'c'].map(hashOf);
    const killed = fixture.copy();
    expect(['a', 'b', 'c'].map((name) => killed.service.read(name, stateHash))).toEqual(hashes);
    await fixture.restart();
    expect(['a', 'b', 'c'].map(hashOf)).toEqual(hashes);
    await fixture.restart();
    fixture.service.execute('c', at(1_000));
    expect(hashOf('c')).not.toBe(hashes[2]);
    await fixture.service.close();
    expect(checkFolder(fixture.folder, { replays: true })).toMatchObject({ damages: 0 });
    fixture.reopen();
  });

  it('begins with a whole command, whoever brings to its end what its parent stores before, and begins another', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, checkpointChangesMax: 100_000 });
    fixture.service.create(configOf('a'));
    fixture.service.execute('a', createReplicaSet('web', 100));
    const forked = fork('a', 'b');
    await nextTurn();
    fixture.service.execute('a', createPod('p'));
    const more = fixture.service.perform('a', createReplicaSet('more', 100));
    await forked;
    await more;
    const [hash, { digest }] = [hashOf('b'), fixture.service.get('b')];
    await fixture.restart();
    expect([hashOf('b'), fixture.service.get('b').digest]).toEqual([hash, digest]);
    const commands = [createReplicaSet('web', 100), createPod('p'), createReplicaSet('more', 100)];
    const whole = [1, 2, 3].map((count) => uninterrupted(configOf('a'), commands.slice(0, count)).digest);
    expect(whole).toContain(digest);
  });

  it('of a cluster whose clock is ahead of what is stored leaves every moment of it where it was', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ checkpointChangesMax: 100_000 });
    fixture.service.create(configOf('a'));
    await fixture.service.perform('a', createReplicaSet('web', 100));
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    fixture.service.setClock('a', { mode: 'running', rate: 1 });
    const [last] = (await fixture.service.history.commands('a', 0, 100)).slice(-1);
    const nowMs = () => fixture.service.read('a', (state) => state.nowMs);
    for (const beginMs = nowMs(); nowMs() <= beginMs + 100; ) await sleep(20);
    await fork('a', 'b');
    const past = await fixture.service.history.at('a', { kind: 'command', number: last?.number ?? 0 });
    expect(past.state.nowMs).toBe(last?.nowMs);
    const between = { kind: 'time', ms: (last?.nowMs ?? 0) + 10 } as const;
    expect((await fixture.service.history.at('a', between)).state.nowMs).toBe(between.ms);
  });

  it('is small, however large its parent is', async () => {
    fixture.service.execute('a', createReplicaSet('many', 100));
    fixture.service.execute('a', at(800));
    await fork('a', 'b');
    await fixture.restart();
    expect(statSync(fixture.fileOf('a')).size).toBeGreaterThan(1_000_000);
    expect(statSync(fixture.fileOf('b')).size).toBeLessThan(65_536);
  });

  it('outlives its parent, and its grandparent', async () => {
    await fork('a', 'b', { kind: 'time', ms: START_MS + 40_000 });
    fixture.service.execute('b', createPod('own'));
    await fork('b', 'c');
    fixture.service.execute('c', at(500));
    const hashes = ['b', 'c'].map(hashOf);
    fixture.service.remove('a');
    expect(['b', 'c'].map(hashOf)).toEqual(hashes);
    await fixture.restart();
    expect(['b', 'c'].map(hashOf)).toEqual(hashes);
    fixture.service.remove('b');
    expect(filesEnding('.base')).toHaveLength(2);
    await fixture.restart();
    expect(hashOf('c')).toBe(hashes[1]);
    expect((await fixture.service.history.commands('c', 0, 100)).length).toBeGreaterThan(5);
    fixture.service.remove('c');
    expect(readdirSync(join(fixture.folder, 'clusters'))).toEqual([]);
  });

  it('is broken when the file of its parent is gone, and others are not', async () => {
    await fork('a', 'b');
    await fixture.service.close();
    for (const file of filesEnding('').filter((name) => name.startsWith('a-'))) rmSync(join(fixture.folder, 'clusters', file));
    fixture.reopen();
    expect(() => fixture.service.get('b')).toThrow(/needs the file a-.* of the cluster that it was forked from, which is missing/);
    expect(fixture.service.list({ limit: 5 }).items.map(({ state }) => state)).toEqual(['broken', 'broken']);
    fixture.service.remove('b');
    expect(existsSync(join(fixture.folder, 'clusters', 'b'))).toBe(false);
  });
});

describe('a rewind', () => {
  const rewind = (name: string, to: Instant, kept: string) =>
    fixture.service.rewind(name, { to, rewound: newRow(configOf(name), {}, true), kept: newRow(configOf(kept), {}, false) });

  it('goes on from there as the cluster did, at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: COMMANDS.length }), async (whole) => {
        const kept = `kept-${whole}-${fixture.service.stats().clusters}`;
        const [hash, digest] = [hashOf('a'), fixture.service.get('a').digest];
        await rewind('a', { kind: 'command', number: whole }, kept);
        for (const command of COMMANDS.slice(whole - 1)) fixture.service.execute('a', command);
        expect([hashOf('a'), fixture.service.get('a').digest]).toEqual([hash, digest]);
      }),
      { numRuns: 8 },
    );
    await fixture.restart();
    expect(fixture.service.list({ limit: 100 }).items.every(({ state }) => state !== 'broken')).toBe(true);
  });

  it('that was cut off when it was decided is finished by the next start', async () => {
    await rewind('a', { kind: 'command', number: 3 }, 'kept');
    const hashes = ['a', 'kept'].map(hashOf);
    await fixture.service.close();
    const [left = ''] = filesEnding('.base');
    renameSync(join(fixture.folder, 'clusters', left), join(fixture.folder, 'clusters', left.slice(0, -'.base'.length)));
    fixture.reopen();
    expect(filesEnding('.base')).toEqual([left]);
    expect(['a', 'kept'].map(hashOf)).toEqual(hashes);
  });

  it('is refused while the clock is advanced, and watches end with it', async () => {
    const cursor = fixture.service.watch('a', fixture.service.latestRevision('a'));
    await rewind('a', { kind: 'command', number: 2 }, 'kept');
    await expect(cursor.next()).resolves.toBeUndefined();
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0 });
    fixture.service.create(configOf('a'));
    fixture.service.execute('a', createReplicaSet('web', 50));
    const advance = fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    await expect(rewind('a', { kind: 'command', number: 1 }, 'other')).rejects.toMatchObject({ code: 'busy' });
    await expect(advance).resolves.toMatchObject({ reached: true });
  });
});
