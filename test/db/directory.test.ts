// The data folder: rows, files, and what crashes leave of them.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/db/directory.ts';
import { fill, rowOf } from './fixtures.ts';
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

const create = (row: DirectoryRow) => directory.create(row, fill).close();

function clusterFiles(): string[] {
  return readdirSync(join(folder, 'clusters')).sort();
}

describe('rows', () => {
  it('come back as they were, after a reopen', () => {
    create(rowOf('a', { isRunning: true }));
    reopen();
    expect(directory.get('a')).toEqual(rowOf('a', { isRunning: true }));
    expect(directory.get('b')).toBeUndefined();
    expect(directory.count()).toBe(1);
  });

  it('are listed by name, page by page, however names come and go', () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) create(rowOf(name));
    const names = (after?: string) => directory.list(2, after).map((row) => row.name);
    expect(names()).toEqual(['a', 'b']);
    directory.remove('b');
    expect(names('b')).toEqual(['c', 'd']);
    expect(names('d')).toEqual(['e']);
    expect(names('e')).toEqual([]);
  });

  it('are unique', () => {
    create(rowOf('a'));
    expect(() => create(rowOf('a'))).toThrow();
  });

  it('know whose clock runs', () => {
    create(rowOf('a', { isRunning: true }));
    create(rowOf('b'));
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
    create(rowOf('a'));
    expect(clusterFiles()).not.toEqual([]);
    directory.remove('a');
    expect(clusterFiles()).toEqual([]);
  });

  it('of a cluster that is created again under its name begin empty', () => {
    create(rowOf('a'));
    directory.remove('a');
    create(rowOf('a', { uid: 'another' }));
    const log = directory.open('a');
    expect([...log.readJournal(0)]).toHaveLength(1);
    log.close();
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
