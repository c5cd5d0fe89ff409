// The statements of a commit log, prepared once for each open file.

import { asc, getTableColumns, gt, lt, sql } from 'drizzle-orm';
import type { OpenDatabase } from './database.ts';
import { changes } from './schema/changes.ts';
import { journal } from './schema/journal.ts';
import { checkpoints, records } from './schema/records.ts';

const ROWID = sql<number>`rowid`;

/** Records, and commands, that are read at once. */
const RECORDS_READ = 200;
const COMMANDS_READ = 20;

export function prepareStatements(database: OpenDatabase) {
  return { ...prepareJournal(database), ...prepareCheckpoint(database) };
}

function prepareJournal({ orm }: OpenDatabase) {
  return {
    insertJournal: orm
      .insert(journal)
      .values({
        seq: sql.placeholder('seq'),
        command: sql.placeholder('command'),
        revision: sql.placeholder('revision'),
        digest: sql.placeholder('digest'),
        checksum: sql.placeholder('checksum'),
      })
      .prepare(),
    nextCommands: orm
      .select()
      .from(journal)
      .where(gt(journal.seq, sql.placeholder('after')))
      .orderBy(asc(journal.seq))
      .limit(COMMANDS_READ)
      .prepare(),
    insertChanges: orm
      .insert(changes)
      .values({
        firstRevision: sql.placeholder('firstRevision'),
        lastRevision: sql.placeholder('lastRevision'),
        body: sql.placeholder('body'),
        checksum: sql.placeholder('checksum'),
      })
      .prepare(),
    deleteChanges: orm
      .delete(changes)
      .where(lt(changes.lastRevision, sql.placeholder('oldest')))
      .prepare(),
    nextChunk: orm
      .select()
      .from(changes)
      .where(gt(changes.lastRevision, sql.placeholder('after')))
      .orderBy(asc(changes.firstRevision))
      .limit(1)
      .prepare(),
    firstChunk: orm.select({ firstRevision: changes.firstRevision }).from(changes).orderBy(asc(changes.firstRevision)).limit(1).prepare(),
  };
}

function prepareCheckpoint({ orm }: OpenDatabase) {
  const isRecord = sql`${records.table} = ${sql.placeholder('table')} and ${records.key} = ${sql.placeholder('key')}`;
  return {
    /** In the order in which they were written first. */
    nextRecords: orm
      .select({ rowid: ROWID, ...getTableColumns(records) })
      .from(records)
      .where(sql`${ROWID} > ${sql.placeholder('after')}`)
      .orderBy(ROWID)
      .limit(RECORDS_READ)
      .prepare(),
    upsertRecord: orm
      .insert(records)
      .values({
        table: sql.placeholder('table'),
        key: sql.placeholder('key'),
        value: sql.placeholder('value'),
        checksum: sql.placeholder('checksum'),
      })
      .onConflictDoUpdate({
        target: [records.table, records.key],
        set: { value: sql.raw('excluded.value'), checksum: sql.raw('excluded.checksum') },
      })
      .prepare(),
    deleteRecord: orm.delete(records).where(isRecord).prepare(),
    checksumOfRecord: orm.select({ checksum: records.checksum }).from(records).where(isRecord).prepare(),
    upsertCheckpoint: orm
      .insert(checkpoints)
      .values({
        id: sql.placeholder('id'),
        header: sql.placeholder('header'),
        journalSeq: sql.placeholder('journalSeq'),
        recordCount: sql.placeholder('recordCount'),
        recordSum: sql.placeholder('recordSum'),
        checksum: sql.placeholder('checksum'),
      })
      .onConflictDoUpdate({
        target: checkpoints.id,
        set: {
          header: sql.raw('excluded.header'),
          journalSeq: sql.raw('excluded.journal_seq'),
          recordCount: sql.raw('excluded.record_count'),
          recordSum: sql.raw('excluded.record_sum'),
          checksum: sql.raw('excluded.checksum'),
        },
      })
      .prepare(),
  };
}
