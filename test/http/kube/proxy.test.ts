// What is asked of pods, services and kubelets through the API server.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCluster, type TestCluster } from './server.ts';

const NAMESPACE = '/api/v1/namespaces/default';

let cluster: TestCluster;

async function create(path: string, object: object): Promise<void> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(object) };
  const response = await cluster.fetch(path, init);
  if (response.status !== 201) throw new Error(await response.text());
}

const pod = (name: string, container: object, spec: object = {}) =>
  create(`${NAMESPACE}/pods`, { metadata: { name, labels: { app: name } }, spec: { containers: [{ name: 'c', ...container }], ...spec } });
const service = (name: string, spec: object) =>
  create(`${NAMESPACE}/services`, { metadata: { name }, spec: { selector: { app: name }, ...spec } });

const PAGE =
  '<html><a href="/about?x=1">us</a> <a href="more">more</a> <img src=\'/logo.png\'> <a href="https://example.com/">out</a></html>';

beforeAll(async () => {
  cluster = createTestCluster({ nodes: 2 });
  await create(`${NAMESPACE}/configmaps`, { metadata: { name: 'pages' }, data: { 'index.html': PAGE } });
  const mount = { volumeMounts: [{ name: 'pages', mountPath: '/usr/share/nginx/html' }] };
  await pod(
    'web',
    { image: 'nginx:1.27', ports: [{ containerPort: 80 }], ...mount },
    { volumes: [{ name: 'pages', configMap: { name: 'pages' } }] },
  );
  await pod('agn', {
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
    args: ['netexec', '--http-port=8080'],
    ports: [{ containerPort: 8080 }],
  });
  await service('web', { ports: [{ port: 80, targetPort: 80 }] });
  await service('agn', { ports: [{ name: 'http', port: 8000, targetPort: 8080 }] });
  await service('nobody', { ports: [{ port: 80 }] });
  await cluster.advance(60_000);
});
afterAll(() => cluster.remove());

