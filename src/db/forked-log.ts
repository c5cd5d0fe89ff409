// The storage of a fork: what it has written itself, and up to where it begins the history of its parent, which is read from the parent's file. The file
// is opened when something is asked that only the parent has, which a fork that stays in memory rarely is.

import type { RecordChange, Steps, StoredRecord } from '../engine/cluster/index.ts';
import type {
  Checkpoint,
  CommandHead,
  CommitLog,
  CutBack,
  ForkOrigin,
  JournalRow,
  Pin,
  ReadCheckpoint,
  RecordPart,
  Refusal,
  RefusalPosition,
  StoredChange,
  StoredCheckpoint,
} from '../service/storage.ts';
import { REMOVED } from './checkpoint-store.ts';

export class ForkedLog implements CommitLog {
  private readonly own: CommitLog;
  private readonly origin: ForkOrigin;
  private readonly openParent: () => CommitLog;
  private opened: CommitLog | undefined;

  constructor(own: CommitLog, origin: ForkOrigin, openParent: () => CommitLog) {
    this.own = own;
    this.origin = origin;
    this.openParent = openParent;
  }

  get isRunning(): boolean {
    return this.own.isRunning;
  }

  append(row: JournalRow, changes: readonly StoredChange[], oldestRevision: number): Steps<void> {
    return this.own.append(row, changes, oldestRevision);
  }

  checkpoint(checkpoint: Checkpoint, records: Iterable<RecordChange>): Steps<void> {
    return this.own.checkpoint(checkpoint, records);
  }

  readCheckpoint(seqMax = Number.MAX_SAFE_INTEGER, part: RecordPart = 'all'): ReadCheckpoint | undefined {
    const { origin } = this;
    const own = this.own.readCheckpoint(seqMax, part);
    if (own === undefined) return this.parent().readCheckpoint(Math.min(seqMax, origin.seq), part);
    return { checkpoint: own.checkpoint, records: this.overlaid(own.records, part) };
  }

  /** What the fork has written, and beneath it what it built on. */
  private *overlaid(own: Iterable<StoredRecord>, part: RecordPart): Generator<StoredRecord, void> {
    const written = new Set<string>();
    for (const record of own) {
      written.add(`${record.table}\0${record.key}`);
      if (record.json !== REMOVED) yield record;
    }
    for (const record of this.parent().readCheckpoint(this.origin.checkpointSeq, part)?.records ?? [])
      if (!written.has(`${record.table}\0${record.key}`)) yield record;
  }

  cutBack(cut: CutBack): boolean {
    return cut.seq >= this.origin.seq && this.own.cutBack(cut);
  }

  /** Its own: what is the parent's is not for the fork to drop. */
  listCheckpoints(): readonly StoredCheckpoint[] {
    return this.own.listCheckpoints();
  }

  dropCheckpoints(seqs: readonly number[]): Steps<void> {
    return this.own.dropCheckpoints(seqs);
  }

  commandHead(seq: number): CommandHead {
    return seq > this.origin.seq ? this.own.commandHead(seq) : this.parent().commandHead(seq);
  }

  *readJournal(afterSeq: number): Generator<JournalRow, void> {
    const { seq } = this.origin;
    if (afterSeq < seq) {
      for (const row of this.parent().readJournal(afterSeq)) {
        yield row;
        if (row.seq === seq) break;
      }
    }
    yield* this.own.readJournal(Math.max(afterSeq, seq));
  }

  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[] {
    const { revision } = this.origin;
    if (afterRevision >= revision) return this.own.readChanges(afterRevision, countMax, lengthMax);
    return this.parent()
      .readChanges(afterRevision, Math.min(countMax, revision - afterRevision), lengthMax)
      .filter((change) => change.revision <= revision);
  }

  oldestRevision(): number | undefined {
    const oldest = this.parent().oldestRevision();
    return oldest !== undefined && oldest <= this.origin.revision ? oldest : this.own.oldestRevision();
  }

  appendRefusals(refusals: readonly Refusal[]): void {
    this.own.appendRefusals(refusals);
  }

  /** What was refused up to the last command that both have is part of the fork's past; what its parent refused later is not. */
  *readRefusals(position: RefusalPosition): Generator<Refusal, void> {
    const { number } = this.origin;
    const isBefore = position.number < number;
    if (isBefore) for (const refusal of this.parent().readRefusals(position)) if (refusal.number < number) yield refusal;
    yield* this.own.readRefusals(isBefore ? { number, id: 0 } : position);
  }

  lastRefusalId(): number {
    return this.own.lastRefusalId();
  }

  pin(pin: Pin): void {
    this.own.pin(pin);
  }

  pins(): readonly Pin[] {
    return this.own.pins();
  }

  retain(): () => void {
    return this.own.retain();
  }

  close(): void {
    this.opened?.close();
    this.own.close();
  }

  abandon(): void {
    this.opened?.abandon();
    this.own.abandon();
  }

  private parent(): CommitLog {
    this.opened ??= this.openParent();
    return this.opened;
  }
}
