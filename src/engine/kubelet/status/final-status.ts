// The last status of a pod (K514): what is not known to have ended counts as failed, so that nobody takes the pod for a success.
// Upstream: pkg/kubelet/status/status_manager.go (TerminatePod, hasPodInitialized, initializedContainers) (v1.33).

import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../kinds/pod/types.ts';
import { containersOf } from '../../containers/container-lists.ts';
import { isPodPhaseTerminal, isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';

const LOST: ContainerState = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: null,
    finishedAt: null,
  },
};

/** K514: containers without a terminated state get one as far as the pod has come; a phase that is not terminal becomes Failed. */
export function finalStatus(pod: Pod, status: PodStatus): PodStatus {
  const init = status.initContainerStatuses ?? [];
  const regular = status.containerStatuses ?? [];
  const initLost = withLost(init, attemptedCount(init));
  const regularLost = withLost(regular, hasInitialized(pod, status) ? regular.length : 0);
  if (initLost === init && regularLost === regular && isPodPhaseTerminal(status.phase)) return status;
  return {
    ...status,
    phase: isPodPhaseTerminal(status.phase) ? status.phase : 'Failed',
    ...(init.length === 0 ? {} : { initContainerStatuses: initLost }),
    containerStatuses: regularLost,
  };
}

/** The statuses with the first `count` of them terminated; the same list if they are. */
function withLost(statuses: readonly ContainerStatus[], count: number): readonly ContainerStatus[] {
  const isLost = (item: ContainerStatus, index: number): boolean => index < count && item.state.terminated === undefined;
  if (!statuses.some(isLost)) return statuses;
  return statuses.map((item, index) => (isLost(item, index) ? { ...item, state: LOST, ready: false, started: false } : item));
}

/** Init containers up to the last that ever started, and at least the first. */
function attemptedCount(init: readonly ContainerStatus[]): number {
  return Math.max(init.findLastIndex(hasEverStarted) + 1, Math.min(init.length, 1));
}

function hasEverStarted({ state, lastState }: ContainerStatus): boolean {
  return state.waiting === undefined || lastState.terminated !== undefined;
}

/** Whether there is evidence that the init containers were done once. */
function hasInitialized(pod: Pod, status: PodStatus): boolean {
  const lastContainer = containersOf(pod, 'init').at(-1);
  if (lastContainer === undefined || (status.containerStatuses ?? []).some(hasEverStarted)) return true;
  const last = status.initContainerStatuses?.at(-1);
  if (last === undefined) return false;
  if (isRestartableInitContainer(lastContainer)) return last.state.running !== undefined && last.started === true;
  return last.state.terminated?.exitCode === 0 || last.lastState.terminated?.exitCode === 0;
}
