// Turns running clocks: wall time becomes virtual time, in slices, so that no clock holds the service and none falls behind for good.

/** Wall time between two looks at the running clocks. */
const TICK_MS = 50;

export interface PacedCluster {
  readonly rate: number;
  /** Virtual milliseconds at which the clock stands. */
  nowMs(): number;
  /** Moves the clock towards an instant by at most one slice. */
  turn(toMs: number): void;
}

interface Pace {
  readonly cluster: PacedCluster;
  wallMs: number;
  virtualMs: number;
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
    this.paces.set(name, { cluster, wallMs: performance.now(), virtualMs: cluster.nowMs() });
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
    for (const name of [...this.paces.keys()]) this.stop(name);
  }

  private tick(): void {
    for (const [name, pace] of this.paces) {
      const { cluster } = pace;
      const wantedMs = Math.floor(pace.virtualMs + (performance.now() - pace.wallMs) * cluster.rate);
      const nowMs = cluster.nowMs();
      if (wantedMs <= nowMs) continue;
      try {
        cluster.turn(wantedMs);
      } catch (error) {
        this.stop(name);
        this.onError(name, error);
      }
    }
  }
}
