// Rules about what clients rely on beyond objects, on a service with a socket.

import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Answer, APPLY, type KubeServer, MERGE, send } from '../../support/kube-client.ts';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { decodeProtobuf } from '../../../src/http/kube/protobuf/decode.ts';
import { encodeProtobuf } from '../../../src/http/kube/protobuf/encode.ts';
import { readFields } from '../../../src/http/kube/protobuf/wire.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const TOKEN = 'the-token-of-the-service';
const P = '/clusters/demo';
const PODS = `${P}/api/v1/namespaces/default/pods`;

let served: TestService;
let guarded: TestService;
/** The service, whose paths begin with the cluster's. */
const service: KubeServer = { fetch: (path, init) => fetch(served.url + path, init) };

beforeAll(async () => {
  served = await startTestService();
  guarded = await startTestService({ token: TOKEN });
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
  await guarded.http.post('/v1/clusters').set('Authorization', `Bearer ${TOKEN}`).send({ name: 'demo', nodes: 1 });
});
afterAll(async () => {
  await served.close();
  await guarded.close();
});

interface Json {
  readonly [member: string]: Json;
}

async function get(
  path: string,
  headers: Record<string, string> = {},
  from = served,
): Promise<{ response: Response; body: Json; text: string }> {
  const response = await fetch(from.url + path, { headers });
  const text = await response.text();
  return { response, text, body: asJson(text) };
}

/** Streams and texts are no JSON. */
function asJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

