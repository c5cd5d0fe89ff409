// One who follows what a cluster does, where that is no object: the lines of a log, the output of a command. He waits: a clock that runs for those who wait goes on
// for him, and stops at every instant.

import type { ClusterService, WatchCursor } from '../../service/ports.ts';

export class Follower {
  private readonly service: ClusterService;
  private readonly cluster: string;
  private cursor: WatchCursor;
  private isClosed = false;

  /** Fails: cluster-not-found, limit-exceeded. */
  constructor(service: ClusterService, cluster: string) {
    this.service = service;
    this.cluster = cluster;
    this.cursor = this.open();
  }

  /** Resolves when the cluster has done anything, and when the follower leaves. Fails: cluster-not-found, closing. */
  async moved(): Promise<void> {
    const isOpen = await this.cursor.moved(true);
    // The cluster was opened anew, unless there is none any more.
    if (!isOpen && !this.isClosed) this.cursor = this.open();
  }

  /** The client was told something. */
  served(): void {
    this.cursor.served();
  }

  close(): void {
    this.isClosed = true;
    this.cursor.close();
  }

  private open(): WatchCursor {
    return this.service.watch(this.cluster, this.service.latestRevision(this.cluster));
  }
}
