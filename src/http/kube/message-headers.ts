// S20: a watch or a log may be asked for over a WebSocket. The answer says that its body may be told in messages; whoever has the socket does it.

/** Headers of an answer that may be told in the messages of a WebSocket, where the client asks for one. */
export function messageHeaders({ headers }: Request): Readonly<Record<string, string>> {
  return headers.get('upgrade')?.toLowerCase() === 'websocket' ? { Upgrade: 'websocket' } : {};
}
