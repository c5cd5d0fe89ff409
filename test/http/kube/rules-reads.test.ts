// Rules about tables, defaults, validation and logs, as a client sees them.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asking, deployment, DEPLOYMENTS, MERGE, pod, PODS, REPLICA_SETS, replicaSet, TABLE } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 1 });
});
afterEach(() => cluster.remove());

const ask = asking(() => cluster);

/** Cells by column, of the row of one object. */
async function row(path: string, name: string): Promise<Record<string, unknown>> {
  const { columnDefinitions, rows } = (await ask('GET', path, undefined, TABLE)).body;
  const { cells } = rows.find((item: { cells: unknown[] }) => item.cells[0] === name);
  return Object.fromEntries(columnDefinitions.map((column: { name: string }, index: number) => [column.name, cells[index]]));
}

const columns = async (path: string): Promise<string> =>
  (await ask('GET', path, undefined, TABLE)).body.columnDefinitions
    .map(
      ({ name, type, priority }: { name: string; type: string; priority: number }) =>
        `${name}${type === 'string' ? '' : `:${type}`}${priority === 1 ? ' w' : ''}`,
    )
    .join(', ');

const setStatus = (name: string, status: object) => ask('PATCH', `${PODS}/${name}/status`, { status }, MERGE);

const ended = (exitCode: number, more: object = {}): object => ({
  terminated: { exitCode, startedAt: null, finishedAt: '2025-01-01T00:00:00Z', ...more },
});
const status = (name: string, state: object, more: object = {}): object => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  lastState: {},
  ...more,
});

