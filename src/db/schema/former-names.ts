// Names that a deleted cluster had: whoever has one of them next says in its streams which cluster it is.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const formerNames = sqliteTable('former_names', {
  /** In the order of deletions. */
  id: integer('id').primaryKey(),
  name: text('name').notNull().unique(),
});
