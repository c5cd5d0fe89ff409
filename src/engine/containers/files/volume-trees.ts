// The contents of mounted volumes: one tree a volume of a pod, one a persistent volume, one for the host paths of a node. They are the input of a container's file
// system (shell/file-tree.ts), which changes writable ones in place.
// Upstream: pkg/volume/{emptydir,hostpath}, util/atomic_writer.go (v1.33). Rules: K211, K514, K936. Volumes of a kind that is not modelled
// (network storage without a claim) are directories that live as long as the pod.

import { NODE_DIRECTORIES, NODE_FILES, NODE_SPECIALS } from './node-files.ts';
import { cloneJson } from '../../apimachinery/meta.ts';
import { getObject } from '../../apiserver/api.ts';
import type { Container, Pod, Volume } from '../../kinds/pod/types.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { ROOT_CA_CONFIG_MAP } from '../../kinds/shared/pod-sources.ts';
import { STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { volumeGroupOf } from '../container-user.ts';
import { containersOf } from '../container-lists.ts';
import { placeOf, placeOfVolume } from './volume-places.ts';
import { createBaseTree, type FileNode, type FileTree, type Mount, putFile } from '../../shell/file-tree.ts';
import { followLinks } from '../../shell/links.ts';
import {
  absolute,
  giveToGroup,
  isInMemory,
  isLaidOut,
  isWritten,
  keepLinks,
  layOut,
  type Payload,
  type PlannedMount,
  rootMode,
  rootNode,
  type VolumeContext,
  volumePayload,
  type VolumeSources,
} from '../volumes/index.ts';
import type { PodRuntime } from '../model.ts';

/** `<pod uid>|<volume>` → its files; `<pod uid>|<volume>|<container>` → those it had when the container was made; `node|<name>` → a node's. */
const volumeTrees = defineTable<FileTree>('kubelet.volumes');

/** Why a volume cannot be set up, null while its claim is not bound, or undefined when its files are in place, brought up to date. */
export function setUpVolume(
  state: ClusterState,
  worker: PodRuntime,
  pod: Pod,
  volume: Volume,
  context: VolumeContext,
): string | null | undefined {
  const place = placeOf(state, pod, volume);
  if (place.kind === 'unbound') return null;
  if (place.kind === 'host')
    return setUpHostPath(state, worker.node, place.path, place.type, (volume as VolumeSources).hostPath === undefined);
  if (!isWritten(volume)) return undefined;
  const payload = volumePayload(volume, pod, context);
  if (!payload.ok) return payload.error;
  if (!isConstant(volume)) storePayload(state, worker, pod, volume, payload.value);
  return undefined;
}

/** A part of a volume that is mounted alone stays as it was when the container was made; only whole volumes follow their sources. */
export function snapshotSubPaths(state: ClusterState, worker: PodRuntime, container: Container, planned: readonly PlannedMount[]): void {
  for (const { volume, subPath } of planned) {
    const tree = volumeTrees.get(state, treeKey(worker.uid, volume));
    if (subPath === '/' || !isWritten(volume) || tree === undefined) continue;
    volumeTrees.put(state, partKey(worker.uid, volume, container), cloneJson(tree));
  }
}

/** False for a volume that, once it is set up, no sync needs to look at again. */
export function canChange(volume: Volume): boolean {
  return isWritten(volume) && !isConstant(volume);
}

/** The mounts of a container as its file system wants them. */
export function openMounts(
  state: ClusterState,
  worker: PodRuntime,
  pod: Pod,
  container: Container,
  planned: readonly PlannedMount[],
  context: VolumeContext,
): Mount[] {
  return planned.map((mount) => {
    const place = placeOf(state, pod, mount.volume);
    const part = mount.subPath === '/' ? undefined : volumeTrees.get(state, partKey(worker.uid, mount.volume, container));
    const whole = (): FileTree =>
      place.kind === 'host'
        ? nodeTree(state, worker.node)
        : place.kind === 'volume'
          ? keptTree(state, persistentKey(place.name), pod, rootMode(mount.volume, true))
          : volumeTree(state, worker, pod, mount.volume, context);
    const tree = part === undefined ? whole() : volumeTrees.edit(state, partKey(worker.uid, mount.volume, container));
    // A part is what it is when it is mounted, wherever links lead afterwards.
    const subPath = followLinks(absolute(`${place.kind === 'host' ? place.path : ''}${mount.subPath}`), (path) => linkIn(tree, path), true);
    // What is mounted but not there is made as a directory that is like the volume's root.
    const root = tree[place.kind === 'host' ? absolute(place.path) : '/'];
    if (subPath !== '/' && tree[subPath] === undefined) putDirectory(tree, subPath, root ?? rootNode(MADE_MODE, 0), state.nowMs);
    return { path: mount.path, tree, subPath, isReadOnly: mount.isReadOnly, isMemory: isInMemory(mount.volume) };
  });
}

function linkIn(tree: FileTree, path: string): string | undefined {
  const node = tree[path];
  return node?.kind === 'link' ? node.text : undefined;
}

/** Drops what a pod's volumes held: an emptyDir is lost with its pod (K514). */
export function removeVolumes(state: ClusterState, pod: Pod): void {
  const containers = (['init', 'regular', 'ephemeral'] as const).flatMap((list) => containersOf(pod, list));
  for (const volume of pod.spec.volumes ?? []) {
    volumeTrees.remove(state, treeKey(pod.metadata.uid, volume));
    for (const container of containers) volumeTrees.remove(state, partKey(pod.metadata.uid, volume, container));
  }
}

function treeKey(uid: string, volume: Volume): string {
  return `${uid}|${volume.name}`;
}

function partKey(uid: string, volume: Volume, container: Container): string {
  return `${treeKey(uid, volume)}|${container.name}`;
}

/** A token volume as admission adds it says the same for the life of the pod: it is written when somebody looks, and never stored. */
function isConstant(volume: Volume): boolean {
  const sources = (volume as VolumeSources).projected?.sources;
  return (
    sources?.every(({ configMap, secret, downwardAPI }) => {
      const isOwn = (downwardAPI?.items ?? []).every((item) => item.fieldRef?.fieldPath === 'metadata.namespace');
      return secret === undefined && isOwn && (configMap === undefined || configMap.name === ROOT_CA_CONFIG_MAP);
    }) ?? false
  );
}

function storePayload(state: ClusterState, worker: PodRuntime, pod: Pod, volume: Volume, payload: Payload): void {
  const key = treeKey(worker.uid, volume);
  const present = volumeTrees.get(state, key);
  if (present !== undefined && isLaidOut(present, payload)) return;
  const wanted = writtenTree(payload, pod, volume, state.nowMs);
  if (present !== undefined) keepLinks(wanted, present);
  volumeTrees.put(state, key, cloneJson(wanted));
}

/** What the kubelet has written at an instant into a volume; contents are made when they are read. */
function writtenTree(payload: Payload, pod: Pod, volume: Volume, writtenMs: number, linkedMs = writtenMs): FileTree {
  const tree: FileTree = { '/': rootNode(rootMode(volume, false), writtenMs) };
  layOut(tree, payload, treeKey(pod.metadata.uid, volume), writtenMs, linkedMs);
  const group = volumeGroupOf(pod);
  if (group !== undefined) giveToGroup(tree, group, true);
  return tree;
}

function volumeTree(state: ClusterState, worker: PodRuntime, pod: Pod, volume: Volume, context: VolumeContext): FileTree {
  if (isConstant(volume)) {
    const payload = volumePayload(volume, pod, context);
    if (!payload.ok) return {};
    const beganMs = worker.runtime.sandbox?.createdMs ?? state.nowMs;
    const issuedMs = [...payload.value.values()].map((file) => file.issuedMs ?? 0);
    return writtenTree(payload.value, pod, volume, Math.max(beganMs, ...issuedMs), beganMs);
  }
  return keptTree(state, treeKey(worker.uid, volume), pod, rootMode(volume, false));
}

function keptTree(state: ClusterState, key: string, pod: Pod, mode: number): FileTree {
  if (!volumeTrees.has(state, key)) volumeTrees.put(state, key, {});
  // The shell writes in place, so a tree that is handed out counts as changed.
  const tree = volumeTrees.edit(state, key);
  const root = (tree['/'] ??= rootNode(mode, state.nowMs));
  const group = volumeGroupOf(pod);
  if (group !== undefined && root.gid !== group) giveToGroup(tree, group, false);
  return tree;
}

function persistentKey(name: string): string {
  return `volume|${name}`;
}

/** A volume that is gone takes its files along; on a node only what a provisioner put there. */
export function removePersistentVolume(state: ClusterState, volume: PersistentVolume): void {
  const place = placeOfVolume(volume);
  if (place.kind === 'volume') volumeTrees.remove(state, persistentKey(place.name));
  const isMade = volume.metadata.annotations?.[STORAGE_ANNOTATIONS.provisionedBy] !== undefined;
  const node = nodeOf(volume);
  if (place.kind !== 'host' || !isMade || node === undefined || !volumeTrees.has(state, `node|${node}`)) return;
  const tree = nodeTree(state, node);
  const root = absolute(place.path);
  for (const path of Object.keys(tree)) if (path === root || path.startsWith(`${root}/`)) delete tree[path];
}

/** The one node that a volume can be used on. */
function nodeOf({ spec }: PersistentVolume): string | undefined {
  return spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0];
}

