// Faults, and what a whole cluster makes of them.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject, listObjects } from '../../src/engine/apiserver/api.ts';
import type { Fault } from '../../src/engine/cluster/fault-spec.ts';
import { listFaults } from '../../src/engine/cluster/faults.ts';
import { nodeKind } from '../../src/engine/kinds/node/index.ts';
import type { Node } from '../../src/engine/kinds/node/types.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { replicaSetKind } from '../../src/engine/kinds/replicaset/index.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const CONTAINER = { name: 'c', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never', ports: [{ containerPort: 8080 }] };

function replicaSet(replicas: number, container: object = {}, spec: object = {}): JsonObject {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ ...CONTAINER, ...container }], ...spec } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
  } as unknown as JsonObject;
}

function pod(name: string, spec: object = {}, container: object = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ ...CONTAINER, ...container }], ...spec },
  } as unknown as JsonObject;
}

function strike(cluster: PodCluster, fault: Fault, forSeconds: number | null = null, afterSeconds = 0): void {
  const command = { type: 'fault', fault, afterMs: afterSeconds * 1000, forMs: forSeconds === null ? null : forSeconds * 1000 } as const;
  const { outcome } = cluster.run(command);
  if (!outcome.ok) throw new Error(outcome.status.message);
}

const container = (name: string): { namespace: string; pod: string; container: null } => ({
  namespace: 'default',
  pod: name,
  container: null,
});
const node = (cluster: PodCluster, name: string): Node => getObject(cluster.state, nodeKind, undefined, name) as Node;
const taints = (cluster: PodCluster, name: string): string[] =>
  (node(cluster, name).spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);
const ready = (cluster: PodCluster, name: string): string | undefined =>
  node(cluster, name).status.conditions?.find(({ type }) => type === 'Ready')?.status;
const pods = (cluster: PodCluster): Pod[] => listObjects<Pod>(cluster.state, podKind, 'default');
const onNode = (cluster: PodCluster, name: string): Pod[] => pods(cluster).filter(({ spec }) => spec.nodeName === name);
const readyOf = ({ status }: Pod): string | undefined => status.conditions?.find(({ type }) => type === 'Ready')?.status;
const readyCount = (cluster: PodCluster): number => getObject(cluster.state, replicaSetKind, 'default', 'web')?.status.readyReplicas ?? 0;
const events = (cluster: PodCluster, reason: string): string[] => cluster.eventRows(reason);

/** Three nodes, a ReplicaSet of three; the node of the first pod falls silent at 20 s, ten seconds after its last renewal. */
function silent(type: 'node-down' | 'node-partition', forSeconds: number | null = null, nodes = 3): { cluster: PodCluster; name: string } {
  const cluster = createPodCluster({ nodes });
  cluster.apply(replicaSet(3));
  cluster.advanceTo(20);
  const name = pods(cluster)[0]?.spec.nodeName ?? '';
  strike(cluster, { type, node: name }, forSeconds);
  return { cluster, name };
}

