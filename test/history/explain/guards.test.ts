// Why budgets let no pod go, quotas refuse, namespaces stay and nodes take nothing.

import { describe } from 'vitest';
import { itExplains, pod, strike, workload } from './cases.ts';

describe('a guard', () => {
  itExplains([
    {
      title: 'that lets no pod go',
      yaml: `${workload('Deployment', 'replicas: 2')}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}}`,
      about: 'poddisruptionbudgets.policy/web',
      says: [
        'no-disruption-allowed: No pod may be evicted, so that kubectl drain waits: 2 of 2 pods are healthy, and 2 must stay so (minAvailable: 2).',
      ],
    },
    {
      title: 'that guards nothing',
      yaml: '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}}',
      about: 'poddisruptionbudgets.policy/web',
      says: ['budget-selects-nothing: The budget guards no pod: its selector finds none.'],
    },
    {
      title: 'that is used up',
      yaml: `{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: "1", services: "3"}}}\n---${pod()}`,
      about: 'resourcequotas/few',
      says: ['quota-used-up: The quota of pods is used up: 1 of 1. What would need more is refused.'],
    },
  ]);
});

describe('a namespace that', () => {
  itExplains([
    {
      title: 'is kept by a finalizer of its content',
      yaml: `{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: shop, finalizers: [example.com/backup]}}`,
      then: (cluster) => {
        cluster.remove('namespaces/shop');
        cluster.advance(60_000);
      },
      about: 'namespaces/shop',
      says: [
        'namespace-not-empty: The namespace is deleted since 00:00:30Z, but stays until all that is in it is gone: Some resources are remaining: configmaps. has 1 resource instances.',
        'namespace-finalizers: The namespace is deleted since 00:00:30Z, but stays until all that is in it is gone: Some content in the namespace has finalizers remaining: example.com/backup in 1 resource instances.',
      ],
    },
  ]);
});

describe('a node that', () => {
  itExplains([
    {
      title: 'is down',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-down', node: 'node-1' });
        cluster.advance(120_000);
      },
      about: 'nodes/node-1',
      says: [
        'node-not-ready: The node is not ready since 00:01:15Z: Kubelet stopped posting node status; it is switched off by a fault, and was last heard of at 00:00:20Z.',
      ],
    },
    {
      title: 'is cut off since a moment',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-partition', node: 'node-1' });
        cluster.advance(5_000);
      },
      about: 'nodes/node-1',
      says: [
        'node-silent: The node still counts as ready; it is cut off from the API server by a fault, and was last heard of at 00:00:20Z.',
      ],
    },
    {
      title: 'is cordoned',
      yaml: pod(),
      then: (cluster) => void cluster.patch('nodes/node-1', { spec: { unschedulable: true } }),
      about: 'nodes/node-1',
      says: ['node-unschedulable: The node is cordoned: no pod is scheduled there that does not tolerate it.'],
    },
    {
      title: 'is short of memory',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-pressure', node: 'node-1', resource: 'memory' });
        cluster.advance(15_000);
      },
      about: 'nodes/node-1',
      says: [
        'node-pressure: The node is short of something since 00:00:30Z: kubelet has insufficient memory available. Its kubelet evicts pods until that is over.',
      ],
    },
  ]);
});
