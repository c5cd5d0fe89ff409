// Rules about updates, patches, deletions and subresources, as a client sees them.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  asking,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  JSON_PATCH,
  MERGE,
  pod,
  PODS,
  REPLICA_SETS,
  replicaSet,
  STRATEGIC,
} from '../../support/kube-client.ts';
import { readEvents } from './recorded-watch.ts';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 1 });
});
afterEach(() => cluster.remove());

const ask = asking(() => cluster);
const told = ({ status, body }: Answer): [number, string] => [status, body.message];

/** A pod that runs. */
async function running(name: string, spec: object = {}): Promise<void> {
  await ask('POST', PODS, pod(name, { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'IfNotPresent' }], ...spec }));
  await cluster.advance(60_000);
  expect((await ask('GET', `${PODS}/${name}`)).body.status.phase).toBe('Running');
}

describe('sizes', () => {
  const LARGE = 'x'.repeat(900_000);
  const CRD = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'notes.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'notes', kind: 'Note' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
          },
        },
      ],
    },
  };
  const NOTES = '/apis/example.com/v1/namespaces/default/notes';
  const note = (spec: object) => ({ apiVersion: 'example.com/v1', kind: 'Note', metadata: { name: 'n' }, spec });
  const refusal = [500, undefined, 'etcdserver: request is too large'];
  const sizes = ({ status, body }: Answer) => [status, body.reason, body.message];

  it('D9 objects are as large as etcd takes them, however they grow', async () => {
    await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
    expect(sizes(await ask('POST', NOTES, note({ a: LARGE, b: LARGE })))).toEqual(refusal);
    expect((await ask('POST', `${NOTES}?dryRun=All`, note({ a: LARGE, b: LARGE }))).status).toBe(201);
    expect((await ask('POST', NOTES, note({ a: LARGE }))).status).toBe(201);
    const before = (await ask('GET', `${NOTES}/n`)).body;
    expect(sizes(await ask('PATCH', `${NOTES}/n`, { spec: { b: LARGE } }, MERGE))).toEqual(refusal);
    expect(sizes(await ask('PATCH', `${NOTES}/n`, [{ op: 'copy', from: '/spec/a', path: '/spec/b' }], JSON_PATCH))).toEqual(refusal);
    const bomb = Array.from({ length: 30 }, (_, index) => ({ op: 'copy', from: '/spec', path: `/spec/c${index}` }));
    expect((await ask('PATCH', `${NOTES}/n`, bomb, JSON_PATCH)).status).toBe(422);
    expect(sizes(await ask('PUT', `${NOTES}/n`, { ...note({ a: LARGE, b: LARGE }), metadata: before.metadata }))).toEqual(refusal);
    expect((await ask('GET', `${NOTES}/n`)).body).toEqual(before);
  });
});

