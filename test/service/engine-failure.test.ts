// Bugs of the engine: the command that meets one is refused with an id, the next one works, and what fails again and again is parked. The bugs are made by
// taking parts of stored objects away that the engine relies on, in memory (gone after the cluster is taken back) or in storage.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { formatInstant } from '../../src/engine/apimachinery/time.ts';
import { tableData } from '../../src/engine/kernel/state.ts';
import type { StoredObject } from '../../src/engine/kernel/store.ts';
import { EngineFailure } from '../../src/service/engine-failures.ts';
import { configOf, createPod, createReplicaSet, ServiceFixture, START_MS } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const CRON_JOB = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c' },
  spec: {
    schedule: '* * * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } },
  },
};

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
  fixture.service.create(configOf('a'));
  fixture.service.create(configOf('b'));
});
afterEach(() => fixture.remove());

/** Takes the specification of an object away; `isStored` makes the next checkpoint store it so. */
function spoil(resource: string, key: string, isStored: boolean): void {
  fixture.service.read('a', (state) => {
    const { rows, changedKeys } = tableData(state, `objects/${resource}`);
    const row = rows.get(key) as StoredObject;
    const { spec: _spec, ...object } = row.object;
    rows.set(key, { ...row, object, json: JSON.stringify(object), members: [] });
    if (isStored) changedKeys.set(key, true);
  });
}

async function storeSpoiled(resource: string, key: string): Promise<void> {
  spoil(resource, key, true);
  await fixture.restart();
}

const request = (verb: 'create' | 'patch', resource: string, body: object, name?: string) =>
  ({
    type: 'request',
    request: { verb, resource, namespace: 'default', body, options: {}, ...(name === undefined ? {} : { name, patchType: 'merge' }) },
  }) as Parameters<typeof fixture.service.execute>[1];

const touch = (index: number) => request('patch', 'replicasets.apps', { metadata: { labels: { touched: String(index) } } }, 'web');

function caught(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const failures = (): readonly EngineFailure[] => fixture.failures.flatMap(({ error }) => (error instanceof EngineFailure ? [error] : []));

describe('a command that meets a bug', () => {
  it('is refused with an id, changes nothing, and the next one works', () => {
    fixture.service.execute('a', createReplicaSet('web', 1));
    const hash = fixture.service.read('a', stateHash);
    spoil('replicasets.apps', 'default/web', false);
    const error = caught(() => fixture.service.execute('a', createPod('p')));
    // The pod itself touches nothing that is spoiled.
    expect(error).not.toBeInstanceOf(Error);
    spoil('replicasets.apps', 'default/web', false);
    const refused = caught(() => fixture.service.execute('a', touch(1)));
    expect(refused).toMatchObject({ code: 'engine-failed', detail: expect.stringMatching(/nothing was changed.* id [0-9a-f]{8}$/) });
    expect(fixture.service.execute('a', touch(2)).outcome.ok).toBe(true);
    expect(fixture.service.read('a', stateHash)).not.toBe(hash);
  });

  it('is reported with all that is needed to make it again', () => {
    fixture.service.execute('a', createReplicaSet('web', 1));
    const { seq, revision } = { seq: 2, revision: fixture.service.latestRevision('a') };
    spoil('replicasets.apps', 'default/web', false);
    const refused = caught(() => fixture.service.execute('a', touch(1))) as { detail: string };
    const [failure] = failures();
    expect(failure).toMatchObject({ position: { cluster: 'a', seq, revision }, now: '2025-01-01T00:00:00Z' });
    expect(JSON.parse(failure?.command ?? '')).toEqual(touch(1));
    expect(refused.detail).toContain(failure?.id);
  });

  it('disturbs no other cluster', () => {
    fixture.service.execute('a', createReplicaSet('web', 1));
    spoil('replicasets.apps', 'default/web', false);
    caught(() => fixture.service.execute('a', touch(1)));
    expect(fixture.service.execute('b', createPod('p')).outcome.ok).toBe(true);
    expect(fixture.service.get('a').state).toBe('awake');
  });
});

describe('work that fails again and again', () => {
  it('is parked when a clock meets it, and the clock goes on, also after a restart', async () => {
    fixture.service.execute('a', request('create', 'cronjobs.batch', CRON_JOB));
    fixture.service.execute('a', createPod('p'));
    await storeSpoiled('cronjobs.batch', 'default/c');
    const result = await fixture.service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS / 2 });
    expect(result).toMatchObject({ nowMs: START_MS + HOUR_MS / 2, reached: true });
    expect(failures().length).toBeGreaterThan(0);
    expect(fixture.service.get('a').parked).toMatchObject([{ key: 'default/c' }]);
    expect(fixture.failures.some(({ message }) => message.endsWith('default/c of cluster a is parked for an hour'))).toBe(true);
    const hash = fixture.service.read('a', stateHash);
    await fixture.restart();
    expect(fixture.service.read('a', stateHash)).toBe(hash);
  });

  it('is parked when a running clock meets it', async () => {
    fixture.service.execute('a', request('create', 'cronjobs.batch', CRON_JOB));
    await storeSpoiled('cronjobs.batch', 'default/c');
    fixture.service.setClock('a', { mode: 'running', rate: 1_000 });
    await expect.poll(() => fixture.service.read('a', (state) => state.nowMs - START_MS), { interval: 5 }).toBeGreaterThan(10 * 60_000);
  });

  it('is parked when two commands have met it; the second is done', async () => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
    fixture.service.execute(
      'a',
      request('create', 'deployments.apps', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }),
    );
    const [key = ''] = fixture.service.read('a', (state) => [...tableData(state, 'objects/replicasets.apps').rows.keys()]);
    await storeSpoiled('deployments.apps', 'default/web');
    const wake = (index: number) =>
      request('patch', 'replicasets.apps', { metadata: { labels: { touched: String(index) } } }, key.replace('default/', ''));
    const refused = caught(() => fixture.service.execute('a', wake(1)));
    expect([refused, failures().at(-1)?.work]).toMatchObject([
      { code: 'engine-failed' },
      { kind: 'key', owner: 'deployment', key: 'default/web' },
    ]);
    expect(fixture.service.execute('a', wake(2)).outcome.ok).toBe(true);
    expect(fixture.service.get('a').parked).toEqual([
      {
        kind: 'key',
        owner: 'deployment',
        key: 'default/web',
        until: formatInstant(fixture.service.read('a', (state) => state.nowMs) + HOUR_MS),
      },
    ]);
  });
});
