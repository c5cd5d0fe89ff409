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
import { say } from '../words/message.ts';
import { conditionOf, NOTHING, page, type Reference, refer, type Unsaid } from './finding.ts';
import { explainRefusal, lacksSelected } from './node-refusals.ts';
import { explainShortage, isShortage } from './node-shortage.ts';

const SCHEDULING = 'concepts/scheduling-eviction/';

/** Why a pod has no node. */
export function explainScheduling(state: ClusterState, pod: Pod): readonly Unsaid[] {
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

function gated(pod: Pod): Unsaid {
  const names = (pod.spec.schedulingGates ?? []).map(({ name }) => name);
  return {
    code: 'scheduling-gated',
    sentence: say('schedulingGated', { gates: names }),
    because: [refer(podKind, pod, 'spec.schedulingGates', names.join(', '))],
    wouldChange: say('removeGates', { count: names.length }),
    documentation: page(`${SCHEDULING}pod-scheduling-readiness/`),
  };
}

function otherScheduler(pod: Pod, name: string): Unsaid {
  return {
    code: 'scheduler-missing',
    sentence: say('otherScheduler', { name }),
    because: [refer(podKind, pod, 'spec.schedulerName', name)],
    wouldChange: say('runScheduler'),
    documentation: page('tasks/extend-kubernetes/configure-multiple-schedulers/'),
  };
}

function noNodes(because: readonly Reference[]): Unsaid {
  return {
    code: 'no-nodes',
    sentence: say('noNodes'),
    because,
    wouldChange: say('addNode'),
    documentation: page('concepts/architecture/nodes/'),
  };
}

function claimsUnready(state: ClusterState, pod: Pod, problem: string, because: readonly Reference[]): Unsaid {
  const { namespace = '' } = pod.metadata;
  const claims = claimNamesOf(pod.spec, pod.metadata.name).flatMap((name) => {
    const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
    return claim === undefined || claim.status.phase === 'Bound'
      ? []
      : [refer(persistentVolumeClaimKind, claim, 'status.phase', claim.status.phase ?? '')];
  });
  return {
    code: 'claims-not-ready',
    sentence: say('claimsUnready', { problem }),
    because: [...because, ...claims],
    wouldChange:
      claims.length === 0
        ? say('createNamedClaim')
        : say('bindClaims', { names: claims.map(({ name }) => `persistentvolumeclaims/${name}`) }),
    documentation: page('concepts/storage/persistent-volumes/'),
  };
}

function pending(state: ClusterState, pod: Pod, names: readonly string[], because: readonly Reference[]): Unsaid {
  const row = waitingPod(state, keyOf(pod));
  const retryMs = row === undefined ? 0 : backoffEndMs(row.failedMs, row.attempts);
  const next = retryMs > state.nowMs ? say('triesFrom', { time: formatTime(retryMs) }) : say('triesWithNextChange');
  return {
    code: 'scheduling-pending',
    sentence: say('schedulingPending', { nodes: names, next }),
    because,
    wouldChange: say('letTimePass'),
    documentation: page(`${SCHEDULING}kube-scheduler/`),
  };
}

function waitsForRoom(pod: Pod, nodeName: string): Unsaid {
  return {
    code: 'waits-for-preempted',
    sentence: say('waitsForPreempted', { node: nodeName }),
    because: [refer(podKind, pod, 'status.nominatedNodeName', nodeName)],
    wouldChange: say('letVictimsEnd'),
    documentation: page(`${SCHEDULING}pod-priority-preemption/`),
  };
}

/** One finding for each thing that nodes have against the pod. */
function refusals(state: ClusterState, pod: Pod, verdicts: Verdicts, because: readonly Reference[]): readonly Unsaid[] {
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
