// How many replicas a resource metric asks for, as pure functions.
// Upstream: pkg/controller/podautoscaler/replica_calculator.go, metrics/utilization.go, metrics/client.go (v1.33).
// Rules: C604-C609, C619.

import { parseTime } from '../../apimachinery/time.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { quantityToMilli } from '../../apimachinery/quantity.ts';
import type { PodUsage } from '../../kinds/shared/pod-metrics.ts';
import { sidecarsOf } from '../../kinds/shared/pod-state.ts';

/** By how much a ratio may miss 1, and for how long a pod's CPU is not trusted (C602). */
export const TOLERANCE = 0.1;
const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;

export interface ResourceQuestion {
  readonly resource: string;
  /** Empty: all containers. */
  readonly container: string;
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  /** Undefined without a metrics server. */
  readonly usages: readonly PodUsage[] | undefined;
  readonly nowMs: number;
}

export type Answer =
  | { readonly ok: true; readonly replicas: number; readonly utilization?: number; readonly averageMilli: number }
  | { readonly ok: false; readonly error: string };

interface Sample {
  readonly milli: number;
  readonly timestampMs: number;
  readonly windowMs: number;
}

/** Samples by pod name. */
type Samples = Map<string, Sample>;

/** C604: of a share of the requests, in percent. */
export function replicasForUtilization(question: ResourceQuestion, target: number): Answer {
  const samples = samplesOf(question);
  if (typeof samples === 'string') return failed(samples);
  const groups = groupPods(question, samples);
  if (typeof groups === 'string') return failed(groups);
  const requests = requestsOf(question);
  if (typeof requests === 'string') return failed(requests);
  const measured = utilizationOf(groups.values, requests);
  if (measured === undefined) return failed('no metrics returned matched known pods');
  const ratioOf = (values: ReadonlyMap<string, number>): number => (utilizationOf(values, requests)?.percent ?? 0) / target;
  // C608: a pod that tells nothing is taken to use all that it asked for, or the target where that is more.
  const fallback = (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100);
  const replicas = replicasFor(question, groups, ratioOf, fallback);
  return { ok: true, replicas, utilization: measured.percent, averageMilli: measured.averageMilli };
}

/** C605: of an amount for each pod. */
export function replicasForAverage(question: ResourceQuestion, targetMilli: number): Answer {
  const samples = samplesOf(question);
  if (typeof samples === 'string') return failed(samples);
  const groups = groupPods(question, samples);
  if (typeof groups === 'string') return failed(groups);
  const ratioOf = (values: ReadonlyMap<string, number>): number => meanOf(values) / targetMilli;
  const replicas = replicasFor(question, groups, ratioOf, () => targetMilli);
  return { ok: true, replicas, averageMilli: meanOf(groups.values) };
}

function failed(error: string): Answer {
  return { ok: false, error };
}

