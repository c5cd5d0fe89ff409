// Watches over nodes: marks those whose kubelet is silent, tells of them, and taints them. A pass is made only when there is something that it
// could find: a node has changed, a kubelet has fallen silent, or a period of grace is over. Between these every pass would find what the last one left.
// Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/util/node/controller_utils.go (v1.33). Rules: C701-C717, C730.
// Deviation: C707, a pod that is bound to a node after the node was found silent is not marked by this controller; its kubelet has never said that it
// is ready.

import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { getObject, listByTerm, listObjects, writeObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { Change } from '../../kernel/store.ts';
import { setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import {
  GRACE_MS,
  hasReadyCondition,
  nextPassMs,
  noticedMs,
  readyStatusOf,
  STARTUP_GRACE_MS,
  taintIntervalMs,
  unknownConditions,
  type ZoneState,
  zoneOf,
  zoneStateOf,
} from './health.ts';
import { executingTaintOf, executingTaints, mirroredTaints } from './taints.ts';

const NAME = 'node-lifecycle';
const PASS_TIMER = 'node-lifecycle.pass';
const TAINT_TIMER = 'node-lifecycle.taint';
const SOURCE = { component: 'node-controller' };
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';

/** What the controller asks of the world: when a node renewed its Lease for the last time; undefined while it goes on renewing. */
export type LastRenewalMs = (state: ClusterState, node: string) => number | undefined;

/** A zone's token and those of its nodes that wait for it. */
interface Zone {
  state: ZoneState;
  /** A node may be tainted from then on. */
  freeAtMs: number;
  /** Names, in the order in which they were found. */
  waiting: string[];
}

/** Probe times that were set anew when a disruption of everything ended (C714). */
const probes = defineTable<{ atMs: number }>('node-lifecycle.probes');
const zones = defineTable<Zone>('node-lifecycle.zones');

export function createNodeLifecycle(lastRenewalMs: LastRenewalMs): Component {
  const pass = (state: ClusterState): void => monitor(state, lastRenewalMs);
  return {
    name: NAME,
    watches: { nodes: receiveNode },
    notices: { nodes: passAtOnce },
    reconcile: mirrorTaints,
    timers: { [PASS_TIMER]: pass, [TAINT_TIMER]: taintWaiting },
  };
}

/** C717: nodes of the beginning are known for long. */
function receiveNode(state: ClusterState, change: Change): void {
  const node = change.object as Node;
  const { name, creationTimestamp = '' } = node.metadata;
  const tell = (reason: string, what: string): void =>
    record(
      state,
      node,
      'Normal',
      reason,
      `Node ${name} event: ${what} Node ${name} ${reason === 'RemovingNode' ? 'from' : 'in'} Controller`,
    );
  // A zone that was judged before is judged anew.
  if (needsPass(node) || zones.rows(state).size > 0) watchNodes(state);
  if (change.type === 'DELETED') {
    probes.remove(state, name);
    return tell('RemovingNode', 'Removing');
  }
  if (change.type === 'ADDED' && (parseTime(creationTimestamp) ?? 0) > state.startMs) tell('RegisteredNode', 'Registered');
  enqueue(state, NAME, name);
}

/** C710: at once, whatever the monitor does. */
function mirrorTaints(state: ClusterState, name: string): void {
  const node = getObject(state, nodeKind, undefined, name);
  if (node === undefined) return;
  const taints = mirroredTaints(node, state.nowMs);
  if (taints !== undefined) writeTaints(state, node, taints);
}

function needsPass(node: Node): boolean {
  return readyStatusOf(node) !== 'True' || executingTaintOf(node) !== undefined;
}

/** Asks for a pass: a node has fallen silent, which no change of an object tells. */
export function watchNodes(state: ClusterState): void {
  setPass(state, nextPassMs(state.startMs, state.nowMs));
}

/** A pass that would be made at this instant anyway sees what kubelets have written at it. */
function passAtOnce(state: ClusterState): void {
  const isDue = noticedMs(state.startMs, state.nowMs) === state.nowMs;
  if (state.clockMode === 'exact' && isDue && zones.rows(state).size > 0) setPass(state, state.nowMs);
}

function setPass(state: ClusterState, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: PASS_TIMER, key: '' });
}

/** One pass over all nodes (C702). */
function monitor(state: ClusterState, lastRenewalMs: LastRenewalMs): void {
  const nodes = listObjects(state, nodeKind);
  const counts = new Map<string, { ready: number; notReady: number }>();
  let mustGoOn = false;
  const silent: Silent[] = [];
  for (const node of nodes) {
    const observed = readyStatusOf(node);
    const renewedMs = lastRenewalMs(state, node.metadata.name);
    const current = renewedMs === undefined && hasReadyCondition(node) ? node : markSilent(state, node, renewedMs);
    const isExcluded = node.metadata.labels?.[EXCLUDED] !== undefined;
    const zone = zoneOf(node);
    const count = counts.get(zone) ?? { ready: 0, notReady: 0 };
    counts.set(zone, count);
    if (!isExcluded) count[readyStatusOf(current) === 'True' ? 'ready' : 'notReady'] += 1;
    follow(state, current, hasReadyCondition(node) ? observed : 'True');
    mustGoOn ||= renewedMs !== undefined || needsPass(current);
    if (renewedMs !== undefined || !hasReadyCondition(current)) silent.push({ node: current, renewedMs });
  }
  judgeZones(state, nodes, counts);
  taintWaiting(state);
  if (state.clockMode === 'reference') {
    if (mustGoOn) watchNodes(state);
    return;
  }
  const ends = silent.flatMap((one) => graceEndMs(state, one) ?? []);
  if (ends.length > 0) setPass(state, noticedMs(state.startMs, Math.min(...ends)));
}

