// A cluster that is created under the name of a deleted one is another one: neither kubeconfigs nor positions of streams of the first open it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestService, type TestService } from '../support/service.ts';

const SERVICE = 'the-token-of-the-service';
const OWN = 'the-token-of-the-cluster';

let folder: string;
let served: TestService;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-incarnations-'));
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(token?: string): Promise<void> {
  served = await startTestService({ folder, ...(token === undefined ? {} : { token }) });
}

async function restart(token?: string): Promise<void> {
  await served.close();
  await start(token);
}

const bearer = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { Authorization: `Bearer ${token}` });

async function create(token?: string, body: object = {}): Promise<void> {
  expect(
    (
      await served.http
        .post('/v1/clusters')
        .set(bearer(token))
        .send({ name: 'demo', nodes: 1, ...body })
    ).status,
  ).toBe(201);
}

async function recreate(token?: string, body: object = {}): Promise<void> {
  expect((await served.http.delete('/v1/clusters/demo').set(bearer(token))).status).toBe(204);
  await create(token, body);
}

/** Path of the server, and token, of a kubeconfig. */
async function kubeconfig(token?: string): Promise<{ readonly path: string; readonly key: string | undefined }> {
  const { text } = await served.http.get('/v1/clusters/demo/kubeconfig').set(bearer(token)).buffer(true);
  const { clusters, users } = parse(text) as { clusters: [{ cluster: { server: string } }]; users: [{ user: { token?: string } }] };
  return { path: new URL(clusters[0].cluster.server).pathname, key: users[0].user.token };
}

async function get(path: string, token?: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(served.url + path, { headers: bearer(token) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a kubeconfig', () => {
  it.each([
    {
      title: 'without any token',
      service: undefined,
      body: {},
      admin: undefined,
      expected: { status: 410, body: { kind: 'Status', reason: 'Gone' } },
    },
    {
      title: 'with a token of the service',
      service: SERVICE,
      body: {},
      admin: SERVICE,
      expected: { status: 401, body: { reason: 'Unauthorized' } },
    },
    {
      title: 'with a token of the cluster',
      service: undefined,
      body: { token: OWN },
      admin: OWN,
      expected: { status: 401, body: { reason: 'Unauthorized' } },
    },
  ])('opens its cluster, also after a restart, and not the next one of this name ($title)', async ({ service, body, admin, expected }) => {
    await start(service);
    await create(service, body);
    const old = await kubeconfig(admin);
    expect((await get(`${old.path}/api/v1/nodes`)).status).toBe(200);
    await restart(service);
    expect(await kubeconfig(admin)).toEqual(old);
    expect((await get(`${old.path}/api/v1/nodes`)).status).toBe(200);
    await recreate(admin === OWN ? OWN : service, body);
    expect(await get(`${old.path}/api/v1/nodes`)).toMatchObject(expected);
    if (old.key !== undefined) expect((await get('/clusters/demo/api/v1/nodes', old.key)).status).toBe(401);
    const fresh = await kubeconfig(admin);
    expect(fresh.path).not.toBe(old.path);
    expect((await get(`${fresh.path}/api/v1/nodes`)).status).toBe(200);
  });

  it('says what happened, and where there is another one', async () => {
    await start();
    await create();
    const { path } = await kubeconfig();
    await served.http.delete('/v1/clusters/demo');
    expect(await get(`${path}/api/v1/nodes`)).toMatchObject({
      status: 404,
      body: { reason: 'NotFound', message: 'there is no cluster demo' },
    });
    await create();
    const { body } = await get(`${path}/api/v1/nodes`);
    expect(body['message']).toMatch(
      /was deleted; there is another one under its name, whose kubeconfig is at \/v1\/clusters\/demo\/kubeconfig/,
    );
  });

  it('of a time without a token opens nothing once there is one, and names no secret', async () => {
    await start();
    await create();
    const { path } = await kubeconfig();
    await restart(SERVICE);
    expect((await get(`${path}/api/v1/nodes`)).status).toBe(401);
    expect((await get(`${path}/api/v1/nodes`, SERVICE)).status).toBe(200);
    expect((await get('/clusters/demo/api/v1/nodes', path.split('/').at(-1))).status).toBe(401);
  });

  it('is one path among others: the name alone is whichever cluster has it', async () => {
    await start();
    await create();
    const { path } = await kubeconfig();
    const versions = await get(`${path}/openapi/v3`);
    expect(JSON.stringify(versions.body)).toContain(`"serverRelativeURL":"${path}/openapi/v3/api/v1?hash=`);
    await recreate();
    expect((await get('/clusters/demo/api/v1/nodes')).status).toBe(200);
    expect((await get('/clusters/demo.x/api/v1/nodes')).status).toBe(410);
    expect((await get('/clusters/nobody.x/api/v1/nodes')).status).toBe(404);
  });
});

/** The frames of a stream until it ends, or says that it is as far as the present. */
async function frames(
  path: string,
  lastEventId?: string,
): Promise<{ readonly id: string | undefined; readonly event: string; readonly data: string }[]> {
  const headers = { Accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) };
  const response = await fetch(`${served.url}${path}`, { headers });
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((frame) => frame.includes('event: '))
    .map((frame) => ({
      id: /^id: (.*)$/m.exec(frame)?.[1],
      event: /^event: (.*)$/m.exec(frame)?.[1] ?? '',
      data: /^data: (.*)$/m.exec(frame)?.[1] ?? '',
    }));
}

