// Publishes the cluster's certificate authority as the ConfigMap `kube-root-ca.crt` in every active namespace (C926).
// Upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go (v1.33).

import { isJsonEqual } from '../../apimachinery/meta.ts';
import { createObject, getObject, writeObject } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { configMapKind } from '../../kinds/configmap/index.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import { authorityCertificate } from '../shared/authority.ts';

const NAME = 'root-ca';
const CONFIG_MAP = 'kube-root-ca.crt';
const DESCRIPTION_ANNOTATION = 'kubernetes.io/description';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export const rootCaController: Component = {
  name: NAME,
  watches: {
    namespaces: (state, change) => {
      if (change.type !== 'DELETED') enqueue(state, NAME, change.object.metadata.name);
    },
    configmaps: (state, change) => {
      if (change.object.metadata.name === CONFIG_MAP) enqueue(state, NAME, change.object.metadata.namespace ?? '');
    },
  },
  reconcile(state, name) {
    const namespace = getObject(state, namespaceKind, undefined, name);
    if (namespace === undefined || namespace.status.phase !== 'Active') return;
    const data = { 'ca.crt': authorityCertificate(state) };
    const present = getObject(state, configMapKind, name, CONFIG_MAP);
    if (present === undefined) {
      const metadata = { name: CONFIG_MAP, namespace: name, annotations: { [DESCRIPTION_ANNOTATION]: DESCRIPTION } };
      createObject(state, configMapKind, { kind: 'ConfigMap', apiVersion: 'v1', metadata, data }, { trusted: true });
      return;
    }
    const annotations = present.metadata.annotations ?? {};
    if (isJsonEqual(present.data, data) && (annotations[DESCRIPTION_ANNOTATION] ?? '') !== '') return;
    const metadata = { ...present.metadata, annotations: { ...annotations, [DESCRIPTION_ANNOTATION]: DESCRIPTION } };
    writeObject(state, configMapKind, { ...present, metadata, data });
  },
  timers: {},
};
