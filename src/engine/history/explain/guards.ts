// What guards others and may stand in their way: budgets, quotas, namespaces that end, nodes that are not well.
// Upstream: pkg/controller/{disruption,resourcequota,namespace,nodelifecycle} (v1.33).

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { listBySelector } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import type { Namespace } from '../../kinds/namespace/types.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { podDisruptionBudgetKind } from '../../kinds/poddisruptionbudget/index.ts';
import type { PodDisruptionBudget } from '../../kinds/poddisruptionbudget/types.ts';
import { resourceQuotaKind } from '../../kinds/resourcequota/index.ts';
import type { ResourceQuota } from '../../kinds/resourcequota/types.ts';
import { outages } from '../../kubelet/model.ts';
import { conditionOf, counted, type Finding, NOTHING, page, quoted, refer } from './finding.ts';
import { explainPods } from './pod.ts';

const BUDGETS = 'tasks/run-application/configure-pdb/';

/** Why a budget lets no pod go. */
export function explainBudget(state: ClusterState, budget: PodDisruptionBudget): readonly Finding[] {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget.status;
  const { selector, minAvailable, maxUnavailable } = budget.spec;
  if (disruptionsAllowed > 0 || isDeleting(budget)) return NOTHING;
  const field = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
  const rule = refer(podDisruptionBudgetKind, budget, `spec.${field}`, String(minAvailable ?? maxUnavailable ?? ''));
  if (expectedPods === 0 && currentHealthy === 0)
    return [
      {
        code: 'budget-selects-nothing',
        sentence: 'The budget guards no pod: its selector finds none.',
        because: [refer(podDisruptionBudgetKind, budget, 'status.expectedPods', '0')],
        wouldChange: 'Correct the selector, or start the pods.',
        documentation: page(BUDGETS),
      },
    ];
  const pods =
    selector === undefined ? [] : listBySelector(state, podKind, budget.metadata.namespace ?? '', selectorFromLabelSelector(selector));
  return [
    {
      code: 'no-disruption-allowed',
      sentence: `No pod may be evicted, so that kubectl drain waits: ${currentHealthy} of ${counted(expectedPods, 'pod')} ${currentHealthy === 1 ? 'is' : 'are'} healthy, and ${desiredHealthy} must stay so (${field}: ${String(minAvailable ?? maxUnavailable)}).`,
      because: [refer(podDisruptionBudgetKind, budget, 'status.disruptionsAllowed', '0'), rule],
      wouldChange: `Run more pods, mend those that are not healthy, or change ${field}.`,
      documentation: page('concepts/workloads/pods/disruptions/'),
    },
    ...explainPods(state, pods),
  ];
}

/** Amounts of a quota that are used up. */
export function explainQuota(_state: ClusterState, quota: ResourceQuota): readonly Finding[] {
  const { hard = {}, used = {} } = quota.status;
  return Object.keys(hard).flatMap((resource) => {
    const [max = '0', taken = '0'] = [hard[resource], used[resource]];
    if (compareQuantities(taken, max) < 0) return [];
    return [
      {
        code: 'quota-used-up',
        sentence: `The quota of ${resource} is used up: ${taken} of ${max}. What would need more is refused.`,
        because: [
          refer(resourceQuotaKind, quota, `status.used.${resource}`, taken),
          refer(resourceQuotaKind, quota, `status.hard.${resource}`, max),
        ],
        wouldChange: 'Raise the quota, or delete something that counts.',
        documentation: page('concepts/policy/resource-quotas/'),
      },
    ];
  });
}

/** Conditions of a namespace that ends, of what keeps it. */
const REMAINS = ['NamespaceDeletionContentFailure', 'NamespaceContentRemaining', 'NamespaceFinalizersRemaining'] as const;

/** Why a namespace that is deleted stays. */
export function explainNamespace(_state: ClusterState, namespace: Namespace): readonly Finding[] {
  if (!isDeleting(namespace)) return NOTHING;
  return REMAINS.flatMap((type) => {
    const condition = conditionOf(namespace, type);
    if (condition?.status !== 'True') return [];
    return [
      {
        code: type === 'NamespaceFinalizersRemaining' ? 'namespace-finalizers' : 'namespace-not-empty',
        sentence: `The namespace is deleted since ${namespace.metadata.deletionTimestamp}, but stays until all that is in it is gone: ${quoted(condition.message)}.`,
        because: [refer(namespaceKind, namespace, `status.conditions[${type}]`, condition.reason ?? '')],
        wouldChange: 'Let the controllers that own the finalizers do their work, or remove the finalizers from the objects.',
        documentation: page('concepts/overview/working-with-objects/namespaces/'),
      },
    ];
  });
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Why a node takes no pods, or is about to lose them. */
export function explainNode(state: ClusterState, node: Node): readonly Finding[] {
  const ready = conditionOf(node, 'Ready');
  const outage = outages.get(state, node.metadata.name);
  const found: Finding[] = [];
  if (ready !== undefined && (ready.status !== 'True' || outage !== undefined)) {
    const heard =
      outage === undefined
        ? ''
        : `; it is ${outage.kind === 'down' ? 'switched off' : 'cut off from the API server'} by a fault, and was last heard of at ${formatTime(outage.renewedMs)}`;
    const said =
      ready.status === 'True'
        ? 'The node still counts as ready'
        : `The node is not ready since ${ready.lastTransitionTime ?? ''}: ${quoted(ready.message)}`;
    found.push({
      code: ready.status === 'True' ? 'node-silent' : 'node-not-ready',
      sentence: `${said}${heard}.`,
      because: [refer(nodeKind, node, 'status.conditions[Ready].reason', ready.reason ?? '')],
      wouldChange: outage === undefined ? 'Mend its kubelet.' : 'Delete the fault, or wait until it is over.',
      documentation: page('concepts/architecture/nodes/#condition'),
    });
  }
  if (node.spec.unschedulable === true)
    found.push({
      code: 'node-unschedulable',
      sentence: 'The node is cordoned: no pod is scheduled there that does not tolerate it.',
      because: [refer(nodeKind, node, 'spec.unschedulable', 'true')],
      wouldChange: `kubectl uncordon ${node.metadata.name}`,
      documentation: page('concepts/architecture/nodes/#manual-node-administration'),
    });
  return [...found, ...PRESSURES.flatMap((type) => pressure(node, type))];
}

function pressure(node: Node, type: string): readonly Finding[] {
  const condition = conditionOf(node, type);
  if (condition?.status !== 'True') return NOTHING;
  return [
    {
      code: 'node-pressure',
      sentence: `The node is short of something since ${condition.lastTransitionTime ?? ''}: ${quoted(condition.message)}. Its kubelet evicts pods until that is over.`,
      because: [refer(nodeKind, node, `status.conditions[${type}].reason`, condition.reason ?? '')],
      wouldChange: 'Run less there; a pressure by a fault ends with the fault.',
      documentation: page('concepts/scheduling-eviction/node-pressure-eviction/'),
    },
  ];
}
