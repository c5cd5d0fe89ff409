// Clusters leave memory: those that nobody uses, and of too many those that were used longest ago. What one has to store is stored in turns, with
// others between them; whoever asks for it meanwhile keeps it.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LiveCluster } from './live-cluster.ts';
import type { Directory } from './storage.ts';

/** What eviction needs of the service. */
export interface EvictionOwner {
  readonly directory: Pick<Directory, 'setInfo'>;
  /** Open clusters, the one used longest ago first. */
  readonly live: Map<string, LiveCluster>;
  /** Whether the clock of a cluster runs. */
  isPaced(name: string): boolean;
  /** Reading of the monotonic clock at which a turn ends. */
  turnEnd(): number;
  onError(message: string, error: unknown): void;
}

/** Objects of a cluster that is open again within some 20 ms, */
const SMALL_OBJECTS_MAX = 1_000;

/** and the share of the time of others for which it stays: keeping it costs megabytes, opening it nobody feels. */
const SMALL_SHARE = 0.1;

export class Eviction {
  private readonly owner: EvictionOwner;
  private readonly leaving = new Set<LiveCluster>();
  private isSweeping = false;

  constructor(owner: EvictionOwner) {
    this.owner = owner;
  }

  /** Evicts as many as there are beyond a number, but not the newest one. */
  makeRoom(countMax: number, newest: LiveCluster): void {
    const { live } = this.owner;
    for (const candidate of live.values()) {
      if (live.size - this.leaving.size <= countMax) return;
      if (candidate !== newest && !this.isInUse(candidate)) void this.evict(candidate);
    }
  }

  /** Evicts those that nobody has used for their time, one after the other: a small one, which is open again at once, a tenth of `idleMs`. */
  async sweep(nowMs: number, idleMs: number): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    try {
      for (const candidate of Array.from(this.owner.live.values())) {
        const staysMs = candidate.objectCount() <= SMALL_OBJECTS_MAX ? idleMs * SMALL_SHARE : idleMs;
        if (candidate.usedAtMs > nowMs - staysMs || !this.isPresent(candidate) || this.isInUse(candidate)) continue;
        await this.evict(candidate);
        await nextTurn();
      }
    } finally {
      this.isSweeping = false;
    }
  }

  /** Stores what a cluster has to store, in one turn, and closes it. */
  putAway(live: LiveCluster): void {
    try {
      live.beginRest();
      live.finishJob();
    } catch (error) {
      this.noteFailure(live, error);
    }
    this.close(live);
  }

  /** A small one has gone when the first turn is over. */
  private async evict(live: LiveCluster): Promise<void> {
    const { owner } = this;
    const { usedAtMs } = live;
    const isWanted = (): boolean => !this.isPresent(live) || live.usedAtMs !== usedAtMs;
    this.leaving.add(live);
    try {
      const job = live.beginRest();
      for (;;) {
        live.turn(owner.turnEnd());
        if (job.isDone) break;
        await nextTurn();
        if (isWanted()) return;
      }
    } catch (error) {
      this.noteFailure(live, error);
    } finally {
      this.leaving.delete(live);
    }
    if (isWanted() || this.isInUse(live)) return;
    owner.live.delete(live.name);
    this.close(live);
  }

  private close(live: LiveCluster): void {
    try {
      this.owner.directory.setInfo(live.name, live.info);
    } catch (error) {
      this.owner.onError(`how cluster ${live.name} stands could not be noted`, error);
    }
    live.close();
  }

  private noteFailure(live: LiveCluster, error: unknown): void {
    this.owner.onError(`the checkpoint of cluster ${live.name} failed; its journal is complete`, error);
  }

  private isPresent(live: LiveCluster): boolean {
    return this.owner.live.get(live.name) === live;
  }

  private isInUse(live: LiveCluster): boolean {
    return live.hub.cursorCount > 0 || live.isAdvancing || live.isOccupied || live.isLookedBackAt || this.owner.isPaced(live.name);
  }
}
