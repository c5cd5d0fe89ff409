// The thread of a worker host that has no clusters of its own: what it is told it passes on to an instance of workerd, whose address is in the environment.

import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import type { WorkerStart } from '../../src/hosts/worker/messages.ts';
import { Pulse } from '../../src/hosts/worker/pulse.ts';
import { decode, encode } from './bridge.ts';

/** Where the instance is. */
const BRIDGE_URL = 'ORRERY_TEST_BRIDGE_URL';

const pulse = new Pulse((workerData as WorkerStart).pulse);
pulse.beat();
setInterval(() => pulse.beat(), 100);
const socket = new WebSocket(process.env[BRIDGE_URL] ?? '');
const waiting: unknown[] = [];
parentPort?.on('message', (message: unknown) => {
  if (socket.readyState === 1) socket.send(encode(message));
  else waiting.push(message);
});
socket.on('open', () => {
  for (const message of waiting.splice(0)) socket.send(encode(message));
});
socket.on('message', (data: Buffer) => parentPort?.postMessage(decode(data.toString()), []));
socket.on('close', () => process.exit(1));
