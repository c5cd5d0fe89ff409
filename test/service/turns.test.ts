// Long commands in turns: others are served meanwhile, nobody sees a cluster half-way, and the history is that of one piece.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { tableData } from '../../src/engine/kernel/state.ts';
import { startExecSession } from '../../src/http/kube/streaming/remote-command.ts';
import type { LiveCluster } from '../../src/service/live-cluster.ts';
import { newRow } from '../../src/service/new-row.ts';
import type { Instant } from '../../src/service/ports.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

const REPLICAS = 1_500;

let fixture: ServiceFixture;

beforeEach(() => {
  // A turn ends after its first step.
  fixture = new ServiceFixture({ sliceMs: 0 });
  fixture.service.create(configOf('a'));
  fixture.service.create(configOf('b'));
});
afterEach(() => fixture.remove());

const podCount = (): number => fixture.service.read('a', (state) => tableData(state, 'objects/pods').rows.size);

/** Begins a command that takes many turns. */
function begin(): { readonly done: Promise<unknown>; isOver: boolean } {
  const begun = { done: Promise.resolve<unknown>(undefined), isOver: false };
  begun.done = fixture.service.perform('a', createReplicaSet('web', REPLICAS)).finally(() => (begun.isOver = true));
  return begun;
}

/** How many turns others had while some work was done. */
async function meanwhile(work: Promise<unknown>): Promise<number> {
  const going = { isOver: false };
  const done = work.finally(() => (going.isOver = true));
  let turns = 0;
  for (; !going.isOver; turns += 1) {
    if (turns % 100 === 0) fixture.service.execute('b', createPod(`p${turns}`));
    await nextTurn();
  }
  await done;
  return turns;
}

describe('a command in turns', () => {
  it('lets others have theirs, and makes the history of one piece', async () => {
    expect(await meanwhile(begin().done)).toBeGreaterThan(200);
    const whole = uninterrupted(configOf('a'), [createReplicaSet('web', REPLICAS)]);
    expect(fixture.service.get('a').digest).toBe(whole.digest);
    expect(fixture.service.read('a', stateHash)).toBe(whole.hash);
  });

  it('is done in the first turn when it is small', async () => {
    const large = new ServiceFixture({ sliceMs: 2_000 });
    large.service.create(configOf('a'));
    let isOver = false;
    void large.service.perform('a', createPod('p')).then(() => (isOver = true));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(isOver).toBe(true);
    await large.remove();
  });

  it('is waited for by the next one, and by who asks when it is settled', async () => {
    const begun = begin();
    expect(fixture.service.get('b').state).toBe('awake');
    const next = fixture.service.perform('a', createPod('later'));
    await fixture.service.settled('a');
    await Promise.all([begun.done, next]);
    expect(podCount()).toBe(REPLICAS + 1);
  });

  it('is never seen half-way: who cannot wait brings it to its end', async () => {
    const before = fixture.service.get('a').resourceVersion;
    const begun = begin();
    expect(fixture.service.list({ limit: 10 }).items[0]).toMatchObject({ name: 'a', resourceVersion: before });
    expect(podCount()).toBe(REPLICAS);
    await expect(begun.done).resolves.toMatchObject({ outcome: { ok: true } });
  });

  it('is stored when the service stops in the middle', async () => {
    const begun = begin();
    await fixture.restart();
    await begun.done;
    expect(podCount()).toBe(REPLICAS);
  });

  it('ends with its cluster', async () => {
    const begun = begin();
    fixture.service.remove('a');
    await expect(begun.done).rejects.toMatchObject({ code: 'cluster-not-found' });
  });

  it('that fails in a later turn changes nothing, and the next one works', async () => {
    const hash = fixture.service.read('a', stateHash);
    const begun = begin();
    // What a pod of the set needs is taken away while it is half-way.
    await nextTurn();
    const { service } = fixture as unknown as { service: { live: Map<string, { state: Parameters<typeof tableData>[0] }> } };
    const state = service.live.get('a')?.state as Parameters<typeof tableData>[0];
    tableData(state, 'objects/replicasets.apps').rows.set('default/web', { object: { metadata: {} }, members: [], terms: [], json: '{}' });
    await expect(begun.done).rejects.toMatchObject({ code: 'engine-failed' });
    expect(fixture.service.read('a', stateHash)).toBe(hash);
    await expect(fixture.service.perform('a', createPod('p'))).resolves.toMatchObject({ outcome: { ok: true } });
  });
});

