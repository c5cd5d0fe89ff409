// Rows of the directory as they are stored, each with a checksum over all of it.

import type { ClusterConfig } from '../engine/cluster/index.ts';
import type { ClusterInfo } from '../service/ports.ts';
import { type DirectoryRow, type ForkOrigin, type Labels, StorageDamage, uidOfFile } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';
import type { clusters } from './schema/clusters.ts';

export type StoredRow = typeof clusters.$inferSelect;

export function toStoredRow(row: DirectoryRow): StoredRow {
  return sealRow({
    name: row.name,
    config: JSON.stringify(row.config),
    createdAt: row.createdAt,
    isRunning: row.isRunning ? 1 : 0,
    file: row.file,
    info: row.info === undefined ? null : JSON.stringify(row.info),
    tokenDigest: row.tokenDigest ?? null,
    uid: row.uid,
    origin: row.origin === undefined ? null : JSON.stringify(row.origin),
    labels: row.labels === undefined ? null : JSON.stringify(row.labels),
    ttlMs: row.ttlMs ?? null,
    usedMs: row.usedMs ?? null,
  });
}

/** The row with its checksum. */
export function sealRow(row: Omit<StoredRow, 'checksum'>): StoredRow {
  return { ...row, checksum: checksumOfRow(row) };
}

export function isSound(row: StoredRow): boolean {
  return row.uid !== null && row.checksum === checksumOfRow(row);
}

/** In the place of the configuration of a cluster of which nothing but its file is left, which cannot be read. */
const UNKNOWN_CONFIG = 'null';

/** See new-row.ts. */
const UID = /^r?[0-9a-f]{16}$/;

/** The row of such a cluster, by the name of its file; undefined when no cluster's file is called so. */
export function unreadableRow(file: string): StoredRow | undefined {
  const uid = uidOfFile(file);
  const name = file.slice(0, -`-${uid}.sqlite`.length);
  if (name === '' || !UID.test(uid)) return undefined;
  const unknown = { info: null, tokenDigest: null, origin: null, labels: null, ttlMs: null, usedMs: null };
  return sealRow({ ...unknown, name, config: UNKNOWN_CONFIG, createdAt: '', isRunning: 0, file, uid });
}

function isUnreadable(row: StoredRow): boolean {
  return row.config === UNKNOWN_CONFIG;
}

/** Whether the row says what its cluster was. */
export function isTrusted(row: StoredRow): boolean {
  return isSound(row) && !isUnreadable(row);
}

/** Fails: StorageDamage. */
export function fromStoredRow(row: StoredRow): DirectoryRow {
  if (!isSound(row)) throw new StorageDamage('its row in the directory does not pass its checksum');
  if (isUnreadable(row)) throw new StorageDamage(`its row in the directory is lost, and its file ${row.file} cannot be read`);
  return {
    uid: row.uid ?? '',
    name: row.name,
    config: JSON.parse(row.config) as ClusterConfig,
    createdAt: row.createdAt,
    isRunning: row.isRunning === 1,
    file: row.file,
    ...(row.info === null ? {} : { info: JSON.parse(row.info) as ClusterInfo }),
    ...(row.tokenDigest === null ? {} : { tokenDigest: row.tokenDigest }),
    ...(row.origin === null ? {} : { origin: JSON.parse(row.origin) as ForkOrigin }),
    ...(row.labels === null ? {} : { labels: JSON.parse(row.labels) as Labels }),
    ...(row.ttlMs === null ? {} : { ttlMs: row.ttlMs }),
    ...(row.usedMs === null ? {} : { usedMs: row.usedMs }),
  };
}

function checksumOfRow(row: Omit<StoredRow, 'checksum'>): number {
  const columns = [
    row.name,
    row.createdAt,
    row.isRunning,
    row.file,
    row.tokenDigest ?? '',
    row.uid ?? '',
    row.config,
    ...(row.origin === null ? [] : [row.origin]),
    // Rows without have the checksum that they had before there were labels and lifetimes.
    ...(row.labels === null ? [] : ['labels', row.labels]),
    ...(row.ttlMs === null ? [] : ['ttl', row.ttlMs, row.usedMs ?? 0]),
  ];
  return checksumOf(0, columns, row.info ?? '');
}