describe('a node falls silent', () => {
  it('C1104 C702 C703 C704 C705 C706 it is found out in the tenth pass after the one that saw its last renewal', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(64.9);
    expect([ready(cluster, name), readyCount(cluster)]).toEqual(['True', 3]);
    cluster.advanceTo(65);
    expect(node(cluster, name).status.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual(
      ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => `${type} Unknown NodeStatusUnknown`),
    );
    expect(events(cluster, 'NodeNotReady')[0]).toContain(`Node ${name} status is now: NodeNotReady`);
    expect(node(cluster, name).status.conditions?.[3]?.message).toBe('Kubelet stopped posting node status.');
  });

  it('C707 C708 C730 its pods count as not ready and go on looking as before', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(66);
    const [lost] = onNode(cluster, name);
    expect([lost?.status.phase, lost === undefined ? '' : readyOf(lost), lost?.status.containerStatuses?.[0]?.ready]).toEqual([
      'Running',
      'False',
      true,
    ]);
    expect(lost?.status.conditions?.find(({ type }) => type === 'ContainersReady')?.status).toBe('True');
    expect(events(cluster, 'NodeNotReady').some((row) => row.includes('Node is not ready'))).toBe(true);
    expect([readyCount(cluster), pods(cluster).length]).toEqual([2, 3]);
  });

  it('C710 C712 C713 it is tainted at once against new pods, and five seconds later against old ones', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(65);
    expect(taints(cluster, name)).toEqual(['unreachable:NoSchedule']);
    cluster.advanceTo(70);
    expect(taints(cluster, name)).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
  });

  it('C720 C721 C723 C731 C735 its pods go after five minutes, are replaced at once, and stay Terminating for ever', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(369.9);
    expect(onNode(cluster, name)[0]?.metadata.deletionTimestamp).toBeUndefined();
    cluster.advanceTo(370);
    const [lost] = onNode(cluster, name);
    expect(lost?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: '2025-01-01T00:06:40Z' });
    expect(lost?.status.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    });
    expect(events(cluster, 'TaintManagerEviction')[0]).toContain(`Marking for deletion Pod default/${lost?.metadata.name}`);
    cluster.advanceTo(4_000);
    expect([onNode(cluster, name).length, readyCount(cluster), pods(cluster).length]).toEqual([1, 3, 4]);
    expect(events(cluster, 'SuccessfulDelete')).toEqual([]);
  });

  it('C714 C715 a cluster in which all are silent evicts nothing', () => {
    const { cluster, name } = silent('node-down', null, 1);
    cluster.advanceTo(4_000);
    expect([ready(cluster, name), taints(cluster, name)]).toEqual(['Unknown', ['unreachable:NoSchedule']]);
    expect(pods(cluster).every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true);
  });

  it('C741 the pods of a node that is deleted are collected after its quarantine, and replaced', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(101);
    const request = { verb: 'delete', resource: 'nodes', name, options: {} } as const;
    expect(cluster.run({ type: 'request', request }).outcome.ok).toBe(true);
    cluster.advanceTo(159.9);
    expect(onNode(cluster, name)).toHaveLength(1);
    cluster.advanceTo(160);
    expect(onNode(cluster, name)).toEqual([]);
    const last = cluster.changes.findLast(({ resource, type }) => resource === 'pods' && type === 'DELETED')?.object as unknown as Pod;
    expect(last.status.phase).toBe('Failed');
    expect(last.status.conditions?.find(({ type }) => type === 'DisruptionTarget')?.message).toBe('PodGC: node no longer exists');
    cluster.advanceTo(180);
    expect(readyCount(cluster)).toBe(3);
    expect(events(cluster, 'RemovingNode')[0]).toContain(`Node ${name} event: Removing Node ${name} from Controller`);
  });

  it('C742 out-of-service lets its pods go', () => {
    const { cluster, name } = silent('node-down');
    cluster.advanceTo(101);
    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    const body = { spec: { taints: [...(node(cluster, name).spec.taints ?? []), taint] } } as unknown as JsonObject;
    cluster.run({ type: 'request', request: { verb: 'patch', resource: 'nodes', name, patchType: 'merge', body, options: {} } });
    cluster.advanceTo(101);
    expect(onNode(cluster, name)[0]?.metadata.deletionTimestamp).toBeDefined();
    cluster.advanceTo(120);
    expect(onNode(cluster, name)).toEqual([]);
  });

  it('K807 nothing that needs its kubelet happens meanwhile', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('a', { restartPolicy: 'Always' }));
    cluster.advanceTo(10);
    strike(cluster, { type: 'node-down', node: 'node-1' });
    cluster.remove('a');
    cluster.apply(pod('b', { nodeName: 'node-1' }));
    cluster.advanceTo(60);
    expect(pods(cluster).map(({ metadata, status }) => `${metadata.name} ${status.phase}`)).toEqual(['a Running', 'b Pending']);
    expect(cluster.podRows('b')).toHaveLength(1);
  });
});

describe('a node comes back', () => {
  it('C716 C722 C732 in time: taints go, nobody is evicted, its pods are ready again within ten seconds', () => {
    const { cluster, name } = silent('node-partition', 100);
    const [lost] = onNode(cluster, name);
    cluster.advanceTo(125);
    expect([ready(cluster, name), taints(cluster, name)]).toEqual(['True', []]);
    expect(events(cluster, 'TaintManagerEviction')).toEqual([
      expect.stringContaining(`Cancelling deletion of Pod default/${lost?.metadata.name}`),
    ]);
    cluster.advanceTo(130);
    const [back] = onNode(cluster, name);
    expect([back?.metadata.name, back === undefined ? '' : readyOf(back), back?.status.containerStatuses?.[0]?.restartCount]).toEqual([
      lost?.metadata.name,
      'True',
      0,
    ]);
    expect([readyCount(cluster), pods(cluster).length]).toEqual([3, 3]);
    expect(events(cluster, 'NodeReady')[0]).toContain(`Node ${name} status is now: NodeReady`);
  });

  it('C733 too late: the marked pods stop, the replacements stay', () => {
    const { cluster, name } = silent('node-partition', 400);
    cluster.advanceTo(419);
    expect(pods(cluster)).toHaveLength(4);
    cluster.advanceTo(440);
    expect([onNode(cluster, name), pods(cluster).length, readyCount(cluster)]).toEqual([[], 3, 3]);
    expect(events(cluster, 'Killing')).toHaveLength(1);
  });

  it('K805 rebooted: another boot id, an event, and each container starts again', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('a'));
    cluster.advanceTo(10);
    const before = node(cluster, 'node-1').status.nodeInfo?.['bootID'];
    strike(cluster, { type: 'node-reboot', node: 'node-1' }, 30);
    cluster.advanceTo(39);
    expect(pods(cluster)[0]?.status.containerStatuses?.[0]?.restartCount).toBe(0);
    cluster.advanceTo(60);
    const after = node(cluster, 'node-1').status.nodeInfo?.['bootID'];
    expect(after).not.toBe(before);
    expect(events(cluster, 'Rebooted')[0]).toContain(`Warning Rebooted Node node-1 has been rebooted, boot id: ${after}`);
    const [status] = pods(cluster)[0]?.status.containerStatuses ?? [];
    expect([status?.restartCount, status?.lastState.terminated?.exitCode, status?.lastState.terminated?.reason, status?.ready]).toEqual([
      1,
      255,
      'Unknown',
      true,
    ]);
  });

  it('a node that is struck twice comes back when both are over', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.advanceTo(1);
    strike(cluster, { type: 'node-partition', node: 'node-1' }, 100);
    strike(cluster, { type: 'node-down', node: 'node-1' }, 200);
    cluster.advanceTo(110);
    expect(ready(cluster, 'node-1')).toBe('Unknown');
    cluster.advanceTo(202);
    expect(ready(cluster, 'node-1')).toBe('True');
  });
});

