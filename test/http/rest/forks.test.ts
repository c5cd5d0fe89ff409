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

  it('is listed by pages, the oldest first, each with all forks of its own', async () => {
    for (const name of ['third', 'second']) await served.http.post(`${DEMO}/forks`).send({ name, at: 'command:2' }).expect(201);
    const page = async (query: string) => (await served.http.get(`${DEMO}/forks?${query}`)).body;
    const first = await page('limit=2');
    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['second', 'third']);
    const rest = await page(`limit=2&cursor=${first.nextCursor}`);
    expect(rest.items).toMatchObject([{ name: 'twin', forks: [{ name: 'grandchild' }] }]);
    expect(rest.nextCursor).toBeUndefined();
    expect((await page('cursor=nonsense')).code).toBe('invalid-request');
    expect((await page('limit=0')).code).toBe('invalid-request');
    for (const name of ['third', 'second']) await served.http.delete(`/v1/clusters/${name}`).expect(204);
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

describe('a rewind', () => {
  const LAB = '/v1/clusters/lab';
  const podsOf = async (name: string) => (await served.http.get(`/clusters/${name}/api/v1/namespaces/default/pods`)).body.items.length;

  it('takes the cluster back in its place, and keeps what came after', async () => {
    await served.http.post('/v1/clusters').send({ name: 'lab', nodes: 1 });
    await advance('lab', '1m');
    const [digest, config] = [await digestOf('lab'), await served.http.get(`${LAB}/kubeconfig`)];
    const server = new URL(/server: (\S+)/.exec(config.text)?.[1] ?? '').pathname;
    await served.http.post(`${LAB}/manifests`).send(POD);
    await advance('lab', '1m');
    const later = await digestOf('lab');
    const controller = new AbortController();
    const stream = await fetch(`${served.url}${LAB}/watch?resource=pods`, { signal: controller.signal });
    const { body, status } = await served.http.post(`${LAB}/rewind`).send({ to: 'command:2' });
    expect(status).toBe(200);
    expect(body.cluster).toMatchObject({ name: 'lab', digest, elapsedSeconds: 60 });
    expect([await digestOf('lab'), await podsOf('lab')]).toEqual([digest, 0]);
    expect((await served.http.get(body.kept.links.self)).body).toMatchObject({ digest: later, clock: { mode: 'manual' } });
    expect(await podsOf(body.kept.name)).toBe(1);
    // Who watched is told to begin anew, who had a kubeconfig goes on.
    expect(await stream.text()).toContain('event: ADDED');
    expect((await served.http.get(`${server}/api/v1/namespaces/default/pods`)).body.items).toEqual([]);
    const resumed = await fetch(`${served.url}${LAB}/watch?resource=pods&timeoutSeconds=1`, { headers: { 'Last-Event-ID': '5' } });
    expect(await resumed.text()).toContain('"code":410');
    expect((await served.http.get(`${LAB}/forks`)).body.items).toMatchObject([{ name: body.kept.name }]);
    controller.abort();
  });

  it('leads with equal commands to equal digests', async () => {
    const kept = (await served.http.get(`${LAB}/forks`)).body.items[0].name;
    const wanted = (await served.http.get(`/v1/clusters/${kept}?at=command:4`)).body.digest;
    await served.http.post(`${LAB}/manifests`).send(POD);
    await advance('lab', '1m');
    expect(await digestOf('lab')).toBe(wanted);
  });

  it('can be done again, also after a restart, and to before it', async () => {
    await served.close();
    served = await startTestService({ folder });
    const again = await served.http.post(`${LAB}/rewind`).send({ to: 'command:1' });
    expect(again.body.cluster).toMatchObject({ elapsedSeconds: 0 });
    expect((await served.http.get(`${LAB}/forks`)).body.items).toHaveLength(2);
    expect((await served.http.get('/v1/clusters')).body.items.every(({ state }: { state: string }) => state !== 'broken')).toBe(true);
    for (const { name } of (await served.http.get(`${LAB}/forks`)).body.items)
      expect((await served.http.delete(`/v1/clusters/${name}`)).status).toBe(204);
    expect((await served.http.delete(LAB)).status).toBe(204);
  });

  it('is refused to where nothing was, and changes nothing then', async () => {
    await served.http.post('/v1/clusters').send({ name: 'lab' });
    const digest = await digestOf('lab');
    expect((await served.http.post(`${LAB}/rewind`).send({ to: 'rv:99999999' })).body).toMatchObject({ code: 'invalid-instant' });
    expect((await served.http.post(`${LAB}/rewind`).send({})).body).toMatchObject({ code: 'invalid-request' });
    expect((await served.http.post('/v1/clusters/nobody/rewind').send({ to: 'rv:1' })).status).toBe(404);
    expect([await digestOf('lab'), (await served.http.get(`${LAB}/forks`)).body.items]).toEqual([digest, []]);
  });
});
