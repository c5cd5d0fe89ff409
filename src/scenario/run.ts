// Running a scenario. A run is a cluster, the step that comes next and what was found out so far: plain data beside the cluster's state, so that it can be
// forked between two instants. Time passes an instant at a time, and after each that changes something the lasting expectations are judged.

import type { JsonObject } from '../engine/apimachinery/meta.ts';
import { statusMessage } from './status-message.ts';
import { parseSelection } from '../engine/apiserver/read/selection.ts';
import { formatInstant } from '../engine/apimachinery/time.ts';
import {
  type AdvanceGoal,
  type Change,
  type Command,
  clusterKinds,
  createCluster,
  execute,
  executeSlice,
  explain,
  explainUnmet,
  type Fault,
  lastFaultId,
  type Outcome,
  parseWaitFor,
  SLICE_LIMITS_DEFAULT,
  type WaitCondition,
} from '../engine/cluster/index.ts';
import { type ClusterState, forkState } from '../engine/kernel/state.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import { resourceOf } from '../engine/kinds/kind.ts';
import { advanceGoalOf } from '../http/rest/advance-goal.ts';
import { ProblemError } from '../http/errors.ts';
import { faultFrom } from '../http/rest/schemas/fault.ts';
import { findKind } from '../http/resource-names.ts';
import type { Place } from './document.ts';
import { Judge, type Look } from './expectation.ts';
import { type Target, targetOf } from './objects.ts';
import type { Expected, Scenario, Step } from './scenario.ts';
import { faultOfBody } from './schema.ts';
import { beginDrain } from './drain.ts';
import { beginExec } from './exec.ts';
import { PASSING } from './passing.ts';
import type { Tape } from './tape.ts';

const WAIT_MS = 600_000;
const IDLE_MS = 86_400_000;

/** Something that was expected and is not so. */
export interface Violation {
  readonly kind: 'step' | 'always' | 'eventually';
  readonly place: Place;
  readonly expected: string;
  readonly found: string;
  readonly because: string | undefined;
  /** Virtual milliseconds. */
  readonly atMs: number;
  /** Why the object is as it is that the expectation is about. */
  readonly explanation: readonly string[];
}

/** Something that was expected and was so whenever it was looked at. */
export interface Held {
  readonly kind: Violation['kind'];
  readonly place: Place;
  readonly expected: string;
  readonly because: string | undefined;
  /** From when on it counted, virtual milliseconds. */
  readonly fromMs: number;
  /** When it was looked at last. */
  readonly toMs: number;
}

export interface RunResult {
  readonly violations: readonly Violation[];
  /** In the order in which the scenario was through with it. */
  readonly held: readonly Held[];
  readonly startMs: number;
  readonly nowMs: number;
  readonly digest: string;
  readonly watchEvents: number;
}

/** Where time is to go, on behalf of the step that is under way. */
interface Passage {
  goal: AdvanceGoal;
  /** What comes when it is there, or when its time is over. */
  readonly done: (run: Run, reached: boolean) => void;
}

/** Told of each instant in which something changed; the state is quiet. */
export type Observer = (run: Run, changes: readonly Change[]) => void;

export class Run {
  readonly scenario: Scenario;
  readonly state: ClusterState;
  readonly marks: Map<string, number>;
  readonly violations: Violation[];
  readonly held: Held[] = [];
  watchEvents = 0;
  /** The step that comes next. */
  step = 0;
  /** False in explorations: what steps expect is said of a run that nothing disturbs. */
  judgesSteps = true;
  observer: Observer | undefined;
  /** What steps do is written down here. */
  acts: { readonly atMs: number; readonly body: Step['body'] }[] | undefined;
  /** Has every command, for who wants to make the cluster again. */
  tape: Tape | undefined;
  private lastFaultMs = 0;
  private passage: Passage | undefined;
  private hasFailed = false;
  private readonly judge: Judge;
  /** Lasting expectations that were violated. */
  private readonly broken: Set<Expected>;
  private readonly faultIds: Map<string, string>;

