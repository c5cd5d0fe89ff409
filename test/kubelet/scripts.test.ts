// Containers whose command is a shell script, and commands that run beside them: what the documentation's examples do, at named virtual times.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import { podWorkers } from '../../src/engine/kubelet/model.ts';
import { readLog } from '../../src/engine/containers/processes/logs.ts';
import { createPodCluster, type PodCluster, START_MS } from '../support/pods.ts';

const TIMING = { workerJitter: 0.5, imagePull: '1s' };

function busybox(script: string, container: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  return pod([{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script], ...container }], spec);
}

function pod(containers: readonly JsonObject[], spec: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers, ...spec } };
}

function podOf(cluster: PodCluster): Pod {
  const found = getObject(cluster.state, podKind, 'default', 'web');
  if (found === undefined) throw new Error('the pod is gone');
  return found;
}

function logOf(cluster: PodCluster, container = 'main'): string[] {
  const worker = podWorkers.get(cluster.state, podOf(cluster).metadata.uid);
  const instance = worker?.runtime.instances.findLast((item) => item.container === container);
  return instance === undefined ? [] : readLog(cluster.state, instance).map(({ ms, text }) => `${(ms - START_MS) / 1000} ${text}`);
}

const stateOf = (cluster: PodCluster, container = 'main') =>
  [...(podOf(cluster).status.initContainerStatuses ?? []), ...(podOf(cluster).status.containerStatuses ?? [])].find(
    (item) => item.name === container,
  );

