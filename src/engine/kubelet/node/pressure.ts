// Node-pressure eviction, for a pressure that a fault asks for: every ten seconds one pod goes, until the pressure is over or no pod is left.
// Upstream: pkg/kubelet/eviction/{eviction_manager,helpers}.go (v1.33). Rules: K530-K532, K534, K535, K805.
// Deviation: K530, the amounts of a simulated node never run short by themselves, so that a pressure begins and ends with its fault, and the condition
// goes with it, not five minutes later. K533: volumes and logs have no limits here, so that no pod is evicted for its own disk.

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { getObject, listByTerm, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { quantityToNumber } from '../../apimachinery/quantity.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { isSilent, podWorkers, programOf } from '../model.ts';
import { recordPodEvent } from '../pods/pod-events.ts';
import { evictPod } from '../pods/pod-worker.ts';

export const EVICTION_TIMER = 'kubelet.eviction';

export type PressureResource = 'memory' | 'disk' | 'pid';

/** How often the kubelet looks for somebody to evict (K530). */
const ROUND_MS = 10_000;

interface Signal {
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
  readonly well: readonly [reason: string, message: string];
  /** What events and messages call it. */
  readonly resource: string;
  readonly threshold: string;
  readonly available: string;
}

const SIGNALS: Readonly<Record<PressureResource, Signal>> = {
  memory: {
    condition: 'MemoryPressure',
    reason: 'KubeletHasInsufficientMemory',
    message: 'kubelet has insufficient memory available',
    well: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    resource: 'memory',
    threshold: '100Mi',
    available: '64Mi',
  },
  disk: {
    condition: 'DiskPressure',
    reason: 'KubeletHasDiskPressure',
    message: 'kubelet has disk pressure',
    well: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    resource: 'ephemeral-storage',
    threshold: '10Gi',
    available: '5Gi',
  },
  pid: {
    condition: 'PIDPressure',
    reason: 'KubeletHasInsufficientPID',
    message: 'kubelet has insufficient PID available',
    well: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    resource: 'pids',
    threshold: '100',
    available: '50',
  },
};

const pressures = defineTable<{ node: string; resource: PressureResource }>('kubelet.pressures');

const keyOf = (node: string, resource: PressureResource): string => `${node}|${resource}`;

export function beginPressure(state: ClusterState, node: string, resource: PressureResource): void {
  pressures.put(state, keyOf(node, resource), { node, resource });
  turn(state, node, resource, true);
  arm(state, node, resource);
}

export function endPressure(state: ClusterState, node: string, resource: PressureResource): void {
  pressures.remove(state, keyOf(node, resource));
  clearTimer(state, EVICTION_TIMER, keyOf(node, resource));
  turn(state, node, resource, false);
}

/** One round (K531): at most one pod. */
export function fireEviction(state: ClusterState, key: string): void {
  const row = pressures.get(state, key);
  if (row === undefined) return;
  const { node: name, resource } = row;
  const node = getObject(state, nodeKind, undefined, name);
  if (node !== undefined && !isSilent(state, name)) {
    const signal = SIGNALS[resource];
    const [victim] = rank(state, name, resource);
    if (victim !== undefined) {
      recordNodeEvent(state, node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${signal.resource}`);
      const message = messageOf(victim, resource);
      recordPodEvent(state, name, victim, 'Warning', 'Evicted', message);
      evictPod(state, victim.metadata.uid, message);
    }
  }
  arm(state, name, resource);
}

function arm(state: ClusterState, node: string, resource: PressureResource): void {
  if (rank(state, node, resource).length === 0) return;
  const dueMs = state.nowMs + ROUND_MS;
  setTimer(state, { dueMs, rank: TIMER_RANKS.node, order: 0, owner: EVICTION_TIMER, key: keyOf(node, resource) });
}

/** The pods that may go, the first one first: without requests before others, then lower priority, then the larger request, then the younger. */
function rank(state: ClusterState, node: string, resource: PressureResource): readonly Pod[] {
  const pods = listByTerm<Pod>(state, podKind, `node:${node}`).filter((pod) => {
    const worker = podWorkers.get(state, pod.metadata.uid);
    return (
      worker !== undefined &&
      programOf(worker) === 'sync' &&
      worker.eviction === null &&
      pod.metadata.deletionTimestamp === undefined &&
      !isCritical(pod)
    );
  });
  const exceeds = (pod: Pod): number => (resource === 'memory' && requestOf(pod) > 0 ? 1 : 0);
  return pods.sort(
    (a, b) =>
      exceeds(a) - exceeds(b) ||
      (a.spec.priority ?? 0) - (b.spec.priority ?? 0) ||
      requestOf(b) - requestOf(a) ||
      (a.metadata.uid < b.metadata.uid ? -1 : 1),
  );
}

/** K531: what the node itself needs stays. */
function isCritical(pod: Pod): boolean {
  return (pod.spec.priority ?? 0) >= 2_000_000_000;
}

function requestOf(pod: Pod): number {
  return pod.spec.containers.reduce((sum, { resources }) => sum + quantityToNumber(resources?.requests?.['memory']), 0);
}

/** Why a pod was evicted (K532). */
function messageOf(pod: Pod, resource: PressureResource): string {
  const { resource: name, threshold, available } = SIGNALS[resource];
  const head = `The node was low on resource: ${name}. Threshold quantity: ${threshold}, available: ${available}. `;
  if (resource !== 'memory') return head;
  const containers = pod.spec.containers.map(({ name: container, resources }) => {
    const request = resources?.requests?.['memory'] ?? '0';
    return `Container ${container} was using ${resources?.limits?.['memory'] ?? '128Mi'}, request is ${request}, has larger consumption of ${name}. `;
  });
  return head + containers.join('');
}

function turn(state: ClusterState, name: string, resource: PressureResource, isUnderPressure: boolean): void {
  const node = getObject(state, nodeKind, undefined, name);
  if (node === undefined) return;
  const { condition: type, reason, message, well } = SIGNALS[resource];
  const now = formatTime(state.nowMs);
  const turned: Condition = {
    type,
    status: isUnderPressure ? 'True' : 'False',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason: isUnderPressure ? reason : well[0],
    message: isUnderPressure ? message : well[1],
  };
  const conditions = (node.status.conditions ?? []).map((condition) => (condition.type === type ? turned : condition));
  writeStatus(state, nodeKind, node, { ...node.status, conditions });
  const told = (isUnderPressure ? reason : well[0]).replace('Kubelet', 'Node');
  recordNodeEvent(state, node, 'Normal', told, `Node ${name} status is now: ${told}`);
}

function recordNodeEvent(state: ClusterState, node: Node, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(state, { source: { component: 'kubelet', host: node.metadata.name }, regarding: node, type, reason, message });
}
