// The settings of limits, and that each of them holds in a running service.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/hosts/config.ts';
import { LIMIT_SETTINGS, readLimits } from '../../src/hosts/limits.ts';
import { type RunningService, serve } from '../../src/hosts/node.ts';
import { SILENCE_MS_MAX } from '../../src/hosts/open-clusters.ts';
import { BODY_BYTES_MAX } from '../../src/http/rest/request-body.ts';
import { LIMITS_DEFAULT } from '../../src/service/limits.ts';

let running: RunningService | undefined;
const folders: string[] = [];

afterEach(async () => {
  await running?.close();
  running = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(limits: string, folder = mkdtempSync(join(tmpdir(), 'orrery-limits-'))): Promise<string> {
  folders.push(folder);
  running = await serve(
    readConfig(['--port', '0', '--data', folder, '--workers', '0', '--log-level', 'silent', '--limits', limits], {}),
    'test',
  );
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

describe('workers', () => {
  it('are as many as cores, or as many as is said', () => {
    expect(readConfig([], {}).workers).toBe(availableParallelism());
    expect(readConfig(['--workers', '3'], { ORRERY_WORKERS: '0' }).workers).toBe(3);
    expect(readConfig([], { ORRERY_WORKERS: '0' }).workers).toBe(0);
    for (const text of ['', '-1', '1.5', '257', 'many']) expect(() => readConfig(['--workers', text], {})).toThrow(ConfigError);
  });
});

describe('docs/limits.md', () => {
  const text = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
  /** Setting to default, as the table has them. */
  const rows = new Map(
    [...text.matchAll(/^\|[^|]*\| ([^|]*) \| `([a-z-]+)` \|/gm)].map(([, fallback = '', name = '']) => [name, fallback] as const),
  );

  it('has a row for every setting, and no other', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(LIMIT_SETTINGS).sort());
  });

  it('says the defaults that the program has', () => {
    const numbers = new Map([...rows].map(([name, fallback]) => [name, Number(/^[\d ]+/.exec(fallback)?.[0].replaceAll(' ', ''))]));
    const ofTheMachine = ['cluster-bytes', 'worker-megabytes'];
    expect(Object.fromEntries([...numbers].filter(([name]) => !ofTheMachine.includes(name)))).toEqual({
      'body-bytes': BODY_BYTES_MAX / 1024 / 1024,
      clusters: LIMITS_DEFAULT.clustersMax,
      'clusters-in-memory': LIMITS_DEFAULT.liveClustersMax,
      'idle-seconds': LIMITS_DEFAULT.idleMs / 1000,
      objects: LIMITS_DEFAULT.objectsMax,
      watches: LIMITS_DEFAULT.watchesMax,
      'slice-changes': LIMITS_DEFAULT.sliceChangesMax,
      'silence-seconds': SILENCE_MS_MAX / 1000,
    });
  });

  it('is linked from the README', () => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain('(docs/limits.md)');
  });
});

describe('in a running service', () => {
  const metric = async (url: string, name: string) =>
    Number(new RegExp(`^${name}\\{host="0"\\} (\\d+)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

  it('clusters in memory', async () => {
    const url = await start('clusters-in-memory=2');
    for (const name of ['a', 'b', 'c', 'd']) expect((await call(`${url}/v1/clusters`, 'POST', { name })).status).toBe(201);
    expect(await metric(url, 'orrery_clusters_awake')).toBe(2);
    for (const name of ['a', 'b', 'c', 'd']) expect((await call(`${url}/v1/clusters/${name}`, 'GET')).status).toBe(200);
    expect(await metric(url, 'orrery_clusters_awake')).toBe(2);
  });

  it('time without use', async () => {
    const url = await start('idle-seconds=1');
    await call(`${url}/v1/clusters`, 'POST', { name: 'a' });
    await expect.poll(() => metric(url, 'orrery_clusters_awake'), { timeout: 10_000 }).toBe(0);
    expect((await call(`${url}/v1/clusters/a`, 'GET')).status).toBe(200);
  });

  it('watches, of both faces together', async () => {
    const url = await start('watches=1');
    await call(`${url}/v1/clusters`, 'POST', { name: 'a' });
    const leave = new AbortController();
    const open = await fetch(`${url}/clusters/a/api/v1/pods?watch=true`, { signal: leave.signal });
    expect(open.status).toBe(200);
    expect(await call(`${url}/v1/clusters/a/watch`, 'GET')).toMatchObject({ status: 429, body: { code: 'limit-exceeded' } });
    expect(await call(`${url}/clusters/a/api/v1/nodes?watch=true`, 'GET')).toMatchObject({
      status: 429,
      body: { kind: 'Status', reason: 'TooManyRequests' },
    });
    leave.abort();
    await expect.poll(() => metric(url, 'orrery_watches_open'), { timeout: 10_000 }).toBe(0);
  });

  it('changes of one slice: more slices, the same history', async () => {
    const digests = [];
    const progress = [];
    for (const limits of ['slice-changes=5', 'slice-changes=100000']) {
      const url = await start(limits);
      await call(`${url}/v1/clusters`, 'POST', { name: 'a', seed: 3 });
      const replicaSet = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web' },
        spec: {
          replicas: 20,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
        },
      };
      await call(`${url}/v1/clusters/a/manifests`, 'POST', replicaSet);
      const before = await metric(url, 'orrery_commits_total');
      const { body } = await call(`${url}/v1/clusters/a/clock/advance`, 'POST', { by: '1m' });
      digests.push(body['digest']);
      progress.push((await metric(url, 'orrery_commits_total')) - before);
      await running?.close();
      running = undefined;
    }
    expect(digests[0]).toBe(digests[1]);
    // By its time a slice ends too: on a busy machine the second cluster has more than its two, so that it is no measure.
    expect(progress[0]).toBeGreaterThanOrEqual(12);
  });

  it('clusters', async () => {
    const url = await start('clusters=1');
    expect((await call(`${url}/v1/clusters`, 'POST', { name: 'a' })).status).toBe(201);
    expect((await call(`${url}/v1/clusters`, 'POST', { name: 'b' })).body['code']).toBe('limit-exceeded');
  });

  it('objects, of both faces', async () => {
    // A new cluster has objects already: there is room for one more.
    const first = await start('');
    await call(`${first}/v1/clusters`, 'POST', { name: 'a' });
    const { objects } = (await call(`${first}/v1/clusters/a`, 'GET')).body;
    await running?.close();
    const url = await start(`objects=${Number(objects) + 1}`);
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
