// Work on one cluster in turns: a command with everything that it sets off at its instant, or a slice of an advance. While a job is unfinished the state of
// its cluster is half-way, so that nobody may read or write it; nothing of it is stored or seen before it is whole. What is stored besides is stored
// behind its end: who waits has the answer, and whoever wants to write waits until that is done, too.

import type { Steps } from '../engine/cluster/index.ts';

export class Job<T> {
  private readonly steps: Steps<T>;
  /** Tells of what was done, when it is whole. */
  private readonly complete: (done: T) => void;
  private rest: Steps<void> | undefined;
  private outcome: { readonly value: T } | { readonly error: unknown } | undefined;

  constructor(steps: Steps<T>, complete: (done: T) => void = () => {}, rest?: Steps<void>) {
    this.steps = steps;
    this.complete = complete;
    this.rest = rest;
  }

  /** Whether there is a result. */
  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  /** Whether nothing is left to do. */
  get isDone(): boolean {
    return this.isOver && this.rest === undefined;
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
      while (!this.isDone) {
        this.step();
        if (performance.now() >= untilMs) return;
      }
    } catch (error) {
      this.cancel(error);
      throw error;
    }
  }

  private step(): void {
    if (this.isOver) {
      if (this.rest?.next().done === true) this.rest = undefined;
      return;
    }
    const step = this.steps.next();
    if (step.done !== true) return;
    this.complete(step.value);
    this.outcome = { value: step.value };
  }

  /** Ends it where it is, with what it has to put away: its cluster is given up, and opened again from what is stored. What was done stays done. */
  cancel(error: unknown): void {
    const { isOver, rest } = this;
    this.rest = undefined;
    this.outcome ??= { error };
    if (isOver) rest?.return();
    else this.steps.return(undefined as never);
  }
}
