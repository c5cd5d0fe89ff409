// Symbolic links of a file system: what follows them on the way to a path, and what looks at them.

import { resolvePath } from './expand.ts';
import type { FileSystem } from './state.ts';

/** Links that are followed on one way, as Linux counts them. */
const HOPS_MAX = 40;

/** Follows the links of a path; the one at its end only where asked. `linkAt` says where a link leads. */
export function followLinks(path: string, linkAt: (path: string) => string | undefined, isLastFollowed: boolean): string {
  let parts = path.split('/').slice(1);
  let at = '';
  let hops = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const next = `${at}/${parts[index] ?? ''}`;
    const isLast = index === parts.length - 1;
    const target = isLast && !isLastFollowed ? undefined : linkAt(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    hops += 1;
    if (hops > HOPS_MAX) return path;
    parts = [
      ...resolvePath(at === '' ? '/' : at, target)
        .split('/')
        .slice(1),
      ...parts.slice(index + 1),
    ].filter((part) => part !== '');
    at = '';
    index = -1;
  }
  return at === '' ? '/' : at;
}

type Plain = Omit<FileSystem, 'lstat' | 'link' | 'resolve' | 'makeLink'>;

/** A file system whose paths may lead over links. */
export function withLinks(
  plain: Plain,
  linkAt: (path: string) => string | undefined,
  makeLink: (path: string, target: string) => string | null,
): FileSystem {
  const to = (path: string): string => followLinks(path, linkAt, true);
  const near = (path: string): string => followLinks(path, linkAt, false);
  return {
    stat: (path) => plain.stat(to(path)),
    lstat(path) {
      const at = near(path);
      const info = plain.stat(at);
      const target = linkAt(at);
      return info === undefined || target === undefined ? info : { ...info, kind: 'link', mode: 0o777 };
    },
    link: (path) => linkAt(near(path)),
    resolve: to,
    read: (path) => plain.read(to(path)),
    mayRead: (path) => plain.mayRead(to(path)),
    isMounted: (path) => plain.isMounted(to(path)),
    typeAt: (path) => plain.typeAt(to(path)),
    list: (path) => plain.list(to(path)),
    write: (path, text, append) => plain.write(to(path), text, append),
    makeDirectory: (path) => plain.makeDirectory(to(path)),
    remove: (path) => plain.remove(near(path)),
    setMode: (path, mode) => plain.setMode(to(path), mode),
    setOwner: (path, uid, gid) => plain.setOwner(to(path), uid, gid),
    touch: (path) => plain.touch(to(path)),
    makeLink: (path, target) => makeLink(near(path), target),
  };
}
