// The contract of hosts, kept by clusters that are objects of a real instance.

import { afterAll, vi } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { describeHost } from '../hosts/contract.ts';
import { startWorkerHost } from '../hosts/host-fixture.ts';
import { startInstance, workerBundle } from './instance.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const instance = await startInstance({ worker: await workerBundle('test/workerd/contract-worker.ts') });
afterAll(() => instance.remove());
const sources = await bundle(new URL('bridge-thread.ts', import.meta.url));
process.env['ORRERY_TEST_BRIDGE_URL'] = instance.url.replace('http', 'ws');

describeHost('a host of objects', (folder, events) => startWorkerHost(folder, events, { sources }), {
  async damage(fixture, name) {
    await fetch(`${instance.url}/damage/${fixture.row(name).uid}`);
  },
});
