// What clients offer to speak once a connection is upgraded.

/** S15: SPDY inside the messages of a WebSocket. */
export const TUNNEL = 'SPDY/3.1+portforward.k8s.io';

/** The items of a header that may come in one line or in several. */
export function tokensOf(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}
