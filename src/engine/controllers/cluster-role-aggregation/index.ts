// Keeps the rules of roles that are made of other roles. Upstream: pkg/controller/clusterroleaggregation (v1.33). Rule: Q10.
// Omits the owner of the fields that it writes, as all controllers do.

import { isJsonEqual } from '../../apimachinery/meta.ts';
import { getObject, listObjects, writeObject } from '../../apiserver/api.ts';
import { aggregatedRules } from '../../apiserver/authorization/aggregation.ts';
import type { Component } from '../../kernel/component.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { clusterRoleKind } from '../../kinds/clusterrole/index.ts';
import { resourceOf } from '../../kinds/kind.ts';

const NAME = 'cluster-role-aggregation';

export const clusterRoleAggregationController: Component = {
  name: NAME,
  watches: {
    [resourceOf(clusterRoleKind)](state) {
      for (const role of listObjects(state, clusterRoleKind))
        if (role.aggregationRule !== undefined) enqueue(state, NAME, role.metadata.name);
    },
  },
  reconcile(state, name) {
    const role = getObject(state, clusterRoleKind, undefined, name);
    const rules = role === undefined ? undefined : aggregatedRules(role, listObjects(state, clusterRoleKind));
    if (role === undefined || rules === undefined || isJsonEqual(rules, role.rules ?? [])) return;
    writeObject(state, clusterRoleKind, { ...role, rules });
  },
  timers: {},
};
