// Pods that end or have ended for a reason that is not their own: deleted, evicted, preempted, refused by a kubelet, over their deadline.
// Upstream: pkg/kubelet/pod_workers.go, eviction, pkg/controller/tainteviction, podgc (v1.33).

import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { isSilent, type PodWorker, podWorkers, runOf } from '../../kubelet/model.ts';
import { type Message, say } from '../words/message.ts';
import { conditionOf, NOTHING, page, quoted, refer, type Unsaid } from './finding.ts';
import { isPodPhaseTerminal } from '../../kinds/shared/pod-state.ts';

const DISRUPTIONS = 'concepts/workloads/pods/disruptions/#pod-disruption-conditions';

/** Who ends or has ended the pod. */
export function explainDisruption(_state: ClusterState, pod: Pod): readonly Unsaid[] {
  const { phase, reason = '', message } = pod.status;
  const target = conditionOf(pod, 'DisruptionTarget');
  // K535: a pod that was evicted may have succeeded.
  if (!isPodPhaseTerminal(phase) && !isDeleting(pod)) return NOTHING;
  if (target?.status === 'True') return [disrupted(pod, target.reason ?? '', target.message ?? message)];
  if (phase !== 'Failed' || reason === '') return NOTHING;
  const because = [refer(podKind, pod, 'status.reason', reason), refer(podKind, pod, 'status.message', message ?? '')];
  if (reason === 'DeadlineExceeded')
    return [
      {
        code: 'deadline-exceeded',
        sentence: say('deadlineExceeded', { seconds: pod.spec.activeDeadlineSeconds }),
        because: [...because, refer(podKind, pod, 'spec.activeDeadlineSeconds', String(pod.spec.activeDeadlineSeconds ?? ''))],
        wouldChange: say('raiseDeadline'),
        documentation: page('concepts/workloads/pods/init-containers/#detailed-behavior'),
      },
    ];
  return [
    {
      code: reason === 'Evicted' ? 'evicted' : 'refused-by-kubelet',
      sentence: say(reason === 'Evicted' ? 'evicted' : 'refusedByKubelet', { node: pod.spec.nodeName ?? '', message: quoted(message) }),
      because,
      wouldChange: say('deleteForNewPod'),
      documentation: page('concepts/scheduling-eviction/'),
    },
  ];
}

interface Disruption {
  readonly code: string;
  readonly says: (of: { readonly message: string }) => Message;
  readonly path: string;
}

const UNKNOWN: Disruption = { code: 'disrupted', says: (of) => say('disrupted', of), path: DISRUPTIONS };

const REASONS: Readonly<Record<string, Disruption>> = {
  PreemptionByScheduler: {
    code: 'preempted',
    says: (of) => say('preempted', of),
    path: 'concepts/scheduling-eviction/pod-priority-preemption/',
  },
  EvictionByEvictionAPI: {
    code: 'evicted-by-request',
    says: (of) => say('evictedByRequest', of),
    path: 'concepts/scheduling-eviction/api-eviction/',
  },
  DeletionByTaintManager: {
    code: 'evicted-by-taint',
    says: (of) => say('evictedByTaint', of),
    path: 'concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions',
  },
  TerminationByKubelet: {
    code: 'evicted',
    says: (of) => say('endedForNode', of),
    path: 'concepts/scheduling-eviction/node-pressure-eviction/',
  },
  DeletionByPodGC: { code: 'collected', says: (of) => say('collected', of), path: DISRUPTIONS },
};

function disrupted(pod: Pod, reason: string, message: string | undefined): Unsaid {
  const { code, says, path } = REASONS[reason] ?? UNKNOWN;
  return {
    code,
    sentence: says({ message: quoted(message) }),
    because: [refer(podKind, pod, 'status.conditions[DisruptionTarget]', reason)],
    wouldChange: say('ownerMakesNewPod'),
    documentation: page(path),
  };
}

/** Why a pod that is deleted is still there: its node, or its grace period; finalizers are everybody's affair. */
export function explainTermination(state: ClusterState, pod: Pod): readonly Unsaid[] {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const { nodeName = '' } = pod.spec;
  if (deletionTimestamp === undefined || nodeName === '') return NOTHING;
  const deleted = refer(podKind, pod, 'metadata.deletionTimestamp', deletionTimestamp);
  if (isSilent(state, nodeName))
    return [
      {
        code: 'deletion-node-silent',
        sentence: say('deletedOnSilentNode', { node: nodeName }),
        because: [deleted, refer(podKind, pod, 'spec.nodeName', nodeName)],
        wouldChange: say('mendOrForce', { node: nodeName, command: `kubectl delete pod ${pod.metadata.name} --force --grace-period=0` }),
        documentation: page('tasks/run-application/force-delete-stateful-set-pod/'),
      },
    ];
  const worker = podWorkers.get(state, pod.metadata.uid);
  const stopping = worker === undefined ? [] : stopsOf(worker);
  if (stopping.length === 0) return NOTHING;
  return [
    {
      code: 'terminating',
      sentence: say('terminating', { seconds: deletionGracePeriodSeconds, stops: stopping }),
      because: [deleted, refer(podKind, pod, 'metadata.deletionGracePeriodSeconds', String(deletionGracePeriodSeconds))],
      wouldChange: say('letContainerEnd'),
      documentation: page('concepts/workloads/pods/pod-lifecycle/#pod-termination'),
    },
  ];
}

function stopsOf(worker: PodWorker): readonly Message[] {
  return (runOf(worker)?.stops ?? []).flatMap(({ container, phase, killAtMs }) => {
    if (phase === 'hook') return [say('hookRuns', { container })];
    return phase === 'term' ? [say('gotSigterm', { container, time: formatTime(killAtMs) })] : [];
  });
}
