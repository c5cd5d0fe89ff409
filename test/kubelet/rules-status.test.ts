// Rules of the pod status: phase, container statuses, conditions, init containers, sidecars, hooks (module 6), and the row it gives (module 9).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { computeStatus } from '../../src/engine/kubelet/status/pod-status.ts';
import { createPodCluster, type PodCluster, START_MS, webPod } from '../support/pods.ts';
import { lastPod, podWrites } from '../support/pod-writes.ts';
import { parseTable } from '../support/text-table.ts';
import type { Instance, RuntimeView } from '../../src/engine/containers/model.ts';

/** One container of the table: `r` running, `x3` exited with 3, `w` waiting for its first start, `b3` in back-off after an exit with 3. */
function instanceOf(name: string, word: string): Instance | undefined {
  if (word === 'w') return undefined;
  const isRunning = word === 'r';
  const exitCode = isRunning ? 0 : Number(word.slice(1));
  return {
    id: name,
    container: name,
    attempt: 0,
    image: 'i',
    imageRef: 'i',
    imageId: 'i',
    state: isRunning ? 'running' : 'exited',
    createdMs: START_MS,
    startedMs: START_MS,
    finishedMs: isRunning ? null : START_MS,
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    message: '',
    behaviorId: '',
    isScript: false,
    exit: null,
  };
}

function words(cell: string): string[] {
  return cell === '-' ? [] : cell.split(' ');
}

/** The phase of a pod with such containers; a word that begins with `s` in the column of init containers is a sidecar. */
function phaseOf(row: Readonly<Record<string, string>>, previous = 'Pending'): string {
  const init = words(row['init'] ?? '-').map((word, index) => ({
    name: `i${index}`,
    isSidecar: word.startsWith('s'),
    word: word.replace(/^s/, ''),
  }));
  const regular = words(row['regular'] ?? '-').map((word, index) => ({ name: `c${index}`, isSidecar: false, word }));
  const all = [...init, ...regular];
  const pod = {
    metadata: { name: 'p', uid: 'u' },
    spec: {
      restartPolicy: row['policy'],
      containers: regular.map(({ name }) => ({ name, image: 'i' })),
      initContainers: init.map(({ name, isSidecar }) => ({ name, image: 'i', ...(isSidecar ? { restartPolicy: 'Always' } : {}) })),
    },
    status: { phase: previous },
  } as unknown as Pod;
  const view: RuntimeView = {
    instances: all.map(({ name, word }) => instanceOf(name, word)).filter((item) => item !== undefined),
    sandbox: { isReady: true, ip: '10.0.0.1', createdMs: START_MS, attempt: 0 },
  };
  const inBackOff = all.filter(({ word }) => word.startsWith('b')).map(({ name }) => [name, { reason: 'CrashLoopBackOff', message: '' }]);
  const status = computeStatus({
    pod,
    view,
    previous: pod.status,
    reasons: Object.fromEntries(inBackOff) as Record<string, { reason: string; message: string }>,
    nowMs: START_MS,
    hostIp: '172.18.0.2',
    isTerminal: row['stopped'] === 'yes',
    isStarted: () => true,
    isReady: () => true,
    isPastDeadline: false,
    eviction: null,
    resize: [],
  });
  return status.phase;
}

const PHASES = parseTable(`
  policy    | init | regular | stopped | phase
  Never     | x1   | w       | no      | Failed
  Always    | b1   | w       | no      | Pending
  Always    | r    | w       | no      | Pending
  Always    | w    | w       | no      | Pending
  Always    | sw   | w       | no      | Pending
  Always    | sr   | r       | no      | Running
  Always    | -    | r w     | no      | Pending
  Always    | -    | r r     | no      | Running
  Always    | -    | r x1    | no      | Running
  Always    | -    | x1      | no      | Running
  Always    | -    | x0      | yes     | Succeeded
  Always    | -    | x0 x1   | yes     | Failed
  OnFailure | -    | x0 x0   | no      | Succeeded
  OnFailure | -    | x0 x1   | no      | Running
  Never     | -    | x0 x1   | no      | Failed
  Never     | -    | x0      | no      | Succeeded
`);

