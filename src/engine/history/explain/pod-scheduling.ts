// Pods that have no node: what holds them back before a node is looked for, and what the nodes have against them.
// Upstream: pkg/scheduler/schedule_one.go (v1.33).

import { getObject } from '../../apiserver/api.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { claimNamesOf } from '../../kinds/shared/pod-sources.ts';
import type { NodeInfo } from '../../scheduler/node-cache.ts';
import { backoffEndMs, isGated, isSchedulable, waitingPod } from '../../scheduler/queue.ts';
import { type Verdicts, verdictsOn } from '../../scheduler/verdicts.ts';
import { conditionOf, type Finding, listed, NOTHING, page, type Reference, refer } from './finding.ts';
import { explainRefusal, lacksSelected } from './node-refusals.ts';
import { explainShortage, isShortage } from './node-shortage.ts';

const SCHEDULING = 'concepts/scheduling-eviction/';

/** Why a pod has no node. */
export function explainScheduling(state: ClusterState, pod: Pod): readonly Finding[] {
  const { nodeName = '', schedulerName = 'default-scheduler' } = pod.spec;
  if (nodeName !== '' || isDeleting(pod) || pod.status.phase !== 'Pending') return NOTHING;
  if (isGated(pod)) return [gated(pod)];
  if (!isSchedulable(pod)) return [otherScheduler(pod, schedulerName)];
  const verdicts = verdictsOn(state, pod);
  const because = proofs(pod);
  if (verdicts.nodes.length === 0) return [noNodes(because)];
  if (verdicts.problem !== undefined) return [claimsUnready(state, pod, verdicts.problem, because)];
  const willing = verdicts.nodes.filter(({ refusal }) => refusal === undefined);
  if (willing.length > 0)
    return [
      pending(
        state,
        pod,
        willing.map(({ info }) => info.name),
        because,
      ),
    ];
  const nominated = pod.status.nominatedNodeName ?? '';
  return [...(nominated === '' ? [] : [waitsForRoom(pod, nominated)]), ...refusals(state, pod, verdicts, because)];
}

function proofs(pod: Pod): readonly Reference[] {
  const condition = conditionOf(pod, 'PodScheduled');
  return condition?.status === 'False'
    ? [refer(podKind, pod, 'status.conditions[PodScheduled].message', condition.message ?? '')]
    : [refer(podKind, pod, 'spec.nodeName', '')];
}

function gated(pod: Pod): Finding {
  const names = (pod.spec.schedulingGates ?? []).map(({ name }) => name);
  return {
    code: 'scheduling-gated',
    sentence: `Not scheduled: the scheduler does not look at the pod before its scheduling gates are gone: ${listed(names)}.`,
    because: [refer(podKind, pod, 'spec.schedulingGates', names.join(', '))],
    wouldChange: `Remove ${names.length === 1 ? 'the gate' : 'all gates'} from spec.schedulingGates; whoever set a gate is meant to do it.`,
    documentation: page(`${SCHEDULING}pod-scheduling-readiness/`),
  };
}

function otherScheduler(pod: Pod, name: string): Finding {
  return {
    code: 'scheduler-missing',
    sentence: `Not scheduled: the pod is for the scheduler "${name}", and the cluster has only "default-scheduler".`,
    because: [refer(podKind, pod, 'spec.schedulerName', name)],
    wouldChange: `Run a scheduler of that name, or create the pod without spec.schedulerName.`,
    documentation: page('tasks/extend-kubernetes/configure-multiple-schedulers/'),
  };
}

function noNodes(because: readonly Reference[]): Finding {
  return {
    code: 'no-nodes',
    sentence: 'Not scheduled: the cluster has no nodes.',
    because,
    wouldChange: 'Add a node.',
    documentation: page('concepts/architecture/nodes/'),
  };
}

function claimsUnready(state: ClusterState, pod: Pod, problem: string, because: readonly Reference[]): Finding {
  const { namespace = '' } = pod.metadata;
  const claims = claimNamesOf(pod.spec, pod.metadata.name).flatMap((name) => {
    const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
    return claim === undefined || claim.status.phase === 'Bound'
      ? []
      : [refer(persistentVolumeClaimKind, claim, 'status.phase', claim.status.phase ?? '')];
  });
  return {
    code: 'claims-not-ready',
    sentence: `Not scheduled: ${problem}; no node will do until that has changed.`,
    because: [...because, ...claims],
    wouldChange:
      claims.length === 0
        ? 'Create the claim that the pod names.'
        : `Bind ${listed(claims.map(({ name }) => `persistentvolumeclaims/${name}`))}; explain it to see what it waits for.`,
    documentation: page('concepts/storage/persistent-volumes/'),
  };
}

function pending(state: ClusterState, pod: Pod, names: readonly string[], because: readonly Reference[]): Finding {
  const row = waitingPod(state, keyOf(pod));
  const retryMs = row === undefined ? 0 : backoffEndMs(row.failedMs, row.attempts);
  const when =
    retryMs > state.nowMs
      ? `tries again from ${formatTime(retryMs)} on`
      : 'tries again with the next change that can help, or within about five minutes of its last attempt';
  return {
    code: 'scheduling-pending',
    sentence: `Not scheduled yet: ${listed(names)} would take the pod as things stand now; the scheduler ${when}.`,
    because,
    wouldChange: 'Let time pass.',
    documentation: page(`${SCHEDULING}kube-scheduler/`),
  };
}

function waitsForRoom(pod: Pod, nodeName: string): Finding {
  return {
    code: 'waits-for-preempted',
    sentence: `Not scheduled yet: pods of lower priority are being removed from ${nodeName} to make room for this one.`,
    because: [refer(podKind, pod, 'status.nominatedNodeName', nodeName)],
    wouldChange: 'Let time pass: the victims have their grace periods.',
    documentation: page(`${SCHEDULING}pod-priority-preemption/`),
  };
}

/** One finding for each thing that nodes have against the pod. */
function refusals(state: ClusterState, pod: Pod, verdicts: Verdicts, because: readonly Reference[]): readonly Finding[] {
  const groups = new Map<string, { readonly reason: string; readonly infos: NodeInfo[] }>();
  for (const { info, refusal } of verdicts.nodes)
    for (const reason of refusal?.reasons ?? []) {
      // One reason stands for the node selector and for the node affinity.
      const key = `${reason} ${lacksSelected(pod, info.node)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { reason, infos: [info] });
      else group.infos.push(info);
    }
  return [...groups.values()].map(({ reason, infos }) => {
    const finding = isShortage(reason) ? explainShortage(pod, verdicts.requests, reason, infos) : explainRefusal(state, pod, reason, infos);
    return { ...finding, because: [...because, ...finding.because] };
  });
}
