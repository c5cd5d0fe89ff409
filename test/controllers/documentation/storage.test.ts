// Cases of the documentation about volumes, claims and classes: manifests as a user writes them, and what is to be seen.

import { describe, expect, it } from 'vitest';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import type { PersistentVolume } from '../../../src/engine/kinds/persistentvolume/types.ts';
import type { PersistentVolumeClaim } from '../../../src/engine/kinds/persistentvolumeclaim/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { StatefulSet } from '../../../src/engine/kinds/statefulset/types.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';
import { createAll } from '../../support/manifests.ts';

/** A cluster with two nodes, in which the manifests were accepted. */
function clusterWith(yaml: string): TestCluster {
  const cluster = createTestCluster({ nodes: 2 });
  expect(createAll(cluster, yaml)).toEqual([]);
  return cluster;
}

function claimOf(cluster: TestCluster, name: string): PersistentVolumeClaim {
  return cluster.get<PersistentVolumeClaim>(`persistentvolumeclaims/${name}`);
}

/** `name phase`, in order of creation and name. */
function phases(cluster: TestCluster, resource: string): string[] {
  return cluster.list<PersistentVolume>(resource).map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
}

function logOf(cluster: TestCluster, name: string): readonly string[] {
  const log = readPodLog(cluster.state, { namespace: 'default', name, container: '', isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text) : [log.status.message ?? ''];
}

const VOLUME = `
apiVersion: v1
kind: PersistentVolume
metadata: {name: task-volume, labels: {type: local}}
spec: {storageClassName: manual, capacity: {storage: 10Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /mnt/data}}
`;
const CLAIM = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: task-claim}
spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 3Gi}}}
`;

function podWithClaim(name: string, claimName: string, command: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  volumes: [{name: storage, persistentVolumeClaim: {claimName: ${claimName}}}]
  containers:
  - name: task
    image: busybox
    command: [sh, -c, ${JSON.stringify(command)}]
    volumeMounts: [{name: storage, mountPath: /data}]
`;
}

describe('a pod uses a claim for storage', () => {
  it('the claim finds the volume, and the next pod the data', () => {
    const cluster = clusterWith(VOLUME + '---' + CLAIM);
    expect(phases(cluster, 'persistentvolumes')).toEqual(['task-volume Bound']);
    expect(claimOf(cluster, 'task-claim')).toMatchObject({
      spec: { volumeName: 'task-volume' },
      status: { phase: 'Bound', capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'] },
    });
    const node = 'nodeName: node-1\n  restartPolicy';
    createAll(cluster, podWithClaim('writer', 'task-claim', 'echo hello from storage > /data/index.html').replace('restartPolicy', node));
    cluster.advance(20_000);
    createAll(cluster, podWithClaim('reader', 'task-claim', 'cat /data/index.html').replace('restartPolicy', node));
    cluster.advance(20_000);
    expect(cluster.get<Pod>('pods/writer').status.phase).toBe('Succeeded');
    expect(logOf(cluster, 'reader')).toEqual(['hello from storage']);
  });

  it('a claim that was first finds a new volume when the controller looks again', () => {
    const cluster = clusterWith(CLAIM);
    cluster.advance(20_000);
    expect(cluster.events('persistentvolumeclaims/task-claim')).toEqual([
      'Warning ProvisioningFailed "storageclass.storage.k8s.io "manual" not found"',
    ]);
    createAll(cluster, VOLUME);
    cluster.advance(9_999);
    expect(phases(cluster, 'persistentvolumes')).toEqual(['task-volume Available']);
    cluster.advance(1);
    expect(phases(cluster, 'persistentvolumes')).toEqual(['task-volume Bound']);
  });

  it('C931 a claim in use stays until its pods are gone, and its volume is kept', () => {
    const cluster = clusterWith([VOLUME, CLAIM, podWithClaim('user', 'task-claim', 'sleep 1000')].join('---'));
    cluster.advance(20_000);
    cluster.remove('persistentvolumeclaims/task-claim');
    expect(claimOf(cluster, 'task-claim').metadata.deletionTimestamp).toBeDefined();
    cluster.remove('pods/user', { gracePeriodSeconds: 1 });
    cluster.advance(10_000);
    expect(cluster.find('persistentvolumeclaims/task-claim')).toBeUndefined();
    expect(phases(cluster, 'persistentvolumes')).toEqual(['task-volume Released']);
  });

  it('C931 a bound volume stays until its claim is gone', () => {
    const cluster = clusterWith(VOLUME + '---' + CLAIM);
    cluster.remove('persistentvolumes/task-volume');
    expect(cluster.get('persistentvolumes/task-volume').metadata.deletionTimestamp).toBeDefined();
    cluster.remove('persistentvolumeclaims/task-claim');
    expect(cluster.find('persistentvolumes/task-volume')).toBeUndefined();
  });

  it.each<[string, string, string, string]>([
    ['that is not there', '', 'persistentvolumeclaim "task-claim" not found', CLAIM + '---' + VOLUME],
    ['that has no volume', CLAIM + '---', 'pod has unbound immediate PersistentVolumeClaims', VOLUME],
  ])('a pod waits for a claim %s', (_name, first, problem, later) => {
    const cluster = clusterWith(first + podWithClaim('waiting', 'task-claim', 'true'));
    const message = `0/2 nodes are available: ${problem}. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`;
    expect(cluster.events('pods/waiting')).toEqual([`Warning FailedScheduling "${message}"`]);
    expect(cluster.get<Pod>('pods/waiting').status.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'Unschedulable', message }]);
    createAll(cluster, later);
    cluster.advance(40_000);
    expect(cluster.get<Pod>('pods/waiting').status.phase).toBe('Succeeded');
  });
});

