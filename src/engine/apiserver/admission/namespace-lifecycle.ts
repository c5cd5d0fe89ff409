// The namespace of a new object must be there, and not on its way out.
// Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go (v1.33). Rules: I2, L11, C915.

import { forbiddenObject, notFound, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored } from '../../kernel/store.ts';
import type { Kind } from '../../kinds/kind.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import type { AdmissionPlugin } from './plugin.ts';

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit: (state, kind, { metadata }, name) => admitNamespace(state, kind, (metadata as { namespace?: string }).namespace, name),
};

/** The refusal of a new object in a namespace, or undefined. */
export function admitNamespace(state: ClusterState, kind: Kind, namespace: string | undefined, name: string): Status | undefined {
  if (!kind.namespaced || namespace === undefined) return undefined;
  const found = getStored(state, 'namespaces', namespace)?.object;
  if (found === undefined) return notFound(namespaceKind, namespace);
  if (found.metadata['deletionTimestamp'] === undefined) return undefined;
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return forbiddenObject(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause]);
}
