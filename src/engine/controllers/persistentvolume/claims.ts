// One look at a claim: find it a volume, ask for one to be made, or say why it waits.
// Upstream: pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim, syncBoundClaim, provisionClaim (v1.33).

import { getObject, listByTerm, unorderedByTerm, writeObject } from '../../apiserver/api.ts';
import { defaultClassName } from '../../apiserver/admission/storage.ts';
import { claimedVolumeTerm, freeVolumeTerm, persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { claimTerm } from '../../kinds/shared/pod-sources.ts';
import { classNameOf, driverOf, STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import { findVolume, isKeptFor, mismatchOf } from '../../kinds/shared/volume-match.ts';
import { storageClassKind } from '../../kinds/storageclass/index.ts';
import type { StorageClass } from '../../kinds/storageclass/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { splitKey } from '../shared/pod-control.ts';
import { annotateClaim, bind, isBindCompleted, say, setClaimPhase } from './bind.ts';
import { resyncSoon, sayAndWait, stopResync } from './resync.ts';

const NO_VOLUME = 'no persistent volumes available for this claim and no storage class is set';
const NO_CONSUMER = 'waiting for first consumer to be created before binding';

export function syncClaim(state: ClusterState, key: string): void {
  const [namespace, name] = splitKey(key);
  const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
  if (claim === undefined || isBindCompleted(claim)) stopResync(state, key);
  if (claim === undefined) return;
  if (isBindCompleted(claim)) syncBound(state, claim);
  else if ((claim.spec.volumeName ?? '') === '') syncFree(state, key, claim);
  else syncNamed(state, key, claim);
}

/** The claim asks for any volume. */
function syncFree(state: ClusterState, key: string, claim: PersistentVolumeClaim): void {
  const className = classNameOf(claim);
  const storageClass = getObject(state, storageClassKind, undefined, className ?? '');
  const isDelayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const volume = findVolume(claim, candidatesFor(state, claim), { isDelayed });
  if (volume !== undefined) return bind(state, volume, claim);
  if (className === undefined) {
    const name = defaultClassName(state);
    if (name !== undefined) {
      writeObject(state, persistentVolumeClaimKind, { ...claim, spec: { ...claim.spec, storageClassName: name } });
      return;
    }
  }
  if (isDelayed && claim.metadata.annotations?.[STORAGE_ANNOTATIONS.selectedNode] === undefined) sayWaiting(state, key, claim);
  else if ((className ?? '') !== '') provision(state, key, claim, storageClass);
  else sayAndWait(state, key, claim, { type: 'Normal', reason: 'FailedBinding', message: NO_VOLUME });
}

function candidatesFor(state: ClusterState, claim: PersistentVolumeClaim): readonly PersistentVolume[] {
  const { namespace = '', name } = claim.metadata;
  const kept = listByTerm(state, persistentVolumeKind, claimedVolumeTerm(namespace, name));
  return [...kept, ...unorderedByTerm(state, persistentVolumeKind, freeVolumeTerm(classNameOf(claim) ?? ''))];
}

/** Who waits for whom: the claim for a pod, or for a pod that has no node yet. */
function sayWaiting(state: ClusterState, key: string, claim: PersistentVolumeClaim): void {
  const { namespace = '', name } = claim.metadata;
  const pods = listByTerm(state, podKind, claimTerm(namespace, name)).filter(({ spec }) => (spec.nodeName ?? '') === '');
  const names = pods.map((pod) => pod.metadata.name);
  const [reason, message] =
    names.length === 0
      ? ['WaitForFirstConsumer', NO_CONSUMER]
      : ['WaitForPodScheduled', `waiting for pod${names.length > 1 ? 's' : ''} ${names.join(',')} to be scheduled`];
  sayAndWait(state, key, claim, { type: 'Normal', reason, message });
}

/** The class makes volumes itself, or it would have to. */
function provision(state: ClusterState, key: string, claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): void {
  const fail = (message: string): void => sayAndWait(state, key, claim, { type: 'Warning', reason: 'ProvisioningFailed', message });
  if (storageClass === undefined) return fail(`storageclass.storage.k8s.io ${JSON.stringify(classNameOf(claim))} not found`);
  const driver = driverOf(storageClass.provisioner);
  if (driver === undefined) return fail(`no volume plugin matched name: ${storageClass.provisioner}`);
  const { provisioner, betaProvisioner } = STORAGE_ANNOTATIONS;
  const asked = annotateClaim(state, claim, { [betaProvisioner]: driver, [provisioner]: driver });
  const message = `Waiting for a volume to be created either by the external provisioner '${driver}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  sayAndWait(state, key, asked, { type: 'Normal', reason: 'ExternalProvisioning', message });
}

/** The claim asks for one certain volume. */
function syncNamed(state: ClusterState, key: string, claim: PersistentVolumeClaim): void {
  const name = claim.spec.volumeName ?? '';
  const volume = getObject(state, persistentVolumeKind, undefined, name);
  if (volume === undefined) return resyncSoon(state, key);
  if (volume.spec.claimRef === undefined) {
    const mismatch = mismatchOf(volume, claim);
    if (mismatch === undefined) return bind(state, volume, claim);
    const message = `Cannot bind to requested volume ${JSON.stringify(name)}: ${mismatch}`;
    return sayAndWait(state, key, claim, { type: 'Warning', reason: 'VolumeMismatch', message });
  }
  if (isKeptFor(volume, claim)) return bind(state, volume, claim);
  const message = `volume ${JSON.stringify(name)} already bound to a different claim.`;
  sayAndWait(state, key, claim, { type: 'Warning', reason: 'FailedBinding', message });
}

function syncBound(state: ClusterState, claim: PersistentVolumeClaim): void {
  const name = claim.spec.volumeName ?? '';
  const volume = name === '' ? undefined : getObject(state, persistentVolumeKind, undefined, name);
  const uid = volume?.spec.claimRef?.uid;
  if (volume !== undefined && (volume.spec.claimRef === undefined || uid === claim.metadata.uid)) return bind(state, volume, claim);
  if (!setClaimPhase(state, claim, 'Lost')) return;
  if (volume !== undefined)
    say(state, claim, 'Warning', 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  else {
    const what = name === '' ? 'reference to PersistentVolume' : 'its PersistentVolume';
    say(state, claim, 'Warning', 'ClaimLost', `Bound claim has lost ${what}. Data on the volume is lost!`);
  }
}
