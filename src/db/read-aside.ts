// Looks into a database file without changing it, or what lies beside it.

import { existsSync, rmSync } from 'node:fs';
import type Driver from 'better-sqlite3';
import { asDamage } from './damage.ts';
import { Database } from './driver.ts';

/** Reads from a file that may be anything. Fails: StorageDamage, whose message is what is to be said of the file. */
export function readAside<T>(file: string, read: (sqlite: Driver.Database) => T): T {
  const isNew = ['-wal', '-shm'].map((suffix) => `${file}${suffix}`).filter((path) => !existsSync(path));
  try {
    const sqlite = new Database(file, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
    try {
      return read(sqlite);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    throw asDamage(error);
  } finally {
    // Whoever only reads leaves an empty WAL behind.
    for (const path of isNew) rmSync(path, { force: true });
  }
}

/** Wall time in which another process that uses the file may end. */
const LOCK_WAIT_MS = 1_000;
