// The folder of the clusters' files. What a creation or a deletion that was cut off leaves is known by its name; everything else that no
// row names is somebody's, and stays.

import { existsSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterIdentity, type CommitLog, StorageDamage } from '../service/storage.ts';
import { type ClusterFileOptions, createClusterFile, CREATING, openClusterFile, removeDatabase, syncFolder } from './cluster-file.ts';
import { damageOf } from './damage.ts';
import { connect, OpenDatabase } from './database.ts';
import { readIdentity } from './identity.ts';
import { BASE } from './open-parent.ts';
import { readAside } from './read-aside.ts';
import type { DirectoryStorage } from './sqlite-directory.ts';

/** What a file is called from the moment in which its deletion is decided. */
const DELETED = '.deleted';

/** What lies beside a database. */
const COMPANIONS = ['-wal', '-shm', '.head'] as const;

export interface FolderContents {
  /** Databases, and what lies beside one that is not there. */
  readonly files: readonly string[];
  /** Files whose deletion was cut off. */
  readonly deleted: readonly string[];
  /** Files whose creation was cut off: nobody was told of them. */
  readonly unfinished: readonly string[];
  /** Files of clusters that are deleted and have forks. */
  readonly retired: readonly string[];
}

export class ClusterFiles implements DirectoryStorage {
  private readonly folder: string;
  private readonly options: ClusterFileOptions;

  constructor(folder: string, options: ClusterFileOptions = {}) {
    this.folder = folder;
    this.options = options;
  }

  create(file: string, owner: ClusterIdentity, fill: (log: CommitLog) => void): void {
    createClusterFile(this.pathOf(file), owner, fill, this.options);
  }

  /** Opens the file of a cluster. Fails: StorageDamage. */
  open(file: string, owner: ClusterIdentity, closedDigest?: string): CommitLog {
    try {
      return openClusterFile(this.pathOf(file), owner, { ...this.options, closedDigest });
    } catch (error) {
      throw error instanceof StorageDamage ? damageOf(file, error) : error;
    }
  }

  /** From here on the file counts as deleted. Needs no room. */
  bury(file: string): void {
    try {
      renameSync(this.pathOf(file), this.pathOf(`${file}${DELETED}`));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
      // Fails when it is the folder that is missing.
      readdirSync(this.folder);
      return;
    }
    // Before the row goes: a file whose row is gone would be taken in again.
    if (this.options.durability === 'full') syncFolder(this.folder);
  }

  /** Makes room of a file that counts as deleted. */
  empty(file: string): void {
    for (const name of [`${file}${DELETED}`, `${file}-wal`]) tryTo(() => truncateSync(this.pathOf(name)));
  }

  /** The file of a cluster that is deleted and has forks: from here on it is only theirs. */
  retire(file: string): void {
    const path = this.pathOf(file);
    tryTo(() => {
      const database = connect(path, 'cluster');
      database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
    });
    // On a disk without room what is in the WAL stays there.
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(`${path}-wal`, `${path}${BASE}-wal`);
    renameSync(path, `${path}${BASE}`);
    if (this.options.durability === 'full') syncFolder(this.folder);
    this.removeCompanions(file);
  }

  /** Whether only forks have the file. */
  isRetired(file: string): boolean {
    return existsSync(this.pathOf(`${file}${BASE}`));
  }

  /** Removes a file that no fork has any more. */
  clearRetired(file: string): void {
    removeDatabase(this.pathOf(`${file}${BASE}`));
  }

  /** Removes all that is left of a file. The mark of its deletion goes last. */
  clear(file: string): void {
    if (!existsSync(this.pathOf(file))) this.removeCompanions(file);
    rmSync(this.pathOf(`${file}${DELETED}`), { force: true });
    if (this.options.durability === 'full') syncFolder(this.folder);
  }

  clearUnfinished(file: string): void {
    if (!existsSync(this.pathOf(file))) this.removeCompanions(file);
    removeDatabase(this.pathOf(`${file}${CREATING}`));
  }

  /** Changes whenever the files of a cluster do, without their being opened. */
  stamp(file: string): string {
    return ['', '-wal', '.head'].map((suffix) => stampOf(`${this.pathOf(file)}${suffix}`)).join(' ');
  }

  isPresent(file: string): boolean {
    return (statSync(this.pathOf(file), { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  contents(): FolderContents {
    const names = readdirSync(this.folder);
    const endingWith = (suffix: string) =>
      names.filter((name) => name.endsWith(`.sqlite${suffix}`)).map((name) => name.slice(0, -suffix.length));
    const [deleted, unfinished, retired] = [endingWith(DELETED), endingWith(CREATING), endingWith(BASE)];
    const isMark = new Set([
      ...deleted.flatMap((file) => [DELETED, ...COMPANIONS].map((suffix) => file + suffix)),
      ...unfinished.flatMap((file) => ['', '-wal', '-shm', '-journal'].map((suffix) => file + CREATING + suffix)),
      ...retired.flatMap((file) => ['', '-wal', '-shm', '-journal'].map((suffix) => file + BASE + suffix)),
    ]);
    const databases = new Set(names.filter((name) => name.endsWith('.sqlite')));
    const files = names.filter(
      (name) => !isMark.has(name) && !COMPANIONS.some((suffix) => name.endsWith(suffix) && databases.has(name.slice(0, -suffix.length))),
    );
    return { files, deleted, unfinished, retired };
  }

  /** Whose a file is; changes nothing in it. Fails: StorageDamage. */
  identify(file: string): ClusterIdentity {
    const path = this.pathOf(file);
    if (statSync(path).size === 0) throw new StorageDamage('is empty');
    return readAside(path, (sqlite) => readIdentity(new OpenDatabase(path, sqlite)));
  }

  /** Fails: ENOENT when the folder is gone. */
  checkFolder(): void {
    statSync(this.folder);
  }

  pathOf(file: string): string {
    return join(this.folder, file);
  }

  private removeCompanions(file: string): void {
    for (const suffix of COMPANIONS) rmSync(`${this.pathOf(file)}${suffix}`, { force: true });
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '-' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch {
    // It is done again when the deletion goes on.
  }
}
