// How many pods of a workload are on each node. A group is a namespace and a selector; it is counted once, when the first pod of the
// workload is scored, and then follows the pods.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/common.go countPodsMatchSelector (v1.33). Rule: C835.

import { formatSelector, matchesSelector, type Selector } from '../apimachinery/labels.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { SPREAD_GROUPS_MAX } from '../kernel/limits.ts';

/** The pods of one workload by node name; pods that are being deleted do not count. */
export interface SpreadGroup {
  readonly selector: Selector;
  readonly counts: Map<string, number>;
}

/** Groups by namespace, then by a label that their pods must carry (empty when there is no such single label). */
export interface SpreadIndex {
  readonly groups: Map<string, SpreadGroup>;
  readonly byLabel: Map<string, Map<string, Set<SpreadGroup>>>;
}

/** An index without groups. */
export function createSpreadIndex(): SpreadIndex {
  return { groups: new Map(), byLabel: new Map() };
}

/** The group of a namespace and selector; a new one is counted from `pods`, the pods that the selector selects. */
export function spreadGroupOf(
  index: SpreadIndex,
  namespace: string,
  selector: Selector,
  pods: () => Iterable<{ readonly pod: Pod; readonly nodeName: string }>,
): SpreadGroup {
  const id = `${namespace}|${formatSelector(selector)}`;
  const present = index.groups.get(id);
  if (present !== undefined) return present;
  if (index.groups.size >= SPREAD_GROUPS_MAX) {
    index.groups.clear();
    index.byLabel.clear();
  }
  const group: SpreadGroup = { selector, counts: new Map() };
  for (const { pod, nodeName } of pods()) if (isCounted(group, pod)) change(group, nodeName, 1);
  index.groups.set(id, group);
  groupsFor(index, namespace, labelKeyOf(selector)).add(group);
  return group;
}

/** A pod was bound or changed its labels. */
export function spreadPodPlaced(index: SpreadIndex, pod: Pod, nodeName: string): void {
  changeGroups(index, pod, nodeName, 1);
}

/** A pod went, or is about to be counted anew. */
export function spreadPodGone(index: SpreadIndex, pod: Pod, nodeName: string): void {
  changeGroups(index, pod, nodeName, -1);
}

function changeGroups(index: SpreadIndex, pod: Pod, nodeName: string, sign: 1 | -1): void {
  const byLabel = index.byLabel.get(pod.metadata.namespace ?? '');
  if (byLabel === undefined) return;
  const { labels } = pod.metadata;
  for (const name in labels) changeAll(byLabel.get(`${name}=${labels[name]}`), pod, nodeName, sign);
  changeAll(byLabel.get(''), pod, nodeName, sign);
}

function changeAll(groups: ReadonlySet<SpreadGroup> | undefined, pod: Pod, nodeName: string, sign: 1 | -1): void {
  for (const group of groups ?? []) if (isCounted(group, pod)) change(group, nodeName, sign);
}

function isCounted(group: SpreadGroup, pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && matchesSelector(group.selector, pod.metadata.labels);
}

function change(group: SpreadGroup, nodeName: string, sign: 1 | -1): void {
  const count = (group.counts.get(nodeName) ?? 0) + sign;
  if (count === 0) group.counts.delete(nodeName);
  else group.counts.set(nodeName, count);
}

/** `key=value` of the first requirement that demands one value; empty when there is none. */
function labelKeyOf(selector: Selector): string {
  for (const { key, operator, values } of selector.requirements) {
    if (values.length === 1 && (operator === '=' || operator === '==' || operator === 'in')) return `${key}=${values[0]}`;
  }
  return '';
}

function groupsFor(index: SpreadIndex, namespace: string, labelKey: string): Set<SpreadGroup> {
  const byLabel = index.byLabel.get(namespace) ?? new Map<string, Set<SpreadGroup>>();
  index.byLabel.set(namespace, byLabel);
  const groups = byLabel.get(labelKey) ?? new Set<SpreadGroup>();
  byLabel.set(labelKey, groups);
  return groups;
}
