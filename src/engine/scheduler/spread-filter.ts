// Spread constraints that a node must meet: how many matching pods each domain has, counted once per attempt.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go (v1.33). Rules: C811, C838.

import { matchesSelector } from '../apimachinery/labels.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { NodeCache } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { hasTopologyKeys, isNodeIncluded, ownConstraints, type SpreadConstraint, spreadCounts } from './spread-constraints.ts';

/** A constraint and the matching pods of each domain, by the value of the topology label. */
interface CountedConstraint extends SpreadConstraint {
  readonly counts: Map<string, number>;
  /** 1 when the pod itself matches. */
  readonly self: 0 | 1;
  /** The fewest pods of a domain; 0 when there are fewer domains than demanded. */
  minimum: number;
}

export interface SpreadFacts {
  readonly pod: Pod;
  readonly hasAffinity: boolean;
  readonly constraints: readonly CountedConstraint[];
}

const REASON = "node(s) didn't match pod topology spread constraints";
const SKEWED: Refusal = { plugin: 'PodTopologySpread', reasons: [REASON], isFinal: false };
const UNLABELLED: Refusal = { plugin: 'PodTopologySpread', reasons: [`${REASON} (missing required label)`], isFinal: true };

/** Counts the domains; undefined when the pod has no such constraint. */
export function spreadFactsOf(state: ClusterState, cache: NodeCache, pod: Pod, hasAffinity: boolean): SpreadFacts | undefined {
  if (pod.spec.topologySpreadConstraints === undefined) return undefined;
  const wanted = ownConstraints(pod, 'DoNotSchedule');
  if (wanted.length === 0) return undefined;
  const constraints = wanted.map((constraint) => {
    const { perNode } = spreadCounts(state, cache, pod, constraint);
    const counts = new Map<string, number>();
    for (const { name, node } of cache.visiting) {
      if (!hasTopologyKeys(node, wanted) || !isNodeIncluded(constraint, pod, hasAffinity, node)) continue;
      const domain = node.metadata.labels?.[constraint.topologyKey] ?? '';
      counts.set(domain, (counts.get(domain) ?? 0) + (perNode.get(name) ?? 0));
    }
    const self: 0 | 1 = matchesSelector(constraint.selector, pod.metadata.labels) ? 1 : 0;
    return { ...constraint, counts, self, minimum: minimumOf(constraint, counts) };
  });
  return { pod, hasAffinity, constraints };
}

/** C838: matching pods of the domain, with this one, may exceed the global minimum by maxSkew at most. */
export function spreadRefusalOf(facts: SpreadFacts, node: Node): Refusal | undefined {
  for (const { topologyKey, counts, self, minimum, maxSkew } of facts.constraints) {
    const domain = node.metadata.labels?.[topologyKey];
    if (domain === undefined) return UNLABELLED;
    if ((counts.get(domain) ?? 0) + self - minimum > maxSkew) return SKEWED;
  }
  return undefined;
}

/** The same facts, to be changed by a trial. */
export function copySpreadFacts(facts: SpreadFacts): SpreadFacts {
  return { ...facts, constraints: facts.constraints.map((constraint) => ({ ...constraint, counts: new Map(constraint.counts) })) };
}

/** Adds (1) or removes (-1) a pod on a node. */
export function changeSpreadFacts(facts: SpreadFacts, other: Pod, node: Node, sign: 1 | -1): void {
  if (other.metadata.namespace !== facts.pod.metadata.namespace || !hasTopologyKeys(node, facts.constraints)) return;
  for (const constraint of facts.constraints) {
    if (!matchesSelector(constraint.selector, other.metadata.labels)) continue;
    if (!isNodeIncluded(constraint, facts.pod, facts.hasAffinity, node)) continue;
    const domain = node.metadata.labels?.[constraint.topologyKey] ?? '';
    constraint.counts.set(domain, (constraint.counts.get(domain) ?? 0) + sign);
    constraint.minimum = minimumOf(constraint, constraint.counts);
  }
}

function minimumOf({ minDomains }: SpreadConstraint, counts: ReadonlyMap<string, number>): number {
  if (counts.size < minDomains) return 0;
  let minimum = Number.MAX_SAFE_INTEGER;
  for (const count of counts.values()) if (count < minimum) minimum = count;
  return minimum;
}
