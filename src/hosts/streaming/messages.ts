// S20: a watch or a log that is asked for over a WebSocket, as dashboards and Java's clients do: the same bytes, in messages. What the client sends counts for
// nothing but its close.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/watch.go HandleWS, apimachinery/pkg/util/httpstream/wsstream/stream.go Reader,
// golang.org/x/net/websocket server.go and hybi.go (v1.33).

import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { isTokenProtocol } from '../../http/bearer.ts';
import type { ByteSource } from '../../service/host.ts';
import { closeSocket, type OpenConnection, refuse, sent, tokensOf, type Upgrade } from './upgrade.ts';

/** Of a log, as upstream reads it. */
const LOG_MESSAGE_BYTES = 2_048;
/** How logs are told: the empty name is that of clients who name none. */
const LOG_PROTOCOLS = ['', 'binary.k8s.io', 'base64.binary.k8s.io'];

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
  const bytes = source ?? wholeSource(new Uint8Array(await response.arrayBuffer()));
  const isWatch = response.headers.get('content-type') === 'application/json';
  const offered = tokensOf(incoming.headers['sec-websocket-protocol']).filter((item) => !isTokenProtocol(item));
  const protocol = isWatch ? (offered[0] ?? '') : [...offered, ''].find((item) => LOG_PROTOCOLS.includes(item));
  const problem = isWatch ? watchProblem(offered, incoming.headers.origin) : protocol === '' && offered.length > 0 ? 403 : undefined;
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
  if (protocol !== undefined && protocol !== '')
    server.on('headers', (headers) => void headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  socket.once('close', close);
  server.handleUpgrade(incoming, socket, head, (webSocket) => {
    const connection: OpenConnection = { end: () => closeSocket(webSocket) };
    open.add(connection);
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      open.delete(connection);
      close();
    });
    const told = isWatch ? tellLines(bytes, webSocket) : tellBytes(bytes, webSocket, protocol === 'base64.binary.k8s.io');
    const end = () => {
      close();
      closeSocket(webSocket);
    };
    told.then(end, end);
  });
}

/** What Go's package refuses: clients that do not say where they come from, and a choice. */
function watchProblem(offered: readonly string[], origin: string | undefined): number | undefined {
  if (origin === undefined) return 403;
  return offered.length > 1 ? 400 : undefined;
}

function prepare(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(0);
  socket.setNoDelay(true);
}

/** An event a message. */
async function tellLines(source: ByteSource, webSocket: WebSocket): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) await sent(webSocket, `${line}\n`);
  }
}

async function tellBytes(source: ByteSource, webSocket: WebSocket, isBase64: boolean): Promise<void> {
  const tell = (bytes: Uint8Array) => sent(webSocket, isBase64 ? Buffer.from(bytes).toString('base64') : bytes);
  // The client learns that it is connected before there is a line.
  await tell(new Uint8Array());
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) {
    for (let start = 0; start < bytes.length; start += LOG_MESSAGE_BYTES) await tell(bytes.subarray(start, start + LOG_MESSAGE_BYTES));
  }
}

function wholeSource(bytes: Uint8Array): ByteSource {
  let isRead = false;
  return {
    next: () => {
      const next = isRead ? undefined : bytes;
      isRead = true;
      return Promise.resolve(next);
    },
    close: () => undefined,
  };
}
