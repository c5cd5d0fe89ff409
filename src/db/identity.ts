// The identity in a cluster's file: written with its first rows, compared with the directory's row whenever the file is opened.

import type { ClusterConfig } from '../engine/cluster/index.ts';
import { type ClusterIdentity, type ForkOrigin, type Labels, StorageDamage } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';
import type { SqlDatabase } from './sql-database.ts';
import { identity } from './schema/identity.ts';

const IDENTITY_ID = 1;

type Row = typeof identity.$inferSelect;

/** Writes whose file it is, within a transaction. */
export function writeIdentity({ orm }: SqlDatabase, owner: ClusterIdentity): void {
  orm.delete(identity).run();
  orm.insert(identity).values(toRow(owner)).run();
}

/** Reads whose file it is. Fails: StorageDamage. */
export function readIdentity({ orm }: SqlDatabase): ClusterIdentity {
  const row = orm.select().from(identity).get();
  if (row === undefined) throw new StorageDamage('does not say which cluster it is of');
  if (row.checksum !== checksumOfRow(row)) throw new StorageDamage('is damaged: what it says of its cluster does not pass its checksum');
  return fromRow(row);
}

/** What is wrong when a file is not that of a row in the directory; undefined: it is. Whether the clock runs is for the file to say. */
export function identityMismatch(found: ClusterIdentity, wanted: ClusterIdentity): string | undefined {
  if (found.name !== wanted.name) return `is the file of cluster ${found.name}`;
  if (found.uid !== wanted.uid) return `is the file of another cluster of this name, created at ${found.createdAt}`;
  const isSame =
    found.createdAt === wanted.createdAt &&
    found.tokenDigest === wanted.tokenDigest &&
    JSON.stringify(found.origin) === JSON.stringify(wanted.origin) &&
    JSON.stringify(found.config) === JSON.stringify(wanted.config);
  return isSame ? undefined : 'describes its cluster in another way than the directory does';
}

/** Sets whether the clock runs, within a transaction. */
export function writeRunning(database: SqlDatabase, isRunning: boolean): void {
  writeIdentity(database, { ...readIdentity(database), isRunning });
}

function toRow(owner: ClusterIdentity): Row {
  const row = {
    id: IDENTITY_ID,
    uid: owner.uid,
    name: owner.name,
    config: JSON.stringify(owner.config),
    createdAt: owner.createdAt,
    tokenDigest: owner.tokenDigest ?? null,
    origin: owner.origin === undefined ? null : JSON.stringify(owner.origin),
    labels: owner.labels === undefined ? null : JSON.stringify(owner.labels),
    ttlMs: owner.ttlMs ?? null,
    isRunning: owner.isRunning ? 1 : 0,
  };
  return { ...row, checksum: checksumOfRow(row) };
}

function fromRow(row: Row): ClusterIdentity {
  return {
    uid: row.uid,
    name: row.name,
    config: JSON.parse(row.config) as ClusterConfig,
    createdAt: row.createdAt,
    isRunning: row.isRunning === 1,
    ...(row.tokenDigest === null ? {} : { tokenDigest: row.tokenDigest }),
    ...(row.origin === null ? {} : { origin: JSON.parse(row.origin) as ForkOrigin }),
    ...(row.labels === null ? {} : { labels: JSON.parse(row.labels) as Labels }),
    ...(row.ttlMs === null ? {} : { ttlMs: row.ttlMs }),
  };
}

function checksumOfRow(row: Omit<Row, 'checksum'>): number {
  // What a cluster has not changes nothing of its checksum, which is that of the versions that did not know it.
  const optional = [
    ...(row.origin === null ? [] : [row.origin]),
    ...(row.labels === null ? [] : ['labels', row.labels]),
    ...(row.ttlMs === null ? [] : ['ttl', row.ttlMs]),
  ];
  return checksumOf(0, [row.uid, row.name, row.createdAt, row.tokenDigest ?? '', row.isRunning, ...optional], row.config);
}
