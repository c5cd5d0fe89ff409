// `orrery serve` on Node: clusters in their hosts, app and server, joined; and everything that can go wrong at the start, in words.

import { collectDefaultMetrics } from 'prom-client';
import { destination, type Logger, pino } from 'pino';
import type { Clusters } from '../front/clusters.ts';
import { createApp } from '../http/app.ts';
import type { Config } from './config.ts';
import { type Fetch, type RunningServer, startServer } from './node-server.ts';
import { openLocalClusters, openWorkerClusters } from './open-clusters.ts';
import { StartError } from './start-error.ts';
import { loadTls } from './tls.ts';

export interface RunningService {
  readonly url: string;
  /** Stops accepting, ends streams and advances, stores what is left. */
  close(): Promise<void>;
}

/** Starts everything. Fails: StartError. */
export async function serve(config: Config, version: string): Promise<RunningService> {
  // Standard output is for the address; logs go to standard error.
  const log = pino({ level: config.logLevel, base: null }, destination(2));
  const tls = config.tls === undefined ? undefined : await loadTls(config.tls, config.data, config.host);
  const onFailure = (error: unknown) => log.error({ err: error }, 'request failed');
  const clusters = openClusters(config, log, onFailure);
  const app = createApp({
    clusters,
    version,
    token: config.token,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    authority: tls?.authority,
    defaultCluster: config.defaultCluster,
    ...(config.limits.bodyBytesMax === undefined ? {} : { bodyBytesMax: config.limits.bodyBytesMax }),
    onFailure,
    onAnswer: (answer) => log.debug(answer, 'answered'),
  });
  collectDefaultMetrics({ register: app.metrics.registry });
  const server = await listen(app.fetch, { ...config, tls }, clusters);
  log.debug({ url: server.url, data: config.data }, 'started');
  return { url: server.url, close: () => closeAll(server, clusters, log) };
}

function openClusters({ data: folder, limits, workers }: Config, log: Logger, onFailure: (error: unknown) => void): Clusters {
  try {
    const options = { limits, onFailure, onError: (message: string, error: unknown) => log.error({ err: error }, message) };
    return workers === 0 ? openLocalClusters(folder, options).clusters : openWorkerClusters(folder, workers, options);
  } catch (error) {
    throw new StartError(`The data folder ${folder} cannot be used: ${explain(error)}`, { cause: error });
  }
}

async function listen(fetch: Fetch, config: Parameters<typeof startServer>[1], clusters: Clusters): Promise<RunningServer> {
  try {
    return await startServer(fetch, config);
  } catch (error) {
    await clusters.close();
    throw new StartError(`Cannot listen on ${config.host}, port ${config.port}: ${explain(error)}`, { cause: error });
  }
}

/** Errors of the operating system and of SQLite, with what can be done. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Choose another one with --port, or 0 for any free one.',
  EADDRNOTAVAIL: 'this machine does not have the address. Choose another one with --host.',
  ENOTFOUND: 'the name of the host cannot be resolved. Choose another one with --host.',
  EACCES: 'permission denied.',
  EPERM: 'permission denied.',
  ENOTDIR: 'it is not a folder. Choose another one with --data.',
  EEXIST: 'it is not a folder. Choose another one with --data.',
  EROFS: 'the file system is read-only.',
  ENOSPC: 'the disk is full.',
  SQLITE_CANTOPEN: 'its files cannot be opened. Check who owns it.',
  SQLITE_READONLY: 'its files are read-only. Check who owns it.',
  SQLITE_READONLY_DIRECTORY: 'it is read-only. Check who owns it.',
  SQLITE_NOTADB: 'directory.sqlite in it is not a database of this service.',
  SQLITE_CORRUPT: 'its database is damaged.',
  SQLITE_FULL: 'the disk is full.',
  SQLITE_BUSY: 'another process uses it.',
};

function explain(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  return EXPLANATIONS[code] ?? message;
}

/** Long answers end first, then connections, then hosts and storage. */
async function closeAll(server: RunningServer, clusters: Clusters, log: Logger): Promise<void> {
  log.debug('stopping');
  clusters.endCalls();
  await server.close();
  await clusters.close();
  log.debug('stopped');
}
