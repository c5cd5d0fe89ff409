// The directory database, and the files of the clusters beside it.

import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Driver from 'better-sqlite3';
import { eq, isNull } from 'drizzle-orm';
import { newUid } from '../service/new-row.ts';
import { type Durability, StorageDamage } from '../service/storage.ts';
import { type Loss, syncFolder } from './cluster-file.ts';
import { ClusterFiles } from './cluster-files.ts';
import { asDamage } from './damage.ts';
import { connect, currentVersion, type DatabaseOptions, migrateDatabase, type OpenDatabase } from './database.ts';
import { sealRow } from './directory-row.ts';
import { makeFolder } from './make-folder.ts';
import { readAside } from './read-aside.ts';
import { Reserve } from './reserve.ts';
import { clusters } from './schema/clusters.ts';
import { SqliteDirectory } from './sqlite-directory.ts';
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
  const { durability } = options;
  const clustersFolder = clustersFolderOf(folder);
  makeFolder(clustersFolder);
  const files = clusterFilesOf(folder, options);
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

/** The files of the clusters of a data folder. */
export function clusterFilesOf(folder: string, { clusterBytesMax: bytesMax, durability, onLoss }: DirectoryOptions): ClusterFiles {
  return new ClusterFiles(clustersFolderOf(folder), { bytesMax, durability, onLoss });
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
