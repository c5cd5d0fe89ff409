// What `kubectl logs` reads: the lines of one container, chosen and cut as the request asks, or why there are none.
// Upstream: pkg/registry/core/pod/strategy.go (LogLocation), pkg/kubelet/kubelet_pods.go (validateContainerLogStatus) (v1.33). Rules: R1-R5.

import type { ClusterState } from '../../kernel/state.ts';
import { badRequest, fail, notFound, ok, type Result } from '../../apimachinery/status.ts';
import { getObject } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import { containersOf } from '../../containers/container-lists.ts';
import { podWorkers } from '../model.ts';
import { type LogLine, logEdges, readLog } from '../../containers/processes/logs.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';
import type { Instance } from '../../containers/model.ts';

export interface PodLogQuery {
  readonly namespace: string;
  readonly name: string;
  /** Empty: the only container. */
  readonly container: string;
  readonly isPrevious: boolean;
}

export interface PodLog {
  readonly lines: readonly LogLine[];
  /** Lines that were dropped before the first of `lines`. */
  readonly droppedCount: number;
  /** What was written since the last line of a stream ended. */
  readonly open: Readonly<Record<LogLine['stream'], string>>;
  /** Nothing more will come: the container has ended and is not started again, or the pod is gone. */
  readonly isFinal: boolean;
  /** This run of the container is over, whether or not another one follows. */
  readonly hasEnded: boolean;
  /** Changes when another run of the container begins. */
  readonly instanceId: string;
}

/** R1-R5: the log of a container as it stands. Fails: NotFound, BadRequest. */
export function readPodLog(state: ClusterState, query: PodLogQuery): Result<PodLog> {
  const pod = getObject(state, podKind, query.namespace, query.name);
  if (pod === undefined) return fail(notFound(podKind, query.name));
  const names = (['init', 'regular', 'ephemeral'] as const).flatMap((list) => containersOf(pod, list)).map(({ name }) => name);
  const container = query.container === '' ? (names.length === 1 ? names[0] : undefined) : query.container;
  if (container === undefined)
    return fail(badRequest(`a container name must be specified for pod ${query.name}, choose one of: [${names.join(' ')}]`));
  if (!names.includes(container)) return fail(badRequest(`container ${container} is not valid for pod ${query.name}`));
  // R5: nothing has run where no kubelet knows the pod.
  if ((pod.spec.nodeName ?? '') === '') return ok({ ...NOTHING, isFinal: true, hasEnded: true, instanceId: '' });
  const runs = runsOf(state, pod, container);
  const status = statusOf(pod, container);
  if (query.isPrevious) {
    const previousId = status?.lastState.terminated?.containerID;
    const previous = runs.find((run) => `containerd://${run.id}` === previousId);
    if (previous === undefined) return fail(badRequest(`previous terminated container "${container}" in pod "${query.name}" not found`));
    return ok({ ...written(state, previous), isFinal: true, hasEnded: true, instanceId: previous.id });
  }
  const current = runs.findLast((run) => run.state !== 'created');
  if (current !== undefined) {
    const hasEnded = current.state === 'exited';
    return ok({ ...written(state, current), isFinal: isOver(pod, current, status), hasEnded, instanceId: current.id });
  }
  return fail(badRequest(`container "${container}" in pod "${query.name}" ${whyNot(status)}`));
}

const NOTHING = { lines: [], droppedCount: 0, open: { stdout: '', stderr: '' } } as const;

function written(state: ClusterState, run: Instance): Pick<PodLog, 'lines' | 'droppedCount' | 'open'> {
  const { droppedCount, open } = logEdges(state, run);
  return { lines: readLog(state, run), droppedCount, open };
}

/** R3: since, then tail, then the limit on bytes. */
export interface LogSelection {
  readonly sinceMs?: number;
  readonly tailLines?: number;
}

/** The lines of a log that a request asks for. */
export function selectLines(lines: readonly LogLine[], { sinceMs, tailLines }: LogSelection): readonly LogLine[] {
  const recent = sinceMs === undefined ? lines : lines.filter((line) => line.ms >= sinceMs);
  return tailLines === undefined ? recent : tailLines === 0 ? [] : recent.slice(-tailLines);
}

function runsOf(state: ClusterState, pod: Pod, container: string): readonly Instance[] {
  const worker = podWorkers.get(state, pod.metadata.uid);
  return (worker?.runtime.instances ?? []).filter((instance) => instance.container === container);
}

function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].find((item) => item.name === container);
}

function isOver(pod: Pod, run: Instance, status: ContainerStatus | undefined): boolean {
  if (run.state === 'running') return false;
  if (isPodTerminal(pod) || pod.metadata.deletionTimestamp !== undefined) return true;
  return status?.state.waiting === undefined && status?.state.terminated !== undefined;
}

/** Why there is no log, in the words of a kubelet (R5). */
function whyNot(status: ContainerStatus | undefined): string {
  const reason = status?.state.waiting?.reason;
  if (reason === undefined) return 'is not available';
  if (reason === 'ErrImagePull') return "is waiting to start: image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'is waiting to start: trying and failing to pull image';
  return `is waiting to start: ${reason}`;
}
