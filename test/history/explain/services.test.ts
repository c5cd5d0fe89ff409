// Why Services lead nowhere, claims have no volume, and autoscalers do not scale.

import { describe } from 'vitest';
import { behaving, itExplains, pod, workload } from './cases.ts';

const service = (spec: string): string => `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {${spec}}}`;

describe('a Service that', () => {
  itExplains([
    {
      title: 'selects nothing',
      yaml: `${pod('', '', 'web', ', labels: {app: wep, tier: front}')}\n---\n${service('selector: {app: web, tier: front}, ports: [{port: 80}]')}`,
      about: 'services/web',
      says: [
        'selector-matches-nothing: The Service has no endpoints: no pod of the namespace default that has not ended has the labels app=web, tier=front; pods/web comes closest: its app is "wep", not "web".',
      ],
    },
    {
      title: 'selects labels that nobody has',
      yaml: service('selector: {app: web}, ports: [{port: 80}]'),
      about: 'services/web',
      says: [
        'selector-matches-nothing: The Service has no endpoints: no pod of the namespace default that has not ended has the labels app=web.',
      ],
    },
    {
      title: 'selects pods that are not ready',
      yaml: `${pod('', 'readinessProbe: {exec: {command: ["false"]}}', 'web', ', labels: {app: web}')}\n---\n${service('selector: {app: web}, ports: [{port: 80}]')}`,
      about: 'services/web',
      says: [
        'endpoints-not-ready: The Service has no ready endpoints: its selector finds 1 pod, of which none is ready.',
        'readiness-probe: pods/web: The container "app" is not ready since 00:00:00Z: its readiness probe (the command "false", every 10s) failed; at 00:00:26Z it got: it ended with another code than 0. It counts as failed after 3 failures in a row, and as passed after 1 success; 4 failures in a row so far.',
      ],
    },
    {
      title: 'has a target port of a name that the pods lack',
      yaml: `${pod('', 'ports: [{name: web, containerPort: 80}]', 'web', ', labels: {app: web}')}\n---\n${service('selector: {app: web}, ports: [{port: 80, targetPort: http}]')}`,
      about: 'services/web',
      says: [
        'target-port-missing: The port 80 of the Service leads nowhere in pods/web: its target is the container port named "http", and there is web.',
      ],
    },
  ]);
});

