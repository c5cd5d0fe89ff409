// The checkpoint of a cluster: its state row by row, and the numbers beside it.

import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const records = sqliteTable(
  'records',
  {
    table: text('table_name').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
  },
  (columns) => [primaryKey({ columns: [columns.table, columns.key] })],
);

export const checkpoints = sqliteTable('checkpoints', {
  id: integer('id').primaryKey(),
  /** SnapshotHeader as JSON. */
  header: text('header').notNull(),
  journalSeq: integer('journal_seq').notNull(),
});
