// Work that only reads what does not change any more, with others between its turns.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from '../engine/cluster/index.ts';
import { Job } from './job.ts';
import { LIMITS_DEFAULT } from './limits.ts';

/** Brings steps to their end; what is small is done at once. Fails: as the work fails. */
export async function finishInTurns<T>(steps: Steps<T>): Promise<T> {
  const job = new Job(steps);
  for (;;) {
    job.turn(performance.now() + LIMITS_DEFAULT.sliceMs);
    if (job.isDone) return job.result();
    await nextTurn();
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
