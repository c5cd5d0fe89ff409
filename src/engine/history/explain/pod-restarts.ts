// Containers that ended: with what, who killed them and why, and when they start again.
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (v1.33). Rules: K310-K318.

import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { ContainerTerminated, Pod } from '../../kinds/pod/types.ts';
import { fieldPathOf } from '../../kubelet/containers.ts';
import { backoffKey, presentEntry } from '../../kubelet/crash-loop.ts';
import { newestInstance, podWorkers } from '../../kubelet/model.ts';
import { called, type Seen, seenContainers, specField, statusField } from './containers.ts';
import { newestEvent, timeOf, toEvent } from './events.ts';
import { counted, type Finding, NOTHING, page, quoted, type Reference, refer } from './finding.ts';
import { answerIn, complaintWithin, probeOf, question } from './probes.ts';

const LIFECYCLE = 'concepts/workloads/pods/pod-lifecycle/';

/** Why containers were restarted, or are not started again yet. */
export function explainRestarts(state: ClusterState, pod: Pod): readonly Finding[] {
  if (isDeleting(pod)) return NOTHING;
  return seenContainers(pod).flatMap((seen) => {
    const { state: now, lastState, restartCount } = seen.status;
    if (now.waiting?.reason === 'CrashLoopBackOff' && lastState.terminated !== undefined)
      return [crashLoop(state, pod, seen, lastState.terminated)];
    if (now.terminated !== undefined && isFailure(pod, seen, now.terminated)) return [ended(state, pod, seen, now.terminated)];
    return restartCount > 0 && now.waiting === undefined && lastState.terminated !== undefined
      ? [restarted(state, pod, seen, lastState.terminated)]
      : NOTHING;
  });
}

function isFailure({ status, spec }: Pod, { list }: Seen, { exitCode }: ContainerTerminated): boolean {
  return exitCode !== 0 || (list === 'regular' && spec.restartPolicy === 'Always' && status.phase === 'Running');
}

