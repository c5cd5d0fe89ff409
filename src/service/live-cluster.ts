// One open cluster: its state in memory, its storage, its watchers. A commit is one transaction; only then it is published. When storing
// fails the cluster is dropped, so that memory never runs ahead of the disk.

import {
  changedRecords,
  type Command,
  type Commit,
  createCluster,
  endsStep,
  executeSteps,
  finish,
  sliceSteps,
  type Steps,
  type RecordedBy,
  markStored,
  openExecs,
  recordChanges,
  SLICE_LIMITS_DEFAULT,
} from '../engine/cluster/index.ts';
import type { AdvanceGoal as EngineGoal, SliceLimits, SliceResult } from '../engine/cluster/index.ts';
import { assertPresent } from '../engine/kernel/assert.ts';
import { type ClusterState, forkState } from '../engine/kernel/state.ts';
import { countObjects, storedOf } from '../engine/kernel/store.ts';
import { type CauseChain, causesOf } from './causes.ts';
import { isDryRun } from './commands.ts';
import type { Position } from './engine-failures.ts';
import { describeState } from './describe-state.ts';
import { type ForkBase, forkOrigin } from './fork-origin.ts';
import { lastPartOf, type Place, placeOf } from './instant.ts';
import { Job } from './job.ts';
import { type Call, journalRow } from './journal-row.ts';
import { FORK_RECORDS_MAX, isCheckpointDue, superfluousCheckpoints } from './ladder.ts';
import type { ServiceLimits } from './limits.ts';
import { loggedChange, storedChange } from './logged-change.ts';
import { stateAt } from './past-states.ts';
import { Refusals } from './refusals.ts';
import { headerOf, restoreCluster } from './restore-cluster.ts';
import { type ClusterInfo, type Instant, type LoggedChange, ServiceError } from './ports.ts';
import type { CommitLog, DirectoryRow, ForkOrigin, JournalRow, StoredChange, StoredCheckpoint } from './storage.ts';
import { WatchHub } from './watch-hub.ts';

/** Wall time for which a running clock may be ahead of the journal while nothing happens. */
const CLOCK_STORE_MS = 1_000;

/** All that a running clock does. */
const PACE: Call = {};

type OnError = (message: string, error: unknown) => void;

interface Slice {
  readonly commit: Commit;
  readonly slice: SliceResult;
}

interface Stored {
  readonly row: DirectoryRow;
  readonly log: CommitLog;
}

export class LiveCluster {
  readonly name: string;
  readonly state: ClusterState;
  readonly hub: WatchHub;
  readonly row: DirectoryRow;
  private readonly log: CommitLog;
  private readonly limits: ServiceLimits;
  private seq: number;
  /** Of the last command, as its client gave it, and the call of which it is a part. */
  private number = 1;
  private call: Call | undefined;
  private job: Job<unknown> | undefined;
  /** As it stood before the job in progress. */
  private quietInfo: ClusterInfo | undefined;
  /** The newest checkpoint. */
  private checkpointed: StoredCheckpoint;
  /** Who executed the commands up to a number, when that was another version. */
  private recorded: RecordedBy | undefined;
  /** Why nothing of it can be changed. */
  private standing: string | undefined;
  private pastReaders = 0;
  private readonly onError: OnError;
  readonly refusals: Refusals;
  /** Where the clock stands, when that is ahead of the journal because nothing has happened since. */
  private unstoredClock: Commit | undefined;
  private clockStoredAtMs = 0;
  /** Grows while checkpoints fail, so that they are tried less often. */
  private checkpointPatience = 1;
  /** Learns of every stored commit, by the number of its changes. */
  onStored: (changes: number) => void = () => {};
  /** Learns how many wall seconds a turn of work took. */
  onTurned: (seconds: number) => void = () => {};
  /** Turns of work that it has had since it was opened. */
  turnCount = 0;
  /** True while an advance goes on; a second one is refused. */
  isAdvancing = false;
  /** Reading of the monotonic clock at the last use. */
  usedAtMs = performance.now();

