// `npm run bench:workerd`: what the service costs on workerd, alone and as several instances that share a bucket, beside the single process. Everything,
// clients and bucket too, is on one machine, whose cores they share: three instances show what sharing costs, not what three machines bring.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { longestSilence } from './silence.ts';
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

/** Ends the first of some instances, which is asked no more, and shows for how long its clusters were silent. */
async function measureEnd(what: string, instances: Instance[], signal: NodeJS.Signals): Promise<void> {
  const [leaving] = instances.splice(0, 1);
  const clusters = Array.from({ length: CLIENTS }, (_, index) => nameOf(index));
  const urls = instances.map(({ url }) => url);
  const { before, after } = await longestSilence(urls, clusters, () =>
    signal === 'SIGTERM' ? leaving?.handOver() : leaving?.signal(signal),
  );
  console.log(`${what}: ${after.toFixed(2)} s; before that ${before.toFixed(2)} s`);
  await leaving?.remove();
}

/** What it costs the runtime itself to hand over, with objects that store a row and do nothing else. */
async function measureFloor(): Promise<void> {
  const bucket: Bucket = await startBucket();
  const floor = await workerBundle('bench/floor-worker.ts');
  const instances: Instance[] = [];
  for (let count = 0; count < 3; count += 1)
    instances.push(await startInstance({ worker: floor, fronts: FRONTS, cluster: bucket.cluster }));
  const urls = instances.map(({ url }) => url);
  for (let index = 0; index < CLUSTERS; index += 1) await send(urls, `/clusters/${nameOf(index)}`, {});
  await measureEnd('objects that store a row: longest silence, SIGTERM', instances, 'SIGTERM');
  await Promise.all(instances.map((instance) => instance.remove()));
  await bucket.remove();
}

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
  const instances: Instance[] = [];
  // One after the other: each tries out whether the bucket minds conditions.
  for (let member = 0; member < count; member += 1) instances.push(await begin());
  const urls = () => instances.map(({ url }) => url);
  const name = count === 1 ? 'one instance with a bucket' : `${count} instances with a bucket`;
  const before = bytesBelow(bucket.folder);
  await Promise.all(Array.from({ length: CLUSTERS }, (_, index) => send(urls(), '/v1/clusters', { name: `s${index}` })));
  console.log(`${name}: bytes in the bucket for a new cluster: ${Math.round((bytesBelow(bucket.folder) - before) / CLUSTERS)}`);
  await measureService(name, urls());
  console.log(`${name}: memory ${instances.map((instance) => `${megabytesOf(instance).toFixed(0)} MB`).join(', ')}`);
  if (count === 3) {
    await measureEnd(`${name}: longest silence, SIGKILL`, instances, 'SIGKILL');
    instances.push(await begin());
    await measureEnd(`${name}: longest silence, SIGTERM`, instances, 'SIGTERM');
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
await measureFloor();
