// The change log of a cluster, in chunks: one row holds the changes of one commit, a line each, because a row a change would cost more than
// its bytes do.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const changes = sqliteTable('changes', {
  firstRevision: integer('first_revision').primaryKey(),
  lastRevision: integer('last_revision').notNull(),
  body: text('body').notNull(),
  /** See checksum.ts. */
  checksum: integer('checksum').notNull().default(0),
});