  private constructor(scenario: Scenario, state: ClusterState, judge: Judge) {
    this.scenario = scenario;
    this.state = state;
    this.judge = judge;
    this.marks = new Map();
    this.violations = [];
    this.broken = new Set();
    this.faultIds = new Map();
  }

  /** A run at its beginning: the cluster is there, and so are the manifests. */
  static begin(scenario: Scenario, makeTape?: (state: ClusterState) => Tape): Run {
    const { state } = createCluster(scenario.config);
    return Run.on(scenario, state, makeTape?.(state));
  }

  /** A run that goes on in a cluster that is there; what it was made from counts, not what the scenario says of its cluster. */
  static on(scenario: Scenario, state: ClusterState, tape?: Tape): Run {
    const run = new Run(scenario, state, new Judge());
    run.tape = tape;
    if (scenario.manifests.length > 0) {
      const refused = run.perform({ type: 'manifests', mode: 'apply', namespace: scenario.namespace, objects: scenario.manifests });
      if (refused !== undefined) run.failStep(scenario.place, 'the manifests are applied', refused);
    }
    return run;
  }

  /** A run of its own that goes on from here; nobody asks for the digest of what might have been. */
  fork(): Run {
    const copy = new Run(this.scenario, forkState(this.state, true), this.judge);
    for (const [name, ms] of this.marks) copy.marks.set(name, ms);
    for (const [name, id] of this.faultIds) copy.faultIds.set(name, id);
    for (const expected of this.broken) copy.broken.add(expected);
    copy.violations.push(...this.violations);
    copy.step = this.step;
    copy.judgesSteps = this.judgesSteps;
    copy.hasFailed = this.hasFailed;
    copy.lastFaultMs = this.lastFaultMs;
    copy.passage = this.passage === undefined ? undefined : { ...this.passage };
    copy.watchEvents = this.watchEvents;
    return copy;
  }

  get isOver(): boolean {
    return this.hasFailed || (this.passage === undefined && this.step >= this.scenario.steps.length);
  }

  /** Whether a step is under way that takes time. */
  get isPassing(): boolean {
    return this.passage !== undefined;
  }

  /** Goes on by one step, or by one instant of a step that takes time. */
  goOn(): void {
    const { passage } = this;
    if (passage === undefined) return this.take(this.scenario.steps[this.step] as Step);
    const { done, reached } = this.turn(passage.goal, (rest) => {
      passage.goal = rest;
    });
    if (!done) return;
    this.passage = undefined;
    this.step += 1;
    passage.done(this, reached);
  }

  /** To the end of the steps. */
  finishSteps(): void {
    while (!this.isOver) this.goOn();
  }

  /** Lets time pass, an instant at a time. */
  passTo(toMs: number): void {
    let goal: AdvanceGoal = { kind: 'to', toMs };
    for (let isThere = this.state.nowMs >= toMs; !isThere; ) {
      isThere = this.turn(goal, (rest) => {
        goal = rest;
      }).done;
    }
  }

  /** What happens beside the steps. */
  strike(fault: Fault, lastsMs: number | null): void {
    this.perform({ type: 'fault', fault, afterMs: 0, forMs: lastsMs });
  }

  /** Executes a command; what is wrong, when it is refused. */
  perform(command: Command): string | undefined {
    const outcome = this.execute(command);
    if (outcome.ok) return undefined;
    return outcome.failures?.map(({ status }) => statusMessage(status)).join('; ') ?? statusMessage(outcome.status);
  }

  /** Executes a command. */
  execute(command: Command): Outcome {
    this.tape?.pass(this.state);
    const { outcome, changes, digest } = execute(this.state, command);
    if (outcome.ok) this.tape?.add(command, digest);
    this.note(changes);
    return outcome;
  }

