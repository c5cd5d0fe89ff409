// Commands that do what the page does, to copy into a terminal. The token is never part of them.

import { token } from '../state/token.ts';
import { BASE } from './base.ts';

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly body?: string | undefined;
  readonly type?: string | undefined;
}

export function curlOf({ method, url, body, type }: Call): string {
  const words = ['curl', ...(method === 'GET' ? [] : ['-X', method]), quote(url)];
  if (token.value !== '') words.push('-H "Authorization: Bearer $ORRERY_TOKEN"');
  if (body !== undefined && body !== '')
    words.push(
      `-H ${quote(`Content-Type: ${type ?? 'application/json'}`)}`,
      `--data-binary ${body.length > BODY_MAX ? '@FILE' : quote(body)}`,
    );
  return words.join(' ');
}

/** kubectl with the kubeconfig that somebody has; at a moment of the past with that moment's, which is read first. */
export function kubectlOf(cluster: string, at: string | undefined, words: string): string {
  if (at === undefined) return `kubectl ${words}`;
  const url = `${BASE}/v1/clusters/${encodeURIComponent(cluster)}/kubeconfig?at=${encodeURIComponent(at)}`;
  return `${curlOf({ method: 'GET', url })} > past.kubeconfig && kubectl --kubeconfig past.kubeconfig ${words}`;
}

/** What is longer comes from a file. */
const BODY_MAX = 20_000;

/** A word of a POSIX shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
