// The journal of a cluster: every command that was acknowledged, in order.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const journal = sqliteTable('journal', {
  seq: integer('seq').primaryKey(),
  /** Command as JSON. */
  command: text('command').notNull(),
  revision: integer('revision').notNull(),
  digest: text('digest').notNull(),
  /** Over this row and the checksum of the one before: a row that is missing, changed or moved breaks the chain. */
  checksum: integer('checksum').notNull().default(0),
});
