// What the process offers besides the API: health, metrics, the document, pages, kubeconfigs.

import { readFileSync } from 'node:fs';
import { scenarioRunner } from '../../../src/hosts/scenario-runner.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENDPOINTS } from '../../../src/http/rest/index.ts';
import { serviceDocument } from '../../../src/http/rest/document.ts';
import { ServiceError } from '../../../src/service/ports.ts';
import { createApp } from '../../../src/http/app.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
});
afterAll(() => test.close());

describe('health', () => {
  it('is well and ready', async () => {
    expect((await test.http.get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await test.http.get('/livez')).body).toEqual({ status: 'ok' });
    expect((await test.http.get('/readyz')).body).toEqual({ status: 'ready' });
    expect((await test.http.get('/version')).body).toEqual({ name: 'orrery', version: '0.0.0-test', kubernetes: 'v1.33.0' });
  });

  it('is not ready when storage cannot be written, though it is well', async () => {
    const checkReady = () => {
      throw new ServiceError('storage-unavailable', 'the disk is away');
    };
    const app = createApp({
      scenarios: scenarioRunner(),
      clusters: new Proxy(test.clusters, { get: (target, name) => (name === 'checkReady' ? checkReady : Reflect.get(target, name)) }),
      version: '1',
    });
    const response = await app.fetch(new Request('http://localhost/readyz'));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'storage-unavailable', detail: 'the disk is away' });
    expect((await app.fetch(new Request('http://localhost/healthz'))).status).toBe(200);
  });
});

describe('metrics', () => {
  it('counts requests by route, and says what the service holds', async () => {
    await test.http.get('/v1/clusters/demo');
    await test.http.get('/v1/clusters/nobody');
    await test.http.put('/v1/clusters/demo/clock').send({ mode: 'manual' }).expect(200);
    const { headers, text } = await test.http.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^orrery_http_requests_total\{route="getCluster",method="GET",status="200"\} [1-9]/m);
    expect(text).toMatch(/^orrery_http_requests_total\{route="getCluster",method="GET",status="404"\} 1$/m);
    expect(text).toMatch(/^orrery_clusters\{state="awake"\} 1$/m);
    expect(text).toMatch(/^orrery_clusters\{state="broken"\} 0$/m);
    expect(text).toMatch(/^orrery_commits_total\{host="0"\} [1-9]/m);
    expect(text).toMatch(/^orrery_host_heap_bytes\{host="0"\} [1-9]/m);
    expect(text).toMatch(/^orrery_host_replacements_total 0$/m);
    expect(text).toMatch(/^orrery_http_request_duration_seconds_count\{route="setClock"\} 1$/m);
  });

  it('counts turns of work by how long they took, in buckets that grow', async () => {
    await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '1m' }).expect(200);
    const { text } = await test.http.get('/metrics');
    const buckets = [...text.matchAll(/^orrery_slice_duration_seconds_bucket\{host="0",le="([^"]+)"\} (\d+)$/gm)];
    const counts = buckets.map(([, , count]) => Number(count));
    expect(buckets.at(-1)?.[1]).toBe('+Inf');
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(text).toMatch(new RegExp(`^orrery_slice_duration_seconds_count\\{host="0"\\} ${counts.at(-1)}$`, 'm'));
    expect(counts.at(-1)).toBeGreaterThan(0);
  });

  it('has conventional names only, each with a type and a meaning, all of which docs/operate.md says', async () => {
    const { text } = await test.http.get('/metrics');
    const documented = readFileSync(new URL('../../../docs/operate.md', import.meta.url), 'utf8');
    const types = [...text.matchAll(/^# TYPE (orrery_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
    expect(types.length).toBeGreaterThan(9);
    for (const { name, type } of types) {
      expect(text).toContain(`# HELP ${name} `);
      expect(documented).toContain(`\`${name}\``);
      expect(name).toMatch(type === 'counter' ? /_total$/ : type === 'histogram' ? /_seconds$/ : /^(?!.*_total$)/);
    }
  });
});

