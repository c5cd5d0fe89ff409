// Settings that open the gate: host names, origins of pages (CORS), proxies. What it keeps out without them: test/security/attacks.test.ts.

import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.ts';

const PAGE = 'https://school.example';
let test: TestService;

afterEach(() => test.close());

async function start(options: TestServiceOptions): Promise<void> {
  test = await startTestService(options);
  const auth: Record<string, string> = options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` };
  expect((await test.http.post('/v1/clusters').set(auth).send({ name: 'demo', nodes: 1 })).status).toBe(201);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Fetch would not let us say Host. */
function ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${test.url}${path}`, { method, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const serverOf = async (headers: Record<string, string>): Promise<string> => {
  const { text } = await ask('GET', '/v1/clusters/demo/kubeconfig', headers);
  const { server } = (parse(text) as { clusters: [{ cluster: { server: string } }] }).clusters[0].cluster;
  // Which incarnation is meant is none of this file's matter.
  return server.replace(/\/demo\.[0-9a-f]+$/, '/demo');
};

describe('host names', () => {
  it.each([
    ['localhost', 200],
    ['LOCALHOST:1234', 200],
    ['orrery.localhost', 200],
    ['127.8.9.10:80', 200],
    ['[::1]:8080', 200],
    ['orrery.example', 200],
    ['Orrery.Example:443', 200],
    ['a.b.sims.example', 200],
    ['sims.example', 403],
    ['evil.example', 403],
    ['xorrery.example', 403],
    ['[::2]', 403],
  ])('%s is answered with %i', async (host, status) => {
    await start({ allowedHosts: ['orrery.example', '*.sims.example'] });
    expect((await ask('GET', '/v1/clusters', { Host: host })).status).toBe(status);
  });

  it('with a token every name reaches the service, unless some are named', async () => {
    await start({ token: 'a-secret-of-ten' });
    expect((await ask('GET', '/v1/clusters', { Host: 'any.example', Authorization: 'Bearer a-secret-of-ten' })).status).toBe(200);
    await test.close();
    await start({ token: 'a-secret-of-ten', allowedHosts: ['orrery.example'] });
    expect((await ask('GET', '/healthz', { Host: 'any.example' })).status).toBe(403);
    expect((await ask('GET', '/healthz', { Host: 'orrery.example' })).status).toBe(200);
  });
});

describe('origins', () => {
  it('our own pages may do all, also behind a proxy that ends TLS', async () => {
    await start({});
    const { host } = new URL(test.url);
    const json = { 'Content-Type': 'application/json' };
    expect((await ask('POST', '/v1/clusters', { ...json, Origin: test.url }, '{"name":"a"}')).status).toBe(201);
    expect((await ask('POST', '/v1/clusters', { ...json, Host: host, Origin: `https://${host}` }, '{"name":"b"}')).status).toBe(201);
    expect((await ask('GET', '/v1/clusters', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' })).status).toBe(200);
  });

  it('a foreign page that only reads is answered, and its browser does not show it', async () => {
    await start({});
    const answer = await ask('GET', '/v1/clusters', { Origin: PAGE });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('an allowed page asks before it writes, and reads what it gets, on both faces', async () => {
    await start({ allowedOrigins: [PAGE] });
    const before = await ask('OPTIONS', '/clusters/demo/api/v1/namespaces', {
      Origin: PAGE,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
      'Access-Control-Request-Private-Network': 'true',
    });
    expect(before).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-allow-private-network': 'true',
        vary: 'Origin, Access-Control-Request-Headers',
      },
    });
    const made = await ask('POST', '/v1/clusters', { Origin: PAGE, 'Content-Type': 'application/json' }, '{"name":"made"}');
    expect([made.status, made.headers['access-control-allow-origin'], made.headers['vary']]).toEqual([201, PAGE, 'Origin']);
    const read = await ask('GET', '/clusters/demo/api/v1/nodes', { Origin: PAGE });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, PAGE]);
    const refused = await ask('POST', '/v1/clusters', { Origin: 'https://other.example', 'Content-Type': 'application/json' }, '{}');
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([403, 'origin-not-allowed']);
  });

  it('an allowed page may follow a stream of events', async () => {
    await start({ allowedOrigins: ['*'] });
    const answer = await ask('GET', '/v1/clusters/demo/watch?resource=nodes&timeoutSeconds=1', { Origin: PAGE });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'access-control-allow-origin': PAGE });
    expect(answer.text).toContain('event: ADDED');
  });

  it('an allowed page may open a WebSocket, another may not', async () => {
    await start({ allowedOrigins: [PAGE] });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    await test.http.post('/clusters/demo/api/v1/namespaces/default/pods').send(pod);
    await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '30s' });
    const open = (origin: string) =>
      new Promise<number>((resolve) => {
        const url = `${test.url.replace('http', 'ws')}/clusters/demo/api/v1/namespaces/default/pods/web/exec?command=true&stdout=true`;
        const socket = new WebSocket(url, ['v5.channel.k8s.io'], { headers: { Origin: origin } });
        socket.on('open', () => (socket.close(), resolve(101)));
        socket.on('unexpected-response', (_request, answer) => (socket.terminate(), resolve(answer.statusCode ?? 0)));
        socket.on('error', () => {});
      });
    expect([await open(PAGE), await open('https://other.example')]).toEqual([101, 403]);
  });
});

describe('proxies', () => {
  const FORWARDED = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'sim.example, inner' };

  it('one that is trusted says under which name the client came', async () => {
    await start({ trustedProxies: ['10.0.0.0/8', '127.0.0.1'], allowedHosts: ['sim.example'] });
    expect(await serverOf(FORWARDED)).toBe('https://sim.example/clusters/demo');
    expect(await serverOf({ 'X-Forwarded-Proto': 'https' })).toBe(`${test.url.replace('http:', 'https:')}/clusters/demo`);
    const stranger = await ask('GET', '/v1/clusters', { 'X-Forwarded-Host': 'evil.example' });
    expect(stranger.status).toBe(403);
  });

  it('one that is not trusted says nothing', async () => {
    await start({ trustedProxies: ['10.0.0.0/8', '::1'] });
    expect(await serverOf(FORWARDED)).toBe(`${test.url}/clusters/demo`);
  });
});
