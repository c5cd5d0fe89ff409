// Amounts of running pods that change: granted, put off, impossible; in place or by a restart.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { allRecords, restoreState, snapshotHeader } from '../../src/engine/cluster/snapshot.ts';
import { execute } from '../../src/engine/cluster/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createPodCluster, type PodCluster, START_MS } from '../support/pods.ts';

const of = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });

function pod(name: string, container: object = {}, metadata: object = {}): JsonObject {
  const own = { name: 'app', image: 'nginx:1.27', resources: of('500m', '128Mi'), ...container };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers: [own] } } as unknown as JsonObject;
}

const podOf = (cluster: PodCluster, name = 'web'): Pod => getObject(cluster.state, podKind, 'default', name) as Pod;

function resize(cluster: PodCluster, resources: object, name = 'web', list: object = { containers: [{ name: 'app', resources }] }): void {
  const body = { spec: list } as unknown as JsonObject;
  const request = {
    verb: 'patch',
    resource: 'pods',
    namespace: 'default',
    name,
    subresource: 'resize',
    patchType: 'strategic',
    body,
    options: {},
  } as const;
  const { outcome } = cluster.run({ type: 'request', request });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

/** Whether something is to change, what was granted and what the container has, and how often it has started. */
function seen(cluster: PodCluster, name = 'web'): unknown {
  const { conditions = [], containerStatuses: [status] = [] } = podOf(cluster, name).status;
  const shown = conditions
    .filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, reason, message }) => [type, reason, message].filter(Boolean).join(' '));
  return [
    shown,
    (status?.['allocatedResources'] as { cpu?: string })?.cpu,
    (status?.['resources'] as { limits?: object })?.limits,
    status?.restartCount,
  ];
}

function running(container: object = {}, nodes = 1): PodCluster {
  const cluster = createPodCluster({ nodes });
  cluster.apply(pod('web', container));
  cluster.advanceTo(20.2);
  return cluster;
}

describe('M6 a resize that fits', () => {
  it('is granted at once, is in progress until the next relist has seen it, and restarts nothing', () => {
    const cluster = running();
    expect(seen(cluster)).toEqual([[], '500m', { cpu: '500m', memory: '128Mi' }, 0]);
    resize(cluster, of('800m', '256Mi'));
    expect(seen(cluster)).toEqual([['PodResizeInProgress'], '800m', { cpu: '500m', memory: '128Mi' }, 0]);
    const [first] = podOf(cluster).status.conditions ?? [];
    expect(first).toEqual({
      type: 'PodResizeInProgress',
      status: 'True',
      lastProbeTime: '2025-01-01T00:00:20Z',
      lastTransitionTime: '2025-01-01T00:00:20Z',
    });
    cluster.advanceTo(22);
    expect(seen(cluster)).toEqual([[], '800m', { cpu: '800m', memory: '256Mi' }, 0]);
    expect(cluster.eventRows('Killing')).toEqual([]);
    // A pod whose resize is over is as quiet as any other.
    const revision = podOf(cluster).metadata.resourceVersion;
    cluster.advanceTo(3_600);
    expect(podOf(cluster).metadata.resourceVersion).toBe(revision);
  });

  it('restarts a container whose policy says so for what changes, and no other', () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    const cluster = running({ resizePolicy });
    resize(cluster, of('800m', '128Mi'));
    cluster.advanceTo(25);
    expect(seen(cluster)).toEqual([[], '800m', { cpu: '800m', memory: '128Mi' }, 0]);
    resize(cluster, of('800m', '64Mi'));
    cluster.advanceTo(40);
    expect(seen(cluster)).toEqual([[], '800m', { cpu: '800m', memory: '64Mi' }, 1]);
    expect(cluster.eventRows('Killing')[0]).toContain('Container app resize requires restart');
  });

  it('M6 restarts a sidecar by its policy, and no other container', () => {
    const amounts = (cpu: string, memory: string): object => ({ name: 'side', resources: of(cpu, memory) });
    const policy = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] };
    const side = { ...amounts('100m', '64Mi'), image: 'busybox', command: ['sleep', '36000'], restartPolicy: 'Always', ...policy };
    const cluster = createPodCluster();
    const { spec, ...rest } = pod('web', {}) as unknown as { spec: object };
    cluster.apply({ ...rest, spec: { ...spec, initContainers: [side] } } as unknown as JsonObject);
    cluster.advanceTo(20);
    const restarts = (): unknown[] => {
      const { initContainerStatuses = [], containerStatuses = [] } = podOf(cluster).status;
      return [...initContainerStatuses, ...containerStatuses].map(({ restartCount, resources }) => [
        restartCount,
        (resources as ReturnType<typeof of> | undefined)?.limits.memory,
      ]);
    };
    const patch = (item: object): void => resize(cluster, {}, 'web', { initContainers: [item] });
    patch(amounts('200m', '64Mi'));
    cluster.advanceTo(25);
    expect(restarts()).toEqual([
      [0, '64Mi'],
      [0, '128Mi'],
    ]);
    patch(amounts('200m', '96Mi'));
    cluster.advanceTo(60);
    expect(restarts()).toEqual([
      [1, '96Mi'],
      [0, '128Mi'],
    ]);
    expect(cluster.eventRows('Killing')[0]).toContain('Container side resize requires restart');
  });

  it('gives a process more memory before it runs out of it', () => {
    const behavior = JSON.stringify({
      memory: [
        { value: '100Mi', until: '60s' },
        { value: '200Mi', from: '60s' },
      ],
    });
    const metadata = { annotations: { 'orrery.sim/behavior.app': behavior } };
    const cluster = createPodCluster();
    cluster.apply(pod('web', {}, metadata), pod('left', {}, metadata));
    cluster.advanceTo(20);
    resize(cluster, of('500m', '256Mi'));
    cluster.advanceTo(80);
    expect(podOf(cluster).status.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(podOf(cluster, 'left').status.containerStatuses?.[0]?.restartCount).toBe(1);
  });
});

