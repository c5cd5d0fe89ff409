// How many pods of a kind are on each node: those of a workload, or those that a term of affinity or a constraint of spreading selects. A
// group is counted once, when the first pod asks for it, and then follows the pods.
// Upstream: plugins/podtopologyspread/common.go countPodsMatchSelector, plugins/interpodaffinity/filtering.go (v1.33).
// Rules: C811, C835, C837, C838.

import { formatSelector, matchesSelector, type Selector } from '../apimachinery/labels.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { SPREAD_GROUPS_MAX } from '../kernel/limits.ts';
import { changeCount, createNodeCounts, type NodeCounts, type NodesByName } from './node-counts.ts';

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
  readonly counts: NodeCounts;
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

const EMPTY: NodeCounts = createNodeCounts();

/** The pods per node that a query selects; a new group is counted from `pods`, those that its first condition selects. */
export function countsOf(
  groups: PodGroups,
  nodes: NodesByName,
  query: GroupQuery,
  pods: (first: PodCondition) => Iterable<{ readonly pod: Pod; readonly nodeName: string }>,
): NodeCounts {
  const [first] = query.conditions;
  if (first === undefined || query.conditions.some(({ selector }) => selector.matchesNothing === true)) return EMPTY;
  const text = textOf(query);
  const present = groups.byText.get(text);
  if (present !== undefined) return present.counts;
  if (groups.byText.size >= SPREAD_GROUPS_MAX) {
    groups.byText.clear();
    groups.byLabel.clear();
  }
  const group: PodGroup = { ...query, counts: createNodeCounts() };
  for (const { pod, nodeName } of pods(first)) if (isCounted(group, pod)) changeCount(group.counts, nodes, nodeName, 1);
  groups.byText.set(text, group);
  const label = requiredLabelOf(first.selector);
  for (const namespace of first.namespaces) groupsFor(groups, namespace, label).add(group);
  return group.counts;
}

/** Counts a pod that came (1) or went (-1). */
export function changeGroups(groups: PodGroups, nodes: NodesByName, pod: Pod, nodeName: string, sign: 1 | -1): void {
  const byLabel = groups.byLabel.get(pod.metadata.namespace ?? '');
  if (byLabel === undefined) return;
  const { labels } = pod.metadata;
  const changeAll = (counted: ReadonlySet<PodGroup> | undefined): void => {
    for (const group of counted ?? []) if (isCounted(group, pod)) changeCount(group.counts, nodes, nodeName, sign);
  };
  for (const name in labels) changeAll(byLabel.get(`${name}=${labels[name]}`));
  changeAll(byLabel.get(''));
}

/** Labels of nodes changed: domains are counted anew when they are asked for. */
export function forgetDomains(groups: PodGroups): void {
  for (const { counts } of groups.byText.values()) counts.perDomain.clear();
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

function isCounted(group: PodGroup, pod: Pod): boolean {
  if (!group.countsTerminating && pod.metadata.deletionTimestamp !== undefined) return false;
  return group.conditions.every((condition) => meetsCondition(condition, pod));
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
