// Conversion webhooks by url (O15): a real server on loopback converts custom resources between their versions, for writes and for reads.

import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversionServer } from '../../support/conversion-server.ts';
import {
  APPLY,
  AS_V1,
  AS_V2,
  contentOf,
  define,
  definition,
  DEFINITIONS,
  digestOf,
  FAILED,
  MERGE,
  scene,
  send,
  type Sending,
  spot,
  text,
  useScene,
  V1,
  V2,
  VERSIONS,
} from '../../support/conversion-scene.ts';

useScene();

describe('O15: writes in another version than the stored one', () => {
  beforeEach(() => define());

  it('O15 a creation is stored converted, and answered as it is read', async () => {
    const created = await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1', unknown: 'x' }));
    expect(contentOf(created)).toEqual(AS_V2);
    expect(scene.hook.asked).toEqual(['s v2→v1', 's v1→v2']);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
    expect(scene.hook.asked).toHaveLength(2);
    expect(created.metadata.managedFields).toMatchObject([
      { apiVersion: 'stable.example.com/v2', fieldsV1: { 'f:host': {}, 'f:port': {} } },
    ]);
  });

  it('O15 a review has the object as it is stored, without its revision', async () => {
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }));
    expect(scene.hook.asked).toEqual([]);
    await send('GET', `${V2}/s`, 200);
    expect(scene.hook.sent[0]).toMatchObject({ kind: 'Spot', apiVersion: 'stable.example.com/v1', hostPort: 'a:1' });
    expect(scene.hook.sent[0]?.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(scene.hook.sent[0]?.metadata).not.toHaveProperty('resourceVersion');
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
    scene.hook.asked.length = 0;
    const again = await send(method, `${path}/s${query}`, 200, body, how);
    expect(again.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
    expect(new Set(scene.hook.asked)).toEqual(new Set(['s v1→v2', 's v2→v1']));
  });

  it('O15 an apply creates what is not there, and its owner is of the version', async () => {
    const { metadata } = await send('PATCH', `${V2}/s?fieldManager=me`, 201, spot('v2', 's', { host: 'a', port: '1' }), { type: APPLY });
    expect(metadata.managedFields).toMatchObject([{ apiVersion: 'stable.example.com/v2', operation: 'Apply', manager: 'me' }]);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
  });

  it('O15 what is created at the same time is converted, whichever uid it has in the end', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
    const made = await Promise.all(names.map((name) => send('POST', V2, 201, spot('v2', name, { host: 'a', port: '1' }))));
    expect(made.map(contentOf)).toEqual(names.map(() => AS_V2));
    expect(new Set(made.map(({ metadata }) => metadata.uid)).size).toBe(names.length);
    const { items } = await send('GET', V1, 200);
    expect(items.map(({ metadata }) => metadata.uid)).toEqual(made.map(({ metadata }) => metadata.uid));
  });

  it('O15 a dry run is converted both ways, and stores nothing', async () => {
    const tried = await send('POST', `${V2}?dryRun=All`, 201, spot('v2', 's', { host: 'a', port: '1' }));
    expect(contentOf(tried)).toEqual(AS_V2);
    expect(scene.hook.asked).toEqual(['s v2→v1', 's v1→v2']);
    await send('GET', `${V1}/s`, 404);
  });

  it('O15 what is deleted is converted first', async () => {
    await send('POST', V1, 201, spot('v1', 's', { hostPort: 'a:1' }, { finalizers: ['example.com/wait'] }));
    const waiting = await send('DELETE', `${V2}/s`, 200);
    expect(contentOf(waiting)).toEqual(AS_V2);
    expect(waiting.metadata).toHaveProperty('deletionTimestamp');
    scene.hook.instead = (response) => response.destroy();
    const gone = `${FAILED}Post "${scene.hook.url}/?timeout=30s": EOF`;
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
    scene.hook.asked.length = 0;
    expect(contentOf(await send('GET', `${V2}/s`, 200))).toEqual(AS_V2);
    expect(scene.hook.asked).toEqual([]);
    expect(contentOf(await send('GET', `${V1}/s`, 200))).toEqual(AS_V1);
    expect(scene.hook.asked).toEqual(['s v2→v1']);
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
    expect(scene.hook.asked).toEqual(['r v1→v2', 's v1→v2', 't v1→v2']);
    await send('PATCH', `${V1}/s`, 200, { hostPort: 'c:3' }, { type: MERGE });
    expect((await send('GET', V2, 200)).items.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:1', 'c:3', 'b:1']);
    expect(scene.hook.asked.slice(3)).toEqual(['s v1→v2']);
  });

  it('O15 a page is converted, and no more', async () => {
    const { items, metadata } = await send('GET', `${V2}?limit=2`, 200);
    expect(items.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:1', 'a:2']);
    expect(metadata).toMatchObject({ remainingItemCount: 1 });
    expect(scene.hook.asked).toEqual(['r v1→v2', 's v1→v2']);
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
    scene.hook.change = (object) => ({ ...object, metadata: { ...object.metadata, labels: { of: object.host ?? '' } } });
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
    scene.hook.change = (object) => ({ ...object, host: 'wrong' });
    expect((await send('GET', `${V2}/r`, 200)).host).toBe('wrong');
    scene.hook.change = (object) => object;
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
    scene.hook.change = (object) => ({ ...object, spec: { replicas: 7 } });
    expect(await send('GET', `${V2}/r/scale`, 200)).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
    scene.hook.change = (object) => object;
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'r' }, spec: { replicas: 3 } };
    expect(await send('PUT', `${V2}/r/scale`, 200, body)).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect(await send('GET', `${V1}/r`, 200)).toMatchObject({ spec: { replicas: 3 } });
  });

  it('O15 the past is read as the present is', async () => {
    const { metadata } = await send('PATCH', `${V1}/r`, 200, { hostPort: 'z:9' }, { type: MERGE });
    const before = Number(metadata.resourceVersion) - 1;
    const { items } = await send('GET', `${V2}?resourceVersion=${before}&resourceVersionMatch=Exact`, 200);
    expect(items.map(({ host }) => host)).toEqual(['a', 'a', 'b']);
    await scene.served.http
      .post('/v1/clusters/demo/forks')
      .send({ name: 'fork', at: `rv:${before}` })
      .expect(201);
    expect(await send('GET', `${V2}/r`, 200, undefined, { cluster: 'fork' })).toMatchObject({ host: 'a' });
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
    scene.hook.change = change;
    const { message } = await send('GET', `${V2}/s`, 500);
    expect(message).toBe(AT + reason.replace('SENT', scene.hook.sent[0]?.metadata.uid ?? ''));
  });

  it.each<[string, object, string]>([
    ['nothing', { convertedObjects: [] }, 'returned 0 objects, expected 1'],
    ['a refusal', { result: { status: 'Failure', message: 'no such port' } }, 'failed: no such port'],
    ['no result', { result: {} }, "failed: response.result.status was '', not 'Success'"],
    ['another question answered', { uid: 'x' }, 'failed: expected response.uid="UID", got "x"'],
  ])('O15 %s fails', async (_title, answer, reason) => {
    Object.assign(scene.hook, { answer });
    const { message, reason: none } = await send('GET', `${V2}/s`, 500);
    expect(message).toMatch(new RegExp(`^${(AT + reason).replaceAll(/[.()]/g, '.').replace('UID', '[0-9a-f-]{36}')}$`));
    expect(none).toBeUndefined();
  });

  it('O15 other metadata is as it was, labels and annotations are taken', async () => {
    scene.hook.change = metadata({
      labels: { c: 'd' },
      annotations: { e: 'f' },
      generation: 9,
      finalizers: ['x.y/z'],
      creationTimestamp: null,
    });
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
    Object.assign(scene.hook, { answer: { result: { status: 'Failure', message: 'no' } } });
    const failed = 'conversion webhook for stable.example.com/v2, Kind=Spot failed: no';
    expect((await send('POST', V2, 500, spot('v2', 't', { host: 'a' }))).message).toBe(failed);
    expect((await send('PATCH', `${V2}/s`, 500, { host: 'b' }, { type: MERGE })).message).toBe(`${FAILED}no`);
    expect(await digestOf('demo')).toBe(before);
  });
});

