// The clusters of a data folder, with their hosts: worker threads, or one host in this process.

import { totalmem } from 'node:os';
import { clusterFilesOf, openDirectory } from '../db/directory.ts';
import { HostDirectory } from '../db/host-directory.ts';
import type { Findings } from '../db/take-stock.ts';
import { Clusters } from '../front/clusters.ts';
import { createClusterService } from '../service/cluster-service.ts';
import type { HostEvents, StartHost } from '../service/host.ts';
import { LIMITS_DEFAULT } from '../service/limits.ts';
import type { ClusterService } from '../service/ports.ts';
import type { DirectoryRow, Durability } from '../service/storage.ts';
import type { Limits } from './limits.ts';
import { LocalHost } from './local-host.ts';
import { lossReporter } from './report-loss.ts';
import { webhookCaller } from './webhooks.ts';
import { WorkerHost } from './worker/worker-host.ts';

export interface OpenOptions {
  readonly limits?: Limits;
  readonly durability?: Durability;
  /** Called with what an operator should know. */
  readonly onError?: (message: string, error: unknown) => void;
  /** Learns what the start found in the folder, when that is more than it knew. */
  readonly onFindings?: (findings: Findings) => void;
  /** Learns of clusters that are deleted because nobody has used them for their time. */
  readonly onExpired?: (cluster: string) => void;
  /** Wall time in milliseconds since 1970, by which clusters expire; absent: the machine's. */
  readonly now?: (() => number) | undefined;
  /** Learns of failures that are the service's own, and in which request they came. */
  readonly onFailure?: (error: unknown, requestId?: string) => void;
  /** Checks every answer against its schema. */
  readonly checksAnswers?: boolean;
  /** Hosts on which webhooks may be called, see webhooks.ts; absent: none. */
  readonly webhookHosts?: readonly string[];
}

export interface LocalOptions extends OpenOptions {
  /** Puts something around the service of the host. */
  readonly wrap?: (service: ClusterService) => ClusterService;
}

/** Opens the folder with one host, in this process. Fails: as the file system and SQLite fail. */
export function openLocalClusters(folder: string, options: LocalOptions = {}): { clusters: Clusters; service: ClusterService } {
  const {
    limits = NO_LIMITS,
    durability,
    onError = () => {},
    onFailure,
    checksAnswers,
    webhookHosts = [],
    wrap = (service) => service,
  } = options;
  const storage = { clusterBytesMax: limits.clusterBytesMax, durability, onLoss: lossReporter(onError) };
  let service: ClusterService | undefined;
  const startHost = (running: readonly DirectoryRow[], events: HostEvents) => {
    const directory = new HostDirectory(clusterFilesOf(folder, storage), running, events);
    service = wrap(createClusterService(directory, { limits: limits.service, onError, callWebhook: webhookCaller(webhookHosts) }));
    return new LocalHost(directory, { service, bodyBytesMax: limits.bodyBytesMax, checksAnswers, onFailure });
  };
  const clusters = openClusters(folder, 1, startHost, options);
  if (service === undefined) throw new Error('there is no host');
  return { clusters, service };
}

/** Opens the folder with hosts in `count` worker threads. Fails: as the file system and SQLite fail. */
export function openWorkerClusters(folder: string, count: number, options: OpenOptions = {}): Clusters {
  const { limits = NO_LIMITS, durability, onError = () => {}, onFailure = () => {}, checksAnswers = false, webhookHosts = [] } = options;
  // What is there once for all is shared out.
  const liveClustersMax = Math.ceil((limits.service.liveClustersMax ?? LIMITS_DEFAULT.liveClustersMax) / count);
  let started = 0;
  const start: StartHost = (running, events, afterMs) => {
    started += 1;
    return new WorkerHost(
      {
        folder,
        beginsUnasked: started === 1,
        limits: { ...limits.service, liveClustersMax },
        bodyBytesMax: limits.bodyBytesMax,
        clusterBytesMax: limits.clusterBytesMax,
        durability,
        checksAnswers,
        webhookHosts,
        heapMegabytesMax: limits.workerMegabytesMax ?? heapMegabytesOf(count),
        silenceMsMax: limits.silenceMsMax ?? SILENCE_MS_MAX,
        onError,
        onFailure,
      },
      running,
      events,
      afterMs,
    );
  };
  return openClusters(folder, count, start, options);
}

/** Wall time without a turn of its event loop after which a worker is ended: far longer than any piece of work is allowed to take. */
export const SILENCE_MS_MAX = 10_000;

const NO_LIMITS: Limits = { service: {} };

function openClusters(
  folder: string,
  hostCount: number,
  startHost: StartHost,
  { limits = NO_LIMITS, durability, onError = () => {}, onExpired, now, onFindings }: OpenOptions,
): Clusters {
  const directory = openDirectory(folder, { durability, ...(onFindings === undefined ? {} : { onFindings }) });
  return new Clusters(directory, { startHost, hostCount, clustersMax: limits.service.clustersMax, onError, onExpired, now });
}

/** The share of the memory that heaps of workers may have; the rest is for the front, for buffers and for SQLite. */
const HEAP_SHARE = 0.75;
const HEAP_MEGABYTES_MIN = 256;

function heapMegabytesOf(count: number): number {
  // Zero where nothing constrains the process.
  const constrained = process.constrainedMemory() ?? 0;
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(HEAP_MEGABYTES_MIN, Math.floor((bytes * HEAP_SHARE) / count / 1024 / 1024));
}
