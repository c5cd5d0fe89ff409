// Rules of deletion, stopping and the active deadline (module 5).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster, webPod } from '../support/pods.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';

const HANDLES = { sigterm: { after: '50ms', exitCode: 0 } };
const IGNORES = { sigterm: 'ignore' };

function running(pod: JsonObject, until = 10): PodCluster {
  const cluster = createPodCluster();
  cluster.apply(pod);
  cluster.advanceTo(until);
  return cluster;
}

/** Deletes the pod at the present instant and returns the writes from there on, without their facts about containers. */
function deletion(cluster: PodCluster, graceSeconds?: number): string[] {
  const from = podWrites(cluster).length;
  cluster.remove('web', graceSeconds);
  cluster.run({ type: 'advance', toMs: cluster.state.nowMs + 300_000 });
  return podWrites(cluster).slice(from);
}

/** Second of the end of the pod object. */
function goneAt(writes: readonly string[]): number {
  const last = writes.at(-1) ?? '';
  expect(last).toContain(' D ');
  return Number(last.split(' ')[0]);
}

const preStop = (seconds: number): JsonObject => ({ lifecycle: { preStop: { exec: { command: ['drain', String(seconds)] } } } });
const drains = (latency: string, extra: JsonObject): JsonObject => ({ exec: [{ command: 'drain', latency }], ...extra });

describe('deletion in the API', () => {
  it.each([
    ['the default', undefined, {}, 30],
    ['that of the spec', undefined, { terminationGracePeriodSeconds: 7 }, 7],
    ['that of the request', 3, { terminationGracePeriodSeconds: 7 }, 3],
    ['one second for a negative one', -5, {}, 1],
  ])('K501 the grace is %s', (_title, requested, spec, grace) => {
    const writes = deletion(running(webPod({}, HANDLES, spec as JsonObject)), requested);
    expect(writes[0]).toMatch(new RegExp(`^10 M grace ${grace} Running `));
  });

  it('K501 K503 a pod that is bound to no node goes at once', () => {
    const cluster = running(webPod({}, HANDLES, { nodeSelector: { disk: 'none' } }));
    expect(deletion(cluster)).toEqual(['10 M grace 0 Pending', '10 D grace 0 Pending']);
  });

  it('K502 the first graceful deletion raises the generation and keeps the object', () => {
    const cluster = running(webPod({}, IGNORES));
    cluster.remove('web');
    const { metadata } = lastPod(cluster);
    expect([metadata.generation, metadata.deletionGracePeriodSeconds, metadata.deletionTimestamp]).toEqual([2, 30, '2025-01-01T00:00:40Z']);
  });

  it('K503 a repeated deletion can only shorten', () => {
    const cluster = running(webPod({}, IGNORES));
    cluster.remove('web', 20);
    cluster.advanceTo(12);
    cluster.remove('web', 25);
    expect(lastPod(cluster).metadata.deletionGracePeriodSeconds).toBe(20);
    cluster.remove('web', 8);
    const { metadata } = lastPod(cluster);
    expect([metadata.deletionGracePeriodSeconds, metadata.deletionTimestamp]).toEqual([8, '2025-01-01T00:00:18Z']);
  });

  it('K504 K515 the object goes by a deletion with grace 0, which watchers see as a change before it', () => {
    expect(deletion(running(webPod({}, HANDLES))).map((write) => write.split(' ').slice(0, 4).join(' '))).toEqual([
      '10 M grace 30',
      '10.15 M grace 30',
      '11.3 M grace 0',
      '11.3 D grace 0',
    ]);
  });
});

