// What the engine costs: quiet time, changes, objects, explorations.

import { join } from 'node:path';
import { Database } from '../src/db/driver.ts';
import { createCluster, execute } from '../src/engine/cluster/index.ts';
import { ScenarioThreads } from '../src/hosts/scenario-threads.ts';
import { runUndisturbed } from '../src/scenario/explore.ts';
import { loadScenario } from '../src/scenario/scenario.ts';
import { figure, row } from './report.mjs';
import {
  config,
  create,
  folder,
  HOUR_MS,
  heapMegabytes,
  hourly,
  megabytes,
  openService,
  rate,
  readyReplicas,
  replicaSet,
  share,
  SHOP,
  START_MS,
  timed,
} from './samples.mjs';

export const ENGINE_GROUPS = {
  async healthy() {
    const service = openService();
    service.create(config('a', 11));
    const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 10 };
    service.execute('a', create(replicaSet(1000, { livenessProbe: probe, readinessProbe: probe })));
    // Start-up includes the expiry of its Events, one hour later.
    await service.advance('a', { kind: 'to', toMs: START_MS + 2 * HOUR_MS });
    const hour = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + 3 * HOUR_MS }));
    const day = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + 27 * HOUR_MS }));
    figure('1 h of 1 000 healthy pods, two 10 s probes each', hour.ms, 'ms', 50);
    figure('24 h of the same', day.ms, 'ms', 50);
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
    figure(`1 h of 1 000 crash-looping pods, in memory: ${changes} watch events`, rate(changes, memory.ms), ' events/s');
    figure('  CPU of a change', (memory.cpuMs / changes) * 1000, 'µs');
    const service = openService();
    service.create(config('a', 11));
    service.execute('a', pods);
    const stored = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS }));
    figure('the same, stored', rate(stored.value.watchEvents, stored.ms), ' events/s', 12_000);
    figure('  CPU of a change', (stored.cpuMs / stored.value.watchEvents) * 1000, 'µs');
    await service.close();
    const raw = new Database(join(folder(), 'raw.sqlite'));
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = NORMAL');
    raw.exec('create table changes (id integer primary key, body text)');
    const insert = raw.prepare('insert into changes (body) values (?)');
    const write = raw.transaction((chunk) => {
      for (const line of chunk.split('\n')) insert.run(line);
    });
    const texts = lines.flatMap((chunk) => chunk.split('\n')).filter((text) => text !== '');
    const bytes = lines.reduce((sum, chunk) => sum + chunk.length, 0);
    const plain = await timed(() => lines.forEach((chunk) => write(chunk)));
    lines = [];
    raw.close();
    figure(`SQLite alone, the same ${(bytes / 1e6).toFixed(0)} MB, a row an event`, rate(changes, plain.ms), ' events/s');
    const parsed = await timed(() => texts.forEach((text) => JSON.stringify(JSON.parse(text))));
    figure('JSON alone: the same parsed and written', rate(changes, parsed.ms), ' events/s');
    row('  stored rate as a share of SQLite alone, and of JSON alone', `${share(plain.ms, stored.ms)}, ${share(parsed.ms, stored.ms)}`);
  },

  /** What objects cost in memory, and what it takes to have them. */
  async pods() {
    for (const count of [1000, 10_000]) {
      const path = folder();
      const service = openService(path);
      const before = heapMegabytes();
      service.create(config('a', Math.ceil(count / 110) + 1));
      const run = await timed(async () => {
        service.execute('a', create(replicaSet(count)));
        return service.advance('a', readyReplicas(count));
      });
      if (!run.value.reached) throw new Error('the pods did not become ready');
      const large = count === 10_000;
      figure(`ReplicaSet 0 to ${count} pods Ready, stored`, run.ms / 1000, 's', large ? 8 : undefined);
      figure('  CPU', run.cpuMs / 1000, 's');
      const heap = heapMegabytes();
      if (heap !== undefined) figure('  heap of a pod', ((heap - before) * 1e3) / count, 'KB', large ? 20 : undefined);
      row('  resident memory', `${megabytes()} MB`);
      await service.close();
      const again = openService(path);
      const opened = await timed(() => again.settled('a'));
      figure(`opening ${count} pods again: CPU`, opened.cpuMs / 1000, 's', large ? 1.5 : undefined);
      await again.close();
    }
  },

  /** 100 000 pods on 1 000 nodes: minutes of work. */
  async huge() {
    const path = folder();
    const service = openService(path);
    service.create(config('a', 1_000));
    const run = await timed(async () => {
      service.execute('a', create(replicaSet(100_000)));
      return service.advance('a', readyReplicas(100_000));
    });
    figure('ReplicaSet 0 to 100 000 pods Ready, stored', run.ms / 1000, 's');
    await service.close();
    const again = openService(path);
    const opened = await timed(() => again.settled('a'));
    figure('opening them again: CPU', opened.cpuMs / 1000, 's');
    await again.advance('a', { kind: 'to', toMs: again.get('a').nowMs + HOUR_MS });
    figure('  resident memory at the end', Number(megabytes()), 'MB', 2_500);
    await again.close();
  },

  async rollout() {
    const service = openService();
    const count = 5_000;
    service.create(config('a', Math.ceil(count / 80) + 1));
    const { spec, ...rest } = replicaSet(count);
    const deployment = { ...rest, kind: 'Deployment', metadata: { name: 'web' }, spec };
    service.execute('a', create(deployment));
    await service.advance('a', { kind: 'to', toMs: START_MS + HOUR_MS });
    const template = { spec: { containers: [{ name: 'c', image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent' }] } };
    const request = {
      verb: 'patch',
      patchType: 'strategic',
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      body: { spec: { template } },
      options: {},
    };
    const run = await timed(async () => {
      const { outcome } = service.execute('a', { type: 'request', request });
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.status));
      return service.advance('a', { kind: 'to', toMs: START_MS + 2 * HOUR_MS });
    });
    figure(`rollout of ${count} pods, and an hour, stored`, run.ms / 1000, 's', 8);
    figure('  CPU of a change', (run.cpuMs / run.value.watchEvents) * 1000, 'µs');
    await service.close();
  },

  async cronJobs() {
    const service = openService();
    service.create(config('a', 21));
    for (let index = 0; index < 1_000; index += 1) service.execute('a', create(hourly(index)));
    const run = await timed(() => service.advance('a', { kind: 'to', toMs: START_MS + 24 * HOUR_MS }));
    figure('a day of 1 000 CronJobs, one Job an hour each, stored', run.ms / 1000, 's', 60);
    figure('  CPU of a change', (run.cpuMs / run.value.watchEvents) * 1000, 'µs');
    await service.close();
  },

  async explore() {
    // The aim is 200/s on two cores, once the code is warm.
    const text = JSON.stringify(SHOP);
    const files = { read: () => text, resolve: () => 'there are no files' };
    const { scenario } = await loadScenario('shop.yaml', files);
    const { for: forMs, faults: types } = scenario.body.explore;
    const undisturbed = runUndisturbed(scenario, forMs);
    for (const count of [1, 2]) {
      const threads = new ScenarioThreads(count);
      for (const turn of ['the first', 'the second', 'the third', 'the fourth']) {
        let runs = 0;
        const share = (index) => {
          const options = { types, forMs, lastsMs: null, depth: 1, share: { index, count } };
          const job = { file: scenario.file, text, source: scenario.source, kind: 'explore', undisturbed, options, budgetMs: 0 };
          return threads.do(job, () => (runs += 1));
        };
        const { ms, cpuMs } = await timed(() => Promise.all(Array.from({ length: count }, (_, index) => share(index))));
        const where = count === 1 ? 'one thread' : `${count} threads`;
        const aim = turn === 'the fourth' ? 100 * count : undefined;
        figure(`${turn} ${runs} runs of a shop with 20 pods, 10 min each, ${where}`, rate(runs, ms), ' runs/s', aim);
        figure('  CPU of a run', cpuMs / runs, 'ms');
      }
      threads.close();
    }
  },
};
