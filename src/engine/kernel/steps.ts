// Work in small steps, for whoever must not hold others: a generator that stops between two pieces of work.

/** Work in small steps: whoever drives it may let others have their turn between two of them, or take them all at once. */
export type Steps<T> = Generator<undefined, T>;

/** Takes all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Whether work on a long row of small items should stop behind this one: a step holds several of them, as stopping has a price too. */
export function endsStep(index: number): boolean {
  return index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1;
}

const ITEMS_PER_STEP = 16;
