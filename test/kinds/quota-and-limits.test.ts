import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { limitRangeKind } from '../../src/engine/kinds/limitrange/index.ts';
import type { LimitRange, LimitRangeItem } from '../../src/engine/kinds/limitrange/types.ts';
import { resourceQuotaKind } from '../../src/engine/kinds/resourcequota/index.ts';
import type { ResourceQuota } from '../../src/engine/kinds/resourcequota/types.ts';
import { createTestCluster } from '../support/engine.ts';

function create(kind: string, spec: object): { readonly object?: KubeObject; readonly message: string } {
  const body = { apiVersion: 'v1', kind, metadata: { name: 'x' }, spec } as unknown as JsonObject;
  const resource = kind === 'LimitRange' ? 'limitranges' : 'resourcequotas';
  const cluster = createTestCluster();
  const { outcome } = cluster.execute({ type: 'request', request: { verb: 'create', resource, namespace: 'default', body, options: {} } });
  return outcome.ok ? { object: outcome.object as KubeObject, message: '' } : { message: outcome.status.message ?? '' };
}

describe('LimitRange', () => {
  it.each<[string, LimitRangeItem, object]>([
    ['a maximum', { type: 'Container', max: { cpu: '1' } }, { default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
    ['a minimum', { type: 'Container', min: { cpu: '200m' } }, { defaultRequest: { cpu: '200m' } }],
    ['a default limit', { type: 'Container', default: { memory: '512Mi' } }, { defaultRequest: { memory: '512Mi' } }],
    [
      'a minimum and a maximum',
      { type: 'Container', min: { cpu: '200m' }, max: { cpu: '800m' } },
      { default: { cpu: '800m' }, defaultRequest: { cpu: '800m' } },
    ],
  ])('defaults of a container limit follow %s', (_name, item, defaults) => {
    const range = create('LimitRange', { limits: [item] }).object as LimitRange;
    expect(range.spec.limits[0]).toEqual({ ...item, ...defaults });
  });

  it('a pod limit has no defaults', () => {
    const range = create('LimitRange', { limits: [{ type: 'Pod', max: { cpu: '1' } }] }).object as LimitRange;
    expect(range.spec.limits[0]).toEqual({ type: 'Pod', max: { cpu: '1' } });
  });

  it.each<[string, readonly object[], string]>([
    ['type', [{ type: 'Node' }], 'spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'],
    ['twice', [{ type: 'Pod' }, { type: 'Pod' }], 'spec.limits[1].type: Duplicate value: "Pod"'],
    [
      'order',
      [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }],
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    ],
    [
      'request',
      [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '2' } }],
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
    ],
    [
      'pod defaults',
      [{ type: 'Pod', default: { cpu: '1' } }],
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
    ],
    [
      'name',
      [{ type: 'Pod', max: { foo: '1' } }],
      'spec.limits[0].max[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
    ],
    [
      'storage',
      [{ type: 'PersistentVolumeClaim' }],
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
    ['ratio', [{ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }], 'ratio 500m is less than 1'],
    [
      'ratio beyond the bounds',
      [{ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
      'ratio 3 is greater than max/min = 2.000000',
    ],
  ])('validation: %s', (_name, limits, message) => {
    expect(create('LimitRange', { limits }).message).toContain(message);
  });

  it('N1 shows when it was created', () => {
    const range = create('LimitRange', { limits: [{ type: 'Pod', max: { cpu: '1' } }] }).object as LimitRange;
    expect(limitRangeKind.columns.map(({ name, type }) => [name, type])).toEqual([
      ['Name', 'string'],
      ['Created At', 'date'],
    ]);
    expect(limitRangeKind.cells(range, 0)).toEqual(['x', '2026-01-01T00:00:00Z']);
  });
});

describe('ResourceQuota', () => {
  it.each<[string, object, string]>([
    ['unknown resource', { hard: { foo: '1' } }, 'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota'],
    ['negative', { hard: { pods: '-1' } }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
    ['fraction', { hard: { pods: '500m' } }, 'spec.hard[pods]: Invalid value: "500m": must be an integer'],
    ['scope', { scopes: ['Fast'] }, 'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Fast"}: unsupported scope'],
    [
      'scopes that exclude each other',
      { scopes: ['BestEffort', 'NotBestEffort'] },
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: conflicting scopes',
    ],
    ['scope of another resource', { hard: { services: '1' }, scopes: ['Terminating'] }, 'unsupported scope applied to resource'],
    [
      'selector without values',
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
  ])('validation: %s', (_name, spec, message) => {
    expect(create('ResourceQuota', spec).message).toContain(message);
  });

  it('scopes are immutable', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'x' }, spec: { hard: { pods: '1' } } });
    const refused = cluster.refusal({
      verb: 'patch',
      resource: 'resourcequotas',
      namespace: 'default',
      name: 'x',
      patchType: 'merge',
      body: { spec: { scopes: ['BestEffort'] } },
      options: {},
    });
    expect(refused?.message).toContain('spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort"}: field is immutable');
  });

  it('N1 shows requests and limits apart, sorted by name', () => {
    const status = {
      hard: { pods: '4', 'limits.cpu': '2', 'requests.cpu': '1' },
      used: { pods: '1', 'limits.cpu': '500m', 'requests.cpu': '0' },
    };
    const metadata = { name: 'q', uid: '', resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' };
    const quota = { kind: 'ResourceQuota', apiVersion: 'v1', metadata, spec: {}, status } as unknown as ResourceQuota;
    expect(resourceQuotaKind.cells(quota, Date.UTC(2026, 0, 1, 0, 1, 0))).toEqual([
      'q',
      'pods: 1/4, requests.cpu: 0/1',
      'limits.cpu: 500m/2',
      '60s',
    ]);
  });
});
