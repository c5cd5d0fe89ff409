// The controller that binds claims and volumes: what wakes it.
// Upstream: pkg/controller/volume/persistentvolume/pv_controller_base.go (v1.33). Claims that wait are looked at every 15 seconds, so a new
// volume finds its claim with the next tick (resync.ts).

import { compareText } from '../../apimachinery/text.ts';
import { unorderedByTerm } from '../../apiserver/api.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { claimedVolumeTerm, persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import { PENDING_TERM, persistentVolumeClaimKind, volumeNameTerm } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { storageClassKind } from '../../kinds/storageclass/index.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf, keysByTerm } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { syncClaim } from './claims.ts';
import { RESYNC_TIMER, resyncSoon, stopResync } from './resync.ts';
import { syncVolume } from './volumes.ts';

const QUEUE = 'persistentvolume';
const CLAIMS = resourceOf(persistentVolumeClaimKind);
/** Keys of claims have a namespace, those of volumes have none. */
const SEPARATOR = '/';

export const persistentVolumeController: Component = {
  name: QUEUE,
  watches: {
    [CLAIMS]: receiveClaim,
    [resourceOf(persistentVolumeKind)]: receiveVolume,
    [resourceOf(storageClassKind)]: resyncPending,
  },
  reconcile(state, key) {
    if (key.includes(SEPARATOR)) return syncClaim(state, key);
    const claim = syncVolume(state, key);
    if (claim !== undefined) enqueue(state, QUEUE, claim);
  },
  timers: { [RESYNC_TIMER]: (state, key) => enqueue(state, QUEUE, key) },
};

function receiveClaim(state: ClusterState, change: Change): void {
  const claim = change.object as PersistentVolumeClaim;
  const key = keyOf(change.object);
  if (change.type !== 'DELETED') return enqueue(state, QUEUE, key);
  stopResync(state, key);
  const { namespace = '', name } = claim.metadata;
  const volumes = unorderedByTerm(state, persistentVolumeKind, claimedVolumeTerm(namespace, name));
  for (const volume of volumes.map(({ metadata }) => metadata.name).sort(compareText)) enqueue(state, QUEUE, volume);
}

function receiveVolume(state: ClusterState, change: Change): void {
  const { name } = change.object.metadata;
  if (change.type !== 'DELETED') {
    enqueue(state, QUEUE, name);
    return resyncPending(state);
  }
  for (const key of [...keysByTerm(state, CLAIMS, volumeNameTerm(name))].sort(compareText)) enqueue(state, QUEUE, key);
}

function resyncPending(state: ClusterState): void {
  for (const key of keysByTerm(state, CLAIMS, PENDING_TERM)) resyncSoon(state, key);
}
