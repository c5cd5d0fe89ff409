// S20: a watch or a log that is asked for over a WebSocket, as dashboards and Java's clients do: the same bytes, in messages. What the client sends counts for
// nothing but its close.

import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ByteSource } from '../../service/host.ts';
import { tokensOf } from './offered.ts';
import { LOG_MESSAGE_BYTES, tellingOf } from './telling.ts';
import { closeSocket, type OpenConnection, refuse, sent, type Upgrade } from './upgrade.ts';

/** Whether an answer may be told in messages. */
export function isForMessages(response: Response, { incoming }: Upgrade): boolean {
  return response.headers.get('upgrade') === 'websocket' && incoming.headers.upgrade?.toLowerCase() === 'websocket';
}

/** Tells the answer to the client, or refuses; the socket is nobody else's. */
export async function serveMessages(
  response: Response,
  source: ByteSource | undefined,
  upgrade: Upgrade,
  open: Set<OpenConnection>,
): Promise<void> {
  const { incoming, socket, head } = upgrade;
  const protocols = tokensOf(incoming.headers['sec-websocket-protocol']);
  const telling = await tellingOf(response, source, { protocols, origin: incoming.headers.origin });
  const { source: bytes, protocol, problem } = telling;
  if (problem !== undefined) {
    bytes.close();
    return refuse(socket, [], problem);
  }
  prepare(socket);
  let isClosed = false;
  const close = () => {
    if (!isClosed) bytes.close();
    isClosed = true;
  };
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: LOG_MESSAGE_BYTES });
  delete incoming.headers['sec-websocket-protocol'];
  if (protocol !== undefined) server.on('headers', (headers) => void headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  socket.once('close', close);
  server.handleUpgrade(incoming, socket, head, (webSocket) => {
    const connection: OpenConnection = { end: () => closeSocket(webSocket) };
    open.add(connection);
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      open.delete(connection);
      close();
    });
    const end = () => {
      close();
      closeSocket(webSocket);
    };
    telling.tell((message) => sent(webSocket, message)).then(end, end);
  });
}

function prepare(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(0);
  socket.setNoDelay(true);
}
