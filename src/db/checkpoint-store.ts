// The checkpoints of a cluster's file: versions of rows, see schema/records.ts. Every row has a checksum, and every checkpoint the number of its rows and
// the sum of theirs.

import { and, asc, desc, eq, gt, inArray, isNull, lte, not, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import {
  endsStep,
  FOUNDING_TABLES,
  OBJECT_TABLES,
  type RecordChange,
  type SnapshotHeader,
  type Steps,
  type StoredRecord,
} from '../engine/cluster/index.ts';
import type { Checkpoint, ReadCheckpoint, RecordPart, StoredCheckpoint } from '../service/storage.ts';
import { checksumOf } from './checksum.ts';
import { type Part, prepareOnUse, type SqlDatabase } from './sql-database.ts';
import { checkSound } from './damage.ts';
import { checkpoints, records } from './schema/records.ts';

type CheckpointRow = typeof checkpoints.$inferSelect;

/** As `readRows` selects them. */
type RecordColumns = [table: string, key: string, value: string, checksum: number];

export class CheckpointStore {
  private readonly database: SqlDatabase;
  private readonly statements: ReturnType<typeof prepareCheckpoints>;
  private readonly seed: number;
  private readonly isFork: boolean;
  /** There may be a part of one, and versions that none has any more. */
  private hasUnfinished = true;
  private hasUnseen = true;
  /** Of the newest. */
  private recordCount: number;
  private recordSum: number;

  /** `isFork`: rows that are not here are the parent's. */
  constructor(database: SqlDatabase, seed: number, isFork: boolean) {
    this.database = database;
    this.isFork = isFork;
    this.statements = prepareCheckpoints(database);
    this.seed = seed;
    const newest = this.statements.checkpointAt.get({ seq: Number.MAX_SAFE_INTEGER });
    this.recordCount = newest?.recordCount ?? 0;
    this.recordSum = newest?.recordSum ?? 0;
  }

  /**
   * Within transactions, of which the last one makes it visible: versions that end with it, or begin, are those that they were for all checkpoints before it.
   * What is given back is called when that is done. A row that has changed twice since a checkpoint has one version more.
   */
  *write({ header, journalSeq }: Checkpoint, rows: Iterable<RecordChange>, part: Part): Steps<() => void> {
    this.undoUnfinished();
    const { endNewest, deleteRecord, insertRecord, insertCheckpoint } = this.statements;
    let { recordCount, recordSum } = this;
    let index = 0;
    for (const { table, key, json, isNew } of rows) {
      if (endsStep(index)) yield;
      index += 1;
      // A fork has versions of rows that are not there any more: that they were removed.
      const ended = isNew && !this.isFork ? undefined : endNewest.get({ table, key, to: journalSeq });
      if (ended !== undefined) {
        part.add(CHANGED_LENGTH);
        [recordCount, recordSum] = [recordCount - 1, recordSum - ended.checksum];
        // A checkpoint that is written again, because the one before it at this command was cut off, leaves no version behind.
        if (ended.fromSeq === journalSeq) deleteRecord.run({ table, key, from: journalSeq });
      }
      // What the fork's parent has, and the fork has not, is written down.
      const value = json ?? (this.isFork ? REMOVED : undefined);
      if (value === undefined) continue;
      const checksum = checksumOfRecord(this.seed, { table, key, value });
      [recordCount, recordSum] = [recordCount + 1, recordSum + checksum];
      insertRecord.run({ table, key, from: journalSeq, value, checksum });
      part.add(key.length + value.length + RECORD_LENGTH);
    }
    const stored = { header: JSON.stringify(header), journalSeq, recordCount, recordSum };
    insertCheckpoint.run({ ...stored, checksum: checksumOfCheckpoint(this.seed, stored) });
    return () => void Object.assign(this, { recordCount, recordSum, hasUnfinished: false });
  }

  /** Takes back, within a transaction, what there is of a checkpoint that was given up in the middle of its writing. */
  undoUnfinished(): void {
    const newest = this.statements.checkpointAt.get({ seq: Number.MAX_SAFE_INTEGER })?.journalSeq ?? 0;
    if (this.hasUnfinished) for (const undo of [this.statements.deleteBegun, this.statements.restoreEnded]) undo.run({ newest });
    this.hasUnfinished = true;
  }

  /** The newest one that contains no command after `seqMax`. Fails: StorageDamage. */
  read(seqMax: number, part: RecordPart): ReadCheckpoint | undefined {
    const row = this.statements.checkpointAt.get({ seq: seqMax });
    if (row === undefined) return undefined;
    return { checkpoint: this.checked(row), records: this.recordsOf(row, part) };
  }

  /** All of them, the oldest first. Fails: StorageDamage. */
  list(): readonly StoredCheckpoint[] {
    return this.statements.allCheckpoints.all().map((row) => {
      const { header, journalSeq } = this.checked(row);
      return { journalSeq, revision: header.revision };
    });
  }

  /** Forgets some, and then, in as many transactions as it takes, the versions of rows that no other one has. */
  *drop(seqs: readonly number[], part: Part): Steps<void> {
    const { orm } = this.database;
    const dropped = new Set(seqs);
    const all = this.statements.allCheckpoints.all().map((row) => row.journalSeq);
    orm
      .delete(checkpoints)
      .where(inArray(checkpoints.journalSeq, [...seqs]))
      .run();
    const kept = all.filter((seq) => !dropped.has(seq));
    // Who was cut off may have left some before any of those that are kept.
    const ends = this.hasUnseen ? kept : kept.filter((seq) => dropped.has(all[all.indexOf(seq) - 1] ?? -1));
    this.hasUnseen = true;
    for (const after of ends) {
      const before = kept.findLast((seq) => seq < after) ?? 0;
      // What ends before this one, and begins behind the one before.
      const isBetween = and(gt(records.toSeq, before), lte(records.toSeq, after), gt(records.fromSeq, before));
      const unseen = orm.select({ rowid: ROWID }).from(records).where(isBetween).all();
      for (let index = 0; index < unseen.length; index += RECORDS_DROPPED) {
        const rows = unseen.slice(index, index + RECORDS_DROPPED);
        this.statements.deleteRows.run({ rowids: rowidsOf(rows) });
        part.add(rows.length * CHANGED_LENGTH);
        yield;
      }
    }
    this.hasUnseen = false;
  }

  private checked(row: CheckpointRow): Checkpoint {
    checkSound(row.checksum === checksumOfCheckpoint(this.seed, row), 'its checkpoint does not pass its checksum');
    return { header: JSON.parse(row.header) as SnapshotHeader, journalSeq: row.journalSeq };
  }

  /** The records of a checkpoint, which are read as they are asked for. */
  private *recordsOf({ journalSeq: seq, recordCount, recordSum }: CheckpointRow, part: RecordPart): Generator<StoredRecord, void> {
    let [restCount, restSum] = [recordCount, recordSum];
    const rows = part === 'all' ? this.statements.readRows : this.statements.readObjects;
    // Rows as the driver gives them: naming the columns of each would cost as much as its checksum.
    const rowids = this.statements.rowsAt.values({ seq }) as [rowid: number][];
    // SQLite, asked for an order, would go over all rows, also those of other checkpoints, which are large.
    rowids.sort(([a], [b]) => a - b);
    for (let index = 0; index < rowids.length; index += RECORDS_READ) {
      const listed = JSON.stringify(rowids.slice(index, index + RECORDS_READ).map(([rowid]) => rowid));
      if (part === 'objects') {
        const [otherCount, otherSum] = this.statements.sumOthers.values({ rowids: listed })[0] as [number, number];
        [restCount, restSum] = [restCount - otherCount, restSum - otherSum];
      }
      const page = rows.values({ rowids: listed }) as RecordColumns[];
      for (const [table, key, value, checksum] of page) {
        const isSound = checksum === checksumOfRecord(this.seed, { table, key, value });
        checkSound(isSound, `the record ${table} ${key} does not pass its checksum`);
        [restCount, restSum] = [restCount - 1, restSum - checksum];
        yield { table, key, json: value };
      }
    }
    checkSound(restCount === 0 && restSum === 0, 'its checkpoint lacks records');
  }
}

export function checksumOfRecord(seed: number, record: { table: string; key: string; value: string }): number {
  return checksumOf(seed, [record.table, record.key], record.value);
}

export function checksumOfCheckpoint(
  seed: number,
  stored: { header: string; journalSeq: number; recordCount: number; recordSum: number },
): number {
  return checksumOf(seed, [stored.journalSeq, stored.recordCount, stored.recordSum], stored.header);
}

/** Value of a row that a fork has removed; no JSON is. */
export const REMOVED = '';

const ROWID = sql<number>`rowid`;

/** Characters that a record takes beside its key and value, also in indexes. */
const RECORD_LENGTH = 100;

/** Records that are read, and dropped, at once. */
const RECORDS_READ = 200;
const RECORDS_DROPPED = 100;

/** A row that is changed in place, or dropped, changes a page of its own, and those of indexes. */
const CHANGED_LENGTH = 8_192;

/** As `json_each` takes them. */
function rowidsOf(rows: readonly { readonly rowid: number }[]): string {
  return JSON.stringify(rows.map(({ rowid }) => rowid));
}

const isListed = sql`${ROWID} in (select value from json_each(${sql.placeholder('rowids')}))`;

const isOfObjects = sql`(${inArray(records.table, [...FOUNDING_TABLES])} or substr(${records.table}, 1, ${OBJECT_TABLES.length}) = ${OBJECT_TABLES})`;

function prepareCheckpoints({ orm }: SqlDatabase) {
  return prepareOnUse({
    checkpointAt: () =>
      orm
        .select()
        .from(checkpoints)
        .where(lte(checkpoints.journalSeq, sql.placeholder('seq')))
        .orderBy(desc(checkpoints.journalSeq))
        .limit(1)
        .prepare(),
    allCheckpoints: () => orm.select().from(checkpoints).orderBy(asc(checkpoints.journalSeq)).prepare(),
    insertCheckpoint: () =>
      orm
        .insert(checkpoints)
        .values({
          journalSeq: sql.placeholder('journalSeq'),
          header: sql.placeholder('header'),
          recordCount: sql.placeholder('recordCount'),
          recordSum: sql.placeholder('recordSum'),
          checksum: sql.placeholder('checksum'),
        })
        .onConflictDoUpdate({
          target: checkpoints.journalSeq,
          set: {
            header: sql.raw('excluded.header'),
            recordCount: sql.raw('excluded.record_count'),
            recordSum: sql.raw('excluded.record_sum'),
            checksum: sql.raw('excluded.checksum'),
          },
        })
        .prepare(),
    ...recordStatements(orm),
  });
}

function listedRows(orm: SqlDatabase['orm'], isRead: SQL | undefined) {
  return orm
    .select({ table: records.table, key: records.key, value: records.value, checksum: records.checksum })
    .from(records)
    .where(isRead)
    .orderBy(ROWID)
    .prepare();
}

function recordStatements(orm: SqlDatabase['orm']) {
  const isRow = and(eq(records.table, sql.placeholder('table')), eq(records.key, sql.placeholder('key')));
  const hasBegun = lte(records.fromSeq, sql.placeholder('seq'));
  const isVersion = and(isRow, eq(records.fromSeq, sql.placeholder('from')));
  return {
    /** What a checkpoint has. */
    rowsAt: () =>
      unionAll(
        orm
          .select({ rowid: ROWID.as('rowid') })
          .from(records)
          .where(and(isNull(records.toSeq), hasBegun)),
        orm
          .select({ rowid: ROWID.as('rowid') })
          .from(records)
          .where(and(gt(records.toSeq, sql.placeholder('seq')), hasBegun)),
      ).prepare(),
    readRows: () => listedRows(orm, isListed),
    readObjects: () => listedRows(orm, and(isListed, isOfObjects)),
    /** How many rows are no objects, and the sum of their checksums. */
    sumOthers: () =>
      orm
        .select({ count: sql`count(*)`, sum: sql`coalesce(sum(${records.checksum}), 0)` })
        .from(records)
        .where(and(isListed, not(isOfObjects)))
        .prepare(),
    deleteRows: () => orm.delete(records).where(isListed).prepare(),
    /** Looked for by itself: the versions of a row that are kept may be many. */
    endNewest: () =>
      orm
        .update(records)
        .set({ toSeq: sql`${sql.placeholder('to')}` })
        .where(
          and(
            isNull(records.toSeq),
            eq(ROWID, sql`(select rowid from ${records} where ${isRow} order by ${records.fromSeq} desc limit 1)`),
          ),
        )
        .returning({ fromSeq: records.fromSeq, checksum: records.checksum })
        .prepare(),
    deleteBegun: () =>
      orm
        .delete(records)
        .where(and(isNull(records.toSeq), gt(records.fromSeq, sql.placeholder('newest'))))
        .prepare(),
    restoreEnded: () =>
      orm
        .update(records)
        .set({ toSeq: null })
        .where(gt(records.toSeq, sql.placeholder('newest')))
        .prepare(),
    deleteRecord: () => orm.delete(records).where(isVersion).prepare(),
    insertRecord: () =>
      orm
        .insert(records)
        .values({
          table: sql.placeholder('table'),
          key: sql.placeholder('key'),
          fromSeq: sql.placeholder('from'),
          toSeq: null,
          value: sql.placeholder('value'),
          checksum: sql.placeholder('checksum'),
        })
        .prepare(),
  };
}
