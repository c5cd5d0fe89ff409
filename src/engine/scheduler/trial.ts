// A node as it would be with other pods on it: for preemption, and for pods that wait for room they were promised.
// Upstream: pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods, PreFilterExtensions AddPod, RemovePod (v1.33).
// Rules: C846, C849.

import { changeAffinityFacts, copyAffinityFacts } from './affinity-filter.ts';
import { type PodFacts, refusalOf } from './filters.ts';
import { countPod, type NodeCache, type NodeInfo, type PlacedPod } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { changeSpreadFacts, copySpreadFacts } from './spread-filter.ts';

/** A private copy of a node and of what the pod to be placed knows. */
export interface Trial {
  readonly facts: PodFacts;
  readonly info: NodeInfo;
}

/** A trial of a node as it is. */
export function beginTrial(facts: PodFacts, info: NodeInfo): Trial {
  const { scalars } = info.requested;
  const { spread, affinity } = facts;
  return {
    facts: {
      ...facts,
      spread: spread === undefined ? undefined : copySpreadFacts(spread),
      affinity: affinity === undefined ? undefined : copyAffinityFacts(affinity),
    },
    info: {
      ...info,
      requested: { ...info.requested, ...(scalars === undefined ? {} : { scalars: new Map(scalars) }) },
      ports: new Map([...info.ports].map(([key, ips]) => [key, new Map(ips)])),
      pods: new Map(info.pods),
    },
  };
}

/** Adds (1) or removes (-1) a pod. */
export function changeTrial({ facts, info }: Trial, placed: PlacedPod, sign: 1 | -1): void {
  countPod(info, placed, sign);
  if (facts.spread !== undefined) changeSpreadFacts(facts.spread, placed.pod, info.node, sign);
  if (facts.affinity !== undefined) changeAffinityFacts(facts.affinity, placed.pod, info.node, sign);
}

/**
 * The refusal of a node, or undefined. Pods of at least the same priority that are nominated there count as if they were there; the pod
 * must fit without them too, since they may go elsewhere (C849).
 */
export function refusalWithNominated(cache: NodeCache, facts: PodFacts, info: NodeInfo): Refusal | undefined {
  const nominated = cache.nominated.get(info.name);
  if (nominated !== undefined) {
    const priority = facts.pod.spec.priority ?? 0;
    const { uid } = facts.pod.metadata;
    const others = [...nominated.values()].filter(({ pod }) => (pod.spec.priority ?? 0) >= priority && pod.metadata.uid !== uid);
    if (others.length > 0) {
      const trial = beginTrial(facts, info);
      for (const placed of others) changeTrial(trial, placed, 1);
      const refusal = refusalOf(trial.facts, trial.info);
      if (refusal !== undefined) return refusal;
    }
  }
  return refusalOf(facts, info);
}
