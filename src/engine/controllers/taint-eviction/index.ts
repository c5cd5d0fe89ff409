// Deletes pods that do not, or no longer, tolerate the NoExecute taints of their node.
// Upstream: pkg/controller/tainteviction/taint_eviction.go, timed_workers.go (v1.33). Rules: C721-C725, C735.

import { formatTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject, listByTerm, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { toleratesTaint } from '../../kinds/shared/taints.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';

const NAME = 'taint-eviction';
const TIMER = 'taint-eviction';
const SOURCE = { component: 'taint-eviction-controller' };

/** Pods whose time runs, and since when. */
const scheduled = defineTable<{ uid: string; sinceMs: number }>('taint-eviction');

export const taintEvictionController: Component = {
  name: NAME,
  watches: { nodes: receiveNode, pods: receivePod },
  reconcile: reconcilePod,
  timers: { [TIMER]: evict },
};

function receiveNode(state: ClusterState, change: Change): void {
  const node = change.object as Node;
  const before = executing(change.previous as Node | undefined);
  const after = change.type === 'DELETED' ? [] : executing(node);
  if (before.length + after.length === 0) return;
  const words = (taints: readonly Taint[]): string => taints.map(({ key, value = '' }) => `${key}=${value}`).join(',');
  if (words(before) === words(after)) return;
  for (const pod of listByTerm<Pod>(state, podKind, `node:${node.metadata.name}`)) enqueue(state, NAME, keyOf(pod as never));
}

function receivePod(state: ClusterState, change: Change): void {
  const pod = change.object as Pod;
  const { nodeName } = pod.spec;
  const key = keyOf(change.object);
  if (change.type === 'DELETED') return cancel(state, key);
  if (nodeName === undefined || (change.previous as Pod | undefined)?.spec.nodeName === nodeName) return;
  if (executing(getObject(state, nodeKind, undefined, nodeName)).length > 0) enqueue(state, NAME, key);
}

function executing(node: Node | undefined): readonly Taint[] {
  return node?.spec.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
}

/** Deletes a pod now, later or never, as the taints of its node and its tolerations say (C721, C722). */
function reconcilePod(state: ClusterState, key: string): void {
  const [namespace, name] = splitKey(key);
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return cancel(state, key);
  const delayMs = evictionDelayMs(pod, executing(getObject(state, nodeKind, undefined, pod.spec.nodeName ?? '')));
  if (delayMs === undefined) return cancel(state, key, pod);
  if (delayMs === 0) {
    cancel(state, key);
    return evict(state, key);
  }
  const present = scheduled.get(state, key);
  if (present?.uid === pod.metadata.uid && present.sinceMs + delayMs <= state.nowMs) return;
  const sinceMs = present?.uid === pod.metadata.uid ? present.sinceMs : state.nowMs;
  scheduled.put(state, key, { uid: pod.metadata.uid, sinceMs });
  setTimer(state, { dueMs: sinceMs + delayMs, rank: TIMER_RANKS.controller, order: 2, owner: TIMER, key });
}

/** C721, C724: 0 at once, undefined never. */
export function evictionDelayMs(pod: Pod, taints: readonly Taint[]): number | undefined {
  if (taints.length === 0) return undefined;
  const used = taints.map((taint) => (pod.spec.tolerations ?? []).find((toleration) => toleratesTaint(toleration, taint)));
  if (used.some((toleration) => toleration === undefined)) return 0;
  const seconds = used.flatMap((toleration) => toleration?.tolerationSeconds ?? []);
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000;
}

/** C722: with a word to the pod when it stays. */
function cancel(state: ClusterState, key: string, pod?: Pod): void {
  if (!scheduled.remove(state, key)) return;
  clearTimer(state, TIMER, key);
  if (pod !== undefined) tell(state, pod, `Cancelling deletion of Pod ${key}`);
}

/** The time of a pod is over (C723). */
function evict(state: ClusterState, key: string): void {
  const [namespace, name] = splitKey(key);
  const pod = getObject(state, podKind, namespace, name);
  const known = scheduled.get(state, key);
  scheduled.remove(state, key);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || (known !== undefined && known.uid !== pod.metadata.uid)) return;
  tell(state, pod, `Marking for deletion Pod ${key}`);
  const target = {
    type: 'DisruptionTarget',
    status: 'True' as const,
    lastProbeTime: null,
    lastTransitionTime: formatTime(state.nowMs),
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== target.type);
  writeStatus(state, podKind, pod, { ...pod.status, conditions: [...others, target] });
  deleteObject(state, podKind, namespace, name, { preconditions: { uid: pod.metadata.uid } });
}

function tell(state: ClusterState, pod: Pod, message: string): void {
  recordEvent(state, { source: SOURCE, regarding: pod, type: 'Normal', reason: 'TaintManagerEviction', message });
}