describe('rows of pods', () => {
  /** A pod that nobody runs, so that its status is what a client says. */
  async function show(spec: object, shown: object): Promise<string> {
    await ask('POST', PODS, pod('p', { schedulerName: 'nobody', ...spec }));
    await setStatus('p', shown);
    const { Ready, Status, Restarts } = await row(PODS, 'p');
    return `${Ready} ${Status} ${Restarts}`;
  }

  it('N6 have these columns', async () => {
    expect(await columns(PODS)).toBe('Name, Ready, Status, Restarts, Age, IP w, Node w, Nominated Node w, Readiness Gates w');
  });

  const init = {
    initContainers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  };
  const two = {
    containers: [
      { name: 'c', image: 'i' },
      { name: 'd', image: 'i' },
    ],
  };
  const ready = [{ type: 'Ready', status: 'True' }];
  it.each([
    ['the phase', {}, { phase: 'Pending' }, '0/1 Pending 0'],
    ['a reason of the pod', {}, { phase: 'Failed', reason: 'Evicted' }, '0/1 Evicted 0'],
    [
      'an init container that has ended',
      init,
      { initContainerStatuses: [status('a', ended(0)), status('b', { waiting: { reason: 'PodInitializing' } })] },
      '0/1 Init:1/2 0',
    ],
    ['one that failed', init, { initContainerStatuses: [status('a', ended(3))] }, '0/1 Init:ExitCode:3 0'],
    [
      'one that failed for a reason',
      init,
      { initContainerStatuses: [status('a', ended(1, { reason: 'Error' }), { restartCount: 2 })] },
      '0/1 Init:Error 2',
    ],
    [
      'one that a signal ended',
      init,
      { initContainerStatuses: [status('a', ended(0, { signal: 9, exitCode: 137 }))] },
      '0/1 Init:Signal:9 0',
    ],
    [
      'one that waits',
      init,
      { initContainerStatuses: [status('a', { waiting: { reason: 'CrashLoopBackOff' } })] },
      '0/1 Init:CrashLoopBackOff 0',
    ],
    [
      'a container that waits',
      {},
      { containerStatuses: [status('c', { waiting: { reason: 'ImagePullBackOff' } })] },
      '0/1 ImagePullBackOff 0',
    ],
    [
      'the first of two that failed',
      two,
      { containerStatuses: [status('c', ended(1, { reason: 'Error' })), status('d', ended(2, { reason: 'OOMKilled' }))] },
      '0/2 Error 0',
    ],
    ['an exit code without a reason', {}, { containerStatuses: [status('c', ended(7))] }, '0/1 ExitCode:7 0'],
    [
      'one that has ended beside one that runs',
      two,
      {
        conditions: ready,
        containerStatuses: [
          status('c', ended(0, { reason: 'Completed' })),
          status('d', { running: { startedAt: '2025-01-01T00:00:00Z' } }, { ready: true }),
        ],
      },
      '1/2 Running 0',
    ],
    [
      'the same of a pod that is not ready',
      two,
      {
        containerStatuses: [
          status('c', ended(0, { reason: 'Completed' })),
          status('d', { running: { startedAt: '2025-01-01T00:00:00Z' } }, { ready: true }),
        ],
      },
      '1/2 NotReady 0',
    ],
    [
      'restarts and when the last one was',
      {},
      { containerStatuses: [status('c', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3, lastState: ended(1) })] },
      '0/1 CrashLoopBackOff 3 (0s ago)',
    ],
  ])('N7 show %s', async (_name, spec, shown, expected) => {
    expect(await show(spec, shown)).toBe(expected);
  });

  it('N7 show gates and deletion', async () => {
    expect(await show({ schedulingGates: [{ name: 'example.com/g' }] }, {})).toBe('0/1 SchedulingGated 0');
    await ask('POST', PODS, pod('q', { nodeName: 'nowhere' }));
    await ask('DELETE', `${PODS}/q`);
    expect((await row(PODS, 'q'))['Status']).toBe('Terminating');
  });

  it('N7 have conditions when they have ended', async () => {
    await ask('POST', PODS, pod('p', { schedulerName: 'nobody' }));
    const conditions = async (phase: string): Promise<unknown> => {
      await setStatus('p', { phase });
      return (await ask('GET', PODS, undefined, TABLE)).body.rows[0].conditions;
    };
    expect(await conditions('Running')).toBeUndefined();
    expect(await conditions('Succeeded')).toEqual([
      { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
    ]);
    expect(await conditions('Failed')).toEqual([{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]);
  });
});

describe('rows of other kinds', () => {
  it('N9 of a Job: its state, how many, how long', async () => {
    const path = '/apis/batch/v1/namespaces/default/jobs';
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } };
    const job = (name: string, spec: object): object => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template, ...spec },
    });
    await ask('POST', path, job('a', {}));
    await ask('POST', path, job('b', { parallelism: 3 }));
    await ask('POST', path, job('c', { suspend: true }));
    expect([(await row(path, 'a'))['Completions'], (await row(path, 'b'))['Completions'], (await row(path, 'c'))['Status']]).toEqual([
      '0/1',
      '0/1 of 3',
      'Suspended',
    ]);
    await cluster.advance(60_000);
    expect(await row(path, 'a')).toMatchObject({ Status: 'Complete', Completions: '1/1', Duration: expect.stringMatching(/^\d+s$/) });
  });

  it('N10 N11 of a Service and what is behind it', async () => {
    const path = '/api/v1/namespaces/default/services';
    const create = (name: string, spec: object) => ask('POST', path, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    await create('plain', {
      ports: [{ port: 80 }, { port: 443, name: 'b' }].map((port, index) => ({ name: `p${index}`, ...port })),
      externalIPs: ['192.0.2.1', '192.0.2.2'],
    });
    await create('node', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] });
    await create('outer', { type: 'LoadBalancer', ports: [{ port: 80 }] });
    await create('alias', { type: 'ExternalName', externalName: 'example.com' });
    const cells = async (name: string): Promise<unknown[]> => {
      const shown = await row(path, name);
      return [shown['External-IP'], shown['Port(s)']];
    };
    expect(await cells('plain')).toEqual(['192.0.2.1,192.0.2.2', '80/TCP,443/TCP']);
    expect(await cells('node')).toEqual(['<none>', '80:30080/TCP']);
    expect((await cells('outer'))[0]).toBe('<pending>');
    expect(await cells('alias')).toEqual(['example.com', '<none>']);
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => ({ ip }));
    await ask('POST', '/api/v1/namespaces/default/endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'e' },
      subsets: [{ addresses, ports: [{ port: 80 }] }],
    });
    expect((await row('/api/v1/namespaces/default/endpoints', 'e'))['Endpoints']).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
  });

  it('N14 of a node: its state and its roles', async () => {
    const path = '/api/v1/nodes';
    expect(await row(path, 'node-1')).toMatchObject({ Status: 'Ready', Roles: '<none>' });
    await ask(
      'PATCH',
      `${path}/node-1`,
      { metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' } }, spec: { unschedulable: true } },
      MERGE,
    );
    expect(await row(path, 'node-1')).toMatchObject({ Status: 'Ready,SchedulingDisabled', Roles: 'edge,worker' });
    await ask('POST', path, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'silent' } });
    expect((await row(path, 'silent'))['Status']).toBe('Unknown');
  });

  it('N15 of an Event: when it was seen, of what, by whom', async () => {
    const involvedObject = { kind: 'Pod', name: 'p', namespace: 'default', fieldPath: 'spec.containers{c}' };
    const times = { firstTimestamp: '2025-01-01T00:00:00Z', lastTimestamp: '2025-01-01T00:01:00Z' };
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject,
      reason: 'R',
      message: ' text\n',
      type: 'Normal',
      source: { component: 'kubelet', host: 'node-1' },
      count: 4,
      ...times,
    };
    await ask('POST', '/api/v1/namespaces/default/events', event);
    await cluster.advance(120_000);
    const { rows } = (await ask('GET', '/api/v1/namespaces/default/events?fieldSelector=reason%3DR', undefined, TABLE)).body;
    expect(rows[0].cells).toEqual(['60s', 'Normal', 'R', 'pod/p', 'spec.containers{c}', 'kubelet, node-1', 'text', '2m', 4, 'e']);
  });

  it('N16 of a namespace that goes says so, of a ReplicaSet that goes does not', async () => {
    await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
    await ask('DELETE', '/api/v1/namespaces/x');
    expect((await row('/api/v1/namespaces', 'x'))['Status']).toBe('Terminating');
    await ask('POST', REPLICA_SETS, { ...replicaSet('r'), metadata: { name: 'r', finalizers: ['e.com/hold'] } });
    await ask('DELETE', `${REPLICA_SETS}/r`);
    expect(await row(REPLICA_SETS, 'r')).toMatchObject({ Desired: 0, Current: 0, Ready: 0 });
  });

  it('W6 X12 rows carry metadata and all wide cells, and ages in the words of kubectl', async () => {
    await ask('POST', DEPLOYMENTS, deployment('d'));
    for (const [seconds, age] of [
      [0, '0s'],
      [119, '119s'],
      [1, '2m'],
      [5, '2m5s'],
      [474, '9m59s'],
      [1, '10m'],
    ] as const) {
      await cluster.advance(seconds * 1000);
      expect((await row(DEPLOYMENTS, 'd'))['Age']).toBe(age);
    }
    const { rows, columnDefinitions } = (await ask('GET', DEPLOYMENTS, undefined, TABLE)).body;
    expect(rows[0].cells).toHaveLength(columnDefinitions.length);
    expect(rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'd', resourceVersion: expect.any(String) } });
  });
});

