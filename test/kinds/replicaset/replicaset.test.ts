import { describe, expect, it } from 'vitest';
import { readScale } from '../../../src/engine/apiserver/subresources.ts';
import type { Kind } from '../../../src/engine/kinds/kind.ts';
import { replicaSetKind } from '../../../src/engine/kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { createTestCluster, podTemplate, replicaSet, type TestCluster } from '../../support/engine.ts';

const create = (cluster: TestCluster, spec: object, metadata: object = {}) => {
  const body = replicaSet('rs', 1, spec, metadata);
  return cluster.refusal({ verb: 'create', resource: 'replicasets.apps', namespace: 'default', body, options: {} });
};

describe('the object', () => {
  it('C156 one replica is meant when none is said; a status in a manifest is dropped', () => {
    const cluster = createTestCluster();
    const { spec, ...manifest } = replicaSet('rs', 1) as { spec: object };
    const { replicas: _replicas, ...rest } = spec as Record<string, unknown>;
    const made = cluster.create<ReplicaSet>({ ...manifest, spec: rest, status: { replicas: 7 } });
    expect([made.spec.replicas, made.status.replicas]).toEqual([1, 0]);
    cluster.patch('replicasets.apps/rs', { status: { replicas: 9 } });
    expect(cluster.get<ReplicaSet>('replicasets.apps/rs').status.replicas).toBe(1);
  });

  it.each([
    ['C156 fewer replicas than none', { replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ['C156 a negative wait', { minReadySeconds: -1 }, 'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0'],
    ['C157 an empty selector', { selector: {} }, 'empty selector is invalid for deployment'],
    ['C157 no selector', { selector: undefined }, 'spec.selector: Required value'],
    ['C157 another selector', { template: podTemplate({ app: 'x' }) }, '`selector` does not match template `labels`'],
    [
      'C159 a pod that does not restart',
      { template: { metadata: { labels: { app: 'rs' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'C159 a deadline',
      { template: { metadata: { labels: { app: 'rs' } }, spec: { activeDeadlineSeconds: 5, containers: [{ name: 'c', image: 'i' }] } } },
      'activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
  ])('%s is refused', (_name, spec, text) => {
    expect(create(createTestCluster(), spec)?.message).toContain(text);
  });

  it('C160 a name that is no label of a host is a warning', () => {
    const cluster = createTestCluster();
    const body = replicaSet('with.dots', 0);
    const { outcome } = cluster.execute({
      type: 'request',
      request: { verb: 'create', resource: 'replicasets.apps', namespace: 'default', body, options: {} },
    });
    expect(outcome.ok && outcome.warnings).toEqual([
      expect.stringContaining(
        'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended:',
      ),
    ]);
    expect(create(cluster, {}, { name: 'Not_a_name' })?.reason).toBe('Invalid');
  });

  it('C168 the selector has the meaning of any: expressions, and keys that are not there', () => {
    const cluster = createTestCluster();
    const matchExpressions = [
      { key: 'gone', operator: 'DoesNotExist' },
      { key: 'app', operator: 'In', values: ['rs', 'other'] },
    ];
    expect(create(cluster, { selector: { matchExpressions } })).toBeUndefined();
    expect(cluster.get<ReplicaSet>('replicasets.apps/rs').status.replicas).toBe(1);
  });
});

describe('C161 the scale', () => {
  interface Scale {
    readonly spec: { readonly replicas?: number };
    readonly status: { readonly replicas: number; readonly selector: string };
  }
  const read = (cluster: TestCluster): Scale =>
    readScale(replicaSetKind as unknown as Kind, cluster.get('replicasets.apps/rs')) as unknown as Scale;

  it('C161 C1013 shows size, count and selector, and changes nothing but the size', () => {
    const cluster = createTestCluster();
    cluster.create(
      replicaSet('rs', 2, { selector: { matchLabels: { app: 'rs' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } }),
    );
    expect(read(cluster)).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2, selector: '!a,app=rs' } });
    cluster.patch('replicasets.apps/rs', { spec: { replicas: 3 }, metadata: { labels: { x: 'y' } } }, 'scale');
    const { metadata, spec } = cluster.get<ReplicaSet>('replicasets.apps/rs');
    expect([spec.replicas, metadata.generation, metadata.labels]).toEqual([3, 2, undefined]);
    const request = {
      verb: 'patch',
      resource: 'replicasets.apps',
      namespace: 'default',
      name: 'rs',
      subresource: 'scale',
      patchType: 'merge',
      body: { spec: { replicas: -1 } },
      options: {},
    } as const;
    expect(cluster.refusal(request)?.message).toContain('spec.replicas: Invalid value: -1: must be greater than or equal to 0');
  });
});
