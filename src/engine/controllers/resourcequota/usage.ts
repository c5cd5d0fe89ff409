// What the objects of a namespace use, kept up to date by their changes: sums by class of usage, only where there is a quota.
// Upstream: pkg/quota/v1/generic/evaluator.go CalculateUsageStats (v1.33), which counts everything anew each time.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { addQuantities, subtractQuantities } from '../../apimachinery/quantity.ts';
import { listObjects } from '../../apiserver/api.ts';
import { KINDS } from '../../kinds/index.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ResourceQuota } from '../../kinds/resourcequota/types.ts';
import { isMeasured, matchesScopes, type Usage, type UsageClass, usageClassOf, usageOf } from '../../kinds/shared/quota-usage.ts';
import { sortedRecord } from '../../kinds/shared/storage.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { endsStep, type Steps } from '../../kernel/steps.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

interface ClassUse {
  readonly usageClass: UsageClass;
  readonly usage: Usage;
}

/** Namespace → class of usage → sums. */
const namespaceUse = defineTable<{ readonly classes: Record<string, ClassUse> }>('resourcequota.usage');

/** Kinds whose objects count; Events never do. */
export const COUNTED_KINDS: readonly Kind[] = KINDS.filter((kind) => kind.namespaced && kind.kind !== 'Event');
const COUNTED_RESOURCES: ReadonlySet<string> = new Set(COUNTED_KINDS.map(resourceOf));

export function isTracked(state: ClusterState, namespace: string): boolean {
  return namespaceUse.has(state, namespace);
}

/** Counts the namespace once; from then on its changes do. */
export function* track(state: ClusterState, namespace: string): Steps<void> {
  if (isTracked(state, namespace)) return;
  namespaceUse.put(state, namespace, { classes: {} });
  for (const kind of COUNTED_KINDS)
    for (const [index, object] of listObjects(state, kind, namespace).entries()) {
      count(state, namespace, kind, object, addQuantities);
      if (endsStep(index)) yield;
    }
}

export function untrack(state: ClusterState, namespace: string): void {
  namespaceUse.remove(state, namespace);
}

/** False when the change of an object cannot have changed what it uses. */
export function shiftUse(
  state: ClusterState,
  namespace: string,
  kind: Kind,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): boolean {
  if (before !== undefined && after !== undefined && before['spec'] === after['spec'] && isOver(kind, before) === isOver(kind, after))
    return false;
  if (before !== undefined) count(state, namespace, kind, before, subtractQuantities);
  if (after !== undefined) count(state, namespace, kind, after, addQuantities);
  return true;
}

function isOver(kind: Kind, object: KubeObject): boolean {
  return kind.plural === 'pods' && isPodTerminal(object as Pod);
}

function count(state: ClusterState, namespace: string, kind: Kind, object: KubeObject, combine: (a: string, b: string) => string): void {
  const usageClass = usageClassOf(kind, object);
  const key = JSON.stringify(Object.values(usageClass));
  const { classes } = namespaceUse.edit(state, namespace);
  const use = (classes[key] ??= { usageClass, usage: {} });
  for (const [name, quantity] of Object.entries(usageOf(kind, object))) {
    const sum = combine(use.usage[name] ?? '0', quantity);
    if (sum === '0') delete use.usage[name];
    else use.usage[name] = sum;
  }
  if (Object.keys(use.usage).length === 0) delete classes[key];
}

/** What the namespace uses of each resource that the quota limits. What nobody counts stays as it is. */
export function usedOf(state: ClusterState, quota: ResourceQuota): Usage {
  const { classes } = namespaceUse.require(state, quota.metadata.namespace ?? '');
  const matching = Object.values(classes).filter(({ usageClass }) => matchesScopes(quota.spec, usageClass));
  const used: Usage = {};
  for (const name of Object.keys(quota.spec.hard ?? {})) {
    const kept = quota.status.used?.[name];
    if (isMeasured(name, (resource) => COUNTED_RESOURCES.has(resource)))
      used[name] = matching.reduce((sum, { usage }) => addQuantities(sum, usage[name] ?? '0'), '0');
    else if (kept !== undefined) used[name] = kept;
  }
  return sortedRecord(used);
}
