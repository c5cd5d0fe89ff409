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
import { type Message, say } from '../words/message.ts';
import { NOTHING, page, type Reference, refer, type Unsaid } from './finding.ts';

const VOLUMES = 'concepts/storage/persistent-volumes/';
const CLASSES = 'concepts/storage/storage-classes/';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Why a claim has no volume. */
export function explainClaim(state: ClusterState, claim: PersistentVolumeClaim): readonly Unsaid[] {
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

function found(
  state: ClusterState,
  claim: PersistentVolumeClaim,
  finding: Omit<Unsaid, 'because' | 'documentation'> & { readonly path: string },
  because: readonly Reference[] = [],
): Unsaid {
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

function boundElsewhere(state: ClusterState, claim: PersistentVolumeClaim, name: string): Unsaid {
  const volume = getObject(state, persistentVolumeKind, undefined, name);
  const field = refer(persistentVolumeClaimKind, claim, 'spec.volumeName', name);
  const isLost = claim.status.phase === 'Lost';
  if (volume === undefined)
    return found(
      state,
      claim,
      {
        code: isLost ? 'claim-lost' : 'volume-missing',
        sentence: say(isLost ? 'claimLost' : 'volumeMissing', { volume: name }),
        wouldChange: isLost ? say('makeNewClaim') : say('createVolume', { volume: name }),
        path: VOLUMES,
      },
      [field],
    );
  const reason = isKeptFor(volume, claim) ? undefined : misfit(volume, claim);
  return found(
    state,
    claim,
    {
      code: 'volume-does-not-fit',
      sentence:
        reason === undefined ? say('volumeNotBoundYet', { volume: name }) : say('volumeDoesNotFit', { volume: name, misfit: reason }),
      wouldChange: say(reason === undefined ? 'letTimePass' : 'askForOffer'),
      path: `${VOLUMES}#reserving-a-persistentvolume`,
    },
    [field, refer(persistentVolumeKind, volume, 'spec')],
  );
}

function withoutClass(state: ClusterState, claim: PersistentVolumeClaim): Unsaid {
  const isStatic = claim.spec.storageClassName === '';
  const { text, because } = misfits(state, claim);
  return found(
    state,
    claim,
    {
      code: isStatic ? 'no-matching-volume' : 'no-storage-class',
      sentence: say(isStatic ? 'withoutClass' : 'noDefaultClass', { volumes: text }),
      wouldChange: say(isStatic ? 'createFitting' : 'nameClass'),
      path: isStatic ? `${VOLUMES}#binding` : `${CLASSES}#default-storageclass`,
    },
    because,
  );
}

function classMissing(state: ClusterState, claim: PersistentVolumeClaim, className: string): Unsaid {
  const classes = listObjects(state, storageClassKind).map(({ metadata }) => metadata.name);
  return found(
    state,
    claim,
    {
      code: 'storage-class-missing',
      sentence: say('classMissing', { name: className, classes }),
      wouldChange: say('createClass', { name: className }),
      path: CLASSES,
    },
    [refer(persistentVolumeClaimKind, claim, 'spec.storageClassName', className)],
  );
}

function awaitsConsumer(state: ClusterState, claim: PersistentVolumeClaim, storageClass: StorageClass): Unsaid {
  const { namespace = '', name } = claim.metadata;
  const pods = listByTerm(state, podKind, claimTerm(namespace, name));
  const names = pods.map(({ metadata }) => `pods/${metadata.name}`);
  return found(
    state,
    claim,
    {
      code: names.length === 0 ? 'waits-for-first-consumer' : 'waits-for-pod',
      sentence:
        names.length === 0
          ? say('awaitsAnyPod', { storageClass: storageClass.metadata.name })
          : say('awaitsPods', { storageClass: storageClass.metadata.name, pods: names }),
      wouldChange: names[0] === undefined ? say('createPodForClaim') : say('explainNoNode', { pod: names[0] }),
      path: `${CLASSES}#volume-binding-mode`,
    },
    [
      refer(storageClassKind, storageClass, 'volumeBindingMode', storageClass.volumeBindingMode),
      ...pods.map((pod) => refer(podKind, pod, 'spec.volumes')),
    ],
  );
}

function awaitsVolume(state: ClusterState, claim: PersistentVolumeClaim, storageClass: StorageClass): Unsaid {
  const { provisioner } = storageClass;
  const proof = refer(storageClassKind, storageClass, 'provisioner', provisioner);
  const driver = provisioner === NO_PROVISIONER ? undefined : driverOf(provisioner);
  if (driver !== undefined)
    return found(
      state,
      claim,
      {
        code: 'being-provisioned',
        sentence: say('awaitsProvisioner', { provisioner: driver, storageClass: storageClass.metadata.name }),
        wouldChange: say('runProvisioner'),
        path: 'concepts/storage/dynamic-provisioning/',
      },
      [proof],
    );
  const { text, because } = misfits(state, claim);
  return found(
    state,
    claim,
    {
      code: provisioner === NO_PROVISIONER ? 'no-matching-volume' : 'provisioner-unknown',
      sentence: say('nobodyProvisions', { storageClass: storageClass.metadata.name, provisioner, volumes: text }),
      wouldChange: say('createOfClass'),
      path: `${CLASSES}#provisioner`,
    },
    [proof, ...because],
  );
}

/** What the volumes that there are lack. */
function misfits(state: ClusterState, claim: PersistentVolumeClaim): { readonly text: Message; readonly because: readonly Reference[] } {
  const volumes = listObjects(state, persistentVolumeKind);
  if (volumes.length === 0) return { text: say('noVolumes'), because: [] };
  return {
    text: say('noVolumeFits', {
      volumes: volumes.map((volume) => ({ name: volume.metadata.name, misfit: misfit(volume, claim) ?? say('aboutToBeBound') })),
    }),
    because: volumes.slice(0, EXPLANATION_REFERENCES_MAX).map((volume) => refer(persistentVolumeKind, volume, 'spec')),
  };
}

/** Why a volume is not for a claim; in the order in which the binder looks. */
function misfit(volume: PersistentVolume, claim: PersistentVolumeClaim): Message | undefined {
  const { claimRef, capacity, accessModes } = volume.spec;
  if (isDeleting(volume)) return say('beingDeleted');
  if (claimRef !== undefined && !isKeptFor(volume, claim))
    return say('belongsToClaim', { claim: `${claimRef.namespace}/${claimRef.name}` });
  const [has = '0', wants = '0'] = [capacity?.['storage'], claim.spec.resources?.requests?.['storage']];
  if (compareQuantities(has, wants) < 0) return say('isTooSmall', { has, wanted: wants });
  const lacking = (claim.spec.accessModes ?? []).filter((mode) => accessModes?.includes(mode) !== true);
  if (lacking.length > 0) return say('lacksModes', { modes: lacking });
  const className = classNameOf(volume) ?? '';
  if (className !== (classNameOf(claim) ?? '')) return className === '' ? say('hasNoClass') : say('hasClass', { name: className });
  if (volume.status.phase !== 'Available') return say('isInPhase', { phase: volume.status.phase });
  const { selector } = claim.spec;
  return selector !== undefined && !matchesSelector(selectorFromLabelSelector(selector), volume.metadata.labels)
    ? say('lacksLabels')
    : undefined;
}
