// Pods that fail at the instant at which they are made: a node that refuses its pod for ever would have it replaced for ever at one instant. On a real
// cluster each replacement takes its time, because the client of a controller is throttled (C008). Here writes take none, so that replacements which
// bring nothing are counted, and after a few the owner waits.
// Upstream: client-go/util/flowcontrol (20 requests a second, burst 30), about four of which a replacement needs (v1.33). Rule: C008.

import { REPLACEMENTS_PER_INSTANT_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';

/** How long an owner waits whose pods fail as fast as they are made. */
export const REPLACEMENT_PAUSE_MS = 1_000;

interface Replacements {
  readonly instant: number;
  readonly present: number;
  readonly count: number;
}

/** Whether the owner `key` of a queue may replace a pod now, which has `present` pods; asking counts, unless it has more than when it asked last. */
export function mayReplace(state: ClusterState, queue: string, key: string, present: number): boolean {
  const id = `replacements|${queue}|${key}`;
  const last = state.derived.memo.get(id) as Replacements | undefined;
  const isFirst = last === undefined || last.instant !== state.derived.instantCount || present > last.present;
  const count = isFirst ? 1 : last.count + 1;
  if (count > REPLACEMENTS_PER_INSTANT_MAX) return false;
  state.derived.memo.set(id, { instant: state.derived.instantCount, present, count } satisfies Replacements);
  return true;
}

/** Forgets an owner that is gone. */
export function forgetReplacements(state: ClusterState, queue: string, key: string): void {
  state.derived.memo.delete(`replacements|${queue}|${key}`);
}
