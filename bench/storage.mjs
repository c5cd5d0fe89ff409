// What storing costs: commands, forks, folders.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storedOf } from '../src/engine/kernel/store.ts';
import { newRow } from '../src/service/new-row.ts';
import { readObjectsAt } from '../src/service/past-view.ts';
import { figure } from './report.mjs';
import {
  config,
  create,
  folder,
  HOUR_MS,
  openService,
  quantile,
  rate,
  replicaSet,
  START_MS,
  timed,
  times,
  unschedulable,
} from './samples.mjs';

const ROUNDS = 200;

const countPods = (state) => storedOf(state, 'pods').size;

export const STORAGE_GROUPS = {
  async durability() {
    for (const durability of ['process', 'full']) {
      const service = openService(folder(), durability);
      const made = await timed(() => service.create(config('a', 3)));
      const count = 500;
      const object = (index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}` }, data: { text: 'x' } });
      const run = await timed(() => {
        for (let index = 0; index < count; index += 1) service.execute('a', create(object(index)));
      });
      figure(`--durability ${durability}: small commands, each stored`, rate(count, run.ms), ' commands/s');
      figure(`--durability ${durability}: creation of a cluster`, made.ms, 'ms');
      await service.close();
    }
  },

  async creates() {
    const service = openService();
    service.create(config('a', 3));
    const count = 1000;
    const run = await timed(() => {
      for (let index = 0; index < count; index += 1) {
        service.execute('a', {
          type: 'request',
          request: { verb: 'create', resource: 'pods', namespace: 'default', body: unschedulable(index), options: {} },
        });
      }
    });
    figure('create-pod requests, each stored, without HTTP', rate(count, run.ms), ' requests/s', 2_500);
    figure('  CPU of a request', run.cpuMs / count, 'ms');
    await service.close();
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
      figure(`fork of ${pods} pods, median`, Number(quantile(made, 0.5)), 'ms', pods < 1_000 ? 10 : 100);
      figure(`  of ${pods} pods, 99 of 100`, Number(quantile(made, 0.99)), 'ms');
      figure(`  of ${pods} pods, on disk`, size / 1024, 'KiB', 100);
      const last = service.get('a').resourceVersion;
      const moments = pods <= 1_000 ? 100 : 10;
      // Revisions that lie evenly, and times, none of which is near one that is in memory.
      const momentOf = (index) => {
        const part = (index + 1) / (moments + 1);
        if (index % 2 === 0) return { kind: 'revision', revision: Math.floor(last * part) };
        return { kind: 'time', ms: START_MS + Math.floor(HOUR_MS * part ** 8) };
      };
      const go = (look) =>
        times(moments, (index) => {
          service.history.dropUnused(Number.POSITIVE_INFINITY);
          return look(momentOf(index));
        });
      const past = await go((moment) => service.history.at('a', moment));
      figure(`  of ${pods} pods, a moment of the past, median`, Number(quantile(past, 0.5)), 'ms');
      figure(`  of ${pods} pods, a moment of the past, 99 of 100`, Number(quantile(past, 0.99)), 'ms', pods <= 1_000 ? 100 : undefined);
      // As a client of the Kubernetes API reads it.
      const objects = await go((moment) => readObjectsAt(service, 'a', moment, async (view) => view.read('a', countPods)));
      figure(`  of ${pods} pods, the objects of such a moment, median`, Number(quantile(objects, 0.5)), 'ms');
      figure(
        `  of ${pods} pods, the objects of such a moment, 99 of 100`,
        Number(quantile(objects, 0.99)),
        'ms',
        pods <= 1_000 ? 100 : undefined,
      );
      if (pods === 20) {
        // Else each round would put one of these away.
        for (let index = 0; index < count; index += 1) service.remove(`f${index}`);
        const rounds = await timed(async () => {
          for (let index = 0; index < ROUNDS; index += 1) {
            const name = `round-${index}`;
            await fork(service, name);
            service.execute(name, { type: 'fault', fault: { type: 'node-down', node: 'node-1' }, afterMs: 0, forMs: null });
            const { nowMs } = await service.advance(name, { kind: 'to', toMs: START_MS + HOUR_MS + 600_000 });
            service.read(name, (state) => countPods(state) + nowMs);
            service.remove(name);
          }
        });
        figure('  fork, one fault, 10 minutes, read the pods, delete', rate(ROUNDS, rounds.ms), ' rounds/s', 100);
        figure('    CPU of a round', rounds.cpuMs / ROUNDS, 'ms');
      }
      await service.close();
    }
  },

  async folders() {
    const path = folder();
    const first = openService(path);
    for (let index = 0; index < 1000; index += 1) first.create(config(`c${index}`, 1));
    await first.close();
    const many = await timed(() => openService(path));
    await many.value.close();
    const none = await timed(() => openService());
    await none.value.close();
    figure('opening a folder with 1 000 clusters', many.ms, 'ms');
    figure('opening an empty folder', none.ms, 'ms');
  },
};
