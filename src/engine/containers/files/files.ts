// The file system of a container: the image's base with what the container wrote, and the volumes of its pod over it. A container that writes
// nothing of its own has no row: its base is made anew for whoever looks.

import type { ClusterState } from '../../kernel/state.ts';
import { memoizeByObject } from '../../apimachinery/memoize.ts';
import { defineTable } from '../../kernel/state.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { imageUserOf, isRootReadOnly, userOf } from '../container-user.ts';
import { type ContainerConfig, containerFiles, containerMounts } from '../container-config.ts';
import { absolute } from '../volumes/index.ts';
import { catalogueEntry, isKnownImage, packagesOf } from '../images/catalogue.ts';
import { givenBehavior } from '../behaviors/given-behavior.ts';
import { imageFiles, releaseFile } from './image-files.ts';
import { kernelMounts } from './kernel-files.ts';
import { mainCommand } from '../behaviors/main-command.ts';
import { processMounts } from './process-files.ts';
import { noteWritten, roomLeft } from '../behaviors/consumption.ts';
import { isServing } from '../processes/session-table.ts';
import { createBaseTree, createFileSystem, type FileSystem, type FileTree, type Mount, putFile } from '../../shell/index.ts';
import type { Instance, PodRuntime } from '../model.ts';

/** Who runs a command, and where. */
export interface ContainerPlace {
  readonly worker: PodRuntime;
  readonly pod: Pod;
  readonly container: Container;
  readonly instance: Instance;
}

/** A file system that knows whether it was written to. */
export interface TrackedFiles {
  readonly files: FileSystem;
  readonly hasWritten: () => boolean;
  /** Stores what was written. */
  close(): void;
}

/** Thrown where a command that must leave no trace would write. */
export class WriteRefused extends Error {}

const trees = defineTable<FileTree>('kubelet.files');

/** Opens the file system of a container. A read-only one throws WriteRefused when something writes. */
export function openFiles(
  state: ClusterState,
  place: ContainerPlace,
  config: ContainerConfig,
  nowMs: number,
  isReadOnly: boolean,
): TrackedFiles {
  const { instance, worker, pod, container } = place;
  const stored = trees.has(state, instance.id);
  const root = stored
    ? isReadOnly
      ? (trees.require(state, instance.id) as FileTree)
      : trees.edit(state, instance.id)
    : baseTree(state, place);
  const volumes = containerMounts(state, worker, pod, container, config);
  const mounts = [
    ...kernelMounts(state, worker.node, container),
    ...processMounts(state, { pod, container, config, words: () => mainCommand(state, worker, pod, container) }, volumes),
    // What `sysctl -w` sets is the container's own.
    { path: '/proc/sys', tree: root, subPath: '/proc/sys', isReadOnly: false },
    ...volumes,
    ...(isRootReadOnly(container) ? ownMounts(container, root) : []),
  ];
  const inner = createFileSystem(root, mounts, nowMs, {
    user: userOf(state, pod, container),
    isRootReadOnly: isRootReadOnly(container),
    ...(isKnownImage(container.image) ? {} : { assumes: (path) => isAssumed(state, place, path) }),
  });
  let writes = 0;
  let written = 0;
  const tracked =
    <Args extends unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (isReadOnly) throw new WriteRefused();
      // Whoever looks at the files while the command runs sees them as they are.
      if (writes === 0 && !stored) trees.put(state, instance.id, root);
      writes += 1;
      return write(...args);
    };
  const files: FileSystem = {
    stat: (path) => inner.stat(path),
    lstat: (path) => inner.lstat(path),
    link: (path) => inner.link(path),
    resolve: (path) => inner.resolve(path),
    read: (path) => inner.read(path),
    mayRead: (path) => inner.mayRead(path),
    isMounted: (path) => inner.isMounted(path),
    typeAt: (path) => inner.typeAt(path),
    list: (path) => inner.list(path),
    write: tracked((path: string, text: string, append: boolean) => {
      if (text !== '' && written + text.length > roomLeft(state)) return 'No space left on device';
      written += text.length;
      return inner.write(path, text, append);
    }),
    makeDirectory: tracked((path: string) => inner.makeDirectory(path)),
    makeLink: tracked((path: string, target: string) => inner.makeLink(path, target)),
    remove: tracked((path: string) => inner.remove(path)),
    setMode: tracked((path: string, mode: number) => inner.setMode(path, mode)),
    setOwner: tracked((path: string, uid: number | null, gid: number | null) => inner.setOwner(path, uid, gid)),
    touch: tracked((path: string) => inner.touch(path)),
  };
  return {
    files,
    hasWritten: () => writes > 0,
    close() {
      noteWritten(state, written);
    },
  };
}

/** Directories that images leave empty: what is in them, a process has put there. */
const RUN_TIME = /^\/(?:tmp|run|var\/run|var\/tmp|var\/log)(?:\/|$)/;
/** What the runtime mounts. */
const OF_RUNTIME = /^\/(?:$|dev(?:\/|$)|proc(?:\/|$)|sys(?:\/|$))/;

/**
 * K916: whether a path of an image of which nothing is known is taken to be there. What the container's own command line makes is not, until it does; what only
 * a process can have put there is, when the process is a program that nobody knows.
 */
function isAssumed(state: ClusterState, { instance, container }: ContainerPlace, path: string): boolean {
  if (OF_RUNTIME.test(path)) return false;
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  if (isMade(words, path)) return false;
  return !RUN_TIME.test(path) || !instance.isScript || isServing(state, instance);
}

