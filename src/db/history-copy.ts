// The history of a cluster as it goes from its database into that of a fork, where databases can share nothing: in pieces of bounded length, whose rows
// are checked as they are read, and sealed as the fork's when they are written. A fork is whole when its identity is there, which comes last.

import { and, asc, count, gt, inArray, isNull, lte, or, type SQLWrapper, sql } from 'drizzle-orm';
import { type ClusterIdentity, type ForkOrigin, type Refusal, StorageDamage } from '../service/storage.ts';
import { checksumSeed } from './checksum.ts';
import { checksumOfCheckpoint, checksumOfRecord } from './checkpoint-store.ts';
import { checksumOfChunk, checksumOfJournal, lastPosition, startOf } from './commit-log.ts';
import { asDamage, checkSound, damageOf } from './damage.ts';
import { writeIdentity } from './identity.ts';
import { refusalsBefore, storedRefusal } from './refusal-store.ts';
import { changes } from './schema/changes.ts';
import { journal } from './schema/journal.ts';
import { checkpoints, records } from './schema/records.ts';
import { refusals } from './schema/refusals.ts';
import type { SqlDatabase } from './sql-database.ts';

/** Characters after which a piece ends; a row that is longer is a piece of its own. */
const PIECE_LENGTH_MAX = 1_048_576;

/** Rows that are looked at for one piece. */
const PIECE_ROWS_MAX = 1_000;

type Unsealed<T> = Omit<T, 'checksum'>;
type CommandRow = typeof journal.$inferSelect;
type ChunkRow = typeof changes.$inferSelect;
type RecordRow = typeof records.$inferSelect;

/** Rows of one table, in their order. */
export type HistoryPiece =
  | { readonly kind: 'changes'; readonly rows: readonly Unsealed<ChunkRow>[] }
  | { readonly kind: 'refusals'; readonly rows: readonly Refusal[] }
  | { readonly kind: 'commands'; readonly rows: readonly Unsealed<CommandRow>[] }
  | { readonly kind: 'records'; readonly rows: readonly Unsealed<RecordRow>[] }
  | { readonly kind: 'checkpoints'; readonly rows: readonly Omit<typeof checkpoints.$inferSelect, 'checksum' | 'recordSum'>[] };

/** Up to where a history is read. */
export type HistoryEnd = Pick<ForkOrigin, 'uid' | 'seq' | 'number' | 'revision'>;

/**
 * The history of a cluster up to a command. Others may write meanwhile what lies behind it; what lies before must stay. Fails: StorageDamage.
 */
export function* readHistory(database: SqlDatabase, end: HistoryEnd): Generator<HistoryPiece, void> {
  try {
    const kept = checkpointsUpTo(database, end);
    const lastSeq = kept.at(-1)?.journalSeq ?? 0;
    // What may be forgotten soonest comes first.
    for (const rows of changesUpTo(database, end)) yield { kind: 'changes', rows };
    for (const rows of refusalsBefore(database, checksumSeed(end.uid), end.number)) yield { kind: 'refusals', rows };
    for (const rows of commandsUpTo(database, end)) yield { kind: 'commands', rows };
    for (const rows of recordsUpTo(database, end.uid, lastSeq)) yield { kind: 'records', rows };
    yield { kind: 'checkpoints', rows: kept };
  } catch (error) {
    const damage = asDamage(error);
    throw damage instanceof StorageDamage ? damageOf(database.file, damage) : damage;
  }
}

function checkpointsUpTo({ orm }: SqlDatabase, { uid, seq }: HistoryEnd) {
  const seed = checksumSeed(uid);
  const rows = orm.select().from(checkpoints).where(lte(checkpoints.journalSeq, seq)).orderBy(asc(checkpoints.journalSeq)).all();
  checkSound(rows.length > 0, `there is no checkpoint up to command ${seq}`);
  return rows.map((row) => {
    const { checksum, recordSum: _, ...rest } = row;
    checkSound(checksum === checksumOfCheckpoint(seed, row), 'its checkpoint does not pass its checksum');
    return rest;
  });
}

