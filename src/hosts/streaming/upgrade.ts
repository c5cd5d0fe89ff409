// Upgrades: a request whose answer carries a plan gets its socket turned into a WebSocket or a SPDY connection, and the plan is served on it.
// Rules: S3, S4, S8, S9, S15.

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { StreamPlan } from '../../service/host.ts';
import { channelProtocols, READY_WITHIN_MS, serveOverChannels } from './channels.ts';
import { tokensOf, TUNNEL } from './offered.ts';
import type { ByteLink } from './spdy-connection.ts';
import { serveOverSpdy, spdyProtocols } from './spdy.ts';

/** Bytes of one message of a client. */
const MESSAGE_LENGTH_MAX = 1_048_576;
/** Wall time that the other side gets to close a connection that this side has closed. */
const CLOSE_WITHIN_MS = 2_000;

/** Wall time of silence after which the system asks whether the client is still there. */
const KEEP_ALIVE_MS = 30_000;

/** A request for an upgrade, and its socket. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Socket;
  /** Bytes behind the request. */
  readonly head: Buffer;
}

/** What can be ended from outside. */
export interface OpenConnection {
  end(): void;
}

/** Whether this is an upgrade to something that plans are served on. */
export function isStreamingUpgrade({ headers }: IncomingMessage): boolean {
  return ['websocket', 'spdy/3.1'].includes(headers.upgrade?.toLowerCase() ?? '');
}

/** Answers the request for an upgrade and serves the plan. */
export function serveUpgrade(plan: StreamPlan, upgrade: Upgrade, open: Set<OpenConnection>): void {
  const { incoming, socket } = upgrade;
  socket.on('error', () => socket.destroy());
  // Until it is served, the plan ends with the socket.
  const release = () => plan.release();
  socket.once('close', release);
  const served = () => void socket.off('close', release);
  // A session may be silent for hours; a client that went without a word is noticed all the same.
  socket.setTimeout(0);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  if (incoming.headers.upgrade?.toLowerCase() === 'websocket') upgradeToWebSocket(plan, upgrade, open, served);
  else upgradeToSpdy(plan, upgrade, open, served);
}

function upgradeToSpdy(plan: StreamPlan, { incoming, socket, head }: Upgrade, open: Set<OpenConnection>, onServed: () => void): void {
  const offered = tokensOf(incoming.headers['x-stream-protocol-version']);
  const known = spdyProtocols(plan);
  const protocol = known.find((item) => offered.includes(item));
  if (protocol === undefined)
    return refuse(
      socket,
      known.map((item) => `X-Accepted-Stream-Protocol-Versions: ${item}`),
    );
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  onServed();
  const served = serveOverSpdy(plan, linkOf(socket));
  const connection: OpenConnection = { end: () => served.close() };
  open.add(connection);
  socket.once('close', () => {
    open.delete(connection);
    served.close();
    plan.release();
  });
  const receive = (bytes: Uint8Array): void => {
    socket.pause();
    served.connection.receive(bytes).then(
      () => socket.resume(),
      () => served.close(),
    );
  };
  // The client's half-close is its end: nothing can be asked of it any more.
  socket.on('end', () => served.close());
  if (head.length > 0) socket.unshift(head);
  socket.on('data', receive);
}

function linkOf(socket: Socket): ByteLink {
  // Whoever writes while the socket is full waits for the same moment.
  let draining: Promise<void> | undefined;
  return {
    write(bytes) {
      if (socket.destroyed || socket.write(bytes)) return undefined;
      draining ??= drained(socket).then(() => void (draining = undefined));
      return draining;
    },
    end() {
      socket.end();
      setTimeout(() => socket.destroy(), CLOSE_WITHIN_MS).unref();
    },
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}

function upgradeToWebSocket(plan: StreamPlan, { incoming, socket, head }: Upgrade, open: Set<OpenConnection>, onServed: () => void): void {
  const offered = tokensOf(incoming.headers['sec-websocket-protocol']);
  const known = [...(plan.kind === 'port-forward' ? [TUNNEL] : []), ...channelProtocols(plan)];
  const protocol = known.find((item) => offered.includes(item));
  if (protocol === undefined && offered.length > 0) return refuse(socket, []);
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MESSAGE_LENGTH_MAX });
  // S15: the name of the tunnel has a slash, which no name of a protocol may have: the package is not told of protocols.
  delete incoming.headers['sec-websocket-protocol'];
  if (protocol !== undefined) server.on('headers', (headers) => void headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  server.handleUpgrade(incoming, socket, head, (webSocket) => {
    onServed();
    webSocket.on('error', () => webSocket.terminate());
    const connection: OpenConnection = { end: () => closeSocket(webSocket) };
    open.add(connection);
    webSocket.on('close', () => open.delete(connection));
    if (protocol === TUNNEL) serveTunnel(plan, webSocket);
    else serveChannels(plan, protocol ?? '', webSocket);
  });
}

function serveTunnel(plan: StreamPlan, webSocket: WebSocket): void {
  const served = serveOverSpdy(plan, { write: (bytes) => sent(webSocket, bytes), end: () => closeSocket(webSocket) });
  let rest = Promise.resolve();
  webSocket.on('message', (data) => {
    webSocket.pause();
    rest = rest
      .then(() => served.connection.receive(data))
      .then(
        () => webSocket.resume(),
        () => served.close(),
      );
  });
  webSocket.on('close', () => {
    served.close();
    plan.release();
  });
}

function serveChannels(plan: StreamPlan, protocol: string, webSocket: WebSocket): void {
  const ready = reading(webSocket);
  const sink = serveOverChannels(plan, protocol, {
    send: async (message) => {
      await ready;
      await sent(webSocket, message);
    },
    end: () => void ready.then(() => closeSocket(webSocket)),
  });
  let rest = Promise.resolve();
  webSocket.on('message', (data) => {
    webSocket.pause();
    rest = rest
      .then(() => sink.message(data))
      .then(
        () => webSocket.resume(),
        () => closeSocket(webSocket),
      );
  });
  // What the client sent before it left counts.
  webSocket.on(
    'close',
    () =>
      void rest.then(() => {
        sink.close();
        plan.release();
      }),
  );
}

/** Resolves when the client has answered a ping, so that it reads, or its time is over. */
function reading(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, READY_WITHIN_MS);
    const done = (): void => {
      clearTimeout(late);
      resolve();
    };
    webSocket.once('pong', done);
    webSocket.once('close', done);
    webSocket.ping();
  });
}

export function sent(webSocket: WebSocket, message: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    webSocket.send(message, { binary: typeof message !== 'string' }, () => resolve());
  });
}

export function closeSocket(webSocket: WebSocket): void {
  webSocket.close(1000);
  setTimeout(() => webSocket.terminate(), CLOSE_WITHIN_MS).unref();
}

/** S4, S9: no protocol in common. */
export function refuse(socket: Socket, headers: readonly string[], code = 403): void {
  socket.end([`HTTP/1.1 ${code} ${STATUS_CODES[code]}`, 'Connection: close', 'Content-Length: 0', ...headers, '', ''].join('\r\n'));
}
