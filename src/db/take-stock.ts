// What a start does with the files of the data folder: deletions that were cut off are finished, creations that were cut off are cleaned up, and
// clusters whose rows are lost or damaged are taken in again from their files. Everything else is kept and named.

import { type ClusterIdentity, type DirectoryRow, StorageDamage } from '../service/storage.ts';
import type { ClusterFiles } from './cluster-files.ts';
import { isTrusted, type StoredRow } from './directory-row.ts';

/** What was found, for the log. */
export interface Findings {
  /** Clusters that have a row again. */
  readonly takenIn: readonly string[];
  /** Files that are left where they are, and why. */
  readonly kept: readonly string[];
  /** Files whose deletion or creation was finished. */
  readonly finished: readonly string[];
}

/** The part of the directory that is needed here. */
export interface Rows {
  storedRows(): readonly StoredRow[];
  add(row: DirectoryRow): void;
  addUnreadable(file: string): void;
  removeRow(name: string, options?: { readonly isLeft?: boolean }): void;
  clearRetired(files: readonly string[]): void;
  /** Files that forks read from. */
  filesOfForks(): ReadonlySet<string>;
}

interface Claim {
  readonly file: string;
  readonly owner: ClusterIdentity;
}

/** Joins rows and files. */
export function takeStock(rows: Rows, files: ClusterFiles): Findings {
  const { files: present, deleted, unfinished, retired } = files.contents();
  for (const file of unfinished) files.clearUnfinished(file);
  for (const row of rows.storedRows()) if (retired.includes(row.file)) rows.removeRow(row.name, { isLeft: true });
  const late = deleted.flatMap((file) => finishDeletion(file, rows, files) ?? []);

  const stored = rows.storedRows();
  const sound = stored.filter(isTrusted);
  const claimed = new Set(sound.map((row) => row.file));
  // A cluster was rewound, or deleted, and that was cut off: what it left is read by forks.
  const needed = rows.filesOfForks();
  for (const file of present) if (!claimed.has(file) && needed.has(file)) files.retire(file);
  const { claims, kept, unreadable } = claimsOf(
    present.filter((file) => !claimed.has(file) && !files.isRetired(file)),
    files,
  );
  const abandoned = claims.filter((claim) => isAbandoned(claim, sound));
  for (const { file } of abandoned) {
    files.bury(file);
    files.clear(file);
  }
  const taken = takeIn(
    claims.filter((claim) => !abandoned.includes(claim)),
    sound,
  );
  const added = taken.claims.filter((claim) => addRow(claim, stored, rows, kept));
  for (const file of unreadable) addUnreadable(file, rows, kept);
  // Whose forks cannot be read is not known.
  if (sound.length === stored.length && kept.length === 0 && taken.kept.length === 0) rows.clearRetired(retired);
  return {
    takenIn: added.map(({ owner, file }) => `${owner.name} (${file})`),
    kept: [...late, ...kept, ...taken.kept].sort(),
    finished: [...deleted, ...unfinished, ...abandoned.map(({ file }) => file)],
  };
}

/** A rewind that was cut off: its files are there, and the cluster still is what it was. Nobody was told of them. */
function isAbandoned({ owner: { name, origin } }: Claim, sound: readonly StoredRow[]): boolean {
  const [formerUid] = origin?.formerUids ?? [];
  if (formerUid !== undefined) return sound.some((row) => row.uid === formerUid && row.name === name);
  return origin?.rewoundUid !== undefined && sound.some((row) => row.uid === origin.uid);
}

/** Undefined when it is finished; a disk without room is no reason not to start. */
function finishDeletion(file: string, rows: Rows, files: ClusterFiles): string | undefined {
  try {
    for (const row of rows.storedRows()) if (row.file === file) rows.removeRow(row.name, { isLeft: true });
    files.clear(file);
    return undefined;
  } catch (error) {
    return `${file} is deleted, which cannot be written down: ${(error as Error).message}`;
  }
}

function addUnreadable(file: string, rows: Rows, kept: string[]): void {
  try {
    rows.addUnreadable(file);
  } catch (error) {
    kept.push(`${file} cannot be listed as broken: ${(error as Error).message}`);
  }
}

/** Gives a file its row, in the place of damaged ones. */
function addRow({ file, owner }: Claim, stored: readonly StoredRow[], rows: Rows, kept: string[]): boolean {
  try {
    for (const row of stored)
      if (!isTrusted(row) && (row.name === owner.name || row.file === file || row.uid === owner.uid)) rows.removeRow(row.name);
    // When it was used last stood in the directory only: its time begins anew.
    rows.add({ ...owner, file, ...(owner.ttlMs === undefined ? {} : { usedMs: Date.now() }) });
    return true;
  } catch (error) {
    kept.push(`${file} cannot be taken in: ${(error as Error).message}`);
    return false;
  }
}

/** What files without a row say. */
function claimsOf(
  unknown: readonly string[],
  files: ClusterFiles,
): { readonly claims: readonly Claim[]; readonly kept: string[]; readonly unreadable: readonly string[] } {
  const claims: Claim[] = [];
  const kept: string[] = [];
  const unreadable: string[] = [];
  for (const file of unknown) {
    try {
      if (!file.endsWith('.sqlite')) kept.push(`${file} belongs to no cluster`);
      else claims.push({ file, owner: files.identify(file) });
    } catch (error) {
      unreadable.push(file);
      kept.push(`${file} ${error instanceof StorageDamage ? error.message : `cannot be read: ${(error as Error).message}`}`);
    }
  }
  return { claims, kept, unreadable };
}

/** The newest file of a name is taken, unless a row has the name or the token. */
function takeIn(
  claims: readonly Claim[],
  sound: readonly StoredRow[],
): { readonly claims: readonly Claim[]; readonly kept: readonly string[] } {
  const names = new Set(sound.map((row) => row.name));
  const tokens = new Set(sound.flatMap((row) => row.tokenDigest ?? []));
  const taken: Claim[] = [];
  const kept: string[] = [];
  for (const claim of [...claims].sort(byAge)) {
    const { name, tokenDigest, createdAt } = claim.owner;
    const problem = names.has(name)
      ? `is of an incarnation of cluster ${name} from ${createdAt}; the name is taken`
      : tokenDigest !== undefined && tokens.has(tokenDigest)
        ? `is of cluster ${name}, whose token another cluster has`
        : undefined;
    if (problem !== undefined) {
      kept.push(`${claim.file} ${problem}`);
      continue;
    }
    taken.push(claim);
    names.add(name);
    if (tokenDigest !== undefined) tokens.add(tokenDigest);
  }
  return { claims: taken, kept };
}

/** The newest first. */
function byAge(a: Claim, b: Claim): number {
  const [before, after] = [`${a.owner.createdAt} ${a.owner.uid}`, `${b.owner.createdAt} ${b.owner.uid}`];
  return before > after ? -1 : before < after ? 1 : 0;
}
