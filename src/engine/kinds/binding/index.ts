// The kind Binding, as the older resource that gives a pod to a node (M4): nothing of it is stored, and it can be created only.
// Upstream: pkg/registry/core/pod/storage/storage.go (LegacyBindingREST), v1.33.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { NAME_COLUMN } from '../shared/columns.ts';
import type { Kind } from '../kind.ts';

export interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string };
}

export const bindingKind: Kind<Binding> = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  singular: 'binding',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'core.v1.Binding',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  virtualObjects: [],
  withoutVerbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  applyDefaults: () => {},
  validate: () => [],
  columns: [NAME_COLUMN],
  cells: ({ metadata }) => [metadata.name],
};
