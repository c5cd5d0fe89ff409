// Claims that wait for a volume, or have lost it. Upstream: pkg/controller/volume/persistentvolume (v1.33).

import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { getObject, listByTerm, listObjects } from '../../apiserver/api.ts';
import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { claimTerm } from '../../kinds/shared/pod-sources.ts';
import { classNameOf, driverOf } from '../../kinds/shared/storage.ts';
import { isKeptFor } from '../../kinds/shared/volume-match.ts';
import { storageClassKind } from '../../kinds/storageclass/index.ts';
import type { StorageClass } from '../../kinds/storageclass/types.ts';
import { newestEvent, toEvent } from './events.ts';
import { type Finding, listed, NOTHING, page, type Reference, refer } from './finding.ts';

const VOLUMES = 'concepts/storage/persistent-volumes/';
const CLASSES = 'concepts/storage/storage-classes/';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Why a claim has no volume. */
export function explainClaim(state: ClusterState, claim: PersistentVolumeClaim): readonly Finding[] {
  const { phase } = claim.status;
  if (phase === 'Bound' || isDeleting(claim)) return NOTHING;
  const named = claim.spec.volumeName ?? '';
  if (named !== '') return [boundElsewhere(state, claim, named)];
  const className = classNameOf(claim) ?? '';
  if (className === '') return [withoutClass(state, claim)];
  const storageClass = getObject(state, storageClassKind, undefined, className);
  if (storageClass === undefined) return [classMissing(state, claim, className)];
  return [
    storageClass.volumeBindingMode === 'WaitForFirstConsumer'
      ? awaitsConsumer(state, claim, storageClass)
      : awaitsVolume(state, claim, storageClass),
  ];
}

function say(
  state: ClusterState,
  claim: PersistentVolumeClaim,
  finding: Omit<Finding, 'because' | 'documentation'> & { readonly path: string },
  because: readonly Reference[] = [],
): Finding {
  const { path, ...rest } = finding;
  const event = newestEvent(state, claim, [
    'FailedBinding',
    'ProvisioningFailed',
    'WaitForFirstConsumer',
    'WaitForPodScheduled',
    'ExternalProvisioning',
    'VolumeMismatch',
    'ClaimLost',
  ]);
  return {
    ...rest,
    because: [refer(persistentVolumeClaimKind, claim, 'status.phase', claim.status.phase ?? ''), ...because, ...toEvent(event)],
    documentation: page(path),
  };
}

function boundElsewhere(state: ClusterState, claim: PersistentVolumeClaim, name: string): Finding {
  const volume = getObject(state, persistentVolumeKind, undefined, name);
  const field = refer(persistentVolumeClaimKind, claim, 'spec.volumeName', name);
  const isLost = claim.status.phase === 'Lost';
  if (volume === undefined)
    return say(
      state,
      claim,
      {
        code: isLost ? 'claim-lost' : 'volume-missing',
        sentence: isLost
          ? `The claim has lost its volume: ${name} does not exist any more.`
          : `The claim asks for the volume ${name}, which does not exist.`,
        wouldChange: isLost
          ? 'Make a new claim; what was on the volume is not in the cluster any more.'
          : `Create the persistent volume ${name}.`,
        path: VOLUMES,
      },
      [field],
    );
  const reason = isKeptFor(volume, claim) ? undefined : misfit(volume, claim);
  return say(
    state,
    claim,
    {
      code: 'volume-does-not-fit',
      sentence: `The claim asks for the volume ${name}, which is not bound to it${reason === undefined ? ' yet' : `: it ${reason}`}.`,
      wouldChange: reason === undefined ? 'Let time pass.' : 'Ask for what the volume offers, or for another one.',
      path: `${VOLUMES}#reserving-a-persistentvolume`,
    },
    [field, refer(persistentVolumeKind, volume, 'spec')],
  );
}

function withoutClass(state: ClusterState, claim: PersistentVolumeClaim): Finding {
  const isStatic = claim.spec.storageClassName === '';
  const { text, because } = misfits(state, claim);
  return say(
    state,
    claim,
    {
      code: isStatic ? 'no-matching-volume' : 'no-storage-class',
      sentence: `The claim has no volume: it ${isStatic ? 'asks for one without a storage class' : 'names no storage class, and the cluster has no default one'}, and ${text}.`,
      wouldChange: isStatic
        ? 'Create a persistent volume that fits.'
        : 'Name a storage class in a new claim, mark a class as the default one, or create a persistent volume that fits.',
      path: isStatic ? `${VOLUMES}#binding` : `${CLASSES}#default-storageclass`,
    },
    because,
  );
}

