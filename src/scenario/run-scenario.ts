// A whole run: the steps, and then what must have come about.

import type { ClusterState } from '../engine/kernel/state.ts';
import { Run, type RunResult } from './run.ts';
import type { Scenario } from './scenario.ts';
import { Tape } from './tape.ts';

/** Runs a scenario to its end. */
export function runScenario(scenario: Scenario): RunResult {
  return finish(Run.begin(scenario));
}

/** The same in a cluster that is there, which it changes. */
export function runOn(scenario: Scenario, state: ClusterState): RunResult {
  return finish(Run.on(scenario, state));
}

/** The same, with every command that was given. */
export function recordScenario(scenario: Scenario): { readonly result: RunResult; readonly tape: Tape } {
  const run = Run.begin(scenario, (state) => new Tape(state));
  const result = finish(run);
  run.tape?.pass(run.state);
  return { result, tape: run.tape as Tape };
}

function finish(run: Run): RunResult {
  run.finishSteps();
  if (run.violations.every(({ kind }) => kind === 'always')) run.judgeEventually();
  return run.result();
}
