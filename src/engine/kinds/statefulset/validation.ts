// Validation of StatefulSets. Upstream: pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec, ValidateStatefulSetUpdate (v1.33).
// Rules: C430, I9. As upstream, the pod spec of the template is not validated, because its mounts may name claim templates; a pod that is
// wrong fails when it is created.
// Deviation: names of claim templates are checked, because a claim without a valid name could never be created.

import { duplicate, type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { labelProblems } from '../../apimachinery/names.ts';
import { goMap, goSelector, validateLabelSelector } from '../shared/template.ts';
import type { StatefulSet, StatefulSetSpec } from './types.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';

export function validateStatefulSet(set: StatefulSet): readonly FieldError[] {
  const { spec } = set;
  const errors: FieldError[] = [];
  if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy))
    errors.push(invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"));
  validateStrategy(spec, errors);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy[field];
    if (!['Delete', 'Retain'].includes(value))
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, value, ['Delete', 'Retain']));
  }
  const counts = { replicas: spec.replicas, minReadySeconds: spec.minReadySeconds ?? 0, 'ordinals.start': spec.ordinals?.start ?? 0 };
  for (const [field, value] of Object.entries(counts)) if (value < 0) errors.push(invalid(`spec.${field}`, value, NON_NEGATIVE));
  if (spec.revisionHistoryLimit < 0) errors.push(invalid('spec.revisionHistoryLimit', spec.revisionHistoryLimit, NON_NEGATIVE));
  validateTemplate(spec, errors);
  validateClaims(spec, errors);
  return errors;
}

function validateStrategy(spec: StatefulSetSpec, errors: FieldError[]): void {
  const { type, rollingUpdate } = spec.updateStrategy;
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') {
    if (rollingUpdate !== undefined)
      errors.push(invalid(`${path}.rollingUpdate`, goText(goRolling(rollingUpdate)), "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (type === 'RollingUpdate') {
    const { partition = 0 } = rollingUpdate ?? {};
    if (partition < 0) errors.push(invalid(`${path}.rollingUpdate.partition`, partition, NON_NEGATIVE));
  } else {
    const dump = `apps.StatefulSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}`;
    errors.push(invalid(path, goText(dump), "must be 'RollingUpdate' or 'OnDelete'"));
  }
}

function goRolling(rollingUpdate: { readonly partition: number }): string {
  return `apps.RollingUpdateStatefulSetStrategy{Partition:${rollingUpdate.partition}, MaxUnavailable:(*intstr.IntOrString)(nil)}`;
}

function validateTemplate(spec: StatefulSetSpec, errors: FieldError[]): void {
  const { selector, template } = spec;
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
      errors.push(invalid('spec.selector', goText(goSelector(selector)), 'empty selector is invalid for statefulset'));
  }
  const labels = template?.metadata?.labels;
  if (!matchesSelector(selectorFromLabelSelector(selector), labels))
    errors.push(invalid('spec.template.metadata.labels', goText(goMap(labels)), '`selector` does not match template `labels`'));
  const policy = template?.spec?.restartPolicy;
  if (policy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported'));
}

function validateClaims(spec: StatefulSetSpec, errors: FieldError[]): void {
  const names = new Set<string>();
  (spec.volumeClaimTemplates ?? []).forEach((claim, index) => {
    const field = `spec.volumeClaimTemplates[${index}].metadata.name`;
    const { name = '' } = claim.metadata;
    if (name === '') errors.push(required(field));
    else for (const problem of labelProblems(name)) errors.push(invalid(field, name, problem));
    if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
  });
}

const MUTABLE_FIELDS = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

/** Only these fields of a StatefulSet's spec may change (C430). */
export function validateStatefulSetUpdate(set: StatefulSet, previous: StatefulSet, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return validateStatus(set);
  const comparable: Record<string, unknown> = { ...set.spec };
  for (const field of MUTABLE_FIELDS) comparable[field] = previous.spec[field];
  if (isJsonEqual(comparable, previous.spec)) return [];
  const quoted = MUTABLE_FIELDS.map((field) => `'${field}'`);
  const text = `updates to statefulset spec for fields other than ${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)} are forbidden`;
  return [forbidden('spec', text)];
}

function validateStatus(set: StatefulSet): FieldError[] {
  const { replicas, readyReplicas = 0, currentReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = set.status;
  const counts = { replicas, readyReplicas, currentReplicas, updatedReplicas, availableReplicas };
  const errors: FieldError[] = [];
  for (const [field, value] of Object.entries(counts)) {
    if (value < 0) errors.push(invalid(`status.${field}`, value, NON_NEGATIVE));
    else if (value > replicas) errors.push(invalid(`status.${field}`, value, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas'));
  return errors;
}