  private constructor(stored: Stored, limits: ServiceLimits, onError: OnError, state: ClusterState, seq: number, oldestRevision: number) {
    const { row, log } = stored;
    this.onError = onError;
    this.name = row.name;
    this.row = row;
    this.log = log;
    this.limits = limits;
    this.state = state;
    this.seq = seq;
    this.checkpointed = { journalSeq: seq, revision: state.revision };
    this.hub = new WatchHub({ countMax: limits.tailChangesMax, lengthMax: limits.tailLengthMax }, state.revision, oldestRevision, log);
    const isOccupied = () => this.isOccupied;
    this.refusals = new Refusals(log, isOccupied, (error) => onError(`what cluster ${row.name} refused could not be stored`, error));
  }

  /** Creates the cluster; `make` makes storage and gives it the rows that it is told. */
  static create(
    row: DirectoryRow,
    make: (fill: (log: CommitLog) => void) => CommitLog,
    limits: ServiceLimits,
    onError: OnError,
  ): LiveCluster {
    const { state, genesis } = createCluster(row.config);
    const changes = genesis.changes.map(loggedChange);
    const log = make((empty) => {
      finish(empty.append(journalRow(genesis, 1, 1), changes.map(storedChange), 1));
      finish(empty.checkpoint({ header: headerOf(state, undefined), journalSeq: 1 }, recordChanges(state)));
    });
    markStored(state);
    const live = new LiveCluster({ row, log }, limits, onError, state, 1, 1);
    live.hub.publish(changes, 1);
    return live;
  }

  /** Makes a fork of a cluster: what it begins with is in the files of its parent. */
  static fork(stored: Stored, parent: LiveCluster, base: ForkBase): LiveCluster {
    const { state, seq, number, checkpoint } = base;
    // It has written nothing yet, and the parent's file is open there already.
    const oldest = Math.min(parent.log.oldestRevision() ?? Number.POSITIVE_INFINITY, state.revision + 1);
    const live = new LiveCluster(stored, parent.limits, parent.onError, state, seq, oldest);
    const { recorded } = parent;
    [live.number, live.checkpointed] = [number, checkpoint];
    if (recorded !== undefined) live.recorded = { ...recorded, number: Math.min(recorded.number, number) };
    return live;
  }

  /** Opens a stored cluster: checkpoint, then the journal after it. What is not opened to its end leaves the files as they are. Fails: StorageDamage. */
  static *open(row: DirectoryRow, log: CommitLog, limits: ServiceLimits, onError: OnError): Steps<LiveCluster> {
    let live: LiveCluster | undefined;
    try {
      live = yield* LiveCluster.restore(row, log, limits, onError);
      return live;
    } finally {
      if (live === undefined) log.abandon();
    }
  }

  private static *restore(row: DirectoryRow, log: CommitLog, limits: ServiceLimits, onError: OnError): Steps<LiveCluster> {
    const { state, seq, number, checkpoint, recorded, loss, standing } = yield* restoreCluster(log);
    if (loss !== undefined) onError(`cluster ${row.name} was opened at its last checkpoint`, new Error(loss));
    const live = new LiveCluster({ row, log }, limits, onError, state, seq, log.oldestRevision() ?? state.revision + 1);
    [live.number, live.checkpointed, live.recorded, live.standing] = [number, checkpoint, recorded, standing];
    return live;
  }

  /** The cluster as it stands, or stood before the job in progress. */
  get info(): ClusterInfo {
    const { state } = this;
    if (this.isBusy && this.quietInfo !== undefined) return this.quietInfo;
    return this.describe(state);
  }

  /** The cluster in a state that it has, or had. */
  describe(state: ClusterState): ClusterInfo {
    return { ...describeState(this.row, state), ...(this.recorded === undefined ? {} : { recorded: this.recorded }) };
  }

  /** What is stored. */
  get position(): Position {
    return { cluster: this.name, seq: this.seq, revision: this.hub.latestRevision };
  }

