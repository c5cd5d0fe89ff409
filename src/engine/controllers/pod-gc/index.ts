// The pod garbage collector: pods of nodes that are gone, and pods that nobody can end because their node is out of service. A pass is made only
// while there is such a node. Upstream: pkg/controller/podgc/gc_controller.go (v1.33). Rules: C741, C742.
// Deviation: C740, no pod is deleted because 12 500 have ended: a cluster of that size keeps its history within `--limits`. C743: a pod that was never
// bound goes with its DELETE (C744), so there is none to collect.

import { formatTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject, listByTerm, writeStatus } from '../../apiserver/api.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { Change } from '../../kernel/store.ts';
import { setTimer } from '../../kernel/timers.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

const NAME = 'pod-garbage-collector';
const TIMER = 'pod-gc';
const PERIOD_MS = 20_000;
/** How long the Node of a pod must be gone (C741). */
const QUARANTINE_MS = 40_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Nodes that a pass looks at: gone ones since when they were first missed, and those out of service. */
const suspects = defineTable<{ missedMs: number | null }>('pod-gc');

export const podGarbageCollector: Component = {
  name: NAME,
  watches: { nodes: receiveNode, pods: receivePod },
  reconcile() {},
  timers: { [TIMER]: collect },
};

function receiveNode(state: ClusterState, change: Change): void {
  const node = change.object as Node;
  const { name } = node.metadata;
  const isSuspect = change.type === 'DELETED' || isOutOfService(node);
  if (isSuspect && !suspects.has(state, name)) suspect(state, name);
}

/** A pod may name a node that never was. */
function receivePod(state: ClusterState, change: Change): void {
  const { nodeName } = (change.object as Pod).spec;
  if (change.type === 'DELETED' || nodeName === undefined || suspects.has(state, nodeName)) return;
  if ((change.previous as Pod | undefined)?.spec.nodeName === nodeName) return;
  if (getObject(state, nodeKind, undefined, nodeName) === undefined) suspect(state, nodeName);
}

function suspect(state: ClusterState, name: string): void {
  suspects.put(state, name, { missedMs: null });
  armPass(state);
}

function isOutOfService(node: Node): boolean {
  return node.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true;
}

function armPass(state: ClusterState): void {
  const dueMs = state.startMs + (Math.floor((state.nowMs - state.startMs) / PERIOD_MS) + 1) * PERIOD_MS;
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 3, owner: TIMER, key: '' });
}

function collect(state: ClusterState): void {
  for (const name of new Set(suspects.rows(state).keys())) {
    const node = getObject(state, nodeKind, undefined, name);
    const pods = listByTerm<Pod>(state, podKind, `node:${name}`);
    if (pods.length === 0 || (node !== undefined && !isOutOfService(node))) suspects.remove(state, name);
    else if (node === undefined) collectOrphans(state, name, pods);
    else collectOutOfService(state, node, pods);
  }
  if (suspects.rows(state).size > 0) armPass(state);
}

function collectOrphans(state: ClusterState, name: string, pods: readonly Pod[]): void {
  const row = suspects.edit(state, name);
  row.missedMs ??= state.nowMs;
  if (state.nowMs - row.missedMs < QUARANTINE_MS) return;
  for (const pod of pods) {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True' as const,
      lastProbeTime: null,
      lastTransitionTime: formatTime(state.nowMs),
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    };
    const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type);
    end(state, pod, { ...pod.status, conditions: [...others, condition] });
  }
}

/** Ends pods that wait on a node that is out of service (C742). */
function collectOutOfService(state: ClusterState, node: Node, pods: readonly Pod[]): void {
  const isReady = node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  if (isReady) return;
  for (const pod of pods) if (pod.metadata.deletionTimestamp !== undefined) end(state, pod, pod.status);
}

function end(state: ClusterState, pod: Pod, status: Pod['status']): void {
  const { namespace, name, uid } = pod.metadata;
  if (!isPodTerminal(pod)) writeStatus(state, podKind, pod, { ...status, phase: 'Failed' });
  deleteObject(state, podKind, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
}
