import { expect, it } from 'vitest';
import { podDisruptionBudgetKind } from '../../../src/engine/kinds/poddisruptionbudget/index.ts';
import type { PodDisruptionBudget } from '../../../src/engine/kinds/poddisruptionbudget/types.ts';
import { createTestCluster } from '../../support/engine.ts';
import { budget } from '../../support/workloads.ts';

function refusalOf(spec: Readonly<Record<string, unknown>>): string | undefined {
  const body = budget('b', spec);
  const request = { verb: 'create', resource: 'poddisruptionbudgets.policy', namespace: 'default', body, options: {} } as const;
  return createTestCluster().refusal(request)?.message;
}

it('O13 F6 a new budget allows nothing, whatever its status says', () => {
  const cluster = createTestCluster();
  const [first] = cluster.during('poddisruptionbudgets.policy', () =>
    cluster.create({ ...budget('b', { maxUnavailable: '30%', selector: {} }), status: { disruptionsAllowed: 7 } }),
  );
  const stored = first?.object as unknown as PodDisruptionBudget;
  expect(stored.metadata.generation).toBe(1);
  expect(stored.status).toEqual({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 });
});

it.each<[string, Record<string, unknown>, string]>([
  [
    'P10 both bounds',
    { minAvailable: 1, maxUnavailable: '10%' },
    'spec: Invalid value: policy.PodDisruptionBudgetSpec{MinAvailable:(*intstr.IntOrString)(0xc000000000), Selector:(*v1.LabelSelector)(nil), MaxUnavailable:(*intstr.IntOrString)(0xc000000000), UnhealthyPodEvictionPolicy:(*policy.UnhealthyPodEvictionPolicyType)(nil)}: minAvailable and maxUnavailable cannot be both set',
  ],
  ['P7 a negative number', { minAvailable: -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
  [
    'P7 no percentage',
    { maxUnavailable: 'ten' },
    'spec.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"ten"}: ',
  ],
  ['P7 more than all', { maxUnavailable: '101%' }, 'StrVal:"101%"}: must not be greater than 100%'],
  [
    'P6 a selector that cannot be',
    { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
  [
    'P10 a policy that does not exist',
    { unhealthyPodEvictionPolicy: 'Never' },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
])('%s', (_name, spec, message) => {
  expect(refusalOf(spec)).toContain(message);
});

it('I5 an update names its version', () => {
  const cluster = createTestCluster();
  cluster.create(budget('b', { minAvailable: 1, selector: { matchLabels: { app: 'a' } } }));
  const path = { resource: 'poddisruptionbudgets.policy', namespace: 'default', name: 'b' };
  const refused = cluster.refusal({ verb: 'update', ...path, body: budget('b', { minAvailable: 2 }), options: {} });
  expect(refused?.message).toBe(
    'poddisruptionbudgets.policy "b" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
  );
});

it('M1 the counts of a status are not negative', () => {
  const cluster = createTestCluster();
  cluster.create(budget('b', { minAvailable: 1 }));
  const body = { status: { expectedPods: -1 } };
  const path = { resource: 'poddisruptionbudgets.policy', namespace: 'default', name: 'b', subresource: 'status' };
  const refused = cluster.refusal({ verb: 'patch', ...path, patchType: 'merge', body, options: {} });
  expect(refused?.message).toContain('status.expectedPods: Invalid value: -1: must be greater than or equal to 0');
});

it('N8 columns', () => {
  const cluster = createTestCluster();
  const cells = [{ minAvailable: 2 }, { maxUnavailable: '30%' }, {}].map((spec, index) => {
    const created = cluster.create<PodDisruptionBudget>(budget(`b${index}`, spec));
    return podDisruptionBudgetKind.cells(created, cluster.state.nowMs);
  });
  expect(podDisruptionBudgetKind.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'Name string',
    'Min Available string',
    'Max Unavailable string',
    'Allowed Disruptions integer',
    'Age string',
  ]);
  expect(cells).toEqual([
    ['b0', '2', 'N/A', 0, '0s'],
    ['b1', 'N/A', '30%', 0, '0s'],
    ['b2', 'N/A', 'N/A', 0, '0s'],
  ]);
});
