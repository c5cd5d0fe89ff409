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