  /** Judges what must have come about by now, counted from its mark, or from `sinceMs` if that is later. */
  judgeEventually(sinceMs = 0): void {
    const due = this.scenario.eventually
      .filter(({ from }) => from === undefined || this.marks.has(from))
      .map((expected) => ({ expected, ms: Math.max(this.beginOf(expected), this.lastFaultMs, sinceMs) + (expected.withinMs ?? 0) }))
      .sort((a, b) => a.ms - b.ms);
    for (const { expected, ms } of due) {
      this.passTo(Math.max(ms, this.state.nowMs));
      if (this.expect('eventually', expected)) this.keep('eventually', expected, this.beginOf(expected));
    }
  }

  result(): RunResult {
    const { state, violations, watchEvents } = this;
    const lasting = this.scenario.always.filter((one) => !this.broken.has(one) && (one.from === undefined || this.marks.has(one.from)));
    const held = [...this.held, ...lasting.map((one) => heldOf('always', one, this.beginOf(one), state.nowMs))];
    return { violations, held, startMs: state.startMs, nowMs: state.nowMs, digest: hashToHex(state.digest), watchEvents };
  }

  private beginOf({ from }: Expected): number {
    return from === undefined ? this.state.startMs : (this.marks.get(from) ?? this.state.startMs);
  }

  private turn(goal: AdvanceGoal, keep: (rest: AdvanceGoal) => void): { done: boolean; reached: boolean } {
    const { commit, slice } = executeSlice(this.state, goal, ONE_INSTANT);
    keep(slice.rest);
    this.note(commit.changes);
    return { done: slice.done, reached: slice.reached };
  }

  private note(changes: readonly Change[]): void {
    this.watchEvents += changes.length;
    if (changes.length === 0) return;
    this.judgeLasting(({ from }) => from === undefined || this.marks.has(from));
    this.observer?.(this, changes);
  }

  /** Judges what must hold at all times; what does not is said once. */
  private judgeLasting(counts: (expected: Expected) => boolean): void {
    for (const expected of this.scenario.always)
      if (!this.broken.has(expected) && counts(expected) && !this.expect('always', expected)) this.broken.add(expected);
  }

  private get look(): Look {
    return { state: this.state, namespace: this.scenario.namespace, marks: this.marks };
  }

  /** Judges an expectation now; writes down that it does not hold. */
  private expect(kind: Violation['kind'], { judged, place, because }: Expected): boolean {
    const { holds, found } = this.judge.judge(judged, this.look);
    if (holds) return true;
    const explanation = judged.about === undefined ? [] : this.explain(judged.about);
    this.violations.push({ kind, place, expected: judged.expression, found, because, atMs: this.state.nowMs, explanation });
    return false;
  }

  private keep(kind: Held['kind'], expected: Expected, fromMs: number): void {
    this.held.push(heldOf(kind, expected, fromMs, this.state.nowMs));
  }

  private explain(reference: string): readonly string[] {
    const target = targetOf(this.state, reference, this.scenario.namespace);
    if (target === undefined) return [];
    const found = explain(this.state, target.kind, target.namespace, target.name);
    return found === undefined ? [`There is no ${reference}.`] : found.findings.map(({ sentence }) => sentence);
  }

  /** Writes down a violation after which no step is taken. */
  fail(violation: Violation): void {
    this.violations.push(violation);
    this.hasFailed = true;
  }

  failStep(place: Place, expected: string, found: string, explanation: readonly string[] = []): void {
    if (!this.judgesSteps) return;
    this.fail({ kind: 'step', place, expected, found, because: undefined, atMs: this.state.nowMs, explanation });
  }

  /** Begins a step; one that takes no time is over then. */
  private take(step: Step): void {
    const { body } = step;
    const { nowMs } = this.state;
    const refused = this.begin(step);
    if (refused === PASSING) return;
    this.acts?.push({ atMs: nowMs, body });
    this.step += 1;
    if (body.rejected !== undefined) {
      if (refused === undefined) this.failStep(step.place, `it is refused with ${JSON.stringify(body.rejected)}`, 'it was accepted');
      else if (!refused.includes(body.rejected)) this.failStep(step.place, `it is refused with ${JSON.stringify(body.rejected)}`, refused);
    } else if (refused !== undefined) this.failStep(step.place, 'it is accepted', refused);
  }