describe('a node runs short', () => {
  it('K530 K531 K532 K534 K535 C710 it says so, evicts one pod every ten seconds, the one that asks for least first, and takes none', () => {
    const cluster = createPodCluster({ nodes: 1 });
    const command = ['sh', '-c', 'trap "exit 1" TERM; while true; do sleep 1; done'];
    const shell = { image: 'busybox', imagePullPolicy: 'IfNotPresent', command };
    cluster.apply(pod('plain', {}, shell), pod('asks', {}, { ...shell, resources: { requests: { memory: '1Gi' } } }));
    cluster.advanceTo(20);
    strike(cluster, { type: 'node-pressure', node: 'node-1', resource: 'memory' });
    expect(taints(cluster, 'node-1')).toEqual(['memory-pressure:NoSchedule']);
    expect(events(cluster, 'NodeHasInsufficientMemory')).toHaveLength(1);
    cluster.advanceTo(36);
    const [asks, plain] = pods(cluster);
    expect([plain?.status.phase, plain?.status.reason, asks?.status.phase]).toEqual(['Failed', 'Evicted', 'Running']);
    expect(plain?.status.message).toMatch(/^The node was low on resource: memory\. Threshold quantity: 100Mi, available: /);
    expect(plain?.status.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason).toBe('TerminationByKubelet');
    expect(events(cluster, 'EvictionThresholdMet')[0]).toContain('Attempting to reclaim memory');
    cluster.apply(pod('late', { nodeName: 'node-1' }));
    cluster.advanceTo(37);
    const late = getObject(cluster.state, podKind, 'default', 'late');
    expect([late?.status.reason, late?.status.message]).toEqual([
      'Evicted',
      'Pod was rejected: The node had condition: [MemoryPressure]. ',
    ]);
    cluster.advanceTo(60);
    expect(pods(cluster).map(({ status }) => status.phase)).toEqual(['Failed', 'Failed', 'Failed']);
    cluster.run({ type: 'end-fault', id: 'fault-1' });
    expect([taints(cluster, 'node-1'), events(cluster, 'NodeHasSufficientMemory').length]).toEqual([[], 1]);
  });

  it('K535 a pod whose process ends well has succeeded', () => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('a'));
    cluster.advanceTo(10);
    strike(cluster, { type: 'node-pressure', node: 'node-1', resource: 'disk' }, 60);
    cluster.advanceTo(40);
    expect([pods(cluster)[0]?.status.phase, pods(cluster)[0]?.status.reason]).toEqual(['Succeeded', undefined]);
    cluster.advanceTo(75);
    expect(taints(cluster, 'node-1')).toEqual([]);
  });
});

