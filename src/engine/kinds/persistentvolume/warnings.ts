// Warnings about volumes of the cluster. Upstream: pkg/api/persistentvolume/util.go (v1.33). Rule: P4.

import { eachText } from '../shared/each-text.ts';
import type { Fields } from '../shared/field-checks.ts';
import { warnAboutNodeTerm } from '../shared/node-label-warnings.ts';
import type { NodeSelectorTerm } from '../shared/pod-spec.ts';
import { warnAboutSources } from '../shared/volume-warnings.ts';
import type { PersistentVolume } from './types.ts';

const ANNOTATIONS: readonly (readonly [key: string, text: string])[] = [
  ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
];
const RECYCLE =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
/** In upstream's order. */
const SOURCES = ['cephfs', 'photonPersistentDisk', 'scaleIO', 'storageos', 'glusterfs', 'rbd'];

export function warnAboutVolume({ metadata, spec }: PersistentVolume): readonly string[] {
  const { nodeAffinity } = spec as {
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] } };
  };
  return [
    ...ANNOTATIONS.filter(([key]) => metadata.annotations?.[key] !== undefined).map(
      ([key, text]) => `metadata.annotations[${key}]: ${text}`,
    ),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [RECYCLE] : []),
    ...eachText(nodeAffinity?.required?.nodeSelectorTerms, 'spec.nodeAffinity.required.nodeSelectorTerms', (term, at) =>
      warnAboutNodeTerm(term, at, false),
    ),
    ...SOURCES.flatMap((source) => warnAboutSources(spec as Fields, 'spec', [source])),
  ];
}
