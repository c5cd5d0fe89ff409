// The kind ClusterRoleBinding. Upstream: pkg/registry/rbac/clusterrolebinding/strategy.go, printers.go printClusterRoleBinding (v1.33). Rules: I4, I9, N8.

import type { Kind } from '../kind.ts';
import {
  applyBindingDefaults,
  type Binding,
  BINDING_COLUMNS,
  bindingCells,
  RBAC_GROUP,
  validateBinding,
  validateBindingUpdate,
} from '../shared/rbac.ts';

export const clusterRoleBindingKind: Kind<Binding> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'rbac.v1.ClusterRoleBinding',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults: applyBindingDefaults,
  validate: (binding) => validateBinding(binding, false),
  validateUpdate: validateBindingUpdate,
  columns: BINDING_COLUMNS,
  cells: bindingCells,
};