describe('documents', () => {
  it('B1 the version is one that clients can read', async () => {
    const { body } = await get(`${P}/version`);
    expect(body).toMatchObject({ major: '1', minor: '33', gitTreeState: 'clean', platform: 'linux/amd64' });
    expect(String(body['gitVersion'])).toMatch(/^v1\.33\.\d+$/);
  });

  it.each(['healthz', 'livez', 'readyz'])('B2 /%s is ok, and lists its checks', async (path) => {
    const { response, text } = await get(`${P}/${path}`);
    expect([response.status, text, response.headers.get('content-type')]).toEqual([200, 'ok', 'text/plain; charset=utf-8']);
    expect((await get(`${P}/${path}?verbose`)).text).toContain('[+]ping ok\n');
  });

  const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const V2_BETA = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList';

  it.each([
    ['the newest that is known', `${V2},${V2_BETA},application/json`, V2],
    ['the older one', `${V2_BETA},application/json`, V2_BETA],
    ['members in another order', 'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io', V2],
    ['none', 'application/json, */*', 'application/json'],
  ])('B6 X11 aggregated discovery: %s', async (_name, accept, type) => {
    const { response, body } = await get(`${P}/apis`, { Accept: accept });
    expect([response.headers.get('content-type'), response.headers.get('vary')]).toEqual([type, 'Accept']);
    expect(body['kind']).toBe(type === 'application/json' ? 'APIGroupList' : 'APIGroupDiscoveryList');
  });

  it.each(['/api', '/apis', '/api/v1', '/apis/apps/v1', '/openapi/v3'])('B9 B10 W12 %s is not sent twice', async (path) => {
    const { response } = await get(P + path);
    const tag = response.headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    const again = await get(P + path, { 'If-None-Match': tag });
    expect([again.response.status, again.text]).toEqual([304, '']);
  });

  it('B11 a type that nobody knows is not in discovery, and that is all that is asked', async () => {
    const { body } = await get(`${P}/api/v1`);
    const names = (body['resources'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('pods');
    expect(names).not.toContain('foo');
    expect((await get(`${P}/apis/example.com/v1`)).response.status).toBe(404);
  });

  it('A4 W3 addresses of OpenAPI documents carry the prefix, and their hash is that of the text', async () => {
    const { body } = await get(`${P}/openapi/v3`);
    const paths = body['paths'] as unknown as Record<string, { serverRelativeURL: string }>;
    const apps = paths['apis/apps/v1']?.serverRelativeURL ?? '';
    expect(apps).toMatch(/^\/clusters\/demo\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]+$/);
    const document = await get(apps);
    expect([document.response.status, document.body['openapi'], document.response.headers.get('cache-control')]).toEqual([
      200,
      '3.0.0',
      'public, immutable',
    ]);
  });

  const PROTOBUF_DOCUMENT = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

  it.each([PROTOBUF_DOCUMENT, PROTOBUF_DOCUMENT.replace('@', '.'), `${PROTOBUF_DOCUMENT}, */*`])(
    'W2 C2 the v2 document is protobuf for Accept %s',
    async (accept) => {
      const response = await fetch(`${served.url + P}/openapi/v2`, { headers: { Accept: accept } });
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(Array.from(bytes.subarray(0, 5))).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]);
      expect(response.headers.get('content-type')).toBe(PROTOBUF_DOCUMENT.replace('@', '.'));
    },
  );

  it.each(['application/json', '*/*', 'application/json, */*'])('C2 the v2 document is JSON for Accept %s', async (accept) => {
    const { response, body } = await get(`${P}/openapi/v2`, { Accept: accept });
    expect([response.status, response.headers.get('content-type'), body['swagger']]).toEqual([200, 'application/json', '2.0']);
    const pod = body['definitions']?.['io.k8s.api.core.v1.Pod'];
    expect(pod?.['properties']?.['spec']).toMatchObject({ $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' });
    expect(pod?.['x-kubernetes-group-version-kind']).toEqual([{ group: '', version: 'v1', kind: 'Pod' }]);
    expect(body['paths']?.['/api/v1/namespaces/{namespace}/pods/{name}']?.['patch']?.['x-kubernetes-group-version-kind']).toEqual({
      group: '',
      version: 'v1',
      kind: 'Pod',
    });
  });

  it('C2 no other form of the v2 document is acceptable', async () => {
    expect((await get(`${P}/openapi/v2`, { Accept: 'text/html' })).response.status).toBe(406);
  });

  it('B2 health says each check, and what was excluded', async () => {
    const { text } = await get(`${P}/readyz?verbose&exclude=etcd&exclude=nobody`);
    expect(text).toMatch(/^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd excluded: ok\n/);
    expect(text).toMatch(/\[\+\]poststarthook\/rbac\/bootstrap-roles ok\n/);
    expect(text).toMatch(/\[\+\]shutdown ok\nwarn: some health checks cannot be excluded: no matches for "nobody"\nreadyz check passed\n$/);
    expect((await get(`${P}/livez/poststarthook/rbac/bootstrap-roles`)).text).toBe('ok');
    expect((await get(`${P}/livez/shutdown`)).response.status).toBe(404);
    const paths = (await get(`${P}/`)).body['paths'] as unknown as readonly string[];
    expect(paths).toEqual(expect.arrayContaining(['/livez', '/livez/ping', '/readyz/shutdown']));
  });

  it('B4 custom resources say as what they are stored', async () => {
    const version = { served: true, schema: { openAPIV3Schema: { type: 'object' } } };
    await send(service, 'POST', `${P}/apis/apiextensions.k8s.io/v1/customresourcedefinitions`, {
      metadata: { name: 'gears.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'gears', kind: 'Gear' },
        versions: [
          { ...version, name: 'v1', storage: true },
          { ...version, name: 'v2', storage: false },
        ],
      },
    });
    const hash = createHash('sha256').update('example.com/v1/Gear').digest().subarray(0, 8).toString('base64');
    for (const name of ['v1', 'v2'])
      expect((await get(`${P}/apis/example.com/${name}`)).body['resources']?.[0]?.['storageVersionHash']).toBe(hash);
  });
});

describe('requests', () => {
  it('A1 a watch is sent at once, keeps its connection and ends when its time is over', async () => {
    const lines: string[] = [];
    const headersFirst = await new Promise<boolean>((resolve, reject) => {
      const request = httpRequest(`${served.url + PODS}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone`, (response) => {
        resolve(lines.length === 0 && response.headers['transfer-encoding'] === 'chunked');
        response.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
      });
      request.on('error', reject).end();
    });
    expect(headersFirst).toBe(true);
  });

  it('G1 one object, or none', async () => {
    await send(service, 'POST', `${P}/api/v1/namespaces/default/configmaps`, { metadata: { name: 'g1' } });
    expect((await get(`${P}/api/v1/namespaces/default/configmaps/g1?resourceVersion=0`)).body['kind']).toBe('ConfigMap');
    expect((await get(`${P}/api/v1/namespaces/default/configmaps/g2`)).response.status).toBe(404);
  });

  it('G9 N3 what rows hold of their objects is asked for in the query', async () => {
    const accept = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    const kindOf = async (include: string): Promise<unknown> => {
      const { body } = await get(`${P}/api/v1/nodes?includeObject=${include}`, accept);
      return (body['rows'] as unknown as { object: { kind: string } | null }[])[0]?.object?.kind ?? null;
    };
    expect([await kindOf('Metadata'), await kindOf('Object'), await kindOf('None')]).toEqual(['PartialObjectMetadata', 'Node', null]);
  });

  it('I2 the body comes first, then the namespace, then the fields, then the name', async () => {
    const ask = async (namespace: string, body: object | string): Promise<readonly [number, unknown]> => {
      const path = `${P}/api/v1/namespaces/${namespace}/configmaps`;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(served.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text });
      return [response.status, ((await response.json()) as Json)['message']];
    };
    await ask('default', { metadata: { name: 'taken' } });
    expect((await ask('nope', '{'))[0]).toBe(400);
    expect((await ask('nope', { metadata: { name: 'a', namespace: 'default' } }))[0]).toBe(400);
    expect(await ask('nope', { metadata: { name: 'A B' } })).toEqual([404, 'namespaces "nope" not found']);
    expect((await ask('default', { metadata: { name: 'A B' } }))[0]).toBe(422);
    expect(await ask('default', { metadata: { name: 'taken' } })).toEqual([409, 'configmaps "taken" already exists']);
  });

  it('K1 an apply creates what is absent and merges into what is there', async () => {
    const apply = (data: object): Promise<Answer> =>
      send(
        service,
        'PATCH',
        `${P}/api/v1/namespaces/default/configmaps/applied?fieldManager=t&force=true`,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data },
        APPLY,
      );
    expect((await apply({ a: '1' })).status).toBe(201);
    const merged = await apply({ a: '2' });
    expect([merged.status, merged.body['data']]).toEqual([200, { a: '2' }]);
  });

  it('A9 what may be tried again says when', async () => {
    const labels = { app: 'kept' };
    await send(service, 'POST', PODS, { metadata: { name: 'kept', labels }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    await send(service, 'POST', `${P}/apis/policy/v1/namespaces/default/poddisruptionbudgets`, {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    });
    await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '1m' });
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'kept', namespace: 'default' } };
    const { status, body, headers } = await send(service, 'POST', `${PODS}/kept/eviction`, eviction);
    expect([status, body['reason'], headers.get('retry-after')]).toEqual([429, 'TooManyRequests', null]);
    // A revision that is not there yet comes with time, so that clients try again by themselves.
    const ahead = await get(`${PODS}?resourceVersion=999999&resourceVersionMatch=NotOlderThan`);
    expect([ahead.response.status, ahead.response.headers.get('retry-after')]).toEqual([504, '1']);
  });

  it('W6 X1 rows carry metadata and all cells, lists end in List and have a revision', async () => {
    const accept = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    const { body } = await get(`${P}/api/v1/nodes?limit=500`, accept);
    const { columnDefinitions, rows, metadata } = body as unknown as {
      readonly columnDefinitions: readonly { readonly name: string }[];
      readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: Json }[];
      readonly metadata: { readonly resourceVersion: string };
    };
    expect(Object.keys(columnDefinitions[0] ?? {})).toEqual(['name', 'type', 'format', 'description', 'priority']);
    expect(rows[0]?.cells).toHaveLength(columnDefinitions.length);
    expect(rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'node-1' } });
    const { body: list } = await get(`${P}/api/v1/nodes`);
    expect(list).toMatchObject({ kind: 'NodeList', metadata: { resourceVersion: metadata.resourceVersion } });
  });

  it('X2 H10 a watch of rows carries the columns once', async () => {
    const accept = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    await send(service, 'POST', `${P}/api/v1/namespaces/default/configmaps`, { metadata: { name: 'x2-a', labels: { x: '2' } } });
    await send(service, 'POST', `${P}/api/v1/namespaces/default/configmaps`, { metadata: { name: 'x2-b', labels: { x: '2' } } });
    const { text } = await get(`${P}/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=1&labelSelector=x%3D2`, accept);
    const objects = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { object: { columnDefinitions: unknown[] | null; rows: unknown[] } }).object);
    expect(objects.map(({ columnDefinitions, rows }) => [columnDefinitions?.length ?? null, rows.length])).toEqual([
      [3, 1],
      [null, 1],
    ]);
  });

  it('W5 H5 a watch of one name sees its end', async () => {
    await send(service, 'POST', `${P}/api/v1/namespaces/default/configmaps`, { metadata: { name: 'w5' } });
    const { body } = await get(`${P}/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Dw5`);
    const revision = (body['metadata'] as unknown as { resourceVersion: string }).resourceVersion;
    await fetch(`${served.url + P}/api/v1/namespaces/default/configmaps/w5`, { method: 'DELETE' });
    const { text } = await get(
      `${P}/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dw5&resourceVersion=${revision}`,
    );
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['DELETED']);
  });

  it('W13 E3 X10 what is wrong with fields is in the details', async () => {
    const { body } = await send(service, 'POST', PODS, { metadata: { name: 'X_X' }, spec: { containers: [{ name: 'c' }] } });
    const { name, kind, causes } = body['details'] as unknown as {
      name: string;
      kind: string;
      causes: { field: string; message: string }[];
    };
    expect([name, kind, causes.map(({ field }) => field)]).toEqual(['X_X', 'Pod', ['metadata.name', 'spec.containers[0].image']]);
    expect(causes[1]?.message).toBe('Required value');
  });

  it('W14 F6 generations follow the spec, and a scale of 0 has no replicas', async () => {
    const path = `${P}/apis/apps/v1/namespaces/default/deployments`;
    const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const made = await send(service, 'POST', path, {
      metadata: { name: 'w' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'w' } }, template },
    });
    const labelled = await send(service, 'PATCH', `${path}/w`, { metadata: { labels: { a: 'b' } } }, MERGE);
    const scaled = await send(service, 'PATCH', `${path}/w`, { spec: { replicas: 1 } }, MERGE);
    const generation = (body: Json): unknown => body['metadata']?.['generation'];
    expect([made, labelled, scaled].map(({ body }) => generation(body))).toEqual([1, 1, 2]);
    await send(service, 'PATCH', `${path}/w/scale`, { spec: { replicas: 0 } }, MERGE);
    expect((await get(`${path}/w/scale`)).body['spec']).toEqual({});
  });

  it('W1 D4 a client that sends protobuf is understood', async () => {
    // The namespace `demo`, as kubectl from 1.32 on sends it (X5).
    const hex = '6b3873000a0f0a02763112094e616d657370616365121c0a140a0464656d6f12001a0022002a0032003800420012001a020a001a002200';
    const body = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const headers = {
      'Content-Type': 'application/vnd.kubernetes.protobuf',
      Accept: 'application/vnd.kubernetes.protobuf,application/json',
    };
    const response = await fetch(`${served.url + P}/api/v1/namespaces`, { method: 'POST', headers, body });
    expect([response.status, ((await response.json()) as Json)['metadata']?.['name']]).toEqual([201, 'demo']);
  });
});

