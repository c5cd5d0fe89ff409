// What was: every moment of a cluster can be read again, exactly as it was, from the checkpoints that are kept.

import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checksumOf, checksumSeed } from '../../src/db/checksum.ts';
import { Database } from '../../src/db/driver.ts';
import { createHead } from '../../src/db/head.ts';
import { type Command, createCluster, execute, stateHash } from '../../src/engine/cluster/index.ts';
import { explainObject } from '../../src/engine/history/explain/index.ts';
import { ORPHAN_TERM } from '../../src/engine/apiserver/index-terms.ts';
import { formatInstant } from '../../src/engine/apimachinery/time.ts';
import type { KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { readPodLog } from '../../src/engine/kubelet/clients/pod-log.ts';
import { kindByResource } from '../../src/engine/kinds/index.ts';
import type { Kind } from '../../src/engine/kinds/kind.ts';
import { hashToHex } from '../../src/engine/kernel/hash.ts';
import { type ClusterState, forkState } from '../../src/engine/kernel/state.ts';
import { type Change, keysByTerm, rebuildIndexes, storedOf } from '../../src/engine/kernel/store.ts';
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
/** The same of a cluster that retains few changes. */
let forgetful: ServiceFixture;
const hashes: string[] = [];
const nows: number[] = [];
const changes: Change[] = [];
/** Revisions with which a command ended, and behind which something was set. */
const ends = new Set<number>();
const settings = new Set<number>();

function run(commands: readonly Command[]): ClusterState {
  const { state } = createCluster(configOf('a'));
  for (const command of commands) expect(execute(state, command).outcome.ok).toBe(true);
  return state;
}

beforeAll(async () => {
  fixture = new ServiceFixture({ checkpointChangesMax: 40, sliceMs: 0 });
  fixture.service.create(configOf('a'));
  forgetful = new ServiceFixture({ checkpointChangesMax: 40, sliceMs: 0 });
  forgetful.service.create(configOf('a', { retention: { watchEvents: 1 } }));
  for (const command of COMMANDS) forgetful.service.execute('a', command);
  const { state, genesis } = createCluster(configOf('a'));
  changes.push(...genesis.changes);
  hashes.push(stateHash(state));
  nows.push(state.nowMs);
  for (const command of COMMANDS) {
    expect(fixture.service.execute('a', command).outcome.ok).toBe(true);
    changes.push(...execute(state, command).changes);
    ends.add(state.revision);
    if (command.type === 'fault') settings.add(state.revision);
    hashes.push(stateHash(state));
    nows.push(state.nowMs);
  }
});
afterAll(async () => {
  await fixture.remove();
  await forgetful.remove();
});

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

/** The indexes are those of the objects. */
function checkIndexes(state: ClusterState): void {
  const indexesOf = ({ derived: { terms, namespaces } }: ClusterState) =>
    [terms, namespaces].map((index) =>
      [...index]
        .flatMap(([resource, sets]) => [...sets].flatMap(([term, keys]) => [...keys].map((key) => `${resource} ${term} ${key}`)))
        .sort(),
    );
  const copy = forkState(state);
  rebuildIndexes(copy);
  // Those of terms are made when somebody asks.
  for (const made of [state, copy])
    for (const table of made.tables.keys()) if (table.startsWith('objects/')) keysByTerm(made, table.slice('objects/'.length), ORPHAN_TERM);
  expect(indexesOf(state)).toEqual(indexesOf(copy));
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

  it.each([
    ['from the changes that are retained', () => fixture],
    ['by making changes again that are not', () => forgetful],
  ])('is at every revision what a watcher had seen by then, %s', async (_, of) => {
    const last = changes.at(-1)?.revision ?? 0;
    const founded = changes.findLast((change) => change.timeMs === START_MS && change.revision < 90)?.revision ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: founded + 1, max: last }), async (revision) => {
        const { state, info } = await of().service.history.at('a', { kind: 'revision', revision });
        const change = changes.find((each) => each.revision === revision);
        expect(objectsOf(state)).toEqual(objectsAt(revision));
        expect(info.resourceVersion).toBe(String(revision));
        // The last one of a command is what there is until the next one begins.
        if (!ends.has(revision)) expect(info.now).toBe(formatInstant(change?.timeMs ?? 0));
        // Behind the last change of a command that sets something, the setting counts, too.
        if (!settings.has(revision)) expect(info.digest).toBe(hashToHex(change?.digest ?? [0, 0, 0, 0]));
        checkIndexes(state);
      }),
      { numRuns: 60 },
    );
  });

  it('is at a revision in the middle of an instant what can be read and explained like any other', async () => {
    const kind = kindByResource('pods');
    for (const { revision } of changes) {
      if (revision % 7 !== 0) continue;
      const { state } = await fixture.service.history.at('a', { kind: 'revision', revision });
      for (const { object } of storedOf(state, 'pods').values()) {
        const { namespace = '', name } = object.metadata;
        expect(explainObject(state, kind as Kind, object as KubeObject), `${name} at ${revision}`).not.toEqual([]);
        const log = readPodLog(state, { namespace, name, container: '', isPrevious: false });
        expect(log.ok ? 200 : log.status.code).toBeLessThan(500);
      }
    }
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