/** Whether a command line has a command that makes the path. */
function isMade(words: string, path: string): boolean {
  for (let at = words.indexOf(path); at >= 0; at = words.indexOf(path, at + 1)) {
    const isWhole = /^["']?(?:[\s;&|)]|$)/.test(words.slice(at + path.length));
    if (isWhole && /(?:>\s*|\b(?:touch|tee|mkdir|tee -a|mkdir -p)\s+)["']?$/.test(words.slice(0, at))) return true;
  }
  return false;
}

/** Whether an instance wrote something outside of its volumes. */
export function hasFiles(state: ClusterState, instanceId: string): boolean {
  return trees.has(state, instanceId);
}

/** Forgets what an instance wrote: its next one begins with the image again. */
export function removeFiles(state: ClusterState, instanceId: string): void {
  trees.remove(state, instanceId);
}

function baseTree(state: ClusterState, { instance, worker, pod, container }: ContainerPlace): FileTree {
  const { name, uid, gid } = imageUserOf(state, pod, container);
  const isNew = uid !== 0 && uid !== 65_534;
  const login = name === '' ? 'nonroot' : name;
  const tree = createBaseTree(instance.createdMs, {
    ...containerFiles(worker, pod),
    '/etc/passwd': `root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n${isNew ? `${login}:x:${uid}:${gid}::/home/${login}:/bin/sh\n` : ''}`,
    '/etc/group': `root:x:0:\nnogroup:x:65534:\n${isNew && gid !== 0 ? `${login}:x:${gid}:\n` : ''}`,
  });
  const release = releaseFile(packagesOf(container.image, catalogueEntry(container.image)));
  if (release !== undefined) putFile(tree, '/etc/os-release', release, 0o644, instance.createdMs);
  putImageFiles(tree, container, instance.createdMs);
  for (const path of foldersOf(container))
    tree[path] ??= { kind: 'directory', text: '', mode: path === '/var/tmp' ? 0o1777 : 0o755, modifiedMs: instance.createdMs };
  const { files = {} } = givenBehavior(state, pod, container) ?? {};
  for (const [path, text] of Object.entries(files)) putFile(tree, path, text, text.startsWith('#!') ? 0o755 : 0o644, instance.createdMs);
  for (const [path, value] of Object.entries(kernelParametersOf(pod))) putFile(tree, path, `${value}\n`, 0o644, instance.createdMs);
  // K615: everybody may write the termination message.
  putFile(tree, messagePathOf(container), '', 0o666, instance.createdMs);
  return tree;
}

/** K928: what `sysctls` of the pod say; their names may be written with slashes, in which dots belong to names. */
function kernelParametersOf(pod: Pod): Readonly<Record<string, string>> {
  const { sysctls = [] } = (pod.spec.securityContext ?? {}) as {
    readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
  };
  return Object.fromEntries(
    sysctls.map(({ name, value }) => {
      const separator = /[./]/.exec(name)?.[0];
      return [`/proc/sys/${separator === '/' ? name : name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))}`, value];
    }),
  );
}

/** What distributions have beside what every image has. */
const FOLDERS = [
  '/lib',
  '/media',
  '/mnt',
  '/opt',
  '/sbin',
  '/srv',
  '/usr/lib',
  '/usr/local',
  '/usr/local/bin',
  '/usr/sbin',
  '/var/cache',
  '/var/lib',
  '/var/tmp',
];

function foldersOf({ image }: Container): readonly string[] {
  const entry = catalogueEntry(image);
  return packagesOf(image, entry) === 'none' ? [] : FOLDERS;
}

function putImageFiles(tree: FileTree, { image }: Container, nowMs: number): void {
  for (const [path, text] of Object.entries(imageFiles(catalogueEntry(image)))) {
    if (path.endsWith('/')) tree[path.slice(0, -1)] = { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
    else putFile(tree, path, text, 0o644, nowMs);
  }
}

/** Whether nothing can have changed some folders of an image: nobody wrote, nothing is mounted there, and no behavior brings files. */
export function areOfImage(state: ClusterState, { pod, container, instance }: ContainerPlace, folders: readonly string[]): boolean {
  if (trees.has(state, instance.id) || givenBehavior(state, pod, container) !== undefined) return false;
  const others = [...(container.volumeMounts ?? []).map(({ mountPath }) => absolute(mountPath)), messagePathOf(container)];
  return !others.some((path) => folders.some((folder) => isWithin(folder, path) || isWithin(path, folder)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** The file system of a container for who looks, and does no more, at folders that are as the image has them: what is around them costs nothing. */
export function openImage(state: ClusterState, { pod, container, instance }: ContainerPlace): FileSystem {
  const { uid, gid } = userOf(state, pod, container);
  return imageOf(container, instance.createdMs, uid, gid);
}

/** Everybody may read what is in an image, so that further groups of a user make no difference. */
const imageOf = memoizeByObject((container: Container, createdMs: number, uid: number, gid: number): FileSystem => {
  const tree: FileTree = {};
  putImageFiles(tree, container, createdMs);
  return createFileSystem(tree, [], createdMs, { user: { uid, gid, groups: [gid] }, isRootReadOnly: true });
});

/** Where a container leaves its termination message. */
export function messagePathOf(container: Container): string {
  return absolute(String(container['terminationMessagePath'] ?? '/dev/termination-log'));
}

/** What the kubelet mounts from the node is writable also where the container's root is not. */
function ownMounts(container: Container, root: FileTree): Mount[] {
  return [messagePathOf(container), '/etc/hosts', '/etc/hostname', '/etc/resolv.conf'].map((path) => ({
    path,
    tree: root,
    subPath: path,
    isReadOnly: false,
  }));
}
