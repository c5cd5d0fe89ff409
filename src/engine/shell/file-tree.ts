// A file system as plain data: paths to nodes. A container's view is its own tree with the volumes of its pod mounted over it, each volume
// being a tree of its own, so that containers of one pod see each other's files and lose them with the volume.

import { compareText } from '../apimachinery/text.ts';
import type { FileInfo, FileSystem, FileUser } from './state.ts';
import { FILE_LENGTH_MAX, TREE_FILES_MAX, TREE_LENGTH_MAX } from '../kernel/limits.ts';
import { byteLength } from './bytes.ts';
import { withLinks } from './links.ts';
import { type TreeIndex, TreeIndexes } from './tree-index.ts';

export interface FileNode {
  /** What was removed from an image that nobody knows is gone. The text of a link is where it leads. */
  kind: 'file' | 'directory' | 'link' | 'gone';
  text: string;
  mode: number;
  modifiedMs: number;
  /** Absent: root's. */
  uid?: number;
  gid?: number;
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
  /** It is held in memory, and so its own file system. */
  readonly isMemory?: boolean;
}

/** Who uses a file system, and whether its root may be written to. */
export interface FileSystemOptions {
  readonly user?: FileUser;
  readonly isRootReadOnly?: boolean;
  /** K916: whether a path outside of the mounts that nobody has seen is taken to be there. */
  readonly assumes?: (path: string) => boolean;
}

export const ROOT_USER: FileUser = { uid: 0, gid: 0, groups: [0] };

/** Numbers of `statfs`: tmpfs, ext4, overlay. */
const TMPFS = 0x01_02_19_94;
const EXT4 = 0xef_53;
const OVERLAY = 0x79_4c_76_30;

const SET_GROUP_ID = 0o2000;
const STICKY = 0o1000;

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

const BASE_MODES: Readonly<Record<string, number>> = { '/tmp': 0o1777, '/root': 0o700 };