function crashLoop(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Finding {
  const cause = causeOf(state, pod, seen, last, 'lastState');
  const untilMs = backoffEnd(state, pod, seen);
  const next =
    untilMs === undefined ? '' : ` It is started again not before ${formatTime(untilMs)}; the pause doubles each time, up to five minutes.`;
  return {
    code: 'crash-loop-back-off',
    sentence: `The ${called(seen)} keeps ending: after ${counted(seen.status.restartCount, 'restart')}, its last run ${cause.text}.${next}`,
    because: [
      refer(podKind, pod, statusField(seen.list, seen.container.name, 'state.waiting.reason'), 'CrashLoopBackOff'),
      ...cause.because,
    ],
    wouldChange: cause.wouldChange,
    documentation: page(`${LIFECYCLE}#restart-policy`),
  };
}

function backoffEnd(state: ClusterState, pod: Pod, { container }: Seen): number | undefined {
  const worker = podWorkers.get(state, pod.metadata.uid);
  const entry = presentEntry(state, worker?.backoffs[backoffKey(container.name, container.image)]);
  const finishedMs = worker === undefined ? null : (newestInstance(worker.runtime, container.name)?.finishedMs ?? null);
  return entry === undefined || finishedMs === null ? undefined : finishedMs + entry.valueMs;
}

function ended(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Finding {
  const cause = causeOf(state, pod, seen, last, 'state');
  const isOver = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded' || pod.spec.restartPolicy === 'Never';
  const untilMs = backoffEnd(state, pod, seen) ?? 0;
  const next = untilMs > state.nowMs ? `is started again not before ${formatTime(untilMs)}` : 'is about to be started again';
  return {
    code: isOver ? 'container-failed' : 'container-ended',
    sentence: `The ${called(seen)} ${cause.text}${isOver ? ` and is not started again: the restart policy is ${pod.spec.restartPolicy}` : ` and ${next}`}.`,
    because: [...cause.because, refer(podKind, pod, 'spec.restartPolicy', pod.spec.restartPolicy)],
    wouldChange: cause.wouldChange,
    documentation: page(`${LIFECYCLE}#restart-policy`),
  };
}

function restarted(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Finding {
  const cause = causeOf(state, pod, seen, last, 'lastState');
  return {
    code: 'restarted',
    sentence: `The ${called(seen)} was restarted ${seen.status.restartCount === 1 ? 'once' : `${seen.status.restartCount} times`}: its last run ${cause.text}.`,
    because: [
      refer(podKind, pod, statusField(seen.list, seen.container.name, 'restartCount'), String(seen.status.restartCount)),
      ...cause.because,
    ],
    wouldChange: cause.wouldChange,
    documentation: page(`${LIFECYCLE}#container-restarts`),
  };
}

interface Cause {
  /** Goes on behind "its last run". */
  readonly text: string;
  readonly because: readonly Reference[];
  readonly wouldChange: string;
}

/** Why a run ended. */
function causeOf(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated, field: 'state' | 'lastState'): Cause {
  const { container, list } = seen;
  const proof = refer(
    podKind,
    pod,
    statusField(list, container.name, `${field}.terminated`),
    `${last.reason ?? ''} ${last.exitCode}`.trim(),
  );
  if (last.reason === 'OOMKilled') {
    const limit = container.resources?.limits?.['memory'];
    return {
      text: `was killed at ${last.finishedAt} for using more memory than ${limit === undefined ? 'there was' : `its limit of ${limit}`} (OOMKilled, code ${last.exitCode})`,
      because: [proof, refer(podKind, pod, specField(list, container.name, 'resources.limits.memory'), limit ?? '')],
      wouldChange: 'Raise the memory limit, or let the program use less.',
    };
  }
  return (
    killedByProbe(state, pod, seen, last, proof) ?? {
      text: `ended at ${last.finishedAt} with ${codeText(last)}`,
      because: [proof],
      wouldChange:
        last.exitCode === 0
          ? 'Give it something that goes on, or use a restart policy that lets it end.'
          : // The run that is shown as the present one is no previous one.
            `Look at what it wrote: kubectl logs ${pod.metadata.name} -c ${container.name}${field === 'state' ? '' : ' --previous'}`,
    }
  );
}

/** A run that the kubelet ended because a probe had failed. */
function killedByProbe(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated, proof: Reference): Cause | undefined {
  const from = last.startedAt ?? '';
  const instances = podWorkers.get(state, pod.metadata.uid)?.runtime.instances ?? [];
  const stopped = instances.find(({ id }) => `containerd://${id}` === last.containerID)?.stopped;
  const kind = /failed (liveness|startup) probe/.exec(stopped?.message ?? '')?.[1] as 'liveness' | 'startup' | undefined;
  const probe = kind === undefined ? undefined : probeOf(seen, kind);
  if (stopped === undefined || kind === undefined || probe === undefined) return undefined;
  // Not there when the pod has had too many events.
  const path = fieldPathOf(seen.list, seen.container.name);
  const stoppedAt = formatTime(stopped.atMs);
  const event = newestEvent(state, pod, ['Killing'], (item) => item.involvedObject.fieldPath === path && timeOf(item) === stoppedAt);
  const said = complaintWithin(state, pod, seen, kind, from);
  const isLater = said !== undefined && timeOf(said) > (last.finishedAt ?? '');
  const got =
    said === undefined
      ? ''
      : `; ${isLater ? `its newest failure, at ${timeOf(said)}, got` : `at ${timeOf(said)} it got`}: ${answerIn(said)}`;
  return {
    text: `was ended by the kubelet at ${stoppedAt}, with ${codeText(last)}, because its ${kind} probe (${question(probe)}, every ${probe.periodSeconds}s) had failed ${probe.failureThreshold === 1 ? 'once' : `${probe.failureThreshold} times in a row`}${got}`,
    because: [proof, ...toEvent(event), ...toEvent(said)],
    wouldChange: `Let the container answer, correct what the ${kind} probe asks, or give it more time.`,
  };
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** `code 1 (Error)`, `code 137 (SIGKILL)`. */
function codeText({ exitCode, reason, message }: ContainerTerminated): string {
  const signal = exitCode > 128 ? SIGNALS[exitCode - 128] : undefined;
  const said = quoted(message);
  return `code ${exitCode}${signal === undefined ? (reason === undefined ? '' : ` (${reason})`) : ` (${signal})`}${said === '' ? '' : `, saying: ${said}`}`;
}
