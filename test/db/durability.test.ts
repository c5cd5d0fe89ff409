// What a commit waits for.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../src/db/database.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-durability-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  { durability: undefined, synchronous: 1 },
  { durability: 'process', synchronous: 1 },
  { durability: 'full', synchronous: 2 },
] as const)('$durability: SQLite syncs at level $synchronous', ({ durability, synchronous }) => {
  for (const schema of ['cluster', 'directory'] as const) {
    const database = connect(join(folder, schema), schema, { durability });
    expect(database.sqlite.pragma('synchronous', { simple: true })).toBe(synchronous);
    expect(database.sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  }
});

it.each([
  { schema: 'cluster', durability: 'process', during: [0, 0] },
  { schema: 'cluster', durability: 'full', during: [2, 1000] },
  { schema: 'directory', durability: 'process', during: [1, 1000] },
] as const)('$schema, $durability: only the header of a new WAL is not waited for, and nothing is written back meanwhile', (given) => {
  const database = connect(join(folder, given.schema), given.schema, { durability: given.durability });
  const settings = () => ['synchronous', 'wal_autocheckpoint'].map((name) => database.sqlite.pragma(name, { simple: true }));
  const seen: unknown[] = [];
  for (let index = 0; index < 2; index += 1)
    database.transaction(() => {
      database.sqlite.exec(`create table t${index} (x)`);
      seen.push(settings());
    });
  const usual = [given.durability === 'full' ? 2 : 1, 1000];
  expect(seen).toEqual([given.during, usual]);
  expect(settings()).toEqual(usual);
  expect(() =>
    database.transaction(() => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(settings()).toEqual(usual);
  database.close();
});
