// The settings of limits, and that each of them holds in a running service.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/hosts/config.ts';
import { LIMIT_SETTINGS, readLimits } from '../../src/hosts/limits.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';

let running: RunningService | undefined;
const folders: string[] = [];

afterEach(async () => {
  await running?.close();
  running = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(limits: string, folder = mkdtempSync(join(tmpdir(), 'orrery-limits-'))): Promise<string> {
  folders.push(folder);
  running = await serve(readConfig(['--port', '0', '--data', folder, '--log-level', 'silent', '--limits', limits], {}), 'test');
  return running.url;
}

async function call(url: string, method: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const init = body === undefined ? { method } : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const configMap = (name: string, size: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: 'x'.repeat(size) },
});

describe('settings', () => {
  it('come from the flag, else from the environment', () => {
    expect(readConfig(['--limits', 'clusters=3, watches=2'], {}).limits.service).toEqual({ clustersMax: 3, watchesMax: 2 });
    expect(readConfig([], { ORRERY_LIMITS: 'idle-seconds=5' }).limits.service).toEqual({ idleMs: 5_000 });
    expect(readConfig([], {}).limits).toEqual({ service: {} });
  });

  it.each(['clusters', 'clusters=', 'clusters=0', 'clusters=-1', 'clusters=1e3', 'nobody=1', '=1', 'constructor=1'])(
    '%s is refused with the names',
    (text) => {
      expect(() => readConfig(['--limits', text], {})).toThrow(ConfigError);
      expect(readLimits(text)).toContain(Object.keys(LIMIT_SETTINGS).join(', '));
    },
  );
});

describe('in a running service', () => {
  it('clusters', async () => {
    const url = await start('clusters=1');
    expect((await call(`${url}/v1/clusters`, 'POST', { name: 'a' })).status).toBe(201);
    expect((await call(`${url}/v1/clusters`, 'POST', { name: 'b' })).body['code']).toBe('limit-exceeded');
  });

  it('objects, of both faces', async () => {
    const url = await start('objects=19');
    await call(`${url}/v1/clusters`, 'POST', { name: 'a' });
    expect((await call(`${url}/v1/clusters/a/manifests`, 'POST', configMap('one', 1))).status).toBe(200);
    expect((await call(`${url}/v1/clusters/a/manifests`, 'POST', configMap('two', 1))).body['code']).toBe('limit-exceeded');
    const refused = await call(`${url}/clusters/a/api/v1/namespaces/default/configmaps`, 'POST', configMap('three', 1));
    expect([refused.body['kind'], refused.body['status']]).toEqual(['Status', 'Failure']);
    expect(refused.status).toBeLessThan(500);
  });

  it('body', async () => {
    const url = await start('body-bytes=1000');
    await call(`${url}/v1/clusters`, 'POST', { name: 'a' });
    expect((await call(`${url}/v1/clusters/a/manifests`, 'POST', configMap('one', 2_000))).status).toBe(413);
  });

  it('bytes of a cluster: a full storage is a 507, nothing acknowledged is lost, and with more space the cluster goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-limits-'));
    const url = await start('cluster-bytes=600000', folder);
    await call(`${url}/v1/clusters`, 'POST', { name: 'a' });
    await call(`${url}/v1/clusters`, 'POST', { name: 'b' });
    const kept: string[] = [];
    let refused;
    for (let index = 0; index < 40 && refused === undefined; index += 1) {
      const answer = await call(`${url}/v1/clusters/a/manifests`, 'POST', configMap(`m${index}`, 50_000));
      if (answer.status === 200) kept.push(`m${index}`);
      else refused = answer;
    }
    expect([refused?.status, refused?.body['code']]).toEqual([507, 'storage-full']);
    const names = async (base: string) =>
      ((await call(`${base}/clusters/a/api/v1/namespaces/default/configmaps`, 'GET')).body['items'] as { metadata: { name: string } }[])
        .map((item) => item.metadata.name)
        .filter((name) => name.startsWith('m'));
    expect((await names(url)).sort()).toEqual([...kept].sort());
    expect((await call(`${url}/v1/clusters/b/manifests`, 'POST', configMap('one', 10))).status).toBe(200);
    await running?.close();
    const again = await start('cluster-bytes=100000000', folder);
    expect((await names(again)).sort()).toEqual([...kept].sort());
    expect((await call(`${again}/v1/clusters/a/manifests`, 'POST', configMap('later', 50_000))).status).toBe(200);
  });
});
