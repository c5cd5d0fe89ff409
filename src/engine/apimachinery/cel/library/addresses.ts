// Addresses: `ip()`, `cidr()` and `url()`. Upstream: k8s.io/apiserver/pkg/cel/library/{ip,cidr,urls}.go (v1.33), Go's net/netip and net/url.

import { isIpv6, parseIpv4 } from '../../ip.ts';
import type { Library } from '../declarations.ts';
import { type CelOpaque, type CelResult, type CelValue, fail, list, map } from '../values.ts';

interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
}
interface Range extends Address {
  readonly prefix: number;
}

const IP = 'net.IP';
const CIDR = 'net.CIDR';
const URL_TYPE = 'kubernetes.URL';

function parseAddress(text: string): Address | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { bits: BigInt(four), width: 32 };
  if (!isIpv6(text)) return undefined;
  const [head = '', tail] = text.split('::');
  const groups = (half: string): string[] =>
    half
      .split(':')
      .filter((group) => group !== '')
      .flatMap(groupsOf);
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const bits = [...first, ...middle, ...last].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
  // Upstream refuses IPv4 in IPv6.
  return bits >> 32n === 0xffffn ? undefined : { bits, width: 128 };
}

function groupsOf(group: string): string[] {
  const four = parseIpv4(group);
  return four === undefined ? [group] : [(four >>> 16).toString(16), (four & 0xffff).toString(16)];
}

/** The canonical text; of IPv6 the longest run of zeros is left out. */
function formatAddress({ bits, width }: Address): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(112 - index * 16)) & 0xffffn));
  let start = -1;
  let length = 1;
  for (let index = 0; index < 8; index += 1) {
    let end = index;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - index > length) [start, length] = [index, end - index];
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return start === -1 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function parseRange(text: string): Range | undefined {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > parsed.width) return undefined;
  return { ...parsed, prefix: Number(prefix) };
}

const opaque = (type: string, text: string, data: unknown): CelOpaque => ({ kind: 'opaque', type, text, data });
const ipOf = (address: Address): CelOpaque => opaque(IP, formatAddress(address), address);
const cidrOf = (range: Range): CelOpaque => opaque(CIDR, `${formatAddress(range)}/${range.prefix}`, range);
const address = (value: CelValue | undefined): Address => (value as CelOpaque).data as Address;
const range = (value: CelValue | undefined): Range => (value as CelOpaque).data as Range;

function withAddress(text: CelValue | undefined, run: (address: Address) => CelResult): CelResult {
  const parsed = parseAddress(text as string);
  return parsed === undefined
    ? fail(`IP Address '${text as string}' parse error during conversion from string: ${addressError(text as string)}`)
    : run(parsed);
}

/** Go's words for the usual mistakes. */
function addressError(text: string): string {
  return /[:.]/.test(text)
    ? `ParseAddr(${JSON.stringify(text)}): unexpected character`
    : `ParseAddr(${JSON.stringify(text)}): unable to parse IP`;
}

