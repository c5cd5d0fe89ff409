// The kind NetworkPolicy. Upstream: pkg/registry/networking/networkpolicy/strategy.go, pkg/apis/networking/v1/defaults.go,
// printers.go printNetworkPolicy (v1.33). Rules: B8, F6, N8. Policies are stored and served; no traffic is kept away.

import { formatLabelSelector } from '../../apimachinery/labels.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { NetworkPolicy } from './types.ts';
import { validateNetworkPolicy } from './validation.ts';

export const networkPolicyKind: Kind<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  categories: [],
  namespaced: true,
  schema: 'networking.v1.NetworkPolicy',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: false,
  applyDefaults(draft) {
    draft.spec ??= { podSelector: {} };
    const { spec } = draft;
    spec.podSelector ??= {};
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    // Egress rules without types mean both.
    if ((spec.policyTypes ?? []).length === 0) spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: validateNetworkPolicy,
  columns: [NAME_COLUMN, column('Pod-Selector'), AGE_COLUMN],
  cells: (policy, nowMs) => [policy.metadata.name, formatLabelSelector(policy.spec.podSelector), ageOf(policy, nowMs)],
};
