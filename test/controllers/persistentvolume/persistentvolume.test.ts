import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { PersistentVolume } from '../../../src/engine/kinds/persistentvolume/types.ts';
import type { PersistentVolumeClaim } from '../../../src/engine/kinds/persistentvolumeclaim/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { barePod, createTestCluster, type TestCluster } from '../../support/engine.ts';
import { claim, storageClass, volume } from '../../support/storage.ts';

function claimOf(cluster: TestCluster, name: string): PersistentVolumeClaim {
  return cluster.get<PersistentVolumeClaim>(`persistentvolumeclaims/${name}`);
}

function volumeOf(cluster: TestCluster, name: string): PersistentVolume {
  return cluster.get<PersistentVolume>(`persistentvolumes/${name}`);
}

/** What a claim got, of these volumes. */
function boundTo(asked: object, ...volumes: readonly object[]): string {
  const cluster = createTestCluster();
  for (const manifest of volumes) cluster.create(manifest);
  cluster.create(asked);
  return claimOf(cluster, 'c').spec.volumeName ?? 'none';
}

describe('which volume a claim gets', () => {
  const RWX = { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] };
  const labelled = (name: string, size: string): object => ({ ...volume(name, size), metadata: { name, labels: { tier: 'gold' } } });

  it.each<[string, string, object, readonly object[]]>([
    ['the smallest that is large enough', 'b', claim('c', '3Gi'), [volume('a', '10Gi'), volume('b', '4Gi'), volume('d', '1Gi')]],
    ['one without modes to spare before a smaller one', 'b', claim('c', '1Gi'), [volume('a', '1Gi', RWX), volume('b', '9Gi')]],
    ['one with all its modes', 'b', claim('c', '1Gi', { accessModes: ['ReadWriteMany'] }), [volume('a', '1Gi'), volume('b', '9Gi', RWX)]],
    ['none of another class', 'none', claim('c', '1Gi'), [volume('a', '1Gi', { storageClassName: 'other' })]],
    ['none of another mode', 'none', claim('c', '1Gi', { volumeMode: 'Block' }), [volume('a', '1Gi')]],
    [
      'one that its selector matches',
      'b',
      claim('c', '1Gi', { selector: { matchLabels: { tier: 'gold' } } }),
      [volume('a', '1Gi'), labelled('b', '5Gi')],
    ],
    [
      'the one that is kept for it',
      'b',
      claim('c', '1Gi'),
      [volume('a', '1Gi'), volume('b', '5Gi', { claimRef: { namespace: 'default', name: 'c' } })],
    ],
    ['none that is kept for another', 'none', claim('c', '1Gi'), [volume('a', '1Gi', { claimRef: { namespace: 'default', name: 'x' } })]],
    ['the one that it names', 'a', claim('c', '1Gi', { volumeName: 'a' }), [volume('a', '9Gi'), volume('b', '1Gi')]],
    [
      'without a class, one without a class',
      'b',
      claim('c', '1Gi', { storageClassName: undefined }),
      [volume('a', '1Gi'), volume('b', '1Gi', { storageClassName: undefined })],
    ],
  ])('%s: %s', (_name, wanted, asked, volumes) => {
    expect(boundTo(asked, ...volumes)).toBe(wanted);
  });
});

