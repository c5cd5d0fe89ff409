// What was: every moment of a cluster can be read again, exactly as it was, from the checkpoints that are kept.

import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checksumOf, checksumSeed } from '../../src/db/checksum.ts';
import { Database } from '../../src/db/driver.ts';
import { createHead } from '../../src/db/head.ts';
import { type Command, createCluster, execute, replayToRevision, stateHash } from '../../src/engine/cluster/index.ts';
import { finish } from '../../src/engine/kernel/steps.ts';
import { hashToHex } from '../../src/engine/kernel/hash.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import type { Change } from '../../src/engine/kernel/store.ts';
import { WITHOUT_HISTORY } from './old-files.ts';
import { configOf, createPod, createReplicaSet, patchPod, ServiceFixture, START_MS } from './fixtures.ts';

const at = (seconds: number): Command => ({ type: 'advance', toMs: START_MS + seconds * 1000 });

/** Commands whose instants lie within advances, between them, and at one and the same time. */
const COMMANDS: readonly Command[] = [
  createPod('a', { app: 'a' }),
  at(3),
  createReplicaSet('web', 5),
  at(40),
  {
    type: 'fault',
    fault: { type: 'container-kill', target: { kind: 'pod', namespace: 'default', name: 'a' } } as never,
    afterMs: 5_000,
    forMs: null,
  },
  at(300),
  patchPod('a', { metadata: { labels: { app: 'b' } } }),
  { type: 'request', request: { verb: 'delete', resource: 'replicasets.apps', namespace: 'default', name: 'web', options: {} } },
  at(301),
  createPod('b'),
  at(3_600),
];
/** With the genesis. */
const COUNT = COMMANDS.length + 1;

let fixture: ServiceFixture;
const hashes: string[] = [];
const nows: number[] = [];
const changes: Change[] = [];

function run(commands: readonly Command[]): ClusterState {
  const { state } = createCluster(configOf('a'));
  for (const command of commands) expect(execute(state, command).outcome.ok).toBe(true);
  return state;
}

beforeAll(async () => {
  fixture = new ServiceFixture({ checkpointChangesMax: 40, sliceMs: 0 });
  fixture.service.create(configOf('a'));
  const { state, genesis } = createCluster(configOf('a'));
  changes.push(...genesis.changes);
  hashes.push(stateHash(state));
  nows.push(state.nowMs);
  for (const command of COMMANDS) {
    expect(fixture.service.execute('a', command).outcome.ok).toBe(true);
    changes.push(...execute(state, command).changes);
    hashes.push(stateHash(state));
    nows.push(state.nowMs);
  }
});
afterAll(() => fixture.remove());

/** Objects by resource and key, as a watcher of everything has them. */
function objectsAt(revision: number): Record<string, string> {
  const objects = new Map<string, string>();
  for (const change of changes) {
    if (change.revision > revision) break;
    const { namespace = '', name } = change.object.metadata;
    const key = `${change.resource} ${namespace}/${name}`;
    if (change.type === 'DELETED') objects.delete(key);
    else objects.set(key, change.json);
  }
  return Object.fromEntries([...objects].sort());
}

