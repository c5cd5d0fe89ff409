// A disk without space: what makes room needs none. And a data folder that goes away under the service: nothing is acknowledged into it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/db/directory.ts';
import { Database } from '../../src/db/driver.ts';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { fill, rowOf } from '../db/fixtures.ts';

let folder: string;
let service: RunningService | undefined;
let isMounted = false;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-disk-'));
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  if (isMounted) execFileSync('umount', ['--lazy', folder]);
  isMounted = false;
  rmSync(folder, { recursive: true, force: true });
});

async function start(workers: number, limits = ''): Promise<void> {
  const flags = ['--port', '0', '--data', folder, '--log-level', 'silent', '--workers', String(workers), '--limits', limits];
  service = await serve(readConfig(flags, {}), 'test');
}

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const init = body === undefined ? { method } : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${service?.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const configMap = (name: string, size: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: 'x'.repeat(size) },
});

/** Makes the folder a disk of two megabytes; where that is not allowed, the limit of one cluster's file has to do. */
function makeSmallDisk(): { readonly limits: string } {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
    isMounted = true;
    return { limits: '' };
  } catch {
    return { limits: 'cluster-bytes=500000,clusters=4' };
  }
}

/** Creates clusters, and objects in them, until nothing fits any more. */
async function fillDisk(): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const name = `c${names.length}`;
    if ((await call('POST', '/v1/clusters', { name })).status !== 201) break;
    names.push(name);
  }
  for (const size of [200_000, 20_000, 2_000])
    for (const name of names) await call('POST', `/v1/clusters/${name}/manifests`, configMap(`of-${size}`, size));
  return names;
}

describe('a full disk', () => {
  it('does not hold up deletions, also after a restart, and what they free can be used', async () => {
    const { limits } = makeSmallDisk();
    await start(0, limits);
    const names = await fillDisk();
    expect(names.length).toBeGreaterThan(1);
    if (isMounted) writeToTheEnd(join(folder, 'ballast'));
    const [last = '', ...others] = [...names].reverse();
    for (const name of others) expect(await call('DELETE', `/v1/clusters/${name}`)).toEqual({ status: 204, body: {} });
    expect((await call('POST', '/v1/clusters', { name: 'again' })).status).toBe(201);
    if (isMounted) writeToTheEnd(join(folder, 'ballast-2'));
    await service?.close();
    await start(0, limits);
    for (const name of [last, 'again']) expect((await call('DELETE', `/v1/clusters/${name}`)).status).toBe(204);
    expect((await call('GET', '/v1/clusters')).body['items']).toEqual([]);
    expect(readdirSync(join(folder, 'clusters'))).toEqual([]);
  });

  it('a deletion that cannot be written down is finished by the next start', async () => {
    const directory = openDirectory(folder);
    for (const name of ['a', 'b']) directory.create(rowOf(name), fill).close();
    directory.close();
    const file = new Database(join(folder, 'directory.sqlite'));
    // The row goes only with another one that is too large for the file.
    file.exec(
      'create table ballast (text); create trigger grow before delete on clusters begin insert into ballast values (zeroblob(1000000)); end',
    );
    file.close();
    const full = openDirectory(folder, { directoryBytesMax: 100_000 });
    expect(() => full.remove('a')).toThrow(/full/);
    expect(existsSync(join(folder, 'clusters', rowOf('a').file))).toBe(false);
    full.close();
    // A start that still has no room goes on all the same.
    const findings: string[] = [];
    const still = openDirectory(folder, { directoryBytesMax: 100_000, onFindings: ({ kept }) => findings.push(...kept) });
    expect(findings).toEqual([`${rowOf('a').file} is deleted, which cannot be written down: database or disk is full`]);
    still.close();
    const roomy = openDirectory(folder);
    expect(roomy.list(10, undefined).map((row) => row.name)).toEqual(['b']);
    expect(readdirSync(join(folder, 'clusters')).filter((name) => name.startsWith('a-'))).toEqual([]);
    roomy.close();
  });
});

function writeToTheEnd(file: string): void {
  for (let size = 1_048_576; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size, 1), { flag: 'a' });
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

describe('a data folder that goes away', () => {
  it.each([
    { title: 'is removed', hosts: [0], away: () => rmSync(folder, { recursive: true }), back: () => {} },
    {
      title: 'is moved, and comes back',
      hosts: [0, 1],
      away: () => renameSync(folder, `${folder}-away`),
      back: () => renameSync(`${folder}-away`, folder),
    },
    {
      title: 'is another one',
      hosts: [0],
      away: () => {
        renameSync(folder, `${folder}-away`);
        openDirectory(folder).close();
      },
      back: () => {
        rmSync(folder, { recursive: true });
        renameSync(`${folder}-away`, folder);
      },
    },
  ])('$title: nothing is acknowledged into it, and the service is not ready', async ({ hosts, away, back }) => {
    for (const workers of hosts) {
      await start(workers);
      expect((await call('POST', '/v1/clusters', { name: 'a' })).status).toBe(201);
      expect((await call('POST', '/v1/clusters/a/manifests', configMap('kept', 10))).status).toBe(200);
      away();
      expect((await call('GET', '/readyz')).status).toBe(503);
      for (const attempt of [1, 2, 3]) {
        const refused = await call('POST', '/v1/clusters/a/manifests', configMap(`lost-${attempt}`, 10));
        expect(refused).toMatchObject({ status: 503 });
      }
      expect((await call('POST', '/v1/clusters', { name: 'b' })).status).toBe(503);
      expect((await call('DELETE', '/v1/clusters/a')).status).toBe(503);
      expect((await call('GET', '/healthz')).status).toBe(200);
      back();
      if (existsSync(folder)) {
        expect((await call('GET', '/readyz')).status).toBe(200);
        const { items } = (await call('GET', '/clusters/a/api/v1/namespaces/default/configmaps')).body as {
          items: { metadata: { name: string } }[];
        };
        expect(items.map((item) => item.metadata.name)).toEqual(['kept', 'kube-root-ca.crt']);
        expect((await call('POST', '/v1/clusters/a/manifests', configMap('later', 10))).status).toBe(200);
      }
      await service?.close();
      service = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(['', '-wal'])('a file of a cluster is removed under it (*%s): the write is refused', async (suffix) => {
    await start(0);
    expect((await call('POST', '/v1/clusters', { name: 'a' })).status).toBe(201);
    expect((await call('POST', '/v1/clusters/a/manifests', configMap('kept', 10))).status).toBe(200);
    const file = readdirSync(join(folder, 'clusters')).find((name) => name.endsWith('.sqlite')) ?? '';
    rmSync(join(folder, 'clusters', `${file}${suffix}`));
    expect((await call('POST', '/v1/clusters/a/manifests', configMap('refused', 10))).status).toBe(503);
    const after = await call('GET', '/v1/clusters/a');
    // The WAL's content was still at hand, and is in the file now.
    expect(after.status).toBe(suffix === '-wal' ? 200 : 503);
  });
});