describe('M6 a resize that does not fit', () => {
  it('on any node of this size is infeasible, and the pod goes on as it was', () => {
    const cluster = running();
    resize(cluster, of('5', '128Mi'));
    cluster.advanceTo(200);
    const pending = "PodResizePending Infeasible Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000";
    expect(seen(cluster)).toEqual([[pending], '500m', { cpu: '500m', memory: '128Mi' }, 0]);
    resize(cluster, of('500m', '128Mi'));
    cluster.advanceTo(202);
    expect(seen(cluster)).toEqual([[], '500m', { cpu: '500m', memory: '128Mi' }, 0]);
  });

  it('for want of room is deferred, and granted at a later sync when there is room', () => {
    const cluster = running();
    cluster.apply(pod('other', { resources: of('3', '1Gi') }));
    cluster.advanceTo(30);
    resize(cluster, of('2', '128Mi'));
    cluster.advanceTo(150);
    const pending = "PodResizePending Deferred Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000";
    expect(seen(cluster)).toEqual([[pending], '500m', { cpu: '500m', memory: '128Mi' }, 0]);
    cluster.remove('other', 0);
    cluster.advanceTo(245);
    expect(seen(cluster)).toEqual([[], '2', { cpu: '2', memory: '128Mi' }, 0]);
  });

  it.each(['exact', 'reference'] as const)('is granted while the container is in crash back-off, too (%s clock)', (clockMode) => {
    const cluster = createPodCluster({ nodes: 1, clockMode });
    const behavior = JSON.stringify({ run: { for: '1s', exitCode: 1 } });
    cluster.apply(pod('web', {}, { annotations: { 'orrery.sim/behavior.app': behavior } }), pod('other', { resources: of('3', '1Gi') }));
    cluster.advanceTo(400);
    resize(cluster, of('2', '128Mi'));
    cluster.advanceTo(480);
    const [pending, , , restarts] = seen(cluster) as unknown[];
    expect(pending).toEqual([expect.stringContaining('PodResizePending Deferred')]);
    cluster.remove('other', 0);
    cluster.advanceTo(505);
    expect(seen(cluster)).toEqual([[], '2', expect.anything(), restarts]);
  });

  it('C812 counts in the scheduler with the most of what is asked for, granted and had, unless it is infeasible', () => {
    const cluster = running();
    cluster.apply(pod('other', { resources: of('2', '1Gi') }));
    cluster.advanceTo(30);
    resize(cluster, of('3', '128Mi'));
    cluster.apply(pod('next', { resources: of('1', '1Gi') }));
    cluster.advanceTo(31);
    // 2 + 3, although only 500m of the 3 are granted.
    expect(podOf(cluster, 'next').spec.nodeName ?? '').toBe('');
    resize(cluster, of('5', '128Mi'));
    cluster.advanceTo(400);
    expect(podOf(cluster, 'next').spec.nodeName).toBe('node-1');
  });
});

it('M6 goes on as it would have, after the state was stored and restored in its midst', () => {
  const cluster = running({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] });
  resize(cluster, of('800m', '256Mi'));
  const restored = restoreState(snapshotHeader(cluster.state), [...allRecords(cluster.state)].reverse());
  const { outcome } = execute(restored, { type: 'advance', toMs: START_MS + 60_000 });
  cluster.advanceTo(60);
  expect([outcome.ok, restored.digest]).toEqual([true, cluster.state.digest]);
  expect(seen(cluster)).toEqual([[], '800m', { cpu: '800m', memory: '256Mi' }, 1]);
});
