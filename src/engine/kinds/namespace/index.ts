// The kind Namespace. Upstream: pkg/registry/core/namespace/strategy.go, storage/storage.go (v1.33). Rules: L11, M10, M11, O13, C915, N16.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Namespace } from './types.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const PROTECTED = ['default', 'kube-system', 'kube-public'];

export const namespaceKind: Kind<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  schema: 'core.v1.Namespace',
  nameFormat: 'label',
  generation: 'none',
  hasStatus: true,
  withoutVerbs: ['deletecollection'],
  returnsDeletedObject: true,
  protection: (name) => (PROTECTED.includes(name) ? 'this namespace may not be deleted' : undefined),
  subresources: { finalize: { verbs: ['update'], kind: 'Namespace' } },
  applyDefaults(draft) {
    const metadata = draft.metadata as { name?: string; labels?: Record<string, string> };
    if (metadata.name !== undefined) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
  },
  prepareForCreate(draft) {
    const finalizers = draft.spec?.finalizers ?? [];
    draft.spec = { ...draft.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    draft.status = { phase: 'Active' };
  },
  prepareForUpdate(draft, previous, subresource) {
    // Finalizers change only through /finalize.
    if (subresource !== 'finalize') draft.spec = previous.spec as Draft<Namespace>['spec'];
    if (subresource !== 'status') draft.status = previous.status as Draft<Namespace>['status'];
  },
  validate: () => [],
  selectableFields: (namespace) => ({ 'status.phase': namespace.status.phase ?? '' }),
  columns: [NAME_COLUMN, column('Status'), AGE_COLUMN],
  cells: (namespace, nowMs) => [namespace.metadata.name, namespace.status.phase ?? '', ageOf(namespace, nowMs)],
};