/** C619: what the metrics API knows of the pods. */
function samplesOf({ resource, container, usages }: ResourceQuestion): Samples | string {
  const head = `unable to get metrics for resource ${resource}: `;
  if (usages === undefined)
    return `${head}unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`;
  if (usages.length === 0) return `${head}no metrics returned from resource metrics API`;
  const samples: Samples = new Map();
  for (const { pod, containers, timestampMs, windowMs } of usages) {
    const counted = container === '' ? containers : containers.filter(({ name }) => name === container);
    if (counted.length === 0)
      return `${head}container ${container} not present in metrics for pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    if (resource !== 'cpu' && resource !== 'memory') continue;
    const milliOf = resource === 'cpu' ? (nano: number) => Math.ceil(nano / 1_000_000) : (bytes: number) => bytes * 1000;
    const milli = counted.reduce((sum, usage) => sum + milliOf(resource === 'cpu' ? usage.cpuNano : usage.memoryBytes), 0);
    samples.set(pod.metadata.name, { milli, timestampMs, windowMs });
  }
  return samples;
}

interface Groups {
  readonly readyCount: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
  /** What counts, in thousandths by pod name. */
  readonly values: ReadonlyMap<string, number>;
}

/** Which pods count, which are not ready, and of which nothing is known (C606, C607). */
function groupPods({ pods, resource, nowMs }: ResourceQuestion, samples: Samples): Groups | string {
  if (pods.length === 0) return 'no pods returned by selector while calculating replica count';
  const values = new Map([...samples].map(([name, { milli }]) => [name, milli]));
  const unready: string[] = [];
  const missing: string[] = [];
  let readyCount = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') values.delete(name);
    else if (pod.status.phase === 'Pending' || (sample !== undefined && resource === 'cpu' && isUnready(pod, sample, nowMs))) {
      unready.push(name);
      values.delete(name);
    } else if (sample === undefined) missing.push(name);
    else readyCount += 1;
  }
  if (values.size === 0) return 'did not receive metrics for targeted pods (pods might be unready)';
  return { readyCount, unready, missing, values };
}

/** C606: a pod whose CPU says nothing yet about its load. */
function isUnready(pod: Pod, { timestampMs, windowMs }: Sample, nowMs: number): boolean {
  const ready = pod.status.conditions?.find(({ type }) => type === 'Ready');
  const startMs = parseTime(pod.status.startTime ?? '');
  if (ready === undefined || startMs === undefined) return true;
  const turnedMs = parseTime(ready.lastTransitionTime ?? '') ?? 0;
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return ready.status === 'False' || timestampMs < turnedMs + windowMs;
  return ready.status === 'False' && startMs + INITIAL_READINESS_MS > turnedMs;
}

/** C609: requests in thousandths by pod name. */
function requestsOf({ pods, resource, container }: ResourceQuestion): ReadonlyMap<string, number> | string {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    let sum = 0;
    for (const { name, resources } of longLivedContainers(pod)) {
      if (container !== '' && container !== name) continue;
      const request = resources?.requests?.[resource];
      if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`;
      sum += quantityToMilli(request);
    }
    requests.set(pod.metadata.name, sum);
  }
  return requests;
}

function longLivedContainers({ spec }: Pod): readonly Container[] {
  return [...spec.containers, ...sidecarsOf(spec)];
}

/** C604: whole percent, rounded down; undefined when nothing is asked for. */
function utilizationOf(
  values: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
): { percent: number; averageMilli: number } | undefined {
  let used = 0;
  let requested = 0;
  let count = 0;
  for (const [name, milli] of values) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += milli;
    requested += request;
    count += 1;
  }
  return requested === 0 ? undefined : { percent: Math.trunc((used * 100) / requested), averageMilli: Math.trunc(used / count) };
}

function meanOf(values: ReadonlyMap<string, number>): number {
  return Math.trunc([...values.values()].reduce((sum, milli) => sum + milli, 0) / values.size);
}

/** C604, C608; worked examples are C623 and C624. */
function replicasFor(
  { currentReplicas }: ResourceQuestion,
  { readyCount, unready, missing, values }: Groups,
  ratioOf: (values: ReadonlyMap<string, number>) => number,
  fallback: (name: string) => number,
): number {
  const ratio = ratioOf(values);
  const countsUnready = unready.length > 0 && ratio > 1;
  if (!countsUnready && missing.length === 0) return isWithin(ratio) ? currentReplicas : Math.ceil(ratio * readyCount);
  const filled = new Map(values);
  if (ratio !== 1) for (const name of missing) filled.set(name, ratio < 1 ? fallback(name) : 0);
  if (countsUnready) for (const name of unready) filled.set(name, 0);
  const corrected = ratioOf(filled);
  if (isWithin(corrected) || (ratio < 1 && corrected > 1) || (ratio > 1 && corrected < 1)) return currentReplicas;
  const replicas = Math.ceil(corrected * filled.size);
  const isWrongWay = (corrected < 1 && replicas > currentReplicas) || (corrected > 1 && replicas < currentReplicas);
  return isWrongWay ? currentReplicas : replicas;
}

/** C602: too close to the target to be worth a change. */
function isWithin(ratio: number): boolean {
  return ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE;
}
