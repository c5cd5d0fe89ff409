// The directory: one row a cluster.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const clusters = sqliteTable('clusters', {
  name: text('name').primaryKey(),
  /** ClusterConfig as JSON. */
  config: text('config').notNull(),
  createdAt: text('created_at').notNull(),
  /** 1 while the clock runs, so that it goes on after a restart. */
  isRunning: integer('is_running').notNull(),
  /** Name of the cluster's file; never used twice. */
  file: text('file').notNull(),
  /** ClusterInfo as JSON, while the cluster is not in memory. */
  info: text('info'),
  /** Digest of the cluster's own token, if it has one. */
  tokenDigest: text('token_digest'),
  /** Of this incarnation; the cluster's file has the same one. Null in rows of an earlier version, until the next start. */
  uid: text('uid'),
  /** ForkOrigin as JSON, of a fork. */
  origin: text('origin'),
  /** As JSON; null when there are none. */
  labels: text('labels'),
  /** Milliseconds of wall time without use after which the cluster is deleted; null: never. */
  ttlMs: integer('ttl_ms'),
  /** Wall time of its last use, in milliseconds since 1970; only of clusters with a `ttl_ms`, and up to a minute old. */
  usedMs: integer('used_ms'),
  /** Over the whole row. */
  checksum: integer('checksum').notNull().default(0),
});
