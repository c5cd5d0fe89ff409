// The provisioners of all storage classes, which in a real cluster are programs of their vendors: they make volumes for claims, delete those
// that are released, and let them grow. Each of the three takes three seconds here.
// Upstream: sig-storage-lib-external-provisioner/controller/controller.go, external-resizer/pkg/controller, rancher/local-path-provisioner.
// Volumes of `rancher.io/local-path` are directories of the node that the scheduler chose; all others can be used on every node.

import { getObject } from '../../apiserver/api.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { classNameOf, STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import { storageClassKind } from '../../kinds/storageclass/index.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { clearTimer, getTimer, setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';
import { beginGrowth, canGrow, finishGrowth, makeVolume, refuseClaim, removeVolume, sayProvisioning } from './work.ts';

const QUEUE = 'volume-provisioner';
/** Making, deleting and growing a volume take this long. */
const WORK_MS = 3_000;
const MAKE_TIMER = 'volume-provisioner.make';
const REMOVE_TIMER = 'volume-provisioner.remove';
const GROW_TIMER = 'volume-provisioner.grow';

export const volumeProvisioner: Component = {
  name: QUEUE,
  watches: { [resourceOf(persistentVolumeClaimKind)]: receiveClaim, [resourceOf(persistentVolumeKind)]: receiveVolume },
  reconcile: considerClaim,
  timers: {
    [MAKE_TIMER]: (state, key) => {
      const claim = claimOf(state, key);
      if (claim !== undefined && isAsking(state, claim)) makeVolume(state, claim);
    },
    [REMOVE_TIMER]: removeVolume,
    [GROW_TIMER]: (state, key) => {
      const claim = claimOf(state, key);
      if (claim !== undefined) finishGrowth(state, claim);
    },
  },
};

function claimOf(state: ClusterState, key: string): PersistentVolumeClaim | undefined {
  const [namespace, name] = splitKey(key);
  return getObject(state, persistentVolumeClaimKind, namespace, name);
}

function receiveClaim(state: ClusterState, change: Change): void {
  const key = keyOf(change.object);
  if (change.type !== 'DELETED') return enqueue(state, QUEUE, key);
  clearTimer(state, MAKE_TIMER, key);
  clearTimer(state, GROW_TIMER, key);
}

/** A released volume whose class says Delete goes. */
function receiveVolume(state: ClusterState, change: Change): void {
  const volume = change.object as PersistentVolume;
  const { name, annotations, deletionTimestamp } = volume.metadata;
  if (change.type === 'DELETED') return clearTimer(state, REMOVE_TIMER, name);
  const isMade = annotations?.[STORAGE_ANNOTATIONS.provisionedBy] !== undefined;
  if (!isMade || deletionTimestamp !== undefined || volume.status.phase !== 'Released') return;
  if (volume.spec.persistentVolumeReclaimPolicy === 'Delete') start(state, REMOVE_TIMER, name);
}

function considerClaim(state: ClusterState, key: string): void {
  const claim = claimOf(state, key);
  if (claim === undefined) return;
  if (getTimer(state, MAKE_TIMER, key) === undefined && isAsking(state, claim)) {
    sayProvisioning(state, claim);
    if (!refuseClaim(state, claim)) start(state, MAKE_TIMER, key);
  }
  if (getTimer(state, GROW_TIMER, key) === undefined && canGrow(state, claim)) {
    beginGrowth(state, claim);
    start(state, GROW_TIMER, key);
  }
}

/** Whether the claim waits for the provisioner: it was told so, and knows the node where it has to. */
function isAsking(state: ClusterState, claim: PersistentVolumeClaim): boolean {
  const { annotations, deletionTimestamp } = claim.metadata;
  if ((claim.spec.volumeName ?? '') !== '' || deletionTimestamp !== undefined) return false;
  if (annotations?.[STORAGE_ANNOTATIONS.provisioner] === undefined) return false;
  const storageClass = getObject(state, storageClassKind, undefined, classNameOf(claim) ?? '');
  if (storageClass === undefined) return false;
  return storageClass.volumeBindingMode === 'Immediate' || annotations[STORAGE_ANNOTATIONS.selectedNode] !== undefined;
}

function start(state: ClusterState, owner: string, key: string): void {
  if (getTimer(state, owner, key) !== undefined) return;
  setTimer(state, { dueMs: state.nowMs + WORK_MS, rank: TIMER_RANKS.controller, order: 0, owner, key });
}
