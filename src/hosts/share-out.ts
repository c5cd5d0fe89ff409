// Work that is done by this thread and by others, one task at a time each. Another thread takes longer to begin than a scenario takes to run: this one works alone
// until there is enough for others, and leaves the rest to them as soon as they are there.

import { setImmediate } from 'node:timers/promises';

/** Wall time that this thread works alone. */
const ALONE_MS = 250;

export interface Workers<Task, Result> {
  /** How many others there may be; 0: everything is done here. */
  readonly count: number;
  /** Does a task in this thread, which does nothing else meanwhile. */
  here(task: Task): Result;
  /** Resolves when one more of the others has begun. */
  begin(): Promise<void>;
  /** Does a task in another one. */
  there(task: Task): Promise<Result>;
}

/** What comes of each task, in the order of the tasks. */
export function shareOut<Task, Result>(tasks: readonly Task[], { count, begin, here, there }: Workers<Task, Result>): Promise<Result>[] {
  const settled: ((result: Result | Promise<Result>) => void)[] = [];
  const results = tasks.map((_, index) => new Promise<Result>((resolve) => (settled[index] = resolve)));
  void Promise.allSettled(results);
  const startedMs = performance.now();
  const progress = { next: 0, areThere: false };
  const leave = async (): Promise<void> => {
    await begin();
    progress.areThere = true;
    while (progress.next < tasks.length) {
      const index = progress.next++;
      const result = there(tasks[index] as Task);
      settled[index]?.(result);
      await result.catch(() => {});
    }
  };
  const work = async (): Promise<void> => {
    for (let isAlone = true; progress.next < tasks.length && !progress.areThere; await setImmediate()) {
      const index = progress.next++;
      settled[index]?.(new Promise((resolve) => resolve(here(tasks[index] as Task))));
      if (!isAlone || performance.now() - startedMs < ALONE_MS) continue;
      isAlone = false;
      // Where no other can begin, this one does everything.
      for (let thread = 0; thread < count; thread += 1) void leave().catch(() => {});
    }
  };
  void work();
  return results;
}
