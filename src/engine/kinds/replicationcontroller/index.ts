// The kind ReplicationController. Upstream: pkg/registry/core/replicationcontroller/strategy.go, pkg/apis/core/v1/defaults.go,
// pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec (v1.33). Rules: C162-C166, F6, O7.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { formatLabels, matchesSelector, selectorFromMap } from '../../apimachinery/labels.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { validatePodTemplate } from '../shared/pod-validation.ts';
import { applyTemplateDefaults, goMap } from '../shared/template.ts';
import type { ReplicationController } from './types.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

export const replicationControllerKind: Kind<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schema: 'core.v1.ReplicationController',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  defaultPropagation: 'Orphan',
  scale: {
    replicas: (set) => set.spec.replicas,
    statusReplicas: (set) => set.status.replicas,
    selector: (set) => formatLabels(set.spec.selector),
    withReplicas: (set, replicas) => ({ ...set, spec: { ...set.spec, replicas } }),
  },
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ReplicationController>['spec'];
    else draft.status = previous.status as Draft<ReplicationController>['status'];
  },
  validate: validateSpec,
  warnings: warnAboutWorkload((set) => set.spec?.template, 'spec.template', true),
  selectableFields: (set) => ({ 'status.replicas': String(set.status.replicas) }),
  columns: [
    NAME_COLUMN,
    column('Desired', 'integer'),
    column('Current', 'integer'),
    column('Ready', 'integer'),
    AGE_COLUMN,
    ...WORKLOAD_WIDE_COLUMNS,
  ],
  cells: (set, nowMs) => [
    set.metadata.name,
    set.spec.replicas,
    set.status.replicas,
    set.status.readyReplicas ?? 0,
    ageOf(set, nowMs),
    ...workloadWideCells(set.spec.template, { matchLabels: set.spec.selector }),
  ],
};

/** C164: selector and own labels default to the template's labels. */
function applyDefaults(draft: Draft<ReplicationController>): void {
  const { spec } = draft;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    const metadata = draft.metadata as { labels?: Record<string, string> };
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  applyTemplateDefaults(spec.template);
}

/** The selector must not be empty, and the template must match it and restart its pods (C165, C166). */
function validateSpec(set: ReplicationController): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { replicas, minReadySeconds = 0, selector = {}, template } = set.spec;
  for (const [field, value] of Object.entries({ minReadySeconds, replicas })) {
    if (value < 0) errors.push(invalid(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  for (const [key, value] of Object.entries(selector)) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid('spec.selector', key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid('spec.selector', value, problem));
  }
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  if (template === undefined) return [...errors, required('spec.template')];
  const labels = template.metadata?.labels;
  if (Object.keys(selector).length > 0 && !matchesSelector(selectorFromMap(selector), labels))
    errors.push(invalid('spec.template.metadata.labels', goText(goMap(labels)), '`selector` does not match template `labels`'));
  errors.push(...validatePodTemplate(template, 'spec.template'));
  const policy = template.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined)
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicationController is not Supported'));
  return errors;
}