describe('dynamic provisioning', () => {
  const MINE =
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: mine}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}';

  it('a claim without a class gets the default one and waits for its first consumer', () => {
    const cluster = clusterWith(MINE);
    expect(claimOf(cluster, 'mine')).toMatchObject({ spec: { storageClassName: 'standard' }, status: { phase: 'Pending' } });
    expect(cluster.events('persistentvolumeclaims/mine')).toEqual([
      'Normal WaitForFirstConsumer "waiting for first consumer to be created before binding"',
    ]);
    createAll(cluster, podWithClaim('user', 'mine', 'sleep 1000'));
    cluster.advance(2_999);
    expect(cluster.get<Pod>('pods/user').spec.nodeName).toBeUndefined();
    cluster.advance(1);
    const { nodeName } = cluster.get<Pod>('pods/user').spec;
    const volume = cluster.get<PersistentVolume>(`persistentvolumes/pvc-${claimOf(cluster, 'mine').metadata.uid}`);
    expect(volume).toMatchObject({
      metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'rancher.io/local-path' } },
      spec: {
        storageClassName: 'standard',
        persistentVolumeReclaimPolicy: 'Delete',
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] }] },
        },
      },
      status: { phase: 'Bound' },
    });
    expect(cluster.events('persistentvolumeclaims/mine').map((event) => event.split(' ').slice(0, 2).join(' '))).toEqual([
      'Normal WaitForFirstConsumer',
      'Normal ExternalProvisioning',
      'Normal Provisioning',
      'Normal ProvisioningSucceeded',
    ]);
  });

  it('a deleted claim takes its volume and the data with it', () => {
    const cluster = clusterWith(MINE + '\n---' + podWithClaim('user', 'mine', 'echo x > /data/file'));
    cluster.advance(30_000);
    cluster.remove('pods/user');
    cluster.remove('persistentvolumeclaims/mine');
    expect(phases(cluster, 'persistentvolumes')).toMatchObject([expect.stringMatching(/ Released$/)]);
    cluster.advance(3_000);
    expect(cluster.list('persistentvolumes')).toEqual([]);
  });

  const FAST = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: kubernetes.io/gce-pd
