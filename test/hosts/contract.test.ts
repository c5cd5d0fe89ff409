// The contract of hosts, kept by each of them.

import { vi } from 'vitest';
import { describeHost } from './contract.ts';
import { startLocalHost, startWorkerHost } from './host-fixture.ts';

/** Threads that run sources start slowly. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describeHost('a host in this process', startLocalHost);
describeHost('a host in a worker thread', (folder, events) => startWorkerHost(folder, events));
