// Deployments, ReplicaSets, StatefulSets and DaemonSets that have not what they want: which pods are missing or not ready, and why.
// Upstream: pkg/controller/{deployment,replicaset,statefulset,daemon} (v1.33). Rules: C401, C403.

import { controllerOf, isDeleting, type KubeObject } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { listByTerm, listObjects } from '../../apiserver/api.ts';
import { judgeNode } from '../../controllers/daemonset/plan.ts';
import { daemonTolerations } from '../../controllers/daemonset/template.ts';
import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { daemonSetKind } from '../../kinds/daemonset/index.ts';
import type { DaemonSet } from '../../kinds/daemonset/types.ts';
import { deploymentKind } from '../../kinds/deployment/index.ts';
import type { Deployment } from '../../kinds/deployment/types.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { replicaSetKind } from '../../kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import { matchesRequiredAffinity } from '../../kinds/shared/node-affinity.ts';
import { isTolerated } from '../../kinds/shared/taints.ts';
import { statefulSetKind } from '../../kinds/statefulset/index.ts';
import type { StatefulSet } from '../../kinds/statefulset/types.ts';
import { conditionOf, counted, type Finding, listed, NOTHING, page, refer } from './finding.ts';
import { explainPods, isReady } from './pod.ts';
import { explainRefusedPods } from './pod-refusals.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** The pods that an object controls. */
export function podsOf(state: ClusterState, owner: KubeObject): readonly Pod[] {
  return ownedBy(listByTerm(state, podKind, `owner:${owner.metadata.uid}`), owner);
}

function ownedBy<T extends KubeObject>(objects: readonly T[], owner: KubeObject): readonly T[] {
  return objects.filter((object) => controllerOf(object)?.uid === owner.metadata.uid);
}

/** A rollout that is paused, goes on, or is stuck. */
export function explainDeployment(state: ClusterState, deployment: Deployment): readonly Finding[] {
  const { spec, status } = deployment;
  const sets = ownedBy(listByTerm(state, replicaSetKind, `owner:${deployment.metadata.uid}`), deployment);
  const revision = deployment.metadata.annotations?.[REVISION];
  const newest = sets.find(({ metadata }) => metadata.annotations?.[REVISION] === revision);
  const paused = spec.paused === true ? [pausedFinding(deployment)] : NOTHING;
  const updated = status.updatedReplicas ?? 0;
  const isComplete = updated === spec.replicas && (status.replicas ?? 0) === updated && (status.availableReplicas ?? 0) >= spec.replicas;
  if (isComplete || isDeleting(deployment)) return paused;
  const pods = newest === undefined ? [] : podsOf(state, newest);
  return [
    ...paused,
    ...(newest === undefined || conditionOf(deployment, 'Progressing')?.reason === 'NewReplicaSetAvailable'
      ? [unavailable(deployment)]
      : [rollout(deployment, newest, sets)]),
    ...sets.flatMap((set) => (set.status.replicas < set.spec.replicas ? explainRefusedPods(state, set) : NOTHING)),
    ...explainPods(state, pods),
  ];
}

function pausedFinding(deployment: Deployment): Finding {
  return {
    code: 'paused',
    sentence: 'The Deployment is paused: changes of its template are not rolled out.',
    because: [refer(deploymentKind, deployment, 'spec.paused', 'true')],
    wouldChange: `kubectl rollout resume deployment/${deployment.metadata.name}`,
    documentation: page('concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment'),
  };
}

function unavailable(deployment: Deployment): Finding {
  const available = deployment.status.availableReplicas ?? 0;
  return {
    code: 'replicas-unavailable',
    sentence: `Pods available: ${available} of ${deployment.spec.replicas}.`,
    because: [refer(deploymentKind, deployment, 'status.availableReplicas', String(available))],
    wouldChange: 'Mend what keeps its pods from being ready.',
    documentation: page('concepts/workloads/controllers/deployment/'),
  };
}

