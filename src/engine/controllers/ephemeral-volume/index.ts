// The ephemeral volume controller: makes the claims of volumes that live as long as their pod, which owns them.
// Upstream: pkg/controller/volume/ephemeral/controller.go (v1.33).

import { cloneJson, controllerOf, type StringMap } from '../../apimachinery/meta.ts';
import { createObject, getObject } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { apiVersionOf, type Kind, type NewObject } from '../../kinds/kind.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import { claimNameOf } from '../../kinds/shared/pod-sources.ts';
import type { Component } from '../../kernel/component.ts';
import { DONE, doneOrRetry, GONE, type Reconciled } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { controllerReference } from '../shared/ownership.ts';
import { splitKey } from '../shared/pod-control.ts';

const QUEUE = 'ephemeral_volume';

export const ephemeralVolumeController: Component = {
  name: QUEUE,
  watches: { pods: receivePod, persistentvolumeclaims: receiveClaim },
  reconcile: makeClaims,
  timers: {},
};

interface ClaimTemplate {
  readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap };
  readonly spec: object;
}

function templateOf(volume: Volume): ClaimTemplate | undefined {
  return (volume['ephemeral'] as { readonly volumeClaimTemplate?: ClaimTemplate } | undefined)?.volumeClaimTemplate;
}

function receivePod(state: ClusterState, change: Change): void {
  const pod = change.object as Pod;
  if (change.type !== 'MODIFIED' && (pod.spec.volumes ?? []).some((volume) => templateOf(volume) !== undefined))
    enqueue(state, QUEUE, keyOf(change.object));
}

/** A claim that is gone is made again for its pod. */
function receiveClaim(state: ClusterState, change: Change): void {
  if (change.type !== 'DELETED') return;
  const owner = controllerOf(change.object as PersistentVolumeClaim);
  if (owner?.kind === 'Pod' && owner.apiVersion === apiVersionOf(podKind as Kind))
    enqueue(state, QUEUE, `${change.object.metadata.namespace ?? ''}/${owner.name}`);
}

function makeClaims(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined) return GONE;
  if (pod.metadata.deletionTimestamp !== undefined) return DONE;
  const problems = (pod.spec.volumes ?? []).flatMap((volume) => makeClaim(state, pod, volume) ?? []);
  return doneOrRetry(problems.length === 0);
}

/** Why the claim of the volume is not there, or undefined. */
function makeClaim(state: ClusterState, pod: Pod, volume: Volume): string | undefined {
  const template = templateOf(volume);
  const name = claimNameOf(volume, pod.metadata.name);
  if (template === undefined || name === undefined) return undefined;
  const { namespace = '' } = pod.metadata;
  const present = getObject(state, persistentVolumeClaimKind, namespace, name);
  if (present !== undefined) {
    if (controllerOf(present)?.uid === pod.metadata.uid) return undefined;
    return `PVC "${namespace}/${name}" was not created for pod "${namespace}/${pod.metadata.name}" (pod is not owner)`;
  }
  const { labels, annotations } = template.metadata ?? {};
  const draft: NewObject<PersistentVolumeClaim> = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(podKind as Kind, pod)],
    },
    spec: cloneJson(template.spec) as PersistentVolumeClaim['spec'],
    status: {},
  };
  const created = createObject(state, persistentVolumeClaimKind, draft);
  if (created.ok) return undefined;
  const message = `ephemeral volume controller: create PVC ${name}: ${created.status.message ?? ''}`;
  recordEvent(state, { source: { component: QUEUE }, regarding: pod, type: 'Warning', reason: 'FailedBinding', message });
  return message;
}
