// What refuses a new object before it is looked at: the namespace must be there and not on its way out, and so must what a pod names (its account,
// its classes).
// Then what completes it, and what judges the finished object: limits of the namespace, growth of claims, quotas.
// Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go,
// pkg/kubeapiserver/options/plugins.go, plugin/pkg/admission/nodetaint/admission.go (v1.33). Rules: I2, L11, C127, C711, C915, P4.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { forbiddenObject, notFound, type Status } from '../../apimachinery/status.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import { addTolerations } from '../../kinds/pod/defaults.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored } from '../../kernel/store.ts';
import type { Pod } from '../../kinds/shared/pod-spec.ts';
import { applyLimitDefaults, checkLimits } from './limit-ranger.ts';
import { checkPodSecurity } from './pod-security/index.ts';
import { admitPriority, admitPriorityClass, completePriority } from './pod-priority.ts';
import { checkQuotas, type QuotaVerdict } from './quota.ts';
import { admitRuntimeClass, checkOverhead, completeRuntimeClass } from './runtime-class.ts';
import { admitServiceAccount, completeServiceAccount } from './service-account.ts';
import { applyDefaultClass, applyDefaultIngressClass, checkResize } from './storage.ts';

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** The refusal of a new object, or undefined. One that is to be named by the server is called by the prefix of its name (C127). */
export function admitObject(state: ClusterState, kind: Kind, draft: Draft<KubeObject>): Status | undefined {
  const { namespace, generateName = '', name: given = '' } = draft.metadata as { namespace?: string; name?: string; generateName?: string };
  const name = given === '' ? generateName : given;
  const refused = admitNamespace(state, kind, namespace, name);
  if (refused !== undefined) return refused;
  if (resourceOf(kind) !== 'pods') return undefined;
  const pod = draft as Draft<Pod>;
  return admitServiceAccount(state, kind, pod, name) ?? admitPriority(state, kind, pod, name) ?? admitRuntimeClass(state, kind, pod, name);
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
  applyDefaultIngressClass(state, kind, draft);
  if (resourceOf(kind) !== 'pods') return;
  const pod = draft as Draft<Pod>;
  completeServiceAccount(state, pod);
  completePriority(state, pod);
  if (pod.spec !== undefined) addTolerations(pod.spec);
  completeRuntimeClass(state, pod);
}

/** C711: a node that a client makes is not ready until it says so. */
export function taintNode(kind: Kind, draft: Draft<KubeObject>): void {
  if (resourceOf(kind) !== 'nodes') return;
  const { spec } = draft as Draft<Node>;
  const taints = spec.taints ?? [];
  if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return;
  spec.taints = [...taints, { ...NOT_READY }];
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
    (previous === undefined ? checkPodSecurity(state, kind, object, undefined, '') : undefined) ??
    (previous === undefined && resourceOf(kind) === 'pods' ? checkOverhead(state, kind, object as Pod) : undefined) ??
    checkResize(state, kind, object, previous) ??
    (kind.plural === 'priorityclasses' ? admitPriorityClass(state, object, previous === undefined) : undefined);
  return refusal === undefined ? checkQuotas(state, kind, object, previous, isResize) : { refusal };
}
