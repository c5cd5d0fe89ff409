// What the scheduler writes: the binding of a pod, or why there is none.
// Upstream: pkg/scheduler/schedule_one.go bind, handleSchedulingFailure; pkg/registry/core/pod/storage assignPod (v1.33).
// Rules: K102, C822, C825, C826.

import type { Condition } from '../apimachinery/meta.ts';
import { formatTime } from '../apimachinery/time.ts';
import { writeObject, writeStatus } from '../apiserver/api.ts';
import { recordNewEvent } from '../apiserver/event-recorder.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';

const SOURCE = { component: 'default-scheduler' } as const;

/** Binds the pod to a node in one write (K102) and says so (C825). Returns the bound pod. */
export function bindPod(state: ClusterState, pod: Pod, nodeName: string): Pod {
  const conditions = withScheduled(pod, { type: 'PodScheduled', status: 'True' }, state.nowMs);
  const next: Pod = { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } };
  const bound = writeObject(state, podKind, next, { keepsGeneration: true }); // K102
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

/** C822: an Event and the condition, both with the same text; a condition that says so already is not written again. */
export function reportFailure(state: ClusterState, pod: Pod, message: string): void {
  recordFailure(state, pod, message);
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  writeStatus(state, podKind, pod, { ...pod.status, conditions: withScheduled(pod, condition, state.nowMs) });
}

/** C826: a pod that is being deleted is not scheduled any more. */
export function reportSkip(state: ClusterState, pod: Pod): void {
  recordFailure(state, pod, `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`);
}

function recordFailure(state: ClusterState, pod: Pod, message: string): void {
  recordNewEvent(state, { source: SOURCE, regarding: pod, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message });
}

/** The pod's conditions with PodScheduled replaced; the time of transition is kept while the status stays. */
function withScheduled(
  pod: Pod,
  condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): readonly Condition[] {
  const conditions = pod.status.conditions ?? [];
  const present = conditions.find((item) => item.type === 'PodScheduled');
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
