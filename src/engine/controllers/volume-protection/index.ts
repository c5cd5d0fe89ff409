// The protection of claims and volumes that are in use: their finalizer goes when a deletion finds nobody who uses them (C931).
// Upstream: pkg/controller/volume/pvcprotection/pvc_protection_controller.go, pvprotection/pv_protection_controller.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { getObject, unorderedByTerm, writeObject } from '../../apiserver/api.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import { persistentVolumeKind, VOLUME_FINALIZER } from '../../kinds/persistentvolume/index.ts';
import { CLAIM_FINALIZER, persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { claimNamesOf, claimTerm } from '../../kinds/shared/pod-sources.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';

const CLAIMS = 'pvc-protection-controller';
const VOLUMES = 'pv-protection-controller';

export const claimProtection: Component = {
  name: CLAIMS,
  watches: {
    [resourceOf(persistentVolumeClaimKind)]: (state, change) => receive(state, change, CLAIMS, CLAIM_FINALIZER),
    pods: receivePod,
  },
  reconcile(state, key) {
    const [namespace, name] = splitKey(key);
    protect(state, persistentVolumeClaimKind, getObject(state, persistentVolumeClaimKind, namespace, name), CLAIM_FINALIZER, () =>
      unorderedByTerm(state, podKind, claimTerm(namespace, name)).some((pod) => uses(pod, name)),
    );
  },
  timers: {},
};

export const volumeProtection: Component = {
  name: VOLUMES,
  watches: { [resourceOf(persistentVolumeKind)]: (state, change) => receive(state, change, VOLUMES, VOLUME_FINALIZER) },
  reconcile(state, name) {
    const volume = getObject(state, persistentVolumeKind, undefined, name);
    protect(state, persistentVolumeKind, volume, VOLUME_FINALIZER, () => volume?.status.phase === 'Bound');
  },
  timers: {},
};

function receive(state: ClusterState, change: Change, queue: string, finalizer: string): void {
  if (change.type === 'DELETED') return;
  const { metadata } = change.object as KubeObject;
  const isProtected = metadata.finalizers?.includes(finalizer) === true;
  if (isProtected === (metadata.deletionTimestamp !== undefined)) enqueue(state, queue, keyOf(change.object));
}

/** Only a pod that went, finished, or has no node can have set a claim free. */
function receivePod(state: ClusterState, change: Change): void {
  const pod = change.object as Pod;
  const { namespace = '' } = pod.metadata;
  for (const name of claimNamesOf(pod.spec, pod.metadata.name)) {
    const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
    if (claim?.metadata.deletionTimestamp !== undefined) enqueue(state, CLAIMS, `${namespace}/${name}`);
  }
}

/** A pod without a node is nobody: its kubelet would not start it with a claim that goes. One whose containers are gone is done with it. */
function uses(pod: Pod, claimName: string): boolean {
  const isShutDown = pod.metadata.deletionTimestamp !== undefined && pod.metadata.deletionGracePeriodSeconds === 0;
  return !isShutDown && (pod.spec.nodeName ?? '') !== '' && claimNamesOf(pod.spec, pod.metadata.name).includes(claimName);
}

function protect<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  object: T | undefined,
  finalizer: string,
  isUsed: () => boolean,
): void {
  if (object === undefined) return;
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const isProtected = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined && !isProtected) write(state, kind, object, [...finalizers, finalizer]);
  if (deletionTimestamp !== undefined && isProtected && !isUsed())
    write(
      state,
      kind,
      object,
      finalizers.filter((item) => item !== finalizer),
    );
}

function write<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T, finalizers: readonly string[]): void {
  const { finalizers: _before, ...metadata } = object.metadata;
  writeObject(state, kind, { ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } });
}
