// The trials of an exploration by the ways in which they fail.

import type { Trial } from './explore.ts';
import type { Held, Violation } from './run.ts';
import type { Expected, Scenario } from './scenario.ts';

/** Trials in which the same expectation fails under the same types of faults. */
export interface Failure {
  readonly violation: Violation;
  /** The first of them. */
  readonly first: Trial;
  count: number;
}

/** Groups what fails, in the order in which it was found first. */
export function failuresOf(trials: readonly Trial[]): Failure[] {
  const found = new Map<string, Failure>();
  for (const trial of trials)
    for (const violation of trial.violations) {
      const types = trial.struck.map(({ strike }) => (strike.type === 'drain' ? 'drain' : strike.fault.type)).join('+');
      // Which node could not be drained is no other way to fail.
      const key = `${violation.expected.replace(/^node \S+ is drained/, 'a node is drained')}|${types}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { violation, first: trial, count: 1 });
      else known.count += 1;
    }
  return [...found.values()];
}

/** What was expected at all times, or in the end, and was so in every trial. */
export function heldInAll({ always, eventually }: Scenario, trials: readonly Trial[]): Omit<Held, 'fromMs' | 'toMs'>[] {
  const broken = new Set(trials.flatMap(({ violations }) => violations.map(({ kind, expected }) => `${kind} ${expected}`)));
  const heldOf = (kind: Held['kind'], expected: readonly Expected[]) =>
    expected
      .filter(({ judged }) => !broken.has(`${kind} ${judged.expression}`))
      .map(({ judged, place, because }) => ({ kind, place, expected: judged.expression, because }));
  return [...heldOf('always', always), ...heldOf('eventually', eventually)];
}
