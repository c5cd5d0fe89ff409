// Containers that ended: with what, who killed them and why, and when they start again.
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (v1.33). Rules: K310-K318.

import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { ContainerTerminated, Pod } from '../../kinds/pod/types.ts';
import { fieldPathOf } from '../../containers/container-lists.ts';
import { backoffKey, presentEntry } from '../../kubelet/pods/crash-loop.ts';
import { podWorkers } from '../../kubelet/model.ts';
import { called, type Seen, seenContainers, specField, statusField } from './containers.ts';
import { newestEvent, timeOf, toEvent } from './events.ts';
import { type Message, say } from '../words/message.ts';
import { NOTHING, page, quoted, type Reference, refer, type Unsaid } from './finding.ts';
import { answerIn, complaintWithin, probeOf, question } from './probes.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';
import { newestInstance } from '../../containers/model.ts';

const LIFECYCLE = 'concepts/workloads/pods/pod-lifecycle/';

/** Why containers were restarted, or are not started again yet. */
export function explainRestarts(state: ClusterState, pod: Pod): readonly Unsaid[] {
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

function crashLoop(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Unsaid {
  const cause = causeOf(state, pod, seen, last, 'lastState');
  const untilMs = backoffEnd(state, pod, seen);
  return {
    code: 'crash-loop-back-off',
    sentence: say('crashLoop', {
      container: called(seen),
      restarts: seen.status.restartCount,
      cause: cause.text,
      next: untilMs === undefined ? undefined : formatTime(untilMs),
    }),
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

function ended(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Unsaid {
  const cause = causeOf(state, pod, seen, last, 'state');
  const isOver = isPodTerminal(pod) || pod.spec.restartPolicy === 'Never';
  const untilMs = backoffEnd(state, pod, seen) ?? 0;
  const next = untilMs > state.nowMs ? formatTime(untilMs) : undefined;
  return {
    code: isOver ? 'container-failed' : 'container-ended',
    sentence: isOver
      ? say('containerFailed', { container: called(seen), cause: cause.text, policy: pod.spec.restartPolicy })
      : say('containerEnded', { container: called(seen), cause: cause.text, next }),
    because: [...cause.because, refer(podKind, pod, 'spec.restartPolicy', pod.spec.restartPolicy)],
    wouldChange: cause.wouldChange,
    documentation: page(`${LIFECYCLE}#restart-policy`),
  };
}

function restarted(state: ClusterState, pod: Pod, seen: Seen, last: ContainerTerminated): Unsaid {
  const cause = causeOf(state, pod, seen, last, 'lastState');
  return {
    code: 'restarted',
    sentence: say('restarted', { container: called(seen), restarts: seen.status.restartCount, cause: cause.text }),
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
  readonly text: Message;
  readonly because: readonly Reference[];
  readonly wouldChange: Message;
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
      text: say('outOfMemory', { time: last.finishedAt ?? '', limit, code: last.exitCode }),
      because: [proof, refer(podKind, pod, specField(list, container.name, 'resources.limits.memory'), limit ?? '')],
      wouldChange: say('raiseMemory'),
    };
  }
  return (
    killedByProbe(state, pod, seen, last, proof) ?? {
      text: say('endedWith', { time: last.finishedAt ?? '', code: codeText(last) }),
      because: [proof],
      wouldChange:
        last.exitCode === 0
          ? say('giveWork')
          : // The run that is shown as the present one is no previous one.
            say('readLog', {
              command: `kubectl logs ${pod.metadata.name} -c ${container.name}${field === 'state' ? '' : ' --previous'}`,
            }),
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
  const got = said === undefined ? undefined : say(isLater ? 'newestFailure' : 'gotAnswer', { time: timeOf(said), answer: answerIn(said) });
  return {
    text: say('killedByProbe', {
      time: stoppedAt,
      code: codeText(last),
      kind,
      asks: question(probe),
      periodSeconds: probe.periodSeconds,
      failures: probe.failureThreshold,
      got,
    }),
    because: [proof, ...toEvent(event), ...toEvent(said)],
    wouldChange: say('letAnswer', { kind }),
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
function codeText({ exitCode, reason, message }: ContainerTerminated): Message {
  const signal = exitCode > 128 ? SIGNALS[exitCode - 128] : undefined;
  return say('exitCode', { code: exitCode, name: signal ?? reason, said: quoted(message) });
}
