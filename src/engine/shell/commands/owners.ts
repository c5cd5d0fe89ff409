// Names of users and groups, and permissions as letters.

import type { FileInfo, FileSystem } from '../state.ts';

/** The lines of /etc/passwd or /etc/group, by their fields. */
export function entriesOf(files: FileSystem, list: string): readonly (readonly string[])[] {
  return (files.read(list) ?? '').split('\n').map((line) => line.split(':'));
}

export function userName(files: FileSystem, uid: number): string {
  return nameOf(files, '/etc/passwd', uid);
}

export function groupName(files: FileSystem, gid: number): string {
  return nameOf(files, '/etc/group', gid);
}

/** A number that has no name is its own. */
function nameOf(files: FileSystem, list: string, id: number): string {
  return entriesOf(files, list).find((entry) => entry[2] === String(id))?.[0] ?? (id === 0 ? 'root' : String(id));
}

/** `drwxr-sr-t`, as ls shows it. */
export function lettersOf({ kind, mode }: Pick<FileInfo, 'kind' | 'mode'>): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (1 << (8 - index))) !== 0 ? letter : '-'));
  if ((mode & 0o4000) !== 0) letters[2] = letters[2] === 'x' ? 's' : 'S';
  if ((mode & 0o2000) !== 0) letters[5] = letters[5] === 'x' ? 's' : 'S';
  if ((mode & 0o1000) !== 0) letters[8] = letters[8] === 'x' ? 't' : 'T';
  return `${kind === 'directory' ? 'd' : kind === 'link' ? 'l' : '-'}${letters.join('')}`;
}