describe('defaults', () => {
  const amounts = (cpu: string, memory: string): object => ({ cpu, memory });
  it.each([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '1' } }],
    ['Burstable', { limits: amounts('1', '1Gi'), requests: amounts('500m', '1Gi') }],
    ['Guaranteed', { limits: amounts('1', '1Gi') }],
    ['Guaranteed', { limits: amounts('1', '1Gi'), requests: amounts('1000m', '1024Mi') }],
  ])('O5 a pod begins pending, of class %s with %j', async (qosClass, resources) => {
    const made = await ask('POST', PODS, {
      ...pod('p', { containers: [{ name: 'c', image: 'i', resources }] }),
      status: { phase: 'Running' },
    });
    expect(made.body.status).toEqual({ phase: 'Pending', qosClass });
  });

  it('O6 O7 O8 workloads', async () => {
    const set = (await ask('POST', REPLICA_SETS, replicaSet('r', { replicas: undefined }))).body;
    expect([set.spec.replicas, set.status, set.metadata.labels, set.spec.template.metadata.creationTimestamp]).toEqual([
      1,
      { replicas: 0 },
      undefined,
      null,
    ]);
    const { spec, status: empty } = (await ask('POST', DEPLOYMENTS, deployment('d', { replicas: undefined }))).body;
    expect([spec.replicas, spec.strategy, spec.revisionHistoryLimit, spec.progressDeadlineSeconds, empty]).toEqual([
      1,
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      10,
      600,
      {},
    ]);
  });

  it('O10 Jobs', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
    const make = async (name: string, spec: object) =>
      (
        await ask('POST', '/apis/batch/v1/namespaces/default/jobs', {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name },
          spec: { template, ...spec },
        })
      ).body;
    const plain = await make('a', {});
    expect(plain.spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    });
    const uid = plain.metadata.uid;
    expect(plain.spec.selector.matchLabels).toEqual({ 'batch.kubernetes.io/controller-uid': uid });
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'a',
      'controller-uid': uid,
      'job-name': 'a',
    };
    expect([plain.spec.template.metadata.labels, plain.metadata.labels]).toEqual([labels, labels]);
    expect((await make('b', { parallelism: 2 })).spec.completions).toBeUndefined();
    expect((await make('c', { completions: 2 })).spec.parallelism).toBe(1);
  });

  it('O12 Services', async () => {
    const path = '/api/v1/namespaces/default/services';
    const make = async (name: string, spec: object) =>
      (await ask('POST', path, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } })).body;
    const { spec } = await make('a', {});
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
    expect([spec.ports, spec.clusterIPs]).toEqual([[{ protocol: 'TCP', port: 80, targetPort: 80 }], [spec.clusterIP]]);
    const kept = await ask('PUT', `${path}/a`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 81 }] },
    });
    expect(kept.body.spec.clusterIP).toBe(spec.clusterIP);
    expect((await make('b', { clusterIP: 'None' })).spec.clusterIPs).toEqual(['None']);
    const balanced = (await make('c', { type: 'LoadBalancer' })).spec;
    expect(balanced).toMatchObject({ externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true });
    expect(balanced.ports[0].nodePort).toBeGreaterThanOrEqual(30_000);
  });
});

