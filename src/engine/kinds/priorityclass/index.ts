// The kind PriorityClass. Upstream: pkg/registry/scheduling/priorityclass, pkg/apis/scheduling/{v1/helpers,v1/defaults,validation}.go,
// printers.go printPriorityClass (v1.33). Rules: C845, F6, L1, M11, N8, O13. What a class does to new pods is in apiserver/admission/pod-priority.ts.

import { type FieldError, forbidden, invalid, notSupported } from '../../apimachinery/field-errors.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { PriorityClass } from './types.ts';

/** C845: the greatest value of a class that a user makes. */
const USER_VALUE_MAX = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
const POLICIES = ['Never', 'PreemptLowerPriority'];

/** M11: the classes that every cluster has, with their values and descriptions. */
export const SYSTEM_CLASSES: Readonly<Record<string, { readonly value: number; readonly description: string }>> = {
  'system-node-critical': {
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  'system-cluster-critical': {
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
};

export const priorityClassKind: Kind<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  categories: [],
  namespaced: false,
  schema: 'scheduling.v1.PriorityClass',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  protection: (name) => (Object.hasOwn(SYSTEM_CLASSES, name) ? 'this is a system priority class and cannot be deleted' : undefined),
  applyDefaults(draft) {
    draft.value ??= 0;
    draft.preemptionPolicy ??= 'PreemptLowerPriority';
    // A false default is not stored.
    if (draft.globalDefault === false) delete draft.globalDefault;
  },
  validate: validateClass,
  validateUpdate: validateClassUpdate,
  columns: [NAME_COLUMN, column('Value', 'integer'), column('Global-Default', 'boolean'), AGE_COLUMN, column('PreemptionPolicy')],
  cells: (priorityClass, nowMs) => [
    priorityClass.metadata.name,
    priorityClass.value,
    priorityClass.globalDefault ?? false,
    ageOf(priorityClass, nowMs),
    priorityClass.preemptionPolicy,
  ],
};

/** C845: names that begin with `system-` belong to the system, and so do the values above the users' limit. */
function validateClass(priorityClass: PriorityClass): readonly FieldError[] {
  const { value, preemptionPolicy } = priorityClass;
  const errors: FieldError[] = [];
  if (priorityClass.metadata.name.startsWith(SYSTEM_PREFIX)) {
    const problem = systemProblem(priorityClass);
    const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    if (problem !== undefined) errors.push(forbidden('metadata.name', `${reserved}${problem}`));
  } else if (value > USER_VALUE_MAX) {
    errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${USER_VALUE_MAX}`));
  }
  if (!POLICIES.includes(preemptionPolicy)) errors.push(notSupported('preemptionPolicy', preemptionPolicy, POLICIES));
  return errors;
}

function systemProblem({ metadata: { name }, value, globalDefault = false }: PriorityClass): string | undefined {
  const known = Object.hasOwn(SYSTEM_CLASSES, name) ? SYSTEM_CLASSES[name] : undefined;
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validateClassUpdate(next: PriorityClass, previous: PriorityClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (next.value !== previous.value) errors.push(forbidden('value', 'may not be changed in an update.'));
  const { preemptionPolicy } = next;
  if (preemptionPolicy !== previous.preemptionPolicy) errors.push(invalid('preemptionPolicy', preemptionPolicy, 'field is immutable'));
  return errors;
}
