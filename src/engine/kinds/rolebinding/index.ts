// The kind RoleBinding. Upstream: pkg/registry/rbac/rolebinding/strategy.go, printers.go printRoleBinding (v1.33). Rules: I4, I9, N8.

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

export const roleBindingKind: Kind<Binding> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'rbac.v1.RoleBinding',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults: applyBindingDefaults,
  validate: (binding) => validateBinding(binding, true),
  validateUpdate: validateBindingUpdate,
  columns: BINDING_COLUMNS,
  cells: bindingCells,
};
