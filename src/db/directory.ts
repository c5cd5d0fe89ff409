// The directory database, and the files of the clusters beside it.

import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Driver from 'better-sqlite3';
import { asc, count, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { newUid } from '../service/new-row.ts';
import type { ClusterInfo } from '../service/ports.ts';
import {
  type CommitLog,
  type DamagedRow,
  type Directory,
  type DirectoryRow,
  type Durability,
  type Fork,
  type Lifetime,
  StorageDamage,
} from '../service/storage.ts';
import { type Loss, syncFolder } from './cluster-file.ts';
import { ClusterFiles } from './cluster-files.ts';
import { asDamage } from './damage.ts';
import { connect, currentVersion, type DatabaseOptions, migrateDatabase, type OpenDatabase } from './database.ts';
import { fromStoredRow, isSound, sealRow, type StoredRow, toStoredRow } from './directory-row.ts';
import { makeFolder } from './make-folder.ts';
import { readAside } from './read-aside.ts';
import { Reserve } from './reserve.ts';
import { clusters } from './schema/clusters.ts';
import { formerNames } from './schema/former-names.ts';
import { type Findings, takeStock } from './take-stock.ts';

export interface DirectoryOptions {
  /** Bytes that the file of one cluster may have; undefined: as many as the disk has. */
  readonly clusterBytesMax?: number | undefined;
  /** Bytes that the directory's own file may have. */
  readonly directoryBytesMax?: number | undefined;
  readonly durability?: Durability | undefined;
  /** Learns what the start found in the folder, when that is more than it knew. */
  readonly onFindings?: (findings: Findings) => void;
  /** Learns of commands that a loss of power took. */
  readonly onLoss?: (loss: Loss) => void;
}

/** Opens the data folder, making it when it is missing. No cluster's file is opened that has a row. Fails: StorageDamage, or as the file system fails. */
export function openDirectory(folder: string, options: DirectoryOptions = {}): SqliteDirectory {
  const { clusterBytesMax: bytesMax, durability, onLoss } = options;
  const clustersFolder = clustersFolderOf(folder);
  makeFolder(clustersFolder);
  const files = new ClusterFiles(clustersFolder, { bytesMax, durability, onLoss });
  const directory = new SqliteDirectory(
    openDatabase(directoryFileOf(folder), { bytesMax: options.directoryBytesMax, durability }),
    files,
    new Reserve(join(folder, 'reserve')),
  );
  if (durability === 'full') for (const made of [clustersFolder, folder, dirname(folder)]) syncFolder(made);
  const findings = takeStock(directory, files);
  if (Object.values(findings).some((found) => found.length > 0)) options.onFindings?.(findings);
  return directory;
}

export function directoryFileOf(folder: string): string {
  return join(folder, 'directory.sqlite');
}

/** Where the files of clusters are. */
export function clustersFolderOf(folder: string): string {
  return join(folder, 'clusters');
}

function openDatabase(file: string, options: DatabaseOptions): OpenDatabase {
  let database: OpenDatabase | undefined;
  try {
    checkAside(file);
    database = connect(file, 'directory', options);
    checkPages(database.sqlite);
    if (database.version > currentVersion('directory')) throw new StorageDamage('was written by a newer version of this program');
    const opened = database;
    if (opened.version < currentVersion('directory')) migrateDatabase(opened, 'directory', () => sealOldRows(opened));
    return opened;
  } catch (error) {
    database?.close();
    throw asDamage(error);
  }
}

/** Looks first without opening it for writing, so that damage is left as it is. On a disk without room that cannot be done. */
function checkAside(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  try {
    readAside(file, checkPages);
  } catch (error) {
    if (!isWithoutRoom(error)) throw error;
  }
}

/** SQLite says so, too, when a file beside the database cannot be made. */
function isWithoutRoom(error: unknown): boolean {
  return /FULL|ENOSPC|EDQUOT|IOERR|CANTOPEN/.test(String((error as { code?: unknown }).code));
}

function checkPages(sqlite: Driver.Database): void {
  const found = sqlite.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new StorageDamage(`is damaged: ${String(found)}`);
}

/** Rows of earlier versions have neither uid nor checksum. */
function sealOldRows({ orm }: OpenDatabase): void {
  for (const row of orm.select().from(clusters).where(isNull(clusters.uid)).all())
    orm
      .update(clusters)
      .set(sealRow({ ...row, uid: newUid(false) }))
      .where(eq(clusters.name, row.name))
      .run();
}

export class SqliteDirectory implements Directory {
  private readonly database: OpenDatabase;
  private readonly files: ClusterFiles;
  private readonly reserve: Reserve;

  constructor(database: OpenDatabase, files: ClusterFiles, reserve: Reserve) {
    this.database = database;
    this.files = files;
    this.reserve = reserve;
  }

  get(name: string): DirectoryRow | undefined {
    const row = this.stored(name);
    return row === undefined ? undefined : fromStoredRow(row);
  }

  has(name: string): boolean {
    return this.stored(name) !== undefined;
  }

  list(limit: number, after: string | undefined): readonly (DirectoryRow | DamagedRow)[] {
    const query = this.database.orm.select().from(clusters).orderBy(asc(clusters.name)).limit(limit).$dynamic();
    return (after === undefined ? query : query.where(gt(clusters.name, after))).all().map(fromRowOrDamage);
  }

  /** All rows as they are stored. */
  storedRows(): readonly StoredRow[] {
    return this.database.orm.select().from(clusters).all();
  }

  count(): number {
    return this.database.orm.select({ value: count() }).from(clusters).get()?.value ?? 0;
  }

  running(): readonly string[] {
    return this.database.orm
      .select({ name: clusters.name })
      .from(clusters)
      .where(eq(clusters.isRunning, 1))
      .all()
      .map((row) => row.name);
  }

  /** Of damaged rows too: who does not have the token must not get in because of the damage. */
  tokenDigests(): ReadonlyMap<string, string> {
    const rows = this.database.orm
      .select({ name: clusters.name, digest: clusters.tokenDigest })
      .from(clusters)
      .where(isNotNull(clusters.tokenDigest))
      .all();
    return new Map(rows.map(({ name, digest }) => [name, digest ?? '']));
  }

  create(row: DirectoryRow, fill: (log: CommitLog) => void): CommitLog {
    this.files.create(row.file, row, fill);
    try {
      this.add(row);
      return this.files.open(row.file, row);
    } catch (error) {
      this.discard(row);
      throw error;
    }
  }

  make(row: DirectoryRow): CommitLog {
    this.files.create(row.file, row, () => {});
    return this.files.open(row.file, row);
  }

  rewind(rewound: DirectoryRow, kept: DirectoryRow): void {
    const left = this.get(rewound.name)?.file;
    this.database.transaction(() => {
      this.database.orm.update(clusters).set(toStoredRow(rewound)).where(eq(clusters.name, rewound.name)).run();
      this.database.orm.insert(clusters).values(toStoredRow(kept)).run();
    });
    // What is cut off here a start does: a file without a row that forks read from.
    if (left !== undefined) this.files.retire(left);
  }

  /** A row for a file that is there. */
  add(row: DirectoryRow): void {
    this.database.transaction(() => this.database.orm.insert(clusters).values(toStoredRow(row)).run());
  }

  /** Another row for the cluster of this name. */
  replace(row: DirectoryRow): void {
    this.database.transaction(() => this.database.orm.update(clusters).set(toStoredRow(row)).where(eq(clusters.name, row.name)).run());
  }

  setRunning(name: string, isRunning: boolean): void {
    this.update(name, { isRunning: isRunning ? 1 : 0 });
  }

  setInfo(name: string, info: ClusterInfo | undefined): void {
    this.update(name, { info: info === undefined ? null : JSON.stringify(info) });
  }

  /** The file is marked as deleted first: from then on a start goes on with the deletion, whatever happens to the row. */
  remove(name: string): void {
    const row = this.stored(name);
    if (row === undefined) return;
    // The name of the file in a damaged row may be anything.
    const { file, origin } = isSound(row) ? fromStoredRow(row) : { file: undefined, origin: undefined };
    const isNeeded = file !== undefined && this.filesOfForks().has(file);
    if (isNeeded) this.files.retire(file);
    else if (file !== undefined) this.files.bury(file);
    this.removeRow(name, true);
    if (file !== undefined && !isNeeded) this.files.clear(file);
    this.clearRetired(origin?.files ?? []);
  }

  /** Removes those of the files of deleted clusters that no fork needs any more. */
  clearRetired(files: readonly string[]): void {
    const retired = files.filter((file) => this.files.isRetired(file));
    if (retired.length === 0) return;
    const needed = this.filesOfForks();
    for (const file of retired) if (!needed.has(file)) this.files.clearRetired(file);
  }

  forks(): readonly Fork[] {
    const rows = this.database.orm.select().from(clusters).where(isNotNull(clusters.origin)).all();
    return rows.filter(isSound).flatMap((stored) => {
      const { name, uid, createdAt, origin } = fromStoredRow(stored);
      return origin === undefined ? [] : { name, uid, createdAt, origin };
    });
  }

  /** Files that forks read from. */
  filesOfForks(): ReadonlySet<string> {
    return new Set(this.forks().flatMap(({ origin }) => origin.files));
  }

  /** `isLeft`: the name is free again, and known to have been another's. */
  removeRow(name: string, isLeft = false): void {
    const { orm } = this.database;
    this.reserve.spend(() =>
      this.database.transaction(() => {
        orm.delete(clusters).where(eq(clusters.name, name)).run();
        if (!isLeft) return;
        orm.insert(formerNames).values({ name }).onConflictDoNothing().run();
        orm.delete(formerNames).where(lt(formerNames.id, oldestKept)).run();
      }),
    );
  }

  lifetimes(): ReadonlyMap<string, Lifetime> {
    const rows = this.database.orm.select().from(clusters).where(isNotNull(clusters.ttlMs)).all().filter(isSound);
    return new Map(rows.map((row) => [row.name, { ttlMs: row.ttlMs ?? 0, usedMs: row.usedMs ?? 0 }]));
  }

  setUsed(usedMs: ReadonlyMap<string, number>): void {
    this.database.transaction(() => {
      for (const [name, at] of usedMs) this.update(name, { usedMs: at });
    });
  }

  wasUsed(name: string): boolean {
    return this.database.orm.select().from(formerNames).where(eq(formerNames.name, name)).get() !== undefined;
  }

  uids(): ReadonlyMap<string, string> {
    const rows = this.database.orm.select({ name: clusters.name, uid: clusters.uid }).from(clusters).all();
    return new Map(rows.map(({ name, uid }) => [name, uid ?? '']));
  }

  open(name: string): CommitLog {
    const row = this.get(name);
    if (row === undefined) throw new Error(`there is no row of cluster ${name}`);
    return this.files.open(row.file, row, row.info?.digest);
  }

  stamp(name: string): string {
    return this.files.stamp(this.stored(name)?.file ?? '');
  }

  isPresent(name: string): boolean {
    return this.files.isPresent(this.stored(name)?.file ?? '');
  }

  probe(): void {
    this.files.checkFolder();
    this.database.transaction(() => {
      this.database.orm.insert(clusters).values({ name: PROBE_NAME, config: '', createdAt: '', isRunning: 0, file: '' }).run();
      this.database.orm.delete(clusters).where(eq(clusters.name, PROBE_NAME)).run();
    });
  }

  close(): void {
    this.database.close();
  }

  discard({ name, file, uid }: DirectoryRow): void {
    this.files.bury(file);
    if (this.stored(name)?.uid === uid) this.removeRow(name);
    this.files.clearUnfinished(file);
    this.files.clear(file);
  }

  /** The service asks by itself. */
  noteBroken(): void {}

  private stored(name: string): StoredRow | undefined {
    return this.database.orm.select().from(clusters).where(eq(clusters.name, name)).get();
  }

  private update(name: string, values: Partial<StoredRow>): void {
    const row = this.stored(name);
    if (row === undefined || !isSound(row)) return;
    this.database.transaction(() =>
      this.database.orm
        .update(clusters)
        .set(sealRow({ ...row, ...values }))
        .where(eq(clusters.name, name))
        .run(),
    );
  }
}

/** Names that are remembered. */
const FORMER_NAMES_MAX = 100_000;
const oldestKept = sql`(select max(id) from former_names) - ${FORMER_NAMES_MAX}`;

/** Not a name a cluster can have. */
const PROBE_NAME = '.probe';

function fromRowOrDamage(row: StoredRow): DirectoryRow | DamagedRow {
  try {
    return fromStoredRow(row);
  } catch (error) {
    if (error instanceof StorageDamage) return { name: row.name, damage: error.message };
    throw error;
  }
}
