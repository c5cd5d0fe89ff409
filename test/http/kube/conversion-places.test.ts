// Where else objects are converted by a webhook (O15): in watches, for webhooks of admission, and by a program of the cluster.

import { beforeEach, describe, expect, it } from 'vitest';
import {
  APPLY,
  AS_V2,
  type Body,
  contentOf,
  define,
  definition,
  digestOf,
  FAILED,
  MERGE,
  scene,
  send,
  spot,
  useScene,
  V1,
  V2,
} from '../../support/conversion-scene.ts';
import { patching, startWebhookServer } from '../../support/webhook-server.ts';

useScene();

describe('O15: watches in another version than the stored one', () => {
  beforeEach(() => define());

  interface Told {
    readonly type: string;
    readonly object: Body;
  }

  /** Opens a watch; `next` is what it tells next, undefined at its end. */
  async function watch(path: string): Promise<{ next(): Promise<string | undefined>; close(): void }> {
    const abort = new AbortController();
    const response = await fetch(`${scene.served.url}/clusters/demo${path}`, { signal: abort.signal });
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
    scene.hook.asked.length = 0;
    for (const port of [2, 3, 4]) await send('PATCH', `${V1}/r`, 200, { hostPort: `a:${port}` }, { type: MERGE });
    await send('DELETE', `${V1}/r`, 200);
    for (const { next } of watches)
      for (const told of ['MODIFIED r a:2', 'MODIFIED r a:3', 'MODIFIED r a:4', 'DELETED r a:4']) expect(await next()).toBe(told);
    watches.forEach(({ close }) => close());
    expect(scene.hook.asked.length).toBeLessThanOrEqual(8);
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
    scene.hook.change = (object) => ({ ...object, host: object.metadata.annotations?.['host'] ?? object.host });
    await send('POST', V1, 201, spot('v1', 'r', { hostPort: 'a:1' }));
    const { next, close } = await watch(`${V2}?watch=1&fieldSelector=host%3Da`);
    expect(await next()).toBe('ADDED r a:1');
    await send('PATCH', `${V1}/r`, 200, { metadata: { annotations: { host: 'b' } } }, { type: MERGE });
    expect(await next()).toBe('DELETED r a:1');
    close();
  });

  it('O15 a watch ends when a change cannot be converted, and cannot begin until it can', async () => {
    const { next } = await watch(`${V2}?watch=1`);
    scene.hook.instead = (response) => response.destroy();
    await send('POST', V1, 201, spot('v1', 'r', { hostPort: 'a:1' }));
    expect(await next()).toBeUndefined();
    expect(await send('GET', `${V2}?watch=1`, 429)).toMatchObject({ reason: 'TooManyRequests', message: 'storage is (re)initializing' });
    expect((await send('GET', V2, 500)).message).toBe(`${FAILED}Post "${scene.hook.url}/?timeout=30s": EOF`);
    scene.hook.instead = undefined;
    const again = await watch(`${V2}?watch=1`);
    expect(await again.next()).toBe('ADDED r a:1');
    again.close();
  });
});

describe('O15: a webhook behind a Service of the cluster', () => {
  it('O15 K913 converts what is read, at present and in the past', async () => {
    const timing = { imagePull: '0s' };
    await scene.served.http.post('/v1/clusters').send({ name: 'pods', nodes: 1, timing }).expect(201);
    const container = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: ['crd-conversion-webhook', '--port=9444'] };
    const client = { service: { name: 'hook', namespace: 'default', path: '/crdconvert', port: 9443 }, caBundle: 'Q0E=' };
    const objects = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', labels: { app: 'hook' } }, spec: { containers: [container] } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'hook' },
        spec: { selector: { app: 'hook' }, ports: [{ port: 9443, targetPort: 9444 }] },
      },
      definition(client),
    ];
    await scene.served.http.post('/v1/clusters/pods/manifests').send(objects).expect(200);
    await scene.served.http.post('/v1/clusters/pods/clock/advance').send({ by: '10s' }).expect(200);
    const cluster = 'pods';
    await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1' }), { cluster });
    const { metadata } = await send('GET', `${V1}/s`, 200, undefined, { cluster });
    const digest = await digestOf('pods');
    expect((await send('GET', V2, 200, undefined, { cluster })).items.map(contentOf)).toEqual([AS_V2]);
    expect(contentOf(await send('GET', `${V2}/s`, 200, undefined, { cluster }))).toEqual(AS_V2);
    expect(await digestOf('pods')).toBe(digest);
    await send('DELETE', '/api/v1/namespaces/default/pods/hook?gracePeriodSeconds=0', 200, undefined, { cluster });
    const { message } = await send('GET', `${V2}/s`, 500, undefined, { cluster });
    expect(message).toContain(`${FAILED}Post "https://hook.default.svc:9443/crdconvert?timeout=30s": dial tcp 10.`);
    const past = `?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`;
    expect((await send('GET', `${V2}${past}`, 200, undefined, { cluster })).items.map(contentOf)).toEqual([AS_V2]);
  });
});

describe('O15 K6: owners of other versions', () => {
  const ownersOf = ({ metadata }: Body): object =>
    Object.fromEntries((metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, Object.keys(fieldsV1)]));

  beforeEach(() => define());

  it('O15 K3 an owner loses in its version what another changes in its own', async () => {
    await send('POST', `${V1}?fieldManager=old`, 201, spot('v1', 's', { hostPort: 'a:1' }, { labels: { a: 'b' } }));
    const changed = await send('PATCH', `${V2}/s?fieldManager=new`, 200, { host: 'b' }, { type: MERGE });
    expect(ownersOf(changed)).toEqual({ old: ['f:metadata'], new: ['f:host'] });
    expect(ownersOf(await send('PATCH', `${V1}/s?fieldManager=old`, 200, { hostPort: 'b:2' }, { type: MERGE }))).toEqual({
      old: ['f:hostPort', 'f:metadata'],
      new: ['f:host'],
    });
  });

  it('O15 K6 an apply conflicts with an owner of another version', async () => {
    await send('PATCH', `${V1}/s?fieldManager=old`, 201, spot('v1', 's', { hostPort: 'a:1' }), { type: APPLY });
    const same = await send('PATCH', `${V2}/s?fieldManager=new`, 200, spot('v2', 's', { host: 'a', port: '1' }), { type: APPLY });
    expect(ownersOf(same)).toEqual({ old: ['f:hostPort'], new: ['f:host', 'f:port'] });
    const applied = spot('v2', 's', { host: 'b', port: '1' });
    const { message } = await send('PATCH', `${V2}/s?fieldManager=new`, 409, applied, { type: APPLY });
    expect(message).toBe('Apply failed with 1 conflict: conflict with "old": .hostPort');
    const forced = await send('PATCH', `${V2}/s?fieldManager=new&force=true`, 200, applied, { type: APPLY });
    expect(ownersOf(forced)).toEqual({ new: ['f:host', 'f:port'] });
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
