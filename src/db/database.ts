// Opens SQLite files: WAL, migrated when they are older than the program, ready for prepared statements.
// Durability: docs/decisions/0004-durability.md.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Driver from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import type { Steps } from '../engine/cluster/index.ts';
import type { Durability, ForkOrigin } from '../service/storage.ts';
import { Database } from './driver.ts';
import { readIdentity } from './identity.ts';
import type { Part, SqlDatabase } from './sql-database.ts';

export type Schema = 'directory' | 'cluster';

export interface DatabaseOptions {
  /** A file that would grow beyond it is full; undefined: as large as the disk allows. */
  readonly bytesMax?: number | undefined;
  readonly durability?: Durability | undefined;
  /** A file that may be anything keeps the journal that it has. */
  readonly isUnknown?: boolean;
}

/** Wall time in which another process that uses the folder may end. */
const LOCK_WAIT_MS = 1_000;

const PAGE_BYTES = 4_096;

/** Of a WAL, after which SQLite writes it back: its own default. */
const CHECKPOINT_PAGES = 1_000;

export class OpenDatabase implements SqlDatabase {
  readonly file: string;
  readonly sqlite: Driver.Database;
  readonly orm: BetterSQLite3Database;
  private readonly inode: string | undefined;
  private readonly beginsUnsynced: boolean;
  /** Of the WAL, from the first transaction on. */
  private walInode: string | undefined;

  /** `beginsUnsynced`: a new WAL is not waited for either. */
  constructor(file: string, sqlite: Driver.Database, beginsUnsynced = false) {
    this.file = file;
    this.sqlite = sqlite;
    this.orm = drizzle(sqlite);
    this.inode = inodeOf(file);
    this.beginsUnsynced = beginsUnsynced;
  }

  /** Number of migrations that the file has; 0: it is new. */
  get version(): number {
    return this.sqlite.pragma('user_version', { simple: true }) as number;
  }

  /** Fails: ENOENT when the file is not in its place any more, so that nothing is acknowledged into a removed file. */
  transaction(body: () => void): void {
    this.checkPlace();
    const done = this.prepareWal();
    try {
      this.sqlite.transaction(body).immediate();
    } finally {
      done();
    }
  }

  *transactionSteps<T>(body: Steps<T>, last: () => void, part?: Part): Steps<T> {
    this.checkPlace();
    let done = this.prepareWal();
    try {
      this.sqlite.exec('BEGIN IMMEDIATE');
      for (;;) {
        const step = body.next();
        const isLast = step.done === true;
        if (isLast) last();
        if (isLast || part?.isFull() === true) {
          // Some time has passed since the beginning.
          this.checkPlace();
          this.sqlite.exec('COMMIT');
        }
        if (isLast) return step.value;
        yield;
        if (this.sqlite.inTransaction) continue;
        done();
        done = this.prepareWal();
        this.sqlite.exec('BEGIN IMMEDIATE');
      }
    } finally {
      body.return(undefined as T);
      this.rollBack();
      done();
    }
  }

  /**
   * SQLite waits for the disk when it writes the header of a WAL, even where commits do not wait. What follows does not need it: a header that is lost with
   * the power takes only commits that nobody had waited for, and before a checkpoint the whole WAL is synced. There is none in this transaction.
   */
  private prepareWal(): () => void {
    if (this.walInode !== undefined) return () => {};
    if (this.beginsUnsynced) this.setSyncs('OFF', 0);
    return () => {
      if (!this.sqlite.open) return;
      if (this.beginsUnsynced) this.setSyncs('NORMAL', CHECKPOINT_PAGES);
      this.walInode = inodeOf(this.wal);
    };
  }

  private setSyncs(synchronous: 'OFF' | 'NORMAL', checkpointPages: number): void {
    this.sqlite.pragma(`synchronous = ${synchronous}`);
    this.sqlite.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  }

  /** Undoes what was not committed. A full disk has done so already; where it fails, the next one who opens the file does. */
  private rollBack(): void {
    try {
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
    } catch {
      this.sqlite.close();
    }
  }

  private checkPlace(): void {
    if (inodeOf(this.file) !== this.inode || (this.walInode !== undefined && inodeOf(this.wal) !== this.walInode))
      throw Object.assign(new Error(`${this.file} was moved or removed`), { code: 'ENOENT' });
  }

  isBeside(name: string): boolean {
    return existsSync(join(dirname(this.file), name));
  }

