// `npm run bench`: what the service costs, as figures and ratios from one run. Machines are noisy: compare ratios, not seconds. `npm run bench -- pods`
// runs only the groups whose name contains a word, `npm run bench -- pageMemory --minutes 60` watches the page for an hour. It is bundled with the service to dist/hosts/bench.js.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Database } from '../src/db/driver.ts';
import { openDirectory } from '../src/db/directory.ts';
import { createCluster, defaultNodes, execute, parseWaitFor } from '../src/engine/cluster/index.ts';
import { kindByResource } from '../src/engine/kinds/index.ts';
import { placeOf } from '../src/front/hosts.ts';
import { loadScenario } from '../src/scenario/scenario.ts';
import { explore, runUndisturbed } from '../src/scenario/explore.ts';
import { readConfig } from '../src/hosts/config.ts';
import { serve } from '../src/hosts/node.ts';
import { createClusterService } from '../src/service/cluster-service.ts';
import { newRow } from '../src/service/new-row.ts';
import { countSpans, hasBrowser, measurePage, watchPage } from './page.mjs';
import { latenciesWhile, post, spawnBareServer, spawnServer, timed, watchFrames } from './servers.mjs';

const START_MS = Date.UTC(2025, 0, 1);
const HOUR_MS = 3_600_000;
const ROUNDS = 200;
const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' } },
});
const folders = [];

const config = (name, nodes) => ({
  name,
  seed: 1,
  startMs: START_MS,
  clock: { mode: 'manual' },
  nodes: defaultNodes(nodes),
  images: {},
  timing: {},
  retention: { watchEvents: 10_000 },
});

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  folders.push(path);
  return path;
}

const openService = (path = folder(), durability = 'process') =>
  createClusterService(openDirectory(path, { durability }), { onError: (message, error) => console.error(message, error) });

/** A whole service in this process, its clusters too. */
const openServer = () => serve(readConfig(['--port', '0', '--data', folder(), '--log-level', 'silent', '--workers', '0'], {}), 'bench');

/** Names of clusters that are in the same of two workers. */
const namesAt = (place) => Array.from({ length: 100 }, (_, index) => `c${index}`).filter((name) => placeOf(name, 2) === place);

