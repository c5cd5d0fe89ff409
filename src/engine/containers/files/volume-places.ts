// Where the files of a pod's volume are: on the node, in a volume that outlives the pod, or in a directory of the pod itself.
// Upstream: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go getPVCExtractPV, pkg/volume/{hostpath,local,csi} (v1.33).
// Omits attaching volumes to nodes, and block devices.
// Deviation: the directory of a local volume is made when it is missing, because nobody can prepare the disks of a simulated node.

import { getObject } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import { claimNameOf } from '../../kinds/shared/pod-sources.ts';
import type { VolumeSources } from '../volumes/index.ts';

export type VolumePlace =
  /** A directory of the node; `type` says what must be there already. */
  | { readonly kind: 'host'; readonly path: string; readonly type: string; readonly name: string }
  /** A volume with files of its own. */
  | { readonly kind: 'volume'; readonly name: string }
  /** Files of the pod. */
  | { readonly kind: 'pod' }
  /** A claim that is not bound, or has no volume any more. */
  | { readonly kind: 'unbound' };

const POD: VolumePlace = { kind: 'pod' };
const UNBOUND: VolumePlace = { kind: 'unbound' };

export function placeOf(state: ClusterState, pod: Pod, volume: Volume): VolumePlace {
  const { hostPath } = volume as VolumeSources;
  if (hostPath !== undefined) return { kind: 'host', path: hostPath.path, type: hostPath.type ?? '', name: volume.name };
  const claimName = claimNameOf(volume, pod.metadata.name);
  if (claimName === undefined) return POD;
  const claim = getObject(state, persistentVolumeClaimKind, pod.metadata.namespace, claimName);
  if (claim === undefined || claim.status.phase !== 'Bound') return UNBOUND;
  const found = getObject(state, persistentVolumeKind, undefined, claim.spec.volumeName ?? '');
  return found === undefined ? UNBOUND : placeOfVolume(found);
}

export function placeOfVolume({ metadata, spec }: PersistentVolume): VolumePlace {
  const { name } = metadata;
  if (spec.hostPath !== undefined) return { kind: 'host', path: spec.hostPath.path, type: spec.hostPath.type ?? '', name };
  if (spec.local !== undefined) return { kind: 'host', path: spec.local.path, type: 'DirectoryOrCreate', name };
  return { kind: 'volume', name };
}
