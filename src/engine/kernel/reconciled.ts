// What a reconciler says of the key that it has looked at. It says no more than that: back-off, limits and forgetting are in requeue.ts, once for all.
// Upstream: sigs.k8s.io/controller-runtime/pkg/reconcile/reconcile.go, client-go/util/workqueue (v1.33). Rule: C003.

export interface Reconciled {
  /**
   * `done`: the key is as it should be, and its failures in a row are forgotten. `retry`: a call failed, and the key comes back after its back-off.
   * `gone`: its object is not there, and nothing of the key waits any longer.
   */
  readonly kind: 'done' | 'retry' | 'gone';
  /** Milliseconds after which the key is looked at again for what the clock alone brings; of several such times the earliest holds. */
  readonly requeueAfterMs?: number | undefined;
}

/** How the keys of a queue are retried. */
export interface RetryLimits {
  /** Milliseconds of the first delay, which doubles with each failure in a row. */
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** Failures in a row after which a key is given up until something wakes it. */
  readonly countMax?: number;
}

export const DONE: Reconciled = { kind: 'done' };
export const RETRY: Reconciled = { kind: 'retry' };
export const GONE: Reconciled = { kind: 'gone' };

/** Done for now. */
export function requeueAfter(requeueAfterMs: number): Reconciled {
  return { kind: 'done', requeueAfterMs };
}

/** What follows from whether all calls went well, and from what the clock will bring, if anything. */
export function doneOrRetry(isDone: boolean, requeueAfterMs?: number): Reconciled {
  return { kind: isDone ? 'done' : 'retry', requeueAfterMs };
}

/** The earlier of two waits, of which either may be missing. */
export function soonest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
