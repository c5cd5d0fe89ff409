// Other fronts. Each has the clusters whose names are its own, with their directory; what is about clusters of two of them they do together.

import type { ClusterConfig } from '../engine/cluster/index.ts';
import type { Given } from '../service/new-row.ts';
import type { ClusterInfo, ForkMade, ForkRequest, Instant } from '../service/ports.ts';
import type { Fork } from '../service/storage.ts';

/** A fork as it is asked for. */
export interface ForkSpec extends Given {
  readonly name: string;
  readonly at?: Instant | undefined;
  readonly seed?: number | undefined;
}

/** A cluster of which a fork is made. */
export interface ForkParent {
  readonly name: string;
  readonly config: ClusterConfig;
  /** The name that the tree of forks began with. */
  readonly home: string;
}

/** What fronts do for each other. */
export interface Peer {
  /** Has a fork under a name that is its own. Fails: as `Clusters.fork`. */
  takeFork(parent: ForkParent, spec: ForkSpec): Promise<ClusterInfo>;
  /** Has the host of a cluster of its own make a fork of it. Fails: as `Host.fork`. */
  giveFork(name: string, request: ForkRequest): Promise<ForkMade>;
  /** Its forks of the tree that began with this name. */
  forksFrom(home: string): Promise<readonly Fork[]>;
}

export interface Peers {
  /** Whether no cluster of any front has a token of this digest; then it is this cluster's. */
  claimToken(digest: string, cluster: string): Promise<boolean>;
  /** A cluster has its token no more. */
  releaseToken(digest: string, cluster: string): Promise<void>;
  /** The front of a name; undefined: the one that asks. */
  of(name: string): Peer | undefined;
  /** All but the one that asks. */
  others(): readonly Peer[];
}

/** For a front that is alone. */
export const NO_PEERS: Peers = {
  claimToken: () => Promise.resolve(true),
  releaseToken: () => Promise.resolve(),
  of: () => undefined,
  others: () => [],
};
