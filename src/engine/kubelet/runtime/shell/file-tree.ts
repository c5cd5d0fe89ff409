// A file system as plain data: paths to nodes. A container's view is its own tree with the volumes of its pod mounted over it, each volume
// being a tree of its own, so that containers of one pod see each other's files and lose them with the volume.

import type { FileInfo, FileSystem } from './state.ts';
import { TEXT_LENGTH_MAX } from './state.ts';

export interface FileNode {
  kind: 'file' | 'directory';
  text: string;
  mode: number;
  modifiedMs: number;
}

/** Absolute path inside the tree → node. The root is always there. */
export type FileTree = Record<string, FileNode>;

/** A tree shown under `path`, or read-only. */
export interface Mount {
  readonly path: string;
  readonly tree: FileTree;
  /** Path inside the mounted tree that is shown. */
  readonly subPath: string;
  readonly isReadOnly: boolean;
}

/** Files one tree may hold, and characters all of them together. */
const FILES_MAX = 10_000;

const BASE_DIRECTORIES = [
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/share',
  '/var',
  '/var/log',
  '/var/run',
];

/** The tree of a fresh container. */
export function createBaseTree(nowMs: number, files: Readonly<Record<string, string>>): FileTree {
  const tree: FileTree = {};
  for (const path of BASE_DIRECTORIES) tree[path] = { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
  for (const [path, text] of Object.entries(files)) putFile(tree, path, text, 0o644, nowMs);
  return tree;
}

/** Puts a file into a tree, with the directories it needs. */
export function putFile(tree: FileTree, path: string, text: string, mode: number, nowMs: number): void {
  const parts = path.split('/').slice(1, -1);
  parts.forEach((_part, index) => {
    const directory = `/${parts.slice(0, index + 1).join('/')}`;
    tree[directory] ??= { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
  });
  tree[path] = { kind: 'file', text, mode, modifiedMs: nowMs };
}

/** The file system that a container sees: `root` with `mounts` over it. Trees are changed in place. */
export function createFileSystem(root: FileTree, mounts: readonly Mount[], nowMs: number): FileSystem {
  const ordered = [...mounts].sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
  const locate = (path: string): { tree: FileTree; inner: string; isReadOnly: boolean } => {
    const mount = ordered.find((item) => path === item.path || path.startsWith(`${item.path === '/' ? '' : item.path}/`));
    if (mount === undefined) return { tree: root, inner: path, isReadOnly: false };
    const rest = path === mount.path ? '' : path.slice(mount.path.length);
    return { tree: mount.tree, inner: `${mount.subPath === '/' ? '' : mount.subPath}${rest}` || '/', isReadOnly: mount.isReadOnly };
  };
  const nodeAt = (path: string): FileNode | undefined => {
    const { tree, inner } = locate(path);
    const node = tree[inner];
    if (node !== undefined) return node;
    const isParent = path === '/' || inner === '/' || mounts.some((mount) => mount.path.startsWith(`${path}/`));
    return isParent ? { kind: 'directory', text: '', mode: 0o755, modifiedMs: 0 } : undefined;
  };
  const check = (path: string): string | null => {
    const { tree, isReadOnly } = locate(path);
    if (isReadOnly) return 'Read-only file system';
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const above = nodeAt(parent);
    if (above === undefined) return 'No such file or directory';
    if (above.kind !== 'directory') return 'Not a directory';
    return Object.keys(tree).length >= FILES_MAX ? 'No space left on device' : null;
  };
  return {
    stat(path): FileInfo | undefined {
      const node = nodeAt(path);
      return node === undefined ? undefined : { kind: node.kind, size: node.text.length, mode: node.mode, modifiedMs: node.modifiedMs };
    },
    read(path) {
      const node = nodeAt(path);
      return node?.kind === 'file' ? node.text : undefined;
    },
    list: (path) => (nodeAt(path)?.kind === 'directory' ? namesIn(path, locate(path), mounts) : undefined),
    write(path, text, append) {
      const { tree, inner } = locate(path);
      const present = nodeAt(path);
      if (present?.kind === 'directory') return 'Is a directory';
      const error = present === undefined || locate(path).isReadOnly ? check(path) : null;
      if (error !== null) return error;
      const before = append ? (present?.text ?? '') : '';
      if (before.length + text.length > TEXT_LENGTH_MAX) return 'No space left on device';
      tree[inner] = { kind: 'file', text: before + text, mode: present?.mode ?? 0o644, modifiedMs: nowMs };
      return null;
    },
    makeDirectory(path) {
      if (nodeAt(path) !== undefined) return 'File exists';
      const error = check(path);
      if (error === null) locate(path).tree[locate(path).inner] = { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
      return error;
    },
    remove(path) {
      const { tree, inner, isReadOnly } = locate(path);
      if (isReadOnly) return 'Read-only file system';
      delete tree[inner];
      return null;
    },
    setMode(path, mode) {
      const node = locate(path).tree[locate(path).inner];
      if (node !== undefined) node.mode = mode;
      return node === undefined ? 'No such file or directory' : null;
    },
    touch(path) {
      const node = locate(path).tree[locate(path).inner];
      if (node === undefined) return this.write(path, '', false);
      node.modifiedMs = nowMs;
      return null;
    },
  };
}

function namesIn(path: string, place: { tree: FileTree; inner: string }, mounts: readonly Mount[]): string[] {
  const names = new Set<string>();
  const collect = (candidate: string, directory: string): void => {
    const prefix = directory === '/' ? '/' : `${directory}/`;
    if (!candidate.startsWith(prefix) || candidate === directory) return;
    const name = candidate.slice(prefix.length).split('/')[0] ?? '';
    if (name !== '') names.add(name);
  };
  for (const candidate of Object.keys(place.tree)) collect(candidate, place.inner);
  for (const mount of mounts) collect(mount.path, path);
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