function rollout(deployment: Deployment, newest: ReplicaSet, sets: readonly ReplicaSet[]): Finding {
  const { spec, metadata } = deployment;
  const progressing = conditionOf(deployment, 'Progressing');
  const isLate = progressing?.reason === 'ProgressDeadlineExceeded';
  const available = newest.status.availableReplicas ?? 0;
  const old = sets.filter((set) => set !== newest && set.status.replicas > 0);
  const oldText =
    old.length === 0
      ? ''
      : `, and ${counted(
          old.reduce((sum, set) => sum + set.status.replicas, 0),
          'pod',
        )} of ${listed(old.map((set) => set.metadata.name))} ${old.length === 1 && old[0]?.status.replicas === 1 ? 'is' : 'are'} still there`;
  const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate ?? {};
  const bounds =
    maxSurge === undefined
      ? ''
      : ` The strategy allows ${maxSurge} more and ${maxUnavailable} fewer than ${counted(spec.replicas, 'pod')}.`;
  const deadlineMs = deadlineOf(deployment, progressing?.lastUpdateTime);
  const late = isLate
    ? `The rollout is stuck: it has not progressed for more than its progressDeadlineSeconds of ${spec.progressDeadlineSeconds}s`
    : `The rollout goes on${deadlineMs === undefined ? '' : `, and counts as failed at ${formatTime(deadlineMs)} unless it progresses`}`;
  return {
    code: isLate ? 'progress-deadline-exceeded' : 'rollout-in-progress',
    sentence: `${late}; its new ReplicaSet ${newest.metadata.name} has ${available} of ${counted(spec.replicas, 'pod')} available${oldText}.${bounds}`,
    because: [
      refer(deploymentKind, deployment, 'status.conditions[Progressing].reason', progressing?.reason ?? ''),
      refer(replicaSetKind, newest, 'status.availableReplicas', String(available)),
      ...old.map((set) => refer(replicaSetKind, set, 'status.replicas', String(set.status.replicas))),
    ],
    wouldChange: `Mend what keeps the new pods from being ready, or go back: kubectl rollout undo deployment/${metadata.name}`,
    documentation: page('concepts/workloads/controllers/deployment/#failed-deployment'),
  };
}

function deadlineOf({ spec }: Deployment, lastUpdate: string | undefined): number | undefined {
  const sinceMs = parseTime(lastUpdate ?? '');
  const seconds = spec.progressDeadlineSeconds;
  return sinceMs === undefined || seconds === undefined || seconds >= 2 ** 31 - 1 ? undefined : sinceMs + seconds * 1000;
}

/** A ReplicaSet without all of its pods. */
export function explainReplicaSet(state: ClusterState, set: ReplicaSet): readonly Finding[] {
  const available = set.status.availableReplicas ?? 0;
  if (available >= set.spec.replicas || isDeleting(set)) return NOTHING;
  const ready = set.status.readyReplicas ?? 0;
  const young =
    ready > available && (set.spec.minReadySeconds ?? 0) > 0
      ? `; ${ready - available} more ${ready - available === 1 ? 'has' : 'have'} not been ready for its minReadySeconds of ${set.spec.minReadySeconds}s`
      : '';
  return [
    {
      code: 'replicas-unavailable',
      sentence: `Pods available: ${available} of ${set.spec.replicas}${young}.`,
      because: [refer(replicaSetKind, set, 'status.availableReplicas', String(available))],
      wouldChange: 'Mend what keeps its pods from being ready.',
      documentation: page('concepts/workloads/controllers/replicaset/'),
    },
    ...(set.status.replicas < set.spec.replicas ? explainRefusedPods(state, set) : NOTHING),
    ...explainPods(state, podsOf(state, set)),
  ];
}

/** A StatefulSet that waits for one of its pods, or does not update the rest. */
export function explainStatefulSet(state: ClusterState, set: StatefulSet): readonly Finding[] {
  const { spec, status, metadata } = set;
  if (isDeleting(set)) return NOTHING;
  const pods = podsOf(state, set);
  const first = spec.ordinals?.start ?? 0;
  const names = Array.from({ length: spec.replicas }, (_, index) => `${metadata.name}-${first + index}`);
  const late = names.find((name) => !pods.some((pod) => pod.metadata.name === name && isReady(pod)));
  const held = heldUpdate(set);
  if (late === undefined) return held;
  const later = names.slice(names.indexOf(late) + 1).filter((name) => !pods.some((pod) => pod.metadata.name === name));
  const isOrdered = spec.podManagementPolicy === 'OrderedReady';
  const next = isOrdered && later.length > 0 ? `; ${listed(later)} ${later.length === 1 ? 'is' : 'are'} not made before it is ready` : '';
  const isMade = pods.some((pod) => pod.metadata.name === late);
  return [
    {
      code: isOrdered ? 'waits-for-ordinal' : 'replicas-unavailable',
      sentence: `The StatefulSet waits for ${late}, which ${isMade ? 'is not ready' : 'is not there'}${next}.`,
      because: [
        refer(statefulSetKind, set, 'status.readyReplicas', String(status.readyReplicas ?? 0)),
        refer(statefulSetKind, set, 'spec.podManagementPolicy', spec.podManagementPolicy),
      ],
      wouldChange: `Mend ${late}${isOrdered ? ', or make the set anew with podManagementPolicy: Parallel' : ''}.`,
      documentation: page('concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees'),
    },
    ...(isMade ? NOTHING : explainRefusedPods(state, set)),
    ...explainPods(state, pods),
    ...held,
  ];
}