  originBeside(name: string): ForkOrigin | undefined {
    try {
      const path = join(dirname(this.file), name);
      const beside = new OpenDatabase(path, new Database(path, { readonly: true, fileMustExist: true }));
      try {
        return readIdentity(beside).origin;
      } finally {
        beside.abandon();
      }
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.sqlite.close();
  }

  /** Closes without writing what the WAL holds into the file: it may be the WAL that is wrong. */
  abandon(): void {
    let witness: Driver.Database | undefined;
    try {
      // SQLite writes the WAL back when the last connection goes, unless that one may only read.
      witness = new Database(this.file, { readonly: true, fileMustExist: true, timeout: 0 });
      witness.pragma('user_version');
    } catch {
      // Unreadable for one is unreadable for both: then there is nothing to write back.
    }
    this.sqlite.close();
    witness?.close();
  }

  private get wal(): string {
    return `${this.file}-wal`;
  }
}

/** Connects to a file as it is, making an empty one when there is none. Fails: as the driver fails. */
export function connect(
  file: string,
  schema: Schema,
  { bytesMax, durability = 'process', isUnknown = false }: DatabaseOptions = {},
): OpenDatabase {
  // The driver has an error of its own for a folder that is not there.
  statSync(dirname(file));
  const sqlite = new Database(file, { timeout: LOCK_WAIT_MS });
  try {
    // One writer: whoever holds the directory holds the folder. The lock ends with the process, however it ends.
    if (schema === 'directory') sqlite.pragma('locking_mode = EXCLUSIVE');
    if (!isUnknown) sqlite.pragma('journal_mode = WAL');
    // NORMAL survives the death of the process at any moment; only a loss of power can take the newest commits. FULL waits for the disk.
    sqlite.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    if (bytesMax !== undefined) sqlite.pragma(`max_page_count = ${Math.max(1, Math.floor(bytesMax / PAGE_BYTES))}`);
    return new OpenDatabase(file, sqlite, schema === 'cluster' && durability === 'process');
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** A database in memory that begins with the bytes of another one, and is as large as its file may be. */
export function connectInMemory(bytes: Uint8Array, { bytesMax }: Pick<DatabaseOptions, 'bytesMax'>): OpenDatabase {
  const sqlite = new Database(Buffer.from(bytes));
  if (bytesMax !== undefined) sqlite.pragma(`max_page_count = ${Math.max(1, Math.floor(bytesMax / PAGE_BYTES))}`);
  return new OpenDatabase(IN_MEMORY, sqlite);
}

/** The bytes of a database file whose journal is a WAL. See https://www.sqlite.org/fileformat.html, section 1.3. */
export function withWal(bytes: Uint8Array): Uint8Array {
  for (const version of [WRITE_VERSION, READ_VERSION]) bytes[version] = 2;
  return bytes;
}

const [WRITE_VERSION, READ_VERSION] = [18, 19];

/** The version of files that this program writes: the number of migrations. */
export function currentVersion(schema: Schema): number {
  versions[schema] ??= readdirSync(migrationsOf(schema)).filter((name) => name.endsWith('.sql')).length;
  return versions[schema];
}

const versions: Partial<Record<Schema, number>> = {};

/** A file without rows, up to date: made by the migrations once, and a copy ever after. */
export function emptyDatabase(schema: Schema): Uint8Array {
  let bytes = empty[schema];
  if (bytes === undefined) {
    const database = new OpenDatabase(IN_MEMORY, new Database(IN_MEMORY));
    migrateDatabase(database, schema);
    bytes = database.sqlite.serialize();
    database.sqlite.close();
    empty[schema] = bytes;
  }
  return bytes;
}

const IN_MEMORY = ':memory:';
const empty: Partial<Record<Schema, Uint8Array>> = {};

/** Brings the tables up to date; `finish` fills what is new in them. A migration that was cut off is done again. */
export function migrateDatabase(database: OpenDatabase, schema: Schema, finish: () => void = () => {}): void {
  migrate(database.orm, { migrationsFolder: migrationsOf(schema) });
  database.transaction(() => {
    finish();
    // The version is kept in the file itself, so that opening a current file costs one pragma.
    database.sqlite.pragma(`user_version = ${currentVersion(schema)}`);
  });
}

function migrationsOf(schema: Schema): string {
  return fileURLToPath(new URL(`../../migrations/${schema}`, import.meta.url));
}

/** Which file is at a path; undefined: none. */
function inodeOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`;
}
