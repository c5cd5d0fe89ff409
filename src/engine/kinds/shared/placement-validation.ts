// Validation of what a pod says about its place: affinity to nodes and pods, and spread constraints.
// Upstream: pkg/apis/core/validation/validation.go validateAffinity, ValidateNodeSelectorRequirement, validatePodAffinityTerm,
// validateTopologySpreadConstraints (v1.33). Rules: P4, P5, C811, C838.

import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import { labelProblems, labelValueProblems, qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { eachItem, invalidFor } from './field-checks.ts';
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

/** Errors of spread constraints. */
export function validateSpread({ topologySpreadConstraints = [] }: PodSpec, path: string): FieldError[] {
  return topologySpreadConstraints.flatMap((constraint, i) =>
    validateConstraint(constraint, topologySpreadConstraints.slice(i + 1), `${path}[${i}]`),
  );
}

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (nodeAffinity !== undefined) {
    const at = `${path}.nodeAffinity`;
    errors.push(...validateNodeSelector(nodeAffinity[REQUIRED], `${at}.${REQUIRED}`));
    (nodeAffinity[PREFERRED] ?? []).forEach(({ weight, preference }, i) => {
      errors.push(...validateWeight(weight, `${at}.${PREFERRED}[${i}].weight`));
      // Values of preferred terms are not looked at.
      errors.push(...validateNodeTerm(preference, `${at}.${PREFERRED}[${i}].preference`, false));
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
  return terms.flatMap((term, i) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${i}]`, true));
}

function validateWeight(weight: number, at: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(at, weight, WEIGHT_RANGE)];
}

function validateNodeTerm(term: NodeSelectorTerm | undefined, path: string, checksValues: boolean): FieldError[] {
  const { matchExpressions = [], matchFields = [] } = term ?? {};
  return [
    ...matchExpressions.flatMap((item, i) => validateRequirement(item, `${path}.matchExpressions[${i}]`, checksValues)),
    ...matchFields.flatMap((item, i) => validateField(item, `${path}.matchFields[${i}]`)),
  ];
}

function validateRequirement(requirement: NodeSelectorRequirement, at: string, checksValues: boolean): FieldError[] {
  const { key = '', operator, values = [] } = requirement;
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
  return [
    ...errors,
    ...invalidFor(`${at}.key`, key, qualifiedNameProblems(key)),
    ...(checksValues ? eachItem(values, `${at}.values`, (value, field) => invalidFor(field, value, labelValueProblems(value))) : []),
  ];
}

function validateField({ key, operator, values = [] }: NodeSelectorRequirement, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  else if (values.length !== 1)
    errors.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') return [...errors, invalid(`${at}.key`, key ?? '', 'not a valid field selector key')];
  return [...errors, ...eachItem(values, `${at}.values`, (value, field) => invalidFor(field, value, subdomainProblems(value)))];
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

function validatePodTerm(term: PodAffinityTerm | undefined, at: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term ?? {};
  return [
    ...(labelSelector === undefined ? [] : validateLabelSelector(labelSelector, `${at}.labelSelector`)),
    ...(namespaceSelector === undefined ? [] : validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`)),
    ...namespaces.flatMap((name) => labelProblems(name).map((problem) => invalid(`${at}.namespace`, name, problem))),
    ...validateMergedKeys(term, at),
    ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
    ...invalidFor(`${at}.topologyKey`, topologyKey, qualifiedNameProblems(topologyKey)),
  ];
}

const IN_BOTH = 'exists in both matchLabelKeys and';

/** C811: keys whose values come from the pod's own labels. */
function validateMergedKeys(term: PodAffinityTerm | undefined, at: string): FieldError[] {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term ?? {};
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  const repeated = (labelSelector?.matchExpressions ?? []).flatMap(({ key }) => {
    const isRepeated = seen.has(key) && matchLabelKeys.includes(key);
    seen.add(key);
    // Upstream's path leaves out the list.
    return isRepeated ? [invalid(`${at}[${matchLabelKeys.lastIndexOf(key)}]`, key, `${IN_BOTH} labelSelector`)] : [];
  });
  return [
    ...validateKeys(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
    ...validateKeys(mismatchLabelKeys, labelSelector, `${at}.mismatchLabelKeys`),
    ...repeated,
    ...eachItem(matchLabelKeys, `${at}.matchLabelKeys`, (key, field) =>
      mismatchLabelKeys.includes(key) ? [invalid(field, key, `${IN_BOTH} mismatchLabelKeys`)] : [],
    ),
  ];
}

function validateKeys(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length > 0 && selector === undefined) return [forbidden(path, 'must not be specified when labelSelector is not set')];
  return eachItem(keys, path, (key, field) => invalidFor(field, key, qualifiedNameProblems(key)));
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];

function validateConstraint(constraint: TopologySpreadConstraint, others: readonly TopologySpreadConstraint[], at: string): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, POSITIVE));
  if ((topologyKey ?? '') === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
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
  const selected = [...Object.keys(labelSelector?.matchLabels ?? {}), ...(labelSelector?.matchExpressions ?? []).map(({ key }) => key)];
  if (matchLabelKeys.length > 0 && labelSelector === undefined)
    errors.push(forbidden(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
  const checkKey = (key: string, field: string): FieldError[] => [
    ...invalidFor(field, key, qualifiedNameProblems(key)),
    ...(selected.includes(key) ? [invalid(field, key, `${IN_BOTH} labelSelector`)] : []),
  ];
  errors.push(...eachItem(matchLabelKeys, `${at}.matchLabelKeys`, checkKey));
  if (labelSelector !== undefined) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  return errors;
}