/** Rows by a key that grows, as many at a time as a piece may be long. */
function* inPieces<Row>(
  lengthsAfter: (after: number) => readonly { readonly key: number; readonly length: number }[],
  rowsOf: (keys: readonly number[]) => readonly Row[],
): Generator<readonly Row[], void> {
  for (let after = -1; ; ) {
    const found = lengthsAfter(after);
    if (found.length === 0) return;
    let length = 0;
    const keys = found.filter((row, index) => {
      length += row.length;
      return index === 0 || length <= PIECE_LENGTH_MAX;
    });
    yield rowsOf(keys.map(({ key }) => key));
    after = keys.at(-1)?.key ?? after;
  }
}

function* changesUpTo({ orm }: SqlDatabase, { uid, revision }: HistoryEnd): Generator<readonly Unsealed<ChunkRow>[], void> {
  const seed = checksumSeed(uid);
  const key = changes.firstRevision;
  const lengthsAfter = (after: number) =>
    orm
      .select({ key, length: lengthOf(changes.body) })
      .from(changes)
      .where(and(gt(key, after), lte(changes.lastRevision, revision)))
      .orderBy(asc(key))
      .limit(PIECE_ROWS_MAX)
      .all();
  const rowsOf = (keys: readonly number[]) =>
    orm
      .select()
      .from(changes)
      .where(inArray(key, listed(keys)))
      .orderBy(asc(key))
      .all();
  for (const rows of inPieces(lengthsAfter, rowsOf))
    yield rows.map(({ checksum, ...row }) => {
      checkSound(checksum === checksumOfChunk(seed, row), `the changes from revision ${row.firstRevision} do not pass their checksum`);
      return row;
    });
}

function* commandsUpTo({ orm }: SqlDatabase, { uid, seq }: HistoryEnd): Generator<readonly Unsealed<CommandRow>[], void> {
  let position = startOf({ uid });
  const key = journal.seq;
  const lengthsAfter = (after: number) =>
    orm
      .select({ key, length: lengthOf(journal.command) })
      .from(journal)
      .where(and(gt(key, after), lte(key, seq)))
      .orderBy(asc(key))
      .limit(PIECE_ROWS_MAX)
      .all();
  const rowsOf = (keys: readonly number[]) =>
    orm
      .select()
      .from(journal)
      .where(inArray(key, listed(keys)))
      .orderBy(asc(key))
      .all();
  for (const rows of inPieces(lengthsAfter, rowsOf))
    yield rows.map((stored) => {
      const { checksum, ...row } = stored;
      checkSound(row.seq === position.seq + 1, `command ${position.seq + 1} is missing`);
      checkSound(checksum === checksumOfJournal(position, row), `command ${row.seq} does not pass its checksum`);
      position = stored;
      return row;
    });
  checkSound(position.seq === seq, `command ${position.seq + 1} is missing`);
}

/** Versions that a checkpoint up to this one has, as they were then. */
function* recordsUpTo({ orm }: SqlDatabase, uid: string, lastSeq: number): Generator<readonly Unsealed<RecordRow>[], void> {
  const seed = checksumSeed(uid);
  const lengthsAfter = (after: number) =>
    orm
      .select({ key: ROWID, length: lengthOf(records.value) })
      .from(records)
      .where(and(gt(ROWID, after), lte(records.fromSeq, lastSeq)))
      .orderBy(asc(ROWID))
      .limit(PIECE_ROWS_MAX)
      .all();
  const rowsOf = (keys: readonly number[]) =>
    orm
      .select()
      .from(records)
      .where(inArray(ROWID, listed(keys)))
      .orderBy(asc(ROWID))
      .all();
  for (const rows of inPieces(lengthsAfter, rowsOf))
    yield rows.map(({ checksum, toSeq, ...row }) => {
      checkSound(checksum === checksumOfRecord(seed, row), `the record ${row.table} ${row.key} does not pass its checksum`);
      return { ...row, toSeq: toSeq !== null && toSeq <= lastSeq ? toSeq : null };
    });
}

