// Rules about objects and their metadata, errors and reads, as a client sees them.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  asking,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  MERGE,
  pod,
  PODS,
  REPLICA_SETS,
  replicaSet,
  TABLE,
} from '../../support/kube-client.ts';
import { readEvents } from './recorded-watch.ts';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 1 });
});
afterEach(() => cluster.remove());

const ask = asking(() => cluster);
const names = (answer: Answer): string[] => answer.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);

describe('answers', () => {
  it('A7 are JSON that nobody keeps, errors too', async () => {
    for (const path of [PODS, `${PODS}/none`]) {
      const { headers } = await ask('GET', path);
      expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['application/json', 'no-cache, private']);
    }
  });

  it('A6 do not depend on the headers that clients send beside; CBOR is refused so that they fall back', async () => {
    const headers = {
      'Kubectl-Command': 'kubectl get',
      'Kubectl-Session': 'x',
      'User-Agent': 'kubectl/v1.33.1',
      'Accept-Encoding': 'gzip',
    };
    expect((await ask('GET', PODS, undefined, headers)).body.kind).toBe('PodList');
    expect((await ask('GET', PODS, undefined, { Accept: 'application/cbor' })).status).toBe(406);
    expect((await ask('POST', PODS, 'x', { 'Content-Type': 'application/cbor' })).status).toBe(415);
  });

  it('E1 of a failure are a Status with code, reason and details', async () => {
    const { status, body } = await ask('GET', `${PODS}/none`);
    expect([status, body]).toEqual([
      404,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'pods "none" not found',
        reason: 'NotFound',
        details: { name: 'none', kind: 'pods' },
        code: 404,
      },
    ]);
  });

  it.each([
    ['Invalid value', { restartPolicy: 'Always', terminationGracePeriodSeconds: 1, activeDeadlineSeconds: 0 }, 'FieldValueInvalid'],
    ['Required value', { containers: [{ name: 'c' }] }, 'FieldValueRequired'],
    [
      'Duplicate value',
      {
        containers: [
          { name: 'c', image: 'i' },
          { name: 'c', image: 'i' },
        ],
      },
      'FieldValueDuplicate',
    ],
    ['Unsupported value', { restartPolicy: 'Sometimes' }, 'FieldValueNotSupported'],
    ['Forbidden', { ephemeralContainers: [{ name: 'e', image: 'i' }] }, 'FieldValueForbidden'],
    ['Not found', { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }, 'FieldValueNotFound'],
  ])('E4 %s is a cause of its own', async (text, spec, reason) => {
    const { body } = await ask('POST', PODS, pod('x', spec));
    expect(body.details.causes[0]).toMatchObject({ reason, message: expect.stringContaining(text) });
    expect(body.message).toContain(`${body.details.causes[0].field}: ${body.details.causes[0].message}`);
  });

  it('E6 of a deletion are a Status with the uid of what went', async () => {
    const { metadata } = (await ask('POST', CONFIG_MAPS, configMap('a'))).body;
    expect((await ask('DELETE', `${CONFIG_MAPS}/a`)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
    });
    await ask('POST', REPLICA_SETS, replicaSet('r'));
    expect((await ask('DELETE', `${REPLICA_SETS}/r`)).body.details).toMatchObject({ name: 'r', group: 'apps', kind: 'replicasets' });
  });
});

