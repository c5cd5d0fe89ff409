// Tokens of clusters across fronts: which cluster has a token is written down by one front, which the digest of the token says, so that no two clusters of
// different fronts have the same.

import type { ObjectState } from 'cloudflare:workers';

const PREFIX = 'token/';

export class TokenClaims {
  private readonly kv: ObjectState['storage']['kv'];
  /** Asks the front of a cluster whether the cluster has a token. */
  private readonly hasToken: (cluster: string, digest: string) => Promise<boolean>;

  constructor(kv: ObjectState['storage']['kv'], hasToken: (cluster: string, digest: string) => Promise<boolean>) {
    this.kv = kv;
    this.hasToken = hasToken;
  }

  /** Whether a cluster may have a token; then it is the cluster's. What is written down of a cluster that has it no more counts for nothing. */
  async claim(digest: string, cluster: string): Promise<boolean> {
    const key = `${PREFIX}${digest}`;
    for (;;) {
      const owner = this.kv.get(key) as string | undefined;
      if (owner === undefined || owner === cluster) {
        this.kv.put(key, cluster);
        return true;
      }
      if (await this.hasToken(owner, digest)) return false;
      // Unless somebody else was here meanwhile.
      if (this.kv.get(key) === owner) this.kv.delete(key);
    }
  }

  release(digest: string, cluster: string): void {
    const key = `${PREFIX}${digest}`;
    if (this.kv.get(key) === cluster) this.kv.delete(key);
  }
}