describe('updates', () => {
  it('I4 of what is not there make a few kinds and are a 404 for others', async () => {
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
    expect((await ask('PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/l', lease)).status).toBe(201);
    expect(told(await ask('PUT', `${CONFIG_MAPS}/a`, configMap('a')))).toEqual([404, 'configmaps "a" not found']);
    await ask('POST', CONFIG_MAPS, configMap('a'));
    expect(told(await ask('PUT', `${CONFIG_MAPS}/a`, configMap('b')))).toEqual([
      400,
      'the name of the object (b) does not match the name on the URL (a)',
    ]);
  });

  it.each([
    ['merge', { metadata: { name: 'b' } }, 'the name of the object (b) does not match the name on the URL (a)'],
    ['strategic-merge', { metadata: { name: null } }, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    ['json', [{ op: 'replace', path: '/metadata/name', value: 'b' }], 'the name of the object (b) does not match the name on the URL (a)'],
  ])('I4 patches (%s) keep the name', async (type, body, message) => {
    await ask('POST', CONFIG_MAPS, configMap('a'));
    const answer = await ask('PATCH', `${CONFIG_MAPS}/a`, body, { 'Content-Type': `application/${type}-patch+json` });
    expect(told(answer)).toEqual([400, message]);
  });

  it('I5 are for the version that they name, or for any', async () => {
    const { metadata } = (await ask('POST', CONFIG_MAPS, configMap('a'))).body;
    const update = async (resourceVersion: string | undefined, value: string): Promise<Answer> =>
      ask('PUT', `${CONFIG_MAPS}/a`, configMap('a', { value }, resourceVersion === undefined ? {} : { resourceVersion }));
    expect((await update(metadata.resourceVersion, '1')).status).toBe(200);
    const [status, message] = told(await update(metadata.resourceVersion, '2'));
    expect([status, message]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ]);
    expect((await update(undefined, '3')).status).toBe(200);
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    await ask('POST', path, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} });
    const blind = await ask('PUT', `${path}/l`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'x' },
    });
    expect(told(blind)).toEqual([
      422,
      'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    ]);
  });

  it('I6 M1 of the object leave its status, those of the status the rest', async () => {
    await ask('POST', REPLICA_SETS, replicaSet('r'));
    expect((await ask('PATCH', `${REPLICA_SETS}/r`, { status: { replicas: 9 } }, MERGE)).body.status.replicas).toBe(0);
    const { body } = await ask('PATCH', `${REPLICA_SETS}/r/status`, { spec: { replicas: 5 }, status: { conditions: [] } }, MERGE);
    expect([body.spec.replicas, body.metadata.generation]).toEqual([0, 1]);
    const wrong = await ask('PATCH', `${REPLICA_SETS}/r/status`, { status: { replicas: 1, readyReplicas: 9 } }, MERGE);
    expect(told(wrong)[1]).toContain('status.readyReplicas: Invalid value: 9: cannot be greater than status.replicas');
    await ask('POST', PODS, pod('p'));
    const labelled = await ask('PATCH', `${PODS}/p/status`, { metadata: { labels: { a: 'b' } } }, MERGE);
    expect(labelled.body.metadata.labels).toEqual({ a: 'b' });
  });

  it('I8 are completed with what is meant when nothing is said', async () => {
    const { spec } = (await ask('POST', PODS, pod('p', { schedulerName: 'mine' }))).body;
    expect(spec.tolerations).toHaveLength(2);
    const { tolerations: _tolerations, ...rest } = spec;
    const { status, body } = await ask('PUT', `${PODS}/p`, { ...pod('p', rest) });
    expect([status, body.spec.tolerations]).toEqual([200, spec.tolerations]);
  });
});

