// What a pod is told when no node takes it. Upstream: pkg/scheduler/framework/types.go FitError, framework/preemption/preemption.go (v1.33).
// Rules: C820-C824.

import { compareText } from '../apimachinery/text.ts';

/** What a pod is told when there is no node at all (C823). */
export const NO_NODES_MESSAGE = 'no nodes available to schedule pods';

const NO_HELP = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

/** Reasons with the number of nodes that gave them. */
export type ReasonCounts = ReadonlyMap<string, number>;

/** Adds one node's reasons. */
export function addReasons(counts: Map<string, number>, reasons: readonly string[], nodeCount = 1): void {
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodeCount);
}

/** C820: `0/<N> nodes are available: <count> <text>, ....`, pieces sorted as strings. */
export function formatReasons(nodeCount: number, counts: ReasonCounts): string {
  const pieces = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(compareText);
  const head = `0/${nodeCount} nodes are available:`;
  return pieces.length === 0 ? head : `${head} ${pieces.join(', ')}.`;
}

/** How preemption went on one node that refused the pod. */
export type PreemptionVerdict =
  | { readonly kind: 'no-help' }
  | { readonly kind: 'no-victims' }
  | { readonly kind: 'still-refused'; readonly reasons: readonly string[] };

/** C821: the part after `preemption: `. */
export function formatPreemption(nodeCount: number, verdicts: readonly PreemptionVerdict[]): string {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    if (verdict.kind === 'still-refused') addReasons(counts, verdict.reasons);
    else addReasons(counts, [verdict.kind === 'no-help' ? NO_HELP : NO_VICTIMS]);
  }
  return formatReasons(nodeCount, counts);
}

/** C849: what replaces the preemption part while victims are still there. */
export const STILL_TERMINATING = 'not eligible due to a terminating pod on the nominated node.';

/** C821: what replaces the preemption part under preemptionPolicy Never. */
export const NEVER_PREEMPTS = 'not eligible due to preemptionPolicy=Never.';
