// What holds for every route: methods, media types, bodies that cannot be read, tokens.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../../security/raw-http.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
  await test.http.post('/v1/clusters').send({ name: 'demo' });
});
afterAll(() => test.close());

const MIB = 1024 * 1024;

describe('not found', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/clusters/',
    '/v1/clusters/demo/nothing',
    '/nothing',
    '/v1/clusters/demo/clock/advance/now',
    '/access',
    '/favicon.ico',
  ])('%s is a problem', async (path) => {
    const { status, headers, body } = await test.http.get(path);
    expect([status, headers['content-type'], body.code]).toEqual([404, 'application/problem+json', 'not-found']);
    expect(body.detail).toContain(path);
  });
});

describe('wrong method', () => {
  it.each([
    ['patch', '/v1/clusters', 'GET, HEAD, POST, DELETE'],
    ['put', '/v1/clusters/demo', 'GET, HEAD, DELETE'],
    ['get', '/v1/clusters/demo/manifests', 'POST'],
    ['post', '/v1/clusters/demo/clock', 'GET, HEAD, PUT'],
    ['get', '/v1/clusters/demo/clock/advance', 'POST'],
    ['delete', '/v1/clusters/demo/watch', 'GET, HEAD'],
    ['post', '/v1/clusters/demo/images/nginx', 'GET, HEAD, PUT, DELETE'],
    ['options', '/v1/clusters', 'GET, HEAD, POST, DELETE'],
    ['post', '/healthz', 'GET, HEAD'],
    ['delete', '/', 'GET, HEAD'],
  ] as const)('%s %s is 405 and says what is allowed', async (method, path, allowed) => {
    const { status, headers, body } = await test.http[method](path);
    expect([status, headers['allow'], body.code]).toEqual([405, allowed, 'method-not-allowed']);
  });
});

describe('wrong content type', () => {
  it.each([
    ['post', '/v1/clusters', 'text/plain'],
    ['post', '/v1/clusters/demo/clock/advance', 'application/x-www-form-urlencoded'],
    ['put', '/v1/clusters/demo/clock', 'application/yaml'],
    ['put', '/v1/clusters/demo/images/nginx', 'application/vnd.api+json'],
    ['post', '/v1/clusters/demo/manifests', 'application/x-www-form-urlencoded'],
    ['post', '/v1/clusters/demo/manifests', 'multipart/form-data; boundary=x'],
  ] as const)('%s %s with %s is 415 and says what to send', async (method, path, type) => {
    const { status, body } = await test.http[method](path).set('Content-Type', type).send('x');
    expect([status, body.code]).toEqual([415, 'unsupported-media-type']);
    expect(body.errors).toEqual([{ in: 'header', field: 'Content-Type', message: expect.stringContaining('must be application/') }]);
  });

  it('a JSON body without a content type is 415', async () => {
    const response = await fetch(`${test.url}/v1/clusters`, { method: 'POST', body: new TextEncoder().encode('{}') });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([415, expect.stringContaining('missing')]);
  });

  it('an empty body needs no content type, and any case and parameter is fine', async () => {
    expect((await test.http.post('/v1/clusters').set('Content-Type', 'application/json')).status).toBe(201);
    expect((await test.http.post('/v1/clusters').set('Content-Type', 'Application/JSON; charset=utf-8').send('{}')).status).toBe(201);
  });
});

