// A host in the process of the one who asks: nothing is copied, and everything shares one thread.

import { createHostApp, type HostApp, type HostAppOptions } from '../http/host-app.ts';
import type { Host, HostAnswer, HostRequest, HostStats } from '../service/host.ts';
import type { ClusterInfo, ClusterService } from '../service/ports.ts';
import type { Directory, DirectoryRow } from '../service/storage.ts';

export class LocalHost implements Host {
  private readonly directory: Directory;
  private readonly service: ClusterService;
  private readonly app: HostApp;

  /** `directory` is what `options.service` is made over. */
  constructor(directory: Directory, options: HostAppOptions) {
    this.directory = directory;
    this.service = options.service;
    this.app = createHostApp(options);
  }

  know(row: DirectoryRow): void {
    this.directory.add(row);
  }

  async create(row: DirectoryRow): Promise<ClusterInfo> {
    return this.service.createRow(row);
  }

  async remove(name: string): Promise<void> {
    this.service.remove(name);
  }

  async info(name: string): Promise<ClusterInfo> {
    return this.service.get(name);
  }

  fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer> {
    return this.app(request, signal);
  }

  async stats(): Promise<HostStats> {
    const { clusters: _, ...stats } = this.service.stats();
    return stats;
  }

  close(): Promise<void> {
    return this.service.close();
  }
}
