// The tokens of clusters, both ways. Small: only clusters with a token of their own are in it.

export class TokenIndex {
  private readonly digests: Map<string, string>;
  private readonly clusters: Map<string, string>;

  constructor(digests: ReadonlyMap<string, string>) {
    this.digests = new Map(digests);
    this.clusters = new Map([...digests].map(([name, digest]) => [digest, name]));
  }

  digestOf(cluster: string): string | undefined {
    return this.digests.get(cluster);
  }

  clusterOf(digest: string): string | undefined {
    return this.clusters.get(digest);
  }

  /** Undefined: the cluster has no token, or is gone. */
  set(cluster: string, digest: string | undefined): void {
    const before = this.digests.get(cluster);
    if (before !== undefined) this.clusters.delete(before);
    this.digests.delete(cluster);
    if (digest === undefined) return;
    this.digests.set(cluster, digest);
    this.clusters.set(digest, cluster);
  }
}