  /** Whether the state is half-way. */
  get isBusy(): boolean {
    return this.job?.isOver === false;
  }

  /** Whether something is in progress, so that nothing may be written; the state may be whole. */
  get isOccupied(): boolean {
    return this.job !== undefined;
  }

  /** Brings the job in progress to its end. */
  finishJob(): void {
    this.turn(Number.POSITIVE_INFINITY);
  }

  /** Goes on with the job in progress until a reading of the monotonic clock. */
  turn(untilMs: number): void {
    const { job } = this;
    if (job === undefined) return;
    this.turnCount += 1;
    const startedMs = performance.now();
    try {
      job.turn(untilMs);
    } finally {
      this.onTurned((performance.now() - startedMs) / 1000);
      if (job.isDone) this.job = undefined;
    }
  }

  /** Ends the job in progress where it is; the cluster is given up with it. */
  cancelJob(error: unknown): void {
    this.job?.cancel(error);
    this.job = undefined;
  }

  /** Begins a command, which is stored at its end; a refused one is answered, and stored by and by. */
  begin(command: Command, client?: string): Job<Commit> {
    this.checkOpenEnded();
    return this.start(this.perform(command, client));
  }

  /** Begins a slice of an advance, which is stored at its end, or at the first instant at which something changes; `call` is the advance. */
  beginSlice(goal: EngineGoal, call: Call, stopsAtChange: boolean): Job<Slice> {
    this.checkOpenEnded();
    return this.start(this.slice(goal, call, stopsAtChange));
  }

  /** Begins to store what would have to be replayed when the cluster is opened again. */
  beginRest(): Job<void> {
    return this.start(this.checkpoint());
  }

  /** Begins to store what each fork of the present would have to store by itself; undefined when that is little. */
  beginForkRest(): Job<void> | undefined {
    return changedRecords(this.state).records > FORK_RECORDS_MAX ? this.start(nothing(), this.tryCheckpoint()) : undefined;
  }

  /** Runs a command at once. */
  execute(command: Command, client?: string): Commit {
    const job = this.begin(command, client);
    this.finishJob();
    return job.result();
  }

  /** Ends commands of clients whose clients have gone with the process before: nobody is there any more who could hear what they say. */
  closeExecs(): void {
    if (this.standing !== undefined) return;
    for (const session of openExecs(this.state)) this.execute({ type: 'exec-close', session });
  }

  /** Fails: read-only. */
  private checkOpenEnded(): void {
    const { name, standing } = this;
    if (standing === undefined) return;
    const way = `rewind it to where it stands (POST /v1/clusters/${name}/rewind with {"to": "#${this.number}"}), or make a fork of it`;
    const detail = `cluster ${name} was opened at its last checkpoint and cannot be changed, because ${standing}. To go on, ${way}`;
    throw new ServiceError('read-only', detail);
  }

  private *perform(command: Command, client: string | undefined): Steps<Commit> {
    this.settleStorage();
    const commit = yield* executeSteps(this.state, command);
    this.hub.waiters.act(client ?? '');
    this.refusals.note(commit, this.number, client);
    if (!commit.outcome.ok || isDryRun(command)) return commit;
    yield* this.store(commit, { client });
    return commit;
  }

  private *slice(goal: EngineGoal, call: Call, stopsAtChange: boolean): Steps<Slice> {
    const done = yield* sliceSteps(this.state, goal, this.sliceLimits(stopsAtChange));
    yield* this.store(done.commit, call);
    return done;
  }

  private *pace(goal: EngineGoal): Steps<Slice> {
    const done = yield* sliceSteps(this.state, goal, this.sliceLimits());
    const isDue = performance.now() - this.clockStoredAtMs >= CLOCK_STORE_MS;
    if (done.commit.changes.length > 0 || isDue) yield* this.store(done.commit, PACE);
    else this.unstoredClock = done.commit;
    return done;
  }

