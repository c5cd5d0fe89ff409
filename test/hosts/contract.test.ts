// The contract of hosts, kept by each of them.

import { vi } from 'vitest';
import { describeHost } from './contract.ts';
import { bundle } from '../support/bundle.ts';
import { startLocalHost, startWorkerHost } from './host-fixture.ts';

const sources = await bundle(new URL('../../src/hosts/worker/main.ts', import.meta.url));

/** Threads start slowly where others are at work. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describeHost('a host in this process', startLocalHost);
describeHost('a host in a worker thread', (folder, events) => startWorkerHost(folder, events, { sources }));