async function addConfigMap(name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
  expect((await served.http.post('/clusters/demo/api/v1/namespaces/default/configmaps').send(body)).status).toBe(201);
}

describe.each([
  { face: 'service', path: '/v1/clusters/demo/watch?resource=configmaps&timeoutSeconds=1' },
  { face: 'Kubernetes', path: '/clusters/demo/api/v1/configmaps?watch=true&timeoutSeconds=1' },
])('a stream of the $face API', ({ path }) => {
  it('has the resource version as its id, and goes on behind it', async () => {
    await start();
    await create();
    await addConfigMap('one');
    const first = await frames(path);
    const one = first.find((frame) => frame.data.includes('"one"'));
    expect(one?.id).toBe((await served.http.get('/clusters/demo/api/v1/namespaces/default/configmaps/one')).body.metadata.resourceVersion);
    await addConfigMap('two');
    const next = await frames(path, one?.id);
    expect(next.map(({ event, data }) => `${event} ${/"name":"(\w+)"/.exec(data)?.[1]}`)).toEqual(['ADDED two']);
  });

  it('has an id of its own when the name was used before: 410 for the positions of the cluster before, also after a restart', async () => {
    await start();
    await create();
    await addConfigMap('one');
    const old = (await frames(path)).at(-1)?.id ?? '';
    await recreate();
    await addConfigMap('other');
    await restart();
    for (const position of [old, '1', `${old}@0a1b2c3d`, '999999']) {
      const [gone, ...rest] = await frames(path, position);
      expect([gone?.event, rest]).toEqual(['ERROR', []]);
      expect(gone?.data).toMatch(/"code":410/);
    }
    const other = (await frames(path)).find((frame) => frame.data.includes('"other"'));
    expect(other?.id).toMatch(/^\d+@[0-9a-f]{8}$/);
    await addConfigMap('next');
    expect((await frames(path, other?.id)).map((frame) => /"name":"(\w+)"/.exec(frame.data)?.[1])).toEqual(['next']);
  });

  it('refuses what is no position, and answers one that is beyond the present with 410', async () => {
    await start();
    await create();
    for (const position of ['x', '1@', '-1', '1.5'])
      expect((await fetch(served.url + path, { headers: { Accept: 'text/event-stream', 'Last-Event-ID': position } })).status).toBe(400);
    expect((await frames(path, '999999')).map((frame) => frame.event)).toEqual(['ERROR']);
  });
});
