// Why pods have no node.

import { describe } from 'vitest';
import { itExplains, pod, strike } from './cases.ts';

const NODES = { nodes: 2 };
const BIG = 'resources: {requests: {cpu: "6", memory: 32Gi}}';

describe('a pod that is not scheduled', () => {
  itExplains([
    {
      title: 'asks for more than any node has',
      config: NODES,
      yaml: pod('', BIG),
      about: 'pods/web',
      says: [
        'insufficient-cpu: Not scheduled: the pod requests 6 of cpu, but node-1 has 4 of 4 left and node-2 has 4 of 4 left.',
        'insufficient-memory: Not scheduled: the pod requests 32Gi of memory, but node-1 has 16Gi of 16Gi left and node-2 has 16Gi of 16Gi left.',
      ],
      because: '"field":"status.allocatable.cpu","value":"4"',
    },
    {
      title: 'asks for more than is left',
      yaml: `${pod('', 'resources: {requests: {cpu: "3"}}', 'first')}\n---${pod('', 'resources: {requests: {cpu: 1500m}}')}`,
      about: 'pods/web',
      says: ['insufficient-cpu: Not scheduled: the pod requests 1500m of cpu, but node-1 has 1 of 4 left.'],
    },
    {
      title: 'asks for something that no node has',
      yaml: pod('', 'resources: {limits: {example.com/gpu: 1}}'),
      about: 'pods/web',
      says: ['insufficient-example-com-gpu: Not scheduled: the pod requests 1 of example.com/gpu, but node-1 has 0 of 0 left.'],
    },
    {
      title: 'finds its node full of pods',
      config: { nodes: [{ name: 'small', labels: {}, taints: [], capacity: { cpu: '4', memory: '16Gi', pods: '1' } }] },
      yaml: `${pod('', '', 'first')}\n---${pod()}`,
      about: 'pods/web',
      says: ['too-many-pods: Not scheduled: small has 1 pod, as many as it may have.'],
    },
    {
      title: 'does not tolerate a taint',
      config: NODES,
      yaml: pod('nodeSelector: {kubernetes.io/hostname: node-1}'),
      seconds: 0,
      about: 'pods/web',
      then: (cluster) => {
        cluster.patch('nodes/node-1', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } });
        cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
        cluster.remove('pods/web', { gracePeriodSeconds: 0 });
        cluster.create({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'web' },
          spec: { nodeSelector: { 'kubernetes.io/hostname': 'node-1' }, containers: [{ name: 'c', image: 'nginx' }] },
        });
      },
      says: [
        'taint-not-tolerated: Not scheduled: node-1 has the taint gpu=yes, which the pod does not tolerate.',
        'node-selector: Not scheduled: the node selector asks for kubernetes.io/hostname=node-1, which node-2 does not have.',
      ],
    },
    {
      title: 'asks for a label that no node has',
      config: NODES,
      yaml: pod('nodeSelector: {disk: ssd}'),
      about: 'pods/web',
      says: ['node-selector: Not scheduled: the node selector asks for disk=ssd, which node-1 and node-2 do not have.'],
    },
    {
      title: 'has a node affinity that no node meets',
      yaml: pod(`affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]`),
      about: 'pods/web',
      says: ['node-affinity: Not scheduled: node-1 does not match the required node affinity of the pod.'],
    },
    {
      title: 'shuns a pod on the only node',
      yaml: `${pod('', '', 'first', ', labels: {app: db}')}\n---${pod(`affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {labelSelector: {matchLabels: {app: db}}, topologyKey: kubernetes.io/hostname}`)}`,
      about: 'pods/web',
      says: ['pod-anti-affinity: Not scheduled: node-1 has, in the same topology domain, a pod that the anti-affinity of this pod shuns.'],
    },
    {
      title: 'wants to be near a pod that is not there',
      yaml: pod(`affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {labelSelector: {matchLabels: {app: db}}, topologyKey: kubernetes.io/hostname}`),
      about: 'pods/web',
      says: ['pod-affinity: Not scheduled: no pod that the affinity of this pod asks for is placed in the topology domain of node-1.'],
    },
    {
      title: 'is shunned by a pod on the only node',
      yaml: `${pod(
        `affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}`,
        '',
        'first',
      )}\n---${pod('', '', 'web', ', labels: {app: web}')}`,
      about: 'pods/web',
      says: ['shunned-by-pods: Not scheduled: pods in the topology domain of node-1 have a required anti-affinity that means this pod.'],
    },
    {
      title: 'finds its host port taken',
      yaml: `${pod('', 'ports: [{containerPort: 80, hostPort: 8080}]', 'first')}\n---${pod('', 'ports: [{containerPort: 80, hostPort: 8080}]')}`,
      about: 'pods/web',
      says: ['host-port-taken: Not scheduled: the host port 8080 is taken by first on node-1.'],
    },
    {
      title: 'would skew the spread',
      yaml: `${pod('', '', 'first', ', labels: {app: web}')}\n---${pod(
        `topologySpreadConstraints:
- {maxSkew: 1, minDomains: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}`,
        '',
        'web',
        ', labels: {app: web}',
      )}`,
      about: 'pods/web',
      says: ['topology-spread: Not scheduled: on node-1 the pod would exceed the skew that a topology spread constraint allows.'],
    },
    {
      title: 'names a claim that is not there',
      yaml: pod('volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]'),
      about: 'pods/web',
      says: ['claims-not-ready: Not scheduled: persistentvolumeclaim "data" not found; no node will do until that has changed.'],
    },
    {
      title: 'is gated',
      yaml: pod('schedulingGates: [{name: example.com/quota}]'),
      about: 'pods/web',
      says: [
        'scheduling-gated: Not scheduled: the scheduler does not look at the pod before its scheduling gates are gone: example.com/quota.',
      ],
    },
    {
      title: 'is for another scheduler',
      yaml: pod('schedulerName: batch'),
      about: 'pods/web',
      says: ['scheduler-missing: Not scheduled: the pod is for the scheduler "batch", and the cluster has only "default-scheduler".'],
    },
    {
      title: 'has no node to go to',
      config: { nodes: 0 },
      yaml: pod(),
      about: 'pods/web',
      says: ['no-nodes: Not scheduled: the cluster has no nodes.'],
    },
    {
      title: 'meets a node that is cordoned and one that is down',
      config: NODES,
      yaml: pod('schedulingGates: [{name: wait}]'),
      then: (cluster) => {
        strike(cluster, { type: 'node-down', node: 'node-2' });
        cluster.patch('nodes/node-1', { spec: { unschedulable: true } });
        cluster.advance(120_000);
        cluster.patch('pods/web', { spec: { schedulingGates: [] } });
        cluster.advance(1_000);
      },
      about: 'pods/web',
      says: [
        'node-unschedulable: Not scheduled: node-1 is cordoned.',
        'node-unhealthy: Not scheduled: node-2 is not heard of, which the taint node.kubernetes.io/unreachable says.',
      ],
    },
  ]);
});
