// The storage of one cluster in one file: journal, checkpoint, change log. Every row carries a checksum, which is checked when it is read; the
// journal's go on from row to row. See docs/decisions/0031-identity-and-checksums.md.

import { desc, eq, getTableColumns, gt, inArray } from 'drizzle-orm';
import type { Command, RecordChange, Steps } from '../engine/cluster/index.ts';
import {
  batchEnd,
  type Checkpoint,
  type ClusterIdentity,
  type CommandHead,
  type CommitLog,
  type CutBack,
  type JournalRow,
  type Pin,
  type ReadCheckpoint,
  type RecordPart,
  type Refusal,
  type RefusalPosition,
  StorageDamage,
  type StoredChange,
  type StoredCheckpoint,
} from '../service/storage.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { decodeChunk, encodeChunk, lengthInChunk } from './change-chunks.ts';
import { checksumOf, checksumSeed } from './checksum.ts';
import { assertPresent } from '../engine/kernel/assert.ts';
import { prepareStatements } from './commit-log-statements.ts';
import { asDamage, checkSound, damageOf } from './damage.ts';
import { RefusalStore } from './refusal-store.ts';
import { Part, type SqlDatabase } from './sql-database.ts';
import { writeRunning } from './identity.ts';
import { changes } from './schema/changes.ts';
import { forks } from './schema/forks.ts';
import { journal } from './schema/journal.ts';

/** A place in the journal, with the checksum of its row. Before the first row: 0, and the seed of the cluster. */
export interface Position {
  readonly seq: number;
  readonly checksum: number;
}

/** Where it is written down, too, how far the history goes; see head.ts. */
export interface WrittenHead {
  write(seq: number, checksum: number): void;
  close(): void;
}

export class SqliteCommitLog implements CommitLog {
  isRunning: boolean;
  last: Position;
  private readonly start: Position;
  /** Changes from here on stay for forks. */
  private pinnedRevision: number;
  /** Who wants none of them forgotten. */
  private retainerCount = 0;
  /** The latest. */
  private revision: number;
  /** There may be changes without a command: of one that was given up in the middle of its storing. */
  private hasUnseen = true;
  private readonly database: SqlDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly seed: number;
  private readonly head: WrittenHead | undefined;
  private readonly checkpoints: CheckpointStore;
  private readonly refusals: RefusalStore;

  /** The head is absent while a database is made, where it is only read, and where there is no other place. Of a fork this is what it has written itself. */
  constructor(database: SqlDatabase, { uid, isRunning, origin }: LogOwner, head?: WrittenHead) {
    this.database = database;
    this.statements = prepareStatements(database);
    this.seed = checksumSeed(uid);
    this.isRunning = isRunning;
    this.head = head;
    this.start = startOf({ uid, origin });
    const last = lastPosition(database);
    this.last = last ?? this.start;
    this.revision = last?.revision ?? origin?.revision ?? 0;
    this.pinnedRevision = pinnedRevision(this.pins());
    this.checkpoints = new CheckpointStore(database, this.seed, origin !== undefined);
    this.refusals = new RefusalStore(database, this.seed);
  }

  *append(row: JournalRow, rows: readonly StoredChange[], oldestRevision: number): Steps<void> {
    const command = JSON.stringify(row.command);
    const { seq, revision, digest, nowMs, wallMs, number, client = null } = row;
    const stored = {
      seq,
      command,
      revision,
      digest,
      nowMs: nowMs ?? null,
      wallMs: wallMs ?? null,
      client,
      number: number === seq ? null : number,
    };
    const checksum = checksumOfJournal(this.last, stored);
    const clock = row.command.type === 'clock' ? row.command.clock : undefined;
    const part = new Part();
    // The command comes last: it makes its changes visible, and what there is of changes without it has never been.
    const makeVisible = (): void => {
      this.statements.insertJournal.run({ ...stored, checksum });
      if (clock !== undefined) writeRunning(this.database, clock.mode === 'running');
    };
    yield* this.longSteps(this.writeChanges(rows, oldestRevision, part), part, makeVisible);
    this.hasUnseen = false;
    this.last = { seq: row.seq, checksum };
    this.revision = row.revision;
    if (clock !== undefined) this.isRunning = clock.mode === 'running';
    this.head?.write(row.seq, checksum);
  }

  private *writeChanges(rows: readonly StoredChange[], oldestRevision: number, part: Part): Steps<void> {
    const { insertChanges, firstChunk, deleteChunk, deleteUnseen } = this.statements;
    if (this.hasUnseen) deleteUnseen.run({ last: this.revision });
    this.hasUnseen = true;
    for (let from = 0; from < rows.length; ) {
      if (from > 0) yield;
      const to = batchEnd(rows, from, lengthInChunk);
      const batch = rows.slice(from, to);
      const [first, last] = [assertPresent(batch[0], 'a change'), assertPresent(batch.at(-1), 'a change')];
      const chunk = { firstRevision: first.revision, lastRevision: last.revision, body: encodeChunk(batch) };
      insertChanges.run({ ...chunk, checksum: checksumOfChunk(this.seed, chunk) });
      part.add(chunk.body.length);
      from = to;
    }
    const oldest = this.retainerCount > 0 ? 0 : Math.min(oldestRevision, this.pinnedRevision);
    if (rows.length === 0 || oldest <= 1) return;
    // What is forgotten is so together with the command: a part that is full ends before.
    yield;
    for (let chunk = firstChunk.get(); chunk !== undefined && chunk.lastRevision < oldest; chunk = firstChunk.get()) {
      deleteChunk.run(chunk);
      yield;
    }
  }

