// The kind LimitRange. Upstream: pkg/registry/core/limitrange/strategy.go, pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem (v1.33).
// Rules: I4, N1. What it does to pods and claims is in apiserver/admission/limit-ranger.ts.

import type { Draft, Kind } from '../kind.ts';
import { column, NAME_COLUMN } from '../shared/columns.ts';
import { sortedRecord } from '../shared/storage.ts';
import type { LimitRange, LimitRangeItem } from './types.ts';
import { validateLimitRange } from './validation.ts';

export const limitRangeKind: Kind<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.LimitRange',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults: (draft) => (draft.spec?.limits ?? []).forEach(applyItemDefaults),
  validate: validateLimitRange,
  columns: [NAME_COLUMN, column('Created At', 'date')],
  cells: (range) => [range.metadata.name, range.metadata.creationTimestamp],
};

/** A container that may have so much gets so much; what is limited is requested, and at least the minimum is. */
function applyItemDefaults(item: Draft<LimitRangeItem>): void {
  if (item.type !== 'Container') return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = sortedRecord(limits);
  if (Object.keys(requests).length > 0) item.defaultRequest = sortedRecord(requests);
}
