// The state of a pod and of its containers, as one word each.

import type { ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import type { Standing } from './row.ts';

/** How far the image of a container has come, by its name; as the kubelet's Events said. */
export type Pulls = ReadonlyMap<string, 'pulling' | 'pulled'>;

/** Waiting for what comes next in the life of every container; any other reason is one to be looked at. */
const USUAL_WAITS = ['ContainerCreating', 'PodInitializing'];

/** Containers of a pod that have a status, the init containers first. */
export function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

export function podStanding(pod: Pod, pulls: Pulls): Standing {
  const { metadata, spec, status } = pod;
  if (status.phase === 'Succeeded') return { state: 'Succeeded' };
  if (status.phase === 'Failed') return { state: 'Failed', reason: status.reason };
  if (metadata.deletionTimestamp !== undefined) return { state: 'Terminating' };
  const conditions = status.conditions ?? [];
  if (spec.nodeName === undefined || spec.nodeName === '')
    return { state: 'Pending', reason: conditions.find(({ type }) => type === 'PodScheduled')?.reason };
  if (conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')) return { state: 'Ready' };
  const standings = statusesOf(pod).map((container) => containerStanding(container, pulls));
  const backOff = standings.find(({ state }) => state === 'BackOff');
  if (backOff !== undefined) return backOff;
  if (status.phase === 'Running') return { state: 'Running' };
  if (standings.some(({ state }) => state === 'Pulling')) return { state: 'Pulling' };
  return { state: standings.some(({ state }) => state !== 'Waiting') ? 'Starting' : 'Scheduled' };
}

export function containerStanding({ name, state, ready }: ContainerStatus, pulls: Pulls): Standing {
  if (state?.running !== undefined) return { state: ready ? 'Ready' : 'Running' };
  if (state?.terminated !== undefined) {
    const { exitCode, reason } = state.terminated;
    return exitCode === 0 ? { state: 'Succeeded' } : { state: 'Failed', reason };
  }
  const reason = state?.waiting?.reason;
  if (reason !== undefined && !USUAL_WAITS.includes(reason)) return { state: 'BackOff', reason };
  const pull = pulls.get(name);
  if (pull === undefined) return { state: 'Waiting', reason };
  return { state: pull === 'pulling' ? 'Pulling' : 'Starting' };
}