describe('O15: what was converted is history', () => {
  it('O15 a recording is replayed without the webhook, to the byte, and manifests are converted too', async () => {
    await define();
    await send('POST', V2, 201, spot('v2', 's', { host: 'a', port: '1' }));
    await send('PATCH', `${V2}/s`, 200, { port: '2' }, { type: MERGE });
    const manifest = (port: string): object => spot('v2', 'm', { host: 'm', port });
    for (const port of ['1', '2']) await scene.served.http.post('/v1/clusters/demo/manifests').send(manifest(port)).expect(200);
    await send('DELETE', `${V2}/s`, 200);
    const recording = await (await fetch(`${scene.served.url}/v1/clusters/demo/export`)).text();
    const calls = scene.hook.asked.length;
    const again = await scene.served.http
      .post('/v1/clusters/import?name=again')
      .set('content-type', 'application/x-ndjson')
      .send(recording);
    expect([again.status, again.body.differences ?? again.body]).toEqual([201, []]);
    expect(await digestOf('again')).toBe(await digestOf('demo'));
    expect(scene.hook.asked).toHaveLength(calls);
    expect(contentOf(await send('GET', `${V1}/m`, 200, undefined, { cluster: 'again' }))).toEqual({ ...AS_V1, hostPort: 'm:2' });
  });
});
