// The checkpoints of a cluster: its state row by row, in versions. A checkpoint ends the versions of the rows that have changed since the one before
// and adds new ones, so that it costs what has changed; every checkpoint that is kept can be read.

import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const records = sqliteTable(
  'records',
  {
    table: text('table_name').notNull(),
    key: text('key').notNull(),
    /** The checkpoint that the version is part of first, by its command. */
    fromSeq: integer('from_seq').notNull(),
    /** The first one that it is no part of; null: the row is as this version has it. */
    toSeq: integer('to_seq'),
    value: text('value').notNull(),
    checksum: integer('checksum').notNull(),
  },
  // Which versions a checkpoint has is told by the index alone: the rows themselves are large.
  (columns) => [
    primaryKey({ columns: [columns.table, columns.key, columns.fromSeq] }),
    index('records_span').on(columns.toSeq, columns.fromSeq),
  ],
);

export const checkpoints = sqliteTable('checkpoints', {
  /** The last command it contains. */
  journalSeq: integer('journal_seq').primaryKey(),
  /** SnapshotHeader as JSON. */
  header: text('header').notNull(),
  /** How many records it has, and the sum of their checksums: a record that is missing is noticed too. */
  recordCount: integer('record_count').notNull(),
  recordSum: integer('record_sum').notNull(),
  checksum: integer('checksum').notNull(),
});