describe('the id of a request', () => {
  it.each(['a', 'trace-1/2', 'urn:uuid:x=@+~', 'x'.repeat(128)])('is the client’s own: %s', async (id) => {
    for (const path of ['/healthz', '/v1/clusters/demo', '/clusters/demo/api/v1/pods', '/nowhere'])
      expect((await test.http.get(path).set('X-Request-Id', id)).headers['x-request-id']).toBe(id);
  });

  it.each([undefined, '', 'two words', '"quoted"', 'é', 'x'.repeat(129), '-dash'])(
    'is made when the client has none that is sane: %s',
    async (id) => {
      const answer = test.http.get('/v1/clusters/demo');
      const { headers } = await (id === undefined ? answer : answer.set('X-Request-Id', id));
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );

  it('is in answers that are refused, that are streams, and that have no body', async () => {
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${test.url}${path}`, { ...init, headers: { 'X-Request-Id': 'mine', ...init.headers } });
    for (const [path, init] of [
      ['/v1/clusters', { method: 'POST', headers: { Origin: 'https://foreign.example' } }],
      ['/v1/clusters/demo/watch', {}],
      ['/v1/clusters', { method: 'HEAD' }],
      ['/v1/clusters', { method: 'PUT' }],
    ] as const) {
      const response = await ask(path, init);
      expect(response.headers.get('x-request-id'), path).toBe('mine');
      await response.body?.cancel();
    }
  });
});

describe('document', () => {
  it('is served as it is committed, but for the version', async () => {
    expect((await test.http.get('/openapi.json')).body).toEqual(JSON.parse(JSON.stringify(serviceDocument('0.0.0-test'))));
  });

  it('is compressed for who takes that', async () => {
    const { text } = await test.http.get('/openapi.json').set('Accept-Encoding', 'identity');
    for (const coding of ['gzip', 'br']) {
      const answer = await fetch(`${test.url}/openapi.json`, { headers: { 'Accept-Encoding': coding } });
      expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([coding, 'Accept-Encoding']);
      expect(await answer.text()).toBe(text);
    }
  });

  it('has every route, with an id and problems, and resolves in itself', async () => {
    const { body } = await test.http.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    for (const { spec } of ENDPOINTS) {
      const operation = body.paths[spec.path][spec.method];
      expect(operation.operationId).toBe(spec.operationId);
      expect(operation.responses.default.content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    }
    for (const [, name] of JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(body.components.schemas).toHaveProperty(name as string);
    const ids = ENDPOINTS.map(({ spec }) => spec.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('pages', () => {
  it.each(['/', '/docs'])('%s of an unbuilt page needs nothing from elsewhere, and runs no script but its own', async (path) => {
    const { status, headers, text } = await test.http.get(path);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; img-src data:; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/,
    );
  });
});

describe('kubeconfig', () => {
  it('names the address under which the client came', async () => {
    const serverOf = async (headers: Record<string, string>) => {
      const response = await fetch(`${test.url}/v1/clusters/demo/kubeconfig`, { headers });
      expect(response.headers.get('content-type')).toBe('application/yaml');
      return parse(await response.text());
    };
    const config = await serverOf({});
    expect(config).toMatchObject({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'orrery-demo', cluster: { 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'orrery-demo', context: { cluster: 'orrery-demo', user: 'orrery-demo', namespace: 'default' } }],
      'current-context': 'orrery-demo',
    });
    const { server } = config.clusters[0].cluster;
    expect(server).toMatch(new RegExp(`^${test.url}/clusters/demo\\.[0-9a-f]{16}$`));
  });

  it.each([
    ['application/yaml', undefined],
    ['application/yaml', '*/*'],
    ['application/yaml', 'application/yaml'],
    ['text/plain', 'application/problem+json'],
    ['text/plain', 'text/plain'],
    ['text/plain', 'text/*'],
    ['text/plain', 'text/plain, application/yaml, application/problem+json'],
    ['application/yaml', 'text/plain;q=0.5, application/yaml'],
  ])('is %s when %s is accepted, with the same text', async (type, accept) => {
    const path = `${test.url}/v1/clusters/demo/kubeconfig`;
    const response = await fetch(path, { headers: accept === undefined ? {} : { Accept: accept } });
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(await (await fetch(path)).text());
  });

  it('there is none of a cluster that is not there', async () => {
    expect((await test.http.get('/v1/clusters/nobody/kubeconfig')).body.code).toBe('cluster-not-found');
  });
});
