// The claims of a StatefulSet's pods: made before the pod, owned as the retention policy says.
// Upstream: pkg/controller/statefulset/stateful_pod_control.go createPersistentVolumeClaims, stateful_set_utils.go
// updateClaimOwnerRefForSetAndPod (v1.33). Rules: C421.

import { cloneJson, isJsonEqual, type OwnerReference } from '../../apimachinery/meta.ts';
import { createObject, getObject, writeObject } from '../../apiserver/api.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { statefulSetKind } from '../../kinds/statefulset/index.ts';
import type { StatefulSet, VolumeClaimTemplate } from '../../kinds/statefulset/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { controllerReference } from '../shared/ownership.ts';
import { isNamespaceTerminating, type PodControl, recordOn } from '../shared/pod-control.ts';
import { claimName, ordinalOf } from './identity.ts';

/** C421: makes the claims of a pod that are not there. Returns why some could not be made. */
export function createClaims(state: ClusterState, control: PodControl, set: StatefulSet, ordinal: number): string | undefined {
  const errors: string[] = [];
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template.metadata.name ?? '', ordinal);
    const present = getObject(state, persistentVolumeClaimKind, set.metadata.namespace, name);
    if (present?.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${name} is being deleted`);
    if (present !== undefined) continue;
    const error = createClaim(state, control, set, ordinal, claimFromTemplate(set, template, name));
    if (error !== undefined) errors.push(`failed to create PVC ${name}: ${error}`);
  }
  return errors.length < 2 ? errors[0] : `[${errors.join(', ')}]`;
}

function createClaim(
  state: ClusterState,
  control: PodControl,
  set: StatefulSet,
  ordinal: number,
  draft: Draft<PersistentVolumeClaim>,
): string | undefined {
  const { name } = draft.metadata;
  const created = createObject(state, persistentVolumeClaimKind, draft);
  const pod = `${set.metadata.name}-${ordinal}`;
  if (created.ok) {
    const text = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
    recordOn(state, control, set, 'Normal', 'SuccessfulCreate', text);
    return undefined;
  }
  const message = created.status.message ?? '';
  if (isNamespaceTerminating(created.status)) return message;
  const text = `create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${message}`;
  recordOn(state, control, set, 'Warning', 'FailedCreate', text);
  return message;
}

/** C421: the template with a place, and with the labels by which the set finds its pods. */
function claimFromTemplate(set: StatefulSet, template: VolumeClaimTemplate, name: string): Draft<PersistentVolumeClaim> {
  const { labels, annotations } = template.metadata as { labels?: Record<string, string>; annotations?: Record<string, string> };
  const wanted = { ...labels, ...set.spec.selector.matchLabels };
  return {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace: set.metadata.namespace ?? '',
      ...(Object.keys(wanted).length === 0 ? {} : { labels: wanted }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    },
    spec: cloneJson(template.spec ?? {}),
    status: {},
  } as Draft<PersistentVolumeClaim>;
}

/** C421: the claims of a pod belong to the set, to the pod, or to nobody. */
export function claimOwnership(state: ClusterState, set: StatefulSet, pod: Pod): void {
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template.metadata.name ?? '', ordinalOf(pod));
    const claim = getObject(state, persistentVolumeClaimKind, set.metadata.namespace, name);
    if (claim === undefined) continue;
    const { ownerReferences, ...metadata } = claim.metadata;
    const wanted = ownersOf(ownerReferences ?? [], set, pod);
    if (isJsonEqual(ownerReferences ?? [], wanted)) continue;
    const next = wanted.length === 0 ? metadata : { ...metadata, ownerReferences: wanted };
    writeObject(state, persistentVolumeClaimKind, { ...claim, metadata: next });
  }
}

function ownersOf(present: readonly OwnerReference[], set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const others = present.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid);
  if (others.some((owner) => owner.controller === true)) return others;
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy;
  const place = ordinalOf(pod) - (set.spec.ordinals?.start ?? 0);
  const isScaledDown = place < 0 || place >= set.spec.replicas;
  if (isScaledDown && whenScaled === 'Delete') return [...others, controllerReference(podKind as Kind, pod)];
  return whenDeleted === 'Delete' && (!isScaledDown || whenScaled === 'Retain')
    ? [...others, controllerReference(statefulSetKind as Kind, set)]
    : others;
}
