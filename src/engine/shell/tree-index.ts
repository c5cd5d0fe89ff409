// What a tree of files holds, counted when somebody asks first and kept up to date while the file system is open: a directory of ten thousand files is
// neither searched for each of them nor counted for each write.

import type { FileTree } from './file-tree.ts';

/** The indexes of the trees of one open file system. */
export class TreeIndexes {
  private readonly indexes = new Map<FileTree, TreeIndex>();

  of(tree: FileTree): TreeIndex {
    const known = this.indexes.get(tree);
    if (known !== undefined) return known;
    const index = new TreeIndex(tree);
    this.indexes.set(tree, index);
    return index;
  }
}

export class TreeIndex {
  /** Files and directories. */
  count = 0;
  /** Characters of all files. */
  length = 0;
  private readonly names = new Map<string, Set<string>>();
  private readonly paths = new Set<string>();

  constructor(tree: FileTree) {
    for (const [path, node] of Object.entries(tree)) if (node.kind !== 'gone') this.put(path, node.text.length);
  }

  /** A path that is there, new or grown. */
  put(path: string, grows: number): void {
    this.length += grows;
    if (this.paths.has(path)) return;
    this.paths.add(path);
    this.count += 1;
    for (let at = path.length; at > 0; ) {
      const slash = path.lastIndexOf('/', at - 1);
      const directory = path.slice(0, Math.max(slash, 0)) || '/';
      const name = path.slice(slash + 1, at);
      const names = this.names.get(directory);
      if (names?.has(name) === true || name === '') return;
      if (names === undefined) this.names.set(directory, new Set([name]));
      else names.add(name);
      at = slash;
    }
  }

  /** A path that is there no longer. What is left inside it keeps its name in sight. */
  remove(path: string, length: number): void {
    if (!this.paths.delete(path)) return;
    this.count -= 1;
    this.length -= length;
    if ((this.names.get(path)?.size ?? 0) > 0) return;
    const slash = path.lastIndexOf('/');
    this.names.get(path.slice(0, slash) || '/')?.delete(path.slice(slash + 1));
  }

  namesIn(directory: string): Iterable<string> {
    return this.names.get(directory) ?? [];
  }
}
