// Pods that end or have ended for a reason that is not their own: deleted, evicted, preempted, refused by a kubelet, over their deadline.
// Upstream: pkg/kubelet/pod_workers.go, eviction, pkg/controller/tainteviction, podgc (v1.33).

import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { isSilent, type PodWorker, podWorkers } from '../../kubelet/model.ts';
import { conditionOf, type Finding, NOTHING, page, quoted, refer } from './finding.ts';

const DISRUPTIONS = 'concepts/workloads/pods/disruptions/#pod-disruption-conditions';

/** Who ends or has ended the pod. */
export function explainDisruption(_state: ClusterState, pod: Pod): readonly Finding[] {
  const { phase, reason = '', message } = pod.status;
  const target = conditionOf(pod, 'DisruptionTarget');
  // K535: a pod that was evicted may have succeeded.
  if (phase !== 'Failed' && phase !== 'Succeeded' && !isDeleting(pod)) return NOTHING;
  if (target?.status === 'True') return [disrupted(pod, target.reason ?? '', target.message ?? message)];
  if (phase !== 'Failed' || reason === '') return NOTHING;
  const because = [refer(podKind, pod, 'status.reason', reason), refer(podKind, pod, 'status.message', message ?? '')];
  if (reason === 'DeadlineExceeded')
    return [
      {
        code: 'deadline-exceeded',
        sentence: `The pod was ended because it was active for longer than its activeDeadlineSeconds of ${pod.spec.activeDeadlineSeconds}s.`,
        because: [...because, refer(podKind, pod, 'spec.activeDeadlineSeconds', String(pod.spec.activeDeadlineSeconds ?? ''))],
        wouldChange: 'Raise activeDeadlineSeconds in a new pod.',
        documentation: page('concepts/workloads/pods/init-containers/#detailed-behavior'),
      },
    ];
  return [
    {
      code: reason === 'Evicted' ? 'evicted' : 'refused-by-kubelet',
      sentence:
        reason === 'Evicted'
          ? `The pod was evicted from ${pod.spec.nodeName}: ${quoted(message)}.`
          : `The kubelet of ${pod.spec.nodeName} refused the pod: ${quoted(message)}.`,
      because,
      wouldChange: 'Delete it; an owner makes a new pod, which is scheduled anew.',
      documentation: page('concepts/scheduling-eviction/'),
    },
  ];
}

interface Disruption {
  readonly code: string;
  readonly who: string;
  readonly path: string;
}

const UNKNOWN: Disruption = { code: 'disrupted', who: 'It was disrupted', path: DISRUPTIONS };

const REASONS: Readonly<Record<string, Disruption>> = {
  PreemptionByScheduler: {
    code: 'preempted',
    who: 'The scheduler removes the pod to make room for one of higher priority',
    path: 'concepts/scheduling-eviction/pod-priority-preemption/',
  },
  EvictionByEvictionAPI: {
    code: 'evicted-by-request',
    who: 'Somebody asked for the eviction of the pod, as kubectl drain does',
    path: 'concepts/scheduling-eviction/api-eviction/',
  },
  DeletionByTaintManager: {
    code: 'evicted-by-taint',
    who: 'The pod does not tolerate a NoExecute taint of its node any longer',
    path: 'concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions',
  },
  TerminationByKubelet: {
    code: 'evicted',
    who: 'The kubelet ended the pod for the sake of its node',
    path: 'concepts/scheduling-eviction/node-pressure-eviction/',
  },
  DeletionByPodGC: { code: 'collected', who: 'The pod was removed because its node is gone', path: DISRUPTIONS },
};

function disrupted(pod: Pod, reason: string, message: string | undefined): Finding {
  const { code, who, path } = REASONS[reason] ?? UNKNOWN;
  return {
    code,
    sentence: `${who}: ${quoted(message)}.`,
    because: [refer(podKind, pod, 'status.conditions[DisruptionTarget]', reason)],
    wouldChange: 'It cannot be stopped any more; an owner makes a new pod.',
    documentation: page(path),
  };
}

/** Why a pod that is deleted is still there: its node, or its grace period; finalizers are everybody's affair. */
export function explainTermination(state: ClusterState, pod: Pod): readonly Finding[] {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const { nodeName = '' } = pod.spec;
  if (deletionTimestamp === undefined || nodeName === '') return NOTHING;
  const deleted = refer(podKind, pod, 'metadata.deletionTimestamp', deletionTimestamp);
  if (isSilent(state, nodeName))
    return [
      {
        code: 'deletion-node-silent',
        sentence: `The pod is deleted, but stays until its kubelet says that the containers are stopped, and ${nodeName} is not heard of.`,
        because: [deleted, refer(podKind, pod, 'spec.nodeName', nodeName)],
        wouldChange: `Mend ${nodeName}, delete the node, or, if the containers certainly do not run any more: kubectl delete pod ${pod.metadata.name} --force --grace-period=0`,
        documentation: page('tasks/run-application/force-delete-stateful-set-pod/'),
      },
    ];
  const worker = podWorkers.get(state, pod.metadata.uid);
  const stopping = worker === undefined ? [] : stopsOf(worker);
  if (stopping.length === 0) return NOTHING;
  return [
    {
      code: 'terminating',
      sentence: `The pod is deleted and has a grace period of ${deletionGracePeriodSeconds}s: ${stopping.join('; ')}.`,
      because: [deleted, refer(podKind, pod, 'metadata.deletionGracePeriodSeconds', String(deletionGracePeriodSeconds))],
      wouldChange: 'Let time pass, let the container end at SIGTERM, or delete again with a shorter --grace-period.',
      documentation: page('concepts/workloads/pods/pod-lifecycle/#pod-termination'),
    },
  ];
}

function stopsOf(worker: PodWorker): readonly string[] {
  return (worker.run?.stops ?? []).flatMap(({ container, phase, killAtMs }) => {
    if (phase === 'hook') return [`the preStop hook of "${container}" runs`];
    return phase === 'term' ? [`"${container}" has got SIGTERM, has not ended, and is killed at ${formatTime(killAtMs)}`] : [];
  });
}
