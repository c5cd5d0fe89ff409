// What the scheduler writes: the binding of a pod, or why there is none and who has to go for it.
// Upstream: pkg/scheduler/schedule_one.go bind, handleSchedulingFailure; pkg/registry/core/pod/storage assignPod (v1.33).
// Rules: K102, C822, C825, C826, C848, C849.

import type { Condition } from '../apimachinery/meta.ts';
import { formatTime } from '../apimachinery/time.ts';
import { deleteObject, getObject, writeObject, writeStatus } from '../apiserver/api.ts';
import { recordNewEvent } from '../apiserver/event-recorder.ts';
import type { ObjectReference } from '../kinds/event/types.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getStored } from '../kernel/store.ts';

const SOURCE = { component: 'default-scheduler' } as const;

/** Binds the pod to a node in one write (K102) and says so (C825). Returns the bound pod. */
export function bindPod(state: ClusterState, pod: Pod, nodeName: string): Pod {
  const conditions = withCondition(pod, { type: 'PodScheduled', status: 'True' }, state.nowMs);
  const next: Pod = { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } };
  // The node's name and the condition are one write, and no new generation (K102).
  const bound = writeObject(state, podKind, next, { keepsGeneration: true });
  const { namespace, name } = pod.metadata;
  recordNewEvent(state, {
    source: SOURCE,
    regarding: pod,
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
  });
  return bound;
}

/** What becomes of status.nominatedNodeName. */
export type Nomination = { readonly kind: 'node'; readonly nodeName: string } | { readonly kind: 'keep' } | { readonly kind: 'void' };

/**
 * C822: an Event and the condition, both with the same text; a condition that says so already is not written again. C849: the same write
 * tells the nomination. Returns the pod as it is stored.
 */
export function reportFailure(state: ClusterState, pod: Pod, message: string, nomination: Nomination): Pod {
  recordFailure(state, pod, message);
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const status = { ...nominate(pod.status, nomination), conditions: withCondition(pod, condition, state.nowMs) };
  return writeStatus(state, podKind, pod, status);
}

/** Takes the nomination from a pod that has to make way; the stored pod. */
export function withdrawNomination(state: ClusterState, key: string): Pod | undefined {
  const pod = getStored(state, 'pods', key)?.object as Pod | undefined;
  return pod === undefined ? undefined : writeStatus(state, podKind, pod, nominate(pod.status, { kind: 'void' }));
}

function nominate(status: Pod['status'], nomination: Nomination): Pod['status'] {
  if (nomination.kind === 'keep') return status;
  const { nominatedNodeName: _former, ...rest } = status;
  return (nomination.kind === 'node' ? { ...rest, nominatedNodeName: nomination.nodeName } : rest) as Pod['status'];
}

const DISRUPTION = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'PreemptionByScheduler',
  message: 'default-scheduler: preempting to accommodate a higher priority pod',
} as const;

/** C848: a victim is marked, deleted with its own grace period, and told so. One that is going already is left alone. Returns what is stored. */
export function evict(state: ClusterState, preemptor: Pod, victim: Pod, nodeName: string): Pod | undefined {
  const { namespace, name } = victim.metadata;
  if (victim.metadata.deletionTimestamp !== undefined) return victim;
  const marked = writeStatus(state, podKind, victim, { ...victim.status, conditions: withCondition(victim, DISRUPTION, state.nowMs) });
  deleteObject(state, podKind, namespace, name);
  recordNewEvent(state, {
    source: SOURCE,
    regarding: marked,
    related: referenceOf(preemptor),
    type: 'Normal',
    reason: 'Preempted',
    action: 'Preempting',
    message: `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`,
  });
  return getObject(state, podKind, namespace, name);
}

function referenceOf({ kind, apiVersion, metadata: { namespace, name, uid, resourceVersion } }: Pod): ObjectReference {
  return { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, apiVersion, resourceVersion };
}

/** C826: a pod that is being deleted is not scheduled any more. */
export function reportSkip(state: ClusterState, pod: Pod): void {
  recordFailure(state, pod, `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`);
}

function recordFailure(state: ClusterState, pod: Pod, message: string): void {
  recordNewEvent(state, { source: SOURCE, regarding: pod, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message });
}

/** The pod's conditions with one replaced; the time of transition is kept while the status stays. */
function withCondition(
  pod: Pod,
  condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): readonly Condition[] {
  const conditions = pod.status.conditions ?? [];
  const present = conditions.find((item) => item.type === condition.type);
  const { type, status, reason, message } = condition;
  const next: Condition = {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: present?.status === status ? (present.lastTransitionTime ?? null) : formatTime(nowMs),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
  return present === undefined ? [...conditions, next] : conditions.map((item) => (item === present ? next : item));
}
