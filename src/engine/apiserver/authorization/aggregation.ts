// Roles that are made of other roles. Upstream: pkg/controller/clusterroleaggregation (v1.33). Rule: Q10.

import { compareText } from '../../apimachinery/text.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { ClusterRole, PolicyRule } from '../../kinds/shared/rbac.ts';

/** Q10: the rules of all roles that a role selects, by name, each rule once; undefined when it selects none. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] | undefined {
  if (role.aggregationRule === undefined) return undefined;
  const rules: PolicyRule[] = [];
  for (const labelSelector of role.aggregationRule.clusterRoleSelectors ?? []) {
    const selector = selectorFromLabelSelector(labelSelector);
    const selected = all.filter(({ metadata }) => metadata.name !== role.metadata.name && matchesSelector(selector, metadata.labels));
    for (const { rules: added } of selected.sort(byName))
      for (const rule of added ?? []) if (!rules.some((present) => isJsonEqual(present, rule))) rules.push(rule);
  }
  return rules;
}

function byName(a: ClusterRole, b: ClusterRole): number {
  return compareText(a.metadata.name, b.metadata.name);
}
