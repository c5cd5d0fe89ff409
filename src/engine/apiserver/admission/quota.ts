// What the quotas of a namespace say to a new object, and to a service or claim that grows: refused, or charged at once. The use that a quota
// tells of is kept in its status, so that the cost does not depend on what else is in the namespace.
// Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go CheckRequest (v1.33). Quotas in order of creation.
// Deviation: an object that is refused because its name is taken is not charged, because nobody would count it.

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { compareQuantities, subtractQuantities } from '../../apimachinery/quantity.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import type { ResourceQuota } from '../../kinds/resourcequota/types.ts';
import type { PodSpec } from '../../kinds/shared/pod-spec.ts';
import { addUsage, matchesScopes, resourcesFor, type Usage, usageClassOf, usageOf, unspecified } from '../../kinds/shared/quota-usage.ts';
import { sortedRecord } from '../../kinds/shared/storage.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, keysInNamespace } from '../../kernel/store.ts';

/** What is to be written once the object is. */
export interface Charge {
  readonly quota: ResourceQuota;
  readonly used: Usage;
}

export type QuotaVerdict = { readonly refusal: Status } | { readonly charges: readonly Charge[] };

const NO_CHARGES: QuotaVerdict = { charges: [] };
/** Never counted. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io']);
/** Counted again when they change. */
const GROWING: ReadonlySet<string> = new Set(['services', 'persistentvolumeclaims']);

/** Judges an object that is about to be stored. `previous` is what it replaces; of pods only the resources can have changed. */
export function checkQuotas(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  isResize: boolean,
): QuotaVerdict {
  const { namespace, name } = object.metadata;
  if (!kind.namespaced || namespace === undefined) return NO_CHARGES;
  const keys = keysInNamespace(state, 'resourcequotas', namespace);
  const resource = resourceOf(kind);
  if (keys.size === 0 || IGNORED.has(resource) || (previous !== undefined && !isResize && !GROWING.has(resource))) return NO_CHARGES;
  const usageClass = usageClassOf(kind, object);
  const quotas = [...keys].map((key) => getStored(state, 'resourcequotas', key)?.object as ResourceQuota);
  const concerned = quotas.filter(
    (quota) => matchesScopes(quota.spec, usageClass) && resourcesFor(kind, Object.keys(quota.status.hard ?? {})).length > 0,
  );
  const refuse = (detail: string): QuotaVerdict => ({ refusal: forbiddenObject(kind, name, detail) });
  for (const quota of concerned) {
    const names = [...resourcesFor(kind, Object.keys(quota.status.hard ?? {}))].sort();
    const silent = resource === 'pods' ? unspecified(object['spec'] as PodSpec, names) : undefined;
    if (silent !== undefined) return refuse(`failed quota: ${quota.metadata.name}: ${silent}`);
    if (names.some((counted) => quota.status.used?.[counted] === undefined))
      return refuse(`status unknown for quota: ${quota.metadata.name}, resources: ${names.join(',')}`);
  }
  const delta = growth(usageOf(kind, object), previous === undefined ? {} : usageOf(kind, previous));
  if (Object.keys(delta).length === 0) return NO_CHARGES;
  const charges: Charge[] = [];
  for (const quota of concerned) {
    const { hard = {}, used = {} } = quota.status;
    const requested = pick(delta, Object.keys(hard));
    const next = addUsage(used, requested);
    const exceeded = Object.keys(requested).filter((counted) => compareQuantities(next[counted] ?? '0', hard[counted] ?? '0') > 0);
    if (exceeded.length > 0) {
      const text = (amounts: StringMap): string => print(pick(amounts, exceeded));
      return refuse(`exceeded quota: ${quota.metadata.name}, requested: ${text(requested)}, used: ${text(used)}, limited: ${text(hard)}`);
    }
    charges.push({ quota, used: sortedRecord(next) });
  }
  return { charges };
}

/** What is more than before; never less than nothing. */
function growth(usage: StringMap, before: StringMap): Usage {
  const delta: Usage = {};
  for (const [name, quantity] of Object.entries(usage)) {
    const more = before[name] === undefined ? quantity : subtractQuantities(quantity, before[name]);
    if (compareQuantities(more, '0') > 0) delta[name] = more;
  }
  return delta;
}

function pick(amounts: StringMap, names: readonly string[]): Usage {
  return Object.fromEntries(names.flatMap((name) => (amounts[name] === undefined ? [] : [[name, amounts[name]]])));
}

function print(amounts: StringMap): string {
  return Object.keys(amounts)
    .sort()
    .map((name) => `${name}=${amounts[name]}`)
    .join(',');
}