/** A node whose kubelet is not heard of. */
interface Silent {
  readonly node: Node;
  readonly renewedMs: number | undefined;
}

/** When a silent node is marked (C703, C706); undefined: it is. */
function graceEndMs(state: ClusterState, { node, renewedMs }: Silent): number | undefined {
  if (hasReadyCondition(node) && readyStatusOf(node) === 'Unknown') return undefined;
  const { name, creationTimestamp = '' } = node.metadata;
  const createdMs = parseTime(creationTimestamp) ?? state.startMs;
  const probeMs = Math.max(noticedMs(state.startMs, renewedMs ?? createdMs), probes.get(state, name)?.atMs ?? 0);
  return hasReadyCondition(node) ? probeMs + GRACE_MS : createdMs + STARTUP_GRACE_MS;
}

/** C704, C705, C707. One exactly at the end of its grace is late already. */
function markSilent(state: ClusterState, node: Node, renewedMs: number | undefined): Node {
  const { name } = node.metadata;
  const endMs = graceEndMs(state, { node, renewedMs });
  const wasReady = readyStatusOf(node) === 'True';
  if (endMs === undefined || state.nowMs < endMs) return node;
  const marked = writeStatus(state, nodeKind, node, { ...node.status, conditions: unknownConditions(node, state.nowMs) });
  if (!wasReady) return marked;
  record(state, marked, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  for (const pod of listByTerm<Pod>(state, podKind, `node:${name}`)) markPod(state, pod);
  return marked;
}

function markPod(state: ClusterState, pod: Pod): void {
  const conditions = pod.status.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'False') return;
  const turned = { ...ready, status: 'False' as const, lastTransitionTime: formatTime(state.nowMs) };
  const written = writeStatus(state, podKind, pod, {
    ...pod.status,
    conditions: conditions.map((item) => (item === ready ? turned : item)),
  });
  record(state, written, 'Warning', 'NodeNotReady', 'Node is not ready');
}

/** C712, C716: what a node's status at the beginning of the pass asks for. */
function follow(state: ClusterState, node: Node, observed: 'True' | 'False' | 'Unknown'): void {
  const zone = zoneRow(state, zoneOf(node));
  const { name } = node.metadata;
  if (observed === 'True') {
    zone.waiting = zone.waiting.filter((waiting) => waiting !== name);
    return executeTaint(state, node, 'True');
  }
  // A node that has one of the two taints gets the other at once.
  if (executingTaintOf(node) !== undefined) return executeTaint(state, node, observed);
  if (!zone.waiting.includes(name)) zone.waiting.push(name);
}

/** Which zones have lost so many nodes that evictions slow down or stop (C714). */
function judgeZones(state: ClusterState, nodes: readonly Node[], counts: ReadonlyMap<string, { ready: number; notReady: number }>): void {
  const before = [...counts.keys()].map((zone) => zoneRow(state, zone).state);
  const states = [...counts.values()].map(({ ready, notReady }) => zoneStateOf(ready, notReady));
  const wasFull = before.length > 0 && before.every((zone) => zone === 'FullDisruption');
  const isFull = states.length > 0 && states.every((zone) => zone === 'FullDisruption');
  [...counts.keys()].forEach((zone, index) => (zoneRow(state, zone).state = states[index] ?? 'Normal'));
  if (isFull) for (const node of nodes) executeTaint(state, getObject(state, nodeKind, undefined, node.metadata.name) ?? node, 'True');
  if (wasFull && !isFull) for (const node of nodes) probes.put(state, node.metadata.name, { atMs: state.nowMs });
}

/** C713: as many of the waiting nodes as their zones have tokens for. */
function taintWaiting(state: ClusterState): void {
  const all = [...zones.rows(state).keys()];
  if (all.length > 0 && all.every((zone) => zones.require(state, zone).state === 'FullDisruption')) return;
  for (const name of all) {
    const zone = zones.edit(state, name);
    const intervalMs = taintIntervalMs(zone.state, listObjects(state, nodeKind).filter((node) => zoneOf(node) === name).length);
    if (intervalMs === undefined) continue;
    while (zone.waiting.length > 0 && zone.freeAtMs <= state.nowMs) {
      const node = getObject(state, nodeKind, undefined, zone.waiting.shift() ?? '');
      if (node === undefined || readyStatusOf(node) === 'True') continue;
      executeTaint(state, node, readyStatusOf(node));
      zone.freeAtMs = state.nowMs + intervalMs;
    }
    if (zone.waiting.length > 0)
      setTimer(state, {
        dueMs: Math.max(zone.freeAtMs, state.nowMs),
        rank: TIMER_RANKS.controller,
        order: 1,
        owner: TAINT_TIMER,
        key: name,
      });
  }
}

function executeTaint(state: ClusterState, node: Node, status: 'True' | 'False' | 'Unknown'): void {
  const taints = executingTaints(node, status, state.nowMs);
  if (taints !== undefined) writeTaints(state, node, taints);
}

function writeTaints(state: ClusterState, node: Node, taints: readonly Taint[]): void {
  const { taints: _before, ...spec } = node.spec;
  writeObject(state, nodeKind, { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } });
}

function zoneRow(state: ClusterState, name: string): Zone {
  if (!zones.has(state, name)) zones.put(state, name, { state: 'Normal', freeAtMs: 0, waiting: [] });
  return zones.edit(state, name);
}

function record(state: ClusterState, regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(state, { source: SOURCE, regarding, type, reason, message });
}
