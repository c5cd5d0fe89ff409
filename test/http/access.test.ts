// Tokens of the service and tokens of single clusters, on both faces.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startTestService, type TestService } from '../support/service.ts';

const OWN = 'the-token-of-cluster-a';
const OTHER = 'the-token-of-cluster-b';
const SERVICE = 'the-token-of-the-service';

let folder: string;
let served: TestService;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-access-'));
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(token?: string): Promise<void> {
  served = await startTestService({ folder, ...(token === undefined ? {} : { token }) });
}

async function create(body: object, token?: string): Promise<number> {
  const request = served.http.post('/v1/clusters').send({ nodes: 1, ...body });
  return (await (token === undefined ? request : request.set('Authorization', `Bearer ${token}`))).status;
}

/** Status of a GET with a token. */
async function get(path: string, token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(served.url + path, { headers });
  await response.body?.cancel();
  return response.status;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
  readonly users: readonly [{ readonly user: { readonly token?: string } }];
}

async function kubeconfig(name: string, token?: string): Promise<{ readonly server: string; readonly token: string | undefined }> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${served.url}/v1/clusters/${name}/kubeconfig`, { headers });
  const { clusters, users } = parse(await response.text()) as Kubeconfig;
  return { server: clusters[0].cluster.server, token: users[0].user.token };
}

const FACES = ['/v1/clusters/a', '/v1/clusters/a/clock', '/clusters/a/api/v1/nodes'] as const;

describe('a service without a token', () => {
  it('leaves clusters without a token open, and asks for that of a cluster that has one, on both faces', async () => {
    await start();
    expect([await create({ name: 'a', token: OWN }), await create({ name: 'b', token: OTHER }), await create({ name: 'open' })]).toEqual([
      201, 201, 201,
    ]);
    for (const path of FACES) {
      expect([await get(path), await get(path, 'something-else'), await get(path, OTHER), await get(path, OWN)]).toEqual([
        401, 401, 403, 200,
      ]);
    }
    expect([await get('/v1/clusters'), await get('/v1/clusters/open'), await get('/clusters/open/api/v1/nodes')]).toEqual([200, 200, 200]);
    expect(await get('/v1/clusters/open', OWN)).toBe(200);
  });

  it('speaks the language of each face when it refuses', async () => {
    await start();
    await create({ name: 'a', token: OWN });
    await create({ name: 'b', token: OTHER });
    const problem = await served.http.get('/v1/clusters/a');
    expect([problem.headers['content-type'], problem.body.code, problem.headers['www-authenticate']]).toEqual([
      'application/problem+json',
      'unauthorized',
      'Bearer realm="orrery"',
    ]);
    const foreign = await served.http.delete('/v1/clusters/a').set('Authorization', `Bearer ${OTHER}`);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'forbidden']);
    const status = await served.http.get('/clusters/a/api/v1/pods').set('Authorization', `Bearer ${OTHER}`);
    expect(status.body).toMatchObject({ kind: 'Status', reason: 'Forbidden', code: 403 });
    expect(status.body.message).toBe(
      'pods is forbidden: User "orrery:another-cluster" cannot list resource "pods" in API group "" at the cluster scope',
    );
    expect((await served.http.get('/clusters/a/api/v1/pods')).body).toMatchObject({ reason: 'Unauthorized', code: 401 });
    expect((await served.http.patch('/v1/clusters/a')).status).toBe(401);
  });

  it('gives each cluster another token, of a useful length, and keeps none', async () => {
    await start();
    await create({ name: 'a', token: OWN });
    const twin = await served.http.post('/v1/clusters').send({ name: 'c', token: OWN });
    expect([twin.status, twin.body.code]).toEqual([409, 'token-taken']);
    const short = await served.http.post('/v1/clusters').send({ name: 'c', token: 'short' });
    expect([short.status, short.body.errors[0].field]).toEqual([400, '/token']);
    const shown = await served.http.get('/v1/clusters/a').set('Authorization', `Bearer ${OWN}`);
    expect(JSON.stringify(shown.body)).not.toContain(OWN);
    await served.http.delete('/v1/clusters/a').set('Authorization', `Bearer ${OWN}`);
    expect(await create({ name: 'c', token: OWN })).toBe(201);
  });

  it('knows the tokens after a restart, and the token changes nothing of the history', async () => {
    await start();
    await create({ name: 'a', token: OWN });
    await create({ name: 'b' });
    const digest = async (name: string) =>
      (await served.http.get(`/v1/clusters/${name}`).set('Authorization', `Bearer ${OWN}`)).body.digest;
    expect(await digest('a')).toBe(await digest('b'));
    await served.close();
    await start();
    expect([await get('/v1/clusters/a'), await get('/v1/clusters/a', OWN)]).toEqual([401, 200]);
  });
});

describe('a service with a token', () => {
  it('opens everything with it, and with the token of a cluster this cluster only', async () => {
    await start(SERVICE);
    expect([
      await create({ name: 'a', token: OWN }),
      await create({ name: 'a', token: OWN }, SERVICE),
      await create({ name: 'b' }, SERVICE),
    ]).toEqual([401, 201, 201]);
    for (const path of FACES) expect([await get(path), await get(path, OWN), await get(path, SERVICE)]).toEqual([401, 200, 200]);
    expect([await get('/v1/clusters', OWN), await get('/v1/clusters/b', OWN), await get('/metrics', OWN)]).toEqual([403, 403, 403]);
  });

  it('gives kubeconfigs a key of the one cluster, in the user and over plain HTTP in the path', async () => {
    await start(SERVICE);
    await create({ name: 'a' }, SERVICE);
    await create({ name: 'b' }, SERVICE);
    const { server, token } = await kubeconfig('a', SERVICE);
    expect(token).toMatch(/^a\.[\w-]{32}$/);
    expect(server).toBe(`${served.url}/access/${token}/clusters/a`);
    expect(await get(new URL(`${server}/api/v1/nodes`).pathname)).toBe(200);
    expect([await get('/clusters/a/api/v1/nodes', token), await get('/v1/clusters/a', token)]).toEqual([200, 200]);
    expect([await get('/clusters/b/api/v1/nodes', token), await get('/v1/clusters', token)]).toEqual([403, 403]);
    expect(await get(`/access/${token}/clusters/b/api/v1/nodes`)).toBe(401);
    expect(await get('/access/a.wrong/clusters/a/api/v1/nodes')).toBe(401);
  });

  it('makes the key from the token of the cluster where it has one: another service token does not change it', async () => {
    await start();
    await create({ name: 'a', token: OWN });
    const before = await kubeconfig('a', OWN);
    await served.close();
    await start(SERVICE);
    expect((await kubeconfig('a', OWN)).token).toBe(before.token);
    await served.http.delete('/v1/clusters/a').set('Authorization', `Bearer ${SERVICE}`);
    expect(await get('/v1/clusters/a', before.token)).toBe(401);
  });
});
