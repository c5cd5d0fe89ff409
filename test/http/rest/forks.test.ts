// Forks through the service API, over worker threads or not: clusters that go on where another one was.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const DEMO = '/v1/clusters/demo';
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'app', image: 'nginx' }] } };

let served: TestService;
let folder: string;

const digestOf = async (name: string): Promise<string> => (await served.http.get(`/v1/clusters/${name}`)).body.digest;
const advance = (name: string, by: string) => served.http.post(`/v1/clusters/${name}/clock/advance`).send({ by });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-forks-'));
  served = await startTestService({ folder });
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await served.http.post(`${DEMO}/manifests`).send(POD);
  await advance('demo', '1h');
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a fork', () => {
  it('is a cluster of its own, and equal commands lead it to the same', async () => {
    const made = await served.http.post(`${DEMO}/forks`).send({ name: 'twin' });
    expect([made.status, made.headers['location']]).toEqual([201, '/v1/clusters/twin']);
    expect(made.body).toMatchObject({ name: 'twin', digest: await digestOf('demo'), elapsedSeconds: 3600 });
    for (const name of ['demo', 'twin']) await advance(name, '10m');
    expect(await digestOf('twin')).toBe(await digestOf('demo'));
    await served.http.post('/v1/clusters/twin/faults').send({ type: 'node-down', target: { node: 'node-1' } });
    for (const name of ['demo', 'twin']) await advance(name, '10m');
    expect(await digestOf('twin')).not.toBe(await digestOf('demo'));
    expect((await served.http.get('/clusters/twin/api/v1/pods/')).status).toBe(200);
    expect((await served.http.get('/v1/clusters')).body.items.map(({ name }: { name: string }) => name)).toEqual(['demo', 'twin']);
  });

  it('begins in the past, under a name that is made up', async () => {
    const made = await served.http.post(`${DEMO}/forks`).send({ at: '2025-01-01T00:00:01Z' });
    expect(made.body.name).toMatch(/^demo-fork-[a-z0-9]{5}$/);
    expect(made.body).toMatchObject({ elapsedSeconds: 1 });
    const pods = await served.http.get(`/clusters/${made.body.name}/api/v1/namespaces/default/pods`);
    expect(pods.body.items[0].status.phase).toBe('Pending');
    await advance(made.body.name, '4799s');
    expect(await digestOf(made.body.name)).toBe(await digestOf('demo'));
    expect((await served.http.delete(`/v1/clusters/${made.body.name}`)).status).toBe(204);
  });

  it('can have another seed, and forks of its own; the tree shows all of them', async () => {
    expect((await served.http.post('/v1/clusters/twin/forks').send({ name: 'grandchild', seed: 99 })).body).toMatchObject({ seed: 99 });
    const { body } = await served.http.get(`${DEMO}/forks`);
    expect(body.items).toMatchObject([{ name: 'twin', from: { command: 3 }, forks: [{ name: 'grandchild', forks: [] }] }]);
    expect((await served.http.get('/v1/clusters/grandchild/forks')).body).toEqual({ items: [] });
  });

  it('goes on after its parent is deleted, and after a restart', async () => {
    const digests = [await digestOf('twin'), await digestOf('grandchild')];
    expect((await served.http.delete(DEMO)).status).toBe(204);
    await served.close();
    served = await startTestService({ folder });
    expect([await digestOf('twin'), await digestOf('grandchild')]).toEqual(digests);
    expect((await served.http.get('/v1/clusters/twin?at=2025-01-01T00:00:02Z')).body.elapsedSeconds).toBe(2);
    expect((await served.http.get('/v1/clusters/twin/commands')).body.items[1].type).toBe('manifests');
    await advance('grandchild', '1h');
  });

  it.each([
    ['a name that is taken', { name: 'twin' }, 409, 'cluster-exists'],
    ['a moment that was not', { at: 'rv:99999999' }, 400, 'invalid-instant'],
    ['no moment at all', { at: 'then' }, 400, 'invalid-request'],
    ['what it does not know', { when: 'now' }, 400, 'invalid-request'],
    ['a wrong seed', { seed: -1 }, 400, 'invalid-request'],
  ])('is refused with %s, and nothing is left of it', async (_, body, status, code) => {
    const before = (await served.http.get('/v1/clusters')).body.items.length;
    expect((await served.http.post('/v1/clusters/twin/forks').send(body)).body).toMatchObject({ status, code });
    expect((await served.http.get('/v1/clusters')).body.items).toHaveLength(before);
    expect((await served.http.post('/v1/clusters/nobody/forks').send({})).status).toBe(404);
  });

  it('of a cluster with a token of its own has one, too', async () => {
    const [token, other] = ['the-token-of-the-parent', 'the-token-of-the-fork--'];
    await served.http.post('/v1/clusters').send({ name: 'closed', token });
    const fork = (body: object) => served.http.post('/v1/clusters/closed/forks').set('Authorization', `Bearer ${token}`).send(body);
    expect((await served.http.post('/v1/clusters/closed/forks').send({})).status).toBe(401);
    expect((await fork({})).body).toMatchObject({ status: 409, code: 'conflict' });
    expect((await fork({ name: 'own', token: other })).status).toBe(201);
    expect((await served.http.get('/v1/clusters/own').set('Authorization', `Bearer ${token}`)).status).toBe(403);
    expect((await served.http.get('/v1/clusters/own').set('Authorization', `Bearer ${other}`)).status).toBe(200);
  });
});