describe('bodies that cannot be read', () => {
  const send = (text: string | Buffer) =>
    test.http
      .put('/v1/clusters/demo/clock')
      .set('Content-Type', 'application/json')
      .send(text as string);

  it.each([
    ['{"mode": "manual",}', 1, 19],
    ['{\n  "mode": manual\n}', 2, 11],
    ['{"mode": "manual"', 1, 18],
    ['{"mode": "manual"} x', 1, 20],
    ["{'mode': 'manual'}", 1, 2],
  ])('%j is no JSON at line %i, column %i', async (text, line, column) => {
    const { status, body } = await send(text);
    expect([status, body.code]).toEqual([400, 'malformed-body']);
    expect(body.errors).toEqual([{ in: 'body', message: expect.any(String), line, column }]);
    expect(body.detail).toContain(`line ${line}, column ${column}`);
  });

  it('members that are given twice are named', async () => {
    const { status, body } = await send('{"mode": "manual", "mode": "running"}');
    expect([status, body.errors[0]]).toEqual([400, { in: 'body', field: 'mode', message: 'given more than once' }]);
  });

  it('nesting that nobody needs is refused', async () => {
    const { status, body } = await send('['.repeat(100_000));
    expect([status, body.code]).toEqual([400, 'malformed-body']);
  });

  it('text that is no UTF-8 is refused', async () => {
    const response = await fetch(`${test.url}/v1/clusters`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([400, 'The body is not UTF-8.']);
  });

  it.each(['null', '[]', '"text"', '7', 'true'])('%s is JSON and no object', async (text) => {
    const { status, body } = await send(text);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
  });

  it('a body of 8 MiB is read, and one byte more is not', async () => {
    const bodyOf = (length: number) => `{"mode": "manual"${' '.repeat(length - 18)}}`;
    expect((await send(bodyOf(8 * MIB))).status).toBe(200);
    const { status, body } = await send(bodyOf(8 * MIB + 1));
    expect([status, body.code]).toEqual([413, 'body-too-large']);
  });

  it('a body that does not say its length is not read beyond the limit either', async () => {
    const chunk = new Uint8Array(MIB).fill(0x20);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent === 20) return controller.close();
        sent += 1;
        controller.enqueue(chunk);
      },
    });
    const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body, duplex: 'half' };
    const response = await fetch(`${test.url}/v1/clusters/demo/clock`, init as RequestInit);
    expect(response.status).toBe(413);
  });
});

describe('bytes that are no HTTP', () => {
  it.each([
    ['nonsense\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['GET /v1/clusters/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'HTTP/1.1 404 Not Found'],
    ['GET /clusters/%zz/api HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'HTTP/1.1 404 Not Found'],
    ['GET http://127.0.0.1/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'HTTP/1.1 200 OK'],
    ['BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
  ])('%j is answered with %s', async (text, line) => {
    const answer = await exchange(Number(new URL(test.url).port), text);
    expect(answer.split('\r\n')[0]).toBe(line);
  });
});

describe('with a token', () => {
  let guarded: TestService;
  beforeAll(async () => {
    guarded = await startTestService({ token: 'secret' });
    await guarded.http.post('/v1/clusters').set('Authorization', 'Bearer secret').send({ name: 'demo' });
    await guarded.http.post('/v1/clusters').set('Authorization', 'Bearer secret').send({ name: 'other' });
  });
  afterAll(() => guarded.close());

  it.each(['/v1/clusters', '/v1/clusters/demo/watch', '/metrics'])('%s without it is a 401 problem', async (path) => {
    for (const header of ['', 'Bearer wrong', 'Basic c2VjcmV0', 'Bearer']) {
      const { status, headers, body } = await guarded.http.get(path).set('Authorization', header);
      expect([status, headers['www-authenticate'], body.code]).toEqual([401, 'Bearer realm="orrery"', 'unauthorized']);
    }
    expect((await guarded.http.post('/v1/clusters')).status).toBe(401);
    expect((await guarded.http.patch('/v1/clusters')).status).toBe(401);
  });

  it('Q5 the Kubernetes API without it is a 401 Status', async () => {
    const { status, body } = await guarded.http.get('/clusters/demo/api/v1/nodes');
    expect([status, body]).toEqual([
      401,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
    ]);
  });

  it('everything is open with it, and health and pages without', async () => {
    for (const path of ['/v1/clusters', '/metrics', '/clusters/demo/api/v1/nodes']) {
      expect((await guarded.http.get(path).set('Authorization', 'bearer  secret')).status).toBe(200);
    }
    for (const path of ['/healthz', '/readyz', '/', '/docs', '/openapi.json']) expect((await guarded.http.get(path)).status).toBe(200);
  });

  it('Q1 a kubeconfig holds a key that opens its own cluster, and nothing else', async () => {
    const { text } = await guarded.http.get('/v1/clusters/demo/kubeconfig').set('Authorization', 'Bearer secret').buffer(true);
    const path = /server: http:\/\/[^/]+(\/access\/demo\.[\w-]{32}\/clusters\/demo)/.exec(text)?.[1] as string;
    expect(text).not.toContain('secret');
    expect((await guarded.http.get(`${path}/api/v1/nodes`)).status).toBe(200);
    const { paths } = (await guarded.http.get(`${path}/openapi/v3`)).body as { paths: Record<string, { serverRelativeURL: string }> };
    expect((await guarded.http.get(paths['api/v1']?.serverRelativeURL as string)).status).toBe(200);
    expect((await guarded.http.get(path.replace('demo', 'other'))).status).toBe(401);
    expect((await guarded.http.get(`${path.replace('/access/', '/access/x')}/api`)).status).toBe(401);
    expect((await test.http.get(`${path}/api`)).status).toBe(401);
  });
});
