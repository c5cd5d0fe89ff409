// Opens SQLite files: WAL, migrated when they are older than the program, ready for prepared statements.
// Durability: docs/decisions/0004-durability.md.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Driver from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { Database } from './driver.ts';

export interface OpenDatabase {
  readonly sqlite: Driver.Database;
  readonly orm: BetterSQLite3Database;
}

export type Schema = 'directory' | 'cluster';

/** Wall time in which another process that uses the folder may end. */
const LOCK_WAIT_MS = 1_000;

const PAGE_BYTES = 4_096;

/** Opens, and if need be creates and migrates, a file; one that would grow beyond `bytesMax` is full. Fails: as the driver fails. */
export function openDatabase(file: string, schema: Schema, bytesMax?: number): OpenDatabase {
  const sqlite = new Database(file, { timeout: LOCK_WAIT_MS });
  try {
    // One writer: whoever holds the directory holds the folder. The lock ends with the process, however it ends.
    if (schema === 'directory') sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.pragma('journal_mode = WAL');
    // NORMAL survives the death of the process at any moment; only a loss of power can take the newest commits.
    sqlite.pragma('synchronous = NORMAL');
    if (bytesMax !== undefined) sqlite.pragma(`max_page_count = ${Math.max(1, Math.floor(bytesMax / PAGE_BYTES))}`);
    const orm = drizzle(sqlite);
    const folder = fileURLToPath(new URL(`../../migrations/${schema}`, import.meta.url));
    const version = readdirSync(folder).filter((name) => name.endsWith('.sql')).length;
    // The version is kept in the file itself, so that opening a current file costs one pragma.
    if (sqlite.pragma('user_version', { simple: true }) !== version) {
      migrate(orm, { migrationsFolder: folder });
      sqlite.pragma(`user_version = ${version}`);
    }
    return { sqlite, orm };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
