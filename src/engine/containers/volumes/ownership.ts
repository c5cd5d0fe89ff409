// Modes and owners of what is in a volume. Upstream: pkg/volume/volume_linux.go (changeFilePermission), pkg/volume/emptydir, the wrapped
// volumes of pkg/volume/{configmap,secret,downwardapi,projected} (v1.33). Rule: K911. A volume's group is looked at when a container opens it.

import type { Volume } from '../../kinds/pod/types.ts';
import type { FileNode, FileTree } from '../../shell/file-tree.ts';
import type { VolumeSources } from './types.ts';

/** K911: a volume in memory is a tmpfs, whose root is sticky; a directory of the node is open to all. */
export function rootMode(volume: Volume, isPersistent: boolean): number {
  if (isPersistent) return 0o755;
  return isInMemory(volume) ? 0o1777 : 0o777;
}

/** True for what is not on the node's disk. */
export function isInMemory(volume: Volume): boolean {
  const { emptyDir, secret, downwardAPI, projected } = volume as VolumeSources;
  return emptyDir?.medium === 'Memory' || secret !== undefined || downwardAPI !== undefined || projected !== undefined;
}

const READ_WRITE = 0o660;
const READ_ONLY = 0o440;
const ENTER = 0o110;
const SET_GROUP_ID = 0o2000;

/** K911: gives everything in a volume to a group, that may do what the volume allows; new files get the group from their directory. */
export function giveToGroup(tree: FileTree, gid: number, isWritten: boolean): void {
  for (const node of Object.values(tree)) {
    node.gid = gid;
    // What a link allows is what the file allows to which it leads.
    if (node.kind === 'link') continue;
    node.mode |= (isWritten ? READ_ONLY : READ_WRITE) | (node.kind === 'directory' ? ENTER | SET_GROUP_ID : 0);
  }
}

/** The root directory of a volume. */
export function rootNode(mode: number, nowMs: number): FileNode {
  return { kind: 'directory', text: '', mode, modifiedMs: nowMs };
}
