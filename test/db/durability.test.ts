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
