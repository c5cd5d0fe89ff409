// Forks as a tree: every cluster stands below the one that it came from, when that one is there.

export interface Fork {
  readonly name: string;
  readonly forks: readonly Fork[];
}

export interface TreeNode {
  readonly name: string;
  readonly parent: string | undefined;
  readonly forks: readonly TreeNode[];
}

/** `clusters` have all forks that were made of them, and of these. */
export function treeOf(clusters: readonly Fork[]): readonly TreeNode[] {
  const names = new Set(clusters.map(({ name }) => name));
  const parents = new Map<string, string>();
  const visit = ({ name, forks }: Fork) => {
    for (const fork of forks) {
      parents.set(fork.name, name);
      visit(fork);
    }
  };
  for (const cluster of clusters) visit(cluster);
  const nodeOf = (name: string, parent: string | undefined): TreeNode => ({
    name,
    parent,
    forks: [...names].filter((other) => parents.get(other) === name).map((other) => nodeOf(other, name)),
  });
  const isRoot = (name: string) => !names.has(parents.get(name) ?? '');
  return [...names].filter(isRoot).map((name) => nodeOf(name, parents.get(name)));
}
