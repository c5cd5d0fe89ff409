// One sync of a DaemonSet: claim pods, find the revision, give every node what it needs, take one step of an update, write the status.
// Upstream: pkg/controller/daemon/daemon_controller.go syncDaemonSet, manage, syncNodes (v1.33). Rules: C401-C409, C124-C127.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { getObject, listObjects, writeStatus } from '../../apiserver/api.ts';
import { daemonSetKind, TEMPLATE_GENERATION } from '../../kinds/daemonset/index.ts';
import type { DaemonSet } from '../../kinds/daemonset/types.ts';
import type { Kind } from '../../kinds/kind.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { nextBackoffMs } from '../../kernel/backoff.ts';
import { BURST_DAEMONS } from '../../kernel/limits.ts';
import { DONE, doneOrRetry, GONE, type Reconciled, RETRY, soonest } from '../../kernel/reconciled.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { keyOf } from '../../kernel/store.ts';
import { areExpectationsMet, dropExpectations, expectChanges, observeCreations, observeDeletion } from '../shared/expectations.ts';
import { claimPods } from '../shared/pod-claims.ts';
import { createPod, deletePod, type PodControl, podFromTemplate, recordOn, slowStartBatch, splitKey } from '../shared/pod-control.ts';
import { cleanHistory, findHistory } from './history.ts';
import { computeStatus, type DaemonView, groupByNode, HASH_LABEL, planNode, planRoll } from './plan.ts';
import { daemonTolerations, tieToNode } from './template.ts';

export const QUEUE = 'daemonset';

const CONTROL: PodControl = { eventComponent: 'daemonset-controller', kind: daemonSetKind as Kind };

/** C404: how often and when a failed pod was deleted, by node, for each set. */
interface FailureBackoffs {
  readonly uid: string;
  readonly byNode: Record<string, { readonly delayMs: number; readonly atMs: number }>;
}
const backoffs = defineTable<FailureBackoffs>('daemonset.backoff');
const BACKOFF_BASE_MS = 1000;
const BACKOFF_MAX_MS = 900_000;

/** Brings one DaemonSet up to date. */
export function* reconcileDaemonSet(state: ClusterState, key: string): Steps<Reconciled> {
  const [namespace, name] = splitKey(key);
  const set = getObject(state, daemonSetKind, namespace, name);
  if (set === undefined) {
    dropExpectations(state, QUEUE, key);
    backoffs.remove(state, key);
    return GONE;
  }
  if (isDeleting(set)) return DONE;
  const history = findHistory(state, set);
  if (typeof history === 'number') {
    writeStatus(state, daemonSetKind, set, { ...set.status, collisionCount: history });
    return RETRY;
  }
  const selector = selectorFromLabelSelector(set.spec.selector);
  const pods = claimPods(state, set, { kind: CONTROL.kind, selector });
  const view = viewDaemons(state, set, pods, history.current.metadata.labels?.[HASH_LABEL] ?? '');
  const areMet = areExpectationsMet(state, QUEUE, key);
  const { failure, pauseMs } = areMet ? yield* manage(state, view, key) : NOTHING_DONE;
  if (areMet && failure === undefined) cleanHistory(state, set, history, pods);
  const status = computeStatus(view);
  const { observedGeneration } = set.status;
  // What was only looked at has not been observed.
  writeStatus(
    state,
    daemonSetKind,
    set,
    areMet ? status : { ...status, ...(observedGeneration === undefined ? {} : { observedGeneration }) },
  );
  const { minReadySeconds = 0 } = set.spec;
  const isDone = failure === undefined;
  const isAwaiting = isDone && minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0);
  return doneOrRetry(isDone, soonest(pauseMs, isAwaiting ? minReadySeconds * 1000 : undefined));
}

/** What the plan functions look at. */
export function viewDaemons(state: ClusterState, set: DaemonSet, pods: readonly Pod[], hash: string): DaemonView {
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION] ?? '';
  return {
    set,
    model: modelPod(set),
    hash,
    generation,
    nodes: listObjects(state, nodeKind),
    podsByNode: groupByNode(pods),
    nowMs: state.nowMs,
  };
}

/** A pod of the template with the tolerations of daemons, good for matching nodes (C401, C403). */
export function modelPod(set: DaemonSet): Pod {
  const { spec } = set.spec.template;
  return { spec: { ...spec, tolerations: daemonTolerations(spec) } } as Pod;
}

/** What was done for the nodes: the API's text of a failure, and how long failed pods are left alone. */
interface Managed {
  readonly failure: string | undefined;
  readonly pauseMs: number | undefined;
}

const NOTHING_DONE: Managed = { failure: undefined, pauseMs: undefined };

