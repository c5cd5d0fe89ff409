// Things that happen to containers from outside. Upstream has no such thing; what follows is what the kubelet makes of a container that has ended.

import { getObject } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { concernsPod, type ContainerTarget, type PodsTarget } from '../../containers/disturbances.ts';
import { type PodWorker, podWorkers } from '../model.ts';
import { noticeEnd } from './pod-worker.ts';
import { rearmProbes } from '../probes/probe-worker.ts';
import { endInstance } from '../../containers/processes/runtime.ts';

/** Ends the running containers of a target with an exit code and a reason. */
export function strikeContainers(state: ClusterState, target: ContainerTarget, code: number, reason: string): void {
  const found = find(state, target);
  if (found === undefined) return;
  const { worker, pod } = found;
  const struck = worker.runtime.instances.filter(
    (instance) => instance.state === 'running' && (target.container === null || instance.container === target.container),
  );
  for (const instance of struck) endInstance(state, worker, pod, instance, code, reason);
  if (struck.length > 0) noticeEnd(state, worker);
}

/** Makes the kubelet look again at what it takes for constant. */
export function touchContainers(state: ClusterState, target: ContainerTarget): void {
  const found = find(state, target);
  if (found !== undefined) rearmProbes(state, found.worker, found.pod);
}

/** Makes the kubelets look again at what they take for constant of these pods. */
export function touchPods(state: ClusterState, target: PodsTarget): void {
  for (const { uid, namespace, name } of podWorkers.rows(state).values()) {
    const pod = getObject(state, podKind, namespace, name);
    if (pod !== undefined && concernsPod(target, pod)) rearmProbes(state, podWorkers.edit(state, uid), pod);
  }
}

function find(state: ClusterState, { namespace, pod: name }: ContainerTarget): { worker: PodWorker; pod: Pod } | undefined {
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined || !podWorkers.has(state, pod.metadata.uid)) return undefined;
  return { worker: podWorkers.edit(state, pod.metadata.uid), pod };
}
