// What the service costs its clients: requests, watches, what one cluster's work does to another's.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '../src/front/hosts.ts';
import { readConfig } from '../src/hosts/config.ts';
import { serve } from '../src/hosts/node.ts';
import { figure, row } from './report.mjs';
import { busyPod, cronJob, folder, inParallel, megabytes, quantile, rate, replicaSet, timed, times, unschedulable } from './samples.mjs';
import { latenciesWhile, post, programRun, spawnBareServer, spawnServer, watchFrames } from './servers.mjs';

/** A whole service in this process, its clusters too. */
const openServer = () => serve(readConfig(['--port', '0', '--data', folder(), '--log-level', 'silent', '--workers', '0'], {}), 'bench');

/** Names of clusters that are in the same of two workers. */
const namesAt = (place) => Array.from({ length: 100 }, (_, index) => `c${index}`).filter((name) => placeOf(name, 2) === place);

export const HTTP_GROUPS = {
  /** Requests of eight clients to a service in a process of its own. */
  async requests() {
    const server = await spawnServer(folder());
    await post(server.url, '/v1/clusters', { name: 'a' });
    const pods = '/clusters/a/api/v1/namespaces/default/pods';
    const send = inParallel(8, (name) => post(server.url, pods, unschedulable(name)));
    await send(200);
    const before = await server.cpuSeconds();
    const run = await timed(() => send(1_000));
    figure('create-pod requests over HTTP, eight clients', rate(1_000, run.ms), ' requests/s', 1_000);
    figure('  CPU of the service for one', (await server.cpuSeconds()) - before, 'ms');
    await server.close();
    const other = await spawnServer(folder());
    await post(other.url, '/v1/clusters', { name: 'a', nodes: 11 });
    await post(other.url, '/v1/clusters/a/manifests', [replicaSet(1_000)]);
    await post(other.url, '/v1/clusters/a/clock/advance', { by: '10m' });
    const ask = (accept) =>
      times(20, async () => void (await (await fetch(`${other.url}${pods}`, { headers: { Accept: accept } })).arrayBuffer()));
    const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    for (const accept of ['application/json', table]) await ask(accept);
    figure('LIST of 1 000 pods, median', Number(quantile(await ask('application/json'), 0.5)), 'ms', 8);
    figure('  as a Table', Number(quantile(await ask(table), 0.5)), 'ms', 10);
    await other.close();
  },

  /** Two busy clusters in two workers, against one of them alone. */
  async cores() {
    const server = await spawnServer(folder());
    const [first] = namesAt(0);
    const [second] = namesAt(1);
    const looping = replicaSet(300, {}, { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' });
    for (const name of [first, second]) {
      await post(server.url, '/v1/clusters', { name, nodes: 4 });
      await post(server.url, `/v1/clusters/${name}/manifests`, [looping]);
      await post(server.url, `/v1/clusters/${name}/clock/advance`, { by: '10m' });
    }
    const advance = (name) => post(server.url, `/v1/clusters/${name}/clock/advance`, { by: '1h' });
    const alone = await timed(() => advance(first));
    const both = await timed(() => Promise.all([advance(first), advance(second)]));
    figure('two busy clusters on two cores, against one', both.ms / alone.ms, 'x', 1.15);
    await server.close();
  },

  /** Programs, from nothing to their first answer. */
  async start() {
    const version = await programRun(['--version']);
    figure('orrery --version', version.ms / 1000, 's', 0.15);
    const server = await spawnServer(folder(), []);
    const seconds = server.startCpuSeconds();
    if (seconds !== undefined) figure('a service that is ready: CPU', seconds, 's', 0.5);
    figure('a service that is ready: resident memory', await server.megabytes(), 'MB', 90);
    await server.close();
  },

  async idle() {
    const server = await spawnServer(folder(), ['--workers', '2', '--limits', 'idle-seconds=20']);
    const make = async (prefix, count) => {
      for (let index = 0; index < count; index += 1) {
        const name = `${prefix}${index}`;
        await post(server.url, '/v1/clusters', { name });
        await post(server.url, `/v1/clusters/${name}/manifests`, [replicaSet(10)]);
        await post(server.url, `/v1/clusters/${name}/clock/advance`, { by: '2h' });
      }
      // A small cluster leaves memory after a tenth of the time.
      await sleep(5_000);
      return server.megabytes();
    };
    // What a service that has worked holds for its next work is no cluster's.
    const before = await make('warm', 100);
    figure('300 idle clusters of 10 pods, resident memory of each', (((await make('c', 300)) - before) * 1000) / 300, 'KB', 100);
    await server.close();
  },

  async watchers() {
    const server = await openServer();
    await post(server.url, '/v1/clusters', { name: 'a' });
    const clients = 1000;
    const configMaps = 100;
    const seen = { delivered: 0 };
    const open = [];
    for (let index = 0; index < clients; index += 1)
      open.push(
        watchFrames(`${server.url}/v1/clusters/a/watch?resource=configmaps&resourceVersion=18`, (count) => (seen.delivered += count)),
      );
    const streams = await Promise.all(open);
    const run = await timed(async () => {
      for (let index = 0; index < configMaps; index += 1) {
        const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}` }, data: { text: 'x'.repeat(500) } };
        await post(server.url, '/clusters/a/api/v1/namespaces/default/configmaps', object);
      }
      while (seen.delivered < clients * configMaps) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    figure('1 000 SSE watchers in the same process: deliveries', rate(seen.delivered, run.ms), ' deliveries/s', 35_000);
    row('  resident memory', `${megabytes()} MB`);
    for (const stream of streams) stream.destroy();
    await server.close();
  },

  /** What the machine itself makes everybody wait is measured beside it: requests to a process that does nothing but answer, in turn with those that count. */
  async fairness() {
    const server = await spawnServer(folder());
    const bare = await spawnBareServer();
    const [busy, neighbour, ...others] = namesAt(0);
    const [quiet] = namesAt(1);
    for (const name of [busy, neighbour, quiet]) await post(server.url, '/v1/clusters', { name });
    const nodeOf = (name) => `${server.url}/clusters/${name}/api/v1/nodes/node-1`;
    const asked = [nodeOf(quiet), nodeOf(neighbour), bare.url];
    const show = async (label, work) => {
      const latencies = await latenciesWhile(asked, work);
      const text = (sorted) => [0.5, 0.99, 1].map((share) => quantile(sorted, share)).join(', ');
      row(label, `${latencies.map(text).join('; ')} (${latencies[0].length} each)`);
    };
    const manifests = (name, objects) => post(server.url, `/v1/clusters/${name}/manifests`, objects);
    row('GET while a cluster ...: ms p50, p99, max in the other worker; in the same; of a bare server', '(aim: p99 under 10 in the other)');
    await latenciesWhile(asked, () => sleep(3_000));
    await show('  does nothing', () => sleep(5_000));
    const cronJobs = Array.from({ length: 20 }, (_, index) => cronJob(`j${index}`));
    await manifests(busy, cronJobs);
    await show('  advances by ten years with 20 CronJobs', () =>
      post(server.url, `/v1/clusters/${busy}/clock/advance`, { by: '87000h' }, AbortSignal.timeout(10_000)).catch(() => {}),
    );
    await manifests(busy, [busyPod]);
    await show('  runs a shell in a loop', () => post(server.url, `/v1/clusters/${busy}/clock/advance`, { by: '60s' }));
    await show('  makes 10 000 pods', () => manifests(busy, { ...replicaSet(10_000), metadata: { name: 'large' } }));
    const pods = `${server.url}/clusters/${busy}/api/v1/namespaces/default/pods`;
    const yaml = { headers: { Accept: 'application/yaml' } };
    await show('  lists them as YAML', async () => void (await (await fetch(pods, yaml)).arrayBuffer()));
    const { resourceVersion } = await (await fetch(`${server.url}/v1/clusters/${busy}`)).json();
    const middle = `rv:${Number(resourceVersion) - 1_000}`;
    await show('  is forked from the middle of that', () =>
      post(server.url, `/v1/clusters/${busy}/forks`, { name: `${busy}-fork`, at: middle }),
    );
    await show('  deletes them as a collection', async () => void (await (await fetch(pods, { method: 'DELETE' })).arrayBuffer()));
    const clocks = others.slice(0, 20);
    for (const name of clocks) {
      await post(server.url, '/v1/clusters', { name, clock: { mode: 'running', rate: 100_000 } });
      await manifests(name, cronJobs.slice(0, 5));
    }
    await show('  turns 20 clocks 100 000 times as fast as ours', () => sleep(10_000));
    await bare.close();
    await server.close();
  },

  async readers() {
    const server = await spawnServer(folder());
    const [name] = namesAt(0);
    await post(server.url, '/v1/clusters', { name });
    const { hostname, port } = new URL(server.url);
    const open = (query) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(`GET /v1/clusters/${name}/watch?${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
          // Nobody reads behind the first bytes.
          socket.once('data', () => resolve(socket.pause()));
        });
        socket.on('error', reject);
      });
    row('resident memory: at the start', `${(await server.megabytes()).toFixed(0)} MB`);
    const idle = [];
    for (let index = 0; index < 5_000; index += 1) idle.push(await open('resource=leases'));
    row('  with 5 000 watchers of what does not change', `${(await server.megabytes()).toFixed(0)} MB`);
    const deaf = [];
    for (let index = 0; index < 1_000; index += 1) deaf.push(await open('resource=configmaps'));
    row('  with 1 000 more that never read', `${(await server.megabytes()).toFixed(0)} MB`);
    const maps = `/clusters/${name}/api/v1/namespaces/default/configmaps`;
    await post(server.url, maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' } });
    for (let count = 1; count <= 600; count += 1) {
      const headers = { 'Content-Type': 'application/merge-patch+json' };
      const body = JSON.stringify({ data: { text: String(count).padEnd(300_000, 'x') } });
      await (await fetch(`${server.url}${maps}/large`, { method: 'PATCH', headers, body })).arrayBuffer();
      if (count % 200 === 0) row(`  after ${count} changes of 300 KB`, `${(await server.megabytes()).toFixed(0)} MB`);
    }
    for (const socket of [...idle, ...deaf]) socket.destroy();
    await server.close();
  },
};