describe('patches', () => {
  it('J2 a JSON patch does all or nothing', async () => {
    await ask('POST', CONFIG_MAPS, configMap('a', { k: 'v' }));
    const patch = (body: unknown): Promise<Answer> => ask('PATCH', `${CONFIG_MAPS}/a`, body, JSON_PATCH);
    expect(
      (
        await patch([
          { op: 'test', path: '/data/k', value: 'v' },
          { op: 'replace', path: '/data/k', value: 'w' },
        ])
      ).body.data,
    ).toEqual({ k: 'w' });
    for (const operations of [[{ op: 'test', path: '/data/k', value: 'v' }], [{ op: 'remove', path: '/data/none' }]]) {
      const { body } = await patch(operations);
      expect([body.code, body.reason, body.message, body.details]).toEqual([
        422,
        'Invalid',
        'the server rejected our request due to an error in our request',
        {},
      ]);
    }
    expect(told(await patch({}))).toEqual([
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ]);
  });

  it('J3 a merge patch takes away with null and replaces lists', async () => {
    await ask('POST', CONFIG_MAPS, configMap('a', {}, { labels: { x: '1', y: '2' }, finalizers: ['e.com/a', 'e.com/b'] }));
    const { metadata } = (await ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { labels: { x: null }, finalizers: ['e.com/c'] } }, MERGE))
      .body;
    expect([metadata.labels, metadata.finalizers]).toEqual([{ y: '2' }, ['e.com/c']]);
  });

  interface Named {
    readonly name: string;
    readonly image?: string;
  }
  const containers = [
    { name: 'a', image: 'i:1', args: ['x', 'y'], env: [{ name: 'A', value: '1' }] },
    { name: 'b', image: 'i:1' },
  ];
  const patchTemplate = (spec: object): Promise<Answer> => ask('PATCH', `${DEPLOYMENTS}/d`, { spec: { template: { spec } } }, STRATEGIC);

  beforeEach(async () => {
    const template = { metadata: { labels: { app: 'd' } }, spec: { containers, tolerations: [{ key: 'k', operator: 'Exists' }] } };
    await ask('POST', DEPLOYMENTS, deployment('d', { template }));
  });

  it('J4 J8 a strategic patch knows the keys of lists, and which lists are one value', async () => {
    const spec = {
      containers: [{ name: 'a', image: 'i:2', args: ['z'], env: [{ name: 'B', value: '2' }] }],
      tolerations: [{ key: 'l', operator: 'Exists' }],
    };
    const { body } = await patchTemplate(spec);
    const [a, b] = body.spec.template.spec.containers;
    expect([a.image, a.args, a.env.map(({ name }: Named) => name), b.image]).toEqual(['i:2', ['z'], ['B', 'A'], 'i:1']);
    expect(body.spec.template.spec.tolerations).toEqual([{ key: 'l', operator: 'Exists' }]);
    const deleted = await patchTemplate({ containers: [{ name: 'a', $patch: 'delete' }] });
    expect(deleted.body.spec.template.spec.containers.map(({ name }: Named) => name)).toEqual(['b']);
  });

  it('J6 J7 W9 a new element goes to the front, or where the order says', async () => {
    const order = ({ body }: Answer): string => body.spec.template.spec.containers.map(({ name }: Named) => name).join(' ');
    expect(order(await patchTemplate({ containers: [{ name: 'c', image: 'i' }] }))).toBe('c a b');
    expect(order(await patchTemplate({ containers: [{ name: 'b', image: 'i:9' }] }))).toBe('c a b');
    const $setElementOrder = ['a', 'b', 'd'].map((name) => ({ name }));
    const ordered = { '$setElementOrder/containers': $setElementOrder, containers: [{ name: 'd', image: 'i' }] };
    expect(order(await patchTemplate(ordered))).toBe('c a b d');
  });

  it('J9 M3 a scale takes patches of every type', async () => {
    const scale = `${DEPLOYMENTS}/d/scale`;
    for (const [headers, body, replicas] of [
      [MERGE, { spec: { replicas: 1 } }, 1],
      [STRATEGIC, { spec: { replicas: 2 } }, 2],
      [JSON_PATCH, [{ op: 'replace', path: '/spec/replicas', value: 3 }], 3],
    ] as const) {
      expect((await ask('PATCH', scale, body, headers)).body).toMatchObject({ kind: 'Scale', spec: { replicas } });
    }
    expect((await ask('GET', `${DEPLOYMENTS}/d`)).body.metadata.generation).toBe(4);
  });

  it('J10 X9 what kubectl sends for an apply and for an undo does what is meant', async () => {
    const apply = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
      spec: {
        template: {
          spec: {
            $setElementOrder: undefined,
            '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
            containers: [{ name: 'a', image: 'i:2' }],
          },
        },
      },
    };
    expect((await ask('PATCH', `${DEPLOYMENTS}/d`, apply, STRATEGIC)).body.spec.template.spec.containers[0]).toMatchObject({
      image: 'i:2',
      args: ['x', 'y'],
    });
    const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'a', image: 'i:1' }] } };
    const undo = [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'replace', path: '/metadata/annotations', value: { note: 'x' } },
    ];
    const { body } = await ask('PATCH', `${DEPLOYMENTS}/d`, undo, JSON_PATCH);
    expect([body.spec.template.spec.containers.length, body.metadata.annotations.note]).toEqual([1, 'x']);
  });

  it('W8 a patch that changes nothing stores nothing', async () => {
    await ask('POST', CONFIG_MAPS, configMap('a', {}, { labels: { x: '1' } }));
    const before = (await ask('GET', `${CONFIG_MAPS}/a`)).body.metadata.resourceVersion;
    for (const headers of [MERGE, STRATEGIC])
      expect((await ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { labels: { x: '1' } } }, headers)).body.metadata.resourceVersion).toBe(
        before,
      );
  });
});

