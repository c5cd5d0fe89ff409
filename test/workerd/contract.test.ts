// The contract of hosts, kept by clusters that are objects of a real instance.

import { afterAll, expect, it, vi } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { describeHost } from '../hosts/contract.ts';
import { startWorkerHost } from '../hosts/host-fixture.ts';
import { startInstance, workerBundle } from './instance.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const instance = await startInstance({ worker: await workerBundle('test/workerd/contract-worker.ts'), takingMs: 500 });
afterAll(() => instance.remove());
const sources = await bundle(new URL('bridge-thread.ts', import.meta.url));
process.env['ORRERY_TEST_BRIDGE_URL'] = instance.url.replace('http', 'ws');

describeHost('a host of objects', (folder, events) => startWorkerHost(folder, events, { sources }), {
  async damage(fixture, name) {
    await fetch(`${instance.url}/damage/${fixture.row(name).uid}`);
  },
});

it('a history that does not go on is deleted, because its fork will never be', async () => {
  const half = async (method: string) => Number(await (await fetch(`${instance.url}/half/half-uid`, { method })).text());
  expect(await half('POST')).toBeGreaterThan(3);
  await expect.poll(() => half('GET'), { timeout: 15_000 }).toBe(0);
});