/** Writes a piece into the database of the fork with this uid. Fails: StorageDamage when one before it is missing. */
export function writeHistory(database: SqlDatabase, uid: string, piece: HistoryPiece): void {
  database.transaction(() => {
    switch (piece.kind) {
      case 'changes':
        return writeChanges(database, uid, piece.rows);
      case 'refusals':
        return writeRefusals(database, uid, piece.rows);
      case 'commands':
        return writeCommands(database, uid, piece.rows);
      case 'records':
        return writeRecords(database, uid, piece.rows);
      case 'checkpoints':
        return writeCheckpoints(database, uid, piece.rows);
    }
  });
}

function writeChanges({ orm }: SqlDatabase, uid: string, rows: readonly Unsealed<ChunkRow>[]): void {
  const seed = checksumSeed(uid);
  for (const row of rows)
    orm
      .insert(changes)
      .values({ ...row, checksum: checksumOfChunk(seed, row) })
      .run();
}

function writeRefusals({ orm }: SqlDatabase, uid: string, rows: readonly Refusal[]): void {
  const seed = checksumSeed(uid);
  for (const row of rows) orm.insert(refusals).values(storedRefusal(seed, row)).run();
}

function writeCommands(database: SqlDatabase, uid: string, rows: readonly Unsealed<CommandRow>[]): void {
  let position = lastPosition(database) ?? startOf({ uid });
  for (const row of rows) {
    checkSound(row.seq === position.seq + 1, `command ${position.seq + 1} is missing`);
    const checksum = checksumOfJournal(position, row);
    database.orm
      .insert(journal)
      .values({ ...row, checksum })
      .run();
    position = { ...row, checksum };
  }
}

function writeRecords({ orm }: SqlDatabase, uid: string, rows: readonly Unsealed<RecordRow>[]): void {
  const seed = checksumSeed(uid);
  for (const row of rows)
    orm
      .insert(records)
      .values({ ...row, checksum: checksumOfRecord(seed, row) })
      .run();
}

/** Each has as many records as it had. */
function writeCheckpoints({ orm }: SqlDatabase, uid: string, rows: Extract<HistoryPiece, { kind: 'checkpoints' }>['rows']): void {
  const seed = checksumSeed(uid);
  for (const row of rows) {
    const isPart = and(lte(records.fromSeq, row.journalSeq), or(isNull(records.toSeq), gt(records.toSeq, row.journalSeq)));
    const found = orm
      .select({ count: count(), sum: sql<number>`total(${records.checksum})` })
      .from(records)
      .where(isPart)
      .get();
    checkSound(found?.count === row.recordCount, 'its checkpoint lacks records');
    const stored = { ...row, recordSum: found?.sum ?? 0 };
    orm
      .insert(checkpoints)
      .values({ ...stored, checksum: checksumOfCheckpoint(seed, stored) })
      .run();
  }
}

/** Ends the history of a fork: from here on it is a cluster. Fails: StorageDamage when it does not lead to its origin. */
export function endHistory(database: SqlDatabase, owner: ClusterIdentity): void {
  const last = lastPosition(database);
  checkSound(last?.seq === owner.origin?.seq && last?.digest === owner.origin?.digest, 'it does not lead to where it comes from');
  database.transaction(() => writeIdentity(database, owner));
}

const ROWID = sql<number>`rowid`;

const lengthOf = (column: SQLWrapper) => sql<number>`length(${column})`;

/** Numbers as one parameter. */
function listed(keys: readonly number[]) {
  return sql`(select value from json_each(${JSON.stringify(keys)}))`;
}
