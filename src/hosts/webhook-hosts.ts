// Which hosts may be called.

import { isIPv4 } from 'node:net';

/** What stands for this machine in a list of hosts. */
export const LOOPBACK = 'loopback';

/** True if a list has the host: `*.example.com` is all below, `*` all, and `loopback` this machine. */
export function hasHost(hosts: readonly string[], host: string): boolean {
  return hosts.some((allowed) => {
    if (allowed === '*') return true;
    if (allowed === LOOPBACK) return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
    return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1).toLowerCase()) : host === allowed.toLowerCase();
  });
}
