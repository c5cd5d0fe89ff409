// What each node would say to a pod now, for those who ask why it is not placed: the filters of an attempt, without the attempt.
// Upstream: pkg/scheduler/schedule_one.go findNodesThatFitPod (v1.33). Rules: C810-C815, C849. Omits the sampling of large clusters: every node is asked.

import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { NOT_NAMED, podFactsOf } from './filters.ts';
import { type NodeInfo, nodeCacheOf } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import type { Amounts } from './resources.ts';
import { refusalWithNominated } from './trial.ts';
import { volumeFactsOf } from './volume-binding.ts';

/** A node and why it refuses the pod; without a refusal it would take it. */
interface NodeVerdict {
  readonly info: Readonly<NodeInfo>;
  readonly refusal: Refusal | undefined;
}

export interface Verdicts {
  /** Why no node at all will do: claims. */
  readonly problem: string | undefined;
  readonly requests: Readonly<Amounts>;
  readonly nodes: readonly NodeVerdict[];
}

/** The verdicts of all nodes on a pod, in visiting order. */
export function verdictsOn(state: ClusterState, pod: Pod): Verdicts {
  const cache = nodeCacheOf(state);
  const volumes = volumeFactsOf(state, pod);
  const facts = podFactsOf(state, cache, pod, volumes);
  const nodes = cache.visiting.map((info): NodeVerdict => {
    const isNamed = facts.nodeNames?.has(info.name) !== false;
    return { info, refusal: isNamed ? refusalWithNominated(cache, facts, info) : NOT_NAMED };
  });
  return { problem: volumes?.problem, requests: facts.requests, nodes };
}
