// What was refused: kept for who looks back, of no weight for what is.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../src/db/driver.ts';
import type { Command } from '../../src/engine/cluster/index.ts';
import type { Asked } from '../../src/service/ports.ts';
import { REFUSAL_STORE_MS } from '../../src/service/refusals.ts';
import { type Refusal, REFUSALS_MAX } from '../../src/service/storage.ts';
import { configOf, createPod, ServiceFixture, START_MS, uninterrupted } from './fixtures.ts';

let files: ServiceFixture;
beforeEach(() => {
  files = new ServiceFixture();
  files.service.create(configOf('a'));
});
afterEach(() => files.remove());

const accept = (command: Command) => expect(files.service.execute('a', command).outcome.ok).toBe(true);
const refuse = (command: Command, client?: string) => expect(files.service.execute('a', command, client).outcome.ok).toBe(false);
const asked = (fixture = files, limit = 5_000) => fixture.service.history.asked('a', { number: 0, id: 0 }, limit);
const refused = async (fixture = files): Promise<readonly Refusal[]> =>
  (await asked(fixture)).flatMap((one) => (one.outcome === 'refused' ? [one.refusal] : []));
const briefOf = (one: Asked) => (one.outcome === 'accepted' ? one.row.number : `${one.refusal.number} ${one.refusal.line}`);
const inFile = (query: string) => {
  const database = new Database(files.fileOf('a'), { readonly: true });
  try {
    return database.prepare(query).pluck().get();
  } finally {
    database.close();
  }
};

const endFault = (id: string): Command => ({ type: 'end-fault', id });
const POD = createPod('web');

