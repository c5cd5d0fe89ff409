// Pod templates of workloads: defaults, validation against the selector.
// Upstream: pkg/apis/core/v1/defaults.go, pkg/apis/apps/validation/validation.go (ValidatePodTemplateSpecForReplicaSet) (v1.33). Rules: O6, C157-C159, P6.

import { compareText } from '../../apimachinery/text.ts';
import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { Draft } from '../kind.ts';
import { applyPodSpecDefaults } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-validation.ts';
import { validateLabelSelector } from './selector-validation.ts';
import type { LabelSelector, PodTemplateSpec } from './types.ts';

export { validateLabelSelector };

/** Defaults of a template; its creationTimestamp is always printed (O6). */
export function applyTemplateDefaults(template: Draft<PodTemplateSpec> | undefined): void {
  if (template === undefined) return;
  template.metadata = { creationTimestamp: null, ...template.metadata };
  template.spec ??= {} as Draft<PodTemplateSpec>['spec'];
  applyPodSpecDefaults(template.spec);
}

/** Selector and template of a workload (C157, C159). `kind` is the word in `... is not Supported`. */
export function validateSelectorAndTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const path = 'spec.selector';
  const isEmpty = selector !== undefined && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (selector === undefined) errors.push(required(path));
  else {
    const found = validateLabelSelector(selector, path);
    errors.push(...found);
    if (isEmpty) errors.push(invalid(path, goText(goSelector(selector)), 'empty selector is invalid for deployment'));
    if (found.length > 0) errors.push(invalid(path, goText(goSelector(selector)), 'invalid label selector'));
  }
  const labels = template?.metadata?.labels;
  const isBroken = errors.some((error) => error.message.endsWith('invalid label selector'));
  if (!isBroken && !isEmpty && (selector === undefined || !matchesSelector(selectorFromLabelSelector(selector), labels))) {
    errors.push(invalid('spec.template.metadata.labels', goText(goMap(labels)), '`selector` does not match template `labels`'));
  }
  errors.push(...validatePodTemplate(template, 'spec.template'));
  const policy = template?.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always' && ['OnFailure', 'Never'].includes(policy))
    errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`));
  return errors;
}

/** C158, I9: a selector is never changed. */
export function validateSelectorUpdate(selector: LabelSelector | undefined, previous: LabelSelector | undefined): FieldError[] {
  if (selector === previous || isJsonEqual(selector, previous)) return [];
  return [invalid('spec.selector', selector === undefined ? 'null' : goText(goSelector(selector)), 'field is immutable')];
}

/** A map in Go syntax (E4). */
export function goMap(labels: Readonly<Record<string, string>> | undefined): string {
  if (labels === undefined) return 'map[string]string(nil)';
  const pairs = Object.entries(labels).sort(([a], [b]) => compareText(a, b));
  return `map[string]string{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}}`;
}

/** A LabelSelector in Go syntax (E4). */
export function goSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '"null"';
  const expressions = selector.matchExpressions;
  const items = (expressions ?? []).map((item) => {
    const values =
      item.values === undefined ? '[]string(nil)' : `[]string{${item.values.map((value) => JSON.stringify(value)).join(', ')}}`;
    return `v1.LabelSelectorRequirement{Key:${JSON.stringify(item.key)}, Operator:${JSON.stringify(item.operator)}, Values:${values}}`;
  });
  const list = expressions === undefined ? '[]v1.LabelSelectorRequirement(nil)' : `[]v1.LabelSelectorRequirement{${items.join(', ')}}`;
  return `v1.LabelSelector{MatchLabels:${goMap(selector.matchLabels)}, MatchExpressions:${list}}`;
}
