// Validation of what a pod says about its place: affinity to nodes and pods, and spread constraints.
// Upstream: pkg/apis/core/validation/validation.go validateAffinity, ValidateNodeSelectorRequirement, validatePodAffinityTerm,
// validateTopologySpreadConstraints (v1.33). Rules: P4, P5, C811, C838.

import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { labelProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  TopologySpreadConstraint,
} from './pod-spec.ts';
import { validateLabelSelector } from './selector-validation.ts';

const POSITIVE = 'must be greater than zero';
const WEIGHT_RANGE = 'must be in the range 1-100';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Errors of affinity and spread constraints. */
export function validatePlacement({ affinity, topologySpreadConstraints = [] }: PodSpec, path: string): FieldError[] {
  const at = `${path}.topologySpreadConstraints`;
  return [
    ...(affinity === undefined ? [] : validateAffinity(affinity, `${path}.affinity`)),
    ...topologySpreadConstraints.flatMap((constraint, i) =>
      validateConstraint(constraint, topologySpreadConstraints.slice(i + 1), `${at}[${i}]`),
    ),
  ];
}

function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (nodeAffinity !== undefined) {
    const at = `${path}.nodeAffinity`;
    errors.push(...validateNodeSelector(nodeAffinity[REQUIRED], `${at}.${REQUIRED}`));
    (nodeAffinity[PREFERRED] ?? []).forEach(({ weight, preference }, i) => {
      errors.push(...validateWeight(weight, `${at}.${PREFERRED}[${i}].weight`));
      errors.push(...validateNodeTerm(preference, `${at}.${PREFERRED}[${i}].preference`));
    });
  }
  return [
    ...errors,
    ...validatePodAffinity(podAffinity, `${path}.podAffinity`),
    ...validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`),
  ];
}

/** ValidateNodeSelector. */
export function validateNodeSelector(
  selector: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] } | undefined,
  path: string,
): FieldError[] {
  if (selector === undefined) return [];
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${i}]`));
}

function validateWeight(weight: number, at: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(at, weight, WEIGHT_RANGE)];
}

function validateNodeTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, path: string): FieldError[] {
  return [
    ...matchExpressions.flatMap((item, i) => validateRequirement(item, `${path}.matchExpressions[${i}]`)),
    ...matchFields.flatMap((item, i) => validateField(item, `${path}.matchFields[${i}]`)),
  ];
}

function validateRequirement({ key = '', operator, values = [] }: NodeSelectorRequirement, at: string): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  }
  return [...errors, ...qualifiedNameProblems(key).map((problem) => invalid(`${at}.key`, key, problem))];
}

function validateField({ key, operator, values = [] }: NodeSelectorRequirement, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1)
    errors.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
  return errors;
}

function validatePodAffinity(affinity: PodAffinity | undefined, path: string): FieldError[] {
  return [
    ...(affinity?.[REQUIRED] ?? []).flatMap((term, i) => validatePodTerm(term, `${path}.${REQUIRED}[${i}]`)),
    ...(affinity?.[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
      ...validateWeight(weight, `${path}.${PREFERRED}[${i}].weight`),
      ...validatePodTerm(podAffinityTerm, `${path}.${PREFERRED}[${i}].podAffinityTerm`),
    ]),
  ];
}

function validatePodTerm({ labelSelector, namespaceSelector, namespaces = [], topologyKey }: PodAffinityTerm, at: string): FieldError[] {
  return [
    ...(labelSelector === undefined ? [] : validateLabelSelector(labelSelector, `${at}.labelSelector`)),
    ...(namespaceSelector === undefined ? [] : validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`)),
    ...namespaces.flatMap((name) => labelProblems(name).map((problem) => invalid(`${at}.namespace`, name, problem))),
    ...validateTopologyKey(topologyKey, `${at}.topologyKey`),
  ];
}

function validateTopologyKey(topologyKey: string | undefined, at: string): FieldError[] {
  if (topologyKey === undefined || topologyKey === '') return [required(at, 'can not be empty')];
  return qualifiedNameProblems(topologyKey).map((problem) => invalid(at, topologyKey, problem));
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];

function validateConstraint(constraint: TopologySpreadConstraint, others: readonly TopologySpreadConstraint[], at: string): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, POSITIVE));
  errors.push(...validateTopologyKey(topologyKey, `${at}.topologyKey`));
  if (!ACTIONS.includes(whenUnsatisfiable)) errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ACTIONS));
  if (others.some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable))
    errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
  if (minDomains !== undefined) {
    if (minDomains <= 0) errors.push(invalid(`${at}.minDomains`, minDomains, POSITIVE));
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(`${at}.minDomains`, minDomains, detail));
    }
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[field];
    if (policy !== undefined && !POLICIES.includes(policy)) errors.push(notSupported(`${at}.${field}`, policy, POLICIES));
  }
  if (matchLabelKeys.length > 0 && labelSelector === undefined)
    errors.push(forbidden(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
  if (labelSelector !== undefined) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  return errors;
}