describe('an instant of an advance', () => {
  it('takes its turns, too, and others see the cluster before or after it', async () => {
    fixture.service.execute('a', createReplicaSet('web', 200));
    const begun = { isOver: false };
    const advance = fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 }).finally(() => (begun.isOver = true));
    let turns = 0;
    while (!begun.isOver) {
      turns += 1;
      if (turns % 50 === 0) expect(fixture.service.read('a', (state) => state.changes.length)).toBe(0);
      await nextTurn();
    }
    await expect(advance).resolves.toMatchObject({ reached: true });
    expect(turns).toBeGreaterThan(100);
    const whole = uninterrupted(configOf('a'), [createReplicaSet('web', 200), { type: 'advance', toMs: START_MS + 60_000 }]);
    expect(fixture.service.get('a').digest).toBe(whole.digest);
  });
});

/** The cluster in memory, whose turns are counted. */
function watchTurns(cluster: string): { readonly live: LiveCluster; turns: number; onTurn: () => void } {
  const { service } = fixture as unknown as { service: { live: Map<string, LiveCluster> } };
  const live = service.live.get(cluster) as LiveCluster;
  const watched = { live, turns: 0, onTurn: () => {} };
  const turn = live.turn.bind(live);
  live.turn = (untilMs) => {
    turn(untilMs);
    watched.turns += 1;
    watched.onTurn();
  };
  return watched;
}

describe('what is stored behind a command', () => {
  it('keeps nobody waiting, and what is acknowledged is there when it comes to nothing', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, checkpointChangesMax: 100 });
    fixture.service.create(configOf('a'));
    const commit = await fixture.service.perform('a', createReplicaSet('web', REPLICAS));
    const { live } = watchTurns('a');
    expect([live.isBusy, live.isOccupied]).toEqual([false, true]);
    expect(podCount()).toBe(REPLICAS);
    expect(live.isOccupied).toBe(true);
    const { service } = fixture as unknown as { service: { drop(name: string, isDamaged: boolean): void } };
    service.drop('a', false);
    expect(fixture.service.get('a').digest).toBe(commit.digest);
    await expect(fixture.service.perform('a', createPod('p'))).resolves.toMatchObject({ outcome: { ok: true } });
  });

  it('is waited for by the next command', async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, checkpointChangesMax: 100 });
    fixture.service.create(configOf('a'));
    await fixture.service.perform('a', createReplicaSet('web', REPLICAS));
    const watched = watchTurns('a');
    await fixture.service.perform('a', createPod('p'));
    expect(watched.turns).toBeGreaterThan(10);
    await fixture.restart();
    expect(podCount()).toBe(REPLICAS + 1);
  });
});

describe('a cluster that nobody uses', () => {
  beforeEach(async () => {
    await fixture.remove();
    fixture = new ServiceFixture({ sliceMs: 0, idleMs: 50, checkpointRecordsMax: 100_000, checkpointChangesMax: 100_000 });
    fixture.service.create(configOf('a'));
    await fixture.service.perform('a', createReplicaSet('web', REPLICAS));
  });

  it('stores in turns what it has to store, and leaves', async () => {
    const watched = watchTurns('a');
    await vi.waitFor(() => expect(fixture.service.stats().awakeClusters).toBe(0), 10_000);
    expect(watched.turns).toBeGreaterThan(10);
    expect(podCount()).toBe(REPLICAS);
  });

  it('stays when somebody comes meanwhile', async () => {
    const watched = watchTurns('a');
    let seen = 0;
    watched.onTurn = () => {
      if (watched.turns === 5) seen = podCount();
    };
    await vi.waitFor(() => expect(watched.turns).toBeGreaterThan(5), 10_000);
    expect(seen).toBe(REPLICAS);
    expect(fixture.service.stats().awakeClusters).toBe(1);
  });
});

describe('a session in a container', () => {
  it('waits for a command in progress, as others go on', async () => {
    await fixture.service.perform('a', createPod('shell'));
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 60_000 });
    const begun = begin();
    const said: string[] = [];
    const ended = new Promise<string>((resolve) => {
      const output = { write: (_: string, bytes: Uint8Array) => void said.push(Buffer.from(bytes).toString()), finish: resolve };
      const container = { namespace: 'default', pod: 'shell', container: 'web' };
      const streams = { stdin: true, stdout: true, stderr: true, tty: false };
      const session = startExecSession({ service: fixture.service, cluster: 'a', container, streams }, ['cat'], output);
      void session.write(Buffer.from('hello\n'));
      session.closeInput();
    });
    expect(begun.isOver).toBe(false);
    expect(await meanwhile(ended)).toBeGreaterThan(200);
    expect([said.join(''), await ended]).toEqual(['hello\n', '{"metadata":{},"status":"Success"}']);
  });
});