describe('what was refused', () => {
  it('stands behind the command before it, with its answer', async () => {
    accept(POD);
    refuse(POD, 'kubectl');
    accept({ type: 'advance', toMs: START_MS + 5_000 });
    refuse({ type: 'advance', toMs: START_MS });
    expect((await asked()).map(briefOf)).toEqual([1, 2, '2 create pods web in default', 3, '3 turn the clock']);
    expect((await refused())[0]).toMatchObject({
      number: 2,
      nowMs: START_MS,
      client: 'kubectl',
      code: 409,
      reason: 'AlreadyExists',
      message: 'pods "web" already exists',
      command: POD,
      isShortened: false,
    });
  });

  it('is nothing of the state: digest, hash and replay are as without it', async () => {
    const commands: Command[] = [POD, POD, endFault('fault-1'), { type: 'advance', toMs: START_MS + 60_000 }, POD];
    for (const command of commands) files.service.execute('a', command);
    const { digest } = uninterrupted(configOf('a'), commands);
    expect(files.service.get('a').digest).toBe(digest);
    await files.restart();
    expect(files.service.get('a').digest).toBe(digest);
    expect(await refused()).toHaveLength(3);
  });

  it('is once what webhooks have a say in', async () => {
    const webhooks = [
      {
        name: 'no.example.com',
        clientConfig: { url: 'https://127.0.0.1:1/' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
      },
    ];
    const body = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'no' },
      webhooks,
    };
    const resource = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
    accept({ type: 'request', request: { verb: 'create', resource, body, options: {} } });
    expect((await files.service.perform('a', POD)).outcome.ok).toBe(false);
    expect(await refused()).toMatchObject([{ code: 500, message: expect.stringContaining('failed calling webhook "no.example.com"') }]);
  });

  it('is not what was tried', async () => {
    if (POD.type !== 'request') throw new Error(POD.type);
    accept(POD);
    refuse({ ...POD, request: { ...POD.request, options: { dryRun: true } } });
    expect(await refused()).toEqual([]);
  });

  it('is kept without what is long in it', async () => {
    const data = { text: 'x'.repeat(10_000) };
    const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
    const objects = Array.from({ length: 20 }, (_, index) => configMap(`m${index}-`));
    refuse({ type: 'manifests', mode: 'create', namespace: 'default', objects });
    const body = configMap('A');
    refuse({ type: 'request', request: { verb: 'create', resource: 'configmaps', namespace: 'default', body, options: {} } });
    const name = 'n'.repeat(10_000);
    refuse({ type: 'request', request: { verb: 'delete', resource: 'configmaps', namespace: 'default', name, options: {} } });
    const [manifests, create, long] = await refused();
    expect(manifests).toMatchObject({ isShortened: true, line: 'create 20 manifests' });
    const named = manifests?.command.type === 'manifests' ? manifests.command.objects : [];
    expect([named.length, named[0]]).toEqual([10, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm0-' } }]);
    expect(create?.command).toMatchObject({ request: { body: { kind: 'ConfigMap', metadata: { name: 'A' } } } });
    expect(JSON.stringify(create).length).toBeLessThan(2_500);
    expect(long).toMatchObject({ command: { type: 'request' }, isShortened: true });
    expect(long?.message).toHaveLength(1_024);
  });
});

describe('what was refused is stored', () => {
  it('after a second, and not before', async () => {
    for (let count = 0; count < 100; count += 1) refuse(endFault(`fault-${count}`));
    expect(inFile('select count(*) from refusals')).toBe(0);
    await expect.poll(() => inFile('select count(*) from refusals'), { timeout: 5 * REFUSAL_STORE_MS }).toBe(100);
    const copy = files.copy();
    expect(await refused(copy)).toEqual(await refused());
  });

  it('when the cluster is put away, and read before that', async () => {
    for (let count = 0; count < 3; count += 1) refuse(endFault(`fault-${count}`));
    const before = await refused();
    expect(before.map(({ id }) => id)).toEqual([1, 2, 3]);
    await files.restart();
    expect(await refused()).toEqual(before);
    refuse(endFault('fault-9'));
    expect((await refused()).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('as the newest of it', async () => {
    for (let count = 0; count < REFUSALS_MAX + 5; count += 1) refuse(endFault(`fault-${count}`));
    const kept = await refused();
    expect([kept.length, kept[0]?.command]).toEqual([REFUSALS_MAX, endFault('fault-5')]);
    await files.restart();
    expect(await refused()).toEqual(kept);
  });

  it('or forgotten where the file cannot take it; the cluster goes on', async () => {
    refuse(endFault('fault-1'));
    new Database(files.fileOf('a')).exec('drop table refusals; create table refusals (id text)').close();
    await expect
      .poll(() => files.failures.map(({ message }) => message), { timeout: 5 * REFUSAL_STORE_MS })
      .toEqual(['what cluster a refused could not be stored']);
    accept(POD);
  });
});

describe('forks and rewinds', () => {
  const fork = (name: string, number: number) => {
    const row = { ...configOf(name) };
    return files.service.fork('a', {
      row: { uid: `uid${name}`, name, config: row, createdAt: '2026-01-01T00:00:00.000Z', isRunning: false, file: `${name}.sqlite` },
      at: { kind: 'command', number },
    });
  };
  const askedOf = async (name: string) =>
    (await files.service.history.asked(name, { number: 0, id: 0 }, 100)).map((one) => (one.outcome === 'accepted' ? one.row.number : 'x'));

  it('have what was refused before their last command, and what they refuse themselves', async () => {
    refuse(endFault('fault-1'));
    accept(POD);
    refuse(POD);
    accept(createPod('other'));
    refuse(POD);
    await fork('now', 3);
    await fork('then', 2);
    expect(await askedOf('now')).toEqual([1, 'x', 2, 'x', 3]);
    expect(await askedOf('then')).toEqual([1, 'x', 2]);
    expect(files.service.execute('then', POD).outcome.ok).toBe(false);
    expect(files.service.execute('then', createPod('late')).outcome.ok).toBe(true);
    expect(await askedOf('then')).toEqual([1, 'x', 2, 'x', 3]);
    const behind = await files.service.history.asked('then', { number: 2, id: 1 }, 100);
    expect(behind.map(briefOf)).toEqual([3]);
    await files.restart();
    expect(await askedOf('then')).toEqual([1, 'x', 2, 'x', 3]);
    expect(await askedOf('a')).toEqual([1, 'x', 2, 'x', 3, 'x']);
  });
});