const claim = (spec: string): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}, ${spec}}}`;
const storageClass = (name: string, provisioner: string, mode: string): string =>
  `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: ${name}}, provisioner: ${provisioner}, volumeBindingMode: ${mode}}`;
const volume = (name: string, size: string, mode: string): string =>
  `{apiVersion: v1, kind: PersistentVolume, metadata: {name: ${name}}, spec: {capacity: {storage: ${size}}, accessModes: [${mode}], hostPath: {path: /data}}}`;

describe('a claim that', () => {
  itExplains([
    {
      title: 'names a class that is not there',
      yaml: claim('storageClassName: fast'),
      about: 'persistentvolumeclaims/data',
      says: ['storage-class-missing: The claim has no volume: its storage class "fast" does not exist; there is standard.'],
    },
    {
      title: 'finds no volume that fits',
      yaml: [volume('a', '1Gi', 'ReadWriteOnce'), volume('b', '10Gi', 'ReadOnlyMany'), claim('storageClassName: ""')].join('\n---\n'),
      about: 'persistentvolumeclaims/data',
      says: [
        'no-matching-volume: The claim has no volume: it asks for one without a storage class, and no persistent volume fits: a has 1Gi, less than 5Gi and b does not offer ReadWriteOnce.',
      ],
    },
    {
      title: 'waits for its first consumer',
      yaml: [storageClass('late', 'example.com/disk', 'WaitForFirstConsumer'), claim('storageClassName: late')].join('\n---\n'),
      about: 'persistentvolumeclaims/data',
      says: ['waits-for-first-consumer: The claim waits, as its class late says with WaitForFirstConsumer, for a pod that uses it.'],
    },
    {
      title: 'waits for a pod that has no node',
      yaml: [
        storageClass('late', 'example.com/disk', 'WaitForFirstConsumer'),
        claim('storageClassName: late'),
        pod('nodeSelector: {disk: ssd}\nvolumes: [{name: data, persistentVolumeClaim: {claimName: data}}]'),
      ].join('\n---\n'),
      about: 'persistentvolumeclaims/data',
      says: ['waits-for-pod: The claim waits, as its class late says with WaitForFirstConsumer, for pods/web to be scheduled.'],
    },
    {
      title: 'has a class whose volumes nobody makes',
      yaml: [storageClass('local', 'kubernetes.io/no-provisioner', 'Immediate'), claim('storageClassName: local')].join('\n---\n'),
      about: 'persistentvolumeclaims/data',
      says: [
        'no-matching-volume: The claim has no volume: nobody makes volumes of its class local, whose provisioner is kubernetes.io/no-provisioner, and there are no persistent volumes.',
      ],
    },
    {
      title: 'asks for a volume that is not there',
      yaml: claim('storageClassName: "", volumeName: gone'),
      about: 'persistentvolumeclaims/data',
      says: ['volume-missing: The claim asks for the volume gone, which does not exist.'],
    },
    {
      title: 'is deleted while a pod uses it',
      yaml: [
        claim(''),
        pod('volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]', 'volumeMounts: [{name: data, mountPath: /data}]'),
      ].join('\n---\n'),
      then: (cluster) => {
        cluster.remove('persistentvolumeclaims/data');
        cluster.advance(10_000);
      },
      about: 'persistentvolumeclaims/data',
      says: [
        'claim-in-use: The object is deleted since 00:00:30Z, but stays until the finalizer kubernetes.io/pvc-protection is removed: the claim is in use by pods/web.',
      ],
    },
  ]);
});

const scaler = (cpu: number, max = 3, kind = 'Deployment'): string => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: ${kind}, name: web}
  minReplicas: 1
  maxReplicas: ${max}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: ${cpu}}}}]`;
const busy = (cpu: string, requests = 'resources: {requests: {cpu: 100m}}'): string =>
  workload('Deployment', 'replicas: 1', requests, '', behaving({ cpu }));

describe('an autoscaler that', () => {
  itExplains([
    {
      title: 'has no target',
      yaml: scaler(50),
      seconds: 60,
      about: 'horizontalpodautoscalers.autoscaling/web',
      says: [
        'target-unavailable: The autoscaler does not scale: it cannot read or set the scale of Deployment/web: the HPA controller was unable to get the target\'s current scale: deployments.apps "web" not found.',
      ],
    },
    {
      title: 'finds no requests',
      yaml: `${busy('50m', '')}\n---${scaler(50)}`,
      seconds: 180,
      about: 'horizontalpodautoscalers.autoscaling/web',
      says: [
        'requests-missing: The autoscaler does not scale: a utilization is a share of the request, and a container has none: the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod web-dc4b4bb77-2chwz.',
      ],
    },
    {
      title: 'is at its maximum',
      yaml: `${busy('200m')}\n---${scaler(50, 2)}`,
      seconds: 300,
      about: 'horizontalpodautoscalers.autoscaling/web',
      says: ['at-maximum: The autoscaler does not scale further: its metrics ask for more than its maxReplicas of 2.'],
    },
    {
      title: 'tolerates a small difference',
      yaml: `${busy('52m')}\n---${scaler(50)}`,
      seconds: 300,
      about: 'horizontalpodautoscalers.autoscaling/web',
      says: [
        'within-tolerance: The autoscaler leaves Deployment/web at 1: its cpu is at 52% of the request, the target is 50%, and a difference of up to 10% of the target is tolerated.',
      ],
    },
    {
      title: 'is switched off by 0 replicas',
      yaml: `${busy('52m').replace('replicas: 1', 'replicas: 0')}\n---${scaler(50)}`,
      seconds: 60,
      about: 'horizontalpodautoscalers.autoscaling/web',
      says: ['scaling-disabled: The autoscaler does not scale: Deployment/web has 0 replicas, which switches it off.'],
    },
  ]);
});
