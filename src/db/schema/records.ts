// The checkpoint of a cluster: its state row by row, and the numbers beside it.

import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const records = sqliteTable(
  'records',
  {
    table: text('table_name').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
    checksum: integer('checksum').notNull().default(0),
  },
  (columns) => [primaryKey({ columns: [columns.table, columns.key] })],
);

export const checkpoints = sqliteTable('checkpoints', {
  id: integer('id').primaryKey(),
  /** SnapshotHeader as JSON. */
  header: text('header').notNull(),
  journalSeq: integer('journal_seq').notNull(),
  /** How many records there are, and the sum of their checksums: a record that is missing is noticed too. */
  recordCount: integer('record_count').notNull().default(0),
  recordSum: integer('record_sum').notNull().default(0),
  checksum: integer('checksum').notNull().default(0),
});
