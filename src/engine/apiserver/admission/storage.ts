// What admission does about classes: claims and Ingresses that name none get the default one, and only some claims may grow.
// Upstream: plugin/pkg/admission/storage/storageclass/setdefault/admission.go, persistentvolume/resize/admission.go,
// plugin/pkg/admission/network/defaultingressclass/admission.go, pkg/volume/util/storageclass.go GetDefaultClass (v1.33).

import { compareQuantities } from '../../apimachinery/quantity.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import type { Ingress } from '../../kinds/ingress/types.ts';
import { DEFAULT_INGRESS_CLASS_TERM, ingressClassKind } from '../../kinds/ingressclass/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { classNameOf } from '../../kinds/shared/storage.ts';
import { DEFAULT_CLASS_TERM, storageClassKind } from '../../kinds/storageclass/index.ts';
import type { StorageClass } from '../../kinds/storageclass/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, keysByTerm } from '../../kernel/store.ts';
import type { AdmissionPlugin } from './plugin.ts';

const CLASSES = resourceOf(storageClassKind);
const INGRESS_CLASSES = resourceOf(ingressClassKind as Kind);
const INGRESS_CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resource: 'persistentvolumeclaims',
  complete: (state, draft) => applyDefaultClass(state, draft as Draft<PersistentVolumeClaim>),
};

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resource: 'persistentvolumeclaims',
  judge: (state, kind, object, { previous, subresource }) =>
    previous === undefined || subresource !== ''
      ? undefined
      : checkResize(state, kind, object as PersistentVolumeClaim, previous as PersistentVolumeClaim),
};

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resource: 'ingresses.networking.k8s.io',
  complete: (state, draft) => applyDefaultIngressClass(state, draft as Draft<Ingress>),
};

/** Gives a new claim that names no class the default one. */
function applyDefaultClass(state: ClusterState, claim: Draft<PersistentVolumeClaim>): void {
  if (claim.spec === undefined || classNameOf(claim as PersistentVolumeClaim) !== undefined) return;
  const name = defaultClassName(state);
  if (name !== undefined) claim.spec.storageClassName = name;
}

/** The default class of claims. */
export function defaultClassName(state: ClusterState): string | undefined {
  return newestOf(state, CLASSES, DEFAULT_CLASS_TERM);
}

/** U5: gives a new Ingress that names no class the default one. */
function applyDefaultIngressClass(state: ClusterState, { spec, metadata }: Draft<Ingress>): void {
  if (spec === undefined || spec.ingressClassName !== undefined || metadata.annotations?.[INGRESS_CLASS_ANNOTATION] !== undefined) return;
  const name = newestOf(state, INGRESS_CLASSES, DEFAULT_INGRESS_CLASS_TERM);
  if (name !== undefined) spec.ingressClassName = name;
}

/** The newest of the classes that carry a term; the first by name among equals. */
function newestOf(state: ClusterState, resource: string, term: string): string | undefined {
  const names = [...keysByTerm(state, resource, term)].sort();
  const created = (name: string): string => String(getStored(state, resource, name)?.object.metadata['creationTimestamp'] ?? '');
  return names.reduce<string | undefined>((best, name) => (best === undefined || created(name) > created(best) ? name : best), undefined);
}

/** The refusal of a claim that asks for more than before, or undefined. */
function checkResize(state: ClusterState, kind: Kind, claim: PersistentVolumeClaim, previous: PersistentVolumeClaim): Status | undefined {
  const before = previous.spec.resources?.requests?.['storage'] ?? '0';
  if (compareQuantities(claim.spec.resources?.requests?.['storage'] ?? '0', before) <= 0) return undefined;
  if (previous.status.phase !== 'Bound')
    return forbiddenObject(kind, claim.metadata.name, 'Only bound persistent volume claims can be expanded');
  const found = getStored(state, CLASSES, classNameOf(claim) ?? '')?.object as StorageClass | undefined;
  if (found?.allowVolumeExpansion === true) return undefined;
  const text = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  return forbiddenObject(kind, claim.metadata.name, text);
}
