// What becomes of a token that an account names, and when it is looked at again (C948).

import { formatTime, parseTime } from '../../apimachinery/time.ts';

const DAY_MS = 86_400_000;
/** For how long a token must not have been used. */
const PERIOD_MS = 365 * DAY_MS;

export interface TokenFacts {
  readonly nowMs: number;
  /** The first instant of the cluster. */
  readonly startMs: number;
  readonly createdMs: number;
  /** Days, from labels. */
  readonly lastUsed: string | undefined;
  readonly invalidSince: string | undefined;
  /** Whether a pod mentions the Secret. */
  readonly isMentioned: () => boolean;
}

export type Fate = { readonly type: 'mark' | 'delete' | 'leave' } | { readonly type: 'wait'; readonly ms: number };

export function fateOf({ nowMs, startMs, createdMs, lastUsed, invalidSince, isMentioned }: TokenFacts): Fate {
  // Uses of the first day may have been missed.
  const trackedMs = startOfDay(startMs) + DAY_MS;
  const earliestMs = Math.max(trackedMs + PERIOD_MS, createdMs + PERIOD_MS + 1);
  const isLook = (nowMs - startMs) % DAY_MS === 0 && nowMs >= earliestMs;
  if (!isLook) return { type: 'wait', ms: nextLook(startMs, Math.max(earliestMs, nowMs + 1)) - nowMs };
  const again: Fate = { type: 'wait', ms: DAY_MS };
  const keptFrom = dayOf(nowMs - PERIOD_MS);
  if (lastUsed !== undefined && !isDay(lastUsed)) return { type: 'leave' };
  if (lastUsed !== undefined && lastUsed >= keptFrom) return again;
  if (isMentioned()) return again;
  if (invalidSince === undefined || !isDay(invalidSince)) return { type: 'mark' };
  return invalidSince >= keptFrom ? again : { type: 'delete' };
}

/** The first look at `ms` or after it. */
function nextLook(startMs: number, ms: number): number {
  return startMs + Math.ceil((ms - startMs) / DAY_MS) * DAY_MS;
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function dayOf(ms: number): string {
  return formatTime(ms).slice(0, 10);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined;
}
