// The bearer token of a request: in its header, or among the subprotocols of a WebSocket, because a page cannot set the headers of one.
// Upstream: apiserver/pkg/authentication/request/{bearertoken,websocket/protocol}.go (v1.33). Rule: S21.

/** Before a token in base64url without padding; such a name is no protocol, and is never answered. */
const PREFIX = 'base64url.bearer.authorization.k8s.io.';

/** The token that a request carries; undefined when there is none, or none that is written as it should be. */
export function bearerOf(request: Request): string | undefined {
  const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return given ?? protocolTokenOf(request.headers);
}

/** Whether a name that a WebSocket offers as a protocol carries a token. */
export function isTokenProtocol(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** S21: there is one token, and a protocol beside it that can be answered. */
function protocolTokenOf(headers: Headers): string | undefined {
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return undefined;
  const names = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  const [token, ...others] = names.filter(isTokenProtocol);
  if (token === undefined || others.length > 0 || names.length === 1) return undefined;
  const encoded = token.slice(PREFIX.length);
  if (!/^[\w-]+$/.test(encoded)) return undefined;
  const decoded = Buffer.from(encoded, 'base64url').toString();
  return /^\S+$/.test(decoded) && !decoded.includes('\uFFFD') ? decoded : undefined;
}