describe('stopping a container', () => {
  it.each([
    ['its own grace for a liveness kill', { terminationGracePeriodSeconds: 3 }, 3],
    ['the grace of the pod without one', {}, 6],
  ])('K505 %s', (_title, own, graceSeconds) => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 1, failureThreshold: 1, ...own };
    const behavior = { ...IGNORES, exec: [{ command: 'check', exitCode: 1, from: '5s' }] };
    const cluster = running(webPod({ livenessProbe }, behavior, { terminationGracePeriodSeconds: 6 }), 20);
    const killed = Number(cluster.eventRows('Killing')[0]?.split(' ')[0]);
    const restarted = Number(cluster.eventRows('Started')[1]?.split(' ')[0]);
    expect(restarted - killed).toBeCloseTo(graceSeconds + 0.1, 1);
  });

  it('K506 the event comes before the hook, and the signal after it', () => {
    const cluster = running(webPod(preStop(4), drains('4s', HANDLES)));
    const writes = deletion(cluster);
    expect(cluster.eventRows('Killing')).toEqual(['10 Normal Killing Stopping container web x1']);
    expect(writes[1]).toMatch(/^14\.15 M grace 30 Succeeded/);
  });

  it.each([
    ['a hook of 10 s leaves 20 of 30 s', '10s', 40],
    ['a hook of 3.6 s costs 3 s', '3600ms', 40.6],
  ])('K507 %s', (_title, latency, killedAt) => {
    const writes = deletion(running(webPod(preStop(1), drains(latency, IGNORES))));
    expect(writes[1]).toMatch(new RegExp(`^${killedAt + 0.1} M grace 30 Failed .*Error 137`));
  });

  it('K507 a hook that fails is told of, and the stop goes on', () => {
    const cluster = running(webPod(preStop(1), { ...HANDLES, exec: [{ command: 'drain', exitCode: 1 }] }));
    deletion(cluster);
    expect(cluster.eventRows('FailedPreStopHook')).toEqual(['10 Warning FailedPreStopHook PreStopHook failed x1']);
  });

  it.each([
    ['a grace of 1 s is 2 s', {}, IGNORES, 1, 12],
    ['a hook that never ends gets the whole grace, and the process 2 s', preStop(1), drains('1000s', IGNORES), 5, 17],
  ])('K508 %s', (_title, container, behavior, grace, killedAt) => {
    const writes = deletion(running(webPod(container as JsonObject, behavior as JsonObject)), grace);
    expect(Number(writes[1]?.split(' ')[0])).toBeCloseTo(killedAt + 0.1, 5);
  });

  it.each([
    ['a process that handles the signal ends with its own code', { sigterm: { after: '1s', exitCode: 9 } }, 'Error 9'],
    ['one that ends with 0 is Completed', HANDLES, 'Completed 0'],
    ['one that ignores it is killed', IGNORES, 'Error 137'],
  ])('K509 %s', (_title, behavior, end) => {
    expect(deletion(running(webPod({}, behavior as JsonObject)), 3).at(-1)).toContain(`web(${end} #0)`);
  });

  it('K510 the containers of a pod are stopped in parallel, then the sandbox', () => {
    const two = webPod({}, IGNORES);
    const second = { name: 'second', image: 'registry.example/app:v1', imagePullPolicy: 'Never' };
    const metadata = {
      name: 'web',
      annotations: { ...annotationsOf(two), 'orrery.sim/behavior.second': JSON.stringify({ ...IGNORES, pull: { present: true } }) },
    };
    const spec = { containers: [...containersOf(two), second] };
    const cluster = running({ ...two, metadata, spec } as JsonObject);
    const writes = deletion(cluster, 5);
    expect(writes[1]).toMatch(/^15\.1 M grace 5 Failed .*second\(Error 137 #0\).*web\(Error 137 #0\)/);
    expect(cluster.eventRows('Killing').map((row) => row.split(' ')[0])).toEqual(['10', '10']);
  });
});

function annotationsOf(pod: JsonObject): JsonObject {
  return ((pod['metadata'] as JsonObject)['annotations'] ?? {}) as JsonObject;
}

function containersOf(pod: JsonObject): JsonObject[] {
  return (pod['spec'] as JsonObject)['containers'] as unknown as JsonObject[];
}