function replicaSet(replicas, container = {}, annotations) {
  const metadata = { labels: { app: 'x' }, ...(annotations === undefined ? {} : { annotations }) };
  const spec = {
    containers: [{ name: 'c', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never', ports: [{ containerPort: 8080 }], ...container }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: { replicas, selector: { matchLabels: { app: 'x' } }, template: { metadata, spec } },
  };
}

const create = (...objects) => ({ type: 'manifests', mode: 'create', namespace: 'default', objects });

const readyReplicas = (count) => ({
  kind: 'until',
  condition: {
    for: parseWaitFor(`jsonpath={.status.readyReplicas}=${count}`),
    kind: kindByResource('replicasets.apps'),
    namespace: 'default',
    name: 'rs',
  },
  timeoutMs: HOUR_MS,
});

/** Milliseconds of each of so many calls, the shortest first. */
async function times(count, body) {
  const found = [];
  for (let index = 0; index < count; index += 1) found.push((await timed(() => body(index))).ms);
  return found.sort((a, b) => a - b);
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);

function row(label, value) {
  console.log(`  ${label.padEnd(64)} ${value}`);
}

const perSecond = (count, ms) => `${Math.round((count / ms) * 1000).toLocaleString('en')}/s`;

const GROUPS = {
  async healthy() {
    const service = openService();
    service.create(config('a', 11));
    const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 10 };
    service.execute('a', create(replicaSet(1000, { livenessProbe: probe, readinessProbe: probe })));
    // Start-up includes the expiry of its Events, one hour later.
    await service.advance('a', { kind: 'to', toMs: START_MS + 2 * HOUR_MS });
    const hour = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + 3 * HOUR_MS }));
    const day = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + 27 * HOUR_MS }));
    row('1 h of 1 000 healthy pods, two 10 s probes each', `${hour.ms.toFixed(2)} ms`);
    row('24 h of the same', `${day.ms.toFixed(2)} ms (aim: at most 2 x 1 h, both under 50 ms)`);
    await service.close();
  },

  async crashing() {
    const pods = create(replicaSet(1000, {}, { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' }));
    const { state } = createCluster(config('a', 11));
    execute(state, pods);
    let changes = 0;
    let lines = [];
    const memory = await timed(() => {
      for (let minute = 1; minute <= 60; minute += 1) {
        const commit = execute(state, { type: 'advance', toMs: START_MS + minute * 60_000 });
        changes += commit.changes.length;
        lines.push(commit.changes.map((change) => change.json).join('\n'));
      }
    });
    row('1 h of 1 000 crash-looping pods, in memory: watch events', `${changes}, ${perSecond(changes, memory.ms)}`);
    const service = openService();
    service.create(config('a', 11));
    service.execute('a', pods);
    const stored = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }));
    row('the same, stored (aim: 50 000/s)', `${stored.value.watchEvents}, ${perSecond(stored.value.watchEvents, stored.ms)}`);
    await service.close();
    const raw = new Database(join(folder(), 'raw.sqlite'));
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = NORMAL');
    raw.exec('create table changes (id integer primary key, body text)');
    const insert = raw.prepare('insert into changes (body) values (?)');
    const write = raw.transaction((chunk) => {
      for (const line of chunk.split('\n')) insert.run(line);
    });
    const bytes = lines.reduce((sum, chunk) => sum + chunk.length, 0);
    const plain = await timed(() => lines.forEach((chunk) => write(chunk)));
    lines = [];
    raw.close();
    row(`better-sqlite3 alone, the same ${(bytes / 1e6).toFixed(0)} MB, a row an event`, perSecond(changes, plain.ms));
    row('stored rate as a share of it (aim: 50 %)', `${((plain.ms / stored.ms) * 100).toFixed(0)} %`);
  },

  async pods() {
    for (const count of [1000, 10_000]) {
      const service = openService();
      service.create(config('a', Math.ceil(count / 110) + 1));
      const run = await timed(async () => {
        service.execute('a', create(replicaSet(count)));
        return service.advance('a', readyReplicas(count));
      });
      if (!run.value.reached) throw new Error('the pods did not become ready');
      row(`ReplicaSet 0 to ${count} pods Ready, stored${count === 10_000 ? ' (aim: under 5 s)' : ''}`, `${(run.ms / 1000).toFixed(2)} s`);
      row('  resident memory', `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
      await service.close();
    }
  },

  async page() {
    if (!hasBrowser()) return row('the page (no Chromium here; name one in ORRERY_CHROMIUM)', 'not measured');
    const server = await spawnServer(folder());
    await post(server.url, '/v1/clusters', { name: 'a', nodes: 11, retention: { watchEvents: 1_000_000 } });
    const looping = replicaSet(
      1000,
      { image: 'nginx', imagePullPolicy: 'IfNotPresent' },
      { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' },
    );
    await post(server.url, '/clusters/a/apis/apps/v1/namespaces/default/replicasets', looping);
    await post(server.url, '/v1/clusters/a/clock/advance', { by: '1h' });
    const spans = await countSpans(`${server.url}/v1/clusters/a/timeline`);
    await fetch(`${server.url}/v1/clusters/a/clock`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: '{"mode": "running", "rate": 10}',
    });
    const { frames, before, after } = await measurePage(`${server.url}/#/clusters/a`, 20);
    const perSecondDrawn = Math.round((frames.length / frames.reduce((sum, ms) => sum + ms, 0)) * 1000);
    row(`the page, 1 000 pods and ${spans} spans, clock at 10x (aim: 60)`, `${perSecondDrawn} frames/s`);
    row('  between two frames, median and 99 of 100', `${quantile(frames, 0.5)} ms, ${quantile(frames, 0.99)} ms`);
    row('  heap of the page before and after 20 s', `${before.toFixed(0)} MB, ${after.toFixed(0)} MB`);
    await server.close();
  },

  /** A running clock under which pods come, fail and go all the time. Aim: flat, when as much is kept as may be. */
  async pageMemory() {
    if (!hasBrowser()) return row('memory of the page (no Chromium here; name one in ORRERY_CHROMIUM)', 'not measured');
    const server = await spawnServer(folder());
    await post(server.url, '/v1/clusters', { name: 'a', clock: { mode: 'running', rate: 600 } });
    const looping = replicaSet(
      30,
      { image: 'nginx', imagePullPolicy: 'IfNotPresent' },
      { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' },
    );
    const cronJobs = Array.from({ length: 8 }, (_, index) => cronJob(`j${index}`));
    await post(server.url, '/v1/clusters/a/manifests', [looping, ...cronJobs]);
    const page = `${server.url}/#/clusters/a?view=curves&object=replicasets.apps/default/rs&tab=history`;
    await watchPage(page, Number(flags.minutes), 10, ({ minutes, megabytes, elements, listeners, elapsed }) =>
      row(
        `  the page, clock at 600x, after ${minutes.toFixed(1)} min of wall time, ${elapsed} of the cluster's`,
        `${megabytes.toFixed(1)} MB, ${elements} nodes of the document, ${listeners} listeners`,
      ),
    );
    await server.close();
  },

  async durability() {
    for (const durability of ['process', 'full']) {
      const service = openService(folder(), durability);
      const made = await timed(() => service.create(config('a', 3)));
      const count = 500;
      const object = (index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}` }, data: { text: 'x' } });
      const run = await timed(() => {
        for (let index = 0; index < count; index += 1) service.execute('a', create(object(index)));
      });
      row(
        `--durability ${durability}: small commands, each stored`,
        `${((run.ms / count) * 1000).toFixed(0)} µs each, ${perSecond(count, run.ms)}`,
      );
      row(`--durability ${durability}: creation of a cluster`, `${made.ms.toFixed(1)} ms`);
      await service.close();
    }
  },

  async requests() {
    const service = openService();
    service.create(config('a', 3));
    const body = (index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}` },
      spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'nginx:1.27' }] },
    });
    const count = 1000;
    const run = await timed(() => {
      for (let index = 0; index < count; index += 1) {
        service.execute('a', {
          type: 'request',
          request: { verb: 'create', resource: 'pods', namespace: 'default', body: body(index), options: {} },
        });
      }
    });
    row('create-pod requests, each stored, without HTTP', perSecond(count, run.ms));
    await service.close();
    const server = await openServer();
    await post(server.url, '/v1/clusters', { name: 'a' });
    const http = await timed(async () => {
      for (let index = 0; index < count; index += 1) await post(server.url, '/clusters/a/api/v1/namespaces/default/pods', body(index));
    });
    row('create-pod requests over HTTP, one client (a real server: 72/s)', perSecond(count, http.ms));
    const listed = await timed(async () => (await fetch(`${server.url}/clusters/a/api/v1/pods`)).text());
    row('LIST of these pods (a real server: 86 ms p50)', `${listed.ms.toFixed(1)} ms`);
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
    row('1 000 SSE watchers in the same process: deliveries', perSecond(seen.delivered, run.ms));
    row('  resident memory', `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
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

  /** Forks, and moments of the past. Aims: 10 and 100 ms a fork; 100 a second of the round; 100 ms a moment. */
  async forks() {
    const fork = (service, name) => service.fork('a', { row: newRow(config(name, 1), {}, false) });
    for (const pods of [20, 100, 1_000, 10_000]) {
      const path = folder();
      const service = openService(path);
      service.create(config('a', Math.ceil(pods / 100) + 1));
      await service.perform('a', create(replicaSet(pods)));
      await service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS });
      const count = pods < 1_000 ? 100 : 10;
      const made = await times(count, (index) => fork(service, `f${index}`));
      const bytes = readdirSync(join(path, 'clusters')).filter((name) => /^f.*\.sqlite$/.test(name));
      const size = bytes.reduce((sum, name) => sum + statSync(join(path, 'clusters', name)).size, 0) / bytes.length;
      row(
        `fork of ${pods} pods: median, 99 %; on disk`,
        `${quantile(made, 0.5)}, ${quantile(made, 0.99)} ms; ${(size / 1024).toFixed(0)} KiB`,
      );
      const last = service.get('a').resourceVersion;
      const past = await times(10, (index) =>
        service.history.at('a', { kind: 'revision', revision: Math.floor((last * (index + 1)) / 11) }),
      );
      row(`  a moment of its past: median, 99 %`, `${quantile(past, 0.5)}, ${quantile(past, 0.99)} ms`);
      if (pods === 20) {
        // Else each round would put one of these away.
        for (let index = 0; index < count; index += 1) service.remove(`f${index}`);
        const rounds = await timed(async () => {
          for (let index = 0; index < ROUNDS; index += 1) {
            const name = `round-${index}`;
            await fork(service, name);
            service.execute(name, { type: 'fault', fault: { type: 'node-down', node: 'node-1' }, afterMs: 0, forMs: null });
            const { nowMs } = await service.advance(name, { kind: 'to', toMs: START_MS + HOUR_MS + 600_000 });
            service.read(name, (state) => [...state.tables.get('objects/pods').rows.values()].length + nowMs);
            service.remove(name);
          }
        });
        row(
          '  fork, one fault, 10 minutes, read the pods, delete',
          `${perSecond(ROUNDS, rounds.ms)}, ${(rounds.cpuMs / ROUNDS).toFixed(1)} ms of CPU each`,
        );
      }
      await service.close();
    }
  },

  async start() {
    const path = folder();
    const first = openService(path);
    for (let index = 0; index < 1000; index += 1) first.create(config(`c${index}`, 1));
    await first.close();
    const many = await timed(() => openService(path));
    await many.value.close();
    const none = await timed(() => openService());
    await none.value.close();
    row('start with 1 000 clusters on disk, and with none', `${many.ms.toFixed(1)} ms, ${none.ms.toFixed(1)} ms`);
  },

  async explore() {
    // The aim is 200/s on two cores, once the code is warm.
    const files = { read: () => JSON.stringify(SHOP), resolve: () => 'there are no files' };
    const { scenario } = await loadScenario('shop.yaml', files);
    const { for: forMs, faults: types } = scenario.body.explore;
    const undisturbed = runUndisturbed(scenario, forMs);
    const options = { types, forMs, lastsMs: null, depth: 1, share: { index: 0, count: 1 }, isSpent: () => false };
    for (const times of ['the first', 'the second', 'the third']) {
      let runs = 0;
      const { ms, cpuMs } = await timed(() => explore(scenario, undisturbed, options, () => (runs += 1)));
      row(
        `${times} ${runs} runs of a shop with 20 pods, 10 min each, one thread`,
        `${perSecond(runs, ms)}, ${(cpuMs / runs).toFixed(1)} ms of CPU each`,
      );
    }
  },
};

/** 20 pods behind a Service, which are changed and scaled while something strikes. */
const SHOP = {
  apiVersion: 'orrery.dev/v1',
  kind: 'Scenario',
  metadata: { name: 'shop' },
  cluster: { nodes: 5 },
  manifests: [
    replicaSet(20, {
      image: 'nginx:1.27',
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: 80 }],
      readinessProbe: { httpGet: { path: '/', port: 80 } },
    }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } },
  ],
  steps: [
    { wait: { for: 'jsonpath={.status.readyReplicas}=20', on: 'replicaset/rs' } },
    { mark: 'steady' },
    { advance: '1m' },
    { label: { on: 'replicaset/rs', labels: { tier: 'front' } } },
    { advance: '2m' },
    { scale: { on: 'replicaset/rs', replicas: 21 } },
  ],
  always: [{ endpoints: 'service/x', atLeast: 1, from: 'steady' }],
  eventually: [{ ready: 'replicaset/rs', equals: 21, within: '10m', from: 'steady' }],
  explore: { faults: ['node-down', 'container-kill', 'drain'], from: 'steady', for: '10m' },
};

const cronJob = (name) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: {
    schedule: '* * * * *',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } } },
    },
  },
});

const busyPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'busy' },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'while true; do :; done'] }] },
};

/** Milliseconds of requests, one after the other, while something goes on, the shortest first. */
for (const [name, run] of Object.entries(GROUPS)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  console.log(name);
  await run();
}
for (const path of folders) rmSync(path, { recursive: true, force: true });
