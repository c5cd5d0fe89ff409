// A start with many clusters on disk costs what a start with none does: their files are left alone until somebody asks for one.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDirectory } from '../../src/db/directory.ts';
import { defaultNodes } from '../../src/engine/cluster/index.ts';
import { readConfig } from '../../src/hosts/config.ts';
import { serve } from '../../src/hosts/node.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';
import { type Directory, type DirectoryRow, fileNameOf } from '../../src/service/storage.ts';

const CLUSTERS = 1_000;
const GARBAGE = 'whoever opens this finds no database';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function rowOf(index: number): DirectoryRow {
  const name = `c${String(index).padStart(4, '0')}`;
  const config = { name, seed: 1, startMs: 0, clock: { mode: 'manual' }, nodes: defaultNodes(1), images: {}, timing: {} } as const;
  const uid = String(index).padStart(16, '0');
  return {
    uid,
    name,
    config: { ...config, retention: { watchEvents: 10 } },
    createdAt: '2026-01-01T00:00:00.000Z',
    isRunning: false,
    file: fileNameOf(name, uid),
  };
}

const filesOf = () => readdirSync(join(folder, 'clusters')).sort();

/** A thousand sleeping clusters, whose files tell when somebody opens them: SQLite would refuse them. */
function fill(): void {
  const directory = openDirectory(folder);
  for (let index = 0; index < CLUSTERS; index += 1) {
    const row = rowOf(index);
    directory.add(row);
    writeFileSync(join(folder, 'clusters', row.file), GARBAGE);
  }
  directory.close();
}

/** The directory, with the names of the clusters whose files it opened. */
function observed(directory: Directory): { readonly directory: Directory; readonly opened: readonly string[] } {
  const opened: string[] = [];
  const open = (name: string) => {
    opened.push(name);
    return directory.open(name);
  };
  const proxy = new Proxy(directory, {
    get: (target, name) => (name === 'open' ? open : Reflect.get(target, name, target).bind(target)),
  });
  return { directory: proxy, opened };
}

it('opens no file of a thousand clusters whose clocks stand still', async () => {
  fill();
  const { directory, opened } = observed(openDirectory(folder));
  const failures: unknown[] = [];
  const service = createClusterService(directory, { onError: (_message, error) => failures.push(error) });
  expect(opened).toEqual([]);
  expect(service.stats()).toMatchObject({ clusters: CLUSTERS, awakeClusters: 0 });
  service.checkReady();
  expect(service.create({ ...rowOf(CLUSTERS).config, name: 'new' }).name).toBe('new');
  expect(opened).toEqual([]);
  await service.close();
  expect(failures).toEqual([]);
});

it('serves at once, and the thousand files are as they were', async () => {
  fill();
  const before = filesOf();
  expect(before).toHaveLength(CLUSTERS);
  const service = await serve(readConfig(['--port', '0', '--data', folder, '--log-level', 'silent'], {}), 'test');
  try {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      new RegExp(`^orrery_clusters\\{state="asleep"\\} ${CLUSTERS}$`, 'm'),
    );
  } finally {
    await service.close();
  }
  expect(filesOf()).toEqual(before);
  for (const file of before) expect(readFileSync(join(folder, 'clusters', file), 'utf8')).toBe(GARBAGE);
});
