// The journal of a cluster: every command that was acknowledged, in order.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const journal = sqliteTable('journal', {
  seq: integer('seq').primaryKey(),
  /** Command as JSON. */
  command: text('command').notNull(),
  revision: integer('revision').notNull(),
  digest: text('digest').notNull(),
  /** Virtual time after the command, in milliseconds since 1970; null in rows of an earlier version. */
  nowMs: integer('now_ms'),
  /** Wall time at which it was stored, in milliseconds since 1970; null as above. */
  wallMs: integer('wall_ms'),
  /** Of the command as its client gave it: an advance that was stored in parts has one number. Null in rows of an earlier version: `seq`. */
  number: integer('number'),
  /** Who asked, as he names himself. */
  client: text('client'),
  /** Over this row and the checksum of the one before: a row that is missing, changed or moved breaks the chain. */
  checksum: integer('checksum').notNull().default(0),
});