/** Without what every cluster has from its first instant, of which no watcher was told (Q9). */
function objectsOf(state: ClusterState): Record<string, string> {
  const objects: [string, string][] = [];
  for (const [table, { rows }] of state.tables) {
    if (!table.startsWith('objects/') || table.endsWith('.rbac.authorization.k8s.io')) continue;
    for (const row of rows.values()) {
      const { object, json } = row as { object: { metadata: { namespace?: string; name: string } }; json: string };
      objects.push([`${table.slice('objects/'.length)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, json]);
    }
  }
  return Object.fromEntries(objects.sort());
}

const codeOf = (promise: Promise<unknown>) => promise.then(String, (error: { code?: string }) => error.code);

describe('a moment of the past', () => {
  it('is the state behind every command', async () => {
    for (let seq = 1; seq <= COUNT; seq += 1) {
      const { state } = await fixture.service.history.at('a', { kind: 'command', number: seq });
      expect(stateHash(state), String(seq)).toBe(hashes[seq - 1]);
    }
  });

  it('is the state at every time, as if the clock had been stopped there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3_600_000 }), async (ms) => {
        const { state, info } = await fixture.service.history.at('a', { kind: 'time', ms: START_MS + ms });
        const whole = nows.filter((nowMs) => nowMs <= START_MS + ms).length;
        const expected = run([...COMMANDS.slice(0, whole - 1), { type: 'advance', toMs: START_MS + ms }]);
        expect(stateHash(state)).toBe(stateHash(expected));
        expect(info.elapsedSeconds).toBe(ms / 1000);
      }),
      { numRuns: 25 },
    );
  });

  it('is at every revision what a watcher had seen by then', async () => {
    const last = changes.at(-1)?.revision ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: changes[0]?.revision ?? 1, max: last }), async (revision) => {
        const { state, info } = await fixture.service.history.at('a', { kind: 'revision', revision });
        if (revision > (changes.findLast((change) => change.timeMs === START_MS)?.revision ?? 0)) {
          expect(objectsOf(state)).toEqual(objectsAt(revision));
          expect(info.resourceVersion).toBe(String(revision));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has the digest that the cluster had there', () => {
    const state = run(COMMANDS.slice(0, 5));
    const copy = run(COMMANDS.slice(0, 5));
    const { revision, digest } = execute(state, COMMANDS[5] as Command);
    finish(replayToRevision(copy, COMMANDS[5] as Command, revision));
    expect(hashToHex(copy.digest)).toBe(digest);
  });

  it('is read by a process that opens the cluster anew', async () => {
    const copy = fixture.copy();
    const { state } = await copy.service.history.at('a', { kind: 'command', number: 5 });
    expect(stateHash(state)).toBe(hashes[4]);
  });

  it('is made in turns, and kept for a while', async () => {
    const copy = fixture.copy();
    await copy.service.settled('a');
    let others = 0;
    const ask = () => copy.service.history.at('a', { kind: 'time', ms: START_MS + 290_000 });
    const first = ask();
    const begun = { isOver: false };
    void first.then(() => (begun.isOver = true));
    for (; !begun.isOver; others += 1) await nextTurn();
    expect(others).toBeGreaterThan(1);
    expect((await ask()).state).toBe((await first).state);
  });

  it('is not one before the start, in the future, or of a command or revision that is not there', async () => {
    const { history } = fixture.service;
    for (const instant of [
      { kind: 'time', ms: START_MS - 1 },
      { kind: 'time', ms: START_MS + 3_600_001 },
      { kind: 'command', number: 0 },
      { kind: 'command', number: COUNT + 1 },
      { kind: 'revision', revision: 0 },
      { kind: 'revision', revision: (changes.at(-1)?.revision ?? 0) + 1 },
    ] as const)
      expect(await codeOf(history.at('a', instant)), JSON.stringify(instant)).toBe('invalid-instant');
    expect(await codeOf(history.at('b', { kind: 'command', number: 1 }))).toBe('cluster-not-found');
  });

  it('changes nothing of the present', () => {
    expect(fixture.service.read('a', stateHash)).toBe(hashes.at(-1));
    expect(fixture.service.get('a').digest).toBe(hashToHex(run(COMMANDS).digest));
  });
});

describe('the commands', () => {
  it('are there with their times, page by page', async () => {
    const { history } = fixture.service;
    const first = await history.commands('a', 0, 5);
    const second = await history.commands('a', 5, 100);
    expect([...first, ...second].map(({ seq }) => seq)).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
    expect(first[1]).toMatchObject({ seq: 2, command: COMMANDS[0], nowMs: START_MS });
    expect(second.at(-1)).toMatchObject({ nowMs: START_MS + 3_600_000 });
    expect(Math.abs((second.at(-1)?.wallMs ?? 0) - Date.now())).toBeLessThan(600_000);
    expect(await history.commands('a', COUNT, 5)).toEqual([]);
  });
});

describe('a file of the version before', () => {
  /** The chain of checksums goes over the times, where there are some. */
  function downgrade(file: string): void {
    const sqlite = new Database(file);
    sqlite.exec(WITHOUT_HISTORY);
    const { uid } = sqlite.prepare('select uid from identity').get() as { uid: string };
    let checksum = checksumSeed(uid);
    for (const row of sqlite.prepare('select * from journal order by seq').all() as {
      seq: number;
      command: string;
      revision: number;
      digest: string;
    }[]) {
      checksum = checksumOf(checksum, [row.seq, row.revision, row.digest], row.command);
      sqlite.prepare('update journal set checksum = ? where seq = ?').run(checksum, row.seq);
    }
    createHead(file, { uid, durability: 'process', seq: 5, checksum });
    sqlite.close();
  }

  it('is taken as it is, and what it does not say is not made up', async () => {
    const old = new ServiceFixture();
    old.service.create(configOf('a'));
    for (const command of COMMANDS.slice(0, 4)) old.service.execute('a', command);
    const hash = old.service.read('a', stateHash);
    await old.restart();
    await old.service.close();
    downgrade(old.fileOf('a'));
    const { service } = old.reopen();
    expect(service.read('a', stateHash)).toBe(hash);
    expect(await codeOf(service.history.at('a', { kind: 'time', ms: START_MS + 1_000 }))).toBe('gone');
    expect(stateHash((await service.history.at('a', { kind: 'command', number: 3 })).state)).toBe(hashes[2]);
    service.execute('a', COMMANDS[5] as Command);
    expect((await service.history.commands('a', 4, 10)).map(({ nowMs }) => nowMs)).toEqual([undefined, START_MS + 300_000]);
    expect((await service.history.at('a', { kind: 'time', ms: START_MS + 200_000 })).info.elapsedSeconds).toBe(200);
    expect(stateHash((await service.history.at('a', { kind: 'command', number: 5 })).state)).toBe(hash);
    await old.remove();
  });
});
