// What a proxy says of the client (`X-Forwarded-Host`, `X-Forwarded-Proto`) counts only when it comes from a proxy that the settings name: anybody
// else could choose the address that kubeconfigs carry. Headers of others are removed before anything reads them.

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Addresses of proxies: single ones, or networks as `10.0.0.0/8`. Undefined when one of them is neither. */
export function parseProxies(list: readonly string[]): BlockList | undefined {
  const proxies = new BlockList();
  for (const item of list) {
    const [address = '', bits, ...rest] = item.split('/');
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return undefined;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) proxies.addAddress(address, type);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) proxies.addSubnet(address, Number(bits), type);
    else return undefined;
  }
  return proxies;
}

/** Removes what only a trusted proxy may say. */
export function dropForwarded(incoming: IncomingMessage, trusted: BlockList | undefined): void {
  const names = Object.keys(incoming.headers).filter(isForwarded);
  if (names.length === 0 || isTrusted(incoming.socket.remoteAddress, trusted)) return;
  removeHeaders(incoming, names);
}

/** Removes headers, whose names are in lower case, before anything reads them. */
export function removeHeaders({ headers, rawHeaders }: IncomingMessage, names: readonly string[]): void {
  for (const name of names) delete headers[name];
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (names.includes((rawHeaders[index] as string).toLowerCase())) rawHeaders.splice(index, 2);
  }
}

function isForwarded(name: string): boolean {
  return name === 'forwarded' || name.startsWith('x-forwarded-');
}

function isTrusted(address: string | undefined, trusted: BlockList | undefined): boolean {
  if (address === undefined || trusted === undefined) return false;
  // IPv4 clients of an IPv6 socket.
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return trusted.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
}
