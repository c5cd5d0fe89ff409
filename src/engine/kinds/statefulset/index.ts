// The kind StatefulSet. Upstream: pkg/registry/apps/statefulset/strategy.go, pkg/apis/apps/v1/defaults.go, printers.go printStatefulSet
// (v1.33). Rules: C430, F6, M2, O9.

import { formatLabelSelector } from '../../apimachinery/labels.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyTemplateDefaults } from '../shared/template.ts';
import type { StatefulSet, VolumeClaimTemplate } from './types.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './validation.ts';
import type { ClaimSpec } from '../shared/claim-validation.ts';
import { eachText } from '../shared/each-text.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';
import { warnAboutClaimSpec } from '../shared/volume-warnings.ts';

export const statefulSetKind: Kind<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schema: 'apps.v1.StatefulSet',
  nameFormat: 'label',
  generation: 'spec',
  hasStatus: true,
  scale: {
    replicas: (set) => set.spec.replicas,
    statusReplicas: (set) => set.status.replicas,
    selector: (set) => formatLabelSelector(set.spec.selector),
    withReplicas: (set, replicas) => ({ ...set, spec: { ...set.spec, replicas } }),
  },
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = { replicas: 0, availableReplicas: 0 };
    draft.spec.serviceName ??= '';
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<StatefulSet>['spec'];
    else draft.status = previous.status as Draft<StatefulSet>['status'];
    draft.spec.serviceName ??= '';
  },
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: warnAboutSet,
  columns: [NAME_COLUMN, column('Ready'), AGE_COLUMN, ...WORKLOAD_WIDE_COLUMNS.slice(0, 2)],
  cells: (set, nowMs) => [
    set.metadata.name,
    `${set.status.readyReplicas ?? 0}/${set.spec.replicas}`,
    ageOf(set, nowMs),
    ...workloadWideCells(set.spec.template, set.spec.selector).slice(0, 2),
  ],
};

function applyDefaults(draft: Draft<StatefulSet>): void {
  const { spec } = draft;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.podManagementPolicy ??= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= { type: 'RollingUpdate' });
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= { partition: 0 };
    strategy.rollingUpdate.partition ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= { whenDeleted: 'Retain', whenScaled: 'Retain' });
  retention.whenDeleted ??= 'Retain';
  retention.whenScaled ??= 'Retain';
  applyTemplateDefaults(spec.template);
  spec.volumeClaimTemplates?.forEach(applyClaimDefaults);
}

/** O13: what a stored claim has, a claim template has too. */
function applyClaimDefaults(claim: Draft<VolumeClaimTemplate>): void {
  claim.kind ??= 'PersistentVolumeClaim';
  claim.apiVersion ??= 'v1';
  claim.metadata = { creationTimestamp: null, ...claim.metadata };
  claim.spec ??= {};
  claim.spec['volumeMode'] ??= 'Filesystem';
  claim.spec['resources'] ??= {};
  claim.status ??= {};
  claim.status['phase'] ??= 'Pending';
}

const warnAboutTemplate = warnAboutWorkload<StatefulSet>((set) => set.spec?.template, 'spec.template', false);
const HISTORY = 'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';

function warnAboutSet(set: StatefulSet, previous: StatefulSet | undefined): readonly string[] {
  const { volumeClaimTemplates, revisionHistoryLimit = 0 } = set.spec;
  // Upstream names the path of a change so.
  const suffix = previous === undefined ? '' : '.Spec';
  return [
    ...warnAboutTemplate(set, previous),
    ...eachText(volumeClaimTemplates, 'spec.volumeClaimTemplates', ({ spec }, at) =>
      warnAboutClaimSpec((spec ?? {}) as ClaimSpec, at + suffix),
    ),
    ...(revisionHistoryLimit < 0 ? [HISTORY] : []),
  ];
}
