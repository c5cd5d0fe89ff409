// A data folder that cannot be used: the service says why it does not start, and one that runs answers 503 and loses nothing.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHead } from '../../src/db/head.ts';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { StartError } from '../../src/hosts/start-error.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-storage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (data: string) => serve(readConfig(['--port', '0', '--data', data, '--workers', '0', '--log-level', 'silent'], {}), 'test');

it('a folder that is a file is named at the start', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(start(file)).rejects.toThrow(StartError);
  await expect(start(file)).rejects.toThrow(/The data folder .*file cannot be used: it is not a folder/);
});

it('a directory file that is no database is named at the start', async () => {
  writeFileSync(join(folder, 'directory.sqlite'), 'x'.repeat(5_000));
  await expect(start(folder)).rejects.toThrow(/directory\.sqlite in it is no database\. `orrery recover --data .*` sets it aside/);
});

it('a folder that another process uses is named at the start', async () => {
  const first = await start(folder);
  await expect(start(folder)).rejects.toThrow(/another process uses it/);
  await first.close();
});

it('storage that goes away answers 503, and nothing is lost when it is back', async () => {
  const service = await start(folder);
  const post = (path: string, body: object) =>
    fetch(service.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  try {
    expect((await post('/v1/clusters', { name: 'kept' })).status).toBe(201);
    renameSync(join(folder, 'clusters'), join(folder, 'away'));
    writeFileSync(join(folder, 'clusters'), '');
    const refused = await post('/v1/clusters', { name: 'lost' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused.json()).toMatchObject({ code: 'storage-unavailable', status: 503 });
    rmSync(join(folder, 'clusters'));
    renameSync(join(folder, 'away'), join(folder, 'clusters'));
    expect((await post('/v1/clusters', { name: 'lost' })).status).toBe(201);
    expect((await fetch(`${service.url}/v1/clusters/kept`)).status).toBe(200);
  } finally {
    await service.close();
  }
  expect(existsSync(join(folder, 'directory.sqlite'))).toBe(true);
});

it.each([0, 1])('a damaged cluster is listed as broken, answers 503, and can be deleted (%i workers)', async (workers) => {
  const open = () =>
    serve(readConfig(['--port', '0', '--data', folder, '--log-level', 'silent', '--workers', String(workers)], {}), 'test');
  const call = async (service: RunningService, method: string, path: string, body?: object) => {
    const init = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(service.url + path, { method, ...init });
    const text = await response.text();
    return { status: response.status, retry: response.headers.get('retry-after'), body: text === '' ? {} : JSON.parse(text) };
  };
  const before = await open();
  for (const name of ['a', 'b']) expect((await call(before, 'POST', '/v1/clusters', { name })).status).toBe(201);
  await before.close();
  const file = readdirSync(join(folder, 'clusters')).find((name) => name.startsWith('a-') && name.endsWith('.sqlite')) ?? '';
  truncateSync(join(folder, 'clusters', file), 20_000);
  const service = await open();
  try {
    const items = async () =>
      (await call(service, 'GET', '/v1/clusters')).body.items as { name: string; state: string; problem?: string }[];
    expect((await items()).map((item) => item.state)).toEqual(['asleep', 'asleep']);
    const answer = await call(service, 'GET', '/v1/clusters/a');
    expect(answer).toMatchObject({ status: 503, retry: null, body: { code: 'cluster-broken' } });
    expect(answer.body.detail).toMatch(
      new RegExp(`cluster a is broken: its file ${file} is damaged: .* put them back from a copy, or delete the cluster`),
    );
    expect(await call(service, 'GET', '/clusters/a/api/v1/pods')).toMatchObject({ status: 503, retry: null, body: { kind: 'Status' } });
    expect(await items()).toMatchObject([
      { name: 'a', state: 'broken', problem: answer.body.detail },
      { name: 'b', state: 'asleep' },
    ]);
    expect((await call(service, 'GET', '/v1/clusters/b')).body).toMatchObject({ state: 'awake' });
    expect(existsSync(join(folder, 'clusters', file))).toBe(true);
    expect((await call(service, 'DELETE', '/v1/clusters/a')).status).toBe(204);
    expect(readdirSync(join(folder, 'clusters')).filter((name) => name.startsWith('a-'))).toEqual([]);
    expect((await call(service, 'POST', '/v1/clusters', { name: 'a' })).status).toBe(201);
  } finally {
    await service.close();
  }
});

it.each([0, 1])('full durability is that of every file of the folder (%i workers)', async (workers) => {
  const flags = ['--port', '0', '--data', folder, '--log-level', 'silent', '--workers', String(workers), '--durability', 'full'];
  const service = await serve(readConfig(flags, {}), 'test');
  const call = (method: string, path: string) => fetch(service.url + path, { method, headers: { 'Content-Type': 'application/json' } });
  const created = await fetch(`${service.url}/v1/clusters`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name": "a"}',
  });
  expect(created.status).toBe(201);
  const file = readdirSync(join(folder, 'clusters')).find((name) => name.endsWith('.sqlite')) ?? '';
  expect(readHead(join(folder, 'clusters', file))).toMatchObject({ durability: 'full', seq: 1 });
  expect((await call('DELETE', '/v1/clusters/a')).status).toBe(204);
  await service.close();
});
