// What refuses a new object before it is looked at: the namespace must be there and not on its way out, a pod's priority must have a class.
// Then what completes it, and what judges the finished object: limits of the namespace, growth of claims, quotas.
// Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go (v1.33). Rules: I2, L11, C127, C915, P4.

import type { KubeObject } from '../apimachinery/meta.ts';
import { forbiddenObject, notFound, type Status } from '../apimachinery/status.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getStored } from '../kernel/store.ts';
import type { Pod } from '../kinds/shared/pod-spec.ts';
import { applyLimitDefaults, checkLimits } from './limit-ranger.ts';
import { admitPriority, admitPriorityClass, completePriority } from './pod-priority.ts';
import { checkQuotas, type QuotaVerdict } from './quota.ts';
import { applyDefaultClass, checkResize } from './storage-admission.ts';

/** Completes a new object; its refusal, or undefined. */
export function admitObject(state: ClusterState, kind: Kind, draft: Draft<KubeObject>, name: string): Status | undefined {
  const { namespace } = draft.metadata as { namespace?: string };
  const refused = admitNamespace(state, kind, namespace, name);
  if (refused !== undefined) return refused;
  return kind.plural === 'pods' ? admitPriority(state, kind, draft as unknown as Draft<Pod>, name) : undefined;
}

/** The refusal of a new object in a namespace, or undefined. */
export function admitNamespace(state: ClusterState, kind: Kind, namespace: string | undefined, name: string): Status | undefined {
  if (!kind.namespaced || namespace === undefined) return undefined;
  const found = getStored(state, 'namespaces', namespace)?.object;
  if (found === undefined) return notFound(namespaceKind, namespace);
  if (found.metadata['deletionTimestamp'] === undefined) return undefined;
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return forbiddenObject(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause]);
}

/** Fills in what other objects say about a new one. What is filled in has no owner. */
export function completeObject(state: ClusterState, kind: Kind, draft: Draft<KubeObject>): void {
  applyLimitDefaults(state, kind, draft);
  applyDefaultClass(state, kind, draft);
  if (kind.plural === 'pods') completePriority(state, draft as unknown as Draft<Pod>);
}

/** Judges a valid object that is about to be stored. A resized pod is judged as a new one, but charged only for what it grew. */
export function judgeObject(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  isResize = false,
): QuotaVerdict {
  const refusal =
    checkLimits(state, kind, object, previous !== undefined && !isResize) ??
    checkResize(state, kind, object, previous) ??
    (kind.plural === 'priorityclasses' ? admitPriorityClass(state, object, previous === undefined) : undefined);
  return refusal === undefined ? checkQuotas(state, kind, object, previous, isResize) : { refusal };
}
