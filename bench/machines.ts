// `npm run bench:workerd`: what the service costs on workerd, alone and as several instances that share a bucket, beside the single process. Everything,
// clients and bucket too, is on one machine, whose cores they share: three instances show what sharing costs, not what three machines bring.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bucket, startBucket } from '../test/workerd/bucket.ts';
import { type Instance, startInstance, workerBundle } from '../test/workerd/instance.ts';

const CLUSTERS = 24;
const CLIENTS = 8;
const SECONDS = 6;
const FRONTS = 12;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

let turn = 0;
let made = 0;

const nameOf = (index: number): string => `c${index % CLUSTERS}`;

async function send(urls: readonly string[], path: string, body?: unknown): Promise<number> {
  turn += 1;
  const url = `${urls[turn % urls.length] ?? ''}${path}`;
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.status;
}

/** Asks with some clients at once, for some seconds or some requests. */
async function measure(ask: (index: number) => Promise<number>, countMax = Number.POSITIVE_INFINITY): Promise<Measured> {
  const startedMs = performance.now();
  const durations: number[] = [];
  let [index, failed] = [0, 0];
  const client = async (): Promise<void> => {
    while (index < countMax && performance.now() - startedMs < SECONDS * 1_000) {
      index += 1;
      const askedMs = performance.now();
      const status = await ask(index - 1).catch(() => 0);
      if (status >= 200 && status < 300) durations.push(performance.now() - askedMs);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - startedMs) / 1_000;
  durations.sort((a, b) => a - b);
  const at = (share: number) => durations[Math.floor(durations.length * share)] ?? 0;
  return { perSecond: durations.length / seconds, p50: at(0.5), p99: at(0.99), failed };
}

function show(what: string, { perSecond, p50, p99, failed }: Measured): void {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  console.log(`${what.padEnd(46)} ${perSecond.toFixed(0).padStart(6)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms${failures}`);
}

async function measureService(name: string, urls: readonly string[]): Promise<void> {
  show(`${name}: clusters created`, await measure((index) => send(urls, '/v1/clusters', { name: nameOf(index) }), CLUSTERS));
  show(`${name}: a list of pods read`, await measure((index) => send(urls, `/clusters/${nameOf(index)}/api/v1/pods`)));
  const write = (index: number) => {
    made += 1;
    return send(urls, `/clusters/${nameOf(index)}${CONFIG_MAPS}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${made}` } });
  };
  show(`${name}: a ConfigMap created`, await measure(write));
}

/** Seconds for which the slowest cluster was not written to, from a moment on, until every cluster has been. */
async function longestGap(urls: readonly string[], act: () => unknown): Promise<number> {
  const lastMs = new Map<string, number>();
  const gaps = new Map<string, number>();
  const state = { isOver: false };
  const client = async (name: string): Promise<void> => {
    while (!state.isOver) {
      made += 1;
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${made}` } };
      const status = await send(urls, `/clusters/${name}${CONFIG_MAPS}`, body).catch(() => 0);
      const nowMs = performance.now();
      if (status !== 201) continue;
      gaps.set(name, Math.max(gaps.get(name) ?? 0, nowMs - (lastMs.get(name) ?? nowMs)));
      lastMs.set(name, nowMs);
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(nameOf(index)));
  await wait(1_000);
  gaps.clear();
  const actedMs = performance.now();
  act();
  // Every cluster has been written to again for a while.
  const isBack = () => performance.now() - actedMs > 8_000 && [...lastMs.values()].every((ms) => performance.now() - ms < 500);
  while (!isBack()) await wait(100);
  state.isOver = true;
  await Promise.all(clients);
  return Math.max(...gaps.values()) / 1_000;
}

/** The service as it is by itself, with two workers. */
async function spawnService(data: string): Promise<{ readonly url: string; close(): Promise<unknown> }> {
  const cli = fileURLToPath(new URL('../dist/hosts/cli.js', import.meta.url));
  const flags = ['serve', '--port', '0', '--data', data, '--log-level', 'error', '--workers', '2'];
  const child = spawn(process.execPath, [cli, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      const found = /listens on (\S+)/.exec(text.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    close() {
      child.kill('SIGTERM');
      return once(child, 'exit');
    },
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function megabytesOf({ pid }: Instance): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

/** Bytes of the files below a folder. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function measureMembers(count: number, worker: string): Promise<void> {
  const bucket: Bucket = await startBucket();
  const begin = () => startInstance({ worker, fronts: FRONTS, cluster: bucket.cluster, checksAnswers: false });
  const instances = await Promise.all(Array.from({ length: count }, begin));
  const urls = () => instances.map(({ url }) => url);
  const name = count === 1 ? 'one instance with a bucket' : `${count} instances with a bucket`;
  const before = bytesBelow(bucket.folder);
  await Promise.all(Array.from({ length: CLUSTERS }, (_, index) => send(urls(), '/v1/clusters', { name: `s${index}` })));
  console.log(`${name}: bytes in the bucket for a new cluster: ${Math.round((bytesBelow(bucket.folder) - before) / CLUSTERS)}`);
  await measureService(name, urls());
  console.log(`${name}: memory ${instances.map((instance) => `${megabytesOf(instance).toFixed(0)} MB`).join(', ')}`);
  if (count === 3) {
    const [leaving, ...staying] = instances as [Instance, ...Instance[]];
    const rest = staying.map(({ url }) => url);
    console.log(
      `${name}: longest silence of a cluster when one gets SIGTERM: ${(await longestGap(rest, () => leaving.signal('SIGTERM'))).toFixed(2)} s`,
    );
    instances.splice(0, 1, await begin());
    const [, killed] = instances as [Instance, Instance, ...Instance[]];
    const left = instances.filter((instance) => instance !== killed).map(({ url }) => url);
    console.log(
      `${name}: longest silence of a cluster when one gets SIGKILL: ${(await longestGap(left, () => killed.signal('SIGKILL'))).toFixed(2)} s`,
    );
  }
  await Promise.all(instances.map((instance) => instance.remove()));
  await bucket.remove();
}

const worker = await workerBundle();
const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
const single = await spawnService(folder);
await measureService('the single process', [single.url]);
await single.close();
rmSync(folder, { recursive: true, force: true });
const alone = await startInstance({ worker, checksAnswers: false });
await measureService('one instance with its own disk', [alone.url]);
console.log(`one instance with its own disk: memory ${megabytesOf(alone).toFixed(0)} MB`);
await alone.remove();
for (const count of [1, 2, 3]) await measureMembers(count, worker);