  /** `behind`: what is stored behind the result; the state is whole meanwhile. */
  private start<T>(steps: Steps<T>, behind = this.checkpointWhenDue()): Job<T> {
    this.finishJob();
    this.quietInfo = this.info;
    const job = new Job(steps, () => this.hub.moved(), behind);
    this.job = job as Job<unknown>;
    return job;
  }

  /**
   * Turns a running clock. While nothing happens the clock is ahead of the journal by up to a second of wall time: going in one step or in many
   * comes to the same, so nothing is lost but readings of a clock.
   */
  beginPace(goal: EngineGoal): Job<Slice> {
    return this.start(this.pace(goal));
  }

  /** Stores where the clock stands. */
  settleStorage(): void {
    if (this.unstoredClock !== undefined) finish(this.store(this.unstoredClock, PACE));
  }

  /** Stores what changed since the last checkpoint, so that a reopen replays nothing. */
  *checkpoint(): Steps<void> {
    // It is of the state behind a command: where the clock is ahead of the journal, moments in between would be before it.
    this.settleStorage();
    if (this.checkpointed.journalSeq === this.seq) return;
    yield* this.log.checkpoint({ header: headerOf(this.state, this.recorded), journalSeq: this.seq }, recordChanges(this.state));
    markStored(this.state);
    this.checkpointed = { journalSeq: this.seq, revision: this.state.revision };
    // Whoever reads the past reads checkpoints.
    if (this.pastReaders > 0) return;
    const pinnedSeq = Math.max(0, ...this.log.pins().map((pin) => pin.checkpointSeq));
    const superfluous = superfluousCheckpoints(this.log.listCheckpoints(), this.state.revision, pinnedSeq);
    if (superfluous.length > 0) yield* this.log.dropCheckpoints(superfluous);
  }

  /** Where an instant lies. Fails: invalid-instant, gone. */
  placeOf(instant: Instant): Place {
    this.settleStorage();
    return placeOf(instant, this.log, this.seq);
  }

  /** The place behind the last command. */
  placeOfNow(): Place {
    this.settleStorage();
    return { seq: this.seq };
  }

  /** Why a change was made. */
  *causesOf(revision: number): Steps<CauseChain> {
    this.settleStorage();
    return yield* this.lookBack(causesOf(this.log, revision, this.seq));
  }

  private *lookBack<T>(steps: Steps<T>): Steps<T> {
    this.pastReaders += 1;
    try {
      return yield* steps;
    } finally {
      this.pastReaders -= 1;
    }
  }

  /** The number of the last command that is whole at a place. */
  numberAt({ seq }: Place): number {
    return this.log.commandHead(seq).number;
  }

  /** The command that follows on a place. */
  commandAfter(seq: number): Command {
    const [next] = this.log.readJournal(seq);
    return assertPresent(next, `the command after ${seq}`).command;
  }

  /** What is made of what is stored, to be read only. */
  *past<T>(look: (log: CommitLog) => Steps<T>): Steps<T> {
    return yield* this.lookBack(look(this.log));
  }

  /** What a fork of the present begins with. */
  presentBase(): ForkBase {
    this.settleStorage();
    return { state: forkState(this.state), seq: this.seq, number: this.number, checkpoint: this.checkpointed };
  }

  /** What a fork behind a command begins with. */
  *forkBase(seq: number): Steps<ForkBase> {
    if (seq === this.seq) return this.presentBase();
    const { number } = this.log.commandHead(seq);
    const header = this.log.readCheckpoint(seq)?.checkpoint;
    const state = yield* this.lookBack(stateAt(this.log, { seq }, false));
    const checkpoint =
      header === undefined ? { journalSeq: 1, revision: 0 } : { journalSeq: header.journalSeq, revision: header.header.revision };
    return { state, seq, number, checkpoint };
  }

  /** Where a fork begins that begins there; what it inherits is stored. */
  originOf(base: ForkBase): ForkOrigin {
    this.refusals.flush();
    return forkOrigin(this.row, base, this.log.commandHead(base.seq));
  }