describe('deletions', () => {
  it('L3 answer with the object where others answer with a Status', async () => {
    await ask('POST', PODS, pod('p', { nodeName: 'nowhere' }));
    await ask('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } });
    await ask('POST', CONFIG_MAPS, configMap('a'));
    const kindOf = async (path: string): Promise<string> => (await ask('DELETE', path)).body.kind;
    expect([
      await kindOf(`${PODS}/p`),
      await kindOf('/api/v1/namespaces/default/serviceaccounts/s'),
      await kindOf(`${CONFIG_MAPS}/a`),
    ]).toEqual(['Pod', 'ServiceAccount', 'Status']);
  });

  it('L4 W7 X4 of a bound pod wait for its node: the time is in the future, then comes the end', async () => {
    await running('p');
    const watch = await cluster.fetch(`${PODS}?watch=true&fieldSelector=metadata.name%3Dp`);
    const nowMs = cluster.nowMs();
    const { metadata } = (await ask('DELETE', `${PODS}/p`, { gracePeriodSeconds: 20 })).body;
    expect([Date.parse(metadata.deletionTimestamp) - nowMs, metadata.deletionGracePeriodSeconds, metadata.generation]).toEqual([
      20_000, 20, 2,
    ]);
    await cluster.advance(30_000);
    expect((await ask('GET', `${PODS}/p`)).status).toBe(404);
    const types = (await readEvents(watch)).map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['ADDED', 'DELETED']);
  });

  it('L4 of an unbound pod do not', async () => {
    await ask('POST', PODS, pod('p', { nodeSelector: { none: 'such' } }));
    const { metadata } = (await ask('DELETE', `${PODS}/p`)).body;
    expect(metadata.deletionGracePeriodSeconds).toBe(0);
    expect((await ask('GET', `${PODS}/p`)).status).toBe(404);
  });

  it('L5 may be shortened and not lengthened, and end at once with 0', async () => {
    await running('p', {
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'trap "" TERM; while true; do sleep 1; done'] }],
    });
    const remove = async (gracePeriodSeconds: number) => (await ask('DELETE', `${PODS}/p`, { gracePeriodSeconds })).body.metadata;
    const first = await remove(20);
    expect((await remove(25)).deletionTimestamp).toBe(first.deletionTimestamp);
    const shorter = await remove(5);
    expect([Date.parse(first.deletionTimestamp) - Date.parse(shorter.deletionTimestamp), shorter.deletionGracePeriodSeconds]).toEqual([
      15_000, 5,
    ]);
    expect((await remove(0)).deletionGracePeriodSeconds).toBe(0);
    expect((await ask('GET', `${PODS}/p`)).status).toBe(404);
  });

  it('L6 wait for finalizers, to which none is added; with the last one the object goes', async () => {
    await ask('POST', CONFIG_MAPS, configMap('a', {}, { finalizers: ['e.com/a'] }));
    const { metadata } = (await ask('DELETE', `${CONFIG_MAPS}/a`)).body;
    expect(metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ['e.com/a'] });
    const more = await ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: ['e.com/a', 'e.com/g'] } }, MERGE);
    expect(told(more)[1]).toContain(
      'no new finalizers can be added if the object is being deleted, found new finalizers []string{"e.com/g"}',
    );
    expect((await ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: null } }, MERGE)).status).toBe(200);
    expect((await ask('GET', `${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it('L7 finalizers have names with a domain', async () => {
    const { body } = await ask('POST', CONFIG_MAPS, configMap('a', {}, { finalizers: ['foo'] }));
    expect(body.message).toContain(
      'metadata.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it fully qualified',
    );
  });

  it('L8 leave pods of a Job alone unless a policy is named, and say so', async () => {
    const path = '/apis/batch/v1/namespaces/default/jobs';
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sleep', '600'] }] } };
    await ask('POST', path, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template } });
    const { headers } = await ask('DELETE', `${path}/j`);
    expect(headers.get('warning')).toContain('child pods are preserved by default when jobs are deleted');
    const [left] = (await ask('GET', PODS)).body.items;
    expect([left.metadata.deletionTimestamp, left.metadata.ownerReferences]).toEqual([undefined, undefined]);
  });

  it('L9 of what is not there, or is another, are refused', async () => {
    expect(told(await ask('DELETE', `${CONFIG_MAPS}/none`))).toEqual([404, 'configmaps "none" not found']);
    await ask('POST', CONFIG_MAPS, configMap('a'));
    expect(told(await ask('DELETE', `${CONFIG_MAPS}/a`, { preconditions: { uid: 'other' } }))[0]).toBe(409);
    expect((await ask('GET', `${CONFIG_MAPS}/a`)).status).toBe(200);
  });

  it('L11 of a namespace end what is in it, and nothing new comes', async () => {
    await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
    expect((await ask('DELETE', '/api/v1/namespaces/x')).body).toMatchObject({
      status: { phase: 'Terminating' },
      spec: { finalizers: ['kubernetes'] },
    });
    const { body } = await ask('POST', '/api/v1/namespaces/x/configmaps', configMap('a'));
    expect([body.message, body.details.causes]).toEqual([
      'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated',
      [{ reason: 'NamespaceTerminating', message: 'namespace x is being terminated', field: 'metadata.namespace' }],
    ]);
    for (const name of ['default', 'kube-system', 'kube-public'])
      expect(told(await ask('DELETE', `/api/v1/namespaces/${name}`))).toEqual([
        403,
        `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      ]);
  });

  it('L12 end with a DELETED that watchers see, whatever the kind', async () => {
    await ask('POST', CONFIG_MAPS, configMap('a'));
    await ask('POST', REPLICA_SETS, replicaSet('r'));
    for (const [path, name] of [
      [CONFIG_MAPS, 'a'],
      [REPLICA_SETS, 'r'],
    ]) {
      const watch = await cluster.fetch(`${path}?watch=true&fieldSelector=metadata.name%3D${name}`);
      await ask('DELETE', `${path}/${name}`);
      expect((await readEvents(watch)).at(-1)?.type).toBe('DELETED');
      expect((await ask('GET', `${path}/${name}`)).status).toBe(404);
    }
  });
});

