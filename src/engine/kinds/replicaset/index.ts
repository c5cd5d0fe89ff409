// The kind ReplicaSet. Upstream: pkg/registry/apps/replicaset/strategy.go, pkg/apis/apps/validation/validation.go (v1.33).
// Rules: C156-C161, F6, O7, P6.

import type { Draft, Kind } from '../kind.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyTemplateDefaults } from '../shared/template.ts';
import type { ReplicaSet } from './types.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validation.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

export const replicaSetKind: Kind<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'apps.v1.ReplicaSet',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  scale: {
    replicas: (set) => set.spec.replicas,
    statusReplicas: (set) => set.status.replicas,
    selector: (set) => formatLabelSelector(set.spec.selector),
    withReplicas: (set, replicas) => ({ ...set, spec: { ...set.spec, replicas } }),
  },
  applyDefaults(draft) {
    if (draft.spec === undefined) return;
    draft.spec.replicas ??= 1;
    applyTemplateDefaults(draft.spec.template);
  },
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ReplicaSet>['spec'];
    else draft.status = previous.status as Draft<ReplicaSet>['status'];
  },
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  warnings: warnAboutWorkload((set) => set.spec?.template, 'spec.template', true),
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
    ...workloadWideCells(set.spec.template, set.spec.selector),
  ],
};
