// The kind Role. Upstream: pkg/registry/rbac/role/strategy.go, printers of the API machinery (v1.33). Rules: I4, N8.

import type { Kind } from '../kind.ts';
import { CREATED_AT_COLUMN, NAME_COLUMN } from '../shared/columns.ts';
import { RBAC_GROUP, type Role, validateRules } from '../shared/rbac.ts';

export const roleKind: Kind<Role> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'rbac.v1.Role',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  validate: (role) => validateRules(role.rules, true),
  columns: [NAME_COLUMN, CREATED_AT_COLUMN],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};
