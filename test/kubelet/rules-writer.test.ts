// Rules of the status manager and the sequences of writes it makes (module 7).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster, webPod } from '../support/pods.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';

function watched(pod: JsonObject, until: number, timing?: JsonObject): PodCluster {
  const cluster = createPodCluster(timing === undefined ? {} : { timing: { workerJitter: 0.5, ...timing } });
  cluster.apply(pod);
  cluster.advanceTo(until);
  return cluster;
}

function patchStatus(cluster: PodCluster, body: JsonObject): void {
  const { outcome } = cluster.run({
    type: 'request',
    request: {
      verb: 'patch',
      resource: 'pods',
      subresource: 'status',
      namespace: 'default',
      name: 'web',
      patchType: 'strategic',
      body,
      options: {},
    },
  });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

const http = (path: string, extra: JsonObject = {}): JsonObject => ({ httpGet: { path, port: 8080 }, ...extra });
const BEGIN = ['0 A Pending', '0 M Pending', '0 M Pending <init> web(ContainerCreating #0)'];
const RUNNING = 'Running <sandbox init ready containers> web(running started ready #0)';

describe('status manager', () => {
  it('K701 a status that does not differ is not stored: a resync writes nothing', () => {
    const cluster = watched(webPod(), 400);
    expect(podWrites(cluster)).toEqual([...BEGIN, `1 M ${RUNNING}`]);
  });

  it('K702 K705 changes of one instant are one write, and each instant has its own', () => {
    const cluster = watched(webPod({ readinessProbe: http('/') }), 60);
    const revisions = cluster.changes.filter((change) => change.resource === 'pods').map((change) => change.timeMs);
    // The binding and the first status are writes of two hands.
    expect(revisions.length - new Set(revisions).size).toBe(2);
  });

  it('K703 times are whole seconds and startTime stays', () => {
    const cluster = watched(webPod({}, { run: { for: '3300ms', exitCode: 1 } }), 60, { plegPhase: '300ms' });
    const starts = cluster.changes
      .filter((change) => change.resource === 'pods')
      .map((change) => (change.object as unknown as { status: { startTime?: string } }).status.startTime);
    expect(new Set(starts.filter((start) => start !== undefined))).toEqual(new Set(['2025-01-01T00:00:00Z']));
    const terminated = lastPod(cluster).status.containerStatuses?.[0]?.lastState?.terminated;
    expect(terminated?.finishedAt).toMatch(/^2025-01-01T00:00:\d\dZ$/);
  });

  it('K704 conditions of others stay, before those of the kubelet', () => {
    const cluster = watched(webPod({ readinessProbe: http('/', { initialDelaySeconds: 20 }) }), 5);
    patchStatus(cluster, { status: { conditions: [{ type: 'example.com/own', status: 'True' }] } });
    cluster.advanceTo(60);
    const types = lastPod(cluster).status.conditions?.map((condition) => condition.type);
    expect(types).toEqual(['example.com/own', 'PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);
    expect(podWrites(cluster).at(-1)).toContain('ready containers');
  });

  it('K706 K707 what another hand writes into the status is repaired at the next ten seconds, not before', () => {
    const cluster = watched(webPod(), 12);
    patchStatus(cluster, { status: { phase: 'Pending' } });
    cluster.advanceTo(19.9);
    expect(lastPod(cluster).status.phase).toBe('Pending');
    cluster.advanceTo(20);
    expect(podWrites(cluster).at(-1)).toBe(`20 M ${RUNNING}`);
  });
});

describe('sequences of writes', () => {
  it('K711 readiness comes in one more write', () => {
    const cluster = watched(webPod({ readinessProbe: http('/') }), 60);
    expect(podWrites(cluster)).toEqual([...BEGIN, '1 M Running <sandbox init> web(running started #0)', `2.005 M ${RUNNING}`]);
  });

  it('K712 a startup probe adds a write for started, then one for ready', () => {
    const cluster = watched(webPod({ startupProbe: http('/') }), 60);
    expect(podWrites(cluster)).toEqual([
      ...BEGIN,
      '1 M Running <sandbox init> web(running #0)',
      '10.305 M Running <sandbox init> web(running started #0)',
      `11 M ${RUNNING}`,
    ]);
  });

  it('K713 a liveness restart outside of back-off is one write and leaves the pod ready', () => {
    const cluster = watched(webPod({ livenessProbe: http('/health') }, { http: [{ path: '/health', status: 500, from: '35s' }] }), 70);
    expect(podWrites(cluster).slice(4)).toEqual([
      '61 M Running <sandbox init ready containers> web(running started ready after Completed #1)',
    ]);
  });

  it('K714 a liveness restart into back-off is one write, and one more when the container runs again', () => {
    const probe = http('/health', { periodSeconds: 1, failureThreshold: 1 });
    const cluster = watched(webPod({ livenessProbe: probe }, { http: [{ path: '/health', status: 500, from: '5s' }] }), 50);
    const writes = podWrites(cluster).slice(4);
    const wait = writes.findIndex((write) => write.includes('CrashLoopBackOff'));
    expect(writes[wait]).toMatch(/^[\d.]+ M Running <sandbox init> web\(CrashLoopBackOff after Completed #2\)$/);
    expect(writes[wait + 1]).toMatch(/^[\d.]+ M Running <sandbox init ready containers> web\(running started ready after Completed #3\)$/);
  });

  it('K715 a crash loop is two writes a cycle: the end, and the back-off 10-16 s later', () => {
    const cluster = watched(webPod({}, { run: { for: '50ms', exitCode: 1 } }), 60);
    expect(podWrites(cluster).slice(3)).toEqual([
      '1 M Running <sandbox init> web(Error 1 #0)',
      '2 M Running <sandbox init> web(Error 1 after Error #1)',
      '3 M Running <sandbox init> web(CrashLoopBackOff after Error #1)',
      '17 M Running <sandbox init> web(Error 1 after Error #2)',
      '30.5 M Running <sandbox init> web(CrashLoopBackOff after Error #2)',
      '44 M Running <sandbox init> web(Error 1 after Error #3)',
      '57.5 M Running <sandbox init> web(CrashLoopBackOff after Error #3)',
    ]);
  });

  it('K716 an image that cannot be pulled alternates between ErrImagePull and ImagePullBackOff', () => {
    const pull = { pull: { error: 'not found', duration: '1s' } };
    const cluster = watched(webPod({ imagePullPolicy: 'Always' }, pull), 60);
    const reasons = podWrites(cluster)
      .slice(3)
      .map((write) => write.replace(/^[\d.]+ M Pending <sandbox init> web\((\w+) #0\)$/, '$1'));
    expect(reasons).toEqual(['ErrImagePull', 'ImagePullBackOff', 'ErrImagePull', 'ImagePullBackOff', 'ErrImagePull']);
  });

  it('K717 K622 completion: the end with phase Running, then the terminal phase', () => {
    const cluster = watched(webPod({}, { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'Never' }), 60);
    expect(podWrites(cluster).slice(4)).toEqual([
      '4 M Running <sandbox init> web(Completed 0 #0)',
      '5.1 M Succeeded <init> web(Completed 0 #0)',
    ]);
    const reasons = lastPod(cluster).status.conditions?.map(
      (condition) => `${condition.type}=${condition.status}:${condition.reason ?? ''}`,
    );
    expect(reasons).toEqual([
      'PodReadyToStartContainers=False:',
      'Initialized=True:PodCompleted',
      'Ready=False:PodCompleted',
      'ContainersReady=False:PodCompleted',
      'PodScheduled=True:',
    ]);
  });

  it('K718 deletion of a running pod', () => {
    const cluster = watched(webPod({}, { sigterm: { after: '50ms', exitCode: 0 } }), 60);
    cluster.remove('web');
    cluster.advanceTo(120);
    expect(podWrites(cluster).slice(4)).toEqual([
      `60 M grace 30 ${RUNNING}`,
      '60.15 M grace 30 Succeeded <init> web(Completed 0 #0)',
      '61.3 M grace 0 Succeeded <init> web(Completed 0 #0)',
      '61.3 D grace 0 Succeeded <init> web(Completed 0 #0)',
    ]);
  });

  it('K719 deletion of a pod that never started, and of one that is done', () => {
    const pulled = watched(webPod({ imagePullPolicy: 'Always' }, { pull: { error: 'not found', duration: '1s' } }), 20);
    pulled.remove('web');
    pulled.advanceTo(60);
    const writes = podWrites(pulled);
    const from = writes.findIndex((write) => write.includes('grace 30'));
    expect(writes.slice(from).map((write) => write.replace(/^[\d.]+ /, ''))).toEqual([
      'M grace 30 Pending <sandbox init> web(ImagePullBackOff #0)',
      'M grace 30 Pending <sandbox init> web(ContainerCreating #0)',
      'M grace 30 Pending <init> web(ContainerCreating #0)',
      'M grace 30 Failed <init> web(ContainerStatusUnknown 137 #0)',
      'M grace 0 Failed <init> web(ContainerStatusUnknown 137 #0)',
      'D grace 0 Failed <init> web(ContainerStatusUnknown 137 #0)',
    ]);
    const done = watched(webPod({}, { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'Never' }), 20);
    done.remove('web');
    expect(podWrites(done).slice(-2)).toEqual([
      '20 M grace 0 Succeeded <init> web(Completed 0 #0)',
      '20 D grace 0 Succeeded <init> web(Completed 0 #0)',
    ]);
  });

  it('K720 a refused pod: one write, with neither conditions nor containers', () => {
    const cluster = watched(webPod({ resources: { requests: { cpu: '9' } } }, undefined, { nodeName: 'node-1' }), 10);
    expect(podWrites(cluster)).toEqual(['0 A Pending', '0 M Failed:OutOfcpu']);
  });
});
