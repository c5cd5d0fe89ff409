// A whole session through a client that is generated from the document by public generators.

import { readFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';
import createClient from 'openapi-fetch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serviceDocument } from '../../../src/http/rest/document.ts';
import type { paths } from '../../../src/client/service-api.generated.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

it('the document that is committed is the one that the routes make', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(read('openapi/service.json')).toBe(`${JSON.stringify(serviceDocument(version), null, 2)}\n`);
});

it('the client that is committed is the one that the document makes', async () => {
  const generated = astToString(await openapiTypescript(new URL('openapi/service.json', ROOT)));
  expect(read('src/client/service-api.generated.ts')).toContain(generated.trim());
});

it('a generated client drives a session', async () => {
  const client = createClient<paths>({ baseUrl: test.url });
  const { data: cluster } = await client.POST('/v1/clusters', {
    body: { name: 'demo', seed: 7, nodes: 2, images: { app: { startup: '2s' } } },
  });
  expect(cluster).toMatchObject({ name: 'demo', seed: 7, nodes: 2 });
  const params = { path: { cluster: 'demo' } };

  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'app' }] } };
  const applied = await client.POST('/v1/clusters/{cluster}/manifests', { params: { ...params, query: { mode: 'apply' } }, body: pod });
  expect(applied.data?.items).toMatchObject([{ action: 'created', kind: 'Pod', name: 'web' }]);

  const until = { for: 'condition=Ready', resource: 'pods', name: 'web' };
  const advanced = await client.POST('/v1/clusters/{cluster}/clock/advance', { params, body: { until, timeout: '5m' } });
  const ready = asJson(advanced.data);
  expect(ready.reached).toBe(true);

  const { data: clock } = await client.GET('/v1/clusters/{cluster}/clock', { params });
  expect(clock).toMatchObject({ mode: 'manual', now: ready.now });
  const { data: set } = await client.PUT('/v1/clusters/{cluster}/clock', { params, body: { mode: 'manual' } });
  expect(set?.now).toBe(ready.now);

  const lines = await client.GET('/v1/clusters/{cluster}/watch', {
    params: { ...params, query: { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: 1 } },
    parseAs: 'text',
  });
  expect(lines.data).toMatch(/^data: web +1\/1 +Running +0 /m);

  const image = { path: { cluster: 'demo', reference: 'registry.example/app:v2' } };
  await client.PUT('/v1/clusters/{cluster}/images/{reference}', { params: image, body: { startup: '1s' } });
  expect((await client.GET('/v1/clusters/{cluster}/images', { params })).data?.items.map(({ reference }) => reference)).toEqual([
    'app',
    'registry.example/app:v2',
  ]);
  expect((await client.GET('/v1/clusters/{cluster}/images/{reference}', { params: image })).data?.behavior).toEqual({ startup: '1s' });
  expect((await client.DELETE('/v1/clusters/{cluster}/images/{reference}', { params: image })).response.status).toBe(204);

  const config = await client.GET('/v1/clusters/{cluster}/kubeconfig', { params, parseAs: 'text' });
  expect(config.data).toContain(`${test.url}/clusters/demo`);

  const { error, response } = await client.POST('/v1/clusters', { body: { name: 'demo' } });
  expect([response.status, error?.code, error?.status]).toEqual([409, 'cluster-exists', 409]);
  expect((await client.GET('/v1/clusters', { params: { query: { limit: 10 } } })).data?.items).toHaveLength(1);
  // The image that was set and removed is part of the history.
  const now = (await client.GET('/v1/clusters/{cluster}', { params })).data;
  expect(now?.digest).not.toBe(ready.digest);
  expect((await client.GET('/v1/clusters/{cluster}/commands', { params })).data?.items.at(-1)?.digest).toBe(now?.digest);
  expect((await client.DELETE('/v1/clusters/{cluster}', { params })).response.status).toBe(204);
});

/** The document of a response that may also come as an event stream. */
function asJson<T>(data: T | string | undefined): T {
  if (data === undefined || typeof data === 'string') throw new Error(`no JSON document but ${data}`);
  return data;
}