  /** Keeps what a fork that begins there needs, and says where it begins. Nothing may be in progress. */
  pinFork(file: string, base: ForkBase): ForkOrigin {
    const oldestRevision = Math.max(1, base.state.revision - this.row.config.retention.watchEvents + 1);
    this.log.pin({ file, checkpointSeq: base.checkpoint.journalSeq, oldestRevision });
    return this.originOf(base);
  }

  /** Keeps all checkpoints and changes for as long as `body` goes on. */
  async holding<T>(body: () => Promise<T>): Promise<T> {
    const release = this.log.retain();
    this.pastReaders += 1;
    try {
      return await body();
    } finally {
      this.pastReaders -= 1;
      release();
    }
  }

  /** Whether somebody reads the past. */
  get isLookedBackAt(): boolean {
    return this.pastReaders > 0;
  }

  /** Commands after a number, with what they say. */
  *journal(afterNumber: number): Generator<JournalRow, void> {
    if (afterNumber >= this.number) return;
    for (const row of this.log.readJournal(lastPartOf(afterNumber, this.log, this.seq))) {
      // What comes behind it is for forks only.
      if (row.seq > this.seq) return;
      yield row;
    }
  }

  close(): void {
    this.refusals.flush();
    this.log.close();
  }

  /** Leaves the files as they are. */
  abandon(): void {
    this.refusals.drop();
    this.log.abandon();
  }

  /** Whether the clock runs. */
  get isRunning(): boolean {
    return this.standing === undefined && this.log.isRunning;
  }

  /** Whether nothing of it can be changed, because of what lies behind it. */
  get isStanding(): boolean {
    return this.standing !== undefined;
  }

  /** Objects that count against the limit: all but Events, which go by themselves. */
  objectCount(): number {
    return countObjects(this.state) - storedOf(this.state, 'events').size;
  }

  private sliceLimits(stopsAtChange = false): SliceLimits {
    const endMs = performance.now() + this.limits.sliceMs;
    return {
      ...SLICE_LIMITS_DEFAULT,
      changesMax: this.limits.sliceChangesMax,
      firingsMax: this.limits.sliceChangesMax * 10,
      mustYield: () => performance.now() >= endMs || (stopsAtChange && this.state.changes.length > 0),
    };
  }

  /** `call`: what the commit is a part of; parts that follow on each other are one command. */
  private *store(commit: Commit, call: Call): Steps<void> {
    const changes: LoggedChange[] = [];
    const stored: StoredChange[] = [];
    for (const [index, change] of commit.changes.entries()) {
      const logged = loggedChange(change);
      changes.push(logged);
      stored.push(storedChange(logged));
      if (endsStep(index)) yield;
    }
    // What a commit brings stays for those who had seen everything before it.
    const oldest = Math.max(Math.min(commit.revision - this.row.config.retention.watchEvents, commit.revision - changes.length) + 1, 1);
    const seq = this.seq + 1;
    const number = call === this.call ? this.number : this.number + 1;
    yield* this.log.append(journalRow(commit, seq, number, call), stored, oldest);
    [this.seq, this.number, this.call] = [seq, number, call];
    this.unstoredClock = undefined;
    this.clockStoredAtMs = performance.now();
    this.hub.publish(changes, oldest);
    this.onStored(changes.length);
  }

  private *checkpointWhenDue(): Steps<void> {
    const { journalSeq, revision } = this.checkpointed;
    const changes = this.state.revision - revision;
    const since = { commands: this.seq - journalSeq, changes, ...changedRecords(this.state) };
    if (isCheckpointDue(since, this.limits, this.checkpointPatience)) yield* this.tryCheckpoint();
  }

  /** What happened is stored already: a checkpoint that fails costs a longer replay, nothing else. */
  private *tryCheckpoint(): Steps<void> {
    try {
      yield* this.checkpoint();
      this.checkpointPatience = 1;
    } catch (error) {
      this.checkpointPatience += 1;
      this.onError(`the checkpoint of cluster ${this.name} failed; its journal is complete`, error);
    }
  }
}

function* nothing(): Steps<void> {}