describe('validation', () => {
  const L = 'spec.containers[0].livenessProbe';
  it.each([
    [{}, `${L}: Required value: must specify a handler type`],
    [{ exec: { command: ['true'] }, tcpSocket: { port: 1 } }, `${L}.tcpSocket: Forbidden: may not specify more than 1 handler type`],
    [{ exec: { command: ['true'] }, successThreshold: 2 }, `${L}.successThreshold: Invalid value: 2: must be 1`],
    [{ exec: { command: ['true'] }, periodSeconds: -1 }, `${L}.periodSeconds: Invalid value: -1: must be greater than or equal to 0`],
    [{ exec: {} }, `${L}.exec.command: Required value`],
    [{ httpGet: { port: 0 } }, `${L}.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`],
    [{ httpGet: { port: 1, scheme: 'ftp' } }, `${L}.httpGet.scheme: Unsupported value: "ftp": supported values: "HTTP", "HTTPS"`],
    [
      { exec: { command: ['true'] }, terminationGracePeriodSeconds: 0 },
      `${L}.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`,
    ],
  ])('P5 refuses the probe %j', async (livenessProbe, text) => {
    const { body } = await ask('POST', PODS, pod('p', { containers: [{ name: 'c', image: 'i', livenessProbe }] }));
    expect(body.message).toContain(text);
  });

  it.each([
    ['P6', REPLICA_SETS, replicaSet('x', { replicas: -1 }), 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ['P6', REPLICA_SETS, replicaSet('x', { template: undefined }), 'spec.template.spec.containers: Required value'],
    [
      'P7',
      DEPLOYMENTS,
      deployment('x', { strategy: { type: 'Foo' } }),
      'spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Foo", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      'P7',
      DEPLOYMENTS,
      deployment('x', { strategy: { rollingUpdate: { maxSurge: 'x' } } }),
      'a valid percent string must be a numeric string followed by an ending',
    ],
    [
      'P7',
      DEPLOYMENTS,
      deployment('x', { minReadySeconds: 600 }),
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
  ])('%s refuses at %s', async (_rule, path, body, text) => {
    expect((await ask('POST', path, body)).body.message).toContain(text);
  });

  it.each([
    [{ ports: [] }, 'spec.ports: Required value'],
    [{ ports: [{ port: 80 }, { port: 81 }] }, 'spec.ports[0].name: Required value'],
    [{ ports: [{ port: 0 }] }, 'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [
      { ports: [{ port: 80 }], type: 'Foo' },
      'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      { ports: [{ port: 80 }], clusterIP: '1.2.3.4' },
      'failed to allocate IP 1.2.3.4: the provided network does not match the current range',
    ],
  ])('P9 refuses the Service %j', async (spec, text) => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec };
    expect((await ask('POST', '/api/v1/namespaces/default/services', service)).body.message).toContain(text);
  });
});