describe('subresources', () => {
  it('M4 a binding puts a pod on a node, once', async () => {
    await ask('POST', PODS, pod('p', { schedulerName: 'mine' }));
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-1' } };
    const bound = await ask('POST', `${PODS}/p/binding`, binding);
    expect([bound.status, bound.body.status]).toEqual([201, 'Success']);
    const { spec, status } = (await ask('GET', `${PODS}/p`)).body;
    expect([spec.nodeName, status.conditions.find(({ type }: { type: string }) => type === 'PodScheduled').status]).toEqual([
      'node-1',
      'True',
    ]);
    expect(told(await ask('POST', `${PODS}/p/binding`, binding))).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    ]);
  });

  it('M6 a resize changes amounts, and not the class of service', async () => {
    const resources = { requests: { cpu: '100m' } };
    await running('p', { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'IfNotPresent', resources }] });
    const resize = (cpu: object): Promise<Answer> =>
      ask('PATCH', `${PODS}/p/resize`, { spec: { containers: [{ name: 'c', resources: cpu }] } }, STRATEGIC);
    expect((await resize({ requests: { cpu: '200m' } })).body.spec.containers[0].resources.requests.cpu).toBe('200m');
    await cluster.advance(60_000);
    const [status] = (await ask('GET', `${PODS}/p`)).body.status.containerStatuses;
    expect([status.resources.requests.cpu, status.allocatedResources.cpu, status.restartCount]).toEqual(['200m', '200m', 0]);
    expect(told(await ask('PATCH', `${PODS}/p/resize`, { spec: { containers: [{ name: 'c', image: 'httpd' }] } }, STRATEGIC))[1]).toContain(
      'only cpu and memory resources are mutable',
    );
    expect(told(await resize({ limits: { cpu: '200m', memory: '1Gi' }, requests: { cpu: '200m', memory: '1Gi' } }))[1]).toContain(
      'Pod QOS Class may not change as a result of resizing',
    );
  });

  it('M8 Q7 reviews answer that the one user may do everything, and are not stored', async () => {
    const review = (group: string, kind: string, spec: object = {}): Promise<Answer> =>
      ask('POST', `/apis/${group}/v1/${kind.toLowerCase()}s`, { apiVersion: `${group}/v1`, kind, spec });
    const attributes = { resourceAttributes: { verb: 'create', resource: 'pods' } };
    const access = await review('authorization.k8s.io', 'SelfSubjectAccessReview', attributes);
    expect([access.status, access.body.status.allowed, access.body.spec]).toEqual([201, true, attributes]);
    const rules = await review('authorization.k8s.io', 'SelfSubjectRulesReview', { namespace: 'default' });
    expect(rules.body.status.resourceRules).toContainEqual({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
    const self = await review('authentication.k8s.io', 'SelfSubjectReview');
    expect(self.body.status.userInfo).toMatchObject({ groups: expect.arrayContaining(['system:masters']) });
    const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const asTable = await cluster.fetch('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...accept },
      body: JSON.stringify({ spec: attributes }),
    });
    expect([asTable.status, ((await asTable.json()) as { message: string }).message]).toEqual([
      406,
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ]);
    expect((await ask('GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).status).toBeGreaterThanOrEqual(404);
  });
});
