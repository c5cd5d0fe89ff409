// Conversion webhooks by url (O15): a real server on loopback converts custom resources between their versions, for writes and for reads.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConversionServer, startConversionServer } from '../../support/conversion-server.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { patching, startWebhookServer } from '../../support/webhook-server.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const V1 = '/apis/stable.example.com/v1/namespaces/default/spots';
const V2 = '/apis/stable.example.com/v2/namespaces/default/spots';
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

let served: TestService;
let hook: ConversionServer;

beforeEach(async () => {
  served = await startTestService({ webhookHosts: ['loopback'] });
  hook = await startConversionServer();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: [] }).expect(201);
});
afterEach(async () => {
  await hook.close();
  await served.close();
  expect(served.failures).toEqual([]);
});

interface Body {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: object;
    readonly annotations?: object;
    readonly managedFields?: readonly { readonly apiVersion: string; readonly fieldsV1: object }[];
  };
  readonly items: readonly Body[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
  readonly status?: { readonly storedVersions?: readonly string[] };
  readonly host?: string;
  readonly port?: string;
  readonly hostPort?: string;
}

interface Sending {
  readonly type?: string;
  readonly accept?: string;
  readonly cluster?: string;
}

/** Sends a request that must be answered with a code. */
async function send(method: string, path: string, code: number, body?: unknown, how: Sending = {}): Promise<Body> {
  const { type = 'application/json', accept = 'application/json', cluster = 'demo' } = how;
  const init = { method, headers: { 'content-type': type, accept }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${served.url}/clusters/${cluster}${path}`, init);
  const answer = (await response.json()) as Body;
  expect(`${response.status} ${answer.message ?? ''}`).toMatch(new RegExp(`^${code} `));
  return answer;
}

const text = { type: 'string' };
const VERSIONS: readonly object[] = [
  {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { hostPort: text } } },
    selectableFields: [{ jsonPath: '.hostPort' }],
  },
  {
    name: 'v2',
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: 'object', properties: { host: text, port: text } } },
    selectableFields: [{ jsonPath: '.host' }, { jsonPath: '.port' }],
    additionalPrinterColumns: [{ name: 'Host', type: 'string', jsonPath: '.host' }],
  },
];

function definition(clientConfig: object = { url: hook.url, caBundle: hook.caBundle }, versions = VERSIONS): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'spots.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'spots', kind: 'Spot' },
      versions,
      conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] } },
    },
  };
}

const define = (...parts: Parameters<typeof definition>): Promise<Body> => send('POST', DEFINITIONS, 201, definition(...parts));

function spot(version: 'v1' | 'v2', name: string, content: object, metadata: object = {}): object {
  return { apiVersion: `stable.example.com/${version}`, kind: 'Spot', metadata: { name, ...metadata }, ...content };
}

const digestOf = async (name: string): Promise<string> => (await served.http.get(`/v1/clusters/${name}`)).body.digest;
const contentOf = ({ apiVersion, hostPort, host, port }: Body): object => ({ apiVersion, hostPort, host, port });
const AS_V1 = { apiVersion: 'stable.example.com/v1', hostPort: 'a:1', host: undefined, port: undefined };
const AS_V2 = { apiVersion: 'stable.example.com/v2', hostPort: undefined, host: 'a', port: '1' };
const FAILED = 'conversion webhook for stable.example.com/v1, Kind=Spot failed: ';

describe('O15: writes in another version than the stored one', () => {
  beforeEach(() => define());

  it('O15 a creation is stored converted, and answered as it is read', async () => {
    const created = await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1', unknown: 'x' }));
    expect(contentOf(created)).toEqual(AS_V2);
    expect(hook.asked).toEqual(['s v2→v1', 's v1→v2']);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
    expect(hook.asked).toHaveLength(2);
    expect(created.metadata.managedFields).toMatchObject([
      { apiVersion: 'stable.example.com/v2', fieldsV1: { 'f:host': {}, 'f:port': {} } },
    ]);
  });

  it('O15 a review has the object as it is stored, without its revision', async () => {
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }));
    expect(hook.asked).toEqual([]);
    await send('GET', `${V2}/s`, 200);
    expect(hook.sent[0]).toMatchObject({ kind: 'Spot', apiVersion: 'stable.example.com/v1', hostPort: 'a:1' });
    expect(hook.sent[0]?.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(hook.sent[0]?.metadata).not.toHaveProperty('resourceVersion');
  });

  it.each<[string, string, string, object, Sending]>([
    ['an update', 'PUT', V2, spot('v2', 's', { host: 'b', port: '1' }), {}],
    ['a merge patch', 'PATCH', V2, { host: 'b' }, { type: MERGE }],
    ['a JSON patch', 'PATCH', V2, [{ op: 'replace', path: '/host', value: 'b' }], { type: 'application/json-patch+json' }],
    ['a server-side apply', 'PATCH', `${V2}`, spot('v2', 's', { host: 'b' }), { type: APPLY }],
  ])('O15 %s changes what is stored', async (_title, method, path, body, how) => {
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }));
    const query = how.type === APPLY ? '?fieldManager=me&force=true' : '';
    const changed = await send(method, `${path}/s${query}`, 200, body, how);
    expect(contentOf(changed)).toEqual({ ...AS_V2, host: 'b' });
    const stored = await send('GET', `${V1}/s`, 200);
    expect(contentOf(stored)).toEqual({ ...AS_V1, hostPort: 'b:1' });
    expect(stored.metadata).toMatchObject({ generation: 2, resourceVersion: changed.metadata.resourceVersion });
    hook.asked.length = 0;
    const again = await send(method, `${path}/s${query}`, 200, body, how);
    expect(again.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
    expect(new Set(hook.asked)).toEqual(new Set(['s v1→v2', 's v2→v1']));
  });

  it('O15 an apply creates what is not there, and its owner is of the version', async () => {
    const { metadata } = await send('PATCH', `${V2}/s?fieldManager=me`, 201, spot('v2', 's', { host: 'a', port: '1' }), { type: APPLY });
    expect(metadata.managedFields).toMatchObject([{ apiVersion: 'stable.example.com/v2', operation: 'Apply', manager: 'me' }]);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
  });

  it('O15 a dry run is converted both ways, and stores nothing', async () => {
    const tried = await send('POST', `${V2}?dryRun=All`, 201, spot('v2', 's', { host: 'a', port: '1' }));
    expect(contentOf(tried)).toEqual(AS_V2);
    expect(hook.asked).toEqual(['s v2→v1', 's v1→v2']);
    await send('GET', `${V1}/s`, 404);
  });

  it('O15 what is deleted is converted first', async () => {
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }, { finalizers: ['example.com/wait'] }));
    const waiting = await send('DELETE', `${V2}/s`, 200);
    expect(contentOf(waiting)).toEqual(AS_V2);
    expect(waiting.metadata).toHaveProperty('deletionTimestamp');
    hook.instead = (response) => response.destroy();
    const gone = `${FAILED}Post "${hook.url}/?timeout=30s": EOF`;
    expect((await send('DELETE', `${V2}/s`, 500)).message).toBe(gone);
    await send('PATCH', `${V1}/s`, 200, { metadata: { finalizers: null } }, { type: MERGE });
    await send('GET', `${V1}/s`, 404);
  });

  it('O15 G5 a collection is deleted by the fields of its version', async () => {
    for (const [name, hostPort] of Object.entries({ r: 'a:1', s: 'a:2', t: 'b:1' }))
      await send('POST', V1, 201, spot('v1', name, { hostPort }));
    const { items } = await send('DELETE', `${V2}?fieldSelector=host%3Da,port%3D2`, 200);
    expect(items).toMatchObject([{ metadata: { name: 's' }, host: 'a', port: '2' }]);
    expect((await send('GET', V1, 200)).items.map(({ metadata }) => metadata.name)).toEqual(['r', 't']);
  });

  it('O15 what is written without a change is stored in the stored version of today', async () => {
    const { metadata } = await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }));
    const swapped = VERSIONS.map((version, index) => ({ ...version, storage: index === 1 }));
    const { status } = await send('PUT', `${DEFINITIONS}/spots.stable.example.com`, 200, definition(undefined, swapped));
    expect(status?.storedVersions).toEqual(['v1', 'v2']);
    expect((await send('GET', `${V2}/s`, 200)).metadata.resourceVersion).toBe(metadata.resourceVersion);
    const moved = await send('PUT', `${V2}/s`, 200, spot('v2', 's', { host: 'a', port: '1' }));
    expect(moved.metadata.resourceVersion).not.toBe(metadata.resourceVersion);
    hook.asked.length = 0;
    expect(contentOf(await send('GET', `${V2}/s`, 200))).toEqual(AS_V2);
    expect(hook.asked).toEqual([]);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
    expect(hook.asked).toEqual(['s v2→v1']);
  });
});

describe('O15: reads in another version than the stored one', () => {
  beforeEach(async () => {
    await define();
    for (const [name, hostPort] of Object.entries({ r: 'a:1', s: 'a:2', t: 'b:1' }))
      await send('POST', V1, 201, spot('v1', name, { hostPort }));
  });

  it('O15 a list is converted, each state of an object once', async () => {
    expect((await send('GET', V2, 200)).items.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:1', 'a:2', 'b:1']);
    expect(hook.asked).toEqual(['r v1→v2', 's v1→v2', 't v1→v2']);
    await send('PATCH', `${V1}/s`, 200, { hostPort: 'c:3' }, { type: MERGE });
    expect((await send('GET', V2, 200)).items.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:1', 'c:3', 'b:1']);
    expect(hook.asked.slice(3)).toEqual(['s v1→v2']);
  });

  it('O15 a page is converted, and no more', async () => {
    const { items, metadata } = await send('GET', `${V2}?limit=2`, 200);
    expect(items.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:1', 'a:2']);
    expect(metadata).toMatchObject({ remainingItemCount: 1 });
    expect(hook.asked).toEqual(['r v1→v2', 's v1→v2']);
  });

  it('O15 a table has the columns of its version', async () => {
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';
    const { rows } = await send('GET', V2, 200, undefined, { accept });
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['r', 'a'],
      ['s', 'a'],
      ['t', 'b'],
    ]);
  });

  it('O15 G5 fields and labels are those of the version that is read', async () => {
    hook.change = (object) => ({ ...object, metadata: { ...object.metadata, labels: { of: object.host ?? '' } } });
    const names = async (path: string): Promise<readonly string[]> =>
      (await send('GET', path, 200)).items.map(({ metadata }) => metadata.name);
    expect(await names(`${V2}?fieldSelector=host%3Da`)).toEqual(['r', 's']);
    expect(await names(`${V2}?fieldSelector=host%3Da,port%3D1`)).toEqual(['r']);
    expect(await names(`${V2}?labelSelector=of%3Db`)).toEqual(['t']);
    expect(await names(`${V1}?fieldSelector=hostPort%3Da:2`)).toEqual(['s']);
    const { message } = await send('GET', `${V1}?fieldSelector=host%3Da`, 400);
    expect(message).toContain('field label not supported: host');
  });

  it('O15 a get asks anew, so that a mended webhook is seen', async () => {
    hook.change = (object) => ({ ...object, host: 'wrong' });
    expect((await send('GET', `${V2}/r`, 200)).host).toBe('wrong');
    hook.change = (object) => object;
    expect((await send('GET', `${V2}/r`, 200)).host).toBe('a');
    expect((await send('GET', V2, 200)).items[0]?.host).toBe('a');
  });

  it('O15 a scale is that of the version', async () => {
    const integer = { type: 'object', properties: { replicas: { type: 'integer' } } };
    const schema = { openAPIV3Schema: { type: 'object', properties: { hostPort: text, spec: integer, status: integer } } };
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
    const versions = VERSIONS.map((version) => ({ ...version, schema, subresources: { scale }, selectableFields: [] }));
    await send('PUT', `${DEFINITIONS}/spots.stable.example.com`, 200, definition(undefined, versions));
    await send('PATCH', `${V1}/r`, 200, { spec: { replicas: 2 } }, { type: MERGE });
    hook.change = (object) => ({ ...object, spec: { replicas: 7 } });
    expect(await send('GET', `${V2}/r/scale`, 200)).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
    hook.change = (object) => object;
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'r' }, spec: { replicas: 3 } };
    expect(await send('PUT', `${V2}/r/scale`, 200, body)).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect(await send('GET', `${V1}/r`, 200)).toMatchObject({ spec: { replicas: 3 } });
  });

  it('O15 the past is read as the present is', async () => {
    const { metadata } = await send('PATCH', `${V1}/r`, 200, { hostPort: 'z:9' }, { type: MERGE });
    const before = Number(metadata.resourceVersion) - 1;
    const { items } = await send('GET', `${V2}?resourceVersion=${before}&resourceVersionMatch=Exact`, 200);
    expect(items.map(({ host }) => host)).toEqual(['a', 'a', 'b']);
    await served.http
      .post('/v1/clusters/demo/forks')
      .send({ name: 'fork', at: `rv:${before}` })
      .expect(201);
    expect(await send('GET', `${V2}/r`, 200, undefined, { cluster: 'fork' })).toMatchObject({ host: 'a' });
  });
});

describe('O15: watches in another version than the stored one', () => {
  beforeEach(() => define());

  interface Told {
    readonly type: string;
    readonly object: Body;
  }

  /** Opens a watch; `next` is what it tells next, undefined at its end. */
  async function watch(path: string): Promise<{ next(): Promise<string | undefined>; close(): void }> {
    const abort = new AbortController();
    const response = await fetch(`${served.url}/clusters/demo${path}`, { signal: abort.signal });
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    const next = async (): Promise<string | undefined> => {
      for (let end = rest.indexOf('\n'); end < 0; end = rest.indexOf('\n')) {
        const read = await reader.read();
        if (read.done) return undefined;
        rest += read.value;
      }
      const { type, object } = JSON.parse(rest.slice(0, rest.indexOf('\n'))) as Told;
      rest = rest.slice(rest.indexOf('\n') + 1);
      return `${type} ${object.metadata.name} ${object.host ?? object.hostPort}:${object.port ?? ''}`;
    };
    return { next, close: () => abort.abort() };
  }

  it('O15 a watch begins with what is there, and goes on in order, with each state converted once for all', async () => {
    await send('POST', V1, 201, spot('v1', 'r', { hostPort: 'a:1' }));
    const watches = await Promise.all([watch(`${V2}?watch=1`), watch(`${V2}?watch=1`)]);
    for (const { next } of watches) expect(await next()).toBe('ADDED r a:1');
    hook.asked.length = 0;
    for (const port of [2, 3, 4]) await send('PATCH', `${V1}/r`, 200, { hostPort: `a:${port}` }, { type: MERGE });
    await send('DELETE', `${V1}/r`, 200);
    for (const { next } of watches)
      for (const told of ['MODIFIED r a:2', 'MODIFIED r a:3', 'MODIFIED r a:4', 'DELETED r a:4']) expect(await next()).toBe(told);
    watches.forEach(({ close }) => close());
    expect(hook.asked.length).toBeLessThanOrEqual(8);
  });

  it('O15 G5 H4 an object enters and leaves by the fields of the version', async () => {
    const one = await watch(`${V2}?watch=1&fieldSelector=host%3Da`);
    const both = await watch(`${V2}?watch=1&fieldSelector=host%3Da,port%3D1`);
    const old = await watch(`${V1}?watch=1&fieldSelector=hostPort%3Da:1`);
    await send('POST', V2, 201, spot('v2', 'r', { host: 'a', port: '1' }));
    await send('PATCH', `${V2}/r`, 200, { port: '2' }, { type: MERGE });
    await send('PATCH', `${V2}/r`, 200, { host: 'b' }, { type: MERGE });
    for (const told of ['ADDED r a:1', 'MODIFIED r a:2', 'DELETED r a:2']) expect(await one.next()).toBe(told);
    for (const told of ['ADDED r a:1', 'DELETED r a:1']) expect(await both.next()).toBe(told);
    for (const told of ['ADDED r a:1:', 'DELETED r a:1:']) expect(await old.next()).toBe(told);
    [one, both, old].forEach(({ close }) => close());
  });

  it('O15 annotations alone may move an object', async () => {
    hook.change = (object) => ({ ...object, host: object.metadata.annotations?.['host'] ?? object.host });
    await send('POST', V1, 201, spot('v1', 'r', { hostPort: 'a:1' }));
    const { next, close } = await watch(`${V2}?watch=1&fieldSelector=host%3Da`);
    expect(await next()).toBe('ADDED r a:1');
    await send('PATCH', `${V1}/r`, 200, { metadata: { annotations: { host: 'b' } } }, { type: MERGE });
    expect(await next()).toBe('DELETED r a:1');
    close();
  });

  it('O15 a watch ends when a change cannot be converted, and cannot begin until it can', async () => {
    const { next } = await watch(`${V2}?watch=1`);
    hook.instead = (response) => response.destroy();
    await send('POST', V1, 201, spot('v1', 'r', { hostPort: 'a:1' }));
    expect(await next()).toBeUndefined();
    expect(await send('GET', `${V2}?watch=1`, 429)).toMatchObject({ reason: 'TooManyRequests', message: 'storage is (re)initializing' });
    expect((await send('GET', V2, 500)).message).toBe(`${FAILED}Post "${hook.url}/?timeout=30s": EOF`);
    hook.instead = undefined;
    const again = await watch(`${V2}?watch=1`);
    expect(await again.next()).toBe('ADDED r a:1');
    again.close();
  });
});

describe('O15: what a webhook may not do', () => {
  const metadata = (change: object) => (object: { readonly metadata: object }) => ({
    ...object,
    metadata: { ...object.metadata, ...change },
  });
  const AT = 'conversion webhook for stable.example.com/v1, Kind=Spot ';

  beforeEach(async () => {
    await define();
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }, { labels: { a: 'b' } }));
  });

  it.each<[string, ConversionServer['change'], string]>([
    ['another name', metadata({ name: 't' }), 'returned invalid object: must have the same name: s != t'],
    ['another namespace', metadata({ namespace: 'x' }), 'returned invalid object: must have the same namespace: default != x'],
    ['another uid', metadata({ uid: 'x' }), 'returned invalid object: must have the same UID: SENT != x'],
    [
      'another version',
      (object) => ({ ...object, apiVersion: 'stable.example.com/v3' }),
      'returned invalid object at index 0: invalid groupVersion (expected stable.example.com/v2, received stable.example.com/v3)',
    ],
    [
      'another kind',
      (object) => ({ ...object, kind: 'Spit' }),
      'returned invalid object at index 0: invalid kind (expected Spot, received Spit)',
    ],
    ['no name at all', ({ kind, apiVersion }) => ({ kind, apiVersion }), 'returned invalid object: must have the same name: s != '],
    [
      'a label that is no text',
      metadata({ labels: { a: 1 } }),
      'returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object',
    ],
    [
      'a label that is none',
      metadata({ labels: { 'a b': 'c' } }),
      "returned invalid metadata: metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ])('O15 %s fails', async (_title, change, reason) => {
    hook.change = change;
    const { message } = await send('GET', `${V2}/s`, 500);
    expect(message).toBe(AT + reason.replace('SENT', hook.sent[0]?.metadata.uid ?? ''));
  });

  it.each<[string, object, string]>([
    ['nothing', { convertedObjects: [] }, 'returned 0 objects, expected 1'],
    ['a refusal', { result: { status: 'Failure', message: 'no such port' } }, 'failed: no such port'],
    ['no result', { result: {} }, "failed: response.result.status was '', not 'Success'"],
    ['another question answered', { uid: 'x' }, 'failed: expected response.uid="UID", got "x"'],
  ])('O15 %s fails', async (_title, answer, reason) => {
    Object.assign(hook, { answer });
    const { message, reason: none } = await send('GET', `${V2}/s`, 500);
    expect(message).toMatch(new RegExp(`^${(AT + reason).replaceAll(/[.()]/g, '.').replace('UID', '[0-9a-f-]{36}')}$`));
    expect(none).toBeUndefined();
  });

  it('O15 other metadata is as it was, labels and annotations are taken', async () => {
    hook.change = metadata({ labels: { c: 'd' }, annotations: { e: 'f' }, generation: 9, finalizers: ['x.y/z'], creationTimestamp: null });
    const seen = await send('GET', `${V2}/s`, 200);
    expect(seen.metadata).toMatchObject({ labels: { c: 'd' }, annotations: { e: 'f' }, generation: 1 });
    expect(seen.metadata).not.toHaveProperty('finalizers');
    expect(seen.metadata).toHaveProperty(
      'creationTimestamp',
      ((await send('GET', `${V1}/s`, 200)) as { metadata: object }).metadata['creationTimestamp' as never],
    );
  });

  it('O15 a write fails as a read does, and changes nothing', async () => {
    const before = await digestOf('demo');
    Object.assign(hook, { answer: { result: { status: 'Failure', message: 'no' } } });
    const failed = 'conversion webhook for stable.example.com/v2, Kind=Spot failed: no';
    expect((await send('POST', V2, 500, spot('v2', 't', { host: 'a' }))).message).toBe(failed);
    expect((await send('PATCH', `${V2}/s`, 500, { host: 'b' }, { type: MERGE })).message).toBe(`${FAILED}no`);
    expect(await digestOf('demo')).toBe(before);
  });
});

describe('O15 U8: admission in another version than the request', () => {
  it('O15 U8 a webhook that knows the stored version alone is asked about the object in it, and its patch is converted', async () => {
    await define();
    const admission = await startWebhookServer();
    admission.answer = () => patching({ op: 'replace', path: '/hostPort', value: 'c:9' });
    const webhook = {
      name: 'hook.example.com',
      clientConfig: { url: admission.url, caBundle: admission.caBundle },
      rules: [{ apiGroups: ['stable.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['spots'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    };
    const kind = 'MutatingWebhookConfiguration';
    const configuration = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'w' }, webhooks: [webhook] };
    await send('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', 201, configuration);
    const created = await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1' }));
    await admission.close();
    expect(contentOf(created)).toEqual({ ...AS_V2, host: 'c', port: '9' });
    expect(admission.asked).toMatchObject([
      { kind: { version: 'v1' }, requestKind: { version: 'v2' }, object: { apiVersion: 'stable.example.com/v1', hostPort: 'a:1' } },
    ]);
  });
});

describe('O15: what was converted is history', () => {
  it('O15 a recording is replayed without the webhook, to the byte, and manifests are converted too', async () => {
    await define();
    await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1' }));
    await send('PATCH', `${V2}/s`, 200, { port: '2' }, { type: MERGE });
    const manifest = (port: string): object => spot('v2', 'm', { host: 'm', port });
    for (const port of ['1', '2']) await served.http.post('/v1/clusters/demo/manifests').send(manifest(port)).expect(200);
    await send('DELETE', `${V2}/s`, 200);
    const recording = await (await fetch(`${served.url}/v1/clusters/demo/export`)).text();
    const calls = hook.asked.length;
    const again = await served.http.post('/v1/clusters/import?name=again').set('content-type', 'application/x-ndjson').send(recording);
    expect([again.status, again.body.differences ?? again.body]).toEqual([201, []]);
    expect(await digestOf('again')).toBe(await digestOf('demo'));
    expect(hook.asked).toHaveLength(calls);
    expect(contentOf(await send('GET', `${V1}/m`, 200, undefined, { cluster: 'again' }))).toEqual({ ...AS_V1, hostPort: 'm:2' });
  });
});
