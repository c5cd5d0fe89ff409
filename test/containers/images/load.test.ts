// Programs and servers that use processors and memory: K931, K932.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../../src/engine/apiserver/api.ts';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import { deploymentKind } from '../../../src/engine/kinds/deployment/index.ts';
import { podKind } from '../../../src/engine/kinds/pod/index.ts';
import { usageOfPod } from '../../../src/engine/kubelet/node/usage.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

function open(container: JsonObject, seconds = 60): PodCluster {
  const cluster = createPodCluster();
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', ...container }] } });
  cluster.advanceTo(seconds);
  return cluster;
}

/** `1000m 151Mi` as `kubectl top pod` has them. */
function used({ state }: PodCluster): string {
  const pod = getObject(state, podKind, 'default', 'p');
  const usage = pod === undefined ? undefined : usageOfPod(state, pod)?.containers[0];
  return usage === undefined ? 'nothing' : `${Math.round(usage.cpuNano / 1_000_000)}m ${Math.round(usage.memoryBytes / 1_048_576)}Mi`;
}

function logged({ state }: PodCluster, isPrevious = false): string {
  const log = readPodLog(state, { namespace: 'default', name: 'p', container: 'c', isPrevious });
  return log.ok ? log.value.lines.map(({ text }) => text).join('\n') : '';
}

const stress = (...args: readonly string[]): JsonObject => ({ image: 'polinux/stress', command: ['stress'], args });

describe('K932 programs that use processors and memory', () => {
  it.each<[string, JsonObject, string]>([
    ['a worker with memory', stress('--vm', '1', '--vm-bytes', '150M', '--vm-hang', '1'), '50m 151Mi'],
    ['short options', stress('-c2', '-m', '2', '--vm-bytes=64M'), '4000m 129Mi'],
    ['no more than the limit', { ...stress('--cpu', '4'), resources: { limits: { cpu: '1500m' } } }, '1500m 1Mi'],
    [
      'stress-ng',
      { image: 'alexeiled/stress-ng', args: ['--cpu', '2', '--cpu-load', '25', '--vm', '2', '--vm-bytes', '128M'] },
      '2500m 129Mi',
    ],
    ['vish/stress', { image: 'vish/stress', args: ['-cpus', '2'], resources: { limits: { cpu: '1' } } }, '1000m 10Mi'],
    ['an image that nobody knows', { image: 'acme/tools', command: ['/usr/bin/stress', '--cpu', '1'] }, '1000m 1Mi'],
  ])('%s', (_title, container, usage) => {
    expect(used(open(container))).toBe(usage);
  });

  it.each<[string, readonly string[], string]>([
    ['dd', ['dd', 'if=/dev/zero', 'of=/dev/null'], '1000m 10Mi'],
    ['a digest without an end', ['md5sum', '/dev/urandom'], '1000m 10Mi'],
    ['yes', ['sh', '-c', 'yes > /dev/null & yes > /dev/null & wait'], '2000m 10Mi'],
    ['an empty loop', ['sh', '-c', 'while true; do :; done'], '1000m 10Mi'],
    ['a loop that sleeps', ['sh', '-c', 'while true; do sleep 1; done'], '1m 10Mi'],
    ['so many blocks', ['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=1024 count=10; sleep 3600'], '1m 10Mi'],
  ])('busy: %s', (_title, command, usage) => {
    const cluster = open({ image: 'busybox', command: [...command] });
    expect(cluster.podRows().at(-1)).toContain('1/1 Running');
    expect(used(cluster)).toBe(usage);
  });

  it('over its limit it is killed, again and again', () => {
    const limited = { ...stress('--vm', '1', '--vm-bytes', '250M', '--vm-hang', '1'), resources: { limits: { memory: '100Mi' } } };
    const cluster = open(limited);
    const status = getObject(cluster.state, podKind, 'default', 'p')?.status.containerStatuses?.[0];
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(cluster.podRows().some((row) => row.includes('CrashLoopBackOff'))).toBe(true);
    expect(logged(cluster)).toBe('stress: info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd');
  });

  it('vish/stress takes its memory by and by', () => {
    const args = ['-mem-total', '100Mi', '-mem-alloc-size', '10Mi', '-mem-alloc-sleep', '5s'];
    expect(used(open({ image: 'vish/stress', args }, 31))).toBe('1m 61Mi');
    expect(logged(open({ image: 'vish/stress', args }))).toMatch(
      /^I0101 00:00:0\d\.000000 {7}1 main\.go:26\] Allocating "100Mi" memory, in "10Mi" chunks, with a 5s sleep/,
    );
  });

  it('a time limit ends it', () => {
    const cluster = open(stress('--cpu', '1', '--timeout', '20s'), 25);
    expect(logged(cluster, true)).toBe(
      'stress: info: [1] dispatching hogs: 1 cpu, 0 io, 0 vm, 0 hdd\nstress: info: [1] successful run completed in 20s',
    );
    expect(cluster.podRows().some((row) => row.includes('0/1 Completed'))).toBe(true);
  });
});

/** A server with an autoscaler, and a client that asks so often. */
function underLoad(pause: string): PodCluster {
  const cluster = createPodCluster({ nodes: 2 });
  const labels = { run: 'php-apache' };
  const resources = { requests: { cpu: '10m' }, limits: { cpu: '25m' } };
  const containers = [{ name: 'c', image: 'registry.k8s.io/hpa-example', ports: [{ containerPort: 80 }], resources }];
  cluster.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 10,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
    },
  );
  cluster.advanceTo(60);
  const command = ['/bin/sh', '-c', `while sleep ${pause}; do wget -q -O- http://web; done`];
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'busybox', command }] },
  });
  return cluster;
}

const replicasOf = ({ state }: PodCluster): unknown => getObject(state, deploymentKind, 'default', 'web')?.spec.replicas;

it('K931 requests cost a server its processor, so that an autoscaler has something to do, and rest when they end', () => {
  const cluster = underLoad('0.25');
  expect(replicasOf(cluster)).toBe(1);
  cluster.advanceTo(200);
  expect(replicasOf(cluster)).toBe(8);
  cluster.remove('p', 0);
  cluster.advanceTo(1000);
  expect(replicasOf(cluster)).toBe(1);
});
