// How the kubelet lays out the files that it writes: in a directory that is named after the instant, to which `..data` leads, and through it every
// name that a container sees. New content is another such directory, and `..data` leads there at once.
// Upstream: pkg/volume/util/atomic_writer.go (v1.33). Rule: K936. Omits what a failed write leaves behind.
//
//   /..2025_01_01_00_00_05.2871203944/color     blue
//   /..data   -> ..2025_01_01_00_00_05.2871203944
//   /color    -> ..data/color

import { compareText } from '../../apimachinery/text.ts';
import { civilOf } from '../../apimachinery/time.ts';
import { hash128 } from '../../kernel/hash.ts';
import { type FileNode, type FileTree, putFile } from '../../shell/file-tree.ts';
import type { Payload, VolumeFile } from './payload.ts';

const DATA = '/..data';

/** Puts a payload into a tree that has a root. `place` is of what the number in the directory's name is made, beside the instant. Names that are not new are linked since `linkedMs`. */
export function layOut(tree: FileTree, payload: Payload, place: string, nowMs: number, linkedMs = nowMs): void {
  const data = directoryName(place, nowMs);
  tree[`/${data}`] = { kind: 'directory', text: '', mode: 0o755, modifiedMs: nowMs };
  for (const [path, file] of payload) putPayloadFile(tree, `/${data}/${path}`, file, nowMs);
  putLink(tree, DATA, data, nowMs);
  for (const name of visibleNames(payload)) putLink(tree, `/${name}`, `..data/${name}`, linkedMs);
}

/** Whether a tree has what a payload says, and no more. */
export function isLaidOut(tree: FileTree, payload: Payload): boolean {
  const data = tree[DATA];
  if (data === undefined) return false;
  const isSame = [...payload].every(([path, { text, mode }]) => {
    const node = tree[`/${data.text}/${path}`];
    // Whom the volume is given to may read what others may not.
    return node?.kind === 'file' && node.text === text && (node.mode & mode) === mode;
  });
  return isSame && countFiles(tree) === payload.size;
}

/** K936: what leads to the content of a name stays as it is while there is such a name. */
export function keepLinks(tree: FileTree, before: FileTree): void {
  for (const [path, node] of Object.entries(before)) {
    if (path !== DATA && node.kind === 'link' && tree[path]?.kind === 'link') tree[path] = { ...node };
  }
}

function putPayloadFile(tree: FileTree, path: string, file: VolumeFile, nowMs: number): void {
  putFile(tree, path, '', file.mode, nowMs);
  const node = tree[path] as FileNode;
  // What is looked at and not stored is made when it is read.
  Object.defineProperty(node, 'text', { get: () => file.text, enumerable: true, configurable: true });
  if (file.uid !== undefined) node.uid = file.uid;
}

function putLink(tree: FileTree, path: string, target: string, nowMs: number): void {
  tree[path] = { kind: 'link', text: target, mode: 0o777, modifiedMs: nowMs };
}

/** The first part of each path: a directory is reached through one link. */
function visibleNames(payload: Payload): readonly string[] {
  return [...new Set([...payload.keys()].map((path) => path.split('/')[0] ?? ''))].sort(compareText);
}

function countFiles(tree: FileTree): number {
  return Object.values(tree).filter(({ kind }) => kind === 'file').length;
}

/** As upstream names it: the second in UTC, and a number of 32 bits. */
function directoryName(place: string, nowMs: number): string {
  const { year, month, day, hour, minute, second } = civilOf(nowMs);
  const parts = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0'));
  return `..${[String(year).padStart(4, '0'), ...parts].join('_')}.${hash128(`${place}|${nowMs}`)[0]}`;
}
