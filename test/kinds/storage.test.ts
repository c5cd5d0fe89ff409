import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { persistentVolumeKind } from '../../src/engine/kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../src/engine/kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../src/engine/kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../src/engine/kinds/persistentvolumeclaim/types.ts';
import { storageClassKind } from '../../src/engine/kinds/storageclass/index.ts';
import type { StorageClass } from '../../src/engine/kinds/storageclass/types.ts';
import { createTestCluster } from '../support/engine.ts';
import { claim, storageClass, volume } from '../support/storage.ts';

const RESOURCES: Readonly<Record<string, string>> = {
  PersistentVolume: 'persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  StorageClass: 'storageclasses.storage.k8s.io',
};

function refusalOf(manifest: JsonObject): string {
  const { kind } = manifest as unknown as KubeObject;
  const place = kind === 'PersistentVolumeClaim' ? { namespace: 'default' } : {};
  const request = { verb: 'create', resource: RESOURCES[kind] ?? '', ...place, body: manifest, options: {} } as const;
  return createTestCluster().refusal(request)?.message ?? '';
}

it('O13 C931 defaults and finalizers', () => {
  const cluster = createTestCluster();
  const made = cluster.create<PersistentVolume>(volume('pv', '1Gi'));
  expect(made.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  expect(made.spec).toMatchObject({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  expect(made.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: '2026-01-01T00:00:00Z' });
  const asked = cluster.create<PersistentVolumeClaim>(claim('pvc', '2Gi'));
  expect(asked.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  expect(asked.spec.volumeMode).toBe('Filesystem');
  expect(asked.status).toEqual({ phase: 'Pending' });
  expect(cluster.create<StorageClass>(storageClass('fast'))).toMatchObject({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
});

describe('validation', () => {
  it.each<[string, JsonObject, string]>([
    [
      'topologies',
      storageClass('x', {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'zone', values: ['a', 'a'] },
              { key: 'zone', values: ['b'] },
            ],
          },
        ],
      }),
      'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a", allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
    ],
    ['modes', claim('x', '1Gi', { accessModes: [] }), 'spec.accessModes: Required value: at least 1 access mode is required'],
    ['unknown mode', claim('x', '1Gi', { accessModes: ['RW'] }), 'spec.accessModes: Unsupported value: "RW"'],
    [
      'modes that exclude each other',
      claim('x', '1Gi', { accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] }),
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
    ['no size', claim('x', '1Gi', { resources: {} }), 'spec.resources[storage]: Required value'],
    ['size', claim('x', '0'), 'spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    [
      'mode',
      claim('x', '1Gi', { volumeMode: 'Tape' }),
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
    ['capacity', volume('x', '1Gi', { capacity: {} }), 'spec.capacity: Required value'],
    ['source', volume('x', '1Gi', { hostPath: undefined }), 'spec: Required value: must specify a volume type'],
    ['two sources', volume('x', '1Gi', { nfs: { server: 's', path: '/p' } }), 'Forbidden: may not specify more than 1 volume type'],
    [
      'local',
      volume('x', '1Gi', { hostPath: undefined, local: { path: '/p' } }),
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
    ['policy', volume('x', '1Gi', { persistentVolumeReclaimPolicy: 'Keep' }), 'supported values: "Delete", "Recycle", "Retain"'],
    ['provisioner', storageClass('x', { provisioner: '' }), 'provisioner: Required value'],
    [
      'reclaimPolicy',
      storageClass('x', { reclaimPolicy: 'Recycle' }),
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
    ],
    ['binding', storageClass('x', { volumeBindingMode: 'Later' }), 'volumeBindingMode: Unsupported value: "Later"'],
  ])('%s', (_name, manifest, message) => {
    expect(refusalOf(manifest)).toContain(message);
  });

  it.each<[string, JsonObject, string, object, string]>([
    [
      'a claim that is not bound keeps its size',
      claim('x', '1Gi'),
      'persistentvolumeclaims',
      { spec: { resources: { requests: { storage: '2Gi' } } } },
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    ],
    [
      'a volume keeps its source',
      volume('x', '1Gi'),
      'persistentvolumes',
      { spec: { hostPath: { path: '/other' } } },
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation',
    ],
    [
      'a class keeps its provisioner',
      storageClass('x'),
      'storageclasses.storage.k8s.io',
      { provisioner: 'other.example.com/p' },
      'provisioner: Forbidden: updates to provisioner are forbidden.',
    ],
  ])('%s', (_name, manifest, resource, body, message) => {
    const cluster = createTestCluster();
    cluster.create(manifest);
    const place = resource === 'persistentvolumeclaims' ? { namespace: 'default' } : {};
    const refused = cluster.refusal({
      verb: 'patch',
      resource,
      ...place,
      name: 'x',
      patchType: 'merge',
      body: body as JsonObject,
      options: {},
    });
    expect(refused?.message).toContain(message);
  });
});

it('N1 columns', () => {
  const cluster = createTestCluster();
  const nowMs = cluster.state.nowMs + 90_000;
  const bound = cluster.create<PersistentVolume>(
    volume('pv', '10Gi', { accessModes: ['ReadWriteMany', 'ReadWriteOnce'], claimRef: { namespace: 'default', name: 'data' } }),
  );
  expect(persistentVolumeKind.cells(bound, nowMs).slice(0, 4)).toEqual(['pv', '10Gi', 'RWO,RWX', 'Retain']);
  expect(persistentVolumeKind.cells(bound, nowMs).slice(5)).toEqual(['default/data', 'manual', '<unset>', '', '90s', 'Filesystem']);
  const asked = cluster.create<PersistentVolumeClaim>(claim('other', '2Gi'));
  expect(persistentVolumeClaimKind.cells(asked, nowMs)).toEqual(['other', 'Pending', '', '', '', 'manual', '<unset>', '90s', 'Filesystem']);
  const leaving = { ...asked, metadata: { ...asked.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(persistentVolumeClaimKind.cells(leaving, nowMs)[1]).toBe('Terminating');
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  const shown = cluster.create<StorageClass>({ ...storageClass('fast'), metadata: { name: 'fast', annotations } });
  expect(storageClassKind.cells(shown, nowMs)).toEqual(['fast (default)', 'example.com/disk', 'Delete', 'Immediate', false, '90s']);
});
