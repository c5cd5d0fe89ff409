// What would become of a refused pod if pods of lower priority were removed.
// Upstream: pkg/scheduler/framework/preemption/preemption.go, plugins/defaultpreemption (v1.33). Rules: C821, C850.

import { changePorts } from './host-ports.ts';
import { type PreemptionVerdict, formatPreemption, NEVER_PREEMPTS } from './failure-message.ts';
import { type PodFacts, type Refusal, refusalOf } from './filters.ts';
import type { NodeInfo } from './node-cache.ts';
import { addAmounts } from './resources.ts';

/** A node and why it refused the pod. */
export interface RefusedNode {
  readonly info: NodeInfo | undefined;
  readonly refusal: Refusal;
}

/** The part of the message after `preemption: `. */
export function explainPreemption(facts: PodFacts, refused: readonly RefusedNode[]): string {
  if (facts.pod.spec.preemptionPolicy === 'Never') return NEVER_PREEMPTS; // C821
  return formatPreemption(
    refused.length,
    refused.map((node) => verdictOn(facts, node)),
  );
}

function verdictOn(facts: PodFacts, { info, refusal }: RefusedNode): PreemptionVerdict {
  if (refusal.isFinal || info === undefined) return { kind: 'no-help' };
  const emptied = withoutLowerPods(facts, info);
  if (emptied === undefined) return { kind: 'no-victims' }; // C850: equal priority never preempts
  const still = refusalOf(facts, emptied);
  return still === undefined ? { kind: 'no-victims' } : { kind: 'still-refused', reasons: still.reasons };
}

/** The node as it would be without the pods of lower priority; undefined when it has none. */
function withoutLowerPods(facts: PodFacts, info: NodeInfo): NodeInfo | undefined {
  const priority = facts.pod.spec.priority ?? 0;
  const lower = [...info.pods.values()].filter((placed) => (placed.pod.spec.priority ?? 0) < priority);
  if (lower.length === 0) return undefined;
  const { scalars } = info.requested;
  const copy: NodeInfo = {
    ...info,
    requested: { ...info.requested, ...(scalars === undefined ? {} : { scalars: new Map(scalars) }) },
    ports: new Map([...info.ports].map(([key, ips]) => [key, new Map(ips)])),
    pods: new Map(info.pods),
  };
  for (const placed of lower) {
    addAmounts(copy.requested, placed.requests, -1);
    changePorts(copy.ports, placed.ports, -1);
    copy.pods.delete(placed.key);
  }
  return copy;
}
