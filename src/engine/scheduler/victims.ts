// Which pods of lower priority would have to go from a node, and on which node this costs least.
// Upstream: plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode, framework/preemption/preemption.go pickOneNodeForPreemption,
// pkg/scheduler/util/utils.go MoreImportantPod (v1.33). Rules: C846, C847, C850.

import { matchesSelector, isEverything, selectorFromLabelSelector } from '../apimachinery/labels.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { PodDisruptionBudget } from '../kinds/poddisruptionbudget/types.ts';
import type { PodFacts } from './filters.ts';
import type { NodeCache, NodeInfo, PlacedPod } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { beginTrial, changeTrial, refusalWithNominated } from './trial.ts';

/** A pod that may go, as it is now. */
export interface LowerPod {
  readonly placed: PlacedPod;
  readonly pod: Pod;
}

/** A node that would take the pod without its victims, which are sorted by importance. */
export interface Candidate {
  readonly nodeName: string;
  readonly victims: readonly LowerPod[];
  readonly violations: number;
}

export type Selection =
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'no-victims' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** C846: all lower pods are taken off, then put back from the most important on as long as the pod still fits. */
export function selectVictims(
  cache: NodeCache,
  facts: PodFacts,
  info: NodeInfo,
  latest: (placed: PlacedPod) => Pod,
  budgets: readonly PodDisruptionBudget[],
): Selection {
  const priority = facts.pod.spec.priority ?? 0;
  const lower: LowerPod[] = [];
  // C850: a pod of equal priority is never a victim.
  for (const placed of info.pods.values()) if (priorityOf(placed.pod) < priority) lower.push({ placed, pod: latest(placed) });
  if (lower.length === 0) return { kind: 'no-victims' };
  const trial = beginTrial(facts, info);
  for (const { placed } of lower) changeTrial(trial, placed, -1);
  const refusal = refusalWithNominated(cache, trial.facts, trial.info);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const [violating, others] = splitByBudgets(lower.sort(byImportance), budgets);
  const victims: LowerPod[] = [];
  let violations = 0;
  for (const item of [...violating, ...others]) {
    changeTrial(trial, item.placed, 1);
    if (refusalWithNominated(cache, trial.facts, trial.info) === undefined) continue;
    changeTrial(trial, item.placed, -1);
    victims.push(item);
    if (violating.includes(item)) violations += 1;
  }
  if (victims.length === 0) return { kind: 'no-victims' };
  return { kind: 'candidate', candidate: { nodeName: info.name, victims: victims.sort(byImportance), violations } };
}

/** C847: criteria in turn, each among the candidates that are best by those before; the first one left wins. */
export function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates;
  for (const costOf of COSTS) {
    if (left.length <= 1) break;
    const costs = left.map(costOf);
    const least = costs.reduce((a, b) => (b < a ? b : a));
    left = left.filter((_candidate, i) => costs[i] === least);
  }
  return left[0];
}

/** Added to every priority, so that more victims of negative priority never cost less. */
const PRIORITY_OFFSET = 2 ** 31;

const COSTS: readonly ((candidate: Candidate) => number | string)[] = [
  ({ violations }) => violations,
  ({ victims }) => highestOf(victims),
  ({ victims }) => victims.reduce((sum, { pod }) => sum + priorityOf(pod) + PRIORITY_OFFSET, 0),
  ({ victims }) => victims.length,
  ({ victims }) => latestFirst(earliestStart(victims)),
];

/** Text that is smaller for a later time. */
function latestFirst(time: string): string {
  return [...time].map((character) => (character >= '0' && character <= '9' ? String(9 - Number(character)) : character)).join('');
}

/** When the first of the victims of highest priority started. */
function earliestStart(victims: readonly LowerPod[]): string {
  const highest = highestOf(victims);
  const starts = victims.filter(({ pod }) => priorityOf(pod) === highest).map(({ pod }) => pod.status.startTime ?? NOT_STARTED);
  return starts.reduce((a, b) => (b < a ? b : a));
}

/** Later than every start: a pod that has not started yet counts as starting now. */
const NOT_STARTED = '9999-12-31T23:59:59Z';

function highestOf(victims: readonly LowerPod[]): number {
  return Math.max(...victims.map(({ pod }) => priorityOf(pod)));
}

export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

/** Higher priority first, then the one that started earlier. */
function byImportance(a: LowerPod, b: LowerPod): number {
  const byPriority = priorityOf(b.pod) - priorityOf(a.pod);
  if (byPriority !== 0) return byPriority;
  const [startA, startB] = [a.pod.status.startTime ?? NOT_STARTED, b.pod.status.startTime ?? NOT_STARTED];
  if (startA !== startB) return startA < startB ? -1 : 1;
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
}

/** C850: pods whose going would break a budget, and the others; both in the order given. */
function splitByBudgets(pods: readonly LowerPod[], budgets: readonly PodDisruptionBudget[]): readonly [LowerPod[], LowerPod[]] {
  const allowed = budgets.map(({ status }) => status.disruptionsAllowed);
  const violating: LowerPod[] = [];
  const others: LowerPod[] = [];
  for (const item of pods) {
    let isViolating = false;
    for (const [i, budget] of budgets.entries()) {
      if (!isCovered(budget, item.pod)) continue;
      allowed[i] = (allowed[i] ?? 0) - 1;
      if ((allowed[i] ?? 0) < 0) isViolating = true;
    }
    (isViolating ? violating : others).push(item);
  }
  return [violating, others];
}

/** A pod whose eviction was granted already is no violation any more. */
function isCovered({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (metadata.namespace !== pod.metadata.namespace || pod.metadata.labels === undefined) return false;
  const selector = selectorFromLabelSelector(spec.selector);
  if (isEverything(selector) || !matchesSelector(selector, pod.metadata.labels)) return false;
  return status.disruptedPods?.[pod.metadata.name] === undefined;
}