const ROWS = PHASES.map((row) => [`${row['policy']} ${row['init']} / ${row['regular']} stopped: ${row['stopped']}`, row] as const);

describe('phase', () => {
  it.each(ROWS)('K601 K604 %s', (_title, row) => {
    expect(phaseOf(row)).toBe(row['phase']);
  });

  it('K602 a container that waits for its first start makes the pod Pending, one in back-off does not', () => {
    expect(phaseOf({ policy: 'Always', init: '-', regular: 'r w' })).toBe('Pending');
    expect(phaseOf({ policy: 'Always', init: '-', regular: 'r b1' })).toBe('Running');
  });

  it('K603 a terminal phase never changes to one that is not', () => {
    expect(phaseOf({ policy: 'Always', init: '-', regular: 'r' }, 'Failed')).toBe('Failed');
    expect(phaseOf({ policy: 'Always', init: '-', regular: 'w' }, 'Succeeded')).toBe('Succeeded');
  });
});

function running(pod: JsonObject, until: number): PodCluster {
  const cluster = createPodCluster();
  cluster.apply(pod);
  cluster.advanceTo(until);
  return cluster;
}

/** A pod with further lists of containers; `behaviors` by the name of the container. */
function podWith(spec: JsonObject, behaviors: JsonObject = {}): JsonObject {
  const annotations = Object.fromEntries(
    Object.entries(behaviors).map(([name, behavior]) => [`orrery.sim/behavior.${name}`, JSON.stringify(behavior)]),
  );
  const base = webPod();
  return { ...base, metadata: { name: 'web', annotations }, spec: { ...(base['spec'] as JsonObject), ...spec } } as JsonObject;
}

const container = (name: string, extra: JsonObject = {}): JsonObject => ({
  name,
  image: 'c1t1d0s7/myweb',
  imagePullPolicy: 'Never',
  ...extra,
});

const sidecar = (name: string, extra: JsonObject = {}): JsonObject => container(name, { restartPolicy: 'Always', ...extra });

