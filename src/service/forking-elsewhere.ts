// Forks where clusters share nothing that is stored: the history of the parent goes whole to where the fork will be, which begins with it there.

import { clockOf } from '../engine/cluster/index.ts';
import { type Forks, type ForkingOwner, checkClockFree, guarded, perform, quiet, rowOf, type Start, startAt } from './forking.ts';
import type { ForkBase } from './fork-origin.ts';
import { checkPresent } from './history.ts';
import { driveJob } from './in-turns.ts';
import { Job } from './job.ts';
import type { ServiceLimits } from './limits.ts';
import { LiveCluster } from './live-cluster.ts';
import type { Beginning, ForkMade, ForkRequest, RewindRequest, Rewound } from './ports.ts';
import type { DirectoryRow, ForkOrigin } from './storage.ts';

/** Other places, each for one cluster. */
export interface Elsewhere {
  /**
   * Carries what is stored of a cluster, up to the origin of a row, to the place of the row, where the fork begins with some commands. `check` throws when it
   * may not go on. When it fails there is no fork. Fails: host-lost, storage-*, and as `check`.
   */
  make(row: DirectoryRow, origin: ForkOrigin, beginning: Beginning, check: () => void): Promise<ForkMade>;
  /** Takes a fork back of which nobody was told. */
  discard(row: DirectoryRow): Promise<void>;
  /** Resolves when everybody else who has asked is answered. */
  alone(): Promise<void>;
}

/** What forking elsewhere needs of the service. */
export interface ForkingElsewhereOwner extends ForkingOwner {
  readonly limits: ServiceLimits;
  readonly onError: (message: string, error: unknown) => void;
  /** Lets a cluster go: from here on nobody finds it. */
  remove(name: string): void;
}

export class ForkingElsewhere implements Forks {
  private readonly owner: ForkingElsewhereOwner;
  private readonly elsewhere: Elsewhere;

  constructor(owner: ForkingElsewhereOwner, elsewhere: Elsewhere) {
    this.owner = owner;
    this.elsewhere = elsewhere;
  }

  async fork(name: string, { row, at, seed }: ForkRequest): Promise<ForkMade> {
    const { owner } = this;
    const parent = await owner.settled(name);
    const fork = async (): Promise<ForkMade> => {
      const start = await startAt(owner, parent, at === undefined ? parent.placeOfNow() : parent.placeOf(at));
      const beginning: Beginning = [...beginningOf(start), ...(seed === undefined ? [] : [{ type: 'seed', seed } as const])];
      return this.make(parent, start.base, row, beginning);
    };
    return guarded(owner, name, () => parent.holding(fork));
  }

  /** Two forks of the cluster, which is let go with its last command: what is given to nobody is refused from then on. */
  async rewind(name: string, { to, rewound, kept }: RewindRequest): Promise<Rewound> {
    const { owner } = this;
    const parent = await owner.settled(name);
    checkClockFree(parent);
    const rewind = async (): Promise<Rewound> => {
      const { uid, origin } = parent.row;
      const start = await startAt(owner, parent, parent.placeOf(to));
      const formerUids = [uid, ...(origin?.formerUids ?? [])];
      const back = await this.make(parent, start.base, rewound, beginningOf(start), { formerUids });
      try {
        checkClockFree(parent);
        await this.elsewhere.alone();
        await quiet(owner, parent);
        checkClockFree(parent);
        const rest = await this.makeLast(parent, { ...kept, isRunning: parent.isRunning }, { rewoundUid: rewound.uid });
        return { rewound: back.row, kept: rest.row, info: back.info };
      } catch (error) {
        await this.elsewhere.discard(back.row);
        throw error;
      }
    };
    return guarded(owner, name, () => parent.holding(rewind));
  }

  /** A fork of the present, after which the cluster is no more. When it fails the cluster is what it was. */
  private async makeLast(parent: LiveCluster, row: DirectoryRow, more: Partial<ForkOrigin>): Promise<ForkMade> {
    const { owner } = this;
    // From here on in one turn: what was is not changed any more.
    const now = parent.presentBase();
    const origin = { ...parent.originOf(now), ...more };
    const own = rowOf(parent);
    owner.remove(parent.name);
    try {
      return await this.elsewhere.make(row, origin, [{ type: 'clock', clock: { mode: 'manual' } }], () => {});
    } catch (error) {
      owner.directory.add(own);
      if (own.isRunning) await owner.settled(own.name);
      throw error;
    }
  }

  private make(
    parent: LiveCluster,
    base: ForkBase,
    row: DirectoryRow,
    beginning: Beginning,
    more: Partial<ForkOrigin> = {},
  ): Promise<ForkMade> {
    const forked = { ...row, isRunning: clockOf(base.state).mode === 'running' };
    const origin = { ...parent.originOf(base), ...more };
    return this.elsewhere.make(forked, origin, beginning, () => checkPresent(this.owner, parent));
  }
}

/** Opens a fork of which the history is there. */
export async function foundFork(owner: ForkingElsewhereOwner, row: DirectoryRow, beginning: Beginning): Promise<ForkMade> {
  const { directory, limits, onError } = owner;
  directory.add(row);
  return guarded(owner, row.name, async () => {
    const opening = LiveCluster.open(row, directory.open(row.name), limits, onError);
    const live = await driveJob(new Job(opening), () => owner.turnEnd());
    live.closeExecs();
    for (const command of beginning) await perform(owner, live, command);
    directory.add(rowOf(live));
    owner.onOpen(live);
    return { row: rowOf(live), info: live.info };
  });
}

/** What leads from the last whole command to the place. */
function beginningOf({ last }: Start): Beginning {
  return last === undefined ? [] : [last];
}
