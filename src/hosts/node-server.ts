// Serves an app with Node's HTTP server. Streams are written straight to the socket, one shared buffer for all who watch the same change,
// and only when the socket takes more.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { TlsMaterial } from './tls.ts';
import { type ByteSource, takeSource } from '../http/watch/stream.ts';

/** Wall time that open requests get to end by themselves when the server stops. */
const GRACE_MS = 5_000;

export type Fetch = (request: Request) => Response | Promise<Response>;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain HTTP. */
  readonly tls?: TlsMaterial | undefined;
}

export interface RunningServer {
  readonly server: Server;
  readonly url: string;
  /** Stops accepting, ends all streams, and waits for what is being answered, but not for long. */
  close(): Promise<void>;
}

/** Listens. Fails: with the error of the operating system, such as EADDRINUSE. */
export async function startServer(fetch: Fetch, address: ListenAddress): Promise<RunningServer> {
  const streams = new Set<OpenStream>();
  const server = createNodeServer(fetch, streams, address.tls);
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

/** The server before it listens, for tests that bring their own socket. */
export function createNodeServer(fetch: Fetch, streams: Set<OpenStream> = new Set(), tls?: TlsMaterial): Server {
  const listener = getRequestListener((request, { outgoing }) => respond(fetch, request, outgoing as ServerResponse, streams), {
    // Errors of the app never get here; a request that Node could parse and the standard Request cannot is the client's mistake.
    errorHandler: () => new Response('Bad Request', { status: 400 }),
  });
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => void listener(incoming, outgoing);
  const server =
    tls === undefined ? createServer(handle) : createTlsServer({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, handle);
  // Watches are open for as long as the client wants; slow uploads are not.
  server.requestTimeout = 120_000;
  server.timeout = 0;
  return server;
}

interface OpenStream {
  end(): void;
}

async function respond(fetch: Fetch, request: Request, outgoing: ServerResponse, streams: Set<OpenStream>): Promise<Response> {
  const response = await fetch(request);
  const source = takeSource(response);
  if (source === undefined) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  void writeSource(source, outgoing, streams);
  return RESPONSE_ALREADY_SENT;
}

/** Writes until the source ends, which it does also when the client leaves or the server stops. */
async function writeSource(source: ByteSource, outgoing: ServerResponse, streams: Set<OpenStream>): Promise<void> {
  let isClosed = false;
  const close = () => {
    if (!isClosed) source.close();
    isClosed = true;
  };
  const stream: OpenStream = { end: close };
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

async function closeServer(server: Server, streams: Set<OpenStream>): Promise<void> {
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

/** IPv6 addresses stand in brackets; the address of all interfaces is none to connect to. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
