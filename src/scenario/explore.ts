// Exploration: the run that nothing disturbs says at which instants something changes; before and after each of them every fault strikes every target in a
// fork, the fork runs on, and its expectations are judged. Between two changes nothing is different, so all single faults are tried that can be told apart.

import { nextChangeMs } from '../engine/cluster/index.ts';
import type { StepBody } from './schema.ts';
import { Run, type RunResult, type Violation } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Strike, strikesOf, type StrikeType } from './strikes.ts';

export const FAULTS_DEFAULT: readonly StrikeType[] = ['node-down', 'container-kill'];
export const FOR_MS_DEFAULT = 600_000;
const EVENTS = 'events';

export interface ExploreOptions {
  readonly types: readonly StrikeType[];
  /** How long a run goes on after a strike, milliseconds. */
  readonly forMs: number;
  /** How long a fault lasts, milliseconds; null: to the end. */
  readonly lastsMs: number | null;
  /** Strikes of one run. */
  readonly depth: 1 | 2;
  /** One explorer of several takes every so manieth run. */
  readonly share: { readonly index: number; readonly count: number };
  /** Asked before each run of a second strike; true ends them. */
  readonly isSpent: () => boolean;
}

/** A strike of a run, and where. */
export interface Struck {
  readonly strike: Strike;
  /** Virtual milliseconds. */
  readonly atMs: number;
  /** The step that was under way, and how long it had been. */
  readonly step: number;
  readonly intoStepMs: number;
}

/** What a step did after the first strike. */
export interface Act {
  readonly atMs: number;
  readonly body: StepBody;
}

/** One run that was disturbed. */
export interface Trial {
  /** Position in the order in which one explorer would have made them: that of the first strike, and among those that follow it. */
  readonly index: readonly number[];
  readonly struck: readonly Struck[];
  readonly acts: readonly Act[];
  readonly violations: readonly Violation[];
  readonly result: RunResult;
}

export interface Undisturbed {
  readonly result: RunResult;
  /** Instants at which something changes, from the mark on. */
  readonly instants: readonly number[];
}

/** The run that nothing disturbs. */
export function runUndisturbed(scenario: Scenario, forMs: number): Undisturbed {
  const run = Run.begin(scenario);
  const instants: number[] = [];
  const goOn = markedRun(run, scenario);
  if (goOn === undefined) return { result: run.result(), instants };
  instants.push(run.state.nowMs);
  run.observer = ({ state }, changes) => {
    if (changes.some(({ resource }) => resource !== EVENTS) && instants.at(-1) !== state.nowMs) instants.push(state.nowMs);
  };
  const endMs = run.state.nowMs + forMs;
  run.finishSteps();
  if (run.violations.length === 0) run.passTo(Math.max(run.state.nowMs, endMs));
  if (run.violations.length === 0) run.judgeEventually();
  return { result: run.result(), instants: instants.filter((ms) => ms <= endMs) };
}

/** Takes a run to the mark from which on it is explored; undefined when it does not get there. */
function markedRun(run: Run, scenario: Scenario): Run | undefined {
  const { from } = scenario.body.explore ?? {};
  if (from === undefined) return run;
  for (; !run.marks.has(from); run.goOn()) if (run.isOver) return undefined;
  return run;
}

/** Makes every disturbed run of a share, and hands each over. */
export function explore(scenario: Scenario, { instants }: Undisturbed, options: ExploreOptions, found: (trial: Trial) => void): void {
  const explorer = new Explorer(options, found);
  const run = markedRun(Run.begin(scenario), scenario);
  if (run === undefined) return;
  run.judgesSteps = false;
  explorer.walk(run, instants);
}

class Explorer {
  private readonly options: ExploreOptions;
  private readonly found: (trial: Trial) => void;
  private count = 0;

  constructor(options: ExploreOptions, found: (trial: Trial) => void) {
    this.options = options;
    this.found = found;
  }

  /** Goes through a run, and strikes forks of it. */
  walk(run: Run, instants: readonly number[]): void {
    let step = run.step;
    let stepMs = run.state.nowMs;
    for (const [index, ms] of instants.entries()) {
      if (index > 0) {
        takeInstantSteps(run);
        while (run.state.nowMs < ms && !isAt(run, ms)) {
          goOn(run, ms);
          if (run.step !== step) [step, stepMs] = [run.step, run.state.nowMs];
        }
        if (ms - run.state.nowMs > 1) this.strikeAll(run.fork(), ms - 1, [step, stepMs]);
        while (run.state.nowMs < ms) {
          goOn(run, ms);
          if (run.step !== step) [step, stepMs] = [run.step, run.state.nowMs];
        }
      }
      this.strikeAll(run, ms, [step, stepMs]);
    }
  }

  private strikeAll(run: Run, atMs: number, [step, stepMs]: readonly [number, number]): void {
    const { types, share } = this.options;
    let here: Run | undefined;
    for (const strike of strikesOf(run.state, types)) {
      const index = this.count;
      this.count += 1;
      if (index % share.count !== share.index) continue;
      if (here === undefined) {
        here = run.fork();
        here.passTo(atMs);
      }
      this.strike(here.fork(), [index], [{ strike, atMs, step, intoStepMs: atMs - stepMs }]);
    }
  }

  private strike(run: Run, index: readonly number[], struck: readonly Struck[]): void {
    const { forMs, lastsMs, depth } = this.options;
    const { strike, atMs } = struck.at(-1) as Struck;
    const known = run.violations.length;
    const acts: Act[] = [];
    run.acts = acts;
    const endMs = atMs + forMs;
    if (strike.type === 'fault') {
      run.strike(strike.fault, lastsMs);
      if (depth > struck.length && !this.options.isSpent()) this.strikeAgain(run.fork(), index, struck, endMs);
    } else run.drain(strike.node, endMs);
    run.finishSteps();
    run.passTo(Math.max(endMs, run.state.nowMs));
    run.judgeEventually(atMs);
    this.found({ index, struck, acts, violations: run.violations.slice(known), result: run.result() });
  }

  /** The same once more, at the instants that the first strike has brought. */
  private strikeAgain(run: Run, first: readonly number[], struck: readonly Struck[], endMs: number): void {
    let count = 0;
    const probe = run.fork();
    const instants = [run.state.nowMs];
    probe.observer = ({ state }, changes) => {
      if (changes.some(({ resource }) => resource !== EVENTS) && instants.at(-1) !== state.nowMs) instants.push(state.nowMs);
    };
    probe.finishSteps();
    probe.passTo(Math.max(endMs, probe.state.nowMs));
    for (const ms of instants) {
      if (this.options.isSpent()) return;
      const here = run.fork();
      while (here.state.nowMs < ms) goOn(here, ms);
      for (const strike of strikesOf(here.state, this.options.types)) {
        if (this.options.isSpent()) return;
        count += 1;
        this.strike(here.fork(), [...first, count], [...struck, { strike, atMs: ms, step: here.step, intoStepMs: 0 }]);
      }
    }
  }
}

/** Takes the steps that need no time. */
function takeInstantSteps(run: Run): void {
  const { nowMs } = run.state;
  while (!run.isOver && !run.isPassing && run.state.nowMs === nowMs) run.goOn();
}

/** Whether the next thing that happens comes at an instant. */
function isAt(run: Run, ms: number): boolean {
  const next = nextChangeMs(run.state);
  return next === undefined || next >= ms;
}

/** One instant of the steps, or of the time after them; never past an instant. */
function goOn(run: Run, ms: number): void {
  if (run.isOver) run.passTo(Math.min(nextChangeMs(run.state) ?? ms, ms));
  else run.goOn();
}
