// Cases of the documentation about quotas and limits of namespaces: manifests as a user writes them, and what the cluster says.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ResourceQuota } from '../../../src/engine/kinds/resourcequota/types.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';
import { createAll } from '../../support/manifests.ts';

function limitRange(text: string): string {
  return `{apiVersion: v1, kind: LimitRange, metadata: {name: bounds}, spec: {limits: [${text}]}}`;
}

function quota(name: string, spec: string): string {
  return `{apiVersion: v1, kind: ResourceQuota, metadata: {name: ${name}}, spec: ${spec}}`;
}

function pod(name: string, resources = '{}', extra = ''): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {${extra} containers: [{name: main, image: registry.example/app:v1, resources: ${resources}}]}}`;
}

function resourcesOf(cluster: TestCluster, name: string): unknown {
  return cluster.get<Pod>(`pods/${name}`).spec.containers[0]?.resources;
}

function used(cluster: TestCluster, name: string): unknown {
  return cluster.get<ResourceQuota>(`resourcequotas/${name}`).status.used;
}

/** A cluster in which the manifests were accepted. */
function clusterWith(...manifests: readonly string[]): TestCluster {
  const cluster = createTestCluster();
  for (const manifest of manifests) expect(createAll(cluster, manifest)).toEqual([]);
  return cluster;
}

describe('default requests and limits of a namespace', () => {
  const DEFAULTS = limitRange('{type: Container, default: {memory: 512Mi}, defaultRequest: {memory: 256Mi}}');

  it('a container that says nothing gets both', () => {
    const cluster = clusterWith(DEFAULTS, pod('silent'));
    expect(resourcesOf(cluster, 'silent')).toEqual({ requests: { memory: '256Mi' }, limits: { memory: '512Mi' } });
    expect(cluster.get('pods/silent').metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory request for container main; memory limit for container main',
    });
    expect(cluster.get<Pod>('pods/silent').status.qosClass).toBe('Burstable');
  });

  it('a container with a limit requests its limit', () => {
    const cluster = clusterWith(DEFAULTS, pod('limited', '{limits: {memory: 1Gi}}'));
    expect(resourcesOf(cluster, 'limited')).toEqual({ requests: { memory: '1Gi' }, limits: { memory: '1Gi' } });
    expect(cluster.get('pods/limited').metadata.annotations).toBeUndefined();
  });

  it('a container with a request gets the default limit', () => {
    const cluster = clusterWith(DEFAULTS, pod('asking', '{requests: {memory: 128Mi}}'));
    expect(resourcesOf(cluster, 'asking')).toEqual({ requests: { memory: '128Mi' }, limits: { memory: '512Mi' } });
  });

  it('a request beyond the default limit makes the pod invalid', () => {
    const cluster = clusterWith(limitRange('{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 500m}}'));
    expect(createAll(cluster, pod('greedy', '{requests: {cpu: 700m}}'))).toEqual([
      'Pod "greedy" is invalid: spec.containers[0].resources.requests: Invalid value: "700m": must be less than or equal to cpu limit of 500m',
    ]);
  });

  it('init containers are filled in as well', () => {
    const cluster = clusterWith(DEFAULTS, pod('two', '{}', 'initContainers: [{name: first, image: registry.example/app:v1}],'));
    expect(cluster.get('pods/two').metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: memory request for container main; memory limit for container main; memory request for init container first; memory limit for init container first',
    );
  });
});

describe('minimum and maximum of a namespace', () => {
  const BOUNDS = limitRange('{type: Container, max: {memory: 1Gi}, min: {memory: 500Mi}}');

  it.each<[string, string, readonly string[]]>([
    ['within', '{requests: {memory: 600Mi}, limits: {memory: 800Mi}}', []],
    [
      'above',
      '{requests: {memory: 800Mi}, limits: {memory: 1.5Gi}}',
      ['pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi'],
    ],
    [
      'below',
      '{requests: {memory: 100Mi}, limits: {memory: 800Mi}}',
      ['pods "x" is forbidden: minimum memory usage per Container is 500Mi, but request is 100Mi'],
    ],
    ['silent', '{}', []],
  ])('memory %s', (_name, resources, messages) => {
    expect(createAll(clusterWith(BOUNDS), pod('x', resources))).toEqual(messages);
  });

  it('several reasons come together', () => {
    const cluster = clusterWith(limitRange('{type: Container, max: {cpu: 800m, memory: 1Gi}}'));
    expect(createAll(cluster, pod('x', '{limits: {cpu: "1", memory: 2Gi}}'))).toEqual([
      'pods "x" is forbidden: [maximum cpu usage per Container is 800m, but limit is 1, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ]);
  });

  it('a ratio of limit to request', () => {
    const cluster = clusterWith(limitRange('{type: Pod, maxLimitRequestRatio: {memory: "2"}}'));
    expect(createAll(cluster, pod('x', '{requests: {memory: 100Mi}, limits: {memory: 300Mi}}'))).toEqual([
      'pods "x" is forbidden: memory max limit to request ratio per Pod is 2, but provided ratio is 3.000000',
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['1Gi', []],
    ['6Gi', ['persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi']],
    ['500Mi', ['persistentvolumeclaims "data" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi']],
  ])('storage of a claim: %s', (storage, messages) => {
    const cluster = clusterWith(limitRange('{type: PersistentVolumeClaim, max: {storage: 5Gi}, min: {storage: 1Gi}}'));
    const claim = `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: ${storage}}}}}`;
    expect(createAll(cluster, claim)).toEqual(messages);
  });
});

describe('quotas', () => {
  const COMPUTE = quota('mem-cpu', '{hard: {requests.cpu: "1", requests.memory: 1Gi, limits.cpu: "2", limits.memory: 2Gi}}');
  const SMALL = '{requests: {memory: 600Mi, cpu: 400m}, limits: {memory: 800Mi, cpu: 800m}}';

  it('requests and limits of a namespace', () => {
    const cluster = clusterWith(COMPUTE, pod('first', SMALL));
    expect(used(cluster, 'mem-cpu')).toEqual({
      'limits.cpu': '800m',
      'limits.memory': '800Mi',
      'requests.cpu': '400m',
      'requests.memory': '600Mi',
    });
    expect(createAll(cluster, pod('second', '{requests: {memory: 700Mi, cpu: 400m}, limits: {memory: 1Gi, cpu: 800m}}'))).toEqual([
      'pods "second" is forbidden: exceeded quota: mem-cpu, requested: requests.memory=700Mi, used: requests.memory=600Mi, limited: requests.memory=1Gi',
    ]);
    expect(createAll(cluster, pod('third'))).toEqual([
      'pods "third" is forbidden: failed quota: mem-cpu: must specify limits.cpu for: main; limits.memory for: main; requests.cpu for: main; requests.memory for: main',
    ]);
    cluster.remove('pods/first');
    expect(used(cluster, 'mem-cpu')).toEqual({ 'limits.cpu': '0', 'limits.memory': '0', 'requests.cpu': '0', 'requests.memory': '0' });
  });

  it('with default limits a pod may stay silent', () => {
    const cluster = clusterWith(COMPUTE, limitRange('{type: Container, default: {cpu: 500m, memory: 512Mi}}'), pod('third'));
    expect(used(cluster, 'mem-cpu')).toMatchObject({ 'requests.cpu': '500m', 'limits.memory': '512Mi' });
  });

  it('the number of pods: a Deployment stays behind and says why', () => {
    const cluster = clusterWith(
      quota('pod-demo', '{hard: {pods: "2"}}'),
      `