describe('terminating phase', () => {
  it('K511 a shorter grace does not interrupt a stop in progress', () => {
    const cluster = running(webPod({}, IGNORES));
    cluster.remove('web', 20);
    cluster.advanceTo(12);
    const writes = deletion(cluster, 2);
    expect(writes[1]).toMatch(/^30\.1 M grace 2 Failed/);
  });

  it('K512 liveness probes end with the first step, readiness probes with the stop', () => {
    const probe = (command: string): JsonObject => ({ exec: { command: [command] }, periodSeconds: 1, failureThreshold: 1 });
    const fails = (command: string): JsonObject => ({ command, exitCode: 1, from: '12s' });
    const behavior = { ...IGNORES, exec: [fails('alive'), fails('ready')] };
    const cluster = running(webPod({ livenessProbe: probe('alive'), readinessProbe: probe('ready') }, behavior));
    const writes = deletion(cluster, 8);
    expect(cluster.eventRows('Unhealthy').some((row) => row.includes('Liveness'))).toBe(false);
    expect(writes[1]).toMatch(/^1[234][.\d]* M grace 8 Running <sandbox init> web\(running started #0\)$/);
  });

  it('K513 a terminal phase is withheld until the containers are stopped', () => {
    const cluster = running(webPod({}, { run: { for: '3s', exitCode: 1 } }, { restartPolicy: 'Never' }), 30);
    expect(podWrites(cluster).slice(4)).toEqual(['4 M Running <sandbox init> web(Error 1 #0)', '5.1 M Failed <init> web(Error 1 #0)']);
  });

  it('K513 K701 it is written at the latest with the final status, also when nothing else is left to stop', () => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 1, failureThreshold: 1 };
    const behavior = { ...HANDLES, exec: [{ command: 'check', exitCode: 1, from: '3s' }] };
    const cluster = running(webPod({ livenessProbe }, behavior, { restartPolicy: 'Never' }), 30);
    expect(podWrites(cluster).slice(4)).toEqual(['5 M Running <init> web(Completed 0 #0)', '7.3 M Succeeded <init> web(Completed 0 #0)']);
  });

  it('K514 containers that never ran get a terminated state in the final status', () => {
    const cluster = running(webPod({ imagePullPolicy: 'Never', image: 'registry.example/absent:v1' }, { pull: { present: false } }));
    deletion(cluster);
    expect(lastPod(cluster).status.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    });
  });

  it('K514 of a pod that never got through its init containers, the first of them counts as lost and the others wait', () => {
    const absent = { name: 'one', image: 'registry.example/absent:v1', imagePullPolicy: 'Never' };
    const initContainers = [absent, { ...absent, name: 'two' }];
    const cluster = running(webPod({}, HANDLES, { initContainers } as JsonObject));
    expect(deletion(cluster).at(-1)).toMatch(
      /D grace 0 Failed one\(ContainerStatusUnknown 137 #0\) two\(PodInitializing #0\) web\(PodInitializing #0\)$/,
    );
  });

  it.each([
    ['1.3 s for a process that ends at once', HANDLES, 11.3],
    ['31.3 s for one that ignores the signal', IGNORES, 41.3],
  ])('K516 from deletion to the end: %s', (_title, behavior, seconds) => {
    expect(goneAt(deletion(running(webPod({}, behavior as JsonObject))))).toBe(seconds);
  });

  it('K517 a pod in back-off shows how its container ended, and nothing is killed', () => {
    const cluster = running(webPod({}, { run: { for: '50ms', exitCode: 3 } }));
    expect(podWrites(cluster).at(-1)).toContain('CrashLoopBackOff');
    const writes = deletion(cluster);
    expect(writes[1]).toMatch(/^10 M grace 30 Running <sandbox init> web\(Error 3 .*#1\)$/);
    expect(cluster.eventRows('Killing')).toEqual([]);
    expect(writes.at(-1)).toContain('Failed');
  });

  it('K518 a forced deletion removes the object at once and stops the container after it', () => {
    const cluster = running(webPod({}, IGNORES));
    expect(deletion(cluster, 0).map((write) => write.split(' ').slice(0, 4).join(' '))).toEqual(['10 M grace 0', '10 D grace 0']);
    expect(cluster.eventRows('Killing')).toEqual(['10 Normal Killing Stopping container web x1']);
  });

  it('K519 containers of a pod that is to be deleted are not restarted, and it stays ready until they stop', () => {
    const cluster = running(webPod({}, { ...IGNORES, run: { for: '15s', exitCode: 1 } }));
    const writes = deletion(cluster, 30);
    expect(writes[0]).toMatch(/^10 M grace 30 Running <sandbox init ready containers> web\(running started ready #0\)$/);
    expect(writes[1]).toMatch(/Failed <init> web\(Error 1 #0\)$/);
    expect(cluster.eventRows('Started')).toHaveLength(1);
  });
});

describe('active deadline', () => {
  const TEXT = 'Pod was active on the node longer than the specified deadline';

  it('K520 every computation of the status after the deadline says so', () => {
    const cluster = running(webPod({}, HANDLES, { activeDeadlineSeconds: 20 }), 60);
    const rows = cluster.eventRows('DeadlineExceeded');
    expect(rows[0]).toBe(`20.5 Normal DeadlineExceeded ${TEXT} x1`);
    expect(rows.at(-1)).toMatch(/ x[45]$/);
  });

  it('K521 first not ready with phase Running, then the stop, then Failed with the reason', () => {
    const cluster = running(webPod({}, { sigterm: { after: '50ms', exitCode: 143 } }, { activeDeadlineSeconds: 20 }), 60);
    expect(podWrites(cluster).slice(4)).toEqual([
      '20.5 M Running <sandbox init> web(running started ready #0)',
      '21.15 M Failed:DeadlineExceeded <init> web(Error 143 #0)',
    ]);
    expect(lastPod(cluster).status.message).toBe(TEXT);
  });
});