const ask = async (path: string, init?: RequestInit) => {
  const response = await cluster.fetch(path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const messageOf = async (path: string) => {
  const { status, text } = await ask(path);
  return [status, (JSON.parse(text) as { reason: string; message: string }).reason, (JSON.parse(text) as { message: string }).message];
};

describe('M9 a pod', () => {
  it.each(['web', 'web:80', 'http:web:80', 'http:web:'])('is asked as %s, at its first port when none is said', async (id) => {
    const { status, headers, text } = await ask(`${NAMESPACE}/pods/${id}/proxy/`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(text).toContain('<a href="more">more</a>');
  });

  it('is asked with method, path, query and body, and notes who asks', async () => {
    const { status, text } = await ask(`${NAMESPACE}/pods/agn/proxy/echo?msg=hello%20you`);
    expect([status, text]).toEqual([200, 'hello you']);
    const posted = await ask(`${NAMESPACE}/pods/agn:8080/proxy/header?key=X-Forwarded-Uri`, { method: 'POST', body: 'a=b' });
    expect(posted.text).toBe(`${NAMESPACE}/pods/agn:8080/proxy/header`);
    expect((await ask(`${NAMESPACE}/pods/agn/proxy/clientip`)).text).toMatch(/^172\.18\.0\.1:\d+$/);
    expect((await ask(`${NAMESPACE}/pods/agn/log`)).text).toContain('GET /echo?msg=hello you&code=');
  });

  it('has its links and redirections led back through the proxy', async () => {
    const base = `/clusters/test${NAMESPACE}/pods/web/proxy`;
    const { text } = await ask(`${NAMESPACE}/pods/web/proxy/`);
    expect(text).toBe(
      `<html><a href="${base}/about?x=1">us</a> <a href="more">more</a> <img src='${base}/logo.png'> <a href="https://example.com/">out</a></html>`,
    );
    const moved = await ask(`${NAMESPACE}/pods/agn/proxy/redirect?location=%2Fecho%3Fmsg%3Dmoved&code=302`);
    expect([moved.status, moved.headers.get('location')]).toEqual([302, `/clusters/test${NAMESPACE}/pods/agn/proxy/echo?msg=moved`]);
  });

  it('without a slash at the end is redirected to its folder', async () => {
    const { status, headers } = await ask(`${NAMESPACE}/pods/web/proxy?a=b`);
    expect([status, headers.get('location')]).toEqual([301, `/clusters/test${NAMESPACE}/pods/web/proxy/?a=b`]);
    expect((await ask(`${NAMESPACE}/pods/agn/proxy`, { method: 'POST', body: '' })).status).toBe(200);
  });

  it.each(['DELETE', 'OPTIONS', 'PATCH', 'PUT'])('takes %s', async (method) => {
    const { status, text } = await ask(`${NAMESPACE}/pods/agn/proxy?x=y`, { method });
    expect([status, text.startsWith('{"kind":"Status"')]).toEqual([200, false]);
  });

  it('HEAD has headers only', async () => {
    const { status, text } = await ask(`${NAMESPACE}/pods/web/proxy/`, { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
  });

  it.each([
    ['pods/none/proxy/', 404, 'NotFound', 'pods "none" not found'],
    ['pods/ftp:web:80/proxy/', 400, 'BadRequest', 'invalid pod request "ftp:web:80"'],
    ['pods/a:b:c:d/proxy/', 400, 'BadRequest', 'invalid pod request "a:b:c:d"'],
    [
      'pods/web:81/proxy/',
      503,
      'ServiceUnavailable',
      /^error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused$/,
    ],
    [
      'pods/https:web:80/proxy/',
      503,
      'ServiceUnavailable',
      'error trying to reach service: http: server gave HTTP response to HTTPS client',
    ],
  ])('%s is %i', async (path, code, reason, message) => {
    expect(await messageOf(`${NAMESPACE}/${path}`)).toEqual([
      code,
      reason,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });

  it('that has no address is not asked', async () => {
    await pod('far', { image: 'nginx:1.27' }, { nodeSelector: { nobody: 'has' } });
    expect(await messageOf(`${NAMESPACE}/pods/far/proxy/`)).toEqual([400, 'BadRequest', 'address not allowed']);
  });
});

describe('M9 a service', () => {
  it.each(['web', 'web:80', 'http:web:80', 'agn:http', 'agn:8000'])('is asked as %s', async (id) => {
    expect((await ask(`${NAMESPACE}/services/${id}/proxy/`)).status).toBe(200);
  });

  it.each([
    ['none', 404, 'NotFound', 'endpoints "none" not found'],
    ['none:80', 404, 'NotFound', 'services "none" not found'],
    ['web:81', 503, 'ServiceUnavailable', 'no service port 81 found for service "web"'],
    // Its only port has a name, which must be said.
    ['agn', 503, 'ServiceUnavailable', 'no endpoints available for service "agn"'],
    ['nobody', 503, 'ServiceUnavailable', 'no endpoints available for service "nobody"'],
    ['x:y:z:w', 400, 'BadRequest', 'invalid service request "x:y:z:w"'],
  ])('%s is %i', async (id, code, reason, message) => {
    expect(await messageOf(`${NAMESPACE}/services/${id}/proxy/`)).toEqual([code, reason, message]);
  });
});

describe('M9 a node', () => {
  it('is healthy, has pods, figures, a configuration and logs', async () => {
    expect(await ask('/api/v1/nodes/node-1/proxy/healthz')).toMatchObject({ status: 200, text: 'ok' });
    const lists = await Promise.all(
      ['node-1:10250', 'node-2'].map(async (id) => JSON.parse((await ask(`/api/v1/nodes/${id}/proxy/pods/`)).text)),
    );
    const names = lists.flatMap(({ items }: { items: { metadata: { name: string } }[] }) => items.map(({ metadata }) => metadata.name));
    expect(names.sort()).toEqual(['agn', 'web']);
    const summaries = await Promise.all(
      ['node-1', 'node-2'].map(async (id) => JSON.parse((await ask(`/api/v1/nodes/${id}/proxy/stats/summary`)).text)),
    );
    expect(summaries[0].node).toMatchObject({ nodeName: 'node-1', cpu: { usageNanoCores: expect.any(Number) } });
    expect(summaries.flatMap(({ pods }: { pods: { podRef: { name: string } }[] }) => pods.map(({ podRef }) => podRef.name)).sort()).toEqual(
      ['agn', 'web'],
    );
    expect(JSON.parse((await ask('/api/v1/nodes/node-1/proxy/configz')).text).kubeletconfig.maxPods).toBe(110);
    expect((await ask('/api/v1/nodes/node-1/proxy/logs/')).text).toContain('<a href="pods/">pods/</a>');
    const logs = await Promise.all(['node-1', 'node-2'].map((id) => ask(`/api/v1/nodes/${id}/proxy/containerLogs/default/agn/c`)));
    expect(logs.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect(await ask('/api/v1/nodes/node-1/proxy/nothing')).toMatchObject({ status: 404, text: '404 page not found\n' });
    expect((await ask('/api/v1/nodes/node-1/proxy/healthz', { method: 'DELETE' })).status).toBe(405);
  });

  it.each([
    ['none', 404, 'nodes "none" not found'],
    ['node-1:80', 503, /dial tcp 172\.18\.0\.\d+:80: connect: connection refused$/],
    ['ftp:node-1:80', 400, 'invalid node request "ftp:node-1:80"'],
  ])('%s is %i', async (id, code, message) => {
    const [status, , text] = await messageOf(`/api/v1/nodes/${id}/proxy/healthz`);
    expect([status, text]).toEqual([code, typeof message === 'string' ? message : expect.stringMatching(message)]);
  });

  it('that is down is not reached', async () => {
    const fault = { type: 'node-down', node: 'node-2' } as const;
    cluster.service.execute('test', { type: 'fault', fault, afterMs: 0, forMs: null });
    expect(await messageOf('/api/v1/nodes/node-2/proxy/healthz')).toEqual([
      503,
      'ServiceUnavailable',
      expect.stringContaining('no route to host'),
    ]);
  });
});

it('B5 discovery knows the proxies, and other methods and subresources are refused as before', async () => {
  const { resources } = JSON.parse((await ask('/api/v1')).text) as { resources: { name: string; kind: string; verbs: string[] }[] };
  const proxies = resources.filter(({ name }) => name.endsWith('/proxy'));
  const verbs = ['create', 'delete', 'get', 'patch', 'update'];
  expect(proxies.map(({ name, kind }) => [name, kind])).toEqual([
    ['nodes/proxy', 'NodeProxyOptions'],
    ['pods/proxy', 'PodProxyOptions'],
    ['services/proxy', 'ServiceProxyOptions'],
  ]);
  expect(proxies.every((proxy) => JSON.stringify(proxy.verbs) === JSON.stringify(verbs))).toBe(true);
  expect((await ask(`${NAMESPACE}/pods/web/log/more`)).status).toBe(404);
  expect((await ask(`${NAMESPACE}/configmaps/pages/proxy/`)).status).toBe(404);
});
