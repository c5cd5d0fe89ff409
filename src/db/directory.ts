// The directory database, and the files of the clusters beside it.

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asc, count, eq, gt, isNotNull } from 'drizzle-orm';
import type { ClusterConfig } from '../engine/cluster/index.ts';
import type { ClusterInfo } from '../service/ports.ts';
import type { CommitLog, Directory, DirectoryRow } from '../service/storage.ts';
import { openCommitLog } from './commit-log.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { clusters } from './schema/clusters.ts';

export interface DirectoryOptions {
  /** Bytes that the file of one cluster may have; undefined: as many as the disk has. */
  readonly clusterBytesMax?: number | undefined;
}

/** Opens the data folder, making it when it is missing. No cluster's file is opened. Fails: as the file system fails. */
export function openDirectory(folder: string, options: DirectoryOptions = {}): Directory {
  const files = clustersFolderOf(folder);
  mkdirSync(files, { recursive: true });
  const file = join(folder, 'directory.sqlite');
  const isNew = !existsSync(file);
  const directory = new SqliteDirectory(openDatabase(file, 'directory'), files, options);
  // A new directory knows of no cluster; files beside it are not its leftovers but what is left of a lost one.
  if (!isNew) directory.removeLeftovers();
  return directory;
}

/** Where the files of clusters are. */
export function clustersFolderOf(folder: string): string {
  return join(folder, 'clusters');
}

class SqliteDirectory implements Directory {
  private readonly database: OpenDatabase;
  private readonly folder: string;
  private readonly clusterBytesMax: number | undefined;

  constructor(database: OpenDatabase, folder: string, { clusterBytesMax }: DirectoryOptions) {
    this.database = database;
    this.folder = folder;
    this.clusterBytesMax = clusterBytesMax;
  }

  get(name: string): DirectoryRow | undefined {
    const row = this.database.orm.select().from(clusters).where(eq(clusters.name, name)).get();
    return row === undefined ? undefined : fromRow(row);
  }

  list(limit: number, after: string | undefined): readonly DirectoryRow[] {
    const query = this.database.orm.select().from(clusters).orderBy(asc(clusters.name)).limit(limit).$dynamic();
    return (after === undefined ? query : query.where(gt(clusters.name, after))).all().map(fromRow);
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

  tokenDigests(): ReadonlyMap<string, string> {
    const rows = this.database.orm
      .select({ name: clusters.name, digest: clusters.tokenDigest })
      .from(clusters)
      .where(isNotNull(clusters.tokenDigest))
      .all();
    return new Map(rows.map(({ name, digest }) => [name, digest ?? '']));
  }

  add(row: DirectoryRow): void {
    const values = {
      name: row.name,
      config: JSON.stringify(row.config),
      createdAt: row.createdAt,
      isRunning: row.isRunning ? 1 : 0,
      file: fileOf(row),
      ...(row.tokenDigest === undefined ? {} : { tokenDigest: row.tokenDigest }),
    };
    this.database.orm.insert(clusters).values(values).run();
  }

  setRunning(name: string, isRunning: boolean): void {
    this.database.orm
      .update(clusters)
      .set({ isRunning: isRunning ? 1 : 0 })
      .where(eq(clusters.name, name))
      .run();
  }

  setInfo(name: string, info: ClusterInfo | undefined): void {
    const values = { info: info === undefined ? null : JSON.stringify(info) };
    this.database.orm.update(clusters).set(values).where(eq(clusters.name, name)).run();
  }

  /** The row goes first: a file without a row is a leftover, a row without a file would be a lost cluster. */
  remove(name: string): void {
    const row = this.database.orm.select().from(clusters).where(eq(clusters.name, name)).get();
    if (row === undefined) return;
    this.database.orm.delete(clusters).where(eq(clusters.name, name)).run();
    this.removeFiles(row.file);
  }

  open(name: string): CommitLog {
    const row = this.database.orm.select().from(clusters).where(eq(clusters.name, name)).get();
    return openCommitLog(join(this.folder, row?.file ?? `${name}.sqlite`), this.clusterBytesMax);
  }

  probe(): void {
    this.database.sqlite
      .transaction(() => {
        this.database.orm.insert(clusters).values({ name: PROBE_NAME, config: '', createdAt: '', isRunning: 0, file: '' }).run();
        this.database.orm.delete(clusters).where(eq(clusters.name, PROBE_NAME)).run();
      })
      .immediate();
  }

  close(): void {
    this.database.sqlite.close();
  }

  /** Files of clusters whose removal or creation was cut off. */
  removeLeftovers(): void {
    const known = new Set(
      this.database.orm
        .select({ file: clusters.file })
        .from(clusters)
        .all()
        .map((row) => row.file),
    );
    const found = new Set(readdirSync(this.folder).map((file) => file.replace(/-(?:wal|shm)$/, '')));
    for (const file of found) if (!known.has(file)) this.removeFiles(file);
  }

  private removeFiles(file: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(this.folder, `${file}${suffix}`), { force: true });
  }
}

/** Not a name a cluster can have. */
const PROBE_NAME = '.probe';

/** A cluster created again under an old name gets another file. */
export function fileOf(row: Pick<DirectoryRow, 'name' | 'createdAt'>): string {
  return `${row.name}-${row.createdAt.replace(/\D/g, '')}.sqlite`;
}

function fromRow(row: typeof clusters.$inferSelect): DirectoryRow {
  return {
    name: row.name,
    config: JSON.parse(row.config) as ClusterConfig,
    createdAt: row.createdAt,
    isRunning: row.isRunning === 1,
    ...(row.info === null ? {} : { info: JSON.parse(row.info) as ClusterInfo }),
    ...(row.tokenDigest === null ? {} : { tokenDigest: row.tokenDigest }),
  };
}
