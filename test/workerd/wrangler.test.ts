// The file of wrangler is read by the runtime, as `workerd serve` does it, and the service that it makes has the objects that every other one has.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workerBundle } from './instance.ts';

const { default: program } = createRequire(import.meta.url)('workerd') as { readonly default: string };
const FILE = 'wrangler.jsonc';
const BUILT = 'dist/workerd/worker.js';

let folder: string;
let url: string;
let stop: () => Promise<unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-wrangler-'));
  copyFileSync(await workerBundle('src/hosts/workerd/worker.ts', true), join(folder, 'worker.js'));
  const text = readFileSync(new URL(`../../${FILE}`, import.meta.url), 'utf8');
  expect(text).toContain(`"main": "${BUILT}"`);
  writeFileSync(join(folder, FILE), text.replace(BUILT, 'worker.js'));
  const flags = ['serve', FILE, '--socket-addr', 'http=127.0.0.1:0', '--control-fd=3'];
  const child = spawn(program, flags, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const exited = once(child, 'exit');
  stop = () => {
    child.kill('SIGKILL');
    return exited;
  };
  const [line] = (await once(createInterface({ input: child.stdio[3] as NodeJS.ReadableStream }), 'line')) as [string];
  url = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
}, 120_000);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a service that is deployed as wrangler says makes clusters, and runs scenarios', async () => {
  const post = (path: string, body: unknown) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await post('/v1/clusters', { name: 'web' })).status).toBe(201);
  expect((await fetch(`${url}/clusters/web/api/v1/nodes`)).status).toBe(200);
  const scenario = {
    apiVersion: 'orrery.dev/v1',
    kind: 'Scenario',
    metadata: { name: 'comes-up' },
    manifests: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } }],
    steps: [{ wait: { for: 'condition=Ready', on: 'pod/web' } }],
  };
  expect(await (await post('/v1/scenarios/runs', scenario)).json()).toMatchObject({ ok: true });
});

it('the page is served, with what it loads', async () => {
  const page = await fetch(url);
  const html = await page.text();
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*assets\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(loaded.length).toBeGreaterThan(1);
  for (const path of loaded) expect((await fetch(new URL(path, url))).status, path).toBe(200);
});