describe('a container is struck', () => {
  const statusOf = (cluster: PodCluster) => pods(cluster)[0]?.status.containerStatuses?.[0];
  function started(containerSpec: object = {}): PodCluster {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('a', {}, containerSpec));
    cluster.advanceTo(20);
    return cluster;
  }

  it('killed with a code, or for want of memory, it is restarted', () => {
    const cluster = started();
    strike(cluster, { type: 'container-kill', exitCode: 3, ...container('a') });
    cluster.advanceTo(30);
    expect([statusOf(cluster)?.restartCount, statusOf(cluster)?.lastState.terminated?.exitCode]).toEqual([1, 3]);
    strike(cluster, { type: 'container-oom', ...container('a') });
    cluster.advanceTo(60);
    expect(statusOf(cluster)?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(listFaults(cluster.state).map(({ state }) => state)).toEqual(['over', 'over']);
  });

  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 5, failureThreshold: 2 };
  it('hanging it fails its probes, does not hear SIGTERM, and is killed', () => {
    const cluster = started({ livenessProbe: probe });
    strike(cluster, { type: 'container-hang', ...container('a') }, 120);
    cluster.advanceTo(70);
    expect(events(cluster, 'Unhealthy')[0]).toContain('Client.Timeout exceeded while awaiting headers');
    expect(statusOf(cluster)?.lastState.terminated?.exitCode).toBe(137);
  });

  it('with failing probes it is not ready, and is again when they are over', () => {
    const cluster = started({ readinessProbe: probe });
    expect(statusOf(cluster)?.ready).toBe(true);
    strike(cluster, { type: 'probe-fail', probe: 'readiness', ...container('a') }, 30);
    cluster.advanceTo(35);
    expect([statusOf(cluster)?.ready, statusOf(cluster)?.restartCount]).toEqual([false, 0]);
    cluster.advanceTo(60);
    expect(statusOf(cluster)?.ready).toBe(true);
  });
});

describe('images', () => {
  it('that are not given out are tried again, until they are', () => {
    const cluster = createPodCluster({ nodes: 1 });
    strike(cluster, { type: 'image-pull-fail', image: 'nginx:1.27', message: null }, 100);
    cluster.apply(pod('a', {}, { image: 'nginx:1.27', imagePullPolicy: 'Always' }));
    cluster.advanceTo(40);
    expect(pods(cluster)[0]?.status.containerStatuses?.[0]?.state.waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    cluster.advanceTo(300);
    expect(pods(cluster)[0]?.status.phase).toBe('Running');
  });

  it('of a registry that is down are not resolved', () => {
    const cluster = createPodCluster({ nodes: 1 });
    strike(cluster, { type: 'registry-down', registry: 'docker.io' });
    cluster.apply(
      pod('a', {}, { image: 'nginx', imagePullPolicy: 'Always' }),
      pod('b', {}, { image: 'ghcr.io/x/y:1', imagePullPolicy: 'Always' }),
    );
    cluster.advanceTo(20);
    expect(events(cluster, 'Failed')[0]).toContain(
      'Head "https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp: lookup registry-1.docker.io: i/o timeout',
    );
    expect(getObject(cluster.state, podKind, 'default', 'b')?.status.phase).toBe('Running');
  });
});

describe('a fault is a command', () => {
  it('that begins later, and may be taken back', () => {
    const cluster = createPodCluster({ nodes: 2 });
    strike(cluster, { type: 'node-down', node: 'node-2' }, 60, 30);
    strike(cluster, { type: 'node-down', node: 'node-1' }, null, 30);
    cluster.run({ type: 'end-fault', id: 'fault-2' });
    expect(listFaults(cluster.state).map(({ id, state }) => `${id} ${state}`)).toEqual(['fault-1 waiting']);
    cluster.advanceTo(31);
    expect(listFaults(cluster.state)[0]?.state).toBe('active');
    cluster.advanceTo(91);
    expect(listFaults(cluster.state)[0]?.state).toBe('over');
  });

  it.each([
    [{ type: 'node-down', node: 'none' } as const, null, 'nodes "none" not found'],
    [{ type: 'container-oom', ...container('none') } as const, null, 'pods "none" not found'],
    [
      { type: 'container-oom', namespace: 'default', pod: 'a', container: 'zz' } as const,
      null,
      'container zz is not valid for pod a; it has c',
    ],
    [{ type: 'container-oom', ...container('a') } as const, 5, 'a container-oom happens at one instant and lasts for no time'],
  ])('that is refused when it strikes nothing: %j', (fault, seconds, text) => {
    const cluster = createPodCluster({ nodes: 1 });
    cluster.apply(pod('a'));
    const { outcome } = cluster.run({ type: 'fault', fault, afterMs: 0, forMs: seconds === null ? null : seconds * 1000 });
    expect(outcome.ok ? '' : outcome.status.message).toBe(text);
    expect(listFaults(cluster.state)).toEqual([]);
  });

  it('whose history is the same when the cluster is opened again in the middle of it', () => {
    const run = (reopens: boolean): string => {
      const { cluster } = silent('node-partition', 400);
      if (reopens) {
        cluster.advanceTo(200);
        cluster.reopen();
      }
      cluster.advanceTo(600);
      return JSON.stringify(cluster.state.digest);
    };
    expect(run(true)).toBe(run(false));
  });
});
