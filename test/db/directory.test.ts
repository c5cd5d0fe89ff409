// The data folder: rows, files, and what crashes leave of them.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/db/directory.ts';
import { defaultNodes } from '../../src/engine/cluster/index.ts';
import type { Directory, DirectoryRow } from '../../src/service/storage.ts';

let folder: string;
let directory: Directory;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-directory-'));
  directory = openDirectory(folder);
});

afterEach(() => {
  directory.close();
  rmSync(folder, { recursive: true, force: true });
});

function reopen(): void {
  directory.close();
  directory = openDirectory(folder);
}

function rowOf(name: string, isRunning = false): DirectoryRow {
  const config = {
    name,
    seed: 2 ** 53 - 1,
    startMs: 0,
    clock: { mode: 'manual' },
    nodes: defaultNodes(1),
    images: {},
    timing: {},
  } as const;
  return { name, config: { ...config, retention: { watchEvents: 10 } }, createdAt: '2026-11-23T12:00:00.000Z', isRunning };
}

function addWithFile(name: string): void {
  directory.add(rowOf(name));
  const log = directory.open(name);
  log.append({ seq: 1, command: { type: 'advance', toMs: 0 }, revision: 0, digest: '' }, [], 1);
  log.close();
}

function clusterFiles(): string[] {
  return readdirSync(join(folder, 'clusters')).sort();
}

describe('rows', () => {
  it('come back as they were, after a reopen', () => {
    directory.add(rowOf('a', true));
    reopen();
    expect(directory.get('a')).toEqual(rowOf('a', true));
    expect(directory.get('b')).toBeUndefined();
    expect(directory.count()).toBe(1);
  });

  it('are listed by name, page by page, however names come and go', () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) directory.add(rowOf(name));
    const names = (after?: string) => directory.list(2, after).map((row) => row.name);
    expect(names()).toEqual(['a', 'b']);
    directory.remove('b');
    expect(names('b')).toEqual(['c', 'd']);
    expect(names('d')).toEqual(['e']);
    expect(names('e')).toEqual([]);
  });

  it('are unique', () => {
    directory.add(rowOf('a'));
    expect(() => directory.add(rowOf('a'))).toThrow();
  });

  it('know whose clock runs', () => {
    directory.add(rowOf('a', true));
    directory.add(rowOf('b'));
    directory.setRunning('a', false);
    directory.setRunning('b', true);
    reopen();
    expect(directory.running()).toEqual(['b']);
  });

  it('can be probed without a trace', () => {
    directory.probe();
    directory.probe();
    expect(directory.count()).toBe(0);
  });
});

describe('files', () => {
  it('go with their cluster', () => {
    addWithFile('a');
    expect(clusterFiles()).not.toEqual([]);
    directory.remove('a');
    expect(clusterFiles()).toEqual([]);
  });

  it('of a cluster that is created again under its name begin empty', () => {
    addWithFile('a');
    directory.remove('a');
    directory.add({ ...rowOf('a'), createdAt: '2026-11-23T12:00:01.000Z' });
    const log = directory.open('a');
    expect(log.readJournal(0)).toEqual([]);
    log.close();
  });

  it('of a removal that was cut off are cleaned at the next start, and no others', () => {
    addWithFile('a');
    const kept = clusterFiles();
    writeFileSync(join(folder, 'clusters', 'gone-20261123.sqlite'), 'left');
    writeFileSync(join(folder, 'clusters', 'gone-20261123.sqlite-wal'), 'left');
    reopen();
    expect(clusterFiles()).toEqual(kept);
  });

  it('are not touched when the directory itself was lost', () => {
    addWithFile('a');
    const kept = clusterFiles();
    directory.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `directory.sqlite${suffix}`), { force: true });
    directory = openDirectory(folder);
    expect(clusterFiles()).toEqual(kept);
  });

  it('are made with the folder', () => {
    const deep = join(folder, 'not', 'yet', 'there');
    openDirectory(deep).close();
    expect(existsSync(join(deep, 'directory.sqlite'))).toBe(true);
  });

  it('belong to one process: a second one is turned away', () => {
    expect(() => openDirectory(folder)).toThrow(/locked|busy/i);
  });
});
