// The contract of hosts, kept by each of them.

import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { describeHost, type HostTraits } from './contract.ts';
import { bundle } from '../support/bundle.ts';
import { startLocalHost, startWorkerHost } from './host-fixture.ts';

const sources = await bundle(new URL('../../src/hosts/worker/main.ts', import.meta.url));

/** Threads start slowly where others are at work. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Clusters are files. */
const FILES: HostTraits = {
  damage: (fixture, name) => truncateSync(join(fixture.folder, 'clusters', fixture.row(name).file), 20_000),
};

describeHost('a host in this process', startLocalHost, FILES);
describeHost('a host in a worker thread', (folder, events) => startWorkerHost(folder, events, { sources }), FILES);
