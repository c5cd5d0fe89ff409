// The kind Deployment. Upstream: pkg/registry/apps/deployment/strategy.go, pkg/apis/apps/v1/defaults.go, printers.go printDeployment (v1.33).
// Rules: C201-C203, C161, F6, O8, P7, T4, C254, C255.

import { formatLabelSelector } from '../../apimachinery/labels.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN, WORKLOAD_WIDE_COLUMNS, workloadWideCells } from '../shared/columns.ts';
import { applyTemplateDefaults } from '../shared/template.ts';
import type { Deployment } from './types.ts';
import { validateDeployment, validateDeploymentUpdate } from './validation.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';

const SHARE_DEFAULT = '25%';

export const deploymentKind: Kind<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'apps.v1.Deployment',
  nameFormat: 'subdomain',
  generation: 'spec-and-annotations', // Annotations count, too (C203).
  hasStatus: true,
  scale: {
    replicas: (deployment) => deployment.spec.replicas,
    statusReplicas: (deployment) => deployment.status.replicas ?? 0,
    selector: (deployment) => formatLabelSelector(deployment.spec.selector),
    withReplicas: (deployment, replicas) => ({ ...deployment, spec: { ...deployment.spec, replicas } }),
  },
  applyDefaults(draft) {
    const { spec } = draft;
    if (spec === undefined) return;
    spec.replicas ??= 1;
    applyTemplateDefaults(spec.template);
    applyStrategyDefaults(spec);
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<Deployment>['spec'];
      (draft.metadata as { labels?: unknown }).labels = previous.metadata.labels;
    } else draft.status = previous.status as Draft<Deployment>['status'];
  },
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  warnings: warnAboutWorkload((deployment) => deployment.spec?.template, 'spec.template', true),
  columns: [NAME_COLUMN, column('Ready'), column('Up-to-date'), column('Available'), AGE_COLUMN, ...WORKLOAD_WIDE_COLUMNS],
  cells: (deployment, nowMs) => [
    deployment.metadata.name,
    `${deployment.status.readyReplicas ?? 0}/${deployment.spec.replicas}`,
    deployment.status.updatedReplicas ?? 0,
    deployment.status.availableReplicas ?? 0,
    ageOf(deployment, nowMs),
    ...workloadWideCells(deployment.spec.template, deployment.spec.selector),
  ],
};

/** A rolling update by quarters, unless another strategy is named (O8). */
function applyStrategyDefaults(spec: Draft<Deployment>['spec']): void {
  spec.strategy ??= {} as typeof spec.strategy;
  const { strategy } = spec;
  strategy.type ??= 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  const rolling = (strategy.rollingUpdate ??= {} as NonNullable<typeof strategy.rollingUpdate>);
  rolling.maxUnavailable ??= SHARE_DEFAULT;
  rolling.maxSurge ??= SHARE_DEFAULT;
}
