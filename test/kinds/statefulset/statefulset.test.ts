import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { StatefulSet } from '../../../src/engine/kinds/statefulset/types.ts';
import { createTestCluster, podTemplate } from '../../support/engine.ts';
import { statefulSet } from '../../support/workloads.ts';

function refusalOf(spec: object): string | undefined {
  const body = statefulSet('web', 1, spec as Record<string, unknown>);
  return createTestCluster().refusal({ verb: 'create', resource: 'statefulsets.apps', namespace: 'default', body, options: {} })?.message;
}

it('O9 O13 defaults, those of claim templates included', () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const { spec } = createTestCluster().create<StatefulSet>(statefulSet('web', 0, { volumeClaimTemplates: [claim] }));
  expect(spec).toMatchObject({
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  });
  expect(spec.volumeClaimTemplates?.[0]).toMatchObject({
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    spec: { volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  });
});

describe('validation', () => {
  it.each<[string, object, string]>([
    ['policy', { podManagementPolicy: 'Fast' }, `spec.podManagementPolicy: Invalid value: "Fast": must be 'OrderedReady' or 'Parallel'`],
    [
      'OnDelete',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      `only allowed for updateStrategy 'RollingUpdate'`,
    ],
    [
      'partition',
      { updateStrategy: { rollingUpdate: { partition: -1 } } },
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1',
    ],
    ['ordinals', { ordinals: { start: -1 } }, 'spec.ordinals.start: Invalid value: -1'],
    [
      'retention',
      { persistentVolumeClaimRetentionPolicy: { whenScaled: 'x' } },
      'whenScaled: Unsupported value: "x": supported values: "Delete", "Retain"',
    ],
    ['selector', { selector: {} }, 'empty selector is invalid for statefulset'],
    ['labels', { template: podTemplate({ app: 'x' }) }, '`selector` does not match template `labels`'],
    [
      'claims',
      { volumeClaimTemplates: [{ metadata: { name: 'a' } }, { metadata: { name: 'a' } }] },
      'spec.volumeClaimTemplates[1].metadata.name: Duplicate value: "a"',
    ],
  ])('%s', (_name, spec, message) => {
    expect(refusalOf(spec)).toContain(message);
  });

  it('C430 only some fields may change', () => {
    const cluster = createTestCluster();
    cluster.create(statefulSet('web', 0));
    const patch = (body: object): string | undefined =>
      cluster.refusal({
        verb: 'patch',
        resource: 'statefulsets.apps',
        namespace: 'default',
        name: 'web',
        patchType: 'merge',
        body: body as JsonObject,
        options: {},
      })?.message;
    expect(patch({ spec: { serviceName: 'other' } })).toContain(
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    );
    expect(patch({ spec: { replicas: 2, minReadySeconds: 3, ordinals: { start: 1 } } })).toBeUndefined();
  });
});

it('M2 is scaled through its subresource', () => {
  const cluster = createTestCluster();
  cluster.create(statefulSet('web', 1));
  cluster.patch('statefulsets.apps/web', { spec: { replicas: 3 } }, 'scale');
  expect(cluster.get<StatefulSet>('statefulsets.apps/web').spec.replicas).toBe(3);
});
