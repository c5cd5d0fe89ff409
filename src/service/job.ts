// Work on one cluster in turns: a command with everything that it sets off at its instant, or a slice of an advance. While a job is unfinished the state of
// its cluster is half-way, so that nobody may read or write it; nothing of it is stored or seen before it is whole.

import type { Steps } from '../engine/cluster/index.ts';

export class Job<T> {
  private readonly steps: Steps<T>;
  /** Stores what was done, when it is whole. */
  private readonly complete: (done: T) => void;
  private outcome: { readonly value: T } | { readonly error: unknown } | undefined;

  constructor(steps: Steps<T>, complete: (done: T) => void) {
    this.steps = steps;
    this.complete = complete;
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  /** What was done. Fails: as the work failed. */
  result(): T {
    if (this.outcome === undefined) throw new Error('the job goes on');
    if ('error' in this.outcome) throw this.outcome.error;
    return this.outcome.value;
  }

  /** Goes on until a reading of the monotonic clock, or to the end; a step at least. Fails: as the work fails. */
  turn(untilMs: number): void {
    try {
      while (this.outcome === undefined) {
        const step = this.steps.next();
        if (step.done === true) {
          this.complete(step.value);
          this.outcome = { value: step.value };
        } else if (performance.now() >= untilMs) return;
      }
    } catch (error) {
      this.cancel(error);
      throw error;
    }
  }

  /** Ends it where it is, with what it has to put away: its cluster is given up, and opened again from what is stored. */
  cancel(error: unknown): void {
    if (this.outcome !== undefined) return;
    this.outcome = { error };
    this.steps.return(undefined as never);
  }
}
