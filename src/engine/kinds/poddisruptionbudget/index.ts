// The kind PodDisruptionBudget. Upstream: pkg/registry/policy/poddisruptionbudget/strategy.go, pkg/printers/internalversion/printers.go
// printPodDisruptionBudget (v1.33). Rules: F6, I5, I6, N8, O13, P10.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { PodDisruptionBudget } from './types.ts';
import { validateBudgetUpdate, validatePodDisruptionBudget } from './validation.ts';

/** Counters of a budget that nobody has looked at (O13). */
const NO_STATUS = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

export const podDisruptionBudgetKind: Kind<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  categories: [],
  namespaced: true,
  schema: 'policy.v1.PodDisruptionBudget',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  requiresVersionOnUpdate: true,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = { ...NO_STATUS };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<PodDisruptionBudget>['spec'];
      draft.status = { ...NO_STATUS, ...draft.status };
    } else draft.status = previous.status as Draft<PodDisruptionBudget>['status'];
  },
  validate: validatePodDisruptionBudget,
  validateUpdate: validateBudgetUpdate,
  columns: [NAME_COLUMN, column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer'), AGE_COLUMN],
  cells: (budget, nowMs) => [
    budget.metadata.name,
    String(budget.spec.minAvailable ?? 'N/A'),
    String(budget.spec.maxUnavailable ?? 'N/A'),
    budget.status.disruptionsAllowed,
    ageOf(budget, nowMs),
  ],
};