  *checkpoint(checkpoint: Checkpoint, rows: Iterable<RecordChange>): Steps<void> {
    const part = new Part();
    const keep = yield* this.longSteps(this.checkpoints.write(checkpoint, rows, part), part);
    keep();
  }

  readCheckpoint(seqMax = Number.MAX_SAFE_INTEGER, part: RecordPart = 'all'): ReadCheckpoint | undefined {
    const found = this.guarded(() => this.checkpoints.read(seqMax, part));
    return found === undefined ? undefined : { checkpoint: found.checkpoint, records: this.guardedEach(found.records) };
  }

  listCheckpoints(): readonly StoredCheckpoint[] {
    return this.guarded(() => this.checkpoints.list());
  }

  *dropCheckpoints(seqs: readonly number[]): Steps<void> {
    const part = new Part();
    yield* this.longSteps(this.checkpoints.drop(seqs, part), part);
  }

  cutBack({ seq, revision, isRunning, refusals }: CutBack): boolean {
    if (this.pins().some((pin) => this.beginsBehind(pin, seq))) return false;
    const { orm } = this.database;
    const { checksum } = seq === this.start.seq ? this.start : this.rowOf(seq);
    this.transaction(() => {
      orm.delete(journal).where(gt(journal.seq, seq)).run();
      // A chunk has changes of one command.
      orm.delete(changes).where(gt(changes.firstRevision, revision)).run();
      this.refusals.append(refusals);
      writeRunning(this.database, isRunning);
    });
    this.last = { seq, checksum };
    this.revision = revision;
    this.isRunning = isRunning;
    this.head?.write(seq, checksum);
    return true;
  }

  /** Whether a fork begins behind a command; one of which that is not known may. */
  private beginsBehind({ file }: Pin, seq: number): boolean {
    const found = FORK_FILES.map((suffix) => `${file}${suffix}`).find((name) => this.database.isBeside(name));
    const origin = found === undefined ? undefined : this.database.originBeside(found);
    return origin === undefined || origin.seq > seq;
  }

  commandHead(seq: number): CommandHead {
    const { nowMs, number, ...head } = this.guarded(() => this.rowOf(seq));
    return { ...head, number: number ?? seq, ...(nowMs === null ? {} : { nowMs }) };
  }

  readJournal(afterSeq: number): Iterable<JournalRow> {
    return this.guardedEach(this.journalAfter(afterSeq));
  }

  private *journalAfter(afterSeq: number): Generator<JournalRow, void> {
    let position: Position = afterSeq === this.start.seq ? this.start : this.rowOf(afterSeq);
    for (;;) {
      const page = this.statements.nextCommands.all({ after: position.seq });
      for (const row of page) {
        checkSound(row.seq === position.seq + 1, `command ${position.seq + 1} is missing`);
        checkSound(row.checksum === checksumOfJournal(position, row), `command ${row.seq} does not pass its checksum`);
        position = row;
        yield fromStored(row);
      }
      if (page.length === 0) break;
    }
    checkSound(position.seq === this.last.seq, `command ${position.seq + 1} is missing`);
  }

  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[] {
    return this.guarded(() => {
      const found: StoredChange[] = [];
      let length = 0;
      for (let after = afterRevision; found.length < countMax && length < lengthMax; ) {
        const chunk = this.statements.nextChunk.get({ after });
        if (chunk === undefined) {
          checkSound(after >= this.revision, `the changes after revision ${after} are missing`);
          break;
        }
        const { firstRevision, lastRevision } = chunk;
        // What is being written is not there yet.
        if (firstRevision > this.revision) break;
        checkSound(
          chunk.checksum === checksumOfChunk(this.seed, chunk),
          `the changes from revision ${firstRevision} do not pass their checksum`,
        );
        // Before the oldest chunk there may be a gap: what was there is forgotten.
        checkSound(
          firstRevision <= after + 1 || firstRevision === this.oldestRevision(),
          `the changes after revision ${after} are missing`,
        );
        length += chunk.body.length;
        for (const change of decodeChunk(chunk.body)) if (change.revision > afterRevision) found.push(change);
        after = lastRevision;
      }
      return found;
    });
  }

  oldestRevision(): number | undefined {
    return this.guarded(() => this.statements.firstChunk.get()?.firstRevision);
  }

  appendRefusals(rows: readonly Refusal[]): void {
    this.transaction(() => this.refusals.append(rows));
  }

  readRefusals(position: RefusalPosition): Iterable<Refusal> {
    return this.guardedEach(this.refusals.read(position));
  }

  lastRefusalId(): number {
    return this.guarded(() => this.refusals.lastId());
  }