describe('clients that accept nothing but protobuf', () => {
  const ACCEPT = { Accept: 'application/vnd.kubernetes.protobuf' };

  async function decoded(
    path: string,
    headers: Record<string, string> = ACCEPT,
  ): Promise<{ status: number; type: string | null; value: unknown }> {
    const response = await fetch(served.url + P + path, { headers });
    const object = decodeProtobuf(new Uint8Array(await response.arrayBuffer()));
    return { status: response.status, type: response.headers.get('content-type'), value: object.ok ? object.value : object.message };
  }

  it('D2 D4 get objects and failures in it', async () => {
    const found = await decoded('/api/v1/namespaces/default');
    expect([found.status, found.type]).toEqual([200, 'application/vnd.kubernetes.protobuf']);
    expect(found.value).toEqual((await get(`${P}/api/v1/namespaces/default`)).body);
    expect(await decoded('/api/v1/namespaces/nobody')).toMatchObject({
      status: 404,
      type: 'application/vnd.kubernetes.protobuf',
      value: { kind: 'Status', reason: 'NotFound', code: 404 },
    });
    const metadata = await decoded('/api/v1/namespaces/default', {
      Accept: `${ACCEPT.Accept};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`,
    });
    expect(metadata.value).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'default' } });
  });

  it('D2 D4 lists are the encoded items', async () => {
    const response = await fetch(`${served.url + P}/api/v1/namespaces`, { headers: ACCEPT });
    const list = (await get(`${P}/api/v1/namespaces`)).body as unknown as JsonObject;
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(encodeProtobuf(list));
  });

  it('D2 H1 watches are frames of events with a length before them', async () => {
    const url = `${served.url + P}/api/v1/namespaces?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Ddefault`;
    const response = await fetch(url, { headers: { Accept: `${ACCEPT.Accept};stream=watch` } });
    expect(response.headers.get('content-type')).toBe('application/vnd.kubernetes.protobuf;stream=watch');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = new DataView(bytes.buffer).getUint32(0);
    expect(length).toBe(bytes.length - 4);
    const [type, object] = readFields(bytes.subarray(4)) ?? [];
    const [raw] = readFields(object?.bytes ?? new Uint8Array()) ?? [];
    expect(new TextDecoder().decode(type?.bytes)).toBe('ADDED');
    expect(decodeProtobuf(raw?.bytes ?? new Uint8Array())).toEqual({ ok: true, value: (await get(`${P}/api/v1/namespaces/default`)).body });
  });

  it('D2 custom resources are not acceptable in it', async () => {
    expect((await get(`${P}/apis/example.com/v1/namespaces/default/gears`, ACCEPT)).response.status).toBe(406);
  });
});

