// Who may use the service. With a token, every request must carry it as a bearer token; the path of a kubeconfig carries a key of one
// cluster instead, because kubectl sends no credentials to a server whose address begins with http:// (Q1).

import { createHmac, timingSafeEqual } from 'node:crypto';

const KEY_LENGTH = 32;

/** The key that opens one cluster's Kubernetes API. Without the token it can neither be guessed nor used for anything else. */
export function accessKey(token: string, cluster: string): string {
  return createHmac('sha256', token).update(`kubernetes:${cluster}`).digest('base64url').slice(0, KEY_LENGTH);
}

/** Path of a cluster's Kubernetes API, as a kubeconfig names it. */
export function kubernetesPath(token: string | undefined, cluster: string): string {
  return token === undefined ? `/clusters/${cluster}` : `/access/${accessKey(token, cluster)}/clusters/${cluster}`;
}

/** Whether the request carries the token. */
export function hasToken(request: Request, token: string): boolean {
  const match = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '');
  return match !== null && isSame(match[1] as string, token);
}

/** `/access/{key}/clusters/{cluster}/...`, taken apart; undefined when the path is not of this form. */
export function parseAccessPath(path: string): { prefix: string; key: string; cluster: string } | undefined {
  const match = /^(\/access\/([^/]+))\/clusters\/([^/]+)/.exec(path);
  if (match === null) return undefined;
  const [, prefix = '', key = '', cluster = ''] = match;
  return { prefix, key, cluster };
}

/** Whether the key opens the cluster. */
export function isAccessKey(key: string, token: string, cluster: string): boolean {
  return isSame(key, accessKey(token, cluster));
}

/** Compares in a time that does not tell how much is right. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
