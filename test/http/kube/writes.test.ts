// What the API answers to writes, through the HTTP layer: refusals in the words of a v1.33 server, and what is stored.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  CONFIG_MAPS,
  MERGE,
  pod,
  PODS,
  REPLICA_SETS,
  replicaSet,
  send,
  STRATEGIC,
  CONTAINER,
} from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 0 });
});
afterEach(() => cluster.remove());

describe('new pods', () => {
  it.each([
    [{ priorityClassName: 'nope' }, 403, 'pods "x" is forbidden: no PriorityClass with name nope was found'],
    [
      { priority: 5 },
      403,
      'pods "x" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      { containers: [{ ...CONTAINER, lifecycle: { preStop: { sleep: { seconds: 60 } } } }], terminationGracePeriodSeconds: 5 },
      422,
      'Pod "x" is invalid: spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (5)',
    ],
    [
      {
        volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }],
        containers: [{ ...CONTAINER, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      },
      422,
      'Pod "x" is invalid: [spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type, spec.containers[0].volumeMounts[0].name: Not found: "v"]',
    ],
  ])('P4 are refused: %j', async (spec, status, message) => {
    expect(await send(cluster, 'POST', PODS, pod('x', spec))).toMatchObject({ status, body: { message } });
  });

  it.each([
    [{ priorityClassName: 'system-node-critical' }, { priority: 2_000_001_000, priorityClassName: 'system-node-critical' }],
    [{ terminationGracePeriodSeconds: -1 }, { terminationGracePeriodSeconds: 1 }],
    [
      { containers: [{ ...CONTAINER, resources: { limits: { cpu: '1' } } }] },
      { containers: [{ resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }] },
    ],
  ])('O2 P4 M11 are completed: %j', async (spec, stored) => {
    expect(await send(cluster, 'POST', PODS, pod('x', spec))).toMatchObject({ status: 201, warning: null, body: { spec: stored } });
  });

  it('A8 say which labels of nodes have newer names', async () => {
    const { warning } = await send(cluster, 'POST', PODS, pod('x', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }));
    expect(warning).toBe('299 - "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \\"kubernetes.io/os\\" instead"');
  });

  it('F9 lose lists and maps without elements', async () => {
    const { body } = await send(cluster, 'POST', PODS, pod('x', { schedulingGates: [], nodeSelector: {}, imagePullSecrets: [] }));
    for (const member of ['schedulingGates', 'nodeSelector', 'imagePullSecrets']) expect(body['spec']).not.toHaveProperty(member);
  });
});

