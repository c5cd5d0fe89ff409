// `orrery recover`: makes a directory that is damaged anew from the files of the clusters, and takes a cluster as its file has it. Nothing is
// deleted: what is replaced is renamed.

import { existsSync, renameSync } from 'node:fs';
import { newUid } from '../service/new-row.ts';
import { type ClusterIdentity, StorageDamage } from '../service/storage.ts';
import { ClusterFiles } from './cluster-files.ts';
import { SqliteCommitLog } from './commit-log.ts';
import { asDamage } from './damage.ts';
import { connect } from './database.ts';
import { clustersFolderOf, directoryFileOf, openDirectory } from './directory.ts';
import { createHead } from './head.ts';
import { readIdentity } from './identity.ts';
import { withParents } from './open-parent.ts';
import { seal } from './seal-old-file.ts';
import type { Findings } from './take-stock.ts';
import { readWhole, verifyPages } from './verify-cluster.ts';
import type { SqliteDirectory } from './sqlite-directory.ts';

export interface RecoverOptions {
  /** Clusters to take as their files have them, although they lack what was acknowledged. */
  readonly accepted?: readonly string[];
}

export interface RecoverReport {
  /** Where the damaged directory is now; undefined: it was sound. */
  readonly setAside?: string;
  readonly findings: Findings;
}

const NOTHING: Findings = { takenIn: [], kept: [], finished: [] };

/** Recovers a folder that no service uses. Fails: StorageDamage for a cluster that cannot be accepted, else as the file system fails. */
export function recoverFolder(folder: string, { accepted = [] }: RecoverOptions = {}): RecoverReport {
  let findings = NOTHING;
  const open = () => openDirectory(folder, { onFindings: (found) => void (findings = found) });
  let setAside: string | undefined;
  let directory: SqliteDirectory;
  try {
    directory = open();
  } catch (error) {
    if (!(error instanceof StorageDamage)) throw error;
    setAside = moveAside(directoryFileOf(folder));
    directory = open();
  }
  try {
    const files = new ClusterFiles(clustersFolderOf(folder));
    for (const name of accepted) acceptFile(directory, files, name);
  } finally {
    directory.close();
  }
  return setAside === undefined ? { findings } : { setAside, findings };
}

function moveAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replace(/\D/g, '')}`;
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  return aside;
}

/** A history that ends earlier is another one: it gets a uid of its own, so that nobody goes on in it from a place that it never had. */
function acceptFile(directory: SqliteDirectory, files: ClusterFiles, name: string): void {
  const row = directory.get(name);
  if (row === undefined) throw new StorageDamage(`there is no cluster ${name}`);
  if (!files.isPresent(row.file)) throw new StorageDamage(`cluster ${name} cannot be accepted: its file ${row.file} is missing or empty`);
  try {
    directory.replace({ ...acceptPath(files.pathOf(row.file), name), file: row.file });
  } catch (error) {
    throw error instanceof StorageDamage
      ? new StorageDamage(`cluster ${name} cannot be accepted: ${error.message}`, { cause: error })
      : error;
  }
}

function acceptPath(path: string, name: string): ClusterIdentity {
  const database = connect(path, 'cluster');
  try {
    verifyPages(database);
    const found = readIdentity(database);
    if (found.name !== name) throw new StorageDamage(`is the file of cluster ${found.name}`);
    readWhole(withParents(new SqliteCommitLog(database, found), path, found.origin));
    const owner = { ...found, uid: newUid(true) };
    let last = { seq: 0, checksum: 0 };
    database.transaction(() => {
      last = seal(database, owner);
    });
    createHead(path, { uid: owner.uid, durability: 'process', ...last });
    database.close();
    return owner;
  } catch (error) {
    database.abandon();
    throw asDamage(error);
  }
}