describe('binding', () => {
  it('is four writes: the volume names the claim and is Bound, the claim names the volume and is Bound', () => {
    const cluster = createTestCluster();
    cluster.create(volume('v', '1Gi'));
    const from = cluster.changes.length;
    const { uid } = cluster.create<KubeObject>(claim('c', '1Gi')).metadata;
    const writes = cluster.changes.slice(from + 1).filter(({ resource }) => resource.startsWith('persistent'));
    expect(writes.map(({ object }) => [object.kind, (object['status'] as { phase: string }).phase])).toEqual([
      ['PersistentVolume', 'Available'],
      ['PersistentVolume', 'Bound'],
      ['PersistentVolumeClaim', 'Pending'],
      ['PersistentVolumeClaim', 'Bound'],
    ]);
    expect(volumeOf(cluster, 'v').spec.claimRef).toMatchObject({ kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c', uid });
    expect(volumeOf(cluster, 'v').metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
    expect(claimOf(cluster, 'c').metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
  });

  it('a claim that names a volume which does not fit says why', () => {
    const cluster = createTestCluster();
    cluster.create(volume('small', '1Gi'));
    cluster.create(claim('c', '5Gi', { volumeName: 'small' }));
    expect(claimOf(cluster, 'c').status.phase).toBe('Pending');
    expect(cluster.events('persistentvolumeclaims/c')).toEqual([
      'Warning VolumeMismatch "Cannot bind to requested volume "small": requested PV is too small"',
    ]);
    cluster.create(volume('taken', '5Gi'));
    cluster.create(claim('first', '5Gi'));
    cluster.create(claim('second', '5Gi', { volumeName: 'taken' }));
    expect(cluster.events('persistentvolumeclaims/second')).toEqual([
      'Warning FailedBinding "volume "taken" already bound to a different claim."',
    ]);
  });

  it('a claim whose volume is gone is lost', () => {
    const cluster = createTestCluster();
    cluster.create(volume('v', '1Gi'));
    cluster.create(claim('c', '1Gi'));
    cluster.patch('persistentvolumes/v', { metadata: { finalizers: null } });
    cluster.remove('persistentvolumes/v');
    cluster.patch('persistentvolumes/v', { metadata: { finalizers: null } });
    expect(claimOf(cluster, 'c').status).toEqual({ phase: 'Lost' });
    expect(cluster.events('persistentvolumeclaims/c')).toEqual([
      'Warning ClaimLost "Bound claim has lost its PersistentVolume. Data on the volume is lost!"',
    ]);
  });

  it('a claim that waits is told so every 15 seconds, and then as often as C033 lets it', () => {
    const cluster = createTestCluster();
    cluster.create(claim('c', '1Gi', { storageClassName: '' }));
    const eventOf = (): { count: number; lastTimestamp: string } =>
      cluster.list<KubeObject & { count: number; lastTimestamp: string }>('events', 'default')[0] as never;
    cluster.advance(60_000);
    expect(eventOf()).toMatchObject({ count: 5, lastTimestamp: '2026-01-01T00:01:00Z' });
    const fired = cluster.state.firedCount;
    cluster.advance(86_400_000);
    expect(cluster.state.firedCount - fired).toBeLessThan(86_400 / 15 / 8);
    // Looks of which nobody was told count as well: one in 15 seconds, the first included.
    const seconds = (Date.parse(eventOf().lastTimestamp) - Date.parse('2026-01-01T00:00:00Z')) / 1000;
    expect(eventOf().count).toBe(seconds / 15 + 1);
  });
});

describe('what becomes of a volume without its claim', () => {
  const after = (spec: Record<string, unknown>): TestCluster => {
    const cluster = createTestCluster();
    cluster.create(volume('v', '1Gi', spec));
    cluster.create(claim('c', '1Gi'));
    cluster.remove('persistentvolumeclaims/c');
    cluster.advance(60_000);
    return cluster;
  };

  it.each<[string, Record<string, unknown>, string, readonly string[]]>([
    ['Retain', {}, 'Released', []],
    [
      'Delete',
      { persistentVolumeReclaimPolicy: 'Delete' },
      'Failed',
      ['Warning VolumeFailedDelete "host_path deleter only supports /tmp/.+ but received provided /mnt/v"'],
    ],
    [
      'Delete without a deleter',
      { persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined, nfs: { server: 's', path: '/p' } },
      'Failed',
      ['Warning VolumeFailedDelete "error getting deleter volume plugin for volume "v": no deletable volume plugin matched"'],
    ],
    ['Recycle', { persistentVolumeReclaimPolicy: 'Recycle' }, 'Available', ['Normal VolumeRecycled "Volume recycled"']],
  ])('%s', (_name, spec, phase, events) => {
    const cluster = after(spec);
    expect(volumeOf(cluster, 'v').status.phase).toBe(phase);
    expect(cluster.events('persistentvolumes/v')).toEqual(events);
  });

  it('Delete under /tmp', () => {
    expect(after({ persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/tmp/v' } }).find('persistentvolumes/v')).toBeUndefined();
  });

  it('a released volume serves nobody until its claimRef is taken away', () => {
    const cluster = after({});
    cluster.create(claim('c', '1Gi'));
    cluster.advance(60_000);
    expect(claimOf(cluster, 'c').status.phase).toBe('Pending');
    cluster.patch('persistentvolumes/v', { spec: { claimRef: null } });
    cluster.advance(15_000);
    expect(claimOf(cluster, 'c').status.phase).toBe('Bound');
  });
});

describe('provisioners', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      'a provisioner that is none',
      { provisioner: 'kubernetes.io/no-provisioner' },
      {},
      'no volume plugin matched name: kubernetes.io/no-provisioner',
    ],
    [
      'a selector',
      {},
      { selector: { matchLabels: { a: 'b' } } },
      'failed to provision volume with StorageClass "fast": claim Selector is not supported',
    ],
    [
      'no node',
      { provisioner: 'rancher.io/local-path' },
      {},
      'failed to provision volume with StorageClass "fast": configuration error, no node was specified',
    ],
  ])('fail for %s', (_name, fields, spec, message) => {
    const cluster = createTestCluster();
    cluster.create(storageClass('fast', fields));
    cluster.create(claim('c', '1Gi', { storageClassName: 'fast', ...spec }));
    expect(cluster.events('persistentvolumeclaims/c')).toContain(`Warning ProvisioningFailed "${message}"`);
    cluster.advance(10_000);
    expect(claimOf(cluster, 'c').status.phase).toBe('Pending');
  });

  it('serve every class that has one, and outlive a restore', () => {
    const cluster = createTestCluster();
    cluster.create(storageClass('fast'));
    cluster.create(claim('c', '1Gi', { storageClassName: 'fast' }));
    cluster.advance(1_000);
    cluster.reopen();
    cluster.advance(2_000);
    expect(claimOf(cluster, 'c').status.phase).toBe('Bound');
  });
});

describe('pods with claims', () => {
  const withClaim = (name: string, claimName: string, extra: object = {}): object =>
    barePod(
      name,
      {},
      {
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
        containers: [{ name: 'c', image: 'registry.example/app:v1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        ...extra,
      },
    );

  it('a pod that was put on a node waits there for its claim', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(claim('c', '1Gi'));
    cluster.create(withClaim('p', 'c', { nodeName: 'node-1' }));
    cluster.advance(10_000);
    expect(cluster.get<Pod>('pods/p').status.phase).toBe('Pending');
    cluster.create(volume('v', '1Gi'));
    cluster.advance(15_000);
    expect(cluster.get<Pod>('pods/p').status.phase).toBe('Running');
    expect(cluster.events('pods/p').filter((event) => event.startsWith('Warning'))).toEqual([]);
  });

  it('a pod counts on its node while its volumes are made, also after a restore', () => {
    const cluster = createTestCluster({ nodes: [{ name: 'only', capacity: { cpu: '1', memory: '1Gi', pods: '10' } }] });
    const resources = { requests: { cpu: '600m' } };
    cluster.create(claim('c', '1Gi', { storageClassName: 'standard' }));
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }];
    cluster.create(barePod('p', {}, { volumes, containers: [{ name: 'c', image: 'registry.example/app:v1', resources }] }));
    cluster.reopen();
    cluster.create(barePod('other', {}, { containers: [{ name: 'c', image: 'registry.example/app:v1', resources }] }));
    expect(cluster.events('pods/other').join()).toContain('1 Insufficient cpu');
    cluster.advance(5_000);
    expect(cluster.get<Pod>('pods/p').spec.nodeName).toBe('only');
  });

  it('a pod whose volumes do not come is placed anew after ten minutes', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(claim('c', '1Gi', { storageClassName: 'standard', accessModes: ['ReadWriteMany'] }));
    cluster.create(withClaim('p', 'c'));
    cluster.advance(599_999);
    expect(cluster.events('pods/p')).toEqual([]);
    cluster.advance(1);
    expect(cluster.events('pods/p')).toEqual([
      'Warning FailedScheduling "running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded"',
    ]);
  });

  it('C810 a claim for one pod has one pod', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(volume('v', '1Gi', { accessModes: ['ReadWriteOncePod'] }));
    cluster.create(claim('c', '1Gi', { accessModes: ['ReadWriteOncePod'] }));
    cluster.create(withClaim('first', 'c'));
    cluster.create(withClaim('second', 'c'));
    expect(cluster.get<Pod>('pods/first').spec.nodeName).toBe('node-1');
    expect(cluster.events('pods/second').join()).toContain(
      '0/1 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode.',
    );
    cluster.remove('pods/first', { gracePeriodSeconds: 0 });
    cluster.advance(60_000);
    expect(cluster.get<Pod>('pods/second').spec.nodeName).toBe('node-1');
  });

  it('a claim that is being deleted takes no new pod', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(volume('v', '1Gi'));
    cluster.create(claim('c', '1Gi'));
    cluster.create(withClaim('user', 'c'));
    cluster.remove('persistentvolumeclaims/c');
    cluster.create(withClaim('late', 'c'));
    expect(cluster.events('pods/late').join()).toContain('0/1 nodes are available: persistentvolumeclaim "c" is being deleted.');
  });
});
