// A counterexample as a scenario of its own: the file up to the first strike, the strikes, what the steps did after it, and nothing else. It is made smaller as
// long as the same expectation fails.

import { isJsonObject, type Json, type JsonObject } from '../engine/apimachinery/meta.ts';
import { formatDuration } from '../engine/apimachinery/time.ts';
import type { Struck, Trial } from './explore.ts';
import type { Violation } from './run.ts';
import { runScenario } from './run-scenario.ts';
import { buildScenario, type Files, type Scenario } from './scenario.ts';

/** Scenarios that are run to make one smaller. */
const TRIES_MAX = 200;
const NODES_DEFAULT = 3;

export interface Counterexample {
  readonly source: JsonObject;
  readonly violation: Violation;
  /** Scenarios that were run on the way. */
  readonly tries: number;
}

/** The scenario of a trial whose first violation is one of a drain or an expectation. */
export function sourceOf(scenario: Scenario, { struck, acts }: Trial, violation: Violation): JsonObject {
  const { matrix: _, explore: __, steps: given, eventually, always, ...rest } = scenario.source;
  const original = Array.isArray(given) ? (given as JsonObject[]) : [];
  const [first] = struck;
  if (first === undefined) return scenario.source;
  const steps: JsonObject[] = original.slice(0, first.step).map((step) => inlined(step, scenario, original));
  let nowMs = first.atMs - first.intoStepMs;
  const passTo = (ms: number): void => {
    if (ms > nowMs) steps.push({ advance: formatDuration(ms - nowMs) });
    nowMs = Math.max(nowMs, ms);
  };
  const later = [
    ...struck.map((one) => ({ atMs: one.atMs, steps: strikeSteps(one) })),
    ...acts
      .filter(({ body }) => !['advance', 'wait', 'expect'].some((verb) => verb in body))
      .map(({ atMs, body }) => ({ atMs, steps: [inlined(body as JsonObject, scenario, original)] })),
  ].sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, steps: made } of later) {
    passTo(atMs);
    steps.push(...made);
  }
  if (violation.kind === 'always') passTo(violation.atMs);
  const isDrain = struck.some(({ strike }) => strike.type === 'drain');
  return {
    ...rest,
    manifests: [...scenario.manifests],
    steps,
    ...(Array.isArray(always) ? { always } : {}),
    // What must be so in the end is judged as late as the file says, counted from the fault.
    ...(Array.isArray(eventually) && !isDrain ? { eventually } : {}),
  };
}

/** A step with its objects in place of files. */
function inlined(step: JsonObject, scenario: Scenario, original: readonly JsonObject[]): JsonObject {
  if (step['apply'] === undefined) return step;
  const found = scenario.steps.find(({ body }, index) => (body as unknown) === step || original[index] === step);
  return found === undefined ? step : { ...step, apply: [...found.objects] };
}

function strikeSteps({ strike, lastsMs }: Struck): JsonObject[] {
  if (strike.type === 'drain') return [{ drain: strike.node } as JsonObject];
  const { type, ...target } = strike.fault;
  const shown = Object.fromEntries(Object.entries(target).filter(([, value]) => value !== null));
  return [{ fault: { type, ...shown, ...(lastsMs === null ? {} : { for: formatDuration(lastsMs) }) } }];
}

/** The smallest scenario that was found in which the same expectation fails; undefined when the trial cannot be told as a file. */
export async function shrink(scenario: Scenario, trial: Trial, violation: Violation, files: Files): Promise<Counterexample | undefined> {
  let tries = 0;
  const violationsOf = async (source: JsonObject): Promise<readonly Violation[] | undefined> => {
    const built = await buildScenario(scenario.file, source, () => violation.place, files);
    return built.ok ? runScenario(built.scenario).violations : undefined;
  };
  const failing = async (source: JsonObject): Promise<Violation | undefined> => {
    tries += 1;
    const found = (await violationsOf(source))?.find(({ expected }) => expected === violation.expected);
    if (found === undefined) return undefined;
    // The strikes must be what makes it fail.
    const steps = ((source['steps'] ?? []) as JsonObject[]).filter((step) => !isStrike(step));
    return (await violationsOf({ ...source, steps }))?.length === 0 ? found : undefined;
  };
  let source = sourceOf(scenario, trial, violation);
  let found = await failing(source);
  if (found === undefined) return undefined;
  const next = async (): Promise<boolean> => {
    for (const candidate of smaller(source)) {
      if (tries >= TRIES_MAX) return false;
      const still = await failing(candidate);
      if (still === undefined) continue;
      [source, found] = [candidate, still];
      return true;
    }
    return false;
  };
  while (await next());
  return { source, violation: found, tries };
}

/** Smaller scenarios, the boldest first: without a fault, without an object, with fewer replicas, with fewer nodes, with rounder times. */
function* smaller(source: JsonObject): Generator<JsonObject> {
  const steps = (source['steps'] ?? []) as JsonObject[];
  for (const [index, step] of steps.entries()) {
    const isOnly = steps.filter(isStrike).length === 1;
    if (!isOnly || !isStrike(step)) yield { ...source, steps: without(steps, index) };
  }
  const manifests = (source['manifests'] ?? []) as JsonObject[];
  for (const index of manifests.keys()) yield { ...source, manifests: without(manifests, index) };
  for (const [index, object] of manifests.entries()) {
    const spec = object['spec'];
    const replicas = isJsonObject(spec as Json) ? (spec as JsonObject)['replicas'] : undefined;
    if (typeof replicas !== 'number' || replicas < 2) continue;
    for (const fewer of new Set([1, Math.floor(replicas / 2), replicas - 1])) {
      const made = { ...object, spec: { ...(spec as JsonObject), replicas: fewer } };
      yield { ...source, manifests: manifests.map((one, at) => (at === index ? made : one)) };
    }
  }
  const cluster = isJsonObject(source['cluster'] as Json) ? (source['cluster'] as JsonObject) : {};
  const nodes = typeof cluster['nodes'] === 'number' ? cluster['nodes'] : cluster['nodes'] === undefined ? NODES_DEFAULT : 0;
  for (let fewer = 1; fewer < nodes; fewer += 1) yield { ...source, cluster: { ...cluster, nodes: fewer } };
  for (const [index, { advance }] of steps.entries()) {
    if (typeof advance !== 'string') continue;
    for (const rounder of rounderThan(advance))
      yield { ...source, steps: steps.map((one, at) => (at === index ? { advance: rounder } : one)) };
  }
}

function isStrike(step: JsonObject): boolean {
  return 'fault' in step || 'drain' in step;
}

function without<T>(items: readonly T[], index: number): T[] {
  return items.filter((_, at) => at !== index);
}

/** Whole seconds, then tens, for a time that is neither. */
function rounderThan(advance: string): string[] {
  const seconds = /^(?:(\d+)m)?(\d+(?:\.\d+)?)s$/.exec(advance);
  if (seconds === null) return [];
  const total = Number(seconds[1] ?? 0) * 60 + Number(seconds[2]);
  const found = new Set([Math.ceil(total / 10) * 10, Math.ceil(total)].filter((value) => value !== total));
  return [...found].map((value) => formatDuration(value * 1000));
}
