// Why pods end, and why they do not go.

import { describe } from 'vitest';
import { behaving, itExplains, pod, strike } from './cases.ts';

describe('a pod that', () => {
  itExplains([
    {
      title: 'ignores SIGTERM',
      yaml: pod('', '', 'web', behaving({ sigterm: 'ignore' })),
      then: (cluster) => {
        cluster.remove('pods/web');
        cluster.advance(5_000);
      },
      about: 'pods/web',
      says: [
        'terminating: The pod is deleted and has a grace period of 30s: "app" has got SIGTERM, has not ended, and is killed at 00:01:00Z.',
      ],
    },
    {
      title: 'has a preStop hook that takes long',
      yaml: pod('', 'lifecycle: {preStop: {sleep: {seconds: 20}}}'),
      then: (cluster) => {
        cluster.remove('pods/web');
        cluster.advance(5_000);
      },
      about: 'pods/web',
      says: ['terminating: The pod is deleted and has a grace period of 30s: the preStop hook of "app" runs.'],
    },
    {
      title: 'has a finalizer',
      yaml: pod('', '', 'web', ', finalizers: [example.com/backup]'),
      then: (cluster) => {
        cluster.remove('pods/web');
        cluster.advance(60_000);
      },
      about: 'pods/web',
      says: [
        'finalizer: The object is deleted since 00:00:31Z, but stays until the finalizer example.com/backup is removed: whoever put it there is meant to do that when its work is done.',
      ],
    },
    {
      title: 'is deleted on a node that is down',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-down', node: 'node-1' });
        cluster.remove('pods/web');
        cluster.advance(60_000);
      },
      about: 'pods/web',
      says: [
        'deletion-node-silent: The pod is deleted, but stays until its kubelet says that the containers are stopped, and node-1 is not heard of.',
      ],
    },
    {
      title: 'is evicted from a node short of memory',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-pressure', node: 'node-1', resource: 'memory' });
        cluster.advance(60_000);
      },
      about: 'pods/web',
      says: [
        'evicted: The kubelet ended the pod for the sake of its node: The node was low on resource: memory. Threshold quantity: 100Mi, available: 64Mi. Container app was using 128Mi, request is 0, has larger consumption of memory.',
      ],
    },
    {
      title: 'is preempted',
      yaml: `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
---${pod('', 'resources: {requests: {cpu: "3"}}', 'web', behaving({ sigterm: 'ignore' }))}`,
      then: (cluster) => {
        cluster.create({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'vip' },
          spec: { priorityClassName: 'high', containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '3' } } }] },
        });
        cluster.advance(5_000);
      },
      about: 'pods/web',
      says: [
        'preempted: The scheduler removes the pod to make room for one of higher priority: default-scheduler: preempting to accommodate a higher priority pod.',
        'terminating: The pod is deleted and has a grace period of 30s: "app" has got SIGTERM, has not ended, and is killed at 00:01:00Z.',
      ],
    },
    {
      title: 'waits for those that it preempts',
      yaml: `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
---${pod('', 'resources: {requests: {cpu: "3"}}', 'first', behaving({ sigterm: 'ignore' }))}`,
      then: (cluster) => {
        cluster.create({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'web' },
          spec: { priorityClassName: 'high', containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '3' } } }] },
        });
        cluster.advance(5_000);
      },
      about: 'pods/web',
      says: [
        'waits-for-preempted: Not scheduled yet: pods of lower priority are being removed from node-1 to make room for this one.',
        'insufficient-cpu: Not scheduled: the pod requests 3 of cpu, but node-1 has 1 of 4 left.',
      ],
    },
    {
      title: 'is over its deadline',
      yaml: pod('activeDeadlineSeconds: 20'),
      seconds: 60,
      about: 'pods/web',
      says: ['deadline-exceeded: The pod was ended because it was active for longer than its activeDeadlineSeconds of 20s.'],
    },
    {
      title: 'does not fit the node to which it is bound',
      yaml: pod('nodeName: node-1', 'resources: {requests: {cpu: "8"}}'),
      about: 'pods/web',
      says: [
        "refused-by-kubelet: The kubelet of node-1 refused the pod: Pod was rejected: Node didn't have enough resource: cpu, requested: 8000, used: 0, capacity: 4000.",
      ],
    },
  ]);
});
