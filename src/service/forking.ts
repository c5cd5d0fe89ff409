// Forks: clusters that begin where another one was, now or in the past, and share with it what they do not change.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { clockOf, type Command, replayUntil, type Steps } from '../engine/cluster/index.ts';
import { forkState } from '../engine/kernel/state.ts';
import type { Place } from './instant.ts';
import { Job } from './job.ts';
import type { ForkBase } from './fork-origin.ts';
import { checkPresent, type HistoryOwner, inTurns } from './history.ts';
import { LiveCluster } from './live-cluster.ts';
import { type ForkMade, type ForkRequest, type RewindRequest, type Rewound, ServiceError } from './ports.ts';
import type { Directory, DirectoryRow } from './storage.ts';
import { type QuietOwner, untilQuiet } from './until-quiet.ts';

/** What forking needs of the service. */
export interface ForkingOwner extends HistoryOwner, QuietOwner {
  readonly directory: Directory;
  /** Takes a cluster that is open. */
  onOpen(live: LiveCluster): unknown;
  /** A cluster is closed, and its name is another's. */
  leave(live: LiveCluster): unknown;
}

/** Makes forks. */
export interface Forks {
  fork(name: string, request: ForkRequest): Promise<ForkMade>;
  rewind(name: string, request: RewindRequest): Promise<Rewound>;
}

export class Forking implements Forks {
  private readonly owner: ForkingOwner;

  constructor(owner: ForkingOwner) {
    this.owner = owner;
  }

  async fork(name: string, { row, at, seed }: ForkRequest): Promise<ForkMade> {
    const parent = await this.owner.settled(name);
    const fork = async (): Promise<LiveCluster> => {
      if (at === undefined) await storeRest(this.owner, parent);
      // Others have had turns meanwhile, and may be half-way.
      while (parent.isBusy) await quiet(this.owner, parent);
      const start = await startAt(this.owner, parent, at === undefined ? parent.placeOfNow() : parent.placeOf(at));
      await quiet(this.owner, parent);
      const made = await this.make(parent, start, { ...row, origin: parent.pinFork(row.file, start.base) });
      if (seed !== undefined) made.execute({ type: 'seed', seed });
      this.owner.directory.add(rowOf(made));
      return made;
    };
    const live = await guarded(this.owner, name, () => parent.holding(fork));
    this.owner.onOpen(live);
    return { row: rowOf(live), info: live.info };
  }

  /** Two forks of the cluster, of which the first one has its name from then on. */
  async rewind(name: string, { to, rewound, kept }: RewindRequest): Promise<Rewound> {
    const { owner } = this;
    const parent = await owner.settled(name);
    checkClockFree(parent);
    const rewind = async (): Promise<Rewound> => {
      const start = await startAt(owner, parent, parent.placeOf(to));
      await quiet(owner, parent);
      const { uid, origin } = parent.row;
      const formerUids = [uid, ...(origin?.formerUids ?? [])];
      const back = await this.make(parent, start, { ...rewound, origin: { ...parent.pinFork(rewound.file, start.base), formerUids } });
      try {
        await quiet(owner, parent);
        checkClockFree(parent);
      } catch (error) {
        back.abandon();
        throw error;
      }
      // From here on in one turn: what was is not changed any more.
      const now = parent.presentBase();
      const rest = this.begin(parent, now, { ...kept, origin: { ...parent.pinFork(kept.file, now), rewoundUid: rewound.uid } });
      rest.execute({ type: 'clock', clock: { mode: 'manual' } });
      parent.hub.close();
      parent.close();
      owner.directory.rewind(rowOf(back), rowOf(rest));
      owner.leave(parent);
      for (const live of [rest, back]) owner.onOpen(live);
      return { rewound: rowOf(back), kept: rowOf(rest), info: back.info };
    };
    return guarded(owner, name, () => parent.holding(rewind));
  }

  /** Makes a fork that the directory does not know yet, in turns: the command that leads from its base to its place may set much off. */
  private async make(parent: LiveCluster, { base, last }: Start, row: DirectoryRow): Promise<LiveCluster> {
    const live = this.begin(parent, base, row);
    if (last === undefined) return live;
    await perform(this.owner, live, last, () => checkPresent(this.owner, parent));
    return live;
  }

  private begin(parent: LiveCluster, base: ForkBase, row: DirectoryRow): LiveCluster {
    const forked: DirectoryRow = { ...row, isRunning: clockOf(base.state).mode === 'running' };
    const live = LiveCluster.fork({ row: forked, log: this.owner.directory.make(forked) }, parent, base);
    live.closeExecs();
    return live;
  }
}

/** In turns, where the past has to be made again. */
export function startAt(owner: ForkingOwner, parent: LiveCluster, place: Place): Promise<Start> {
  return inTurns(owner, parent, new Job(startOf(parent, place)));
}

/** Waits for the end of what is in progress: what is stored of a cluster is written by one at a time. */
export async function quiet(owner: ForkingOwner, parent: LiveCluster): Promise<void> {
  await owner.settled(parent.name);
  await untilQuiet(owner, parent.name, 'isOccupied');
  checkPresent(owner, parent);
}

/** Has the parent store what forks share, so that none of them need do it. Who cannot wait brings it to its end before. */
async function storeRest(owner: ForkingOwner, parent: LiveCluster): Promise<void> {
  const job = parent.isOccupied ? undefined : parent.beginForkRest();
  if (job === undefined) return;
  for (;;) {
    if (!job.isDone) parent.turn(owner.turnEnd());
    if (job.isDone) return;
    await nextTurn();
    checkPresent(owner, parent);
  }
}

/** Runs a command of a cluster that nobody else has, in turns; when it fails the cluster is closed. `check` throws when it may not go on. */
export async function perform(owner: ForkingOwner, live: LiveCluster, command: Command, check: () => void = () => {}): Promise<void> {
  try {
    const job = live.begin(command);
    for (;;) {
      live.turn(owner.turnEnd());
      if (job.isDone) return;
      await nextTurn();
      check();
    }
  } catch (error) {
    live.cancelJob(error);
    live.abandon();
    throw error;
  }
}

export async function guarded<T>(owner: ForkingOwner, name: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw owner.failed(name, error);
  }
}

/** With the clock as the fork's own commands left it. */
export function rowOf({ row, isRunning }: LiveCluster): DirectoryRow {
  return { ...row, isRunning };
}

export function checkClockFree({ name, isAdvancing }: LiveCluster): void {
  if (isAdvancing) throw new ServiceError('busy', `the clock of cluster ${name} is being advanced`);
}

/** A place in a history from which a fork begins. */
export interface Start {
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
