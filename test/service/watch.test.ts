// Watches: a cursor sees every change once, in order, whether it is read from memory or from storage, and never anything that is not stored.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedChange } from '../../src/service/ports.ts';
import { WatchHub } from '../../src/service/watch-hub.ts';
import { codeOf, configOf, createPod, createReplicaSet, patchPod, readChanges, ServiceFixture, START_MS } from './fixtures.ts';

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture({ tailChangesMax: 50, watchesMax: 3 });
});

afterEach(async () => {
  await fixture.remove();
});

/** What tells one change from another, without the encodings. */
function factsOf({ revision, timeMs, type, resource, json, previous }: LoggedChange) {
  return { revision, timeMs, type, resource, json, previous };
}

function revisionsOf(changes: readonly LoggedChange[]): number[] {
  return changes.map((change) => change.revision);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('a cursor', () => {
  it('waits for changes and sees them as they are committed', async () => {
    fixture.service.create(configOf('a'));
    const from = fixture.service.latestRevision('a');
    const cursor = fixture.service.watch('a', from);
    const waiting = cursor.next();
    const { changes } = fixture.service.execute('a', createPod('p'));
    expect((await waiting)?.map((change) => [change.type, change.resource, change.json])).toEqual(
      changes.map((change) => [change.type, change.resource, change.json]),
    );
    cursor.close();
  });

  it('sees the whole history once and in order, from memory and storage alike', async () => {
    fixture.service.create(configOf('a'));
    fixture.service.execute('a', createReplicaSet('web', 40));
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    const latest = fixture.service.latestRevision('a');
    expect(latest).toBeGreaterThan(200);
    const cursor = fixture.service.watch('a', 0);
    const seen = await readChanges(cursor, latest);
    expect(revisionsOf(seen)).toEqual(range(1, latest));
    for (const change of seen) expect(JSON.parse(change.json)).toEqual(change.object);
    cursor.close();
  });

  it('reads after a restart what it would have read before', async () => {
    fixture.service.create(configOf('a'));
    fixture.service.execute('a', createPod('p', { app: 'web' }));
    fixture.service.execute('a', patchPod('p', { metadata: { labels: { app: 'other', text: 'ünïcode \u{1f600}' } } }));
    const latest = fixture.service.latestRevision('a');
    const before = fixture.service.watch('a', 0);
    const live = (await readChanges(before, latest)).map(factsOf);
    await fixture.restart();
    const after = fixture.service.watch('a', 0);
    expect((await readChanges(after, latest)).map(factsOf)).toEqual(live);
    expect(live.some((change) => change.previous?.metadata.labels?.['app'] === 'web')).toBe(true);
    after.close();
  });

  it('shares its changes with the others, so that each is encoded once', async () => {
    fixture.service.create(configOf('a'));
    const from = fixture.service.latestRevision('a');
    const cursors = [fixture.service.watch('a', from), fixture.service.watch('a', from)];
    fixture.service.execute('a', createPod('p'));
    const [first, second] = await Promise.all(cursors.map((cursor) => cursor.next()));
    expect(first?.[0]).toBe(second?.[0]);
    for (const cursor of cursors) cursor.close();
  });

  it('gets large changes a few at a time, and memory keeps a few of them', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ tailLengthMax: 500_000 });
    fixture.service.create(configOf('a'));
    const text = 'x'.repeat(100_000);
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data: { text } };
    const create = { verb: 'create', resource: 'configmaps', namespace: 'default', body, options: {} } as const;
    const from = fixture.service.execute('a', { type: 'request', request: create }).revision;
    for (let index = 0; index < 20; index += 1) {
      const patch = { metadata: { labels: { index: String(index) } } };
      const request = {
        verb: 'patch',
        resource: 'configmaps',
        namespace: 'default',
        name: 'large',
        patchType: 'merge',
        body: patch,
        options: {},
      } as const;
      fixture.service.execute('a', { type: 'request', request });
    }
    const read = async (): Promise<LoggedChange[]> => {
      const cursor = fixture.service.watch('a', from);
      const changes: LoggedChange[] = [];
      while (changes.length < 20) {
        const batch = (await cursor.next()) ?? [];
        expect(batch.length).toBeLessThanOrEqual(3);
        changes.push(...batch);
      }
      cursor.close();
      return changes;
    };
    const [first, second] = [await read(), await read()];
    expect(revisionsOf(first)).toEqual(range(from + 1, from + 20));
    const shared = first.filter((change, index) => change === second[index]).length;
    expect(shared).toBeGreaterThan(0);
    expect(shared).toBeLessThan(11);
  });

  it('ends when it is closed, when its cluster is deleted, and when the service stops', async () => {
    fixture.service.create(configOf('a'));
    fixture.service.create(configOf('b'));
    const closed = fixture.service.watch('a', fixture.service.latestRevision('a'));
    const deleted = fixture.service.watch('b', fixture.service.latestRevision('b'));
    const stopped = fixture.service.watch('a', fixture.service.latestRevision('a'));
    const ends = [closed, deleted, stopped].map((cursor) => cursor.next());
    closed.close();
    fixture.service.remove('b');
    await fixture.restart();
    expect(await Promise.all(ends)).toEqual([undefined, undefined, undefined]);
  });

  it('counts towards the limit until it is closed', () => {
    fixture.service.create(configOf('a'));
    const cursors = [1, 2, 3].map(() => fixture.service.watch('a', 0));
    expect(codeOf(() => fixture.service.watch('a', 0))).toBe('limit-exceeded');
    cursors[0]?.close();
    cursors[0]?.close();
    expect(fixture.service.stats().openWatches).toBe(2);
    fixture.service.watch('a', 0).close();
  });
});

