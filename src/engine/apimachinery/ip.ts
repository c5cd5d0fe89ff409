// IP addresses as text and as numbers. Upstream: apimachinery/pkg/util/validation/ip.go (v1.33). Rules: C524, P9.

const IPV6_GROUPS = 8;

/** The 32 bits of an IPv4 address as an unsigned number; undefined for anything else. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** True for an IPv6 address without a zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups[groups.length - 1];
  const hasIpv4 = last !== undefined && parseIpv4(last) !== undefined;
  const count = groups.length + (hasIpv4 ? 1 : 0);
  const isFull = halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS;
  return isFull && groups.every((group, index) => /^[0-9a-fA-F]{1,4}$/.test(group) || (hasIpv4 && index === groups.length - 1));
}

/** What is wrong with an IP address. */
export function ipProblems(text: string): string[] {
  return parseIpv4(text) !== undefined || isIpv6(text) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

/** What keeps a valid address from being that of an endpoint. Upstream: pkg/apis/core/validation/validation.go ValidateEndpointIP (v1.33). */
export function endpointIpProblems(text: string): string[] {
  const value = parseIpv4(text);
  const isIn = (base: string, bits: number): boolean =>
    value !== undefined && value >>> (32 - bits) === (parseIpv4(base) ?? 0) >>> (32 - bits);
  const groups = value === undefined ? text.toLowerCase() : '';
  const isZero = /^[0:]*$/.test(groups) && groups !== '';
  const isOne = /^[0:]*:0*1$/.test(groups);
  return [
    ...(value === 0 || isZero ? [`may not be unspecified (${text})`] : []),
    ...(isIn('127.0.0.0', 8) || isOne ? ['may not be in the loopback range (127.0.0.0/8, ::1/128)'] : []),
    ...(isIn('169.254.0.0', 16) || /^fe[89ab][0-9a-f]:/.test(groups)
      ? ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']
      : []),
    ...(isIn('224.0.0.0', 24) || /^ff[0-9a-f]2:/.test(groups)
      ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']
      : []),
  ];
}

/** Warnings about a valid address that is not written as it should be. */
export function ipWarnings(text: string, field: string): string[] {
  const groups = groupsOf(text);
  if (groups === undefined) return [];
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) {
    const plain = formatIpv4((groups[6] ?? 0) * 65_536 + (groups[7] ?? 0));
    return [`${field}: non-standard IP address "${text}" will be considered invalid in a future Kubernetes release: use "${plain}"`];
  }
  const canonical = formatIpv6(groups);
  return canonical === text ? [] : [`${field}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
}

/** The eight groups of an IPv6 address; undefined for anything else. */
function groupsOf(text: string): readonly number[] | undefined {
  if (!isIpv6(text)) return undefined;
  const parts = text.split('::').map((half) =>
    half.split(':').flatMap((group) => {
      const ipv4 = group.includes('.') ? parseIpv4(group) : undefined;
      if (ipv4 !== undefined) return [ipv4 >>> 16, ipv4 & 0xffff];
      return group === '' ? [] : [Number.parseInt(group, 16)];
    }),
  );
  const [head = [], tail = []] = parts;
  const missing = IPV6_GROUPS - head.length - tail.length;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** RFC 5952: the first of the longest runs of two or more zeros is left out. */
function formatIpv6(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
