// The contract of hosts, kept by each of them.

import { describeHost } from './contract.ts';
import { startLocalHost, startWorkerHost } from './host-fixture.ts';

describeHost('a host in this process', startLocalHost);
describeHost('a host in a worker thread', (folder, events) => startWorkerHost(folder, events));