describe('patches', () => {
  it('F7 do not change a uid', async () => {
    await send(cluster, 'POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
    const { status, body } = await send(cluster, 'PATCH', `${CONFIG_MAPS}/c`, { metadata: { uid: 'zzz' } }, MERGE);
    expect([status, body['message']]).toEqual([422, 'ConfigMap "c" is invalid: metadata.uid: Invalid value: "zzz": field is immutable']);
  });

  it.each([
    [{ spec: { foo: 1 } }, 'map[spec:map[foo:1]]', 'strict decoding error: unknown field \\"spec.foo\\"'],
    [{ spec: { replicas: 'x' } }, 'map[spec:map[replicas:x]]', 'unrecognized type: int32'],
    [
      { spec: { template: { spec: { containers: 'x' } } } },
      'map[spec:map[template:map[spec:map[containers:x]]]]',
      'cannot restore slice from string',
    ],
    [{ metadata: { labels: [] } }, 'map[metadata:map[labels:[]]]', 'cannot restore map from slice'],
    [{ spec: { selector: 5 } }, 'map[spec:map[selector:5]]', 'cannot restore struct from: int64'],
  ])('C13 of strategic kind show themselves when they fail: %j', async (patch, shown, problem) => {
    await send(cluster, 'POST', REPLICA_SETS, replicaSet('r'));
    const { status, body } = await send(cluster, 'PATCH', `${REPLICA_SETS}/r?fieldValidation=Strict`, patch, STRATEGIC);
    const message = ` "" is invalid: patch: Invalid value: "${shown}": ${problem.replaceAll('\\"', '"')}`;
    expect([status, body['message']]).toEqual([422, message]);
  });

  it('C13 of other kinds show the patched object', async () => {
    await send(cluster, 'POST', REPLICA_SETS, replicaSet('r'));
    const { status, body } = await send(cluster, 'PATCH', `${REPLICA_SETS}/r`, { spec: { replicas: 'x' } }, MERGE);
    expect(status).toBe(422);
    expect(body['message']).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{\\"apiVersion\\":\\"apps\/v1\\",\\"kind\\":\\"ReplicaSet\\"/,
    );
    expect(body['message']).toMatch(/: json: cannot unmarshal string into Go struct field ReplicaSetSpec\.spec\.replicas of type int32$/);
  });

  it('J5 must keep the order that they ask for', async () => {
    await send(cluster, 'POST', REPLICA_SETS, replicaSet('r'));
    const spec = { '$setElementOrder/containers': [{ name: 'side' }], containers: [{ name: 'c', image: 'b:2' }] };
    const { body } = await send(cluster, 'PATCH', `${REPLICA_SETS}/r`, { spec: { template: { spec } } }, STRATEGIC);
    const message = "The order in patch list:\n[map[image:b:2 name:c]]\n doesn't match $setElementOrder list:\n[map[name:side]]\n";
    expect(body).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
  });

  it('C158 that take the selector away are told all that is wrong', async () => {
    await send(cluster, 'POST', REPLICA_SETS, replicaSet('r'));
    const { status, body } = await send(cluster, 'PATCH', `${REPLICA_SETS}/r`, { spec: { selector: null } }, MERGE);
    const causes = (body['details'] as { causes: readonly { message: string }[] }).causes.map(({ message }) => message);
    expect([status, causes]).toEqual([
      422,
      [
        'Required value',
        'Invalid value: map[string]string{"app":"r"}: `selector` does not match template `labels`',
        'Invalid value: "null": field is immutable',
      ],
    ]);
  });

  it('M5 add ephemeral containers under names of their own, for good', async () => {
    await send(cluster, 'POST', PODS, pod('x'));
    const patch = (name: string, image: string): Promise<Answer> =>
      send(cluster, 'PATCH', `${PODS}/x/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name, image }] } }, STRATEGIC);
    expect((await patch('debug', 'busybox:1')).status).toBe(200);
    expect((await patch('c', 'busybox:1')).body['message']).toBe(
      'Pod "x" is invalid: spec.ephemeralContainers[0].name: Duplicate value: "c"',
    );
    expect((await patch('debug', 'busybox:2')).body['message']).toContain('existing ephemeral containers "debug" may not be changed');
  });
});

describe('tokens of service accounts', () => {
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const request = (spec: object): object => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });

  it('M7 are given for an hour', async () => {
    const { status, body } = await send(cluster, 'POST', path, request({}));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: 'TokenRequest',
      metadata: { name: 'default', namespace: 'default' },
      spec: { audiences: ['https://kubernetes.default.svc'], expirationSeconds: 3600, boundObjectRef: null },
      status: { token: expect.stringMatching(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{86}$/), expirationTimestamp: '2025-01-01T01:00:00Z' },
    });
  });

  it.each([
    [
      { expirationSeconds: 10 },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
    ],
    [
      { expirationSeconds: 'x' },
      400,
      'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal string into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64',
    ],
  ])('M7 are refused: %j', async (spec, status, message) => {
    expect(await send(cluster, 'POST', path, request(spec))).toMatchObject({ status, body: { message } });
  });

  it('M7 need their account', async () => {
    const { body } = await send(cluster, 'POST', path.replace('accounts/default', 'accounts/ghost'), request({}));
    expect(body['message']).toBe('serviceaccounts "ghost" not found');
  });
});

describe('collections', () => {
  it('L10 answer a list whose items do not name their kind', async () => {
    await send(cluster, 'POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
    const { body } = await send(cluster, 'DELETE', `${CONFIG_MAPS}?fieldSelector=metadata.name%3Dc`);
    expect(body).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'c' } }] });
    expect((body['items'] as readonly object[])[0]).not.toHaveProperty('kind');
  });

  it('L10 are deleted by the selectors that list them, refused in the same words, whether anything is there or not', async () => {
    for (const selector of ['fieldSelector=status.replicas%3D0', 'fieldSelector=x', 'labelSelector=a%20in%20b']) {
      const listed = await send(cluster, 'GET', `${REPLICA_SETS}?${selector}`);
      const deleted = await send(cluster, 'DELETE', `${REPLICA_SETS}?${selector}`);
      expect([listed.status, deleted]).toEqual([400, listed]);
    }
  });

  it('G5 of ReplicaSets know no fields of their own', async () => {
    const { status, body } = await send(cluster, 'GET', `${REPLICA_SETS}?fieldSelector=status.replicas%3D0`);
    const message = '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"';
    expect([status, body['message']]).toEqual([400, message]);
  });

  it('C041 an object that has changed since begins a series of its own', async () => {
    await send(cluster, 'POST', PODS, pod('x'));
    await cluster.advance(3_000);
    const { body } = await send(cluster, 'GET', '/api/v1/namespaces/default/events');
    const events = body['items'] as readonly { reason: string; series?: unknown; reportingInstance: string }[];
    expect(events.map(({ reason, series }) => [reason, series])).toEqual([
      ['FailedScheduling', undefined],
      ['FailedScheduling', undefined],
    ]);
    expect(events[0]?.reportingInstance).toBe('default-scheduler-control-plane');
  });
});
