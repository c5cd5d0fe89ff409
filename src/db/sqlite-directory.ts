// The directory over its database: the rows of clusters, and what is to be done with their storage.

import { asc, count, eq, gt, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import type { ClusterInfo } from '../service/ports.ts';
import {
  type CommitLog,
  type DamagedRow,
  type Directory,
  type DirectoryRow,
  type Fork,
  type Lifetime,
  StorageDamage,
} from '../service/storage.ts';
import { fromStoredRow, isSound, isTrusted, sealRow, type StoredRow, toStoredRow, unreadableRow } from './directory-row.ts';
import type { ClusterStorage } from './host-directory.ts';
import { clusters } from './schema/clusters.ts';
import { formerNames } from './schema/former-names.ts';
import type { SqlDatabase } from './sql-database.ts';

/** The storage of clusters, as the directory uses it: what lies where a row says, and what a deletion does with it. Only cluster-files.ts does all of it. */
export interface DirectoryStorage extends ClusterStorage {
  /** From here on what is there counts as deleted. Needs no room. */
  bury(file: string): void;
  /** Makes room of what counts as deleted. */
  empty(file: string): void;
  /** The cluster is deleted and has forks: from here on it is only theirs. */
  retire(file: string): void;
  isRetired(file: string): boolean;
  clearRetired(file: string): void;
  /** Removes all that is left. */
  clear(file: string): void;
  clearUnfinished(file: string): void;
  /** Fails: when nothing can be stored at all. */
  checkFolder(): void;
}

/** Room that is given up when there is no other. */
export interface Room {
  spend(body: () => void, giveUp?: () => void): void;
}

export class SqliteDirectory implements Directory {
  private readonly database: SqlDatabase;
  private readonly files: DirectoryStorage;
  private readonly reserve: Room;

  constructor(database: SqlDatabase, files: DirectoryStorage, reserve: Room) {
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

  /** A row for a file that cannot be read and names its cluster, so that it is said to be broken; nothing when the name is taken. */
  addUnreadable(file: string): void {
    const row = unreadableRow(file);
    if (row !== undefined) this.database.transaction(() => this.database.orm.insert(clusters).values(row).onConflictDoNothing().run());
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
    const file = isSound(row) ? row.file : undefined;
    const origin = isTrusted(row) ? fromStoredRow(row).origin : undefined;
    const isNeeded = file !== undefined && this.hasForks(file);
    if (isNeeded) this.files.retire(file);
    else if (file !== undefined) this.files.bury(file);
    this.removeRow(name, { isLeft: true, ...(file === undefined || isNeeded ? {} : { file }) });
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
    return this.forksWhere(isNotNull(clusters.origin));
  }

  /** Whether forks read from a file. Only rows that name it are looked into: there may be thousands of others. */
  private hasForks(file: string): boolean {
    return this.forksWhere(sql`instr(${clusters.origin}, ${file}) > 0`).some(({ origin }) => origin.files.includes(file));
  }

  private forksWhere(condition: SQL): readonly Fork[] {
    const rows = this.database.orm.select().from(clusters).where(condition).all();
    return rows.filter(isSound).flatMap((stored) => {
      const { name, uid, createdAt, origin } = fromStoredRow(stored);
      return origin === undefined ? [] : { name, uid, createdAt, origin };
    });
  }

  /** Files that forks read from. */
  filesOfForks(): ReadonlySet<string> {
    return new Set(this.forks().flatMap(({ origin }) => origin.files));
  }

  /** `isLeft`: the name is free again, and known to have been another's. `file`: one that counts as deleted, and is made room of if there is no other. */
  removeRow(name: string, { isLeft = false, file }: { readonly isLeft?: boolean; readonly file?: string } = {}): void {
    const { orm } = this.database;
    const remove = (): void => {
      orm.delete(clusters).where(eq(clusters.name, name)).run();
      if (!isLeft) return;
      orm.insert(formerNames).values({ name }).onConflictDoNothing().run();
      orm.delete(formerNames).where(lt(formerNames.id, oldestKept)).run();
    };
    this.reserve.spend(
      () => this.database.transaction(remove),
      () => file !== undefined && this.files.empty(file),
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
    if (this.stored(name)?.uid === uid) this.removeRow(name, { file });
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
