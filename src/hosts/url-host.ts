// Addresses that are listened on, as hosts of URLs.

/** The host of a URL under which this machine reaches what listens on an address. IPv6 addresses stand in brackets; that of all interfaces is none to connect to. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