describe('leaving', () => {
  it('wakes the one who leaves and nobody else', async () => {
    const hub = new CountingHub({ countMax: 10, lengthMax: 1_000 }, 1, 1, { readChanges: () => [] });
    const cursors = Array.from({ length: 50 }, () => hub.cursor(1));
    const ends = cursors.map((cursor) => cursor.next());
    expect(hub.reads).toBe(50);
    for (const [index, cursor] of cursors.entries()) {
      cursor.close();
      expect(await ends[index]).toBeUndefined();
    }
    expect(hub.reads).toBe(50);
  });
});

/** Counts how often somebody looks. */
class CountingHub extends WatchHub {
  reads = 0;

  override read(after: number): readonly LoggedChange[] {
    this.reads += 1;
    return super.read(after);
  }
}

describe('retention', () => {
  it('says gone to a position that is older, before and after a restart', async () => {
    fixture.service.create(configOf('a', { retention: { watchEvents: 20 } }));
    for (let pod = 0; pod < 30; pod += 1) fixture.service.execute('a', createPod(`p${pod}`));
    const latest = fixture.service.latestRevision('a');
    for (const restarts of [false, true]) {
      if (restarts) await fixture.restart();
      const oldest = fixture.service.oldestRetainedRevision('a');
      expect(oldest).toBeLessThanOrEqual(latest - 19);
      expect(oldest).toBeGreaterThan(1);
      await expect(async () => fixture.service.watch('a', 1).next()).rejects.toMatchObject({ code: 'gone' });
      const cursor = fixture.service.watch('a', latest - 20);
      expect(revisionsOf(await readChanges(cursor, 20))).toEqual(range(latest - 19, latest));
      cursor.close();
    }
  });

  it('loses nothing of a large commit for a watcher that was up to date', async () => {
    fixture.service.create(configOf('a', { retention: { watchEvents: 5 } }));
    const from = fixture.service.latestRevision('a');
    const cursor = fixture.service.watch('a', from);
    const { revision } = fixture.service.execute('a', createReplicaSet('web', 60));
    expect(revision - from).toBeGreaterThan(60);
    expect(revisionsOf(await readChanges(cursor, revision - from))).toEqual(range(from + 1, revision));
    cursor.close();
  });

  it('leaves nothing out while a long commit, which forgets what is oldest, is being stored', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, tailChangesMax: 10, watchesMax: 2_000 });
    fixture.service.create(configOf('a', { retention: { watchEvents: 50 } }));
    for (let pod = 0; pod < 30; pod += 1) fixture.service.execute('a', createPod(`p${pod}`));
    const after = fixture.service.oldestRetainedRevision('a') - 1;
    const cursors = Array.from({ length: 1_000 }, () => fixture.service.watch('a', after));
    const going = { isOver: false };
    const done = fixture.service.perform('a', createReplicaSet('web', 100)).finally(() => (going.isOver = true));
    const first = (cursor: (typeof cursors)[number]) =>
      cursor.next().then(
        (changes) => changes?.[0]?.revision,
        (error: { code?: unknown }) => error.code,
      );
    const found = new Set<unknown>();
    for (let index = 0; !going.isOver; index += 1) {
      found.add(await first(cursors[index] as (typeof cursors)[number]));
      await nextTurn();
    }
    await done;
    expect(found).toEqual(new Set([after + 1, 'gone']));
  });

  it('of nothing still serves those who watch', async () => {
    fixture.service.create(configOf('a', { retention: { watchEvents: 0 } }));
    const from = fixture.service.latestRevision('a');
    const cursor = fixture.service.watch('a', from);
    const { revision } = fixture.service.execute('a', createPod('p'));
    expect(revisionsOf(await readChanges(cursor, revision - from))).toEqual(range(from + 1, revision));
    cursor.close();
  });
});
