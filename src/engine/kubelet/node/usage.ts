// CPU and memory that containers use, as the metrics server tells it: every 15 s it looks at each kubelet; a container is known from the first
// look on that comes at least 10 s after its start, and its CPU is the mean of the time since the look before, or since its start.
// Of most containers nothing is kept: what a look saw follows from when the container started and from its behaviour. Work on requests is counted (K931).
// Upstream: metrics-server/pkg/storage/{pod,node}.go (v0.7). Rules: C630, T5. A container whose behaviour does not say what it uses uses 1m and
// 10Mi; a node itself uses 50m and 512Mi.

import { parseQuantity, quantityToMilli, quantityToNumber } from '../../apimachinery/quantity.ts';
import { unorderedByTerm } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { UsageRule } from '../../kinds/shared/behavior.ts';
import type { ContainerUsage, PodUsage } from '../../kinds/shared/pod-metrics.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { containersOf, findContainer } from '../../containers/container-lists.ts';
import { podWorkers } from '../model.ts';
import { behaviorOf } from '../../containers/behaviors/behaviors.ts';
import { workBefore } from '../../containers/processes/load.ts';
import { timingOf } from '../../containers/timing.ts';
import type { Instance } from '../../containers/model.ts';

const CPU_NANO_DEFAULT = 1_000_000;
const MEMORY_BYTES_DEFAULT = 10 * 1024 * 1024;
const NODE_CPU_NANO = 50_000_000;
const NODE_MEMORY_BYTES = 512 * 1024 * 1024;

/** A container younger than this is not known yet. */
const AGE_MS_MIN = 10_000;

/** Whether the cluster has a metrics server (C619). */
export function hasMetrics(state: ClusterState): boolean {
  return timingOf(state).metricsResolutionMs > 0;
}

/** The last look of the metrics server. */
function lastLookMs(state: ClusterState): number {
  const { metricsResolutionMs } = timingOf(state);
  return Math.floor(state.nowMs / metricsResolutionMs) * metricsResolutionMs;
}

/** C630: what is known of these pods; undefined without a metrics server. */
export function usagesOfPods(state: ClusterState, pods: readonly Pod[]): readonly PodUsage[] | undefined {
  return hasMetrics(state) ? pods.flatMap((pod) => usageOfPod(state, pod) ?? []) : undefined;
}

/** C630: what is known of a pod; undefined when nothing is yet, or no more. */
export function usageOfPod(state: ClusterState, pod: Pod): PodUsage | undefined {
  // The metrics server knows of running pods only.
  if (!hasMetrics(state) || pod.status.phase !== 'Running') return undefined;
  const worker = podWorkers.get(state, pod.metadata.uid);
  if (worker === undefined) return undefined;
  const atMs = lastLookMs(state);
  const { metricsResolutionMs } = timingOf(state);
  const containers: ContainerUsage[] = [];
  let windowMs = metricsResolutionMs;
  for (const instance of runningAt(pod, worker.runtime.instances, atMs)) {
    const startedMs = instance.startedMs ?? 0;
    if (atMs - startedMs < AGE_MS_MIN) return undefined;
    const fromMs = Math.max(startedMs, atMs - metricsResolutionMs);
    windowMs = Math.min(windowMs, atMs - fromMs);
    containers.push(usageOf(state, pod, instance, { fromMs, atMs }));
  }
  return containers.length === 0 ? undefined : { pod, timestampMs: atMs, windowMs, containers };
}

/** Containers that ran at that instant, in the order of the pod's spec. */
function runningAt(pod: Pod, instances: readonly Instance[], atMs: number): readonly Instance[] {
  const isRunning = ({ startedMs, finishedMs }: Instance): boolean =>
    startedMs !== null && startedMs <= atMs && (finishedMs === null || finishedMs > atMs);
  const running = new Map(instances.filter(isRunning).map((instance) => [instance.container, instance]));
  return (['regular', 'init', 'ephemeral'] as const).flatMap((list) =>
    containersOf(pod, list).flatMap(({ name }) => running.get(name) ?? []),
  );
}

