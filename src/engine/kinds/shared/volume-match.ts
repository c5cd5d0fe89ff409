// Which volume a claim gets: the smallest of those with the fewest access modes that satisfy it, or the one that is kept for it.
// Upstream: component-helpers/storage/volume/pv_helpers.go FindMatchingVolume, pkg/controller/volume/persistentvolume/index.go (v1.33).
// Volumes that are equal are taken in order of their names.

import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import type { Node } from '../node/types.ts';
import type { PersistentVolume } from '../persistentvolume/types.ts';
import type { PersistentVolumeClaim } from '../persistentvolumeclaim/types.ts';
import { matchesTerm } from './node-affinity.ts';
import { classNameOf } from './storage.ts';

export interface MatchOptions {
  /** The node on which the volume must be usable; absent for a claim that is bound before there is a pod. */
  readonly node?: Node;
  /** Without a node, a claim that waits for its first consumer takes nothing but what is kept for it. */
  readonly isDelayed: boolean;
  /** Names of volumes that are taken already. */
  readonly taken?: ReadonlySet<string>;
}

/** The best volume, or undefined. */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, isDelayed, taken }: MatchOptions,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) === true || volume.metadata.deletionTimestamp !== undefined) continue;
    const isKept = isKeptFor(volume, claim);
    if ((volume.spec.claimRef !== undefined && !isKept) || !isLargeEnough(volume, claim) || !hasModes(volume, claim)) continue;
    if (isKept) return node === undefined || isUsableOn(volume, node) ? volume : undefined;
    if (node === undefined ? isDelayed : !isUsableOn(volume, node)) continue;
    if (volume.status.phase !== 'Available' || (classNameOf(volume) ?? '') !== (classNameOf(claim) ?? '')) continue;
    const { selector } = claim.spec;
    if (selector !== undefined && !matchesSelector(selectorFromLabelSelector(selector), volume.metadata.labels)) continue;
    if (best === undefined || compareVolumes(volume, best) < 0) best = volume;
  }
  return best;
}

function compareVolumes(a: PersistentVolume, b: PersistentVolume): number {
  const modes = (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0);
  const size = compareQuantities(a.spec.capacity?.['storage'] ?? '0', b.spec.capacity?.['storage'] ?? '0');
  return modes || size || (a.metadata.name < b.metadata.name ? -1 : 1);
}

/** Why a volume that a claim names cannot be its own, or undefined. */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small';
  if ((classNameOf(volume) ?? '') !== (classNameOf(claim) ?? '')) return 'storageClassName does not match';
  if (volumeModeOf(volume) !== volumeModeOf(claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Whether the volume names this claim; without a uid it is kept for whoever has the name. */
export function isKeptFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec;
  if (claimRef === undefined || claimRef.name !== claim.metadata.name || claimRef.namespace !== claim.metadata.namespace) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === claim.metadata.uid;
}

/** Whether the volume can be used on the node. */
export function isUsableOn(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

function isLargeEnough(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return compareQuantities(volume.spec.capacity?.['storage'] ?? '0', claim.spec.resources?.requests?.['storage'] ?? '0') >= 0;
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const modes = volume.spec.accessModes ?? [];
  return volumeModeOf(volume) === volumeModeOf(claim) && (claim.spec.accessModes ?? []).every((mode) => modes.includes(mode));
}

function volumeModeOf(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.spec.volumeMode ?? 'Filesystem';
}
