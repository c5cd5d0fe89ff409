// The decisions of a DaemonSet's sync as pure functions: on which nodes a pod belongs, which pods go, which nodes get one, and the status.
// Upstream: pkg/controller/daemon/daemon_controller.go podsShouldBeOnNode, NodeShouldRunDaemonPod, updateDaemonSetStatus; update.go
// rollingUpdate (v1.33). Rules: C401, C404, C405, C407, C408.

import type { DaemonSet, DaemonSetStatus } from '../../kinds/daemonset/types.ts';
import type { Node } from '../../kinds/node/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { matchesRequiredAffinity } from '../../kinds/shared/node-affinity.ts';
import { isTolerated } from '../../kinds/shared/taints.ts';
import { isAvailableSince, isPodReady, readySinceMs } from '../shared/pods.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

/** What the sync of one revision looks at. */
export interface DaemonView {
  readonly set: DaemonSet;
  /** A pod as the set would make it, for matching nodes. */
  readonly model: Pod;
  /** Hash of the present template, and the count of templates that older pods carry. */
  readonly hash: string;
  readonly generation: string;
  readonly nodes: readonly Node[];
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly nowMs: number;
}

export interface NodeVerdict {
  readonly shouldRun: boolean;
  readonly shouldContinue: boolean;
}

/** Whether a node should have a daemon, and whether one may stay (C401). */
export function judgeNode(model: Pod, node: Node): NodeVerdict {
  const { nodeName = '', tolerations = [] } = model.spec;
  const isOther = nodeName !== '' && nodeName !== node.metadata.name;
  if (isOther || !matchesRequiredAffinity(model, node)) return { shouldRun: false, shouldContinue: false };
  const untolerated = (node.spec.taints ?? []).filter((taint) => !isTolerated(taint, tolerations));
  const isEvicted = untolerated.some((taint) => taint.effect === 'NoExecute');
  const isKeptOff = untolerated.some((taint) => taint.effect === 'NoSchedule');
  return { shouldRun: !isEvicted && !isKeptOff, shouldContinue: !isEvicted };
}

/** C404: the node of a pod: where it is bound, or where its affinity sends it. */
export function targetNode(pod: Pod): string {
  const { nodeName = '' } = pod.spec;
  if (nodeName !== '') return nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    const field = term.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (field?.values?.[0] !== undefined) return field.values[0];
  }
  return '';
}

/** Pods by node. A pod that has ended and is being deleted no longer holds its node. */
export function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isPodTerminal(pod) && isDeleting(pod)) continue;
    const name = targetNode(pod);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [pod]);
    else group.push(pod);
  }
  return groups;
}

export interface NodePlan {
  readonly createsPod: boolean;
  readonly deletes: readonly Pod[];
  /** Ended pods; a failed one is deleted when its back-off is over. */
  readonly failed: readonly Pod[];
  readonly succeeded: readonly Pod[];
}

/** C404, C405: what one node needs. */
export function planNode(view: DaemonView, node: Node): NodePlan {
  const { shouldRun, shouldContinue } = judgeNode(view.model, node);
  const pods = view.podsByNode.get(node.metadata.name) ?? [];
  const nothing: NodePlan = { createsPod: false, deletes: [], failed: [], succeeded: [] };
  if (shouldRun && pods.length === 0) return { ...nothing, createsPod: true };
  const present = pods.filter((pod) => !isDeleting(pod));
  if (!shouldContinue) return { ...nothing, deletes: present };
  const failed = present.filter((pod) => pod.status.phase === 'Failed');
  const succeeded = present.filter((pod) => pod.status.phase === 'Succeeded');
  const running = present.filter((pod) => !isPodTerminal(pod)).sort(compareAge);
  const isSurging = surgeCount(view) !== 0;
  if (!isSurging) return { createsPod: false, deletes: running.slice(1), failed, succeeded };
  if (running.length <= 1) return { createsPod: running.length === 0 && shouldRun, deletes: [], failed, succeeded };
  return { createsPod: false, deletes: surplusOfSurge(view, running), failed, succeeded };
}

/** C407: of an old and a new pod the old one goes once it is unready or the new one is available. */
function surplusOfSurge(view: DaemonView, running: readonly Pod[]): readonly Pod[] {
  const [newest, ...moreNew] = running.filter((pod) => isUpdated(view, pod));
  const [oldest, ...moreOld] = running.filter((pod) => !isUpdated(view, pod));
  const surplus = [...moreNew, ...moreOld];
  if (newest === undefined || oldest === undefined) return surplus;
  return !isPodReady(oldest) || isAvailable(view, newest) ? [...surplus, oldest] : surplus;
}

export interface RollPlan {
  readonly deletes: readonly Pod[];
  /** Nodes that get a second pod. */
  readonly surges: readonly string[];
}

