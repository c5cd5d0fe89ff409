// What a worker thread runs: a host with its clusters and their files, behind the port of the thread.

import { parentPort, workerData } from 'node:worker_threads';
import { clusterFilesOf } from '../../db/directory.ts';
import { HostDirectory } from '../../db/host-directory.ts';
import { createClusterService } from '../../service/cluster-service.ts';
import type { Host } from '../../service/host.ts';
import { LocalHost } from '../local-host.ts';
import { lossReporter } from '../report-loss.ts';
import { webhookCaller } from '../webhooks.ts';
import { packError } from './crossing.ts';
import { HostServer } from './host-server.ts';
import type { FromHost, ToHost, WorkerStart } from './messages.ts';
import { Pulse } from './pulse.ts';

/** Wall time between two signs of life. */
const BEAT_MS = 100;

/** Serves the host of this thread, with something put around it if need be. */
export function serveWorker(wrap: (host: Host) => Host = (host) => host): void {
  if (parentPort === null) throw new Error('this is for a worker thread');
  const port = parentPort;
  const {
    folder,
    limits,
    bodyBytesMax,
    clusterBytesMax,
    durability,
    checksAnswers,
    webhookHosts,
    running,
    pulse: buffer,
  } = workerData as WorkerStart;
  const pulse = new Pulse(buffer);
  pulse.beat();
  setInterval(() => pulse.beat(), BEAT_MS);

  const post = (message: FromHost, moved: readonly ArrayBuffer[] = []) => port.postMessage(message, [...moved]);
  const onFailure = (error: unknown, requestId?: string) => post({ type: 'request-failure', error: packError(error), requestId });
  const onWork = (cluster: string) => pulse.setWork(cluster);
  const onError = (message: string, error: unknown) => post({ type: 'error', message, error: packError(error) });
  const directory = new HostDirectory(clusterFilesOf(folder, { clusterBytesMax, durability, onLoss: lossReporter(onError) }), running, {
    onInfo: (name, info) => post({ type: 'info', name, info }),
    onRunning: (name, isRunning) => post({ type: 'running', name, isRunning }),
    onBroken: (name, problem) => post({ type: 'broken', name, problem }),
  });
  const service = createClusterService(directory, {
    limits,
    onWork,
    onError,
    callWebhook: webhookCaller(webhookHosts),
  });
  const server = new HostServer(wrap(new LocalHost(directory, { service, bodyBytesMax, checksAnswers, onFailure, onWork })), post);
  port.on('message', (message: ToHost) => server.receive(message));
}
