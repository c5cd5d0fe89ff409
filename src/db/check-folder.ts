// `orrery check`: goes through a data folder and says what is wrong with it, without changing anything.

import { existsSync } from 'node:fs';
import { type DirectoryRow, StorageDamage } from '../service/storage.ts';
import { ClusterFiles } from './cluster-files.ts';
import { currentVersion, OpenDatabase } from './database.ts';
import { clustersFolderOf, directoryFileOf } from './directory.ts';
import { fromStoredRow, type StoredRow, unreadableRow } from './directory-row.ts';
import { readAside } from './read-aside.ts';
import { clusters } from './schema/clusters.ts';
import { verifyClusterFile } from './verify-cluster.ts';

export interface CheckReport {
  /** A line for everything that was looked at. */
  readonly lines: readonly string[];
  /** Number of lines that tell of damage. */
  readonly damages: number;
}

/** Checks a folder that no service uses. Fails: as the file system fails, and with SQLITE_BUSY while a service runs. */
export function checkFolder(folder: string, options: { readonly replays?: boolean } = {}): CheckReport {
  const files = new ClusterFiles(clustersFolderOf(folder));
  const lines: string[] = [];
  let damages = 0;
  const look = (subject: string, body: () => string) => {
    try {
      lines.push(`ok       ${subject}: ${body()}`);
    } catch (error) {
      if (!(error instanceof StorageDamage)) throw error;
      damages += 1;
      lines.push(damageLine(subject, error));
    }
  };
  const rows: StoredRow[] = [];
  let isOld = false;
  look('directory.sqlite', () => {
    const found = readRows(directoryFileOf(folder));
    isOld = found === 'old';
    if (found === 'old')
      return 'written by an earlier version, without checksums; its pages are sound. Start the service once, then check again';
    rows.push(...found);
    return `${rows.length} clusters`;
  });
  if (isOld) return { lines, damages };
  for (const row of rows) look(`cluster ${row.name}`, () => checkCluster(fromStoredRow(row), files, options));
  if (!existsSync(clustersFolderOf(folder))) return { lines, damages };
  const rest = describeRest(rows, files);
  return { lines: [...lines, ...rest.lines], damages: damages + rest.damages };
}

function readRows(file: string): readonly StoredRow[] | 'old' {
  if (!existsSync(file)) throw new StorageDamage('is missing');
  return readAside(file, (sqlite) => {
    const found = sqlite.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new StorageDamage(`is damaged: ${String(found)}`);
    const database = new OpenDatabase(file, sqlite);
    return database.version < currentVersion('directory') ? 'old' : database.orm.select().from(clusters).all();
  });
}

function checkCluster(row: DirectoryRow, files: ClusterFiles, options: { readonly replays?: boolean }): string {
  if (!files.isPresent(row.file)) throw new StorageDamage(`its file ${row.file} is missing or empty`);
  try {
    const { commands, isOld, lost } = verifyClusterFile(files.pathOf(row.file), row, { ...options, closedDigest: row.info?.digest });
    if (isOld) return 'written by an earlier version, without checksums; its pages are sound';
    return `${commands} commands${lost > 0 ? `; ${lost} newer ones were lost with the power` : ''}`;
  } catch (error) {
    throw error instanceof StorageDamage ? new StorageDamage(`its file ${row.file} ${error.message}`, { cause: error }) : error;
  }
}

/** Files without a row: nothing that a start deletes, and no damage unless one is called as the file of a cluster is and cannot be read. */
function describeRest(rows: readonly StoredRow[], files: ClusterFiles): CheckReport {
  const claimed = new Set(rows.map((row) => row.file));
  const { files: present, deleted, unfinished, retired } = files.contents();
  const unknown = present.filter((file) => !claimed.has(file)).map((file) => describeUnknown(file, files));
  const lines = [
    ...unknown.map(({ line }) => line),
    ...retired.map((file) => `kept     ${file}: of a deleted cluster, whose forks read from it`),
    ...deleted.map((file) => `rest     ${file}: deleted; the next start removes what is left`),
    ...unfinished.map((file) => `rest     ${file}: its creation was cut off; the next start removes what is left`),
  ];
  return { lines, damages: unknown.filter(({ isDamage }) => isDamage).length };
}

function describeUnknown(file: string, files: ClusterFiles): { readonly line: string; readonly isDamage: boolean } {
  const harmless = (what: string) => ({ line: `unknown  ${file}: ${what}`, isDamage: false });
  try {
    if (!file.endsWith('.sqlite')) return harmless('belongs to no cluster');
    const { name, createdAt } = files.identify(file);
    return harmless(`is of cluster ${name}, created at ${createdAt}; the next start takes it in when nothing else has the name`);
  } catch (error) {
    if (!(error instanceof StorageDamage)) throw error;
    return unreadableRow(file) === undefined ? harmless(error.message) : { line: damageLine(file, error), isDamage: true };
  }
}

function damageLine(subject: string, { message }: StorageDamage): string {
  return `DAMAGED  ${subject}: ${message}`;
}
