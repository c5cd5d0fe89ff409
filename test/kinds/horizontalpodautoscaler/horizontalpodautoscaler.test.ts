import { describe, expect, it } from 'vitest';
import { formatTargets } from '../../../src/engine/kinds/horizontalpodautoscaler/columns.ts';
import { horizontalPodAutoscalerKind } from '../../../src/engine/kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../../src/engine/kinds/horizontalpodautoscaler/types.ts';
import { createTestCluster } from '../../support/engine.ts';
import { autoscaler, cpuTarget } from '../../support/workloads.ts';

type Fields = Record<string, unknown>;

function refusalOf(spec: Fields): string | undefined {
  const body = autoscaler('web', 3, spec);
  const request = { verb: 'create', resource: 'horizontalpodautoscalers.autoscaling', namespace: 'default', body, options: {} } as const;
  return createTestCluster().refusal(request)?.message;
}

const metric = (type: string, source: object): Fields => ({ metrics: [{ type, ...source }] });
const resource = (target: object): object => ({ resource: { name: 'cpu', target } });
const behavior = (scaleUp: object): Fields => ({ behavior: { scaleUp } });

describe('defaults', () => {
  it('C602 O13 the least, and 80 percent of CPU', () => {
    const cluster = createTestCluster();
    const { spec, status, metadata } = cluster.create<HorizontalPodAutoscaler>({ ...autoscaler('web', 3), status: { desiredReplicas: 3 } });
    expect(spec).toMatchObject({ minReplicas: 1, maxReplicas: 3, metrics: [cpuTarget(80)] });
    expect(spec.behavior).toBeUndefined();
    expect(status).toEqual({ desiredReplicas: 0, currentMetrics: null });
    expect(metadata.generation).toBeUndefined();
  });

  it('C635 a tolerance is dropped', () => {
    const given = { scaleUp: { tolerance: '0.05' } };
    const { spec } = createTestCluster().create<HorizontalPodAutoscaler>(autoscaler('web', 3, { behavior: given }));
    expect(spec.behavior?.scaleUp).not.toHaveProperty('tolerance');
  });

  it('C602 a behavior is completed', () => {
    const cluster = createTestCluster();
    const given = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const { spec } = cluster.create<HorizontalPodAutoscaler>(autoscaler('web', 3, { behavior: given }));
    expect(spec.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 60,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    });
  });
});

