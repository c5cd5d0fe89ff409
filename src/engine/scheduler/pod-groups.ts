// How many pods of a kind are on each node: those of a workload, or those that a term of affinity or a constraint of spreading selects. A
// group is counted once, when the first pod asks for it, and then follows the pods.
// Upstream: plugins/podtopologyspread/common.go countPodsMatchSelector, plugins/interpodaffinity/filtering.go (v1.33).
// Rules: C811, C835, C837, C838.

import { formatSelector, matchesSelector, type Selector } from '../apimachinery/labels.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { SPREAD_GROUPS_MAX } from '../kernel/limits.ts';

/** Which pods belong to a group: those that all conditions select. */
export interface GroupQuery {
  readonly conditions: readonly PodCondition[];
  /** Whether a pod that is being deleted still counts. */
  readonly countsTerminating: boolean;
}

/** Pods of some namespaces with some labels. */
export interface PodCondition {
  /** Sorted. */
  readonly namespaces: readonly string[];
  readonly selector: Selector;
}

export interface PodGroup extends GroupQuery {
  /** Node name → pods; nodes without one are absent. */
  readonly counts: Map<string, number>;
}

/** Groups by their text, and by namespace and a label that their pods must carry (empty when there is no such single label). */
export interface PodGroups {
  readonly byText: Map<string, PodGroup>;
  readonly byLabel: Map<string, Map<string, Set<PodGroup>>>;
}

/** An index without groups. */
export function createPodGroups(): PodGroups {
  return { byText: new Map(), byLabel: new Map() };
}

const EMPTY: ReadonlyMap<string, number> = new Map();

/** The pods per node that a query selects; a new group is counted from `pods`, those that its first condition selects. */
export function countsOf(
  groups: PodGroups,
  query: GroupQuery,
  pods: (first: PodCondition) => Iterable<{ readonly pod: Pod; readonly nodeName: string }>,
): ReadonlyMap<string, number> {
  const [first] = query.conditions;
  if (first === undefined || query.conditions.some(({ selector }) => selector.matchesNothing === true)) return EMPTY;
  const text = textOf(query);
  const present = groups.byText.get(text);
  if (present !== undefined) return present.counts;
  if (groups.byText.size >= SPREAD_GROUPS_MAX) {
    groups.byText.clear();
    groups.byLabel.clear();
  }
  const group: PodGroup = { ...query, counts: new Map() };
  for (const { pod, nodeName } of pods(first)) if (isCounted(group, pod)) change(group, nodeName, 1);
  groups.byText.set(text, group);
  const label = requiredLabelOf(first.selector);
  for (const namespace of first.namespaces) groupsFor(groups, namespace, label).add(group);
  return group.counts;
}

/** Counts a pod that came (1) or went (-1). */
export function changeGroups(groups: PodGroups, pod: Pod, nodeName: string, sign: 1 | -1): void {
  const byLabel = groups.byLabel.get(pod.metadata.namespace ?? '');
  if (byLabel === undefined) return;
  const { labels } = pod.metadata;
  for (const name in labels) changeAll(byLabel.get(`${name}=${labels[name]}`), pod, nodeName, sign);
  changeAll(byLabel.get(''), pod, nodeName, sign);
}

/** True when a pod meets the condition. */
export function meetsCondition({ namespaces, selector }: PodCondition, pod: Pod): boolean {
  return namespaces.includes(pod.metadata.namespace ?? '') && matchesSelector(selector, pod.metadata.labels);
}

/** `key=value` of the first requirement that demands one value; empty when there is none. */
export function requiredLabelOf(selector: Selector): string {
  for (const { key, operator, values } of selector.requirements) {
    if (values.length === 1 && (operator === '=' || operator === '==' || operator === 'in')) return `${key}=${values[0]}`;
  }
  return '';
}

function changeAll(groups: ReadonlySet<PodGroup> | undefined, pod: Pod, nodeName: string, sign: 1 | -1): void {
  for (const group of groups ?? []) if (isCounted(group, pod)) change(group, nodeName, sign);
}

function isCounted(group: PodGroup, pod: Pod): boolean {
  if (!group.countsTerminating && pod.metadata.deletionTimestamp !== undefined) return false;
  return group.conditions.every((condition) => meetsCondition(condition, pod));
}

function change(group: PodGroup, nodeName: string, sign: 1 | -1): void {
  const count = (group.counts.get(nodeName) ?? 0) + sign;
  if (count === 0) group.counts.delete(nodeName);
  else group.counts.set(nodeName, count);
}

function textOf({ conditions, countsTerminating }: GroupQuery): string {
  const parts = conditions.map(({ namespaces, selector }) => `${namespaces.join(' ')}|${formatSelector(selector)}`);
  return `${countsTerminating ? 'all' : 'staying'};${parts.join(';')}`;
}

function groupsFor(groups: PodGroups, namespace: string, label: string): Set<PodGroup> {
  const byLabel = groups.byLabel.get(namespace) ?? new Map<string, Set<PodGroup>>();
  groups.byLabel.set(namespace, byLabel);
  const found = byLabel.get(label) ?? new Set<PodGroup>();
  byLabel.set(label, found);
  return found;
}