describe('a way into the middle of a command', () => {
  const middle = async (): Promise<Instant> => {
    await begin().done;
    return { kind: 'revision', revision: fixture.service.latestRevision('a') - 10 };
  };

  it('is gone in turns by a fork, which nobody finds before it has arrived', async () => {
    const at = await middle();
    const whole = fixture.service.get('a').digest;
    const forking = fixture.service.fork('a', { row: newRow(configOf('f'), {}, false), at });
    expect(() => fixture.service.get('f')).toThrow('there is no cluster f');
    expect(await meanwhile(forking)).toBeGreaterThan(200);
    expect(fixture.service.get('f').digest).toBe(whole);
    expect(fixture.service.read('f', stateHash)).toBe(fixture.service.read('a', stateHash));
    await fixture.restart();
    expect(fixture.service.get('f').digest).toBe(whole);
  });

  it('is gone in turns by a rewind, and what is done meanwhile is kept', async () => {
    const to = await middle();
    const rewound = newRow(configOf('a'), {}, true);
    const rewinding = fixture.service.rewind('a', { to, rewound, kept: newRow(configOf('kept'), {}, false) });
    await nextTurn();
    const late = fixture.service.perform('a', createPod('late'));
    expect(await meanwhile(rewinding)).toBeGreaterThan(200);
    await late;
    const podsOf = (name: string) => fixture.service.read(name, (state) => tableData(state, 'objects/pods').rows.size);
    expect([podsOf('a'), podsOf('kept')]).toEqual([REPLICAS, REPLICAS + 1]);
  });

  it('is given up with its cluster', async () => {
    const forking = fixture.service.fork('a', { row: newRow(configOf('f'), {}, false), at: await middle() });
    await nextTurn();
    fixture.service.remove('a');
    await expect(forking).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(() => fixture.service.get('f')).toThrow('there is no cluster f');
  });
});

describe('opening a cluster', () => {
  /** The other process has gone without a word: there is a journal to replay. */
  async function killed(): Promise<ServiceFixture> {
    await fixture.service.perform('a', createReplicaSet('web', 300));
    await fixture.service.advance('a', { kind: 'to', toMs: START_MS + 10_000 });
    return fixture.copy();
  }

  it('takes its turns, and others are served meanwhile', async () => {
    const copy = await killed();
    const begun = { isOver: false };
    const settled = copy.service.settled('a').finally(() => (begun.isOver = true));
    let turns = 0;
    for (; !begun.isOver; turns += 1) {
      if (turns % 10 === 0) copy.service.execute('b', createPod(`p${turns}`));
      await nextTurn();
    }
    await settled;
    expect(turns).toBeGreaterThan(100);
    expect(copy.service.read('a', stateHash)).toBe(fixture.service.read('a', stateHash));
  });

  it('is waited for by everybody who asks, and brought to its end by who cannot wait', async () => {
    const copy = await killed();
    const done = Promise.all([copy.service.settled('a'), copy.service.settled('a'), copy.service.perform('a', createPod('later'))]);
    await nextTurn();
    expect(copy.service.get('a').digest).toBe(fixture.service.get('a').digest);
    await done;
    expect(copy.service.read('a', (state) => tableData(state, 'objects/pods').rows.size)).toBe(301);
  });

  it('ends with its cluster, and with the service', async () => {
    const copy = await killed();
    const first = copy.service.perform('a', createPod('p'));
    await nextTurn();
    copy.service.remove('a');
    await expect(first).rejects.toMatchObject({ code: 'cluster-not-found' });
    const other = fixture.copy();
    const second = other.service.perform('a', createPod('p'));
    await nextTurn();
    await other.service.close();
    await expect(second).rejects.toMatchObject({ code: 'closing' });
    expect(fixture.copy().service.read('a', stateHash)).toBe(fixture.service.read('a', stateHash));
  });
});

describe('manifests', () => {
  it('are applied in turns, and taken back whole', async () => {
    const objects = Array.from({ length: 50 }, (_, index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}` } }));
    const command = { type: 'manifests', mode: 'create', namespace: 'default', objects } as const;
    const hash = fixture.service.read('a', stateHash);
    const refused = fixture.service.perform('a', { ...command, objects: [...objects, { kind: 'ConfigMap' }] });
    let others = 0;
    await Promise.race([
      refused,
      (async () => {
        for (; others < 30; others += 1) await nextTurn();
      })(),
    ]);
    expect(others).toBe(30);
    await expect(refused).resolves.toMatchObject({ outcome: { ok: false } });
    expect(fixture.service.read('a', stateHash)).toBe(hash);
    await expect(fixture.service.perform('a', command)).resolves.toMatchObject({ outcome: { ok: true } });
  });
});