describe('container statuses', () => {
  it('K610 before there is an instance a container waits, for the init containers if there are any', () => {
    const first = (pod: JsonObject): unknown => lastPod(running(pod, 0)).status.containerStatuses?.[0];
    expect(first(webPod())).toMatchObject({
      state: { waiting: { reason: 'ContainerCreating' } },
      ready: false,
      started: false,
      restartCount: 0,
      image: 'c1t1d0s7/myweb',
      imageID: '',
    });
    expect(first(podWith({ initContainers: [container('first')] }))).toMatchObject({ state: { waiting: { reason: 'PodInitializing' } } });
  });

  it('K611 the newest instance is the state, the one before it the last state', () => {
    const cluster = running(webPod({}, { run: [{ for: '3s', exitCode: 4, message: 'bye' }, 'forever'] }), 20);
    const [status] = lastPod(cluster).status.containerStatuses ?? [];
    expect(status).toMatchObject({ restartCount: 1, ready: true, image: 'docker.io/c1t1d0s7/myweb:latest' });
    expect(status?.containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
    expect(status?.imageID).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(status?.state.running?.startedAt).toBe('2025-01-01T00:00:04Z');
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 4, reason: 'Error', message: 'bye' });
  });

  it('K612 the reason of a failed start replaces an end, which moves to the last state; the counts stay', () => {
    const cluster = running(webPod({}, { run: { for: '50ms', exitCode: 1 } }), 10);
    const [status] = lastPod(cluster).status.containerStatuses ?? [];
    expect(status?.state.waiting?.reason).toBe('CrashLoopBackOff');
    expect(status?.lastState.terminated?.containerID).toBe(status?.containerID);
    expect(status?.restartCount).toBe(1);
  });

  it('K614 the last state is gone once only one dead instance is left', () => {
    const runs = {
      run: [
        { for: '3s', exitCode: 1 },
        { for: '3s', exitCode: 0 },
      ],
    };
    const writes = podWrites(running(webPod({}, runs, { restartPolicy: 'OnFailure' }), 60)).slice(-3);
    expect(writes.map((write) => write.replace(/^[\d.]+ M /, ''))).toEqual([
      'Running <sandbox init> web(Completed 0 after Error #1)',
      'Running <sandbox init> web(Completed 0 #1)',
      'Succeeded <init> web(Completed 0 #1)',
    ]);
  });

  it('K616 regular containers are sorted by name, init containers are in their order', () => {
    const spec = { containers: [container('b'), container('a')], initContainers: [container('z'), container('y')] };
    const { status } = lastPod(running(podWith(spec), 1));
    expect(status.containerStatuses?.map((item) => item.name)).toEqual(['a', 'b']);
    expect(status.initContainerStatuses?.map((item) => item.name)).toEqual(['z', 'y']);
  });

  it('K617 an init container is started while it runs and ready when it ended with 0', () => {
    const pod = podWith({ initContainers: [container('first')] }, { first: { run: { for: '5s', exitCode: 0 } } });
    const flags = (until: number): unknown => {
      const status = lastPod(running(pod, until)).status.initContainerStatuses?.[0];
      return [status?.started, status?.ready];
    };
    expect([flags(2), flags(10)]).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('K618 mounts are told from the beginning, resources once there is an instance', () => {
    const resources = { requests: { cpu: '100m' }, limits: { cpu: '1' } };
    const volumes = [{ name: 'scratch', emptyDir: {} }];
    const pod = webPod({ resources, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }, undefined, { volumes });
    const claims = (until: number): JsonObject => {
      const status = lastPod(running(pod, until)).status.containerStatuses?.[0];
      return {
        volumeMounts: status?.['volumeMounts'],
        own: status?.['resources'],
        allocated: status?.['allocatedResources'],
      } as JsonObject;
    };
    const token = { name: expect.stringMatching(/^kube-api-access-/), mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
    const volumeMounts = [
      { name: 'scratch', mountPath: '/scratch' },
      { ...token, readOnly: true, recursiveReadOnly: 'Disabled' },
    ];
    expect(claims(0)).toEqual({ volumeMounts, own: undefined, allocated: undefined });
    expect(claims(5)).toEqual({ volumeMounts, own: resources, allocated: { cpu: '100m' } });
  });
});

describe('conditions', () => {
  it('K620 a time changes with the status only', () => {
    const behaviors = { one: { run: { for: '5s', exitCode: 0 } }, two: { run: { for: '5s', exitCode: 0 } } };
    const cluster = running(podWith({ initContainers: [container('one'), container('two')] }, behaviors), 9);
    const initialized = lastPod(cluster).status.conditions?.find((condition) => condition.type === 'Initialized');
    expect(initialized).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [two]',
      lastTransitionTime: '2025-01-01T00:00:00Z',
    });
  });

  it('K621 Ready and ContainersReady follow a readiness result without a sync', () => {
    const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 3 };
    const behavior = { http: [{ path: '/', status: 500, from: '20s' }] };
    const cluster = running(webPod({ readinessProbe: { ...probe, failureThreshold: 1 } }, behavior), 40);
    const write = podWrites(cluster).at(-1) ?? '';
    expect(write).toMatch(/^2[\d.]+05 M Running <sandbox init> web\(running started #0\)$/);
  });

  it('K655 a readiness gate holds Ready back, but not ContainersReady', () => {
    const cluster = running(webPod({}, undefined, { readinessGates: [{ conditionType: 'example.com/gate' }] }), 5);
    const messages: (string | undefined)[] = [];
    const patch = (status: string): void => {
      const target = { resource: 'pods', subresource: 'status', namespace: 'default', name: 'web' };
      const body = { status: { conditions: [{ type: 'example.com/gate', status }] } };
      cluster.run({ type: 'request', request: { verb: 'patch', ...target, patchType: 'strategic', body, options: {} } });
      cluster.run({ type: 'advance', toMs: cluster.state.nowMs + 5000 });
    };
    const note = (): void => {
      const conditions = lastPod(cluster).status.conditions ?? [];
      messages.push(conditions.find((condition) => condition.type === 'Ready')?.message);
      expect(conditions.find((condition) => condition.type === 'ContainersReady')?.status).toBe('True');
    };
    note();
    patch('False');
    note();
    patch('True');
    note();
    expect(messages).toEqual([
      'corresponding condition of pod readiness gate "example.com/gate" does not exist.',
      'the status of pod readiness gate "example.com/gate" is not "True", but False',
      undefined,
    ]);
  });
});

describe('init containers and sidecars', () => {
  it('K630 K631 the next one starts in the sync that sees the end of the one before', () => {
    const behaviors = { one: { run: { for: '5s', exitCode: 0 } }, two: { run: { for: '5s', exitCode: 0 } } };
    const cluster = running(podWith({ initContainers: [container('one'), container('two')] }, behaviors), 20);
    expect(cluster.eventRows('Started').map((row) => row.replace(/ Normal Started Started container| x1/g, ''))).toEqual([
      '0.8 one',
      '6.1 two',
      '12.1 web',
    ]);
  });

  it('K632 a failed init container backs off like any other, and the pod stays Pending', () => {
    const cluster = running(podWith({ initContainers: [container('one')] }, { one: { run: { for: '50ms', exitCode: 1 } } }), 25);
    const rows = cluster.podRows().map((row) => row.split(' ')[2]);
    expect(rows).toContain('Init:Error');
    expect(rows).toContain('Init:CrashLoopBackOff');
    expect(lastPod(cluster).status.phase).toBe('Pending');
  });

  it('K633 a sandbox is made once: nothing takes it away from a pod that runs', () => {
    const cluster = running(podWith({ initContainers: [container('one')] }, { one: { run: { for: '1s', exitCode: 0 } } }), 400);
    expect(cluster.eventRows('SandboxChanged')).toEqual([]);
    expect(cluster.eventRows('Started')).toHaveLength(2);
  });

  it('K640 a sidecar starts before the others, counts as a container, and is stopped after them', () => {
    const slow = { sigterm: { after: '3s', exitCode: 0 } };
    const cluster = running(podWith({ initContainers: [sidecar('proxy')] }, { web: slow, proxy: slow }), 10);
    expect(cluster.podRows().at(-1)).toBe('2 2/2 Running 0');
    cluster.remove('web');
    cluster.advanceTo(40);
    const finished = [...(lastPod(cluster).status.initContainerStatuses ?? []), ...(lastPod(cluster).status.containerStatuses ?? [])].map(
      (item) => `${item.name} ${item.state.terminated?.finishedAt?.slice(17, 19)}`,
    );
    expect(finished).toEqual(['proxy 16', 'web 13']);
  });

  it('K641 the sidecars of a pod that is done are stopped, and their exit codes do not count', () => {
    const behaviors = { web: { run: { for: '5s', exitCode: 0 } }, proxy: { sigterm: { after: '1s', exitCode: 7 } } };
    const cluster = running(podWith({ initContainers: [sidecar('proxy')], restartPolicy: 'Never' }, behaviors), 60);
    expect(cluster.podRows()).toContain('7 1/2 Completed 0');
    expect(podWrites(cluster).at(-2)).toMatch(/^9 M Running <init> proxy\(Error 7 #0\) web\(Completed 0 #0\)$/);
    expect(cluster.eventRows('Killing').map((row) => row.replace(/^[\d.]+ /, ''))).toEqual(['Normal Killing Stopping container proxy x1']);
    expect(lastPod(cluster).status.phase).toBe('Succeeded');
  });
});

describe('hooks', () => {
  const hook = (handler: JsonObject): JsonObject => ({ lifecycle: { postStart: handler } });

  it('K645 nothing is published of a container until its postStart hook is over', () => {
    const cluster = running(webPod(hook({ exec: { command: ['warm'] } }), { exec: [{ command: 'warm', latency: '5s' }] }), 20);
    expect(podWrites(cluster).at(-1)).toMatch(/^6 M Running/);
  });

  it('K645 a hook that fails stops the container and is the reason why it waits', () => {
    const cluster = running(webPod(hook({ exec: { command: ['warm'] } }), { exec: [{ command: 'warm', exitCode: 2, output: 'no' }] }), 2);
    const waiting = lastPod(cluster).status.containerStatuses?.[0]?.state.waiting;
    expect(waiting?.reason).toBe('PostStartHookError');
    expect(waiting?.message).toMatch(
      /^Exec lifecycle hook \(\[warm\]\) for Container "web" in Pod "web_default\([0-9a-f-]+\)" failed - error: .*, message: "no"$/,
    );
    expect(cluster.eventRows('Killing')[0]).toMatch(/ Normal Killing FailedPostStartHook x1$/);
  });

  it('K646 a preStop hook runs for liveness kills too, and HTTP hooks succeed on any response', () => {
    const livenessProbe = { exec: { command: ['check'] }, periodSeconds: 1, failureThreshold: 1 };
    const behavior = { sigterm: { after: '50ms', exitCode: 0 }, exec: [{ command: 'check', exitCode: 1, from: '5s' }] };
    const withSleep = { livenessProbe, lifecycle: { preStop: { sleep: { seconds: 4 } } } };
    const cluster = running(webPod(withSleep, behavior), 14);
    const [killed, restarted] = [cluster.eventRows('Killing')[0], cluster.eventRows('Started')[1]].map((row) => Number(row?.split(' ')[0]));
    expect((restarted ?? 0) - (killed ?? 0)).toBeCloseTo(4.15, 5);
    const http = { lifecycle: { preStop: { httpGet: { path: '/missing?code=500', port: 8080 } } } };
    const other = running(webPod(http, { sigterm: { after: '50ms', exitCode: 0 } }), 10);
    other.remove('web');
    other.advanceTo(20);
    expect(other.eventRows('FailedPreStopHook')).toEqual([]);
  });
});

describe('the rest', () => {
  it('K650 ephemeral containers start with the update, have a list of their own, and count for nothing', () => {
    const cluster = running(webPod(), 10);
    const target = { resource: 'pods', subresource: 'ephemeralcontainers', namespace: 'default', name: 'web' };
    const body = { spec: { ephemeralContainers: [container('debug')] } };
    const { outcome } = cluster.run({
      type: 'request',
      request: { verb: 'patch', ...target, patchType: 'strategic', body, options: {} },
    });
    expect(outcome.ok).toBe(true);
    cluster.advanceTo(15);
    expect(cluster.podRows().at(-1)).toMatch(/ 1\/1 Running 0$/);
    expect(lastPod(cluster).status['ephemeralContainerStatuses']).toMatchObject([{ name: 'debug', state: { running: {} } }]);
    expect(cluster.eventRows('Started').at(-1)).toBe('10.1 Normal Started Started container debug x1');
  });

  it.each([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '100m' } }],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
  ])('K660 %s', (qosClass, resources) => {
    const cluster = running(webPod({ resources }), 5);
    expect(lastPod(cluster).status.qosClass).toBe(qosClass);
  });

  it('K661 the address of the host comes with the first write, that of the pod with its sandbox', () => {
    const addresses = (cluster: PodCluster): unknown[] =>
      cluster.changes
        .filter((change) => change.resource === 'pods')
        .slice(2)
        .map((change) => {
          const { status } = change.object as unknown as Pod;
          return [status.hostIP !== undefined, status.podIP === status.hostIP, status.podIP !== undefined];
        });
    expect(addresses(running(webPod(), 5))).toEqual([
      [true, false, false],
      [true, false, true],
    ]);
    expect(addresses(running(webPod({}, undefined, { hostNetwork: true }), 5))[0]).toEqual([true, true, true]);
  });
});

