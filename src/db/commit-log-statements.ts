// The statements of a commit log, prepared at most once for each open file.

import { asc, eq, gt, sql } from 'drizzle-orm';
import { prepareOnUse, type SqlDatabase } from './sql-database.ts';
import { changes } from './schema/changes.ts';
import { journal } from './schema/journal.ts';

/** Commands that are read at once. */
const COMMANDS_READ = 20;

export function prepareStatements({ orm }: SqlDatabase) {
  return prepareOnUse({
    insertJournal: () =>
      orm
        .insert(journal)
        .values({
          seq: sql.placeholder('seq'),
          command: sql.placeholder('command'),
          revision: sql.placeholder('revision'),
          digest: sql.placeholder('digest'),
          nowMs: sql.placeholder('nowMs'),
          wallMs: sql.placeholder('wallMs'),
          client: sql.placeholder('client'),
          number: sql.placeholder('number'),
          checksum: sql.placeholder('checksum'),
        })
        .prepare(),
    positionOf: () =>
      orm
        .select({
          seq: journal.seq,
          revision: journal.revision,
          nowMs: journal.nowMs,
          number: journal.number,
          digest: journal.digest,
          checksum: journal.checksum,
        })
        .from(journal)
        .where(eq(journal.seq, sql.placeholder('seq')))
        .prepare(),
    nextCommands: () =>
      orm
        .select()
        .from(journal)
        .where(gt(journal.seq, sql.placeholder('after')))
        .orderBy(asc(journal.seq))
        .limit(COMMANDS_READ)
        .prepare(),
    ...changeStatements(orm),
  });
}

function changeStatements(orm: SqlDatabase['orm']) {
  return {
    insertChanges: () =>
      orm
        .insert(changes)
        .values({
          firstRevision: sql.placeholder('firstRevision'),
          lastRevision: sql.placeholder('lastRevision'),
          body: sql.placeholder('body'),
          checksum: sql.placeholder('checksum'),
        })
        .prepare(),
    deleteChunk: () =>
      orm
        .delete(changes)
        .where(eq(changes.firstRevision, sql.placeholder('firstRevision')))
        .prepare(),
    deleteUnseen: () =>
      orm
        .delete(changes)
        .where(gt(changes.firstRevision, sql.placeholder('last')))
        .prepare(),
    nextChunk: () =>
      orm
        .select()
        .from(changes)
        .where(gt(changes.lastRevision, sql.placeholder('after')))
        .orderBy(asc(changes.firstRevision))
        .limit(1)
        .prepare(),
    firstChunk: () =>
      orm
        .select({ firstRevision: changes.firstRevision, lastRevision: changes.lastRevision })
        .from(changes)
        .orderBy(asc(changes.firstRevision))
        .limit(1)
        .prepare(),
  };
}