parameters: {type: pd-ssd}
reclaimPolicy: Retain
allowVolumeExpansion: true
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim1}
spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 30Gi}}}
`;

  it('a class that binds at once needs no pod; a volume to be retained is retained', () => {
    const cluster = clusterWith(FAST);
    cluster.advance(3_000);
    const { volumeName = '' } = claimOf(cluster, 'claim1').spec;
    expect(claimOf(cluster, 'claim1').status).toMatchObject({ phase: 'Bound', capacity: { storage: '30Gi' } });
    expect(cluster.get<PersistentVolume>(`persistentvolumes/${volumeName}`).spec['csi']).toMatchObject({ driver: 'pd.csi.storage.gke.io' });
    cluster.remove('persistentvolumeclaims/claim1');
    cluster.advance(60_000);
    expect(phases(cluster, 'persistentvolumes')).toEqual([`${volumeName} Released`]);
  });

  it('a claim grows when its class allows it', () => {
    const cluster = clusterWith(FAST);
    cluster.advance(3_000);
    cluster.patch('persistentvolumeclaims/claim1', { spec: { resources: { requests: { storage: '40Gi' } } } });
    expect(claimOf(cluster, 'claim1').status.capacity).toEqual({ storage: '30Gi' });
    cluster.advance(3_000);
    expect(claimOf(cluster, 'claim1').status.capacity).toEqual({ storage: '40Gi' });
    expect(cluster.events('persistentvolumeclaims/claim1').slice(-3)).toEqual([
      'Normal ExternalExpanding "waiting for an external controller to expand this PVC"',
      expect.stringMatching(/^Normal Resizing "External resizer is resizing volume pvc-/),
      'Normal VolumeResizeSuccessful "Resize volume succeeded"',
    ]);
  });

  it('a claim of another class does not grow', () => {
    const cluster = clusterWith(VOLUME + '---' + CLAIM);
    const body = { spec: { resources: { requests: { storage: '4Gi' } } } };
    const target = { resource: 'persistentvolumeclaims', namespace: 'default', name: 'task-claim' };
    expect(cluster.refusal({ verb: 'patch', ...target, patchType: 'merge', body, options: {} })?.message).toBe(
      'persistentvolumeclaims "task-claim" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  });

  it('the default class can be changed', () => {
    const cluster = clusterWith(FAST);
    const annotation = (value: string): object => ({ metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': value } } });
    cluster.patch('storageclasses.storage.k8s.io/standard', annotation('false'));
    createAll(cluster, MINE);
    expect(claimOf(cluster, 'mine').spec.storageClassName).toBeUndefined();
    expect(cluster.events('persistentvolumeclaims/mine')).toEqual([
      'Normal FailedBinding "no persistent volumes available for this claim and no storage class is set"',
    ]);
    cluster.patch('storageclasses.storage.k8s.io/fast', annotation('true'));
    cluster.advance(20_000);
    expect(claimOf(cluster, 'mine')).toMatchObject({ spec: { storageClassName: 'fast' }, status: { phase: 'Bound' } });
  });
});

it('local volumes bind where their pod fits', () => {
  const cluster = clusterWith(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local-storage}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 100Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  storageClassName: local-storage
  local: {path: /mnt/disks/ssd1}
  nodeAffinity:
    required:
      nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}]
---
${CLAIM.replace('manual', 'local-storage')}---
${podWithClaim('user', 'task-claim', 'sleep 1000')}
`);
  expect(cluster.get<Pod>('pods/user').spec.nodeName).toBeUndefined();
  cluster.advance(1_000);
  expect(cluster.get<Pod>('pods/user').spec.nodeName).toBe('node-2');
  createAll(
    cluster,
    `${CLAIM.replace('manual', 'local-storage').replace('task-claim', 'other')}---${podWithClaim('late', 'other', 'true')}`,
  );
  expect(cluster.events('pods/late')).toEqual([
    `Warning FailedScheduling "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."`,
  ]);
  createAll(
    cluster,
    podWithClaim('elsewhere', 'task-claim', 'true').replace(
      'restartPolicy',
      'nodeSelector: {kubernetes.io/hostname: node-1}\n  restartPolicy',
    ),
  );
  expect(cluster.events('pods/elsewhere')).toEqual([
    `Warning FailedScheduling "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had volume node affinity conflict. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."`,
  ]);
});