/** The row of a pod with this status, without name and age. */
function cells(status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): string {
  const pod = {
    metadata: { name: 'p', creationTimestamp: '2025-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], ...spec },
    status,
  } as unknown as Pod;
  const [, ready, text, restarts] = podKind.cells(pod, START_MS + 90_000);
  return `${ready} ${text} ${restarts}`;
}

const up = { running: { startedAt: '2025-01-01T00:00:00Z' } };
const ended = (exitCode: number, reason?: string): JsonObject => ({
  terminated: { exitCode, ...(reason === undefined ? {} : { reason }), finishedAt: '2025-01-01T00:00:30Z' },
});
const item = (name: string, state: JsonObject, extra: JsonObject = {}): JsonObject => ({
  name,
  state,
  restartCount: 0,
  ready: false,
  ...extra,
});

describe('the row of a pod', () => {
  it('K901 the reason of the pod, else its phase', () => {
    expect(cells({ phase: 'Failed', reason: 'Evicted' })).toBe('0/2 Evicted 0');
    expect(cells({ phase: 'Pending' })).toBe('0/2 Pending 0');
    expect(cells({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] })).toBe(
      '0/2 SchedulingGated 0',
    );
  });

  it.each([
    ['Init:0/2', [item('x', up), item('y', { waiting: { reason: 'PodInitializing' } })]],
    ['Init:1/2', [item('x', ended(0, 'Completed')), item('y', up)]],
    ['Init:Error', [item('x', ended(1, 'Error')), item('y', up)]],
    ['Init:ExitCode:3', [item('x', ended(3)), item('y', up)]],
    ['Init:CrashLoopBackOff', [item('x', { waiting: { reason: 'CrashLoopBackOff' } }), item('y', up)]],
  ])('K902 %s', (text, initContainerStatuses) => {
    const status = { phase: 'Pending', initContainerStatuses } as JsonObject;
    expect(cells(status, { initContainers: [{ name: 'x' }, { name: 'y' }] })).toBe(`0/2 ${text} 0`);
  });

  it.each([
    ['1/2 CrashLoopBackOff 0', [item('a', { waiting: { reason: 'CrashLoopBackOff' } }), item('b', up, { ready: true })], 'False'],
    ['0/2 Error 0', [item('a', ended(1, 'Error')), item('b', ended(0, 'Completed'))], 'False'],
    ['0/2 ExitCode:4 0', [item('a', ended(4)), item('b', ended(0, 'Completed'))], 'False'],
    ['1/2 NotReady 0', [item('a', up, { ready: true }), item('b', ended(0, 'Completed'))], 'False'],
    ['1/2 Running 0', [item('a', up, { ready: true }), item('b', ended(0, 'Completed'))], 'True'],
  ])('K903 %s', (row, containerStatuses, ready) => {
    expect(cells({ phase: 'Running', containerStatuses, conditions: [{ type: 'Ready', status: ready }] } as JsonObject)).toBe(row);
  });

  it.each([
    ['Terminating', { phase: 'Running' }],
    ['Unknown', { phase: 'Running', reason: 'NodeLost' }],
    ['Succeeded', { phase: 'Succeeded' }],
  ])('K904 %s', (text, status) => {
    expect(cells(status, {}, { deletionTimestamp: '2025-01-01T00:01:00Z' })).toBe(`0/2 ${text} 0`);
  });

  it('K905 K906 sidecars count, and restarts say how long ago the last one was', () => {
    const containerStatuses = [
      item('a', up, { ready: true, restartCount: 2, lastState: ended(1, 'Error') }),
      item('b', up, { ready: true }),
    ];
    const initContainerStatuses = [item('s', up, { ready: true, started: true, restartCount: 1 })];
    const status = { phase: 'Running', containerStatuses, initContainerStatuses } as JsonObject;
    expect(cells(status, { initContainers: [{ name: 's', restartPolicy: 'Always' }] })).toBe('3/3 Running 3 (60s ago)');
  });

  it.each([
    [119, '119s'],
    [120, '2m'],
    [130, '2m10s'],
    [10 * 60, '10m'],
    [3 * 3600 + 60, '3h1m'],
    [9 * 3600, '9h'],
    [50 * 3600, '2d2h'],
    [9 * 86_400, '9d'],
    [-5, '<invalid>'],
  ])('K906 an age of %d s is %s', (seconds, text) => {
    const pod = {
      metadata: { name: 'p', creationTimestamp: '2025-01-01T00:00:00Z' },
      spec: { containers: [] },
      status: {},
    } as unknown as Pod;
    expect(podKind.cells(pod, START_MS + seconds * 1000)[4]).toBe(text);
  });
});