/** C404, then one step of an update (C407) if the first gave nothing to wait for. */
function* manage(state: ClusterState, view: DaemonView, key: string): Steps<Managed> {
  let pauseMs: number | undefined;
  const creates: string[] = [];
  const deletes: Pod[] = [];
  for (const node of view.nodes) {
    const plan = planNode(view, node);
    const nodeName = node.metadata.name;
    if (plan.createsPod) creates.push(nodeName);
    for (const pod of plan.failed) {
      const leftMs = failedPauseMs(state, view, key, nodeName);
      if (leftMs > 0) pauseMs = soonest(pauseMs, leftMs);
      else deletes.push(killFailed(state, view, key, nodeName, pod));
    }
    for (const pod of plan.succeeded) {
      tell(
        state,
        view.set,
        'Normal',
        'SucceededDaemonPod',
        `Found succeeded daemon pod ${keyOf(pod)} on node ${nodeName}, will try to delete it`,
      );
      deletes.push(pod);
    }
    deletes.push(...plan.deletes);
    yield;
  }
  deletes.push(...strayPods(view));
  const failure = yield* changePods(state, view, key, creates, deletes);
  const isOver = failure !== undefined || view.set.spec.updateStrategy.type !== 'RollingUpdate' || !areExpectationsMet(state, QUEUE, key);
  if (isOver) return { failure, pauseMs };
  const roll = planRoll(view);
  return { failure: yield* changePods(state, view, key, roll.surges, roll.deletes), pauseMs };
}

/** Unbound pods for nodes that are gone: nobody else deletes them. */
function strayPods({ nodes, podsByNode }: DaemonView): readonly Pod[] {
  const names = new Set(nodes.map((node) => node.metadata.name));
  return [...podsByNode].flatMap(([name, pods]) =>
    names.has(name) ? [] : pods.filter((pod) => (pod.spec.nodeName ?? '') === '' && pod.metadata.deletionTimestamp === undefined),
  );
}

/** C404: a node on which pods fail again and again is left in peace for so many milliseconds more. */
function failedPauseMs(state: ClusterState, view: DaemonView, key: string, nodeName: string): number {
  const present = lastFailure(state, view, key, nodeName);
  return present === undefined ? 0 : Math.max(0, present.delayMs - (view.nowMs - present.atMs));
}

/** Notes that a failed pod goes, and says so. */
function killFailed(state: ClusterState, view: DaemonView, key: string, nodeName: string, pod: Pod): Pod {
  const { set, nowMs } = view;
  const present = lastFailure(state, view, key, nodeName);
  const before = present !== undefined && nowMs - present.atMs <= 2 * BACKOFF_MAX_MS ? present.delayMs : undefined;
  if (backoffs.get(state, key)?.uid !== set.metadata.uid) backoffs.put(state, key, { uid: set.metadata.uid, byNode: {} });
  const next = { delayMs: nextBackoffMs(before, BACKOFF_BASE_MS, BACKOFF_MAX_MS), atMs: nowMs };
  backoffs.edit(state, key).byNode[failureEntry(view, nodeName)] = next;
  tell(state, set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${keyOf(pod)} on node ${nodeName}, will try to kill it`);
  return pod;
}

function lastFailure(state: ClusterState, view: DaemonView, key: string, nodeName: string): FailureBackoffs['byNode'][string] | undefined {
  const known = backoffs.get(state, key);
  return known?.uid === view.set.metadata.uid ? known.byNode[failureEntry(view, nodeName)] : undefined;
}

function failureEntry({ set }: DaemonView, nodeName: string): string {
  return `${set.status.observedGeneration ?? 0}/${nodeName}`;
}

/** Creates pods for nodes, slowly, and deletes others; at most one burst of each. */
function* changePods(
  state: ClusterState,
  view: DaemonView,
  key: string,
  nodeNames: readonly string[],
  pods: readonly Pod[],
): Steps<string | undefined> {
  const { set } = view;
  const creates = nodeNames.slice(0, BURST_DAEMONS);
  const deletes = pods.slice(0, BURST_DAEMONS);
  expectChanges(state, QUEUE, key, creates.length, deletes.map(keyOf));
  const calls = yield* slowStartBatch(creates.length, (index) => {
    const draft = podFromTemplate(CONTROL, set, set.spec.template);
    tieToNode(draft, creates[index] ?? '', view.hash, view.generation);
    return createPod(state, CONTROL, set, draft);
  });
  observeCreations(state, QUEUE, key, calls.failedCount + calls.skippedCount);
  let { failure } = calls;
  for (const pod of deletes) {
    const refused = deletePod(state, CONTROL, set, pod);
    yield;
    if (refused === undefined) continue;
    observeDeletion(state, QUEUE, key, keyOf(pod));
    if (refused.reason !== 'NotFound') failure ??= refused.message ?? '';
  }
  return failure;
}

function tell(state: ClusterState, set: DaemonSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordOn(state, CONTROL, set, type, reason, message);
}
