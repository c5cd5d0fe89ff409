// The clusters of a data folder, with their hosts.

import { openDirectory } from '../db/directory.ts';
import { HostDirectory } from '../db/host-directory.ts';
import { Clusters } from '../front/clusters.ts';
import { createClusterService } from '../service/cluster-service.ts';
import type { HostEvents } from '../service/host.ts';
import type { ClusterService } from '../service/ports.ts';
import type { DirectoryRow } from '../service/storage.ts';
import type { Limits } from './limits.ts';
import { LocalHost } from './local-host.ts';

export interface OpenOptions {
  readonly limits?: Limits;
  /** Called with what an operator should know. */
  readonly onError?: (message: string, error: unknown) => void;
  /** Learns of failures that are the service's own. */
  readonly onFailure?: (error: unknown) => void;
  /** Checks every answer against its schema. */
  readonly checksAnswers?: boolean;
  /** Puts something around the service of the host in this process. */
  readonly wrap?: (service: ClusterService) => ClusterService;
}

/** Opens the folder with one host, in this process. Fails: as the file system and SQLite fail. */
export function openLocalClusters(folder: string, options: OpenOptions = {}): { clusters: Clusters; service: ClusterService } {
  const { limits = { service: {} }, onError = () => {}, onFailure, checksAnswers, wrap = (service) => service } = options;
  const storage = { clusterBytesMax: limits.clusterBytesMax };
  let service: ClusterService | undefined;
  const startHost = (running: readonly DirectoryRow[], events: HostEvents) => {
    const directory = new HostDirectory(folder, storage, running, events);
    service = wrap(createClusterService(directory, { limits: limits.service, onError }));
    return new LocalHost(directory, { service, bodyBytesMax: limits.bodyBytesMax, checksAnswers, onFailure });
  };
  const clusters = new Clusters(openDirectory(folder, storage), {
    startHost,
    hostCount: 1,
    clustersMax: limits.service.clustersMax,
    onError,
  });
  if (service === undefined) throw new Error('there is no host');
  return { clusters, service };
}
