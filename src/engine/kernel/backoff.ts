// Exponential delay per key with a ceiling, as plain numbers. Upstream: client-go util/flowcontrol and util/workqueue (C003, K311).

/** The value after `entryMs`: `baseMs` when there was none, else doubled up to `maxMs`. */
export function nextBackoffMs(entryMs: number | undefined, baseMs: number, maxMs: number): number {
  return entryMs === undefined ? baseMs : Math.min(entryMs * 2, maxMs);
}

/** The delay of the n-th failure in a row, n counted from 0. */
export function failureDelayMs(failures: number, baseMs: number, maxMs: number): number {
  return Math.min(baseMs * 2 ** Math.min(failures, 40), maxMs);
}