describe.each(['exact', 'reference'] as const)('scripts on the %s clock', (clockMode) => {
  const start = (object: JsonObject, seconds: number): PodCluster => {
    const cluster = createPodCluster({ timing: TIMING, clockMode });
    cluster.apply(object);
    cluster.advanceTo(seconds);
    return cluster;
  };

  it('K1003 the exec liveness example: the file goes after 30 s, the shell ignores SIGTERM', () => {
    const script = 'touch /tmp/healthy; sleep 30; rm -rf /tmp/healthy; sleep 600';
    const probe = { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 };
    const cluster = start(busybox(script, { livenessProbe: probe, image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never' }), 230);
    expect(cluster.podRows()).toEqual([
      '0 0/1 Pending 0',
      '0 0/1 Pending 0',
      '0 0/1 ContainerCreating 0',
      '1 1/1 Running 0',
      '76 1/1 Running 1',
      '151 1/1 Running 2',
      '226 1/1 Running 3',
    ]);
    expect(cluster.eventRows('Unhealthy').at(-1)).toContain('Liveness probe failed: cat: /tmp/healthy: No such file or directory');
  });

  it('a script that ends completes the pod, and what it wrote is its log', () => {
    const cluster = start(busybox('echo begin; sleep 5; date +%s; echo end >&2; exit 0', {}, { restartPolicy: 'Never' }), 30);
    expect(podOf(cluster).status.phase).toBe('Succeeded');
    expect(logOf(cluster).map((line) => line.replace(/^[\d.]+ /, ''))).toEqual(['begin', expect.stringMatching(/^\d{10}$/), 'end']);
    expect(stateOf(cluster)?.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  it('K302 a script that fails is restarted with back-off', () => {
    const cluster = start(busybox('sleep 2; exit 3'), 60);
    expect(stateOf(cluster)?.restartCount).toBe(3);
    expect(stateOf(cluster)?.lastState.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  it('K509 a shell as PID 1 runs into SIGKILL, one with a trap ends by itself', () => {
    const ignoring = start(busybox('sleep 3600', {}, { terminationGracePeriodSeconds: 10 }), 10);
    ignoring.remove('web');
    ignoring.advanceTo(60);
    const gone = ignoring.podRows().at(-1) ?? '';
    expect(Number(gone.split(' ')[0])).toBeGreaterThan(19);
    const trapping = start(busybox('trap "echo bye; exit 0" TERM; while true; do sleep 1; done'), 10);
    trapping.remove('web');
    trapping.advanceTo(60);
    expect(Number(trapping.podRows().at(-1)?.split(' ')[0])).toBeLessThan(14);
  });

  it('K630 init containers prepare what the container reads from a shared volume', () => {
    const mount = [{ name: 'data', mountPath: '/data' }];
    const cluster = start(
      pod([{ name: 'main', image: 'busybox', command: ['sh', '-c', 'cat /data/page; sleep 600'], volumeMounts: mount }], {
        volumes: [{ name: 'data', emptyDir: {} }],
        initContainers: [
          { name: 'prepare', image: 'busybox', command: ['sh', '-c', 'sleep 3; echo hello > /data/page'], volumeMounts: mount },
        ],
      }),
      30,
    );
    expect(logOf(cluster).map((line) => line.replace(/^[\d.]+ /, ''))).toEqual(['hello']);
    expect(podOf(cluster).status.phase).toBe('Running');
  });

  it('K646 a preStop hook runs before SIGTERM, K645 a postStart hook beside the main process', () => {
    const lifecycle = {
      postStart: { exec: { command: ['sh', '-c', 'echo started > /tmp/state'] } },
      preStop: { exec: { command: ['sh', '-c', 'sleep 4'] } },
    };
    const cluster = start(busybox('trap "exit 0" TERM; sleep 5; cat /tmp/state; while :; do sleep 1; done', { lifecycle }), 20);
    expect(logOf(cluster).map((line) => line.replace(/^[\d.]+ /, ''))).toEqual(['started']);
    cluster.remove('web');
    cluster.advanceTo(60);
    const seconds = Number(cluster.podRows().at(-1)?.split(' ')[0]);
    expect(seconds).toBeGreaterThan(24);
    expect(seconds).toBeLessThan(28);
  });

  it('K615 the termination message is what the container wrote to its file, or the end of its log', () => {
    const told = start(busybox('echo sleeping; echo done > /dev/termination-log; exit 1', {}, { restartPolicy: 'Never' }), 20);
    expect(stateOf(told)?.state.terminated?.message).toBe('done\n');
    // Whoever the container runs as may write it.
    const securityContext = { runAsUser: 1_000 };
    const nobody = start(busybox('echo bye > /dev/termination-log; exit 1', { securityContext }, { restartPolicy: 'Never' }), 20);
    expect(stateOf(nobody)?.state.terminated?.message).toBe('bye\n');
    const logged = start(
      busybox('echo one; echo two; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }, { restartPolicy: 'Never' }),
      20,
    );
    expect(stateOf(logged)?.state.terminated?.message).toBe('one\ntwo\n');
    const ended = start(
      busybox('echo one; echo -n two; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }, { restartPolicy: 'Never' }),
      20,
    );
    expect(stateOf(ended)?.state.terminated?.message).toBe('one\ntwo');
  });

  it('K234 a program that the image does not have fails to start', () => {
    const cluster = start(pod([{ name: 'main', image: 'busybox', command: ['no-such-program'] }]), 20);
    const status = stateOf(cluster);
    const told = status?.state.waiting?.message ?? status?.state.terminated?.message;
    expect(told).toContain('exec: "no-such-program": executable file not found in $PATH');
    expect(status?.lastState.terminated ?? status?.state.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
  });

  it('a readiness probe follows a file that the container writes and removes', () => {
    const probe = { exec: { command: ['test', '-f', '/tmp/ready'] }, periodSeconds: 2, failureThreshold: 1 };
    const cluster = start(busybox('sleep 10; touch /tmp/ready; sleep 20; rm /tmp/ready; sleep 600', { readinessProbe: probe }), 60);
    const rows = cluster.podRows().map((row) => row.split(' ').slice(1, 3).join(' '));
    expect(rows.slice(3)).toEqual(['0/1 Running', '1/1 Running', '0/1 Running']);
  });

  it('an environment from the manifest reaches the script', () => {
    const env: JsonObject[] = [
      { name: 'GREETING', value: 'Warm greetings to' },
      { name: 'NAME', value: 'Kubernetes' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    const container = { name: 'main', image: 'bash', command: ['echo'], args: ['$(GREETING) $(NAME) $(POD)'], env };
    const cluster = start(pod([container], { restartPolicy: 'Never' }), 20);
    expect(logOf(cluster).map((line) => line.replace(/^[\d.]+ /, ''))).toEqual(['Warm greetings to Kubernetes web']);
  });

  it('wget reaches a server of the same pod, and of another pod by address', () => {
    const cluster = start(
      pod([
        { name: 'server', image: 'nginx', ports: [{ containerPort: 80 }] },
        {
          name: 'main',
          image: 'busybox',
          command: [
            'sh',
            '-c',
            'sleep 5; wget -q -O /dev/null http://localhost && echo ok; wget -q http://localhost:81 || echo refused; sleep 600',
          ],
        },
      ]),
      30,
    );
    expect(logOf(cluster).map((line) => line.replace(/^[\d.]+ /, ''))).toEqual(['ok', expect.stringContaining('refused'), 'refused']);
  });

  it('a server started by a script listens from then on', () => {
    const probe = { tcpSocket: { port: 80 }, periodSeconds: 5 };
    const container = {
      name: 'main',
      image: 'nginx',
      command: ['sh', '-c', "sleep 12; exec nginx -g 'daemon off;'"],
      ports: [{ containerPort: 80 }],
    };
    const cluster = start(pod([{ ...container, readinessProbe: probe }]), 60);
    const ready = cluster.podRows().find((row) => row.includes('1/1')) ?? '';
    expect(Number(ready.split(' ')[0])).toBeGreaterThan(12);
    cluster.remove('web');
    cluster.advanceTo(70);
    expect(cluster.podRows().at(-1)).toContain('DELETED');
  });

  it('an endless loop without sleep holds nobody up', () => {
    const cluster = start(busybox('while :; do :; done'), 30);
    expect(podOf(cluster).status.phase).toBe('Running');
  });
});