function withRange(text: CelValue | undefined, run: (range: Range) => CelResult): CelResult {
  const parsed = parseRange(text as string);
  if (parsed !== undefined) return run(parsed);
  const reason = (text as string).includes('/') ? 'bad address or prefix' : "no '/'";
  return fail(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): ${reason}`);
}

function covers(outer: Range, inner: Address, prefix: number): boolean {
  const shift = BigInt(outer.width - outer.prefix);
  return outer.width === inner.width && prefix >= outer.prefix && outer.bits >> shift === inner.bits >> shift;
}

/** Whether the first bits of an address are those. */
function starts({ bits, width }: Address, four: readonly [bigint, number], six: readonly [bigint, number]): boolean {
  const [prefix, length] = width === 32 ? four : six;
  return bits >> BigInt(width - length) === prefix;
}

const isLinkLocal = (value: Address): boolean => starts(value, [0xa9fen, 16], [0x3fan, 10]);
const isLinkLocalMulticast = (value: Address): boolean =>
  value.width === 32 ? value.bits >> 8n === 0xe00000n : ((value.bits >> 112n) & 0xff0fn) === 0xff02n;
const isLoopback = (value: Address): boolean => (value.width === 32 ? value.bits >> 24n === 127n : value.bits === 1n);
const isMulticast = (value: Address): boolean => starts(value, [0xen, 4], [0xffn, 8]);
const isGlobalUnicast = (value: Address): boolean =>
  value.bits !== 0n &&
  !(value.width === 32 && value.bits === 0xffffffffn) &&
  !isLoopback(value) &&
  !isMulticast(value) &&
  !isLinkLocal(value);

export const ADDRESSES: Library = {
  declarations: `
    ip string_to_ip (string) net.IP
    isIP is_ip (string) bool
    ip.isCanonical ip_is_canonical (string) bool
    family ip_family .(net.IP) int
    isUnspecified ip_is_unspecified .(net.IP) bool
    isLoopback ip_is_loopback .(net.IP) bool
    isLinkLocalMulticast ip_is_link_local_multicast .(net.IP) bool
    isLinkLocalUnicast ip_is_link_local_unicast .(net.IP) bool
    isGlobalUnicast ip_is_global_unicast .(net.IP) bool
    string ip_to_string (net.IP) string
    cidr string_to_cidr (string) net.CIDR
    isCIDR is_cidr (string) bool
    containsIP cidr_contains_ip_string .(net.CIDR, string) bool
    containsIP cidr_contains_ip_ip .(net.CIDR, net.IP) bool
    containsCIDR cidr_contains_cidr_string .(net.CIDR, string) bool
    containsCIDR cidr_contains_cidr .(net.CIDR, net.CIDR) bool
    ip cidr_ip .(net.CIDR) net.IP
    masked cidr_masked .(net.CIDR) net.CIDR
    prefixLength cidr_prefix_length .(net.CIDR) int
    string cidr_to_string (net.CIDR) string`,
  implementations: {
    string_to_ip: ([text]) => withAddress(text, ipOf),
    is_ip: ([text]) => parseAddress(text as string) !== undefined,
    ip_is_canonical: ([text]) => withAddress(text, (parsed) => formatAddress(parsed) === text),
    ip_family: ([value]) => (address(value).width === 32 ? 4n : 6n),
    ip_is_unspecified: ([value]) => address(value).bits === 0n,
    ip_is_loopback: ([value]) => isLoopback(address(value)),
    ip_is_link_local_multicast: ([value]) => isLinkLocalMulticast(address(value)),
    ip_is_link_local_unicast: ([value]) => isLinkLocal(address(value)),
    ip_is_global_unicast: ([value]) => isGlobalUnicast(address(value)),
    ip_to_string: ([value]) => (value as CelOpaque).text,
    string_to_cidr: ([text]) => withRange(text, cidrOf),
    is_cidr: ([text]) => parseRange(text as string) !== undefined,
    cidr_contains_ip_string: ([outer, text]) => withAddress(text, (inner) => covers(range(outer), inner, inner.width)),
    cidr_contains_ip_ip: ([outer, inner]) => covers(range(outer), address(inner), address(inner).width),
    cidr_contains_cidr_string: ([outer, text]) => withRange(text, (inner) => covers(range(outer), inner, inner.prefix)),
    cidr_contains_cidr: ([outer, inner]) => covers(range(outer), range(inner), range(inner).prefix),
    cidr_ip: ([value]) => ipOf(range(value)),
    cidr_masked: ([value]) => {
      const { bits, width, prefix } = range(value);
      const shift = BigInt(width - prefix);
      return cidrOf({ bits: (bits >> shift) << shift, width, prefix });
    },
    cidr_prefix_length: ([value]) => BigInt(range(value).prefix),
    cidr_to_string: ([value]) => (value as CelOpaque).text,
  },
};

interface Location {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Absolute addresses, with a scheme or with a path from the root. */
function parseUrl(text: string): Location | undefined {
  const match =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^@/?#]*@)?(\[[^\]/?#]*\](?::\d*)?|[^/?#[\]]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/.exec(text);
  // eslint-style control characters and spaces in the host are refused, as Go does it.
  if (match === null || [...text].some((character) => character < ' ' || character === '\u007f')) return undefined;
  const [, scheme = '', host = '', path = '', query = ''] = match;
  if (/[ <>"]/.test(host) || /:[^\d\]]/.test(host.replace(/^\[.*\]/, ''))) return undefined;
  if (scheme === '' && !path.startsWith('/') && host === '') return undefined;
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path, query };
}

function queryOf(query: string): CelResult {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const [key = '', ...rest] = part.split('=');
    const name = decodePercent(key.replaceAll('+', ' '));
    const value = decodePercent(rest.join('=').replaceAll('+', ' '));
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return map([...values].map(([name, all]) => [name, list(all)] as const));
}

/** Percent escapes of ASCII; of other bytes the UTF-8 that they spell. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = (escapes.match(/[0-9a-fA-F]{2}/g) ?? []).map((hex) => Number.parseInt(hex, 16));
    let decoded = '';
    for (let index = 0; index < bytes.length; ) {
      const first = bytes[index] ?? 0;
      const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
      const start = length === 1 ? first : first & (0xff >> (length + 1));
      const code = bytes.slice(index + 1, index + length).reduce((value, byte) => (value << 6) | (byte & 63), start);
      decoded += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
      index += length;
    }
    return decoded;
  });
}

const location = (value: CelValue | undefined): Location => (value as CelOpaque).data as Location;

export const URLS: Library = {
  declarations: `
    url string_to_url (string) kubernetes.URL
    isURL is_url_string (string) bool
    getScheme url_get_scheme .(kubernetes.URL) string
    getHost url_get_host .(kubernetes.URL) string
    getHostname url_get_hostname .(kubernetes.URL) string
    getPort url_get_port .(kubernetes.URL) string
    getEscapedPath url_get_escaped_path .(kubernetes.URL) string
    getQuery url_get_query .(kubernetes.URL) map(string, list(string))`,
  implementations: {
    string_to_url: ([text]) => {
      const parsed = parseUrl(text as string);
      if (parsed === undefined)
        return fail(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
      return opaque(URL_TYPE, text as string, parsed);
    },
    is_url_string: ([text]) => parseUrl(text as string) !== undefined,
    url_get_scheme: ([value]) => location(value).scheme,
    url_get_host: ([value]) => location(value).host,
    url_get_hostname: ([value]) =>
      location(value)
        .host.replace(/:\d*$/, '')
        .replace(/^\[(.*)\]$/, '$1'),
    url_get_port: ([value]) => /:(\d+)$/.exec(location(value).host)?.[1] ?? '',
    url_get_escaped_path: ([value]) => location(value).path.replace(/[^A-Za-z0-9\-._~%!$&'()*+,;=:@/]/g, escapeCharacter),
    url_get_query: ([value]) => queryOf(location(value).query),
  },
};

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
