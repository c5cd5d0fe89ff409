// Serves an app with Node's HTTP server. Streams are written straight to the socket, one shared buffer for all who watch the same change,
// and only when the socket takes more.

import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, BlockList, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { carryCertificate } from './client-certificate.ts';
import { dropForwarded } from './forwarded.ts';
import type { TlsMaterial } from './tls.ts';
import { takePlan } from '../http/kube/streaming/stream-plan.ts';
import { takeSource } from '../http/watch/stream.ts';
import type { ByteSource } from '../service/host.ts';
import { urlHost } from './url-host.ts';
import { isForMessages, serveMessages } from './streaming/messages.ts';
import { isStreamingUpgrade, type OpenConnection, serveUpgrade, type Upgrade } from './streaming/upgrade.ts';

/** Wall time that open requests get to end by themselves when the server stops. */
const GRACE_MS = 5_000;

export type Fetch = (request: Request) => Response | Promise<Response>;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain HTTP. */
  readonly tls?: TlsMaterial | undefined;
  /** Whose `X-Forwarded-*` headers count; undefined: nobody's. */
  readonly trustedProxies?: BlockList | undefined;
  readonly patience?: Patience;
}

/** Wall time, in milliseconds, that a client gets. Watches are open for as long as it wants; slow requests are not. */
export interface Patience {
  /** For the head of a request. */
  readonly headersMs: number;
  /** For all of a request, its body included. */
  readonly requestMs: number;
  /** Between two looks at who is late. */
  readonly checkMs: number;
}

/** Clients may show a certificate; whether it is good is not for the connection to say. */
const TLS_OPTIONS = { minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false } as const;

const PATIENCE: Patience = { headersMs: 20_000, requestMs: 120_000, checkMs: 5_000 };

export interface RunningServer {
  readonly server: Server;
  readonly url: string;
  /** Stops accepting, ends all streams, and waits for what is being answered, but not for long. */
  close(): Promise<void>;
}

/** Listens. Fails: with the error of the operating system, such as EADDRINUSE. */
export async function startServer(fetch: Fetch, address: ListenAddress): Promise<RunningServer> {
  const streams = new Set<OpenConnection>();
  const server = createNodeServer(fetch, streams, address);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    url: `${address.tls === undefined ? 'http' : 'https'}://${urlHost(address.host)}:${port}`,
    close: () => closeServer(server, streams),
  };
}

export type ServerOptions = Pick<ListenAddress, 'tls' | 'trustedProxies' | 'patience'>;

/** The server before it listens, for tests that bring their own socket. */
export function createNodeServer(fetch: Fetch, streams: Set<OpenConnection> = new Set(), options: ServerOptions = {}): Server {
  const { tls, trustedProxies, patience = PATIENCE } = options;
  const upgrades = new WeakMap<ServerResponse, Upgrade>();
  const exchange = (request: Request, outgoing: ServerResponse) =>
    respond({ fetch, request, outgoing, streams, upgrade: upgrades.get(outgoing) });
  const listener = getRequestListener((request, { outgoing }) => exchange(request, outgoing as ServerResponse), {
    // Errors of the app never get here; a request that Node could parse and the standard Request cannot is the client's mistake.
    errorHandler: () => new Response('Bad Request', { status: 400 }),
  });
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    dropForwarded(incoming, trustedProxies);
    carryCertificate(incoming);
    void listener(incoming, outgoing);
  };
  const timeouts = {
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.checkMs,
  };
  const server =
    tls === undefined
      ? createServer(timeouts, handle)
      : createTlsServer({ ...timeouts, ...TLS_OPTIONS, cert: tls.cert, key: tls.key }, handle);
  server.timeout = 0;
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const outgoing = answerTo(incoming, socket);
    if (outgoing === undefined) return;
    if (isStreamingUpgrade(incoming)) upgrades.set(outgoing, { incoming, socket, head });
    handle(incoming, outgoing);
  });
  return server;
}

/**
 * A request for an upgrade is answered like any other, because it is for the app to say whether there is something to upgrade for. Node does not
 * read from its socket any more, so that an answer which is no upgrade is the last one.
 */
function answerTo(incoming: IncomingMessage, socket: Socket): ServerResponse | undefined {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  try {
    outgoing.assignSocket(socket);
  } catch {
    // The answer before this one is not out yet: whoever sends the next request so early cannot be upgraded.
    socket.destroy();
    return undefined;
  }
  socket.on('error', () => socket.destroy());
  outgoing.once('finish', () => socket.end());
  return outgoing;
}

interface Exchange {
  readonly fetch: Fetch;
  readonly request: Request;
  readonly outgoing: ServerResponse;
  readonly streams: Set<OpenConnection>;
  readonly upgrade: Upgrade | undefined;
}

async function respond({ fetch, request, outgoing, streams, upgrade }: Exchange): Promise<Response> {
  const response = await fetch(request);
  const plan = takePlan(response);
  if (upgrade === undefined) plan?.release();
  else if (plan !== undefined) {
    outgoing.detachSocket(upgrade.socket);
    serveUpgrade(plan, upgrade, streams);
    return RESPONSE_ALREADY_SENT;
  }
  const source = takeSource(response);
  if (upgrade !== undefined && isForMessages(response, upgrade)) {
    outgoing.detachSocket(upgrade.socket);
    void serveMessages(response, source, upgrade, streams);
    return RESPONSE_ALREADY_SENT;
  }
  if (source === undefined) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  void writeSource(source, outgoing, streams);
  return RESPONSE_ALREADY_SENT;
}

/** Writes until the source ends, which it does also when the client leaves or the server stops. */
async function writeSource(source: ByteSource, outgoing: ServerResponse, streams: Set<OpenConnection>): Promise<void> {
  let isClosed = false;
  const close = () => {
    if (!isClosed) source.close();
    isClosed = true;
  };
  const stream: OpenConnection = { end: close };
  streams.add(stream);
  outgoing.once('close', close);
  try {
    for (let bytes = await source.next(); bytes !== undefined && !outgoing.destroyed; bytes = await source.next()) {
      // A reader that does not keep up is waited for; its position in the log costs nothing meanwhile.
      if (!outgoing.write(bytes) && !isClosed) await drainOrClose(outgoing);
    }
    outgoing.end();
  } catch {
    // The client sees the connection end without an end of the stream, and comes back.
    outgoing.destroy();
  } finally {
    streams.delete(stream);
    outgoing.off('close', close);
    close();
  }
}

function drainOrClose(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done);
      outgoing.off('close', done);
      resolve();
    };
    outgoing.once('drain', done);
    outgoing.once('close', done);
  });
}

async function closeServer(server: Server, streams: Set<OpenConnection>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const stream of streams) stream.end();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  // A connection becomes idle when its last answer is out, which closeIdleConnections must then be told again.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(force);
  clearInterval(sweep);
}