function usageOf(
  state: ClusterState,
  pod: Pod,
  instance: Instance,
  span: { readonly fromMs: number; readonly atMs: number },
): ContainerUsage {
  const { fromMs, atMs } = span;
  const { cpu, memory } = behaviorOf(state, instance);
  const startedMs = instance.startedMs ?? 0;
  const work = cpu.length > 0 || atMs <= fromMs ? 0 : (workBefore(state, instance.id, atMs) * 1000) / (atMs - fromMs);
  const nano = meanCpuNano(cpu, fromMs - startedMs, atMs - startedMs) + Math.round(work);
  // K931: nobody gets more of a processor than its limit.
  const limit = (instance.resources ?? findContainer(pod, instance.container)?.container.resources)?.limits?.['cpu'];
  return {
    name: instance.container,
    cpuNano: limit === undefined ? nano : Math.min(nano, quantityToMilli(limit) * 1_000_000),
    memoryBytes: memoryAt(memory, atMs - startedMs),
  };
}

/** The mean over a span of the container's life, in whole billionths of a core. */
export function meanCpuNano(rules: readonly UsageRule[], fromMs: number, toMs: number): number {
  const cuts = rules.flatMap((rule) => [rule.fromMs, rule.untilMs ?? toMs]).filter((ms) => ms > fromMs && ms < toMs);
  const edges = [...new Set([fromMs, ...cuts, toMs])].sort((a, b) => a - b);
  let used = 0;
  for (let i = 1; i < edges.length; i += 1) {
    const start = edges[i - 1] as number;
    used += ((edges[i] as number) - start) * cpuNanoAt(rules, start);
  }
  return toMs <= fromMs ? cpuNanoAt(rules, toMs) : Math.round(used / (toMs - fromMs));
}

function cpuNanoAt(rules: readonly UsageRule[], elapsedMs: number): number {
  const value = valueAt(rules, elapsedMs);
  if (value === undefined) return CPU_NANO_DEFAULT;
  const parsed = parseQuantity(value);
  return parsed.ok ? Number(parsed.value.nano) : CPU_NANO_DEFAULT;
}

function memoryAt(rules: readonly UsageRule[], elapsedMs: number): number {
  const value = valueAt(rules, elapsedMs);
  return value === undefined || !parseQuantity(value).ok ? MEMORY_BYTES_DEFAULT : Math.round(quantityToNumber(value));
}

/** The first rule that holds at that time of the container's life. */
function valueAt(rules: readonly UsageRule[], elapsedMs: number): string | undefined {
  return rules.find(({ fromMs, untilMs }) => fromMs <= elapsedMs && (untilMs === null || elapsedMs < untilMs))?.value;
}

/** A node with its pods: the amounts of `kubectl top node`. Undefined before the node has been looked at twice. */
export interface NodeUsage {
  readonly timestampMs: number;
  readonly windowMs: number;
  readonly cpuNano: number;
  readonly memoryBytes: number;
}

/** T5: what a node and all the containers on it use. */
export function usageOfNode(state: ClusterState, name: string, createdMs: number): NodeUsage | undefined {
  if (!hasMetrics(state)) return undefined;
  const { metricsResolutionMs: windowMs } = timingOf(state);
  const atMs = lastLookMs(state);
  if (atMs - windowMs < createdMs) return undefined;
  let cpuNano = NODE_CPU_NANO;
  let memoryBytes = NODE_MEMORY_BYTES;
  for (const pod of unorderedByTerm(state, podKind, `node:${name}`)) {
    const worker = podWorkers.get(state, pod.metadata.uid);
    for (const instance of worker === undefined ? [] : runningAt(pod, worker.runtime.instances, atMs)) {
      const usage = usageOf(state, pod, instance, { fromMs: Math.max(instance.startedMs ?? 0, atMs - windowMs), atMs });
      cpuNano += usage.cpuNano;
      memoryBytes += usage.memoryBytes;
    }
  }
  return { timestampMs: atMs, windowMs, cpuNano, memoryBytes };
}
