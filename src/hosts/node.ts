// `orrery serve` on Node: clusters in their hosts, app and server, joined; and everything that can go wrong at the start, in words.

import { collectDefaultMetrics } from 'prom-client';
import type { Logger } from 'pino';
import type { Findings } from '../db/take-stock.ts';
import type { Clusters } from '../front/clusters.ts';
import { createApp } from '../http/app.ts';
import { StorageDamage } from '../service/storage.ts';
import type { Config } from './config.ts';
import { explainListening, explainStorage } from './explain-storage.ts';
import { createLog, logAnswer } from './log.ts';
import { type Fetch, type RunningServer, startServer } from './node-server.ts';
import { openLocalClusters, openWorkerClusters } from './open-clusters.ts';
import { scenarioRunner } from './scenario-runner.ts';
import { forgetAddress, noteAddress } from './service-address.ts';
import { StartError } from './start-error.ts';
import { loadTls, type TlsMaterial } from './tls.ts';
import { readDocument } from './package-facts.ts';
import { readPageFiles } from './page-files.ts';
import { openToken, type ServiceToken } from './token-file.ts';

export interface RunningService {
  readonly url: string;
  readonly token: ServiceToken;
  /** Stops accepting, ends streams and advances, stores what is left. */
  close(): Promise<void>;
}

/** Starts everything. Fails: StartError. */
export async function serve(config: Config, version: string, log: Logger = createLog(config)): Promise<RunningService> {
  const tls = await openTls(config);
  const token = openToken(config);
  const onFailure = (error: unknown, requestId?: string) =>
    log.error({ requestId, err: error }, 'request failed by a fault of the service');
  const clusters = openClusters(config, log, onFailure);
  const app = createApp({
    clusters,
    scenarios: scenarioRunner(),
    version,
    document: readDocument,
    page: readPageFiles(),
    token: token.token,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    authority: tls?.authority,
    defaultCluster: config.defaultCluster,
    ...(config.limits.bodyBytesMax === undefined ? {} : { bodyBytesMax: config.limits.bodyBytesMax }),
    onFailure,
    onAnswer: (answer) => logAnswer(log, answer),
  });
  collectDefaultMetrics({ register: app.metrics.registry });
  const server = await listen(app.fetch, { ...config, tls }, clusters);
  noteAddress(config.data, server.url);
  log.info({ version, url: server.url, data: config.data, workers: config.workers }, 'started');
  return {
    url: server.url,
    token,
    close: () => {
      forgetAddress(config.data);
      return closeAll(server, clusters, log);
    },
  };
}

function openClusters(
  { data: folder, limits, workers, durability, webhookHosts }: Config,
  log: Logger,
  onFailure: (error: unknown, requestId?: string) => void,
): Clusters {
  try {
    const options = {
      limits,
      durability,
      webhookHosts,
      onFailure,
      onError: (message: string, error: unknown) => log.error({ err: error }, message),
      onExpired: (cluster: string) => log.info({ cluster }, 'idle cluster deleted'),
      onFindings: (findings: Findings) => log.warn(findings, 'found in the data folder what the directory does not know'),
    };
    return workers === 0 ? openLocalClusters(folder, options).clusters : openWorkerClusters(folder, workers, options);
  } catch (error) {
    if (error instanceof StorageDamage)
      throw new StartError(
        `The data folder ${folder} cannot be used: directory.sqlite in it ${error.message}. ` +
          `\`orrery recover --data ${folder}\` sets it aside and makes a new one from the files of the clusters; nothing is deleted.`,
        { cause: error },
      );
    throw unusable(folder, error);
  }
}

async function openTls({ tls, data, host }: Config): Promise<TlsMaterial | undefined> {
  try {
    return tls === undefined ? undefined : await loadTls(tls, data, host);
  } catch (error) {
    throw error instanceof StartError ? error : unusable(data, error);
  }
}

const unusable = (folder: string, error: unknown) =>
  new StartError(`The data folder ${folder} cannot be used: ${explainStorage(error)}`, { cause: error });

async function listen(fetch: Fetch, config: Parameters<typeof startServer>[1], clusters: Clusters): Promise<RunningServer> {
  try {
    return await startServer(fetch, config);
  } catch (error) {
    await clusters.close();
    throw new StartError(`Cannot listen on ${config.host}, port ${config.port}: ${explainListening(error)}`, { cause: error });
  }
}

/** Long answers end first, then connections, then hosts and storage. */
async function closeAll(server: RunningServer, clusters: Clusters, log: Logger): Promise<void> {
  log.debug('stopping');
  clusters.endCalls();
  await server.close();
  await clusters.close();
  log.info('stopped');
}
