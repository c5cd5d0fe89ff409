// Work in turns, with others between them.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from '../engine/cluster/index.ts';
import { Job } from './job.ts';
import { LIMITS_DEFAULT } from './limits.ts';

/** Brings steps to their end; what is small is done at once. Fails: as the work fails. */
export function finishInTurns<T>(steps: Steps<T>): Promise<T> {
  return driveJob(new Job(steps), () => performance.now() + LIMITS_DEFAULT.sliceMs);
}

/**
 * Brings a job to its end. `turnEnd` is the reading of the monotonic clock at which a turn ends, `check` throws when it may not go on after others have had
 * theirs. Fails: as the job fails, or with what `check` throws, which ends the job.
 */
export async function driveJob<T>(job: Job<T>, turnEnd: () => number, check: () => void = () => {}): Promise<T> {
  try {
    for (;;) {
      job.turn(turnEnd());
      if (job.isDone) return job.result();
      await nextTurn();
      check();
    }
  } catch (error) {
    job.cancel(error);
    throw error;
  }
}

/** Maps items one by one. */
export function* mapSteps<T, R>(items: Iterable<T>, map: (item: T) => R): Steps<R[]> {
  const mapped: R[] = [];
  for (const item of items) {
    mapped.push(map(item));
    yield;
  }
  return mapped;
}
