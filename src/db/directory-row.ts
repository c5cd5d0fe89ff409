// Rows of the directory as they are stored, each with a checksum over all of it.

import type { ClusterConfig } from '../engine/cluster/index.ts';
import type { ClusterInfo } from '../service/ports.ts';
import { type DirectoryRow, type ForkOrigin, type Labels, StorageDamage } from '../service/storage.ts';
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

/** Fails: StorageDamage. */
export function fromStoredRow(row: StoredRow): DirectoryRow {
  if (!isSound(row)) throw new StorageDamage('its row in the directory does not pass its checksum');
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
