// The kind CustomResourceDefinition. Upstream: apiextensions-apiserver/pkg/registry/customresourcedefinition/{strategy,etcd}.go,
// pkg/apis/apiextensions/v1/defaults.go (v1.33). Rules: F6, N8, L6, O15. What a definition adds to the API is made in resource.ts.

import type { Draft, Kind } from '../kind.ts';
import { CREATED_AT_COLUMN, NAME_COLUMN } from '../shared/columns.ts';
import { PORT_DEFAULT } from '../shared/webhook-client.ts';
import { CLEANUP_FINALIZER, type CustomResourceDefinition, withCondition } from './types.ts';
import { validateDefinition, validateDefinitionUpdate } from './validation.ts';

export const customResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'apiextensions.v1.CustomResourceDefinition',
  storageVersion: 'v1beta1',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults(draft) {
    const { spec } = draft;
    if (spec?.names !== undefined) {
      const { names } = spec;
      if ((names.singular ?? '') === '') names.singular = (names.kind ?? '').toLowerCase();
      if ((names.listKind ?? '') === '' && (names.kind ?? '') !== '') names.listKind = `${names.kind}List`;
    }
    if (spec === undefined) return;
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service !== undefined) service.port ??= PORT_DEFAULT;
  },
  prepareForCreate(draft) {
    const stored = (draft.spec.versions ?? []).filter((version) => version.storage).map((version) => version.name);
    draft.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<CustomResourceDefinition>['spec'];
      return;
    }
    draft.status = previous.status as Draft<CustomResourceDefinition>['status'];
    // Every version that was ever stored stays on the list.
    const { storedVersions = [] } = previous.status;
    const added = (draft.spec.versions ?? []).filter((version) => version.storage && !storedVersions.includes(version.name));
    if (added.length > 0) draft.status = { ...draft.status, storedVersions: [...storedVersions, ...added.map((version) => version.name)] };
  },
  prepareForDelete(definition, now) {
    const { finalizers = [] } = definition.metadata;
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    } as const;
    return {
      ...definition,
      metadata: {
        ...definition.metadata,
        finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
      },
      status: { ...definition.status, conditions: withCondition(definition.status.conditions, terminating, now) },
    };
  },
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  columns: [NAME_COLUMN, CREATED_AT_COLUMN],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};
