// Clusters that are being opened: what they hold is read and replayed in turns, with others between them.

import type { Job } from './job.ts';
import type { LiveCluster } from './live-cluster.ts';

export class Openings {
  private readonly jobs = new Map<string, Job<LiveCluster>>();

  has(name: string): boolean {
    return this.jobs.has(name);
  }

  /** Goes on, or begins, until a reading of the monotonic clock; the cluster when it is open. Fails: as opening fails. */
  turn(name: string, begin: () => Job<LiveCluster>, untilMs: number): LiveCluster | undefined {
    const job = this.jobs.get(name) ?? begin();
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
}
