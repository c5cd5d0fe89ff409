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
import { say } from '../words/message.ts';
import { conditionOf, NOTHING, page, quoted, refer, type Unsaid } from './finding.ts';
import { explainPods } from './pod.ts';

const BUDGETS = 'tasks/run-application/configure-pdb/';

/** Why a budget lets no pod go. */
export function explainBudget(state: ClusterState, budget: PodDisruptionBudget): readonly Unsaid[] {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget.status;
  const { selector, minAvailable, maxUnavailable } = budget.spec;
  if (disruptionsAllowed > 0 || isDeleting(budget)) return NOTHING;
  const field = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
  const rule = refer(podDisruptionBudgetKind, budget, `spec.${field}`, String(minAvailable ?? maxUnavailable ?? ''));
  if (expectedPods === 0 && currentHealthy === 0)
    return [
      {
        code: 'budget-selects-nothing',
        sentence: say('budgetSelectsNothing'),
        because: [refer(podDisruptionBudgetKind, budget, 'status.expectedPods', '0')],
        wouldChange: say('correctBudget'),
        documentation: page(BUDGETS),
      },
    ];
  const pods =
    selector === undefined ? [] : listBySelector(state, podKind, budget.metadata.namespace ?? '', selectorFromLabelSelector(selector));
  return [
    {
      code: 'no-disruption-allowed',
      sentence: say('noDisruption', {
        healthy: currentHealthy,
        expected: expectedPods,
        desired: desiredHealthy,
        field,
        value: String(minAvailable ?? maxUnavailable),
      }),
      because: [refer(podDisruptionBudgetKind, budget, 'status.disruptionsAllowed', '0'), rule],
      wouldChange: say('runMorePods', { field }),
      documentation: page('concepts/workloads/pods/disruptions/'),
    },
    ...explainPods(state, pods),
  ];
}

/** Amounts of a quota that are used up. */
export function explainQuota(_state: ClusterState, quota: ResourceQuota): readonly Unsaid[] {
  const { hard = {}, used = {} } = quota.status;
  return Object.keys(hard).flatMap((resource) => {
    const [max = '0', taken = '0'] = [hard[resource], used[resource]];
    if (compareQuantities(taken, max) < 0) return [];
    return [
      {
        code: 'quota-used-up',
        sentence: say('quotaUsedUp', { resource, used: taken, hard: max }),
        because: [
          refer(resourceQuotaKind, quota, `status.used.${resource}`, taken),
          refer(resourceQuotaKind, quota, `status.hard.${resource}`, max),
        ],
        wouldChange: say('raiseQuota'),
        documentation: page('concepts/policy/resource-quotas/'),
      },
    ];
  });
}

/** Conditions of a namespace that ends, of what keeps it. */
const REMAINS = ['NamespaceDeletionContentFailure', 'NamespaceContentRemaining', 'NamespaceFinalizersRemaining'] as const;

/** Why a namespace that is deleted stays. */
export function explainNamespace(_state: ClusterState, namespace: Namespace): readonly Unsaid[] {
  if (!isDeleting(namespace)) return NOTHING;
  return REMAINS.flatMap((type) => {
    const condition = conditionOf(namespace, type);
    if (condition?.status !== 'True') return [];
    return [
      {
        code: type === 'NamespaceFinalizersRemaining' ? 'namespace-finalizers' : 'namespace-not-empty',
        sentence: say('namespaceStays', { since: namespace.metadata.deletionTimestamp ?? '', message: quoted(condition.message) }),
        because: [refer(namespaceKind, namespace, `status.conditions[${type}]`, condition.reason ?? '')],
        wouldChange: say('letFinalizersWork'),
        documentation: page('concepts/overview/working-with-objects/namespaces/'),
      },
    ];
  });
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Why a node takes no pods, or is about to lose them. */
export function explainNode(state: ClusterState, node: Node): readonly Unsaid[] {
  const ready = conditionOf(node, 'Ready');
  const outage = outages.get(state, node.metadata.name);
  const found: Unsaid[] = [];
  if (ready !== undefined && (ready.status !== 'True' || outage !== undefined)) {
    const lost =
      outage === undefined ? undefined : say(outage.kind === 'down' ? 'nodeDown' : 'nodeCutOff', { heard: formatTime(outage.renewedMs) });
    found.push({
      code: ready.status === 'True' ? 'node-silent' : 'node-not-ready',
      sentence:
        ready.status === 'True'
          ? say('nodeStillReady', { outage: lost })
          : say('nodeNotReady', { since: ready.lastTransitionTime ?? '', message: quoted(ready.message), outage: lost }),
      because: [refer(nodeKind, node, 'status.conditions[Ready].reason', ready.reason ?? '')],
      wouldChange: say(outage === undefined ? 'mendKubelet' : 'endFault'),
      documentation: page('concepts/architecture/nodes/#condition'),
    });
  }
  if (node.spec.unschedulable === true)
    found.push({
      code: 'node-unschedulable',
      sentence: say('nodeCordoned'),
      because: [refer(nodeKind, node, 'spec.unschedulable', 'true')],
      wouldChange: `kubectl uncordon ${node.metadata.name}`,
      documentation: page('concepts/architecture/nodes/#manual-node-administration'),
    });
  return [...found, ...PRESSURES.flatMap((type) => pressure(node, type))];
}

function pressure(node: Node, type: string): readonly Unsaid[] {
  const condition = conditionOf(node, type);
  if (condition?.status !== 'True') return NOTHING;
  return [
    {
      code: 'node-pressure',
      sentence: say('nodePressure', { since: condition.lastTransitionTime ?? '', message: quoted(condition.message) }),
      because: [refer(nodeKind, node, `status.conditions[${type}].reason`, condition.reason ?? '')],
      wouldChange: say('runLess'),
      documentation: page('concepts/scheduling-eviction/node-pressure-eviction/'),
    },
  ];
}
