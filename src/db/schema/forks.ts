// The forks that read from a cluster's file: what they need of it stays.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const forks = sqliteTable('forks', {
  /** Name of the fork's file: when it is gone, so is the fork. */
  file: text('file').primaryKey(),
  /** The checkpoint on which the fork builds, by its command. */
  checkpointSeq: integer('checkpoint_seq').notNull(),
  /** The first change that the fork may be asked for. */
  oldestRevision: integer('oldest_revision').notNull(),
});
