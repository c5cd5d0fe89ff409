// What an instance on its own disk has acknowledged is there when it starts again, however it ended.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEvents } from '../support/event-stream.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let worker: string;
let instance: Instance;

beforeAll(async () => {
  worker = await workerBundle();
  instance = await startInstance({ worker });
}, 120_000);
afterAll(() => instance.remove());

const post = (path: string, body: unknown) =>
  fetch(`${instance.url}${path}`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
const json = async (path: string) => (await fetch(`${instance.url}${path}`)).json() as Promise<Record<string, unknown>>;

async function restart(): Promise<void> {
  await instance.end('SIGKILL');
  instance = await startInstance({ worker, folder: instance.folder });
}

it('an instance that was killed goes on with every command, and its watches with the next change', async () => {
  await post('/v1/clusters', { name: 'kept', seed: 3 });
  const watch = await openEvents(`${instance.url}/v1/clusters/kept/watch?resource=configmaps`);
  const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const created = '/clusters/kept/api/v1/namespaces/default/configmaps';
  expect((await post(created, configMap('first'))).status).toBe(201);
  const seen = await watch.until(({ data }) => data.includes('"first"'));
  const before = await json('/v1/clusters/kept');
  await restart();
  expect(await json('/v1/clusters/kept')).toEqual(before);
  const again = await openEvents(`${instance.url}/v1/clusters/kept/watch?resource=configmaps`, {
    headers: { 'Last-Event-ID': seen.at(-1)?.id ?? '' },
  });
  expect((await post(created, configMap('second'))).status).toBe(201);
  const frames = await again.until(({ data }) => data.includes('"second"'));
  expect(frames.filter(({ event }) => event === 'ADDED')).toHaveLength(1);
  again.close();
  watch.close();
});

it('a clock that ran goes on by itself', async () => {
  await post('/v1/clusters', { name: 'clocked', clock: { mode: 'running', rate: 50 } });
  await restart();
  const startedMs = Date.now();
  // Nobody asks: what is stored says that the clock runs.
  await expect.poll(() => lastWriteMs(), { timeout: 15_000 }).toBeGreaterThan(startedMs);
});

/** When an object of a cluster was stored for the last time. */
function lastWriteMs(): number {
  const folder = join(instance.folder, 'objects', 'orrery-clusters');
  const logs = readdirSync(folder).filter((name) => /^[0-9a-f]+\.sqlite-wal$/.test(name));
  return Math.max(...logs.map((name) => statSync(join(folder, name)).mtimeMs));
}

it('a directory is not used by another number of fronts: clusters would not be found', async () => {
  await instance.end('SIGKILL');
  instance = await startInstance({ worker, folder: instance.folder, fronts: 3 });
  const statuses = await Promise.all(
    ['kept', 'clocked', 'alone'].map(async (name) => (await fetch(`${instance.url}/v1/clusters/${name}`)).status),
  );
  expect(statuses).toContain(503);
  await restart();
  expect(await json('/v1/clusters/kept')).toMatchObject({ name: 'kept' });
});

/** Objects of clusters that hold something: of one that was deleted an empty page is left. */
function objectCount(): number {
  const folder = join(instance.folder, 'objects', 'orrery-clusters');
  const names = readdirSync(folder);
  const holds = (name: string) => names.includes(`${name}-wal`) || statSync(join(folder, name)).size > 4_096;
  return names.filter((name) => /^[0-9a-f]+\.sqlite$/.test(name) && holds(name)).length;
}

it('a fork, a cluster that was taken back and what came after it are there after the next start, and nothing else', async () => {
  await post('/v1/clusters', { name: 'first', seed: 2 });
  const count = objectCount();
  await post('/v1/clusters/first/clock/advance', { by: '10m' });
  expect((await post('/v1/clusters/first/forks', { name: 'fork', at: '2025-01-01T00:05:00Z' })).status).toBe(201);
  const stood = await json('/v1/clusters/first');
  const rewound = await post('/v1/clusters/first/rewind', { to: 'command:1' });
  const { kept } = (await rewound.json()) as { kept: { name: string } };
  expect(await json(`/v1/clusters/${kept.name}`)).toMatchObject({ digest: stood['digest'], now: stood['now'] });
  const paths = ['first', 'fork', kept.name].flatMap((name) => [`/v1/clusters/${name}`, `/v1/clusters/${name}/forks`]);
  const before = await Promise.all(paths.map(json));
  await restart();
  expect(await Promise.all(paths.map(json))).toEqual(before);
  // The object that the cluster was is deleted.
  await expect.poll(objectCount).toBe(count + 2);
  for (const name of ['first', 'fork', kept.name])
    expect((await fetch(`${instance.url}/v1/clusters/${name}`, { method: 'DELETE' })).status).toBe(204);
});

it('a cluster whose clock runs is taken back while others ask for it, and each of them is answered', async () => {
  await post('/v1/clusters', { name: 'asked', seed: 2, clock: { mode: 'running', rate: 50 } });
  const maps = '/clusters/asked/api/v1/namespaces/default/configmaps';
  const made = async (index: number) => {
    const answer = await post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}` } });
    return [answer.status, await answer.text()] as const;
  };
  const writing = Array.from({ length: 40 }, (_, index) =>
    new Promise((resolve) => setTimeout(resolve, index * 20)).then(() => made(index)),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const rewound = await post('/v1/clusters/asked/rewind', { to: 'command:1' });
  const { kept } = (await rewound.json()) as { kept: { name: string } };
  const answers = await Promise.all(writing);
  expect(answers.filter(([status]) => status !== 201)).toEqual([]);
  const namesIn = async (cluster: string) => {
    const { items } = (await json(`/clusters/${cluster}/api/v1/namespaces/default/configmaps`)) as unknown as {
      items: readonly { readonly metadata: { readonly name: string } }[];
    };
    return items.map(({ metadata }) => metadata.name).filter((name) => /^m\d+$/.test(name));
  };
  const [before, after] = [await namesIn(kept.name), await namesIn('asked')];
  expect([before.length > 0, after.length > 0]).toEqual([true, true]);
  // Each is in what came before or in what came after, and none was lost.
  expect([...before, ...after].sort()).toEqual(Array.from({ length: 40 }, (_, index) => `m${index}`).sort());
  expect(await json(`/v1/clusters/${kept.name}/clock`)).toMatchObject({ mode: 'manual' });
});