describe('the default cluster at the root', () => {
  it('A3 B2 the health of a Kubernetes API server is told there, and the own health of the service', async () => {
    const root = await startTestService({ defaultCluster: 'main' });
    await root.http.post('/v1/clusters').send({ name: 'main', nodes: 1 });
    const text = async (path: string) => (await get(path, {}, root)).text;
    expect(await text('/livez')).toBe('ok');
    for (const path of ['/livez/ping', '/readyz/ping', '/healthz/etcd', '/readyz/poststarthook/rbac/bootstrap-roles'])
      expect(await text(path)).toBe('ok');
    expect(await text('/readyz?verbose')).toMatch(/^\[\+\]ping ok\n[^]*readyz check passed\n$/);
    expect(await text('/healthz?verbose')).toMatch(/healthz check passed\n$/);
    expect([await text('/readyz'), await text('/healthz')]).toEqual(['{"status":"ready"}', '{"status":"ok"}']);
    await root.close();
  });
});

describe('who asks', () => {
  it('Q2 Q8 W4 the kubeconfig is as small as may be, and says that plain HTTP is meant', async () => {
    const { text } = await get('/v1/clusters/demo/kubeconfig');
    const server = expect.stringMatching(new RegExp(`^${served.url}/clusters/demo\\.\\w+$`));
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'orrery-demo', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'orrery-demo', user: {} }],
      contexts: [{ name: 'orrery-demo', context: { cluster: 'orrery-demo', user: 'orrery-demo', namespace: 'default' } }],
      'current-context': 'orrery-demo',
    });
  });

  it('Q3 a name and a password in the address open nothing, and disturb nothing', async () => {
    const basic = { Authorization: `Basic ${Buffer.from('user:pw').toString('base64')}` };
    expect((await get(PODS, basic)).response.status).toBe(200);
    expect((await get(PODS, basic, guarded)).response.status).toBe(401);
  });

  it('Q4 who one pretends to be is who one is, with groups', async () => {
    const response = await fetch(`${served.url + P}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Impersonate-User': 'bob', 'Impersonate-Group': 'teachers' },
      body: '{}',
    });
    const { status } = (await response.json()) as { status: { userInfo: unknown } };
    expect(status.userInfo).toEqual({ username: 'bob', groups: ['teachers', 'system:authenticated'] });
  });

  it('Q1 Q5 without a token the service that has one says so', async () => {
    const { response, body } = await get(PODS, {}, guarded);
    expect([response.status, body]).toEqual([
      401,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
    ]);
  });
});