/** The tree of a fresh container. */
export function createBaseTree(nowMs: number, files: Readonly<Record<string, string>>): FileTree {
  const tree: FileTree = {};
  for (const path of BASE_DIRECTORIES) tree[path] = { kind: 'directory', text: '', mode: BASE_MODES[path] ?? 0o755, modifiedMs: nowMs };
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
export function createFileSystem(root: FileTree, mounts: readonly Mount[], nowMs: number, options: FileSystemOptions = {}): FileSystem {
  const view = createView(root, mounts, nowMs, options);
  const linkAt = (path: string): string | undefined => {
    const node = view.nodeAt(path);
    return node?.kind === 'link' ? node.text : undefined;
  };
  const makeLink = (path: string, target: string): string | null => {
    if (view.nodeAt(path) !== undefined) return 'File exists';
    makeAssumed(view, path);
    const error = newError(view, path);
    if (error !== null) return error;
    const { tree, inner } = view.locate(path);
    tree[inner] = { ...newNode(view, path, 'file', 0o777), kind: 'link', text: target };
    view.indexes.of(tree).put(inner, target.length);
    return null;
  };
  return withLinks({ ...lookups(view), ...contentChanges(view), ...attributeChanges(view) }, linkAt, makeLink);
}

/** What one user sees of the trees. */
interface View {
  readonly mounts: readonly Mount[];
  readonly nowMs: number;
  readonly user: FileUser;
  readonly indexes: TreeIndexes;
  locate(path: string): Place;
  nodeAt(path: string): FileNode | undefined;
  /** Whether a path may be one of the image, seen or not. */
  isOfImage(path: string): boolean;
  /** Whether something that nobody has seen is taken to be at a path. */
  isAssumed(path: string): boolean;
  /** Whether the user reaches a path and has these rights there; root has all. */
  may(path: string, rights: number): boolean;
}

function createView(
  root: FileTree,
  mounts: readonly Mount[],
  nowMs: number,
  { user = ROOT_USER, isRootReadOnly = false, assumes = () => false }: FileSystemOptions,
): View {
  const locate = locator(root, mounts, isRootReadOnly);
  const nodeAt = (path: string): FileNode | undefined => {
    const { tree, inner } = locate(path);
    const node = tree[inner];
    if (node !== undefined) return node.kind === 'gone' ? undefined : node;
    const isParent = path === '/' || inner === '/' || mounts.some((mount) => mount.path.startsWith(`${path}/`));
    return isParent ? { kind: 'directory', text: '', mode: 0o755, modifiedMs: 0 } : undefined;
  };
  const may = (path: string, rights: number): boolean => {
    if (user.uid === 0) return true;
    for (let at = directoryOf(path); at !== '/'; at = directoryOf(at)) if (!isPermitted(nodeAt(at), user, EXECUTE)) return false;
    return isPermitted(nodeAt(path), user, rights);
  };
  const isOfImage = (path: string): boolean => locate(path).tree === root && assumes(path);
  const isAssumed = (path: string): boolean => root[path] === undefined && nodeAt(path) === undefined && isOfImage(path);
  return { mounts, nowMs, user, indexes: new TreeIndexes(), locate, nodeAt, isOfImage, isAssumed, may };
}

function lookups(view: View): Pick<FileSystem, 'stat' | 'read' | 'mayRead' | 'isMounted' | 'typeAt' | 'list'> {
  const { mounts, indexes, locate, nodeAt, isAssumed, may } = view;
  return {
    stat(path): FileInfo | undefined {
      const node = nodeAt(path);
      if (isAssumed(path))
        return { kind: 'file', size: 0, mode: 0o755, uid: view.user.uid, gid: view.user.gid, modifiedMs: 0, isAssumed: true };
      if (node === undefined || node.kind === 'gone') return undefined;
      const { kind, text, mode, uid = 0, gid = 0, modifiedMs } = node;
      return { kind, size: byteLength(text), mode, uid, gid, modifiedMs };
    },
    read(path) {
      if (isAssumed(path)) return '';
      const node = nodeAt(path);
      return node?.kind === 'file' && may(path, READ) ? node.text : undefined;
    },
    mayRead: (path) => may(path, READ),
    isMounted: (path) => mountAt(mounts, path) !== undefined,
    typeAt(path) {
      const mount = mountAt(mounts, path);
      return mount === undefined ? OVERLAY : mount.isMemory === true ? TMPFS : EXT4;
    },
    list(path) {
      const isDirectory = nodeAt(path)?.kind === 'directory' && may(path, READ);
      return isDirectory || isAssumed(path) ? namesIn(path, locate(path), mounts, indexes) : undefined;
    },
  };
}

function contentChanges(view: View): Pick<FileSystem, 'write' | 'makeDirectory' | 'remove' | 'touch'> {
  const { nowMs, indexes, locate, nodeAt, may } = view;
  const write: FileSystem['write'] = (path, text, append) => {
    const { tree, inner } = locate(path);
    const present = nodeAt(path);
    if (present?.kind === 'directory') return 'Is a directory';
    makeAssumed(view, path);
    const error = present === undefined || locate(path).isReadOnly ? newError(view, path) : null;
    if (error !== null) return error;
    if (present !== undefined && !may(path, WRITE)) return 'Permission denied';
    const before = append ? (present?.text ?? '') : '';
    const grows = before.length + text.length - (present?.text.length ?? 0);
    if (!hasRoom(indexes.of(tree), before.length + text.length, grows)) return 'No space left on device';
    tree[inner] = { ...(present ?? newNode(view, path, 'file', 0o644)), text: before + text, modifiedMs: nowMs };
    indexes.of(tree).put(inner, grows);
    return null;
  };
  return {
    write,
    makeDirectory(path) {
      if (nodeAt(path) !== undefined) return 'File exists';
      makeAssumed(view, path);
      const error = newError(view, path);
      if (error !== null) return error;
      const { tree, inner } = locate(path);
      tree[inner] = newNode(view, path, 'directory', 0o755);
      indexes.of(tree).put(inner, 0);
      return null;
    },
    remove(path) {
      const { tree, inner, isReadOnly } = locate(path);
      if (isReadOnly) return 'Read-only file system';
      const above = nodeAt(directoryOf(path));
      if (!may(directoryOf(path), WRITE | EXECUTE)) return 'Permission denied';
      const isKept =
        ((above?.mode ?? 0) & STICKY) !== 0 && ![above, nodeAt(path)].some((node) => node !== undefined && isOwner(view, node));
      if (isKept) return 'Operation not permitted';
      indexes.of(tree).remove(inner, tree[inner]?.text.length ?? 0);
      if (view.isOfImage(path)) tree[inner] = { kind: 'gone', text: '', mode: 0, modifiedMs: nowMs };
      else delete tree[inner];
      return null;
    },
    touch(path) {
      const { tree, inner, isReadOnly } = locate(path);
      const node = tree[inner];
      if (node === undefined || node.kind === 'gone') return write(path, '', false);
      if (isReadOnly) return 'Read-only file system';
      if (!isOwner(view, node) && !may(path, WRITE)) return 'Permission denied';
      node.modifiedMs = nowMs;
      return null;
    },
  };
}

/** Only the owner changes a mode; only root gives away, and an owner chooses among the own groups. */
function attributeChanges(view: View): Pick<FileSystem, 'setMode' | 'setOwner'> {
  const { user, locate, isAssumed } = view;
  const change = (path: string, apply: (node: FileNode) => string | null): string | null => {
    const { tree, inner, isReadOnly } = locate(path);
    const node = tree[inner];
    // What nobody has seen has the owner and the mode that it is to have.
    if (isAssumed(path)) return null;
    if (node === undefined || node.kind === 'gone') return 'No such file or directory';
    if (isReadOnly) return 'Read-only file system';
    return isOwner(view, node) ? apply(node) : 'Operation not permitted';
  };
  return {
    setMode: (path, mode) =>
      change(path, (node) => {
        node.mode = mode;
        return null;
      }),
    setOwner: (path, uid, gid) =>
      change(path, (node) => {
        const isAllowed = (uid === null || uid === user.uid) && (gid === null || user.groups.includes(gid));
        if (user.uid !== 0 && !isAllowed) return 'Operation not permitted';
        if (uid !== null) node.uid = uid;
        if (gid !== null) node.gid = gid;
        return null;
      }),
  };
}

/** K916: the directories of an image that nobody knows are there when something is written into them, and they are the user's. */
function makeAssumed(view: View, path: string): void {
  const missing: string[] = [];
  for (let at = directoryOf(path); at !== '/' && view.isAssumed(at) && !view.locate(at).isReadOnly; at = directoryOf(at)) missing.push(at);
  for (const at of missing.reverse()) {
    const { tree, inner } = view.locate(at);
    tree[inner] = newNode(view, at, 'directory', 0o755);
    view.indexes.of(tree).put(inner, 0);
  }
}

function isOwner({ user }: View, node: FileNode): boolean {
  return user.uid === 0 || user.uid === (node.uid ?? 0);
}

/** Why nothing new can be made at a path, or null. */
function newError({ indexes, locate, nodeAt, may }: View, path: string): string | null {
  const { tree, isReadOnly } = locate(path);
  if (isReadOnly) return 'Read-only file system';
  const error = nameError(path, nodeAt(directoryOf(path)));
  if (error !== null) return error;
  if (!may(directoryOf(path), WRITE | EXECUTE)) return 'Permission denied';
  return indexes.of(tree).count >= TREE_FILES_MAX ? 'No space left on device' : null;
}

/** A new file or directory is the user's; in a set-group-id directory it has that directory's group. */
function newNode({ nowMs, user, nodeAt }: View, path: string, kind: FileNode['kind'], mode: number): FileNode {
  const above = nodeAt(directoryOf(path));
  const isInherited = ((above?.mode ?? 0) & SET_GROUP_ID) !== 0;
  const gid = isInherited ? (above?.gid ?? 0) : user.gid;
  const own = isInherited && kind === 'directory' ? mode | SET_GROUP_ID : mode;
  const node: FileNode = { kind, text: '', mode: own, modifiedMs: nowMs };
  return { ...node, ...(user.uid === 0 ? {} : { uid: user.uid }), ...(gid === 0 ? {} : { gid }) };
}

interface Place {
  readonly tree: FileTree;
  readonly inner: string;
  readonly isReadOnly: boolean;
}

/** Says in which tree a path is, and where there. */
function locator(root: FileTree, mounts: readonly Mount[], isRootReadOnly: boolean): (path: string) => Place {
  return (path) => {
    const mount = mountAt(mounts, path);
    if (mount === undefined) return { tree: root, inner: path, isReadOnly: isRootReadOnly && !path.startsWith('/dev/') };
    const rest = path === mount.path ? '' : path.slice(mount.path.length);
    return { tree: mount.tree, inner: `${mount.subPath === '/' ? '' : mount.subPath}${rest}` || '/', isReadOnly: mount.isReadOnly };
  };
}

/** The mount that a path is in: the deepest one. */
function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    if (path !== mount.path && !path.startsWith(`${mount.path === '/' ? '' : mount.path}/`)) continue;
    if (found === undefined || mount.path.length > found.path.length) found = mount;
  }
  return found;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

const READ = 4;
const WRITE = 2;
const EXECUTE = 1;

/** The rights of the owner, else those of the group, else those of others. */
function isPermitted(node: FileNode | undefined, { uid, groups }: FileUser, rights: number): boolean {
  if (node === undefined) return true;
  const shift = uid === (node.uid ?? 0) ? 6 : groups.includes(node.gid ?? 0) ? 3 : 0;
  return ((node.mode >> shift) & rights) === rights;
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
  return [...names].sort(compareText);
}
