// A data folder that may not be written, and a disk without space: refusals in both faces' own words, and nothing acknowledged is lost.

import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';

/** Somebody who owns nothing. Permissions do not hold for root, so the process is somebody else while the folder is read-only. */
const NOBODY = 65_534;

let folder: string;
let running: RunningService | undefined;
let restore: (() => void) | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-read-only-'));
});
afterEach(async () => {
  restore?.();
  await running?.close();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(limits = ''): Promise<void> {
  running = await serve(
    readConfig(['--port', '0', '--data', folder, '--workers', '0', '--log-level', 'silent', '--limits', limits], {}),
    'test',
  );
}

async function stop(): Promise<void> {
  await running?.close();
  running = undefined;
}

function entriesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => entriesOf(join(path, name)))];
}

/** Takes the right to write from everything in the folder until `restore` is called. */
function makeReadOnly(): void {
  const entries = entriesOf(folder).map((path) => ({ path, mode: statSync(path).mode }));
  for (const { path, mode } of entries) chmodSync(path, (mode & 0o555) | 0o444 | (statSync(path).isDirectory() ? 0o111 : 0));
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  restore = () => {
    if (isRoot) process.seteuid?.(0);
    for (const { path, mode } of entries) chmodSync(path, mode);
    restore = undefined;
  };
}

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const init = body === undefined ? { method } : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${running?.url}${path}`, init);
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: (await response.json()) as Record<string, unknown> };
}

const configMap = (name: string, size = 1) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: 'x'.repeat(size) },
});
const CONFIG_MAPS = '/clusters/a/api/v1/namespaces/default/configmaps';

async function names(): Promise<string[]> {
  const { items } = (await call('GET', CONFIG_MAPS)).body as { items: { metadata: { name: string } }[] };
  return items.map((item) => item.metadata.name).filter((name) => name !== 'kube-root-ca.crt');
}

describe('a read-only data folder', () => {
  it('is named at the start, new or used', async () => {
    makeReadOnly();
    await expect(start()).rejects.toThrow(/The data folder .* cannot be used: /);
    restore?.();
    await start();
    await call('POST', '/v1/clusters', { name: 'a' });
    await stop();
    makeReadOnly();
    await expect(start()).rejects.toThrow(/The data folder .* cannot be used: /);
    restore?.();
    await start();
    expect((await call('GET', '/v1/clusters/a')).status).toBe(200);
  });

  it('is a 503 in both faces for what sleeps on it, and all is as it was afterwards', async () => {
    await start();
    await call('POST', '/v1/clusters', { name: 'a' });
    expect((await call('POST', '/v1/clusters/a/manifests', configMap('kept'))).status).toBe(200);
    const before = (await call('GET', '/v1/clusters/a')).body['digest'];
    await stop();
    await start();
    makeReadOnly();
    for (const answer of [await call('GET', '/v1/clusters/a'), await call('POST', '/v1/clusters', { name: 'b' })]) {
      expect(answer).toMatchObject({ status: 503, type: 'application/problem+json', body: { code: 'storage-unavailable' } });
    }
    expect(await call('POST', CONFIG_MAPS, configMap('refused'))).toMatchObject({
      status: 503,
      body: { kind: 'Status', status: 'Failure', reason: 'ServiceUnavailable', details: { retryAfterSeconds: 1 } },
    });
    expect((await call('GET', '/healthz')).status).toBe(200);
    restore?.();
    expect((await call('GET', '/v1/clusters/a')).body['digest']).toBe(before);
    expect(await names()).toEqual(['kept']);
    expect((await call('POST', '/v1/clusters', { name: 'b' })).status).toBe(201);
    expect((await call('POST', CONFIG_MAPS, configMap('later'))).status).toBe(201);
  });
});

describe('a full storage', () => {
  const SMALL = 'cluster-bytes=500000,slice-changes=50';
  const CRASHING = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'crash' },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: 'crash' } },
      template: {
        metadata: { labels: { app: 'crash' }, annotations: { 'orrery.sim/behavior.main': '{"run": {"for": "1s", "exitCode": 1}}' } },
        spec: { containers: [{ name: 'main', image: 'nginx' }] },
      },
    },
  };

  async function fill(): Promise<void> {
    await call('POST', '/v1/clusters', { name: 'a', seed: 5 });
    expect((await call('POST', '/v1/clusters/a/manifests', [CRASHING, configMap('kept', 1_000)])).status).toBe(200);
  }

  it('ends an advance with 507 at a committed instant, and with more space the history is what it would have been', async () => {
    await start(SMALL);
    await fill();
    const refused = await call('POST', '/v1/clusters/a/clock/advance', { by: '40m' });
    expect(refused).toMatchObject({ status: 507, type: 'application/problem+json', body: { code: 'storage-full' } });
    const stood = (await call('GET', '/v1/clusters/a')).body;
    expect(stood['elapsedSeconds']).toBeGreaterThan(0);
    expect(stood['elapsedSeconds']).toBeLessThan(2_400);
    await stop();
    await start();
    expect((await call('GET', '/v1/clusters/a')).body['digest']).toBe(stood['digest']);
    const end = { to: '2025-01-01T00:40:00Z' };
    const later = (await call('POST', '/v1/clusters/a/clock/advance', end)).body['digest'];
    expect(await names()).toEqual(['kept']);
    await fetch(`${running?.url}/v1/clusters/a`, { method: 'DELETE' });
    await fill();
    expect((await call('POST', '/v1/clusters/a/clock/advance', end)).body['digest']).toBe(later);
  });

  it('is a Status with 507 to a Kubernetes client, and what is there can still be read', async () => {
    await start(SMALL);
    await fill();
    const refused = await call('POST', CONFIG_MAPS, configMap('large', 500_000));
    expect(refused).toMatchObject({ status: 507, type: 'application/json', body: { kind: 'Status', status: 'Failure', code: 507 } });
    expect(await names()).toEqual(['kept']);
    expect((await call('GET', '/readyz')).status).toBe(200);
  });

  it('cannot hold a new cluster that is larger: 507, and the name stays free', async () => {
    await start('cluster-bytes=40000');
    const refused = await call('POST', '/v1/clusters', { name: 'a', nodes: 50 });
    expect(refused).toMatchObject({ status: 507, body: { code: 'storage-full' } });
    expect((await call('GET', '/v1/clusters')).body['items']).toEqual([]);
    await stop();
    await start();
    expect((await call('POST', '/v1/clusters', { name: 'a' })).status).toBe(201);
  });
});
