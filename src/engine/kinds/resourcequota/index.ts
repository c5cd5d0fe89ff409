// The kind ResourceQuota. Upstream: pkg/registry/core/resourcequota/strategy.go, printers.go printResourceQuota (v1.33). Rules: I6, L3, N1.
// What it refuses is in apiserver/admission/quota.ts, what it counts in controllers/resourcequota.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { sortedRecord } from '../shared/storage.ts';
import type { ResourceQuota } from './types.ts';
import { validateQuota, validateQuotaUpdate } from './validation.ts';

export const resourceQuotaKind: Kind<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.ResourceQuota',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  returnsDeletedObject: true,
  applyDefaults(draft) {
    if (draft.spec?.hard !== undefined) draft.spec.hard = sortedRecord(draft.spec.hard);
  },
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ResourceQuota>['spec'];
    else draft.status = previous.status as Draft<ResourceQuota>['status'];
  },
  validate: validateQuota,
  validateUpdate: validateQuotaUpdate,
  columns: [NAME_COLUMN, column('Request'), column('Limit'), AGE_COLUMN],
  cells(quota, nowMs) {
    const names = Object.keys(quota.status.hard ?? {}).sort();
    const cell = (isLimit: boolean): string =>
      names
        .filter((name) => name.startsWith('limits.') === isLimit)
        .map((name) => `${name}: ${quota.status.used?.[name] ?? '0'}/${quota.status.hard?.[name] ?? '0'}`)
        .join(', ');
    return [quota.metadata.name, cell(false), cell(true), ageOf(quota, nowMs)];
  },
};
