// Whose file it is: all that the cluster's row in the directory needs, so that a lost directory is made again from the files.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const identity = sqliteTable('identity', {
  /** Always 1. */
  id: integer('id').primaryKey(),
  /** Of this incarnation of the cluster, never used twice. */
  uid: text('uid').notNull(),
  name: text('name').notNull(),
  /** ClusterConfig as JSON. */
  config: text('config').notNull(),
  createdAt: text('created_at').notNull(),
  tokenDigest: text('token_digest'),
  /** ForkOrigin as JSON, of a fork. */
  origin: text('origin'),
  /** As JSON; null when there are none, and in files of an earlier version. */
  labels: text('labels'),
  /** Milliseconds of wall time without use after which the cluster is deleted; null: never, or a file of an earlier version. */
  ttlMs: integer('ttl_ms'),
  /** 1 while the clock runs; changes with the command that says so. */
  isRunning: integer('is_running').notNull(),
  checksum: integer('checksum').notNull(),
});
