// Rules of the loop, the relist, the pod worker, and one sync: sandbox, images, containers (modules 0 to 2).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { podWorkers } from '../../src/engine/kubelet/model.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';
import { createPodCluster, patchPod, type PodCluster, podWithBehaviors, presentContainer, watchPod, webPod } from '../support/pods.ts';

const CRASH = { run: { for: '50ms', exitCode: 1 } };
const UNKNOWN = 'example.com/app:1';
const NOT_FOUND =
  'rpc error: code = NotFound desc = failed to pull and unpack image "example.com/app:1": failed to resolve reference "example.com/app:1": example.com/app:1: not found';
const secondsOf = (rows: readonly string[]): number[] => rows.map((row) => Number(row.split(' ')[0]));
const named = (name: string, pod: JsonObject): JsonObject => ({ ...pod, metadata: { ...(pod['metadata'] as JsonObject), name } });
const label = (cluster: PodCluster, value: string): void => patchPod(cluster, { metadata: { labels: { touched: value } } });
const messages = (cluster: PodCluster, reason?: string): string[] => cluster.eventRows(reason).map((row) => row.replace(/ x\d+$/, ''));

describe('the loop and the relist', () => {
  it('K002 K203 K206 a sync that takes long delays its own pod and no other', () => {
    const cluster = createPodCluster();
    const slow = { name: 'slow', image: UNKNOWN };
    const behaviors = { slow: { pull: { duration: '40s' } } };
    cluster.apply(podWithBehaviors({ containers: [presentContainer('first'), slow] }, behaviors), named('quick', webPod()));
    cluster.advanceTo(60);
    expect(cluster.podRows('quick').at(-1)).toBe('1 1/1 Running 0');
    expect(podWrites(cluster).filter((write) => write.includes('running'))).toEqual([
      expect.stringMatching(/^41 M Running .*first\(running started ready #0\) slow\(running started ready #0\)$/),
    ]);
  });

  it('K003 K110 a label wakes the worker, as the BackOff of that moment shows', () => {
    const cluster = watchPod(webPod({}, CRASH), 60);
    const before = cluster.eventRows('BackOff').length;
    label(cluster, 'a');
    cluster.advanceTo(60.9);
    expect(cluster.eventRows('BackOff').length).toBe(before + 1);
  });

  it('K009 a trigger right behind a sync waits for the next relist, one that comes later does not', () => {
    const cluster = watchPod(webPod({}, CRASH), 60.2);
    const backOffs = (): number => cluster.eventRows('BackOff').length;
    const before = backOffs();
    label(cluster, 'a');
    expect(backOffs()).toBe(before + 1);
    cluster.advanceTo(60.5);
    label(cluster, 'b');
    cluster.advanceTo(60.9);
    expect(backOffs()).toBe(before + 1);
    cluster.advanceTo(61);
    expect(backOffs()).toBe(before + 2);
    cluster.advanceTo(61.1);
    label(cluster, 'c');
    expect(backOffs()).toBe(before + 2);
    cluster.advanceTo(62);
    expect(backOffs()).toBe(before + 3);
  });

  it('K004 a status that somebody else writes does not', () => {
    const cluster = watchPod(webPod({}, CRASH), 60);
    const before = cluster.eventRows('BackOff').length;
    patchPod(cluster, { status: { message: 'from elsewhere' } }, 'status');
    cluster.advanceTo(60.9);
    expect(cluster.eventRows('BackOff').length).toBe(before);
  });

  it('K005 K006 K007 what starts and ends between two relists was never seen running', () => {
    const cluster = watchPod(webPod({}, CRASH, { restartPolicy: 'Never' }), 30);
    expect(podWrites(cluster).filter((write) => write.includes('running'))).toEqual([]);
    expect(podWrites(cluster).at(-1)).toMatch(/^2\.1 M Failed .*web\(Error 1 #0\)$/);
  });

  it('K008 K010 until the next relist a sync sees what has ended as running', () => {
    const cluster = watchPod(webPod({}, { run: { for: '9.4s', exitCode: 1 } }, { restartPolicy: 'Never' }), 10.3);
    label(cluster, 'a');
    cluster.advanceTo(10.9);
    expect(lastPod(cluster).status.containerStatuses?.[0]?.state.running).toBeDefined();
    cluster.advanceTo(11);
    expect(lastPod(cluster).status.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(1);
  });

  it('K011 of the dead instances of a container only the newest stays', () => {
    const cluster = watchPod(webPod({}, CRASH), 600);
    const [worker] = [...podWorkers.rows(cluster.state).values()];
    const dead = worker?.runtime.instances ?? [];
    expect(lastPod(cluster).status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(4);
    expect(dead.length).toBeLessThanOrEqual(2);
  });

  it('K012 a finished pod keeps its address', () => {
    const cluster = watchPod(webPod({}, { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'Never' }), 60);
    const { phase, podIP } = lastPod(cluster).status;
    expect([phase, podIP]).toEqual(['Succeeded', expect.stringMatching(/^10\.244\./)]);
  });

  it('K013 K014 times are whole seconds of the virtual clock', () => {
    const { status } = lastPod(watchPod(webPod(), 10));
    expect(status.containerStatuses?.[0]?.state.running?.startedAt).toBe('2025-01-01T00:00:00Z');
    const late = createPodCluster();
    late.advanceTo(5.7);
    late.apply(webPod());
    late.advanceTo(20);
    expect([lastPod(late).metadata.creationTimestamp, lastPod(late).status.containerStatuses?.[0]?.state.running?.startedAt]).toEqual([
      '2025-01-01T00:00:05Z',
      '2025-01-01T00:00:06Z',
    ]);
  });
});

describe('what comes before the kubelet', () => {
  it('K101 K102 K105 a pod is created, bound in one write, and then taken up by its node', () => {
    const cluster = watchPod(webPod(), 0);
    const [created, bound, taken] = cluster.changes
      .filter(({ resource }) => resource === 'pods')
      .map(({ object }) => object as unknown as Pod);
    expect([created?.metadata['generation'], created?.status]).toEqual([1, { phase: 'Pending', qosClass: 'BestEffort' }]);
    expect([bound?.spec.nodeName, bound?.metadata['generation'], bound?.status.conditions]).toEqual([
      'node-1',
      1,
      [expect.objectContaining({ type: 'PodScheduled', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' })],
    ]);
    expect(taken?.status.startTime).toBe('2025-01-01T00:00:00Z');
  });

  it('K105 nobody takes up a pod that is not bound', () => {
    const cluster = watchPod(webPod({}, undefined, { schedulerName: 'nobody' }), 600);
    expect(podWrites(cluster)).toEqual(['0 A Pending']);
  });

  it('K103 spec and first deletion raise the generation, status does not', () => {
    const cluster = watchPod(webPod({}, { sigterm: 'ignore' }), 10);
    const generation = (): unknown => lastPod(cluster).metadata['generation'];
    expect(generation()).toBe(1);
    patchPod(cluster, { spec: { activeDeadlineSeconds: 500 } });
    expect(generation()).toBe(2);
    cluster.remove('web');
    expect(generation()).toBe(3);
    cluster.remove('web', 5);
    expect(generation()).toBe(3);
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.25', 'IfNotPresent'],
    ['nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000', 'IfNotPresent'],
  ])('K104 K221 defaults of a pod with %s', (image, imagePullPolicy) => {
    const cluster = createPodCluster();
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image }] } });
    const { spec } = lastPod(cluster);
    expect([spec['restartPolicy'], spec['terminationGracePeriodSeconds'], spec.containers[0]?.imagePullPolicy]).toEqual([
      'Always',
      30,
      imagePullPolicy,
    ]);
    patchPod(cluster, { spec: { containers: [{ name: 'c', image: 'nginx:another' }] } });
    expect(lastPod(cluster).spec.containers[0]?.imagePullPolicy).toBe(imagePullPolicy);
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'OutOfcpu',
      { containers: [presentContainer('web', { resources: { requests: { cpu: '900' } } })] },
      'OutOfcpu',
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 900000, used: 0, capacity: ",
    ],
    ['NodeAffinity', { nodeSelector: { disk: 'ssd' } }, 'NodeAffinity', 'Pod was rejected: Predicate NodeAffinity failed'],
  ])('K106 K108 a pod that was bound by hand is refused: %s', (_name, spec, reason, message) => {
    const cluster = watchPod(webPod({}, undefined, { nodeName: 'node-1', ...spec }), 10);
    const { status } = lastPod(cluster);
    expect([status.phase, status.reason]).toEqual(['Failed', reason]);
    expect(status.message).toContain(message);
    expect(status.containerStatuses).toBeUndefined();
  });
});

it.each<[string, JsonObject, string]>([
  ['the same', { hostIP: '127.0.0.1' }, 'Failed'],
  ['the same on every address', {}, 'Failed'],
  ['another address', { hostIP: '172.18.0.2' }, 'Running'],
  ['another protocol', { hostIP: '127.0.0.1', protocol: 'UDP' }, 'Running'],
])('K106 C811 a host port beside one that is taken: %s', (_name, port, phase) => {
  const on = (ports: JsonObject): JsonObject =>
    presentContainer('web', { ports: [{ containerPort: 80, hostPort: 8080, ...ports }] } as unknown as JsonObject);
  const cluster = watchPod(webPod({}, undefined, { nodeName: 'node-1', containers: [on({ hostIP: '127.0.0.1' })] }), 5);
  const second = webPod({}, undefined, { nodeName: 'node-1', containers: [on(port)] });
  cluster.apply({ ...second, metadata: { name: 'second' } } as unknown as JsonObject);
  cluster.advanceTo(20);
  expect(getObject(cluster.state, podKind, 'default', 'second')?.status.phase).toBe(phase);
});

describe('the worker of a pod', () => {
  it('K110 K111 of two changes during one sync only the later one counts', () => {
    const cluster = watchPod(webPod({ image: UNKNOWN, imagePullPolicy: 'IfNotPresent' }), 1);
    patchPod(cluster, { spec: { containers: [{ name: 'web', image: 'example.com/app:2' }] } });
    patchPod(cluster, { spec: { containers: [{ name: 'web', image: 'example.com/app:3' }] } });
    cluster.advanceTo(60);
    expect(messages(cluster, 'Pulling').map((row) => row.split('"')[1])).toEqual([UNKNOWN, 'example.com/app:3']);
  });

  it('K112 K115 the way down has three steps, a relist each, and no way back', () => {
    const cluster = watchPod(webPod(), 10.2);
    cluster.remove('web');
    cluster.advanceTo(10.3);
    label(cluster, 'late');
    cluster.advanceTo(30);
    const after = podWrites(cluster).filter((write) => Number(write.split(' ')[0]) > 10.3);
    expect(after.map((write) => write.split(' ')[1])).toEqual(['M', 'M', 'D']);
    expect(messages(cluster, 'Killing')).toEqual(['10.2 Normal Killing Stopping container web']);
    const [stopped = 0, gone = 0] = secondsOf(after);
    expect(stopped).toBeLessThanOrEqual(12);
    expect(gone - stopped).toBeLessThanOrEqual(1);
  });

  it('K113 K411 K413 K424 K425 the start of a container causes two syncs: a container that is not ready is asked twice', () => {
    const readinessProbe = { httpGet: { path: '/health?code=500', port: 8080 }, periodSeconds: 10 };
    const cluster = watchPod(webPod({ readinessProbe }), 25);
    const rows = messages(cluster, 'Unhealthy').map((row) => Number(row.split(' ')[0]));
    expect(rows.slice(0, 3)).toEqual([2.005, 3.005, 13.005]);
  });

  it('K116 nothing is kept of a pod that is gone', () => {
    const cluster = watchPod(webPod(), 10);
    cluster.remove('web');
    cluster.advanceTo(20);
    expect([...podWorkers.rows(cluster.state).keys()]).toEqual([]);
  });

  it('K114 a pod that is deleted during a pull starts its container and then kills it', () => {
    const cluster = watchPod(webPod({ image: UNKNOWN, imagePullPolicy: 'IfNotPresent' }, { pull: { duration: '20s' } }), 5);
    cluster.remove('web');
    cluster.advanceTo(60);
    expect(secondsOf(cluster.eventRows('Started'))).toEqual([20.8]);
    expect(Number(cluster.eventRows('Killing')[0]?.split(' ')[0])).toBeGreaterThan(20.8);
  });
});

describe('one sync', () => {
  it('K201 K202 K240 what a sync does is shown by the next', () => {
    const cluster = watchPod(webPod({ image: UNKNOWN, imagePullPolicy: 'IfNotPresent' }, { pull: { error: 'not found' } }), 30);
    const failed = Number(cluster.eventRows('Failed')[0]?.split(' ')[0]);
    const shown = podWrites(cluster).find((write) => write.includes('ErrImagePull')) ?? '';
    expect(Number(shown.split(' ')[0])).toBeGreaterThan(failed);
  });

  it('K204 a pod that is over is stopped, and the sync reports it', () => {
    const cluster = watchPod(webPod({}, { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'OnFailure' }), 600);
    expect(podWrites(cluster).at(-1)).toMatch(/^5\.1 M Succeeded .*web\(Completed 0 #0\)$/);
  });

  it('K205 init containers come before containers, those in the order of the spec', () => {
    const spec = { initContainers: [presentContainer('init')], containers: [presentContainer('b'), presentContainer('a')] };
    const cluster = watchPod(podWithBehaviors(spec, { init: { run: { for: '1s', exitCode: 0 } } }), 20);
    expect(messages(cluster, 'Started').map((row) => row.split(' ').at(-1))).toEqual(['init', 'b', 'a']);
  });

  it('K215 K216 after a reboot there is a new sandbox, and init containers run again', () => {
    const spec = { initContainers: [presentContainer('init')], containers: [presentContainer('web')] };
    const cluster = watchPod(podWithBehaviors(spec, { init: { run: { for: '1s', exitCode: 0 } } }), 20);
    cluster.run({ type: 'fault', fault: { type: 'node-reboot', node: 'node-1' }, afterMs: 0, forMs: 20_000 });
    cluster.advanceTo(200);
    expect(messages(cluster, 'SandboxChanged').map((row) => row.replace(/^[\d.]+ /, ''))).toEqual([
      'Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.',
    ]);
    expect(messages(cluster, 'Started').map((row) => row.split(' ').at(-1))).toEqual(['init', 'web', 'init', 'web']);
  });

  it('K218 the address comes with the first state of a container', () => {
    const cluster = watchPod(webPod(), 10);
    const withAddress = cluster.changes.find(
      ({ resource, object }) => resource === 'pods' && (object as unknown as Pod).status.podIP !== undefined,
    );
    expect(podWrites(cluster).find((write) => write.includes('sandbox'))).toMatch(/^1 M Running .*running/);
    expect(((withAddress?.timeMs ?? 0) - Date.UTC(2025, 0, 1)) / 1_000).toBe(1);
  });
});

describe('images', () => {
  it.each([
    [
      'Nginx',
      'Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase',
    ],
    ['a b', 'Failed to apply default image tag "a b": couldn\'t parse image name "a b": invalid reference format'],
  ])('K223 K228 %s is no name of an image', (image, text) => {
    const cluster = watchPod(webPod({ image }), 5);
    expect(messages(cluster, 'InspectFailed')[0]).toContain(`Warning InspectFailed ${text}`);
    expect(messages(cluster, 'Failed')[0]).toContain('Warning Failed Error: InvalidImageName');
    expect(lastPod(cluster).status.containerStatuses?.[0]?.state.waiting?.reason).toBe('InvalidImageName');
  });

  it('K224 K226 K228 K229 pulls that fail are tried again after 10, 20, 40 s from their ends, and each says so three times', () => {
    const cluster = createPodCluster();
    cluster.run({ type: 'fault', fault: { type: 'image-pull-fail', image: UNKNOWN, message: null }, afterMs: 0, forMs: null });
    cluster.apply(webPod({ image: UNKNOWN, imagePullPolicy: 'IfNotPresent' }));
    cluster.advanceTo(200);
    const pulls = secondsOf(cluster.eventRows('Pulling'));
    const gaps = pulls.slice(1).map((at, index) => at - (pulls[index] ?? 0));
    for (const [index, least] of [10, 20, 40].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(least);
      expect(gaps[index]).toBeLessThan(least + 20);
    }
    const first = messages(cluster)
      .filter((row) => /Pulling|Failed /.test(row))
      .slice(0, 3)
      .map((row) => row.replace(/^[\d.]+ /, ''));
    expect(first[0]).toBe(`Normal Pulling Pulling image "${UNKNOWN}"`);
    expect(first[1]).toBe(`Warning Failed Failed to pull image "${UNKNOWN}": ${NOT_FOUND}`);
    expect(first[2]).toBe('Warning Failed Error: ErrImagePull');
    const waiting = podWrites(cluster).filter((write) => write.includes('ImagePullBackOff'));
    expect(waiting.length).toBeGreaterThan(0);
    expect(messages(cluster, 'BackOff')[0]).toContain(`Normal BackOff Back-off pulling image "${UNKNOWN}"`);
  });

  it('K227 a node pulls one image at a time, in the order in which they were asked for', () => {
    const cluster = createPodCluster();
    const pulling = (name: string): JsonObject =>
      named(name, webPod({ image: `example.com/${name}:1`, imagePullPolicy: 'IfNotPresent' }, { pull: { duration: '10s' } }));
    cluster.apply(pulling('a'), pulling('b'));
    cluster.advanceTo(60);
    const rows = messages(cluster, 'Pulled').map((row) => row.replace(/ Image size.*$/, ''));
    expect(rows).toEqual([
      '10.7 Normal Pulled Successfully pulled image "example.com/a:1" in 10s (10s including waiting).',
      '20.7 Normal Pulled Successfully pulled image "example.com/b:1" in 10s (20s including waiting).',
    ]);
  });

  it('K232 K241 K319 restarts count containers that were made; a crash shows itself before its back-off does', () => {
    const cluster = watchPod(webPod({}, CRASH), 60);
    const rows = cluster.podRows('web').map((row) => row.replace(/^[\d.]+ /, ''));
    expect(rows.slice(3)).toEqual([
      '0/1 Error 0',
      '0/1 Error 1',
      '0/1 CrashLoopBackOff 1',
      '0/1 Error 2',
      '0/1 CrashLoopBackOff 2',
      '0/1 Error 3',
      '0/1 CrashLoopBackOff 3',
    ]);
    expect(lastPod(cluster).status.phase).toBe('Running');
    const failing = watchPod(webPod({ image: UNKNOWN, imagePullPolicy: 'Never' }), 60);
    expect(lastPod(failing).status.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});
