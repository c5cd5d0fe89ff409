// The kind ClusterRole. Upstream: pkg/registry/rbac/clusterrole/strategy.go, printers of the API machinery (v1.33). Rules: I4, N8.

import type { Kind } from '../kind.ts';
import { CREATED_AT_COLUMN, NAME_COLUMN } from '../shared/columns.ts';
import { type ClusterRole, RBAC_GROUP, validateAggregation, validateRules } from '../shared/rbac.ts';

export const clusterRoleKind: Kind<ClusterRole> = {
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'rbac.v1.ClusterRole',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  validate: (role) => [...validateRules(role.rules, false), ...validateAggregation(role)],
  columns: [NAME_COLUMN, CREATED_AT_COLUMN],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};