/** C407: one step of a rolling update. Nodes are visited in list order, as the rest of the sync does. */
export function planRoll(view: DaemonView): RollPlan {
  const desired = view.nodes.filter((node) => judgeNode(view.model, node).shouldRun);
  const maxSurge = share(view.set.spec.updateStrategy.rollingUpdate?.maxSurge ?? 0, desired.length);
  const allowed = share(view.set.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 0, desired.length);
  const maxUnavailable = desired.length > 0 && allowed === 0 && maxSurge === 0 ? 1 : allowed;
  const names = new Set([...desired.map((node) => node.metadata.name), ...view.podsByNode.keys()]);
  return maxSurge === 0 ? rollByDeleting(view, names, maxUnavailable) : rollBySurging(view, names, maxSurge);
}

function rollByDeleting(view: DaemonView, names: Iterable<string>, maxUnavailable: number): RollPlan {
  let unavailable = 0;
  const replaced: Pod[] = [];
  const candidates: Pod[] = [];
  for (const name of names) {
    const pair = pairOn(view, name);
    if (pair === undefined || (pair.old === undefined) === (pair.new === undefined)) unavailable += 1;
    else if (pair.new !== undefined) unavailable += isAvailable(view, pair.new) ? 0 : 1;
    else if (pair.old !== undefined && !isAvailable(view, pair.old)) {
      replaced.push(pair.old);
      unavailable += 1;
    } else if (pair.old !== undefined) candidates.push(pair.old);
  }
  return { deletes: [...replaced, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))], surges: [] };
}

function rollBySurging(view: DaemonView, names: Iterable<string>, maxSurge: number): RollPlan {
  let surging = 0;
  const deletes: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  for (const name of names) {
    const pair = pairOn(view, name);
    if (pair === undefined) surging += 1;
    else if (pair.old === undefined) continue;
    else if (pair.new === undefined) (isAvailable(view, pair.old) ? candidates : urgent).push(name);
    else if (!isAvailable(view, pair.old) || isAvailable(view, pair.new)) deletes.push(pair.old);
    else surging += 1;
  }
  return { deletes, surges: [...urgent, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}

/** The new and the old pod of a node, without those that go; undefined when there are two of a sort. */
function pairOn(view: DaemonView, name: string): { new: Pod | undefined; old: Pod | undefined } | undefined {
  const present = (view.podsByNode.get(name) ?? []).filter((pod) => !isDeleting(pod));
  const updated = present.filter((pod) => isUpdated(view, pod));
  if (updated.length > 1 || present.length - updated.length > 1) return undefined;
  return { new: updated[0], old: present.find((pod) => !isUpdated(view, pod)) };
}

/** C408. Counters beyond the first four are absent while they are zero. */
export function computeStatus(view: DaemonView): DaemonSetStatus {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  for (const node of view.nodes) {
    const pods = view.podsByNode.get(node.metadata.name) ?? [];
    const { shouldRun } = judgeNode(view.model, node);
    if (shouldRun) counts.desired += 1;
    const [oldest] = [...pods].sort(compareAge);
    if (oldest === undefined) continue;
    if (!shouldRun) {
      counts.misscheduled += 1;
      continue;
    }
    counts.current += 1;
    if (isPodReady(oldest)) counts.ready += 1;
    if (isAvailable(view, oldest)) counts.available += 1;
    if (isUpdated(view, oldest)) counts.updated += 1;
  }
  const unavailable = counts.desired - counts.available;
  const { collisionCount, conditions } = view.set.status;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: view.set.metadata.generation ?? 0,
    ...(counts.updated === 0 ? {} : { updatedNumberScheduled: counts.updated }),
    ...(counts.available === 0 ? {} : { numberAvailable: counts.available }),
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function surgeCount({ set }: DaemonView): number {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  return type === 'RollingUpdate' ? share(rollingUpdate?.maxSurge ?? 0, 100) : 0;
}

/** A number, or a percentage of `total` rounded up. */
function share(value: number | string, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * total) / 100);
}

export const HASH_LABEL = 'controller-revision-hash';
export const GENERATION_LABEL = 'pod-template-generation';

function isUpdated({ hash, generation }: DaemonView, pod: Pod): boolean {
  const { labels } = pod.metadata;
  return labels?.[HASH_LABEL] === hash || labels?.[GENERATION_LABEL] === generation;
}

function isAvailable({ set, nowMs }: DaemonView, pod: Pod): boolean {
  const sinceMs = readySinceMs(pod);
  return sinceMs !== undefined && isAvailableSince(sinceMs, set.spec.minReadySeconds ?? 0, nowMs);
}

function isDeleting(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Bound pods first, then the oldest. */
function compareAge(a: Pod, b: Pod): number {
  const isUnbound = (pod: Pod): number => ((pod.spec.nodeName ?? '') === '' ? 1 : 0);
  if (isUnbound(a) !== isUnbound(b)) return isUnbound(a) - isUnbound(b);
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp)
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
