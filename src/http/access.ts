// Who may use what. The token of the service opens everything; the token of a cluster opens both faces of this cluster and nothing else. A
// kubeconfig carries a key that is made from one of them and opens one cluster: as a bearer token, and for plain HTTP in the path of the
// server too, because kubectl sends no credentials to an address that begins with http:// (Q1). Names and passwords are nobody's (Q3).
// A key is of one incarnation of a cluster: deleted and created again under its name, it has another one. The key of a user carries his name and
// groups, opens the Kubernetes API of its cluster only, and there he may what roles allow him.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { bearerOf } from './bearer.ts';

/** Who asks. */
type Caller =
  | { readonly kind: 'service' }
  | { readonly kind: 'cluster'; readonly cluster: string; readonly user?: KeyUser | undefined }
  | { readonly kind: 'nobody' };

/** The user that a key carries. */
export interface KeyUser {
  readonly username: string;
  readonly groups: readonly string[];
}

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

  /** Whether a request to the service API is admitted, which the keys of users do not open. */
  admit(request: Request, cluster?: string): Admission {
    const { admission, user } = this.admitUser(request, cluster);
    return user === undefined ? admission : 'forbidden';
  }

  /** Whether a request is admitted, and as which user; without one it is the owner's. */
  admitUser(request: Request, cluster?: string): { readonly admission: Admission; readonly user?: KeyUser | undefined } {
    const caller = this.callerOf(request);
    if (caller.kind === 'cluster' && caller.cluster === cluster && caller.user !== undefined)
      return { admission: 'admitted', user: caller.user };
    const isOpen = this.token === undefined && (cluster === undefined || this.clusters.tokenDigest(cluster) === undefined);
    if (isOpen) return { admission: 'admitted' };
    if (caller.kind === 'nobody') return { admission: 'unauthorized' };
    return { admission: caller.kind === 'service' || caller.cluster === cluster ? 'admitted' : 'forbidden' };
  }

  /** The key of a cluster; undefined when the cluster is open, or does not exist. */
  keyOf(cluster: string): string | undefined {
    return this.keysOf(cluster)[0];
  }

  /** The key of a user of a cluster, which may be open; undefined when there is no such cluster. */
  keyOfUser(cluster: string, { username, groups }: KeyUser): string | undefined {
    return this.userKeysOf(cluster, Buffer.from(JSON.stringify([username, ...groups])).toString('base64url'))[0];
  }

  /** Whether a key opens the Kubernetes API of a cluster. */
  isKey(key: string, cluster: string): boolean {
    return this.keysOf(cluster).some((wanted) => isSame(key, wanted)) || this.userOfKey(key, cluster) !== undefined;
  }

  /** The user that a key of a cluster carries. */
  userOfKey(key: string, cluster: string): KeyUser | undefined {
    const [, named, ...rest] = key.split('.');
    if (named === undefined || rest.length !== 1 || !this.userKeysOf(cluster, named).some((wanted) => isSame(key, wanted)))
      return undefined;
    const [username = '', ...groups] = JSON.parse(Buffer.from(named, 'base64url').toString()) as string[];
    return { username, groups };
  }

  /** The key, then those that are good because the cluster was rewound. */
  private keysOf(cluster: string): readonly string[] {
    const secret = this.clusters.tokenDigest(cluster) ?? this.token;
    return secret === undefined ? [] : this.seal(cluster, cluster, secret, 'kubernetes');
  }

  /** The same of a user. Who may come without a key may be anybody: then a key only says who is meant. */
  private userKeysOf(cluster: string, named: string): readonly string[] {
    const secret = this.clusters.tokenDigest(cluster) ?? this.token ?? 'open';
    return this.seal(cluster, `${cluster}.${named}`, secret, `user:${named}`);
  }

  private seal(cluster: string, head: string, secret: string, what: string): readonly string[] {
    return this.clusters.uidsOf(cluster).map((uid) => {
      const digest = createHmac('sha256', secret).update(`${what}:${cluster}:${uid}`).digest('base64url');
      return `${head}.${digest.slice(0, KEY_LENGTH)}`;
    });
  }

  private callerOf(request: Request): Caller {
    const given = bearerOf(request);
    if (given === undefined) return NOBODY;
    if (this.token !== undefined && isSame(given, this.token)) return { kind: 'service' };
    const [named = ''] = given.split('.');
    const cluster = this.isKey(given, named) ? named : this.clusters.clusterOfToken(digestToken(given));
    return cluster === undefined ? NOBODY : { kind: 'cluster', cluster, user: this.userOfKey(given, named) };
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
