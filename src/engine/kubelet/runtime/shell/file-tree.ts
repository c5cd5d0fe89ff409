// A file system as plain data: paths to nodes. A container's view is its own tree with the volumes of its pod mounted over it, each volume
// being a tree of its own, so that containers of one pod see each other's files and lose them with the volume.

import type { FileInfo, FileSystem } from './state.ts';
import { FILE_LENGTH_MAX, TREE_FILES_MAX, TREE_LENGTH_MAX } from '../../../kernel/limits.ts';
import { type TreeIndex, TreeIndexes } from './tree-index.ts';

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

/** Characters of all files of a tree, with what each costs beside its text. */
export function sizeOfTree(tree: FileTree): number {
  let size = 0;
  for (const [path, node] of Object.entries(tree)) size += path.length + node.text.length + NODE_SIZE;
  return size;
}

const NODE_SIZE = 64;

/** Bytes of a name and of a path, as Linux has them. */
const NAME_LENGTH_MAX = 255;
const PATH_LENGTH_MAX = 4_095;

/** The file system that a container sees: `root` with `mounts` over it. Trees are changed in place. */
export function createFileSystem(root: FileTree, mounts: readonly Mount[], nowMs: number): FileSystem {
  const indexes = new TreeIndexes();
  const locate = locator(root, mounts);
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
    const above = nodeAt(path.slice(0, path.lastIndexOf('/')) || '/');
    return nameError(path, above) ?? (indexes.of(tree).count >= TREE_FILES_MAX ? 'No space left on device' : null);
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
    list: (path) => (nodeAt(path)?.kind === 'directory' ? namesIn(path, locate(path), mounts, indexes) : undefined),
    write(path, text, append) {
      const { tree, inner } = locate(path);
      const present = nodeAt(path);
      if (present?.kind === 'directory') return 'Is a directory';
      const error = present === undefined || locate(path).isReadOnly ? check(path) : null;
      if (error !== null) return error;
      const before = append ? (present?.text ?? '') : '';
      const grows = before.length + text.length - (present?.text.length ?? 0);
      if (!hasRoom(indexes.of(tree), before.length + text.length, grows)) return 'No space left on device';
      tree[inner] = { kind: 'file', text: before + text, mode: present?.mode ?? 0o644, modifiedMs: nowMs };
      indexes.of(tree).put(inner, grows);
      return null;
    },
    makeDirectory(path) {
      if (nodeAt(path) !== undefined) return 'File exists';
      const error = check(path);
      if (error !== null) return error;
      const { tree, inner } = locate(path);
      tree[inner] = { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
      indexes.of(tree).put(inner, 0);
      return null;
    },
    remove(path) {
      const { tree, inner, isReadOnly } = locate(path);
      if (isReadOnly) return 'Read-only file system';
      indexes.of(tree).remove(inner, tree[inner]?.text.length ?? 0);
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

interface Place {
  readonly tree: FileTree;
  readonly inner: string;
  readonly isReadOnly: boolean;
}

/** Says in which tree a path is, and where there. */
function locator(root: FileTree, mounts: readonly Mount[]): (path: string) => Place {
  const ordered = [...mounts].sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
  return (path) => {
    const mount = ordered.find((item) => path === item.path || path.startsWith(`${item.path === '/' ? '' : item.path}/`));
    if (mount === undefined) return { tree: root, inner: path, isReadOnly: false };
    const rest = path === mount.path ? '' : path.slice(mount.path.length);
    return { tree: mount.tree, inner: `${mount.subPath === '/' ? '' : mount.subPath}${rest}` || '/', isReadOnly: mount.isReadOnly };
  };
}

/** Why there cannot be something new at a path, below what is above it; null when there can. */
function nameError(path: string, above: FileNode | undefined): string | null {
  if (above === undefined) return 'No such file or directory';
  if (above.kind !== 'directory') return 'Not a directory';
  const nameLength = path.length - path.lastIndexOf('/') - 1;
  return path.length > PATH_LENGTH_MAX || nameLength > NAME_LENGTH_MAX ? 'File name too long' : null;
}

function hasRoom(index: TreeIndex, length: number, grows: number): boolean {
  return length <= FILE_LENGTH_MAX && (grows <= 0 || index.length + grows <= TREE_LENGTH_MAX);
}

function namesIn(path: string, place: Place, mounts: readonly Mount[], indexes: TreeIndexes): string[] {
  const names = new Set(indexes.of(place.tree).namesIn(place.inner));
  const prefix = path === '/' ? '/' : `${path}/`;
  for (const mount of mounts) {
    const name = mount.path.startsWith(prefix) ? (mount.path.slice(prefix.length).split('/')[0] ?? '') : '';
    if (name !== '') names.add(name);
  }
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