function classMissing(state: ClusterState, claim: PersistentVolumeClaim, className: string): Finding {
  const classes = listObjects(state, storageClassKind).map(({ metadata }) => metadata.name);
  return say(
    state,
    claim,
    {
      code: 'storage-class-missing',
      sentence: `The claim has no volume: its storage class "${className}" does not exist; there ${classes.length === 0 ? 'is none' : `${classes.length === 1 ? 'is' : 'are'} ${listed(classes)}`}.`,
      wouldChange: `Create the storage class "${className}", or make the claim anew with another one.`,
      path: CLASSES,
    },
    [refer(persistentVolumeClaimKind, claim, 'spec.storageClassName', className)],
  );
}

function awaitsConsumer(state: ClusterState, claim: PersistentVolumeClaim, storageClass: StorageClass): Finding {
  const { namespace = '', name } = claim.metadata;
  const pods = listByTerm(state, podKind, claimTerm(namespace, name));
  const names = pods.map(({ metadata }) => `pods/${metadata.name}`);
  return say(
    state,
    claim,
    {
      code: names.length === 0 ? 'waits-for-first-consumer' : 'waits-for-pod',
      sentence: `The claim waits, as its class ${storageClass.metadata.name} says with WaitForFirstConsumer, ${names.length === 0 ? 'for a pod that uses it' : `for ${listed(names)} to be scheduled`}.`,
      wouldChange: names.length === 0 ? 'Create a pod that uses the claim.' : `Explain ${names[0]} to see why it has no node.`,
      path: `${CLASSES}#volume-binding-mode`,
    },
    [
      refer(storageClassKind, storageClass, 'volumeBindingMode', storageClass.volumeBindingMode),
      ...pods.map((pod) => refer(podKind, pod, 'spec.volumes')),
    ],
  );
}

function awaitsVolume(state: ClusterState, claim: PersistentVolumeClaim, storageClass: StorageClass): Finding {
  const { provisioner } = storageClass;
  const proof = refer(storageClassKind, storageClass, 'provisioner', provisioner);
  if (provisioner !== NO_PROVISIONER && driverOf(provisioner) !== undefined)
    return say(
      state,
      claim,
      {
        code: 'being-provisioned',
        sentence: `The claim waits for the provisioner ${driverOf(provisioner)} of its class ${storageClass.metadata.name} to make a volume.`,
        wouldChange: 'Let time pass; if nobody provisions, run the provisioner.',
        path: 'concepts/storage/dynamic-provisioning/',
      },
      [proof],
    );
  const { text, because } = misfits(state, claim);
  return say(
    state,
    claim,
    {
      code: provisioner === NO_PROVISIONER ? 'no-matching-volume' : 'provisioner-unknown',
      sentence: `The claim has no volume: nobody makes volumes of its class ${storageClass.metadata.name}, whose provisioner is ${provisioner}, and ${text}.`,
      wouldChange: 'Create a persistent volume of the class that fits, or use a class with a provisioner.',
      path: `${CLASSES}#provisioner`,
    },
    [proof, ...because],
  );
}

/** What the volumes that there are lack. */
function misfits(state: ClusterState, claim: PersistentVolumeClaim): { readonly text: string; readonly because: readonly Reference[] } {
  const volumes = listObjects(state, persistentVolumeKind);
  if (volumes.length === 0) return { text: 'there are no persistent volumes', because: [] };
  const texts = volumes.map((volume) => `${volume.metadata.name} ${misfit(volume, claim) ?? 'is about to be bound'}`);
  return {
    text: `no persistent volume fits: ${listed(texts)}`,
    because: volumes.slice(0, EXPLANATION_REFERENCES_MAX).map((volume) => refer(persistentVolumeKind, volume, 'spec')),
  };
}

/** Why a volume is not for a claim; in the order in which the binder looks. */
function misfit(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const { claimRef, capacity, accessModes } = volume.spec;
  if (isDeleting(volume)) return 'is being deleted';
  if (claimRef !== undefined && !isKeptFor(volume, claim)) return `belongs to the claim ${claimRef.namespace}/${claimRef.name}`;
  const [has = '0', wants = '0'] = [capacity?.['storage'], claim.spec.resources?.requests?.['storage']];
  if (compareQuantities(has, wants) < 0) return `has ${has}, less than ${wants}`;
  const lacking = (claim.spec.accessModes ?? []).filter((mode) => accessModes?.includes(mode) !== true);
  if (lacking.length > 0) return `does not offer ${listed(lacking)}`;
  if ((classNameOf(volume) ?? '') !== (classNameOf(claim) ?? ''))
    return `has ${(classNameOf(volume) ?? '') === '' ? 'no class' : `the class ${classNameOf(volume)}`}`;
  if (volume.status.phase !== 'Available') return `is ${volume.status.phase}`;
  const { selector } = claim.spec;
  return selector !== undefined && !matchesSelector(selectorFromLabelSelector(selector), volume.metadata.labels)
    ? 'has not the labels that the claim selects'
    : undefined;
}
