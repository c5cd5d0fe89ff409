// What the result of a probe says in the kubelet's cached status, before the worker looks at it.
// Upstream: pkg/kubelet/status/status_manager.go (SetContainerReadiness, SetContainerStartup), kubelet.go (syncLoopIteration) (v1.33). Rules: K420-K422.

import { podOf } from '../../containers/model.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { PodWorker } from '../model.ts';
import { type ProbeUpdate, rearmProbes } from '../probes/probe-worker.ts';
import { withReady, withStarted } from './pod-status.ts';
import { setStatus } from './status-manager.ts';

/** Puts a result into the status. Returns whether the worker is to sync because of it. */
export function noteProbe(state: ClusterState, worker: PodWorker, { kind, result, container, containerId }: ProbeUpdate): boolean {
  const pod = podOf(state, worker);
  if (pod === undefined || (kind === 'liveness' && result !== 'Failure')) return false;
  const present = [...(worker.status.containerStatuses ?? []), ...(worker.status.initContainerStatuses ?? [])].find(
    (item) => item.name === container,
  );
  if (kind !== 'liveness' && present?.containerID === containerId) {
    const next =
      kind === 'readiness'
        ? withReady(pod, worker.status, container, result === 'Success', state.nowMs)
        : withStarted(worker.status, container, result === 'Success');
    if (setStatus(state, worker, next)) rearmProbes(state, worker, pod);
  }
  return true;
}
