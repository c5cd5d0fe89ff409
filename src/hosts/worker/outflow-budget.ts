// What the streams of a host have on their way to readers: each may have a window of bytes, all of them together a budget, and a stream whose reader
// keeps up always its least, so that readers who do not read hold up nobody.

/** Bytes of one stream that may be on their way or wait in the front. */
const WINDOW_BYTES = 256 * 1024;

/** Bytes that a stream may have under way when the budget is spent. */
export const LEAST_BYTES = 16 * 1024;

/** Bytes of all streams of a host. */
const BUDGET_BYTES = 64 * 1024 * 1024;

/** Bytes of one stream that are under way. */
export interface Flow {
  inFlight: number;
}

export class OutflowBudget<T extends Flow> {
  private inFlight = 0;
  /** Those that stopped because the budget was spent, the one that waits longest first. */
  private readonly held = new Set<T>();
  private readonly budget: number;

  constructor(budget = BUDGET_BYTES) {
    this.budget = budget;
  }

  /** Bytes that the stream may send now; one that may send none, and would have room of its own, is given back by `freed` when it may. */
  room(flow: T): number {
    const own = WINDOW_BYTES - flow.inFlight;
    const room = Math.max(LEAST_BYTES - flow.inFlight, Math.min(own, this.budget - this.inFlight));
    if (room <= 0 && own > 0) this.held.add(flow);
    return Math.max(room, 0);
  }

  /** Bytes were sent, or with a negative number have been read. */
  add(flow: T, bytes: number): void {
    flow.inFlight += bytes;
    this.inFlight += bytes;
  }

  /** The stream is gone, and what was under way with it. */
  drop(flow: T): void {
    this.add(flow, -flow.inFlight);
    this.held.delete(flow);
  }

  /** The next stream that waits for room, when there is some. */
  freed(): T | undefined {
    if (this.inFlight >= this.budget) return undefined;
    const [next] = this.held;
    if (next !== undefined) this.held.delete(next);
    return next;
  }
}