describe('StatefulSets with claims', () => {
  const WEB = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: nginx
        image: registry.k8s.io/nginx-slim:0.21
        command: [sh, -c, 'echo $(hostname) >> /data/names; cat /data/names; sleep 10000']
        volumeMounts: [{name: www, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

  it('C421 each pod has its claim, which is there before the pod and stays after it', () => {
    const cluster = clusterWith(WEB);
    cluster.advance(60_000);
    expect(phases(cluster, 'persistentvolumeclaims')).toEqual(['www-web-0 Bound', 'www-web-1 Bound']);
    expect(claimOf(cluster, 'www-web-0').metadata.labels).toEqual({ app: 'nginx' });
    expect(claimOf(cluster, 'www-web-0').metadata.ownerReferences).toBeUndefined();
    expect(cluster.events('statefulsets.apps/web')).toEqual([
      'Normal SuccessfulCreate "create Claim www-web-0 Pod web-0 in StatefulSet web success"',
      'Normal SuccessfulCreate "create Pod web-0 in StatefulSet web successful"',
      'Normal SuccessfulCreate "create Claim www-web-1 Pod web-1 in StatefulSet web success"',
      'Normal SuccessfulCreate "create Pod web-1 in StatefulSet web successful"',
    ]);
    const { nodeName } = cluster.get<Pod>('pods/web-0').spec;
    cluster.remove('pods/web-0');
    cluster.advance(20_000);
    expect(cluster.get<Pod>('pods/web-0').spec.nodeName).toBe(nodeName);
    expect(logOf(cluster, 'web-0')).toEqual(['web-0', 'web-0']);
    cluster.remove('statefulsets.apps/web');
    cluster.advance(30_000);
    expect(cluster.list('pods', 'default')).toEqual([]);
    expect(phases(cluster, 'persistentvolumeclaims')).toEqual(['www-web-0 Bound', 'www-web-1 Bound']);
  });

  it('C421 whenScaled Delete: the claim of a pod that goes for good goes with it', () => {
    const cluster = clusterWith(
      WEB.replace('  serviceName', '  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}\n  serviceName'),
    );
    cluster.advance(60_000);
    cluster.patch('statefulsets.apps/web', { spec: { replicas: 1 } });
    expect(claimOf(cluster, 'www-web-1').metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name: 'web-1', controller: true }]);
    cluster.advance(30_000);
    expect(phases(cluster, 'persistentvolumeclaims')).toEqual(['www-web-0 Bound']);
  });

  it('C421 whenDeleted Delete: the claims belong to the set', () => {
    const cluster = clusterWith(
      WEB.replace('  serviceName', '  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}\n  serviceName'),
    );
    cluster.advance(60_000);
    const { uid } = cluster.get<StatefulSet>('statefulsets.apps/web').metadata;
    expect(claimOf(cluster, 'www-web-1').metadata.ownerReferences).toMatchObject([{ kind: 'StatefulSet', uid }]);
    cluster.remove('statefulsets.apps/web');
    cluster.advance(60_000);
    expect([cluster.list('pods', 'default'), cluster.list('persistentvolumeclaims'), cluster.list('persistentvolumes')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('C421 a claim beyond the quota holds up the pod', () => {
    const cluster = clusterWith('{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {persistentvolumeclaims: "0"}}}');
    createAll(cluster, WEB);
    const refused =
      'persistentvolumeclaims "www-web-0" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, used: persistentvolumeclaims=0, limited: persistentvolumeclaims=0';
    expect(cluster.list('pods', 'default')).toEqual([]);
    expect(cluster.events('statefulsets.apps/web').slice(0, 2)).toEqual([
      `Warning FailedCreate "create Claim www-web-0 for Pod web-0 in StatefulSet web failed error: ${refused}"`,
      `Warning FailedCreate "create Pod web-0 in StatefulSet web failed error: failed to create PVC www-web-0: ${refused}"`,
    ]);
  });
});

it('a Deployment with a database on a claim: the claim is bound for its pod', () => {
  const cluster = clusterWith(`
apiVersion: v1
kind: Service
metadata: {name: wordpress-mysql, labels: {app: wordpress}}
spec: {ports: [{port: 3306}], selector: {app: wordpress, tier: mysql}, clusterIP: None}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mysql-pv-claim, labels: {app: wordpress}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wordpress-mysql, labels: {app: wordpress}}
spec:
  selector: {matchLabels: {app: wordpress, tier: mysql}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: wordpress, tier: mysql}}
    spec:
      containers:
      - image: mysql:8.0
        name: mysql
        env: [{name: MYSQL_ROOT_PASSWORD, value: password}]
        ports: [{containerPort: 3306, name: mysql}]
        volumeMounts: [{name: mysql-persistent-storage, mountPath: /var/lib/mysql}]
      volumes: [{name: mysql-persistent-storage, persistentVolumeClaim: {claimName: mysql-pv-claim}}]
`);
  cluster.advance(60_000);
  expect(phases(cluster, 'persistentvolumeclaims')).toEqual(['mysql-pv-claim Bound']);
  expect(cluster.list<Pod>('pods', 'default').map(({ status }) => status.phase)).toEqual(['Running']);
});

it('an ephemeral volume has a claim of its own, which goes with its pod', () => {
  const cluster = clusterWith(`
apiVersion: v1
kind: Pod
metadata: {name: my-app}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: my-frontend
    image: busybox
    volumeMounts: [{mountPath: /scratch, name: scratch-volume}]
    command: [sleep, '1000000']
  volumes:
  - name: scratch-volume
    ephemeral:
      volumeClaimTemplate:
        metadata: {labels: {type: my-frontend-volume}}
        spec: {accessModes: [ReadWriteOnce], storageClassName: standard, resources: {requests: {storage: 1Gi}}}
`);
  cluster.advance(20_000);
  expect(cluster.get<Pod>('pods/my-app').status.phase).toBe('Running');
  expect(claimOf(cluster, 'my-app-scratch-volume')).toMatchObject({
    metadata: { labels: { type: 'my-frontend-volume' }, ownerReferences: [{ kind: 'Pod', name: 'my-app', controller: true }] },
    status: { phase: 'Bound' },
  });
  cluster.remove('pods/my-app');
  cluster.advance(60_000);
  expect([cluster.list('persistentvolumeclaims'), cluster.list('persistentvolumes')]).toEqual([[], []]);
});
