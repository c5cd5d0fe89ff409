// A cluster that nobody uses costs an instance nothing but its rows on the disk.

import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Instance, startInstance, workerBundle } from './instance.ts';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance({ worker: await workerBundle(), idleMs: 500 });
}, 120_000);
afterAll(() => instance.remove());

/** Objects of clusters that are in memory: the runtime has their databases open. */
function openObjects(): number {
  const folder = `/proc/${instance.pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return /\/orrery-clusters\/[0-9a-f]{64}\.sqlite$/.test(readlinkSync(`${folder}/${name}`));
    } catch {
      return false;
    }
  }).length;
}

it('objects of clusters that nobody uses leave memory, and are what they were when somebody asks again', async () => {
  const url = `${instance.url}/v1/clusters`;
  const make = (name: string) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
  for (const name of ['a', 'b', 'c']) expect((await make(name)).status).toBe(201);
  expect(openObjects()).toBe(3);
  await expect.poll(openObjects, { timeout: 90_000, interval: 500 }).toBe(0);
  const { items } = (await (await fetch(url)).json()) as { items: readonly { readonly state: string; readonly digest: string }[] };
  expect(items.map(({ state }) => state)).toEqual(['asleep', 'asleep', 'asleep']);
  // A list wakes nobody.
  expect(openObjects()).toBe(0);
  expect(await (await fetch(`${url}/b`)).json()).toMatchObject({ state: 'awake', digest: items[1]?.digest });
  expect(openObjects()).toBe(1);
}, 120_000);
