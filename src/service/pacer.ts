// Turns running clocks: wall time becomes virtual time, in slices, so that no clock holds the service and none falls behind for good.

/** Wall time between two looks at the running clocks. */
const TICK_MS = 50;

/** Wall time after which a clock that could not be turned is tried again. */
const RETRY_MS = 1_000;

export interface PacedCluster {
  readonly rate: number;
  /** False while the clock is to stand still. */
  isWanted(): boolean;
  /** Virtual milliseconds that the clock cannot pass. */
  readonly endMs: number;
  /** Virtual milliseconds at which the clock stands. */
  nowMs(): number;
  /** Moves the clock towards an instant by at most one slice. */
  turn(toMs: number): void;
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
  private readonly onError: (name: string, error: unknown) => void;

  constructor(onError: (name: string, error: unknown) => void) {
    this.onError = onError;
  }

  /** Starts, or starts anew with another rate. */
  start(name: string, cluster: PacedCluster): void {
    this.paces.set(name, { cluster, wallMs: performance.now(), virtualMs: cluster.nowMs(), pausedUntilMs: 0 });
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
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

  private tick(): void {
    for (const [name, pace] of this.paces) {
      const wallMs = performance.now();
      if (wallMs < pace.pausedUntilMs) continue;
      try {
        this.turn(pace, wallMs);
      } catch (error) {
        // The environment may heal; until then the clock stands, and goes on from where it stood.
        Object.assign(pace, { pausedUntilMs: wallMs + RETRY_MS, wallMs: wallMs + RETRY_MS });
        this.onError(name, error);
      }
    }
  }

  private turn(pace: Pace, wallMs: number): void {
    const { cluster } = pace;
    const nowMs = cluster.nowMs();
    if (!cluster.isWanted()) return void Object.assign(pace, { wallMs, virtualMs: nowMs });
    const wantedMs = Math.min(Math.floor(pace.virtualMs + (wallMs - pace.wallMs) * cluster.rate), cluster.endMs);
    // Turned by hand meanwhile: the pace goes on from there.
    if (nowMs > wantedMs) Object.assign(pace, { wallMs, virtualMs: nowMs });
    else if (wantedMs > nowMs) cluster.turn(wantedMs);
  }
}
