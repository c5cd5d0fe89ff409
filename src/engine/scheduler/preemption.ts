// What a refused pod does about it: it may make room by having pods of lower priority deleted, or it is told why that does not help.
// Upstream: pkg/scheduler/framework/preemption/preemption.go, plugins/defaultpreemption (v1.33). Rules: C821, C846-C850.
// Omits the random start of the search: nodes are tried in the order in which they refused.

import { listObjects } from '../apiserver/api.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { podDisruptionBudgetKind } from '../kinds/poddisruptionbudget/index.ts';
import type { PodDisruptionBudget } from '../kinds/poddisruptionbudget/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getStored } from '../kernel/store.ts';
import { formatPreemption, NEVER_PREEMPTS, type PreemptionVerdict, STILL_TERMINATING } from './failure-message.ts';
import type { PodFacts } from './filters.ts';
import type { NodeCache, NodeInfo, PlacedPod } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { type Candidate, pickCandidate, priorityOf, selectVictims } from './victims.ts';

/** A node and why it refused the pod. */
export interface RefusedNode {
  readonly info: NodeInfo | undefined;
  readonly refusal: Refusal;
}

export type Preemption =
  /** These pods go, and the pod waits for their room. */
  | { readonly kind: 'victims'; readonly candidate: Candidate }
  /** No node would do: the text after `preemption: `; a nomination from before is void. */
  | { readonly kind: 'hopeless'; readonly message: string }
  /** The pod may not preempt, or not again; a nomination stays. */
  | { readonly kind: 'not-eligible'; readonly message: string };

/** Nodes that are looked at even in large clusters, and the share of them above that. */
const CANDIDATES_MIN = 100;
const CANDIDATES_PERCENT = 10;

/** Decides whom a refused pod preempts. */
export function preempt(state: ClusterState, cache: NodeCache, facts: PodFacts, refused: readonly RefusedNode[]): Preemption {
  if (facts.pod.spec.preemptionPolicy === 'Never') return { kind: 'not-eligible', message: NEVER_PREEMPTS }; // It displaces nobody (C821).
  const latest = ({ key, pod }: PlacedPod): Pod => (getStored(state, 'pods', key)?.object as Pod | undefined) ?? pod;
  if (isWaitingForVictims(cache, facts.pod, refused, latest)) return { kind: 'not-eligible', message: STILL_TERMINATING };
  const budgets = budgetsOf(state);
  const curable = refused.filter(({ info, refusal }) => info !== undefined && !refusal.isFinal);
  const max = Math.min(curable.length, Math.max(CANDIDATES_MIN, Math.floor((curable.length * CANDIDATES_PERCENT) / 100)));
  const candidates: Candidate[] = [];
  const verdicts: PreemptionVerdict[] = [];
  let harmless = 0;
  const mayHaveVictims = [...cache.priorities.keys()].some((priority) => priority < priorityOf(facts.pod));
  for (const { info } of curable) {
    if (!mayHaveVictims) {
      verdicts.push({ kind: 'no-victims' }); // C850, without a look at any pod
      continue;
    }
    const selection = selectVictims(cache, facts, info as NodeInfo, latest, budgets);
    if (selection.kind !== 'candidate') {
      verdicts.push(
        selection.kind === 'no-victims' ? { kind: 'no-victims' } : { kind: 'still-refused', reasons: selection.refusal.reasons },
      );
      continue;
    }
    candidates.push(selection.candidate);
    if (selection.candidate.violations === 0) harmless += 1;
    if (harmless > 0 && candidates.length >= max) break;
  }
  const candidate = pickCandidate(candidates);
  if (candidate !== undefined) return { kind: 'victims', candidate };
  for (let i = curable.length; i < refused.length; i += 1) verdicts.push({ kind: 'no-help' });
  return { kind: 'hopeless', message: formatPreemption(refused.length, verdicts) };
}

/** C849: while a victim on the nominated node is still on its way out, no others are taken. */
function isWaitingForVictims(cache: NodeCache, pod: Pod, refused: readonly RefusedNode[], latest: (placed: PlacedPod) => Pod): boolean {
  const { nominatedNodeName = '' } = pod.status;
  const info = nominatedNodeName === '' ? undefined : cache.byName.get(nominatedNodeName);
  if (info === undefined) return false;
  if (refused.some((node) => node.info === info && node.refusal.isFinal)) return false;
  return [...info.pods.values()].some((placed) => priorityOf(placed.pod) < priorityOf(pod) && isBeingPreempted(latest(placed)));
}

function isBeingPreempted({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const condition = (status.conditions ?? []).find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

function budgetsOf(state: ClusterState): readonly PodDisruptionBudget[] {
  return listObjects(state, podDisruptionBudgetKind);
}
