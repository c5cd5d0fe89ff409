// Clusters that are being opened: what they hold is read and replayed in turns, with others between them.

import { Job } from './job.ts';
import type { ServiceLimits } from './limits.ts';
import { LiveCluster } from './live-cluster.ts';
import { ServiceError } from './ports.ts';
import type { Directory } from './storage.ts';

export interface OpeningOptions {
  readonly directory: Directory;
  readonly limits: ServiceLimits;
  readonly onError: (message: string, error: unknown) => void;
  /** Takes a cluster that is open. */
  readonly onOpen: (live: LiveCluster) => unknown;
}

export class Openings {
  private readonly options: OpeningOptions;
  private readonly jobs = new Map<string, Job<LiveCluster>>();

  constructor(options: OpeningOptions) {
    this.options = options;
  }

  has(name: string): boolean {
    return this.jobs.has(name);
  }

  /** Goes on, or begins, until a reading of the monotonic clock; the cluster when it is open. Fails: as opening fails. */
  turn(name: string, untilMs: number): LiveCluster | undefined {
    const job = this.jobs.get(name) ?? this.begin(name);
    this.jobs.set(name, job);
    try {
      job.turn(untilMs);
    } finally {
      if (job.isOver) this.jobs.delete(name);
    }
    return job.isOver ? job.result() : undefined;
  }

  /** Gives an opening up. */
  cancel(name: string, error: unknown): void {
    this.jobs.get(name)?.cancel(error);
    this.jobs.delete(name);
  }

  cancelAll(error: unknown): void {
    for (const name of this.jobs.keys()) this.cancel(name, error);
  }

  private begin(name: string): Job<LiveCluster> {
    const { directory, limits, onError, onOpen } = this.options;
    const row = directory.get(name);
    if (row === undefined) throw new ServiceError('cluster-not-found', `there is no cluster ${name}`);
    return new Job(LiveCluster.open(row, directory.open(name), limits, onError), (live) => {
      try {
        if (row.info !== undefined) directory.setInfo(name, undefined);
        if (row.isRunning !== live.isRunning) directory.setRunning(name, live.isRunning);
        live.closeExecs();
      } catch (error) {
        live.close();
        throw error;
      }
      onOpen(live);
    });
  }
}