/** Pods that keep their old template on purpose. */
function heldUpdate(set: StatefulSet): readonly Finding[] {
  const { spec, status } = set;
  const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0;
  const isOnDelete = spec.updateStrategy.type === 'OnDelete';
  const old = spec.replicas - (status.updatedReplicas ?? 0);
  if (status.currentRevision === status.updateRevision || old <= 0 || (!isOnDelete && partition === 0)) return NOTHING;
  return [
    {
      code: isOnDelete ? 'update-on-delete' : 'update-partitioned',
      sentence: `${counted(old, 'pod')} ${old === 1 ? 'has' : 'have'} an older template: ${isOnDelete ? 'the update strategy OnDelete replaces a pod only when somebody deletes it' : `the partition ${partition} keeps the ordinals below it as they are`}.`,
      because: [
        refer(
          statefulSetKind,
          set,
          isOnDelete ? 'spec.updateStrategy.type' : 'spec.updateStrategy.rollingUpdate.partition',
          isOnDelete ? 'OnDelete' : String(partition),
        ),
      ],
      wouldChange: isOnDelete ? 'Delete the pods one after the other.' : 'Lower the partition.',
      documentation: page('concepts/workloads/controllers/statefulset/#update-strategies'),
    },
  ];
}

/** Nodes on which a DaemonSet has no pod, and pods that are not ready. */
export function explainDaemonSet(state: ClusterState, set: DaemonSet): readonly Finding[] {
  if (isDeleting(set)) return NOTHING;
  const pods = podsOf(state, set);
  const { spec } = set.spec.template;
  const model = {
    ...set.spec.template,
    kind: 'Pod',
    apiVersion: 'v1',
    spec: { ...spec, tolerations: daemonTolerations(spec) },
  } as unknown as Pod;
  const nodes = listObjects(state, nodeKind);
  const absent = nodes.filter((node) => !judgeNode(model, node).shouldRun).map((node) => keptOff(set, model, node));
  const missing = set.status.desiredNumberScheduled > set.status.currentNumberScheduled ? explainRefusedPods(state, set) : NOTHING;
  return [...absent.slice(0, EXPLANATION_REFERENCES_MAX), ...missing, ...explainPods(state, pods)];
}

function keptOff(set: DaemonSet, model: Pod, node: Node): Finding {
  const taint = (node.spec.taints ?? []).find(
    (item) => item.effect !== 'PreferNoSchedule' && !isTolerated(item, model.spec.tolerations ?? []),
  );
  const isMatching = matchesRequiredAffinity(model, node);
  const text = taint === undefined ? '' : `${taint.key}${(taint.value ?? '') === '' ? '' : `=${taint.value}`}:${taint.effect}`;
  return {
    code: 'daemon-not-on-node',
    sentence: `There is no pod on ${node.metadata.name}: ${isMatching ? `it has the taint ${text}, which the template does not tolerate` : 'its labels do not match the node selector or the node affinity of the template'}.`,
    because: [
      isMatching ? refer(nodeKind, node, 'spec.taints', text) : refer(nodeKind, node, 'metadata.labels'),
      refer(daemonSetKind, set, isMatching ? 'spec.template.spec.tolerations' : 'spec.template.spec.nodeSelector'),
    ],
    wouldChange: isMatching ? 'Add a toleration to the template, if a pod is wanted there.' : 'Label the node, if a pod is wanted there.',
    documentation: page('concepts/workloads/controllers/daemonset/#taints-and-tolerations'),
  };
}
