// Forks: clusters that begin where another one was, now or in the past, and share with it what they do not change.

import { clockOf, type Command, replayUntil, type Steps } from '../engine/cluster/index.ts';
import { forkState } from '../engine/kernel/state.ts';
import type { Place } from './instant.ts';
import { Job } from './job.ts';
import { type ForkBase, LiveCluster } from './live-cluster.ts';
import { checkPresent, type HistoryOwner, inTurns } from './history.ts';
import { type ForkMade, type ForkRequest, type RewindRequest, type Rewound, ServiceError } from './ports.ts';
import type { CommitLog, Directory, DirectoryRow } from './storage.ts';

/** What forking needs of the service. */
export interface ForkingOwner extends HistoryOwner {
  readonly directory: Directory;
  /** Takes a cluster that is open. */
  onOpen(live: LiveCluster): unknown;
  /** A cluster is closed, and its name is another's. */
  leave(live: LiveCluster): unknown;
}

export class Forking {
  private readonly owner: ForkingOwner;

  constructor(owner: ForkingOwner) {
    this.owner = owner;
  }

  async fork(name: string, { row, at, seed }: ForkRequest): Promise<ForkMade> {
    const parent = await this.owner.settled(name);
    const fork = async (): Promise<LiveCluster> => {
      const start = await this.startAt(parent, at === undefined ? parent.placeOfNow() : parent.placeOf(at));
      await this.quiet(parent);
      const origin = parent.pinFork(row.file, start.base);
      const made = begin(parent, start, { ...row, origin }, (forked) => this.owner.directory.create(forked, () => {}));
      if (seed !== undefined) made.execute({ type: 'seed', seed });
      return made;
    };
    const live = await this.guard(name, () => parent.holding(fork));
    this.owner.onOpen(live);
    return { row: live.row, info: live.info };
  }

  /** Two forks of the cluster, of which the first one has its name from then on. */
  async rewind(name: string, { to, rewound, kept }: RewindRequest): Promise<Rewound> {
    const { owner } = this;
    const parent = await owner.settled(name);
    if (parent.isAdvancing) throw new ServiceError('busy', `the clock of cluster ${name} is being advanced`);
    const rewind = async (): Promise<Rewound> => {
      const start = await this.startAt(parent, parent.placeOf(to));
      await this.quiet(parent);
      // From here on in one turn: what was is not changed any more.
      const { uid, origin } = parent.row;
      const formerUids = [uid, ...(origin?.formerUids ?? [])];
      const make = (row: DirectoryRow): CommitLog => owner.directory.make(row);
      const back = begin(parent, start, { ...rewound, origin: { ...parent.pinFork(rewound.file, start.base), formerUids } }, make);
      const now = parent.presentBase();
      const rest = begin(
        parent,
        { base: now, last: undefined },
        { ...kept, origin: { ...parent.pinFork(kept.file, now), rewoundUid: rewound.uid } },
        make,
      );
      rest.execute({ type: 'clock', clock: { mode: 'manual' } });
      parent.hub.close();
      parent.close();
      owner.directory.rewind(back.row, rest.row);
      owner.leave(parent);
      for (const live of [rest, back]) owner.onOpen(live);
      return { rewound: back.row, kept: rest.row, info: back.info };
    };
    return this.guard(name, () => parent.holding(rewind));
  }

  /** Waits for the end of what is in progress: the files are written by one at a time. */
  private async quiet(parent: LiveCluster): Promise<void> {
    await this.owner.settled(parent.name);
    checkPresent(this.owner, parent);
  }

  /** In turns, where the past has to be made again. */
  private startAt(parent: LiveCluster, place: Place): Promise<Start> {
    return inTurns(this.owner, parent, new Job(startOf(parent, place), () => {}));
  }

  private async guard<T>(name: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw this.owner.failed(name, error);
    }
  }
}

function begin(parent: LiveCluster, { base, last }: Start, row: DirectoryRow, make: (row: DirectoryRow) => CommitLog): LiveCluster {
  const forked: DirectoryRow = { ...row, isRunning: clockOf(base.state).mode === 'running' };
  const live = LiveCluster.fork({ row: forked, log: make(forked) }, parent, base);
  live.closeExecs();
  if (last !== undefined) live.execute(last);
  return live;
}

interface Start {
  readonly base: ForkBase;
  /** Leads from the last whole command to the place. */
  readonly last: Command | undefined;
}

function* startOf(parent: LiveCluster, { seq, within }: Place): Steps<Start> {
  const base = yield* parent.forkBase(seq);
  if (within === undefined) return { base, last: undefined };
  if (within.kind === 'time') return { base, last: { type: 'advance', toMs: within.ms } };
  const command = parent.commandAfter(seq);
  if (command.type !== 'advance') return { base, last: command };
  // The instant in which the revision was made is found by going there.
  const trial = forkState(base.state);
  yield* replayUntil(trial, command, within);
  return { base, last: { type: 'advance', toMs: trial.nowMs } };
}
