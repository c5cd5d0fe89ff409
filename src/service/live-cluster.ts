// One open cluster: its state in memory, its storage, its watchers. A commit is one transaction; only then it is published. When storing
// fails the cluster is dropped, so that memory never runs ahead of the disk.

import {
  changedRecordCount,
  type Command,
  type Commit,
  createCluster,
  execute,
  executeSlice,
  restoreState,
  snapshotHeader,
  takeRecordChanges,
} from '../engine/cluster/index.ts';
import type { AdvanceGoal as EngineGoal, SliceResult } from '../engine/cluster/index.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import type { ServiceLimits } from './limits.ts';
import { loggedChange, storedChange } from './logged-change.ts';
import { ServiceError } from './ports.ts';
import type { CommitLog, DirectoryRow } from './storage.ts';
import { WatchHub } from './watch-hub.ts';

export class LiveCluster {
  readonly name: string;
  readonly state: ClusterState;
  readonly hub: WatchHub;
  readonly row: DirectoryRow;
  private readonly log: CommitLog;
  private readonly limits: ServiceLimits;
  private seq: number;
  private commandsSinceCheckpoint = 0;
  /** True while an advance goes on; a second one is refused. */
  isAdvancing = false;
  /** Reading of the monotonic clock at the last use. */
  usedAtMs = performance.now();

  private constructor(row: DirectoryRow, log: CommitLog, limits: ServiceLimits, state: ClusterState, seq: number, oldestRevision: number) {
    this.name = row.name;
    this.row = row;
    this.log = log;
    this.limits = limits;
    this.state = state;
    this.seq = seq;
    this.hub = new WatchHub(limits.tailChangesMax, state.revision, oldestRevision, log);
  }

  /** Creates the cluster in empty storage. */
  static create(row: DirectoryRow, log: CommitLog, limits: ServiceLimits): LiveCluster {
    const { state, genesis } = createCluster(row.config);
    const live = new LiveCluster(row, log, limits, state, 0, 1);
    live.hub.latestRevision = 0;
    live.store(genesis);
    live.checkpoint();
    return live;
  }

  /** Opens a stored cluster: checkpoint, then the journal after it. Fails: cluster-broken. */
  static open(row: DirectoryRow, log: CommitLog, limits: ServiceLimits): LiveCluster {
    const stored = log.readCheckpoint();
    const journal = log.readJournal(stored?.checkpoint.journalSeq ?? 0);
    const state = stored === undefined ? createCluster(row.config).state : restoreState(stored.checkpoint.header, stored.records);
    let seq = stored?.checkpoint.journalSeq ?? 0;
    for (const entry of journal) {
      seq = entry.seq;
      if (entry.command.type === 'genesis') continue;
      const commit = execute(state, entry.command);
      if (commit.digest !== entry.digest || commit.revision !== entry.revision) {
        throw new ServiceError(
          'cluster-broken',
          `cluster ${row.name}: its journal does not replay to the stored digest at command ${entry.seq}`,
        );
      }
    }
    const live = new LiveCluster(row, log, limits, state, seq, log.oldestRevision() ?? state.revision + 1);
    live.commandsSinceCheckpoint = journal.length;
    return live;
  }

  /** Runs a command and stores it; a refused one is answered and forgotten. */
  execute(command: Command): Commit {
    const commit = execute(this.state, command);
    if (commit.outcome.ok && !isDryRun(command)) this.store(commit);
    return commit;
  }

  /** Runs one slice of an advance and stores it. */
  slice(goal: EngineGoal): { readonly commit: Commit; readonly slice: SliceResult } {
    const result = executeSlice(this.state, goal, {
      changesMax: this.limits.sliceChangesMax,
      firingsMax: this.limits.sliceChangesMax * 10,
    });
    this.store(result.commit);
    return result;
  }

  /** Stores what changed since the last checkpoint, so that a reopen replays nothing. */
  checkpoint(): void {
    if (this.commandsSinceCheckpoint === 0) return;
    this.log.checkpoint({ header: snapshotHeader(this.state), journalSeq: this.seq }, takeRecordChanges(this.state));
    this.commandsSinceCheckpoint = 0;
  }

  close(): void {
    this.log.close();
  }

  /** Objects of all kinds. */
  objectCount(): number {
    let count = 0;
    for (const [name, data] of this.state.tables) if (name.startsWith('objects/')) count += data.rows.size;
    return count;
  }

  private store(commit: Commit): void {
    const changes = commit.changes.map(loggedChange);
    const oldest = Math.max(commit.revision - this.row.config.retention.watchEvents + 1, 1);
    this.seq += 1;
    this.log.append(
      { seq: this.seq, command: commit.command, revision: commit.revision, digest: commit.digest },
      changes.map(storedChange),
      oldest,
    );
    this.commandsSinceCheckpoint += 1;
    this.hub.publish(changes, oldest);
    const isDue =
      this.commandsSinceCheckpoint >= this.limits.checkpointCommandsMax ||
      changedRecordCount(this.state) >= this.limits.checkpointRecordsMax;
    if (isDue) this.checkpoint();
  }
}

function isDryRun(command: Command): boolean {
  return (
    (command.type === 'request' && command.request.options.dryRun === true) || (command.type === 'manifests' && command.dryRun === true)
  );
}
