// What goes on in the objects of an instance is ended before its signal, so that nothing keeps them from being handed over.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMessages } from '../http/kube/streaming/clients.ts';
import { openEvents } from '../support/event-stream.ts';
import { type Instance, startInstance, workerBundle } from './instance.ts';

let worker: string;
let instance: Instance;

beforeAll(async () => {
  worker = await workerBundle();
  instance = await startInstance({ worker });
}, 120_000);
afterAll(() => instance.remove());

const post = (path: string, body: unknown) =>
  fetch(`${instance.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** When an object of a cluster was stored for the last time. */
function lastWriteMs(): number {
  const folder = join(instance.folder, 'objects', 'orrery-clusters');
  const logs = readdirSync(folder).filter((name) => /^[0-9a-f]+\.sqlite-wal$/.test(name));
  return Math.max(...logs.map((name) => statSync(join(folder, name)).mtimeMs));
}

it('watches, sessions and clocks end, and go on where the clusters are next', async () => {
  await post('/v1/clusters', { name: 'watched' });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'main', image: 'nginx' }] } };
  await post('/clusters/watched/api/v1/namespaces/default/pods', pod);
  await post('/v1/clusters/watched/clock/advance', { by: '30s' });
  await post('/v1/clusters', { name: 'clocked', clock: { mode: 'running', rate: 50 } });
  const watch = await openEvents(`${instance.url}/v1/clusters/watched/watch?resource=pods`);
  await watch.until(({ event }) => event === 'BOOKMARK');
  const exec = '/clusters/watched/api/v1/namespaces/default/pods/web/exec?command=sleep&command=1000&stdout=true';
  const session = await openMessages(`${instance.url}${exec}`, ['v5.channel.k8s.io']);
  if ('status' in session) throw new Error(session.body);
  await instance.drain();
  expect(await watch.next()).toBeUndefined();
  await session.closed;
  const stoodMs = lastWriteMs();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(lastWriteMs()).toBe(stoodMs);
  // Until it ends the instance answers.
  expect((await fetch(`${instance.url}/v1/clusters/watched`)).status).toBe(200);
  await instance.handOver();
  instance = await startInstance({ worker, folder: instance.folder });
  const startedMs = Date.now();
  await expect.poll(lastWriteMs, { timeout: 15_000 }).toBeGreaterThan(startedMs);
}, 60_000);

it('nobody else can have them ended', async () => {
  for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'Bearer undefined' }] as Record<string, string>[])
    expect((await fetch(`${instance.url}/.drain`, { method: 'POST', headers })).status).toBe(404);
});