apiVersion: apps/v1
kind: Deployment
metadata: {name: pod-quota-demo}
spec:
  replicas: 3
  selector: {matchLabels: {purpose: quota-demo}}
  template:
    metadata: {labels: {purpose: quota-demo}}
    spec: {containers: [{name: demo, image: registry.example/app:v1}]}
`,
    );
    const deployment = cluster.get<KubeObject & { status: { conditions: { type: string; message: string }[] } }>(
      'deployments.apps/pod-quota-demo',
    );
    expect(cluster.list('pods', 'default')).toHaveLength(2);
    expect(deployment.status.conditions.find(({ type }) => type === 'ReplicaFailure')?.message).toMatch(
      /^pods "pod-quota-demo-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: pod-demo, requested: pods=1, used: pods=2, limited: pods=2$/,
    );
  });

  it('objects by kind: claims, load balancers, node ports', () => {
    const service = (name: string, type: string): string =>
      `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {type: ${type}, selector: {app: x}, ports: [{port: 80}]}}`;
    const claim = (name: string): string =>
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}}, spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 3Gi}}}}`;
    const cluster = clusterWith(
      quota('objects', '{hard: {persistentvolumeclaims: "1", services.loadbalancers: "2", services.nodeports: "0"}}'),
      claim('one'),
    );
    expect(used(cluster, 'objects')).toEqual({ persistentvolumeclaims: '1', 'services.loadbalancers': '0', 'services.nodeports': '0' });
    expect(createAll(cluster, claim('two'))).toEqual([
      'persistentvolumeclaims "two" is forbidden: exceeded quota: objects, requested: persistentvolumeclaims=1, used: persistentvolumeclaims=1, limited: persistentvolumeclaims=1',
    ]);
    expect(createAll(cluster, service('ports', 'NodePort'))).toEqual([
      'services "ports" is forbidden: exceeded quota: objects, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
    ]);
    expect(createAll(cluster, service('plain', 'ClusterIP'))).toEqual([]);
    cluster.remove('persistentvolumeclaims/one');
    expect(used(cluster, 'objects')).toMatchObject({ persistentvolumeclaims: '0' });
  });

  it('storage of one class', () => {
    const claim = (name: string, className: string, storage: string): string =>
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}}, spec: {storageClassName: ${className}, accessModes: [ReadWriteOnce], resources: {requests: {storage: ${storage}}}}}`;
    const cluster = clusterWith(
      quota(
        'storage',
        '{hard: {requests.storage: 10Gi, gold.storageclass.storage.k8s.io/requests.storage: 4Gi, gold.storageclass.storage.k8s.io/persistentvolumeclaims: "5"}}',
      ),
      claim('a', 'gold', '3Gi'),
      claim('b', 'silver', '3Gi'),
    );
    expect(used(cluster, 'storage')).toEqual({
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'gold.storageclass.storage.k8s.io/requests.storage': '3Gi',
      'requests.storage': '6Gi',
    });
    expect(createAll(cluster, claim('c', 'gold', '2Gi'))).toEqual([
      'persistentvolumeclaims "c" is forbidden: exceeded quota: storage, requested: gold.storageclass.storage.k8s.io/requests.storage=2Gi, used: gold.storageclass.storage.k8s.io/requests.storage=3Gi, limited: gold.storageclass.storage.k8s.io/requests.storage=4Gi',
    ]);
  });

  it('count/<resource>.<group> counts objects of any kind', () => {
    const workload = (name: string): string =>
      `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {replicas: 2, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: registry.example/app:v1}]}}}}`;
    const cluster = clusterWith(
      quota('counts', '{hard: {count/deployments.apps: "2", count/replicasets.apps: "4", count/pods: "3", count/secrets: "4"}}'),
      workload('one'),
    );
    expect(used(cluster, 'counts')).toEqual({
      'count/deployments.apps': '1',
      'count/pods': '2',
      'count/replicasets.apps': '1',
      'count/secrets': '0',
    });
    expect(createAll(cluster, workload('two'))).toEqual([]);
    expect(createAll(cluster, workload('three'))).toEqual([
      'deployments.apps "three" is forbidden: exceeded quota: counts, requested: count/deployments.apps=1, used: count/deployments.apps=2, limited: count/deployments.apps=2',
    ]);
    expect(cluster.list('pods', 'default')).toHaveLength(3);
  });

  it('scopes: pods with a deadline and pods without, pods that ask for nothing', () => {
    const cluster = clusterWith(
      quota('ending', '{hard: {pods: "1"}, scopes: [Terminating]}'),
      quota('staying', '{hard: {pods: "2", limits.cpu: "1"}, scopes: [NotTerminating, NotBestEffort]}'),
      quota('idle', '{hard: {pods: "1"}, scopes: [BestEffort]}'),
      pod('job', '{limits: {cpu: 500m}}', 'activeDeadlineSeconds: 60,'),
      pod('web', '{limits: {cpu: 500m}}'),
      pod('nothing'),
    );
    expect([used(cluster, 'ending'), used(cluster, 'staying'), used(cluster, 'idle')]).toEqual([
      { pods: '1' },
      { 'limits.cpu': '500m', pods: '1' },
      { pods: '1' },
    ]);
    expect(createAll(cluster, pod('more'))).toEqual([
      'pods "more" is forbidden: exceeded quota: idle, requested: pods=1, used: pods=1, limited: pods=1',
    ]);
  });

  it('priority classes', () => {
    const scope = (value: string): string => `{scopeName: PriorityClass, operator: In, values: [${value}]}`;
    const cluster = clusterWith(
      quota('pods-high', `{hard: {pods: "1"}, scopeSelector: {matchExpressions: [${scope('system-cluster-critical')}]}}`),
      quota('pods-low', `{hard: {pods: "1"}, scopeSelector: {matchExpressions: [${scope('system-node-critical')}]}}`),
      pod('high', '{}', 'priorityClassName: system-cluster-critical,'),
      pod('plain'),
    );
    expect([used(cluster, 'pods-high'), used(cluster, 'pods-low')]).toEqual([{ pods: '1' }, { pods: '0' }]);
    expect(createAll(cluster, pod('high-2', '{}', 'priorityClassName: system-cluster-critical,'))).toEqual([
      'pods "high-2" is forbidden: exceeded quota: pods-high, requested: pods=1, used: pods=1, limited: pods=1',
    ]);
  });
});