function nodeTree(state: ClusterState, node: string): FileTree {
  const key = `node|${node}`;
  if (!volumeTrees.has(state, key)) {
    const tree = createBaseTree(state.nowMs, nodeFiles(state, node));
    for (const path of NODE_DIRECTORIES) putDirectory(tree, path, rootNode(MADE_MODE, 0), state.nowMs);
    volumeTrees.put(state, key, tree);
  }
  return volumeTrees.edit(state, key);
}

function nodeFiles(state: ClusterState, node: string): Readonly<Record<string, string>> {
  const addresses = getObject(state, nodeKind, undefined, node)?.status.addresses ?? [];
  const own = addresses.find((address) => address.type === 'InternalIP')?.address;
  const hosts = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', ...(own === undefined ? [] : [`${own}\t${node}`])];
  return { '/etc/hostname': `${node}\n`, '/etc/hosts': hosts.map((line) => `${line}\n`).join(''), ...NODE_FILES };
}

/** The directory that the kubelet makes for a hostPath, and the one that a provisioner makes for a volume. */
const MADE_MODE = 0o755;
const PROVISIONED_MODE = 0o777;

/** The types that make what is missing, and those that only look. */
function setUpHostPath(state: ClusterState, node: string, path: string, type: string, isMade: boolean): string | undefined {
  const at = absolute(path);
  const tree = nodeTree(state, node);
  const kind = at === '/' ? 'directory' : tree[at]?.kind;
  const wanted = type.startsWith('Directory') ? 'directory' : type.startsWith('File') ? 'file' : undefined;
  if (kind === undefined && type === 'FileOrCreate') putFile(tree, at, '', 0o644, state.nowMs);
  else if (kind === undefined && (type === '' || type === 'DirectoryOrCreate'))
    putDirectory(tree, at, rootNode(isMade ? PROVISIONED_MODE : MADE_MODE, 0), state.nowMs);
  else if (NODE_SPECIALS[at] !== undefined && NODE_SPECIALS[at] === type) putFile(tree, at, '', 0o666, state.nowMs);
  else if (type !== '' && kind !== wanted) return `hostPath type check failed: ${path} is not ${HOST_PATH_TYPES[type] ?? 'supported'}`;
  return undefined;
}

const HOST_PATH_TYPES: Readonly<Record<string, string>> = {
  DirectoryOrCreate: 'a directory',
  Directory: 'a directory',
  FileOrCreate: 'a file',
  File: 'a file',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
};

/** Makes a directory with the mode and the group of another one, and the directories it needs. */
function putDirectory(tree: FileTree, path: string, { mode, gid }: Pick<FileNode, 'mode' | 'gid'>, nowMs: number): void {
  const parts = path.split('/').slice(1);
  parts.forEach((_part, index) => {
    const isLast = index === parts.length - 1;
    tree[`/${parts.slice(0, index + 1).join('/')}`] ??= {
      ...rootNode(isLast ? mode : mode & ~UMASK, nowMs),
      ...(gid === undefined ? {} : { gid }),
    };
  });
}

const UMASK = 0o022;
