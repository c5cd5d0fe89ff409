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

it('what an object cannot do is refused, and changes nothing', async () => {
  await post('/v1/clusters', { name: 'alone' });
  const before = await json('/v1/clusters/alone');
  for (const [path, body] of [
    ['forks', {}],
    ['rewind', { to: 'command:1' }],
  ] as const) {
    const answer = await post(`/v1/clusters/alone/${path}`, body);
    expect([answer.status, await answer.json()]).toMatchObject([501, { code: 'not-supported' }]);
  }
  expect(await json('/v1/clusters/alone')).toEqual(before);
});
