// Turns running clocks: wall time becomes virtual time, in slices, one cluster after the other and with a turn for everybody else after each, so
// that no clock holds the service and none falls behind for good.

import { setImmediate as nextTurn } from 'node:timers/promises';

/** Wall time between two looks at the running clocks. */
const TICK_MS = 50;

/** Wall time of turning clocks after which everybody else has a turn. */
const YIELD_MS = 10;

/** Wall time after which a clock that could not be turned is tried again. */
const RETRY_MS = 1_000;

export interface PacedCluster {
  readonly rate: number;
  /** False after a failure, until what is stored has been read again. */
  isOpen(): boolean;
  /** Has it opened again, and its clock started then. */
  wake(): void;
  /** False while the clock is to stand still. */
  isWanted(): boolean;
  /** Virtual milliseconds that the clock cannot pass. */
  readonly endMs: number;
  /** Virtual milliseconds at which the clock stands. */
  nowMs(): number;
  /** Moves the clock towards an instant by at most one slice. */
  turn(toMs: number): void;
  /** Whether an instant is not whole yet. */
  isBusy(): boolean;
}

interface Pace {
  readonly cluster: PacedCluster;
  /** Where virtual time stood at a reading of the wall clock. */
  wallMs: number;
  virtualMs: number;
  /** Reading of the wall clock before which nothing is tried. */
  pausedUntilMs: number;
}

export class Pacer {
  private readonly paces = new Map<string, Pace>();
  private timer: NodeJS.Timeout | undefined;
  private isTicking = false;
  private readonly onError: (name: string, error: unknown) => void;

  constructor(onError: (name: string, error: unknown) => void) {
    this.onError = onError;
  }

  /** Starts, or starts anew with another rate. */
  start(name: string, cluster: PacedCluster): void {
    this.paces.set(name, { cluster, wallMs: performance.now(), virtualMs: cluster.nowMs(), pausedUntilMs: 0 });
    this.timer ??= setInterval(() => void this.tick(), TICK_MS);
  }

  stop(name: string): void {
    this.paces.delete(name);
    if (this.paces.size > 0 || this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  get size(): number {
    return this.paces.size;
  }

  has(name: string): boolean {
    return this.paces.has(name);
  }

  close(): void {
    for (const name of this.paces.keys()) this.stop(name);
  }

  /** Rounds over the clocks until none is behind, each round a slice of every one that is. */
  private async tick(): Promise<void> {
    if (this.isTicking) return;
    this.isTicking = true;
    try {
      for (let isBehind = true; isBehind && this.paces.size > 0; ) isBehind = await this.round();
    } finally {
      this.isTicking = false;
    }
  }

  /** Whether a clock is still behind after its slice. */
  private async round(): Promise<boolean> {
    let isBehind = false;
    let sinceMs = performance.now();
    for (const [name, pace] of this.paces) {
      isBehind = this.tryTurn(name, pace) || isBehind;
      if (performance.now() - sinceMs < YIELD_MS) continue;
      await nextTurn();
      sinceMs = performance.now();
    }
    await nextTurn();
    return isBehind;
  }

  /** Turns the clock by a slice; whether it is still behind then. */
  private tryTurn(name: string, pace: Pace): boolean {
    const wallMs = performance.now();
    if (wallMs < pace.pausedUntilMs) return false;
    try {
      if (pace.cluster.isOpen()) return this.turn(pace, wallMs);
      pause(pace, wallMs);
      pace.cluster.wake();
    } catch (error) {
      // The environment may heal; until then the clock stands, and goes on from where it stood.
      pause(pace, wallMs);
      this.onError(name, error);
    }
    return false;
  }

  private turn(pace: Pace, wallMs: number): boolean {
    const { cluster } = pace;
    const nowMs = cluster.nowMs();
    if (!cluster.isWanted()) {
      Object.assign(pace, { wallMs, virtualMs: nowMs });
      // What has begun is brought to its end: whoever comes next waits for it.
      if (!cluster.isBusy()) return false;
      cluster.turn(nowMs);
      return cluster.isBusy();
    }
    const wantedMs = Math.min(Math.floor(pace.virtualMs + (wallMs - pace.wallMs) * cluster.rate), cluster.endMs);
    // Turned by hand meanwhile: the pace goes on from there.
    if (nowMs > wantedMs) Object.assign(pace, { wallMs, virtualMs: nowMs });
    if (wantedMs <= nowMs && !cluster.isBusy()) return false;
    cluster.turn(wantedMs);
    // Who advances it by hand meanwhile turns it for us.
    return cluster.isBusy() || (cluster.nowMs() > nowMs && cluster.nowMs() < wantedMs);
  }
}

function pause(pace: Pace, wallMs: number): void {
  Object.assign(pace, { pausedUntilMs: wallMs + RETRY_MS, wallMs: wallMs + RETRY_MS });
}