describe('logs', () => {
  const script = 'for i in 1 2 3 4; do echo line $i; sleep 10; done; sleep 600';
  const shell = (name: string, text: string): object => ({
    name,
    image: 'busybox',
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', text],
  });
  const log = (name: string, query = '') => ask('GET', `${PODS}/${name}/log${query}`);

  it('R1 R2 R3 are lines, cut by time, number and size', async () => {
    await ask('POST', PODS, pod('p', { containers: [shell('c', script)] }));
    await cluster.advance(60_000);
    const whole = await log('p');
    expect([whole.headers.get('content-type'), whole.text]).toEqual(['text/plain', 'line 1\nline 2\nline 3\nline 4\n']);
    expect((await log('p', '?tailLines=2')).text).toBe('line 3\nline 4\n');
    expect((await log('p', '?tailLines=2&limitBytes=9')).text).toBe('line 3\nli');
    expect((await log('p', '?sinceSeconds=1')).text).toBe('');
    const [first = ''] = (await log('p', '?timestamps=true')).text.split('\n');
    expect(first).toMatch(/^2025-01-01T00:00:\d\d\.\d{9}Z line 1$/);
    const since = first.slice(0, 20).replace(/\.$/, 'Z');
    expect((await log('p', `?sinceTime=${since.replace(/:\d\dZ/, ':59Z')}`)).text).toBe('');
  });

  it('R3 shows no end of a line that was not written', async () => {
    const long = 'x'.repeat(16_384);
    await ask('POST', PODS, pod('p', { containers: [shell('c', 'echo one; echo -n two')], restartPolicy: 'Never' }));
    await ask('POST', PODS, pod('q', { containers: [shell('c', `yes x | head -n 16387 | tr -d "\\n"; echo; sleep 600`)] }));
    await cluster.advance(60_000);
    expect((await log('p')).text).toBe('one\ntwo');
    expect((await log('q')).text).toBe(`${long}xxx\n`);
    expect((await log('q', '?timestamps=true')).text).toMatch(/^\S+ x+\n$/);
  });

  it('R4 of what is not there are refused in words', async () => {
    await ask('POST', PODS, pod('p', { containers: [shell('c', script), shell('d', script)] }));
    await cluster.advance(60_000);
    const told = async (query: string): Promise<unknown[]> => {
      const { status: code, body } = await log('p', query);
      return [code, body.message];
    };
    expect((await log('none')).status).toBe(404);
    expect(await told('')).toEqual([400, 'a container name must be specified for pod p, choose one of: [c d]']);
    expect(await told('?container=zz')).toEqual([400, 'container zz is not valid for pod p']);
    expect((await told('?container=c&sinceSeconds=1&sinceTime=2025-01-01T00:00:00Z'))[1]).toContain(
      'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    );
    expect((await told('?container=c&tailLines=-3'))[1]).toContain('tailLines: Invalid value: -3: must be greater than or equal to 0');
    expect(await told('?container=c&previous=true')).toEqual([400, 'previous terminated container "c" in pod "p" not found']);
  });

  it('R5 of what has not begun say why', async () => {
    await ask('POST', PODS, pod('p', { containers: [{ name: 'c', image: 'registry.example/none:v1', imagePullPolicy: 'Never' }] }));
    await cluster.advance(30_000);
    expect((await log('p')).body.message).toBe('container "c" in pod "p" is waiting to start: ErrImageNeverPull');
  });
});
