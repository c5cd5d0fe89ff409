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
import { say } from '../words/message.ts';
import { conditionOf, NOTHING, page, refer, type Unsaid } from './finding.ts';
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
export function explainDeployment(state: ClusterState, deployment: Deployment): readonly Unsaid[] {
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

function pausedFinding(deployment: Deployment): Unsaid {
  return {
    code: 'paused',
    sentence: say('deploymentPaused'),
    because: [refer(deploymentKind, deployment, 'spec.paused', 'true')],
    wouldChange: `kubectl rollout resume deployment/${deployment.metadata.name}`,
    documentation: page('concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment'),
  };
}

function unavailable(deployment: Deployment): Unsaid {
  const available = deployment.status.availableReplicas ?? 0;
  return {
    code: 'replicas-unavailable',
    sentence: say('podsAvailable', { available, wanted: deployment.spec.replicas }),
    because: [refer(deploymentKind, deployment, 'status.availableReplicas', String(available))],
    wouldChange: say('mendItsPods'),
    documentation: page('concepts/workloads/controllers/deployment/'),
  };
}

function rollout(deployment: Deployment, newest: ReplicaSet, sets: readonly ReplicaSet[]): Unsaid {
  const { spec, metadata } = deployment;
  const progressing = conditionOf(deployment, 'Progressing');
  const isLate = progressing?.reason === 'ProgressDeadlineExceeded';
  const available = newest.status.availableReplicas ?? 0;
  const old = sets.filter((set) => set !== newest && set.status.replicas > 0);
  const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate ?? {};
  const progress = say('rolloutProgress', {
    newest: newest.metadata.name,
    available,
    wanted: spec.replicas,
    old:
      old.length === 0
        ? undefined
        : { pods: old.reduce((sum, set) => sum + set.status.replicas, 0), sets: old.map((set) => set.metadata.name) },
    bounds: maxSurge === undefined ? undefined : { more: String(maxSurge), fewer: String(maxUnavailable) },
  });
  const deadlineMs = deadlineOf(deployment, progressing?.lastUpdateTime);
  return {
    code: isLate ? 'progress-deadline-exceeded' : 'rollout-in-progress',
    sentence: isLate
      ? say('rolloutStuck', { seconds: spec.progressDeadlineSeconds, progress })
      : say('rolloutGoesOn', { deadline: deadlineMs === undefined ? undefined : formatTime(deadlineMs), progress }),
    because: [
      refer(deploymentKind, deployment, 'status.conditions[Progressing].reason', progressing?.reason ?? ''),
      refer(replicaSetKind, newest, 'status.availableReplicas', String(available)),
      ...old.map((set) => refer(replicaSetKind, set, 'status.replicas', String(set.status.replicas))),
    ],
    wouldChange: say('mendOrUndo', { command: `kubectl rollout undo deployment/${metadata.name}` }),
    documentation: page('concepts/workloads/controllers/deployment/#failed-deployment'),
  };
}

function deadlineOf({ spec }: Deployment, lastUpdate: string | undefined): number | undefined {
  const sinceMs = parseTime(lastUpdate ?? '');
  const seconds = spec.progressDeadlineSeconds;
  return sinceMs === undefined || seconds === undefined || seconds >= 2 ** 31 - 1 ? undefined : sinceMs + seconds * 1000;
}

/** A ReplicaSet without all of its pods. */
export function explainReplicaSet(state: ClusterState, set: ReplicaSet): readonly Unsaid[] {
  const available = set.status.availableReplicas ?? 0;
  if (available >= set.spec.replicas || isDeleting(set)) return NOTHING;
  const ready = set.status.readyReplicas ?? 0;
  const { replicas: wanted, minReadySeconds: seconds = 0 } = set.spec;
  return [
    {
      code: 'replicas-unavailable',
      sentence:
        ready > available && seconds > 0
          ? say('podsAvailableYoung', { available, wanted, young: ready - available, seconds })
          : say('podsAvailable', { available, wanted }),
      because: [refer(replicaSetKind, set, 'status.availableReplicas', String(available))],
      wouldChange: say('mendItsPods'),
      documentation: page('concepts/workloads/controllers/replicaset/'),
    },
    ...(set.status.replicas < set.spec.replicas ? explainRefusedPods(state, set) : NOTHING),
    ...explainPods(state, podsOf(state, set)),
  ];
}

/** A StatefulSet that waits for one of its pods, or does not update the rest. */
export function explainStatefulSet(state: ClusterState, set: StatefulSet): readonly Unsaid[] {
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
  const isMade = pods.some((pod) => pod.metadata.name === late);
  return [
    {
      code: isOrdered ? 'waits-for-ordinal' : 'replicas-unavailable',
      sentence: say('waitsForOrdinal', { pod: late, isThere: isMade, later: isOrdered ? later : [] }),
      because: [
        refer(statefulSetKind, set, 'status.readyReplicas', String(status.readyReplicas ?? 0)),
        refer(statefulSetKind, set, 'spec.podManagementPolicy', spec.podManagementPolicy),
      ],
      wouldChange: say(isOrdered ? 'mendOrdinal' : 'mendPod', { pod: late }),
      documentation: page('concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees'),
    },
    ...(isMade ? NOTHING : explainRefusedPods(state, set)),
    ...explainPods(state, pods),
    ...held,
  ];
}

/** Pods that keep their old template on purpose. */
function heldUpdate(set: StatefulSet): readonly Unsaid[] {
  const { spec, status } = set;
  const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0;
  const isOnDelete = spec.updateStrategy.type === 'OnDelete';
  const old = spec.replicas - (status.updatedReplicas ?? 0);
  if (status.currentRevision === status.updateRevision || old <= 0 || (!isOnDelete && partition === 0)) return NOTHING;
  return [
    {
      code: isOnDelete ? 'update-on-delete' : 'update-partitioned',
      sentence: isOnDelete ? say('updateOnDelete', { count: old }) : say('updatePartitioned', { count: old, partition }),
      because: [
        refer(
          statefulSetKind,
          set,
          isOnDelete ? 'spec.updateStrategy.type' : 'spec.updateStrategy.rollingUpdate.partition',
          isOnDelete ? 'OnDelete' : String(partition),
        ),
      ],
      wouldChange: say(isOnDelete ? 'deleteOneByOne' : 'lowerPartition'),
      documentation: page('concepts/workloads/controllers/statefulset/#update-strategies'),
    },
  ];
}

/** Nodes on which a DaemonSet has no pod, and pods that are not ready. */
export function explainDaemonSet(state: ClusterState, set: DaemonSet): readonly Unsaid[] {
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

function keptOff(set: DaemonSet, model: Pod, node: Node): Unsaid {
  const taint = (node.spec.taints ?? []).find(
    (item) => item.effect !== 'PreferNoSchedule' && !isTolerated(item, model.spec.tolerations ?? []),
  );
  const isMatching = matchesRequiredAffinity(model, node);
  const text = taint === undefined ? '' : `${taint.key}${(taint.value ?? '') === '' ? '' : `=${taint.value}`}:${taint.effect}`;
  return {
    code: 'daemon-not-on-node',
    sentence: isMatching
      ? say('keptOffByTaint', { node: node.metadata.name, taint: text })
      : say('keptOffByLabels', { node: node.metadata.name }),
    because: [
      isMatching ? refer(nodeKind, node, 'spec.taints', text) : refer(nodeKind, node, 'metadata.labels'),
      refer(daemonSetKind, set, isMatching ? 'spec.template.spec.tolerations' : 'spec.template.spec.nodeSelector'),
    ],
    wouldChange: say(isMatching ? 'tolerateInTemplate' : 'labelIfWanted'),
    documentation: page('concepts/workloads/controllers/daemonset/#taints-and-tolerations'),
  };
}
