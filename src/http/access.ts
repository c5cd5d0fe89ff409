// Who may use what. The token of the service opens everything; the token of a cluster opens both faces of this cluster and nothing else. A
// kubeconfig carries a key that is made from one of them and opens one cluster: as a bearer token, and for plain HTTP in the path of the
// server too, because kubectl sends no credentials to an address that begins with http:// (Q1). Names and passwords are nobody's (Q3).
// A key is of one incarnation of a cluster: deleted and created again under its name, it has another one.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Who asks. */
type Caller = { readonly kind: 'service' } | { readonly kind: 'cluster'; readonly cluster: string } | { readonly kind: 'nobody' };

/** How a request is answered that asks for a cluster, or for the service when no cluster is named. */
export type Admission = 'admitted' | 'unauthorized' | 'forbidden';

/** Tokens of clusters, as digests. */
export interface ClusterTokens {
  /** Undefined when the cluster has no token of its own, or does not exist. */
  tokenDigest(cluster: string): string | undefined;
  clusterOfToken(digest: string): string | undefined;
  /** Of the present incarnation, then of those that it had before it was rewound; none when there is no cluster. */
  uidsOf(cluster: string): readonly string[];
}

export class Access {
  private readonly token: string | undefined;
  private readonly clusters: ClusterTokens;

  /** `token` is that of the service; without one only clusters with a token of their own ask for one. */
  constructor(token: string | undefined, clusters: ClusterTokens) {
    this.token = token;
    this.clusters = clusters;
  }

  admit(request: Request, cluster?: string): Admission {
    const isOpen = this.token === undefined && (cluster === undefined || this.clusters.tokenDigest(cluster) === undefined);
    if (isOpen) return 'admitted';
    const caller = this.callerOf(request);
    if (caller.kind === 'nobody') return 'unauthorized';
    return caller.kind === 'service' || caller.cluster === cluster ? 'admitted' : 'forbidden';
  }

  /** The key of a cluster; undefined when the cluster is open, or does not exist. */
  keyOf(cluster: string): string | undefined {
    return this.keysOf(cluster)[0];
  }

  isKey(key: string, cluster: string): boolean {
    return this.keysOf(cluster).some((wanted) => isSame(key, wanted));
  }

  /** The key, then those that are good because the cluster was rewound. */
  private keysOf(cluster: string): readonly string[] {
    const secret = this.clusters.tokenDigest(cluster) ?? this.token;
    if (secret === undefined) return [];
    return this.clusters.uidsOf(cluster).map((uid) => {
      const digest = createHmac('sha256', secret).update(`kubernetes:${cluster}:${uid}`).digest('base64url');
      return `${cluster}.${digest.slice(0, KEY_LENGTH)}`;
    });
  }

  private callerOf(request: Request): Caller {
    const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (given === undefined) return NOBODY;
    if (this.token !== undefined && isSame(given, this.token)) return { kind: 'service' };
    const [named = ''] = given.split('.');
    const cluster = this.isKey(given, named) ? named : this.clusters.clusterOfToken(digestToken(given));
    return cluster === undefined ? NOBODY : { kind: 'cluster', cluster };
  }
}

const KEY_LENGTH = 32;
const NOBODY: Caller = { kind: 'nobody' };

/** What is stored of a cluster's token: enough to know it again, too little to use it. */
export function digestToken(token: string): string {
  return createHash('sha256').update(`cluster-token:${token}`).digest('base64url');
}

/** `/access/{key}/clusters/{cluster}/...`, taken apart; undefined when the path is not of this form. */
export function parseAccessPath(path: string): { prefix: string; key: string; cluster: string } | undefined {
  const match = /^(\/access\/([^/]+))\/clusters\/([^/]+)/.exec(path);
  if (match === null) return undefined;
  const [, prefix = '', key = '', cluster = ''] = match;
  return { prefix, key, cluster };
}

/** Compares in a time that does not tell how much is right. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
