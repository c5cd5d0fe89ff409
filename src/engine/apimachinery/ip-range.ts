// Ranges of addresses: what is one, and what lies in it. Upstream: apimachinery/pkg/util/validation/ip.go IsValidCIDR (v1.33).

import { isIpv6, parseIpv4 } from './ip.ts';

/** What is wrong with a range such as 10.9.8.0/24. */
export function cidrProblems(text: string): string[] {
  return rangeOf(text) === undefined ? ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'] : [];
}

/** Whether an IPv4 address lies in a range. */
export function isInRange(ip: string, cidr: string): boolean {
  const range = rangeOf(cidr);
  const address = parseIpv4(ip);
  if (range === undefined || range.base === undefined || address === undefined) return false;
  const size = 2 ** (32 - range.bits);
  return Math.floor(address / size) === Math.floor(range.base / size);
}

/** `base` is undefined for IPv6. */
function rangeOf(text: string): { readonly base: number | undefined; readonly bits: number } | undefined {
  const [address = '', bits = '', ...rest] = text.split('/');
  const base = parseIpv4(address);
  const bitsMax = base === undefined ? 128 : 32;
  if (rest.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > bitsMax) return undefined;
  return base === undefined && !isIpv6(address) ? undefined : { base, bits: Number(bits) };
}
