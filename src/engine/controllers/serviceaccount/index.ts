// Keeps the ServiceAccount `default` in every active namespace (C925, C927).
// Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go (v1.33).

import { createObject, getObject } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';

const NAME = 'serviceaccount';

export const serviceAccountController: Component = {
  name: NAME,
  watches: {
    namespaces: (state, change) => {
      if (change.type !== 'DELETED') enqueue(state, NAME, change.object.metadata.name);
    },
    serviceaccounts: (state, change) => {
      if (change.type === 'DELETED') enqueue(state, NAME, change.object.metadata.namespace ?? '');
    },
  },
  reconcile(state, name) {
    const namespace = getObject(state, namespaceKind, undefined, name);
    if (namespace === undefined || namespace.status.phase !== 'Active') return;
    if (getObject(state, serviceAccountKind, name, 'default') !== undefined) return;
    const draft = { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default', namespace: name } };
    createObject(state, serviceAccountKind, draft, { trusted: true });
  },
  timers: {},
};
