// The kind DaemonSet. Upstream: pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/v1/defaults.go, printers.go printDaemonSet (v1.33).
// Rules: C407, C408, F6, O9.

import { formatLabels } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyTemplateDefaults } from '../shared/template.ts';
import type { DaemonSet } from './types.ts';
import { validateDaemonSet, validateDaemonSetUpdate } from './validation.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

/** Counts the templates that a DaemonSet had; older pods are told apart by it. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSetKind: Kind<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'apps.v1.DaemonSet',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults(draft) {
    const { spec } = draft;
    if (spec === undefined) return;
    const strategy = (spec.updateStrategy ??= { type: 'RollingUpdate' });
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = (strategy.rollingUpdate ??= {} as NonNullable<typeof strategy.rollingUpdate>);
      rolling.maxUnavailable ??= 1;
      rolling.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    applyTemplateDefaults(spec.template);
    const metadata = draft.metadata as { annotations?: Record<string, string> };
    if (metadata.annotations?.[TEMPLATE_GENERATION] === undefined) setTemplateGeneration(draft, 0);
  },
  prepareForCreate(draft) {
    draft.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    setTemplateGeneration(draft, 1);
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<DaemonSet>['spec'];
    else draft.status = previous.status as Draft<DaemonSet>['status'];
    const before = Number(previous.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    setTemplateGeneration(draft, isJsonEqual(draft.spec.template, previous.spec.template) ? before : before + 1);
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  warnings: warnAboutWorkload((set) => set.spec?.template, 'spec.template', false),
  columns: [
    NAME_COLUMN,
    column('Desired', 'integer'),
    column('Current', 'integer'),
    column('Ready', 'integer'),
    column('Up-to-date', 'integer'),
    column('Available', 'integer'),
    column('Node Selector'),
    AGE_COLUMN,
    ...WORKLOAD_WIDE_COLUMNS,
  ],
  cells: (set, nowMs) => [
    set.metadata.name,
    set.status.desiredNumberScheduled,
    set.status.currentNumberScheduled,
    set.status.numberReady,
    set.status.updatedNumberScheduled ?? 0,
    set.status.numberAvailable ?? 0,
    formatLabels(set.spec.template.spec.nodeSelector),
    ageOf(set, nowMs),
    ...workloadWideCells(set.spec.template, set.spec.selector),
  ],
};

function setTemplateGeneration(draft: Draft<DaemonSet>, value: number): void {
  const metadata = draft.metadata as { annotations?: Record<string, string> };
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(value) };
}
