// Rules of node heartbeats and conditions (module 8), and what nodes that are never in want do not do (module 5.5).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import type { Kind } from '../../src/engine/kinds/kind.ts';
import { leaseKind } from '../../src/engine/kinds/lease/index.ts';
import { nodeKind } from '../../src/engine/kinds/node/index.ts';
import type { Node } from '../../src/engine/kinds/node/types.ts';
import { projectObject } from '../../src/engine/kubelet/node/heartbeat.ts';
import { createPodCluster, type PodCluster, webPod } from '../support/pods.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';

/** An object as a reader sees it now. */
function read<T>(cluster: PodCluster, kind: Kind, resource: string, namespace?: string): T {
  const object = getObject(cluster.state, kind, namespace, 'node-1');
  if (object === undefined) throw new Error(`no ${resource} node-1`);
  return projectObject(cluster.state, resource, object) as unknown as T;
}

const readNode = (cluster: PodCluster): Node => read(cluster, nodeKind, 'nodes');

interface NodeLease {
  readonly metadata: { readonly ownerReferences: readonly { readonly kind: string; readonly name: string }[] };
  readonly spec: { readonly holderIdentity: string; readonly leaseDurationSeconds: number; readonly renewTime: string };
}

const readLease = (cluster: PodCluster): NodeLease => read(cluster, leaseKind, 'leases.coordination.k8s.io', 'kube-node-lease');

const secondsOf = (time: string): number => (Date.parse(time) - Date.UTC(2025, 0, 1)) / 1000;

describe('heartbeats', () => {
  it('K801 C701 K1014 the lease of a node is renewed every 10 s with a jitter of up to 4 %, and owned by the node', () => {
    const cluster = createPodCluster();
    expect(readLease(cluster)).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Node', name: 'node-1' }] },
      spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40 },
    });
    const seen = new Set<number>();
    for (let second = 0; second <= 100; second += 1) {
      cluster.advanceTo(second);
      seen.add(secondsOf(readLease(cluster).spec.renewTime));
    }
    const times = [...seen];
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(times.length).toBeGreaterThanOrEqual(10);
    for (const gap of gaps) expect(gap >= 10 && gap <= 10.4).toBe(true);
  });

  it('K802 K1014 a status that says nothing new is written every five minutes', () => {
    const cluster = createPodCluster();
    const beat = (seconds: number): number => {
      cluster.advanceTo(seconds);
      return secondsOf(readNode(cluster).status.conditions?.[0]?.lastHeartbeatTime ?? '');
    };
    expect(beat(299)).toBe(0);
    const second = beat(315);
    expect(second >= 300 && second <= 312).toBe(true);
    expect(beat(590)).toBe(second);
  });

  it('K803 the conditions of a healthy node, in their order', () => {
    const conditions = readNode(createPodCluster()).status.conditions?.map(
      ({ type, status, reason, message }) => `${type} ${status} ${reason} "${message}"`,
    );
    expect(conditions).toEqual([
      'MemoryPressure False KubeletHasSufficientMemory "kubelet has sufficient memory available"',
      'DiskPressure False KubeletHasNoDiskPressure "kubelet has no disk pressure"',
      'PIDPressure False KubeletHasSufficientPID "kubelet has sufficient PID available"',
      'Ready True KubeletReady "kubelet is posting ready status"',
    ]);
  });

  it('K804 K805 K806 K807 a node is ready from the beginning, stays so, and tells no story of its start', () => {
    const cluster = createPodCluster();
    cluster.advanceTo(7200);
    const ready = readNode(cluster).status.conditions?.find((condition) => condition.type === 'Ready');
    expect(ready).toMatchObject({ status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' });
    expect(cluster.changes.filter((change) => change.resource === 'nodes' && change.timeMs > cluster.state.startMs)).toEqual([]);
    expect(cluster.eventRows()).toEqual([]);
  });
});

describe('a kubelet whose Node is deleted', () => {
  it('K803 goes by the node that it registered: its pods keep the address of their host', () => {
    const cluster = createPodCluster();
    cluster.apply(webPod());
    cluster.advanceTo(10);
    const { hostIP } = lastPod(cluster).status;
    expect(hostIP).toBe('172.18.0.2');
    cluster.run({ type: 'request', request: { verb: 'delete', resource: 'nodes', name: 'node-1', options: {} } });
    cluster.run({
      type: 'fault',
      fault: { type: 'container-kill', namespace: 'default', pod: 'web', container: null, exitCode: 1 },
      afterMs: 0,
      forMs: null,
    });
    cluster.advanceTo(14);
    expect(lastPod(cluster).status).toMatchObject({ hostIP, hostIPs: [{ ip: hostIP }], containerStatuses: [{ restartCount: 1 }] });
  });
});

describe('pressure', () => {
  const greedy: JsonObject = { memory: '64Gi', cpu: '100' };

  it('K530 K531 K532 K534 a node never runs short, whatever its containers use: nothing is evicted and new pods are admitted', () => {
    const cluster = createPodCluster();
    cluster.apply(webPod({}, greedy));
    cluster.advanceTo(600);
    cluster.apply({ ...webPod(), metadata: { name: 'second' } });
    cluster.advanceTo(1200);
    expect(podWrites(cluster).at(-1)).toMatch(/^1 M Running /);
    expect(lastPod(cluster, 'second').status.phase).toBe('Running');
    expect([...cluster.eventRows('Evicted'), ...cluster.eventRows('EvictionThresholdMet')]).toEqual([]);
  });

  it('K533 K535 limits of local storage are not watched: no pod ends for what it writes', () => {
    const volumes = [{ name: 'scratch', emptyDir: { sizeLimit: '1Ki' } }];
    const mount = { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] };
    const command = ['sh', '-c', 'i=0; while [ $i -lt 200 ]; do echo 0123456789abcdef >> /scratch/file; i=$((i+1)); done; sleep 10000'];
    const cluster = createPodCluster();
    cluster.apply(webPod({ image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', command, ...mount }, undefined, { volumes }));
    cluster.advanceTo(300);
    expect(lastPod(cluster).status.phase).toBe('Running');
    expect(lastPod(cluster).status.conditions?.some((condition) => condition.type === 'DisruptionTarget')).toBe(false);
  });
});
