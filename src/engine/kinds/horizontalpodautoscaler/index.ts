// The kind HorizontalPodAutoscaler, stored as autoscaling/v2.
// Upstream: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go (v1.33). Rules: C602, F6, I6, N8, N13, O13, P10.

import type { Draft, Kind } from '../kind.ts';
import { AUTOSCALER_COLUMNS, autoscalerCells } from './columns.ts';
import { applyAutoscalerDefaults } from './defaults.ts';
import type { HorizontalPodAutoscaler } from './types.ts';
import { validateAutoscaler } from './validation.ts';

export const horizontalPodAutoscalerKind: Kind<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'autoscaling.v2.HorizontalPodAutoscaler',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  applyDefaults: applyAutoscalerDefaults,
  prepareForCreate(draft) {
    draft.status = { desiredReplicas: 0, currentMetrics: null };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<HorizontalPodAutoscaler>['spec'];
      draft.status.desiredReplicas ??= 0;
      draft.status.currentMetrics ??= null;
    } else draft.status = previous.status as Draft<HorizontalPodAutoscaler>['status'];
  },
  validate: validateAutoscaler,
  columns: AUTOSCALER_COLUMNS,
  cells: autoscalerCells,
};
