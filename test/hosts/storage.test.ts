// A data folder that cannot be used: the service says why it does not start, and one that runs answers 503 and loses nothing.

import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { serve } from '../../src/hosts/node.ts';
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
  await expect(start(folder)).rejects.toThrow(/directory\.sqlite in it is not a database of this service/);
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
