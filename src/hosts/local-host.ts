// A host in the process of the one who asks: nothing is copied, and everything shares one thread.

import { getHeapStatistics } from 'node:v8';
import { createHostApp, type HostApp, type HostAppOptions } from '../http/host-app.ts';
import type { Host, HostAnswer, HostRequest, HostStats } from '../service/host.ts';
import type {
  Beginning,
  ClusterInfo,
  ClusterService,
  ForkMade,
  ForkRequest,
  Replay,
  Replayed,
  RewindRequest,
  Rewound,
} from '../service/ports.ts';
import type { Directory, DirectoryRow } from '../service/storage.ts';

export interface LocalHostOptions extends HostAppOptions {
  /** Called with the name of a cluster when work for it begins. */
  readonly onWork?: (cluster: string) => void;
}

export class LocalHost implements Host {
  private readonly directory: Directory;
  private readonly service: ClusterService;
  private readonly app: HostApp;
  private readonly onWork: (cluster: string) => void;

  /** `directory` is what `options.service` is made over. */
  constructor(directory: Directory, options: LocalHostOptions) {
    this.directory = directory;
    this.onWork = options.onWork ?? (() => {});
    this.service = options.service;
    this.app = createHostApp(options);
  }

  know(row: DirectoryRow): void {
    this.directory.add(row);
  }

  async create(row: DirectoryRow): Promise<ClusterInfo> {
    this.onWork(row.name);
    return this.service.createRow(row);
  }

  fork(name: string, request: ForkRequest): Promise<ForkMade> {
    this.onWork(name);
    return this.service.fork(name, request);
  }

  /** As `ClusterService.found`. */
  found(row: DirectoryRow, beginning: Beginning): Promise<ForkMade> {
    this.onWork(row.name);
    return this.service.found(row, beginning);
  }

  replay(row: DirectoryRow, replay: Replay): Promise<Replayed> {
    this.onWork(row.name);
    return this.service.replay(row, replay);
  }

  rewind(name: string, request: RewindRequest): Promise<Rewound> {
    this.onWork(name);
    return this.service.rewind(name, request);
  }

  async remove(name: string): Promise<void> {
    this.service.remove(name);
  }

  async info(name: string): Promise<ClusterInfo> {
    await this.service.settled(name);
    return this.service.get(name);
  }

  fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer> {
    this.onWork(request.cluster);
    return this.app(request, signal);
  }

  async stats(): Promise<HostStats> {
    const { clusters: _, ...stats } = this.service.stats();
    return { ...stats, heapBytes: getHeapStatistics().used_heap_size };
  }

  close(): Promise<void> {
    return this.service.close();
  }
}