  private begin(step: Step): string | undefined | typeof PASSING {
    const { body, place } = step;
    if ('apply' in body)
      return this.perform({ type: 'manifests', mode: 'apply', namespace: this.scenario.namespace, objects: step.objects });
    if ('delete' in body) {
      const { gracePeriodSeconds } = body;
      return this.ask(body.delete, { verb: 'delete' }, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    }
    if ('patch' in body) {
      const { on, merge, strategic, json } = body.patch;
      const patchType = merge !== undefined ? 'merge' : strategic !== undefined ? 'strategic' : 'json';
      return this.ask(on, { verb: 'patch', patchType, body: (merge ?? strategic ?? json) as JsonObject });
    }
    if ('scale' in body)
      return this.ask(body.scale.on, { verb: 'patch', patchType: 'merge', body: { spec: { replicas: body.scale.replicas } } });
    if ('label' in body)
      return this.ask(body.label.on, { verb: 'patch', patchType: 'merge', body: { metadata: { labels: body.label.labels } } });
    if ('image' in body)
      return this.perform({ type: 'image', reference: body.image.reference, behavior: body.image.behavior as JsonObject });
    if ('fault' in body) return this.beginFault(body.fault);
    if ('end-fault' in body) {
      const id = this.faultIds.get(body['end-fault']);
      return id === undefined ? `no fault goes by the name ${body['end-fault']}` : this.perform({ type: 'end-fault', id });
    }
    if ('mark' in body) {
      this.marks.set(body.mark, this.state.nowMs);
      this.judgeLasting(({ from }) => from === body.mark);
      return undefined;
    }
    if ('drain' in body) return beginDrain(this, body.drain, this.state.nowMs + (body.within ?? WAIT_MS), place);
    if ('exec' in body) return beginExec(this, body.exec, place);
    if ('advance' in body) return this.beginAdvance(body.advance, place);
    if ('wait' in body) return this.beginWait(body.wait, place);
    return this.beginExpect(step);
  }

  private ask(
    reference: string,
    request: { verb: 'delete' } | { verb: 'patch'; patchType: 'merge' | 'strategic' | 'json'; body: JsonObject },
    options: object = {},
  ): string | undefined {
    const target = targetOf(this.state, reference, this.scenario.namespace);
    if (target === undefined) return `${reference} names no kind of the cluster`;
    const { kind, namespace, name } = target;
    return this.perform({
      type: 'request',
      request: { ...request, resource: resourceOf(kind), ...(namespace === undefined ? {} : { namespace }), name, options },
    });
  }

  private beginFault(body: Parameters<typeof faultOfBody>[0]): string | undefined {
    const parsed = faultOfBody(body);
    if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join('; ');
    const refused = this.perform({
      type: 'fault',
      fault: faultFrom(parsed.data),
      afterMs: parsed.data.after ?? 0,
      forMs: parsed.data.for ?? null,
    });
    if (refused === undefined) this.lastFaultMs = this.state.nowMs + (parsed.data.after ?? 0);
    if (refused === undefined && body.as !== undefined) this.faultIds.set(body.as, lastFaultId(this.state));
    return refused;
  }

  /** A drain beside the steps, which go on when it is over. */
  drain(node: string, deadlineMs: number): void {
    const { passage } = this;
    const step = this.step;
    this.passage = undefined;
    if (beginDrain(this, node, deadlineMs, this.scenario.place) === PASSING)
      while (this.passage !== undefined && !this.hasFailed) this.goOn();
    this.passage = passage;
    this.step = step;
  }

  /** Lets time pass on behalf of the step that is under way. */
  pass(goal: AdvanceGoal, done: Passage['done']): typeof PASSING {
    this.passage = { goal, done };
    return PASSING;
  }

  private beginAdvance(given: number | Parameters<typeof advanceGoalOf>[0], place: Place): string | typeof PASSING {
    const { nowMs, startMs } = this.state;
    if (typeof given === 'number') return this.pass({ kind: 'to', toMs: nowMs + given }, () => {});
    try {
      const goal = advanceGoalOf(given, { nowMs, startMs, kinds: clusterKinds(this.state) });
      if (goal.kind === 'to' || goal.kind === 'steps') return this.pass(goal, () => {});
      const deadlineMs = nowMs + (goal.timeoutMs ?? IDLE_MS);
      if (goal.kind === 'idle') return this.pass({ kind: 'idle', deadlineMs }, () => {});
      if (goal.kind !== 'until') return 'it is no way to advance';
      return this.waitFor(goal.condition, deadlineMs, place, given.until === 'idle' ? 'idle' : (given.until?.for ?? ''));
    } catch (error) {
      if (error instanceof ProblemError) return error.problem.detail ?? error.message;
      throw error;
    }
  }

  private beginWait(
    {
      for: text,
      on,
      resource,
      selector,
      timeout = WAIT_MS,
    }: { for: string; on?: string | undefined; resource?: string | undefined; selector?: string | undefined; timeout?: number | undefined },
    place: Place,
  ): string | typeof PASSING {
    const parsed = parseWaitFor(text);
    if (typeof parsed === 'string') return parsed;
    const target = this.waitTarget(on, resource);
    if (typeof target === 'string') return target;
    const { kind, namespace, name } = target;
    const selection = parseSelection({ kind, namespace, name: name === '' ? undefined : name }, { labelSelector: selector ?? '' });
    if (!selection.ok) return selection.status.message ?? `${selector} is not a selector`;
    const condition: WaitCondition = { for: parsed, selection: selection.value };
    return this.waitFor(condition, this.state.nowMs + timeout, place, `${text} on ${on ?? `${resource ?? ''} ${selector ?? ''}`.trim()}`);
  }

  private waitTarget(on: string | undefined, resource: string | undefined): Target | string {
    if (on !== undefined) return targetOf(this.state, on, this.scenario.namespace) ?? `${on} names no kind of the cluster`;
    const kind = findKind(clusterKinds(this.state), resource ?? 'pods');
    if (kind === undefined) return `${resource} is no kind of the cluster`;
    return { kind, name: '', namespace: kind.namespaced ? this.scenario.namespace : undefined };
  }

  private waitFor(condition: WaitCondition, deadlineMs: number, place: Place, text: string): typeof PASSING {
    return this.pass({ kind: 'until', condition, deadlineMs }, (run, reached) => {
      if (reached) return;
      const { nearest, explanation } = explainUnmet(run.state, condition);
      const found = nearest === undefined ? 'nothing is selected' : `${nearest.resource}/${nearest.name}: ${nearest.state}`;
      run.failStep(
        place,
        `${text} by ${formatInstant(deadlineMs)}`,
        found,
        explanation.map(({ sentence }) => sentence),
      );
    });
  }

  private beginExpect({ expected, place }: Step): undefined | typeof PASSING {
    if (expected === undefined || !this.judgesSteps) return undefined;
    const { withinMs } = expected;
    const sinceMs = this.state.nowMs;
    if (withinMs === undefined) {
      if (this.expect('step', expected)) this.keep('step', expected, sinceMs);
      else this.hasFailed = true;
      return undefined;
    }
    const deadlineMs = sinceMs + withinMs;
    const look = (run: Run): void => {
      if (run.judge.judge(expected.judged, run.look).holds) return run.keep('step', expected, sinceMs);
      if (run.state.nowMs >= deadlineMs) {
        run.expect('step', { ...expected, place });
        run.hasFailed = true;
        return;
      }
      run.step -= 1;
      run.pass({ kind: 'change', deadlineMs }, look);
    };
    return this.pass({ kind: 'to', toMs: this.state.nowMs }, look);
  }
}

const ONE_INSTANT = { ...SLICE_LIMITS_DEFAULT, mustYield: () => true };

function heldOf(kind: Held['kind'], { judged, place, because }: Expected, fromMs: number, toMs: number): Held {
  return { kind, place, expected: judged.expression, because, fromMs, toMs };
}