describe('unknown fields', () => {
  const withUnknown = { ...configMap('a'), data: { k: 'v' }, foo: 1, Data: {} };

  it('C10 C12 C14 are warned of by default, dropped, and told case by case', async () => {
    const { status, headers, body } = await ask('POST', CONFIG_MAPS, withUnknown);
    expect(status).toBe(201);
    expect(headers.get('warning')).toBe('299 - "unknown field \\"foo\\"", 299 - "unknown field \\"Data\\""');
    expect(Object.keys(body)).not.toContain('foo');
  });

  it('C10 C11 C12 are refused when the client is strict, and not mentioned when it ignores them', async () => {
    const strict = await ask('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, withUnknown);
    expect([strict.status, strict.body.message]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", unknown field "Data"',
    ]);
    const twice = await cluster.fetch(`${CONFIG_MAPS}?fieldValidation=Strict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"metadata":{"name":"a"},"foo":1,"data":{"k":"1","k":"2"}}',
    });
    expect(((await twice.json()) as { message: string }).message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", duplicate field "data.k"',
    );
    const ignored = await ask('POST', `${CONFIG_MAPS}?fieldValidation=Ignore`, withUnknown);
    expect([ignored.status, ignored.headers.get('warning')]).toEqual([201, null]);
  });

  it('O14 a null is an absent member', async () => {
    const { body } = await ask('POST', CONFIG_MAPS, { ...configMap('a', {}, { labels: null }), data: null, immutable: null });
    expect([body.metadata.labels, body.data, body.immutable]).toEqual([undefined, undefined, undefined]);
  });
});

describe('metadata', () => {
  it('F2 what the server owns is not taken from a client', async () => {
    const given = { uid: 'mine', creationTimestamp: '2000-01-01T00:00:00Z', generation: 7, deletionTimestamp: '2000-01-01T00:00:00Z' };
    const { metadata } = (await ask('POST', PODS, pod('a', {}, { ...given, deletionGracePeriodSeconds: 3, selfLink: '/x' }))).body;
    expect(metadata).toMatchObject({
      creationTimestamp: '2025-01-01T00:00:00Z',
      generation: 1,
      uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
    });
    for (const name of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink']) expect(metadata).not.toHaveProperty(name);
    const versioned = await ask('POST', PODS, pod('b', {}, { resourceVersion: '1' }));
    expect([versioned.status, versioned.body.message]).toEqual([500, 'resourceVersion should not be set on objects to be created']);
  });

  it('F3 the namespace is that of the path', async () => {
    const { status, body } = await ask('POST', PODS, pod('a', {}, { namespace: 'other' }));
    expect([status, body.message]).toEqual([400, 'the namespace of the provided object does not match the namespace sent on the request']);
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', namespace: 'default' } };
    expect((await ask('POST', '/api/v1/nodes', node)).body.metadata?.namespace).toBeUndefined();
  });

  it('F6 kinds count the generations of their spec, or have none', async () => {
    expect((await ask('POST', PODS, pod('a'))).body.metadata.generation).toBe(1);
    expect((await ask('POST', CONFIG_MAPS, configMap('a'))).body.metadata.generation).toBeUndefined();
    await ask('POST', DEPLOYMENTS, deployment('d'));
    const generation = async (body: object): Promise<number> =>
      (await ask('PATCH', `${DEPLOYMENTS}/d`, body, MERGE)).body.metadata.generation;
    expect(await generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await generation({ metadata: { annotations: { a: 'b' } } })).toBe(2);
    expect(await generation({ spec: { minReadySeconds: 1 } })).toBe(3);
  });

  it('F10 zeros are left out, but for those that are always there', async () => {
    const made = (await ask('POST', REPLICA_SETS, replicaSet('r', { replicas: 0 }))).body;
    expect(made.status).toEqual({ replicas: 0 });
    expect(made.spec.template.spec.containers[0].resources).toEqual({});
    expect(made.spec.template.spec.securityContext).toEqual({});
    expect((await ask('GET', `${REPLICA_SETS}/r/scale`)).body.spec).toEqual({});
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } };
    expect((await ask('POST', '/api/v1/namespaces/default/services', service)).body.status).toEqual({ loadBalancer: {} });
  });

  it.each([
    [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '' }, 'metadata.ownerReferences.uid: Invalid value: "": uid must not be empty'],
    [
      { apiVersion: '', kind: 'Pod', name: 'a', uid: 'u' },
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    ],
    [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }, 'metadata.ownerReferences.name: Invalid value: "": name must not be empty'],
  ])('F11 an owner is named in full: %j', async (owner, text) => {
    expect((await ask('POST', PODS, pod('x', {}, { ownerReferences: [owner] }))).body.message).toContain(text);
  });

  it('F11 one owner controls', async () => {
    const owner = (name: string): object => ({ apiVersion: 'v1', kind: 'A', name, uid: name, controller: true });
    const { body } = await ask('POST', PODS, pod('x', {}, { ownerReferences: [owner('a'), owner('b')] }));
    expect(body.message).toContain('Only one reference can have Controller set to true. Found "true" in references for A/a and A/b');
  });

  it.each([
    [{ labels: { 'a b': 'x' } }, 'metadata.labels: Invalid value: "a b": name part must consist of'],
    [{ labels: { a: 'b c' } }, 'metadata.labels: Invalid value: "b c": a valid label must be'],
    [{ annotations: { 'a b': 'x' } }, 'metadata.annotations: Invalid value: "a b": name part must consist of'],
  ])('P3 keys and values have their form: %j', async (metadata, text) => {
    expect((await ask('POST', PODS, pod('x', {}, metadata))).body.message).toContain(text);
  });

  it('P11 causes of metadata come before those of the spec, which come in its order', async () => {
    const { body } = await ask(
      'POST',
      PODS,
      pod('X', { restartPolicy: 'No', containers: [{ name: 'c', image: '' }] }, { labels: { a: 'b c' } }),
    );
    expect(body.details.causes.map(({ field }: { field: string }) => field)).toEqual([
      'metadata.name',
      'metadata.labels',
      'spec.containers[0].image',
      'spec.restartPolicy',
    ]);
  });
});

describe('lists', () => {
  beforeEach(async () => {
    await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'aaa' } });
    for (const [name, app] of [
      ['z', 'web'],
      ['b', 'db'],
      ['a', 'web'],
    ])
      await ask('POST', PODS, pod(name ?? '', {}, { labels: { app } }));
    await ask('POST', '/api/v1/namespaces/aaa/pods', pod('later'));
  });

  it('G3 are ordered by namespace and name', async () => {
    expect(names(await ask('GET', '/api/v1/pods'))).toEqual(['later', 'a', 'b', 'z']);
  });

  it.each([
    ['app=web', ['a', 'z']],
    ['app!=web', ['b']],
    ['app+in+(web,db)', ['a', 'b', 'z']],
    ['app%20notin%20(web)', ['b']],
    ['!app', []],
  ])('G4 labelSelector=%s', async (selector, expected) => {
    expect(names(await ask('GET', `${PODS}?labelSelector=${selector}`))).toEqual(expected);
  });

  it('G4 a selector that cannot be read is a 400', async () => {
    const { status, body } = await ask('GET', `${PODS}?labelSelector=a+b`);
    expect([status, body.message]).toEqual([400, "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"]);
  });

  it('G6 come in pages that all show the first instant', async () => {
    const first = await ask('GET', `${PODS}?limit=2`);
    expect([names(first), first.body.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
    const token = encodeURIComponent(first.body.metadata.continue);
    const rest = await ask('GET', `${PODS}?limit=2&continue=${token}`);
    expect([names(rest), rest.body.metadata]).toEqual([['z'], { resourceVersion: first.body.metadata.resourceVersion }]);
    const refused = await ask('GET', `${PODS}?limit=2&continue=${token}&resourceVersion=1`);
    expect([refused.status, refused.body.message]).toEqual([400, 'specifying resource version is not allowed when using continue']);
    expect((await ask('GET', `${PODS}?continue=rubbish`)).body.message).toMatch(/^continue key is not valid|^invalid continue token/);
  });

  it('G8 of one object by name lead to a watch of it', async () => {
    const listed = await ask('GET', `${PODS}?fieldSelector=metadata.name%3Da&limit=500&resourceVersion=0`);
    expect(names(listed)).toEqual(['a']);
    const watch = await cluster.fetch(
      `${PODS}?watch=true&fieldSelector=metadata.name%3Da&resourceVersion=${listed.body.metadata.resourceVersion}`,
    );
    await ask('PATCH', `${PODS}/b`, { metadata: { labels: { x: 'y' } } }, MERGE);
    await ask('PATCH', `${PODS}/a`, { metadata: { labels: { x: 'y' } } }, MERGE);
    expect((await readEvents(watch)).map(({ type, object }) => `${type} ${object.metadata?.name}`)).toEqual(['MODIFIED a']);
  });

  it('G9 a list that is no table takes no notice of includeObject', async () => {
    expect(names(await ask('GET', `${PODS}?includeObject=None`))).toEqual(['a', 'b', 'z']);
    expect((await ask('GET', `${PODS}?includeObject=None`, undefined, TABLE)).body.rows[0].object).toBeNull();
  });

  it('H12 a watch behind the list of a table goes on in tables', async () => {
    const listed = await ask('GET', `${PODS}?limit=500`, undefined, TABLE);
    const watch = await cluster.fetch(`${PODS}?watch=true&resourceVersion=${listed.body.metadata.resourceVersion}`, { headers: TABLE });
    await ask('DELETE', `${PODS}/a?gracePeriodSeconds=0`);
    const rows = (await readEvents(watch)).map(({ type, object }) => [
      type,
      (object as { rows?: [{ cells: string[] }] }).rows?.[0].cells[0],
    ]);
    expect(rows.at(-1)).toEqual(['DELETED', 'a']);
  });

  it('A1 H9 a watch flushes each event at once, and ends cleanly after the time that it was given', async () => {
    const response = await cluster.fetch(`${PODS}?watch=true&timeoutSeconds=1`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toContain('"type":"ADDED"');
    for (let part = await reader.read(); !part.done; part = await reader.read());
    expect(response.status).toBe(200);
  });
});