describe('P10 validation', () => {
  it.each<[Fields, string]>([
    [{ minReplicas: 5 }, 'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    [{ minReplicas: 0 }, 'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1'],
    [{ scaleTargetRef: { kind: 'a/b', name: 'x' } }, `spec.scaleTargetRef.kind: Invalid value: "a/b": may not contain '/'`],
    [metric('', {}), 'spec.metrics[0].type: Required value: must specify a metric source type'],
    [
      metric('Foo', {}),
      'spec.metrics[0].type: Unsupported value: "Foo": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    ],
    [metric('Resource', {}), 'spec.metrics[0].resource: Required value: must populate information for the given metric source'],
    [
      metric('Resource', { ...resource({ type: 'Utilization', averageUtilization: 1 }), pods: {} }),
      'spec.metrics[0].pods: Forbidden: must populate the given metric source only',
    ],
    [
      metric('Resource', resource({ type: 'Utilization' })),
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
    [
      metric('Resource', resource({ type: 'Utilization', averageUtilization: 1, averageValue: '1' })),
      'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    ],
    [
      metric('Resource', resource({ type: 'Foo', averageUtilization: 0 })),
      'target.averageUtilization: Invalid value: 0: must be greater than 0',
    ],
    [
      metric('Resource', resource({ type: 'Foo', averageUtilization: 1 })),
      'target.type: Invalid value: "Foo": must be either Utilization, Value, or AverageValue',
    ],
    [
      metric('Resource', resource({ type: 'AverageValue', averageValue: '0' })),
      'target.averageValue: Invalid value: "0": must be positive',
    ],
    [
      metric('Pods', { pods: { metric: { name: '' }, target: { type: 'AverageValue' } } }),
      'spec.metrics[0].pods.metric.name: Required value: must specify a metric name',
    ],
    [
      metric('Pods', { pods: { metric: { name: 'x' }, target: { type: 'AverageValue' } } }),
      'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
    ],
    [
      metric('Object', { object: { describedObject: { kind: 'Service', name: '' }, metric: { name: 'x' }, target: { type: 'Value' } } }),
      'spec.metrics[0].object.describedObject.name: Required value',
    ],
    [
      metric('External', { external: { metric: { name: 'x' }, target: { type: 'Value', value: '1', averageValue: '1' } } }),
      'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
    ],
    [
      metric('ContainerResource', {
        containerResource: { name: 'cpu', container: '', target: { type: 'Utilization', averageUtilization: 1 } },
      }),
      'spec.metrics[0].containerResource.container: Required value: must specify a container',
    ],
    [
      behavior({ stabilizationWindowSeconds: 3601 }),
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    ],
    [
      behavior({ selectPolicy: 'Foo' }),
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Foo": supported values: "Disabled", "Max", "Min"',
    ],
    [
      behavior({ policies: [{ type: 'Pods', value: 0, periodSeconds: 1801 }] }),
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero, spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ],
  ])('%j', (spec, message) => {
    expect(refusalOf(spec)).toContain(message);
  });
});

it('P10 rules without policies', () => {
  const wrong = autoscaler('web', 3, { minReplicas: 1, behavior: { scaleUp: {} } }) as unknown as HorizontalPodAutoscaler;
  expect(horizontalPodAutoscalerKind.validate(wrong)).toContainEqual({
    reason: 'FieldValueRequired',
    field: 'spec.behavior.scaleUp.policies',
    message: 'Required value: must specify at least one Policy',
  });
});

describe('columns', () => {
  it('N8 the row', () => {
    const cluster = createTestCluster();
    const created = cluster.create<HorizontalPodAutoscaler>(autoscaler('web', 3));
    expect(horizontalPodAutoscalerKind.columns.map(({ name }) => name).join(' ')).toBe(
      'Name Reference Targets MinPods MaxPods Replicas Age',
    );
    expect(horizontalPodAutoscalerKind.cells(created, cluster.state.nowMs)).toEqual([
      'web',
      'Deployment/web',
      'cpu: <unknown>/80%',
      '1',
      3,
      0,
      '0s',
    ]);
  });

  const cpu = (averageUtilization: number): MetricStatus => ({
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization } },
  });
  const average = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } };
  const pods = { type: 'Pods', pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1k' } } };
  const external = { type: 'External', external: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '30' } } };
  const object = { type: 'Object', object: { describedObject: {}, metric: { name: 'x' }, target: { type: 'Value', value: '10k' } } };
  it.each<[string, readonly object[], readonly MetricStatus[], string]>([
    ['nothing', [], [], '<none>'],
    ['a share', [cpuTarget(50)], [cpu(7)], 'cpu: 7%/50%'],
    ['an amount', [average], [{ type: 'Resource', resource: { name: 'memory', current: { averageValue: '7Mi' } } }], 'memory: 7Mi/100Mi'],
    ['two', [cpuTarget(50), pods], [cpu(7)], 'cpu: 7%/50%, <unknown>/1k'],
    ['more', [cpuTarget(50), average, pods, external], [{ type: '' }], 'cpu: <unknown>/50%, memory: <unknown>/100Mi + 2 more...'],
    ['from outside, of an object', [external, object], [], '<unknown>/30 (avg), <unknown>/10k'],
  ])('N13 %s', (_name, specs, statuses, text) => {
    expect(formatTargets(specs as unknown as readonly MetricSpec[], statuses)).toBe(text);
  });
});