  pin(pin: Pin): void {
    const { orm } = this.database;
    this.transaction(() => orm.insert(forks).values(pin).onConflictDoNothing().run());
    this.pinnedRevision = Math.min(this.pinnedRevision, pin.oldestRevision);
  }

  pins(): readonly Pin[] {
    const { orm } = this.database;
    const all = this.guarded(() => orm.select().from(forks).all());
    const gone = all.filter((pin) => FORK_FILES.every((suffix) => !this.database.isBeside(`${pin.file}${suffix}`)));
    if (gone.length === 0 || this.head === undefined) return all;
    const files = gone.map((pin) => pin.file);
    this.transaction(() => orm.delete(forks).where(inArray(forks.file, files)).run());
    const left = all.filter((pin) => !files.includes(pin.file));
    this.pinnedRevision = pinnedRevision(left);
    return left;
  }

  retain(): () => void {
    this.retainerCount += 1;
    return () => {
      this.retainerCount -= 1;
    };
  }

  close(): void {
    this.head?.close();
    this.database.close();
  }

  abandon(): void {
    this.head?.close();
    this.database.abandon();
  }

  private rowOf(
    seq: number,
  ): Position & Omit<CommandHead, 'nowMs' | 'number'> & { readonly nowMs: number | null; readonly number: number | null } {
    const row = this.statements.positionOf.get({ seq });
    if (row === undefined) throw new StorageDamage(`is damaged: command ${seq} is missing`);
    return row;
  }

  private transaction(body: () => void): void {
    this.guarded(() => this.database.transaction(body));
  }

  /** As many transactions as it takes; `last` is done together with the end of the last one. */
  private *longSteps<T>(body: Steps<T>, part: Part, last = (): void => {}): Steps<T> {
    try {
      return yield* this.database.transactionSteps(body, last, part);
    } catch (error) {
      this.takeBack();
      throw this.failed(error);
    }
  }

  /** What there is of something that failed would take the room that the next command needs. */
  private takeBack(): void {
    try {
      this.database.transaction(() => {
        this.statements.deleteUnseen.run({ last: this.revision });
        this.checkpoints.undoUnfinished();
      });
    } catch {
      // Nobody sees it, and whoever writes next takes it back.
    }
  }

  private guarded<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw this.failed(error);
    }
  }

  private *guardedEach<T>(items: Iterable<T>): Generator<T, void> {
    try {
      yield* items;
    } catch (error) {
      throw this.failed(error);
    }
  }

  private failed(error: unknown): unknown {
    const damage = asDamage(error);
    return damage instanceof StorageDamage ? damageOf(this.database.file, damage) : damage;
  }
}

/** Names under which a fork's file is there: as it is made, as it is used, and as it stays for forks of its own. */
const FORK_FILES = ['', '.creating', '.base'];

function pinnedRevision(pins: readonly Pin[]): number {
  return pins.reduce((oldest, pin) => Math.min(oldest, pin.oldestRevision), Number.POSITIVE_INFINITY);
}

/** Whose log it is. */
export type LogOwner = Pick<ClusterIdentity, 'uid' | 'isRunning' | 'origin'>;

/** Where the journal begins. */
export function startOf({ uid, origin }: Pick<ClusterIdentity, 'uid' | 'origin'>): Position {
  return { seq: origin?.seq ?? 0, checksum: checksumSeed(uid) };
}

/** The last row of the journal; undefined when it is empty. */
export function lastPosition({ orm }: SqlDatabase): Omit<typeof journal.$inferSelect, 'command'> | undefined {
  const { command: _, ...columns } = getTableColumns(journal);
  return orm.select(columns).from(journal).orderBy(desc(journal.seq)).limit(1).get();
}

/** A row of the journal; undefined when it is not there. */
export function positionAt({ orm }: SqlDatabase, seq: number): Position | undefined {
  return orm.select({ seq: journal.seq, checksum: journal.checksum }).from(journal).where(eq(journal.seq, seq)).get();
}

type StoredCommand = Omit<typeof journal.$inferSelect, 'checksum'>;

export function checksumOfJournal(before: Position, row: StoredCommand): number {
  const { seq, revision, digest, nowMs, wallMs, client, number } = row;
  // Rows of an earlier version have no times.
  const times = nowMs === null ? [] : [nowMs, wallMs ?? 0, client ?? '', ...(number === null ? [] : [number])];
  return checksumOf(before.checksum, [seq, revision, digest, ...times], row.command);
}

function fromStored({ seq, command, revision, digest, nowMs, wallMs, client, number }: StoredCommand): JournalRow {
  return {
    seq,
    number: number ?? seq,
    command: JSON.parse(command) as Command,
    revision,
    digest,
    ...(nowMs === null ? {} : { nowMs, wallMs: wallMs ?? 0 }),
    ...(client === null ? {} : { client }),
  };
}

export function checksumOfChunk(seed: number, chunk: { firstRevision: number; lastRevision: number; body: string }): number {
  return checksumOf(seed, [chunk.firstRevision, chunk.lastRevision], chunk.body);
}
