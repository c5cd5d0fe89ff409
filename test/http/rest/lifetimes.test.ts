// Clusters with a time to live: deleted when nobody has used them for so long, by a wall clock that the test turns.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let folder: string;
let served: TestService;
let nowMs: number;

const start = async () => {
  served = await startTestService({ folder, now: () => nowMs });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-lifetimes-'));
  nowMs = Date.now();
  await start();
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const create = (body: object) => served.http.post('/v1/clusters').send({ nodes: 1, ...body });
const names = async () => (await served.http.get('/v1/clusters')).body.items.map(({ name }: { name: string }) => name);

async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await served.clusters.expireIdle();
}

it('deletes a cluster that nobody has used for its time, and keeps the others', async () => {
  const made = await create({ name: 'short', ttl: '1h' });
  expect(made.body).toMatchObject({ ttl: '1h0m0s' });
  await create({ name: 'kept' });
  const listed = (await served.http.get('/v1/clusters')).body.items.find(({ name }: { name: string }) => name === 'short');
  expect(Date.parse(listed.expiresAt)).toBe(nowMs + HOUR_MS);
  await pass(59 * MINUTE_MS);
  // To be listed is no use; to be asked for is.
  expect(await names()).toEqual(['kept', 'short']);
  await served.http.get('/v1/clusters/short/clock').expect(200);
  await pass(59 * MINUTE_MS);
  expect(await names()).toEqual(['kept', 'short']);
  await pass(MINUTE_MS);
  expect(await names()).toEqual(['kept']);
  await served.http.get('/v1/clusters/short').expect(404);
});

it('is not kept by a clock that runs', async () => {
  await create({ name: 'alone', ttl: '1h', clock: { mode: 'running', rate: 60 } });
  await pass(HOUR_MS);
  expect(await names()).toEqual([]);
});

it('keeps a cluster for as long as somebody watches it, and from then on for its time', async () => {
  await create({ name: 'watched', ttl: '1h' });
  const leave = new AbortController();
  const { body } = await fetch(`${served.url}/v1/clusters/watched/watch`, { signal: leave.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await pass(3 * HOUR_MS);
  expect(await names()).toEqual(['watched']);
  leave.abort();
  await vi.waitFor(async () => {
    await pass(HOUR_MS);
    expect(await names()).toEqual([]);
  });
});

it('goes on after a restart, with some time for clients who come back', async () => {
  await create({ name: 'a', ttl: '1h' });
  await create({ name: 'b', ttl: '1h' });
  await served.close();
  nowMs += 2 * HOUR_MS;
  await start();
  await pass(0);
  expect(await names()).toEqual(['a', 'b']);
  await served.http.get('/v1/clusters/b').expect(200);
  await pass(5 * MINUTE_MS);
  expect(await names()).toEqual(['b']);
  expect((await served.http.get('/v1/clusters/b')).body.ttl).toBe('1h0m0s');
});

it('goes on after a restart from the last use', async () => {
  await create({ name: 'used', ttl: '1h' });
  await create({ name: 'unused', ttl: '1h' });
  nowMs += 50 * MINUTE_MS;
  await served.http.get('/v1/clusters/used').expect(200);
  await served.close();
  nowMs += 20 * MINUTE_MS;
  await start();
  await pass(6 * MINUTE_MS);
  expect(await names()).toEqual(['used']);
  await pass(34 * MINUTE_MS);
  expect(await names()).toEqual([]);
});

it('gives forks a lifetime of their own, and what is rewound the same', async () => {
  await create({ name: 'parent', ttl: '1h' });
  await served.http.post('/v1/clusters/parent/forks').send({ name: 'kept' }).expect(201);
  await served.http.post('/v1/clusters/parent/forks').send({ name: 'brief', ttl: '10m' }).expect(201);
  await served.http.post('/v1/clusters/parent/rewind').send({ to: 'command:1' }).expect(200);
  await pass(30 * MINUTE_MS);
  expect(await names()).not.toContain('brief');
  expect(await names()).toContain('parent');
  await pass(30 * MINUTE_MS);
  expect(await names()).toEqual(['kept']);
});

it('is known, with the labels, to a directory that is made again from the files; the time begins anew', async () => {
  await create({ name: 'made', ttl: '1h', labels: { course: 'k8s-101' } });
  await served.http
    .post('/v1/clusters/made/forks')
    .send({ name: 'fork', ttl: '2h', labels: { course: 'k8s-102' } })
    .expect(201);
  await served.http.post('/v1/clusters/made/rewind').send({ to: 'command:1' }).expect(200);
  await served.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `directory.sqlite${suffix}`), { force: true });
  await start();
  const listed = (selector: string) => served.http.get(`/v1/clusters?labelSelector=${encodeURIComponent(selector)}`);
  expect((await listed('course=k8s-101')).body.items.map(({ name }: { name: string }) => name)).toContain('made');
  const [fork] = (await listed('course=k8s-102')).body.items;
  expect(fork).toMatchObject({ name: 'fork', ttl: '2h0m0s' });
  expect(Date.parse(fork.expiresAt)).toBeGreaterThan(nowMs + HOUR_MS);
  nowMs = Date.now();
  await pass(HOUR_MS + MINUTE_MS);
  expect(await names()).toEqual(['fork']);
});

it('keeps a cluster that is damaged, for who can put it right', async () => {
  await create({ name: 'damaged', ttl: '1h' });
  await create({ name: 'sound', ttl: '1h' });
  await served.close();
  const [file = ''] = readdirSync(join(folder, 'clusters')).filter((name) => /^damaged-.*\.sqlite$/.test(name));
  writeFileSync(join(folder, 'clusters', file), 'whoever opens this finds no database');
  await start();
  await served.http.get('/v1/clusters/damaged').expect(503);
  await pass(3 * HOUR_MS);
  expect(await names()).toEqual(['damaged']);
  // What the service says of it is what the test did.
  expect((served.failures as unknown[]).splice(0).map(String)).toEqual([expect.stringContaining('is no database')]);
});

it.each(['0s', '999ms', 'soon', -1, '200000h'])('refuses %j', async (ttl) => {
  const { status, body } = await create({ name: 'x', ttl });
  expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'invalid-request', '/ttl']);
});

it.each(['0s', 'soon', -1, '200000h'])('refuses %j for a fork', async (ttl) => {
  await create({ name: 'parent' });
  const { status, body } = await served.http.post('/v1/clusters/parent/forks').send({ name: 'x', ttl });
  expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'invalid-request', '/ttl']);
  expect(await names()).toEqual(['parent']);
});
