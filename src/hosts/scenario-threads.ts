// The worker threads of `orrery test` and `orrery explore`. A job goes to the first thread that is free; threads begin when there are jobs for them, and are kept
// for those that follow.

import { availableParallelism } from 'node:os';
import type { Trial } from '../scenario/explore.ts';
import { ConfigError } from './config.ts';
import type { ScenarioJob, ScenarioJobResult } from './scenario-jobs.ts';
import { WarmThread } from './warm-thread.ts';
import { scenarioJobsEntry } from './worker/entry.ts';

type Thread = WarmThread<ScenarioJob, Trial, ScenarioJobResult>;

export class ScenarioThreads {
  readonly count: number;
  private readonly free: Thread[] = [];
  private readonly all = new Set<Thread>();
  private readonly waiting: ((thread: Thread) => void)[] = [];

  constructor(count: number) {
    this.count = count;
  }

  /** Does a job when a thread is free. Fails: with what ended the thread. */
  async do(job: ScenarioJob, onTrial?: (trial: Trial) => void): Promise<ScenarioJobResult> {
    const thread = await this.take();
    try {
      return await thread.do(job, onTrial);
    } finally {
      this.giveBack(thread);
    }
  }

  /** Lets one more thread begin, if there may be one, and resolves when it can work. Fails: with what ended it. */
  async begin(): Promise<void> {
    const thread = await this.take();
    try {
      await thread.begun;
    } finally {
      this.giveBack(thread);
    }
  }

  close(): void {
    for (const thread of this.all) thread.end();
    this.all.clear();
  }

  private take(): Promise<Thread> | Thread {
    const known = this.free.pop();
    if (known !== undefined) return known;
    if (this.all.size >= this.count) return new Promise((resolve) => this.waiting.push(resolve));
    const thread: Thread = new WarmThread(scenarioJobsEntry(), { name: 'orrery-scenarios' });
    this.all.add(thread);
    return thread;
  }

  private giveBack(thread: Thread): void {
    // What ended one thread may end the next; whoever waits shall not wait for ever.
    if (thread.isOver) this.all.delete(thread);
    const next = this.waiting.shift();
    if (next === undefined) {
      if (!thread.isOver) this.free.push(thread);
    } else void Promise.resolve(thread.isOver ? this.take() : thread).then(next);
  }
}

/** What `--jobs` says: how many threads work at a time; as many as there are cores. Fails: ConfigError. */
export function jobsOf(flag: string | undefined): number {
  const jobs = Number(flag ?? availableParallelism());
  if (!Number.isInteger(jobs) || jobs < 1) throw new ConfigError('--jobs is a whole number from 1 on.');
  return jobs;
}
