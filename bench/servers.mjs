// Services in processes of their own, for the benchmarks, and their clients.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { timed } from './samples.mjs';

const cli = fileURLToPath(new URL('./cli.js', import.meta.url));

/** Of Linux, in which /proc counts. */
const TICKS_PER_SECOND = 100;

/** A program of the package, until it ends. */
export function programRun(args) {
  return timed(() => new Promise((resolve) => spawn(process.execPath, [cli, ...args], { stdio: 'ignore' }).once('exit', resolve)));
}

/** A whole service in a process of its own, with two workers unless something else is said. */
export async function spawnServer(data, more = ['--workers', '2']) {
  const flags = ['serve', '--port', '0', '--data', data, '--log-level', 'error', ...more];
  const child = spawn(process.execPath, [cli, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve) => {
    child.stdout.on('data', (text) => {
      const found = /listens on (\S+)/.exec(String(text));
      if (found !== null) resolve(found[1]);
    });
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const metric = async (name) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(text)?.[1]);
  };
  return {
    url,
    megabytes: async () => (await metric('process_resident_memory_bytes')) / 1e6,
    cpuSeconds: () => metric('process_cpu_seconds_total'),
    /** Of its whole life; undefined where the system does not say so. */
    startCpuSeconds() {
      const file = `/proc/${child.pid}/stat`;
      if (!existsSync(file)) return undefined;
      const fields = readFileSync(file, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    close() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Of requests to each of the addresses in turn; the shortest first. */
export async function latenciesWhile(urls, work) {
  const state = { isOver: false };
  const done = Promise.resolve(work()).finally(() => {
    state.isOver = true;
  });
  const agent = new Agent({ keepAlive: true });
  const ask = (url) =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (response) => response.resume().once('end', resolve).once('error', reject)).once('error', reject);
    });
  const latencies = urls.map(() => []);
  while (!state.isOver) {
    for (const [index, url] of urls.entries()) latencies[index].push((await timed(() => ask(url))).ms);
    await sleep(1);
  }
  await done;
  agent.destroy();
  return latencies.map((found) => found.sort((a, b) => a - b));
}

/** A process that answers every request with 2 KB, and does nothing else. */
export async function spawnBareServer() {
  const program = `const body = 'x'.repeat(2048);
    const server = require('node:http').createServer((_, response) => response.end(body));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export async function post(url, path, body, signal) {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url + path, signal === undefined ? init : { ...init, signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
}

/** Opens a stream and reports how many events each piece holds. */
export function watchFrames(url, onFrames) {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { Accept: 'text/event-stream' } }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text) => onFrames(text.split('\nevent: ').length - 1));
      response.on('error', () => {});
      resolve(response);
    });
    request.on('error', reject);
  });
}
