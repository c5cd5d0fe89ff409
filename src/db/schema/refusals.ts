// What was asked of a cluster and refused, the newest of it: facts of what was asked, and no part of the history that makes the state.

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const refusals = sqliteTable('refusals', {
  /** In the order in which they were asked. */
  id: integer('id').primaryKey(),
  /** Of the command before it. */
  number: integer('number').notNull(),
  revision: integer('revision').notNull(),
  digest: text('digest').notNull(),
  /** Virtual and wall time at which it was asked, in milliseconds since 1970. */
  nowMs: integer('now_ms').notNull(),
  wallMs: integer('wall_ms').notNull(),
  /** Who asked, as he names himself. */
  client: text('client'),
  /** Of the Status: what it was answered with. */
  code: integer('code').notNull(),
  reason: text('reason').notNull(),
  message: text('message').notNull(),
  /** The command in a line. */
  line: text('line').notNull(),
  /** Command as JSON, without what is long in it when `is_shortened` is 1. */
  command: text('command').notNull(),
  isShortened: integer('is_shortened').notNull(),
  checksum: integer('checksum').notNull(),
});
