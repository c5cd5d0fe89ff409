// Exploration: the run that nothing disturbs says at which instants something changes; before and after each of them every fault strikes every target in a
// fork, the fork runs on, and its expectations are judged. Between two changes nothing is different, so all single faults are tried that can be told apart.

import { nextChangeMs } from '../engine/cluster/index.ts';
import { differenceOf, shortOf } from './equal-states.ts';
import type { StepBody } from './schema.ts';
import { Run, type RunResult, type Violation } from './run.ts';
import type { Scenario } from './scenario.ts';
import { podsNotReady } from './objects.ts';
import { lastingMs, type Strike, strikesOf, type StrikeType } from './strikes.ts';

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
  /** How long it lasts, milliseconds; null: to the end, or no time at all. */
  readonly lastsMs: number | null;
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
  /** The history of strikes that brought the same is not the same: there is no digest. What held is said of all trials together. */
  readonly result: Omit<RunResult, 'digest' | 'held'>;
  /** Equal where the strikes have left equal states, from which the same follows. */
  readonly state: string;
}

/** How many states trials have begun from: those that are equal were run once. */
export function distinctStates(trials: readonly Trial[]): number {
  return new Set(trials.map(({ state }) => state)).size;
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
  explorer.explore(run, instants);
}

/** What follows from a state that a strike has left, and the strikes that have left an equal one. */
interface Followed {
  readonly trials: Trial[];
  readonly others: { readonly index: readonly number[]; readonly struck: readonly Struck[] }[];
}

/** By the states that strikes of one run have left. */
type Seen = Map<string, Followed>;

/** A first strike after which another one may follow. */
interface First {
  readonly here: Run;
  readonly index: readonly number[];
  readonly struck: readonly Struck[];
  readonly state: string;
  /** Milliseconds of pods that were not ready, and whether something did not hold: what has failed already tells nothing when more strikes it. */
  readonly strain: number;
  readonly hasFailed: boolean;
  readonly found: (trial: Trial) => void;
}

class Explorer {
  private readonly options: ExploreOptions;
  private readonly found: (trial: Trial) => void;
  private readonly firsts: First[] = [];
  private count = 0;

  constructor(options: ExploreOptions, found: (trial: Trial) => void) {
    this.options = options;
    this.found = found;
  }

  /** Strikes forks of a run, and then, as far as it may, those that were struck: first those that were nearest to failing. */
  explore(run: Run, instants: readonly number[]): void {
    this.walk(run, instants);
    const byStrain = (a: First, b: First): number =>
      Number(a.hasFailed) - Number(b.hasFailed) || b.strain - a.strain || (a.index[0] ?? 0) - (b.index[0] ?? 0);
    for (const first of this.firsts.sort(byStrain)) {
      if (this.options.isSpent()) return;
      this.strikeAgain(first);
    }
  }

  /** Goes through a run, and strikes forks of it. */
  private walk(run: Run, instants: readonly number[]): void {
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
    const { types, share, lastsMs } = this.options;
    let here: Run | undefined;
    const seen: Seen = new Map();
    for (const strike of strikesOf(run.state, types)) {
      const index = this.count;
      this.count += 1;
      if (index % share.count !== share.index) continue;
      if (here === undefined) {
        here = run.fork();
        here.passTo(atMs);
      }
      this.strike(
        here,
        seen,
        [index],
        [{ strike, atMs, lastsMs: lastingMs(strike, lastsMs), step, intoStepMs: atMs - stepMs }],
        '',
        this.found,
      );
    }
  }

  /** Strikes a fork of a run, and hands over what follows: this trial, behind those of second strikes. */
  private strike(
    here: Run,
    seen: Seen,
    index: readonly number[],
    struck: readonly Struck[],
    before: string,
    found: (trial: Trial) => void,
  ): void {
    const { forMs, depth } = this.options;
    const { strike, atMs, lastsMs } = struck.at(-1) as Struck;
    const endMs = atMs + forMs;
    const run = here.fork();
    if (strike.type === 'fault') run.strike(strike.fault, lastsMs);
    else run.drain(strike.node, endMs);
    const violated = run.violations.slice(here.violations.length);
    const state = shortOf(`${before} ${atMs} ${differenceOf(here.state, run.state)} ${JSON.stringify(violated)}`);
    const known = seen.get(state);
    if (known !== undefined) {
      known.others.push({ index, struck });
      return known.trials.forEach((trial) => found(sameTrial(trial, index, struck)));
    }
    const followed: Followed = { trials: [], others: [] };
    seen.set(state, followed);
    const keep = (trial: Trial): void => {
      followed.trials.push(trial);
      found(trial);
      for (const other of followed.others) found(sameTrial(trial, other.index, other.struck));
    };
    const acts: Act[] = [];
    run.acts = acts;
    const isFirst = depth > struck.length && strike.type === 'fault';
    const strain = isFirst ? measureStrain(run) : () => 0;
    run.finishSteps();
    run.passTo(Math.max(endMs, run.state.nowMs));
    run.judgeEventually(atMs);
    const { digest: _, held: __, ...result } = run.result();
    const violations = run.violations.slice(here.violations.length);
    keep({ index, struck, acts, violations, result, state });
    if (isFirst) this.firsts.push({ here, index, struck, state, strain: strain(), hasFailed: violations.length > 0, found: keep });
  }

  /** The same once more, at the instants that the first strike has brought. */
  private strikeAgain({ here: before, index: first, struck, state, found }: First): void {
    const { types, lastsMs, forMs, isSpent } = this.options;
    const { strike: known, atMs } = struck.at(-1) as Struck;
    if (known.type !== 'fault') return;
    const run = before.fork();
    run.strike(known.fault, lastingMs(known, lastsMs));
    let count = 0;
    for (const ms of instantsOf(run.fork(), atMs + forMs)) {
      if (isSpent()) return;
      const here = run.fork();
      while (here.state.nowMs < ms) goOn(here, ms);
      const seen: Seen = new Map();
      for (const strike of strikesOf(here.state, types)) {
        if (isSpent()) return;
        count += 1;
        const second = { strike, atMs: ms, lastsMs: lastingMs(strike, lastsMs), step: here.step, intoStepMs: 0 };
        this.strike(here, seen, [...first, count], [...struck, second], state, found);
      }
    }
  }
}

/** Instants at which something changes until the end of a run, which it takes there. */
function instantsOf(run: Run, endMs: number): number[] {
  const instants = [run.state.nowMs];
  run.observer = ({ state }, changes) => {
    if (changes.some(({ resource }) => resource !== EVENTS) && instants.at(-1) !== state.nowMs) instants.push(state.nowMs);
  };
  run.finishSteps();
  run.passTo(Math.max(endMs, run.state.nowMs));
  return instants;
}

/** Measures from now on for how long how many pods are not ready; gives it in milliseconds of pods. */
function measureStrain(run: Run): () => number {
  let [total, missing, lastMs] = [0, podsNotReady(run.state), run.state.nowMs];
  run.observer = ({ state }) => {
    total += missing * (state.nowMs - lastMs);
    [missing, lastMs] = [podsNotReady(state), state.nowMs];
  };
  return () => total + missing * (run.state.nowMs - lastMs);
}

/** What follows from an equal state is equal: only what struck first is another. */
function sameTrial(trial: Trial, index: readonly number[], struck: readonly Struck[]): Trial {
  return {
    ...trial,
    index: [...index, ...trial.index.slice(index.length)],
    struck: [...struck, ...trial.struck.slice(struck.length)],
  };
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
