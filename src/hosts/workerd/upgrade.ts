// Upgrades on workerd, which knows WebSockets and no SPDY of its own: a plan, or an answer that is told in messages, is served on one end of a pair.
// Rules: S4, S15, S20.

import { takePlan } from '../../http/kube/streaming/stream-plan.ts';
import { takeSource } from '../../http/watch/stream.ts';
import type { StreamPlan } from '../../service/host.ts';
import { channelProtocols, READY_WITHIN_MS, serveOverChannels } from '../streaming/channels.ts';
import { tokensOf, TUNNEL } from '../streaming/offered.ts';
import { serveOverSpdy } from '../streaming/spdy.ts';
import { tellingOf } from '../streaming/telling.ts';

/** The answer to a request for an upgrade, as far as it can be upgraded; other answers are what they were. */
export async function upgraded(request: Request, response: Response): Promise<Response> {
  const plan = takePlan(response);
  const isWebSocket = request.headers.get('upgrade')?.toLowerCase() === 'websocket';
  if (plan !== undefined) {
    if (isWebSocket) return servePlan(plan, request);
    plan.release();
    return response;
  }
  return isWebSocket && response.headers.get('upgrade') === 'websocket' ? serveMessages(request, response) : response;
}

function servePlan(plan: StreamPlan, request: Request): Response {
  const offered = tokensOf(request.headers.get('sec-websocket-protocol') ?? undefined);
  const known = [...(plan.kind === 'port-forward' ? [TUNNEL] : []), ...channelProtocols(plan)];
  const protocol = known.find((item) => offered.includes(item));
  if (protocol === undefined && offered.length > 0) {
    plan.release();
    return new Response(null, { status: 403 });
  }
  const { server, answer } = openSocket(protocol);
  if (protocol === TUNNEL) serveTunnel(plan, server);
  else serveChannels(plan, protocol ?? '', server, reading(request, server));
  return answer;
}

function serveTunnel(plan: StreamPlan, server: ServedSocket): void {
  const served = serveOverSpdy(plan, { write: (bytes) => void server.send(bytes), end: () => server.close(1000) });
  let rest = Promise.resolve();
  server.addEventListener('message', ({ data }) => {
    rest = rest.then(() => served.connection.receive(bytesOf(data))).catch(() => served.close());
  });
  onEnd(server, () => {
    served.close();
    plan.release();
  });
}

/** Nothing is sent before the client reads. */
function serveChannels(plan: StreamPlan, protocol: string, server: ServedSocket, ready: Promise<void>): void {
  const sink = serveOverChannels(plan, protocol, {
    send: async (message) => {
      await ready;
      server.send(message);
    },
    end: () => void ready.then(() => server.close(1000)),
  });
  let rest = Promise.resolve();
  server.addEventListener('message', ({ data }) => {
    rest = rest.then(() => sink.message(bytesOf(data))).catch(() => server.close(1000));
  });
  // What the client sent before it left counts.
  onEnd(
    server,
    () =>
      void rest.then(() => {
        sink.close();
        plan.release();
      }),
  );
}

/**
 * Resolves when the client has sent something, so that it reads, or its time is over: the runtime sends no pings that could be answered. A page reads from
 * the beginning.
 */
function reading({ headers }: Request, server: ServedSocket): Promise<void> {
  if (headers.has('origin')) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(resolve, READY_WITHIN_MS);
    const done = (): void => {
      clearTimeout(late);
      resolve();
    };
    server.addEventListener('message', done);
    onEnd(server, done);
  });
}

async function serveMessages(request: Request, response: Response): Promise<Response> {
  const telling = await tellingOf(response, takeSource(response), {
    protocols: tokensOf(request.headers.get('sec-websocket-protocol') ?? undefined),
    origin: request.headers.get('origin') ?? undefined,
  });
  const { source, protocol, problem } = telling;
  if (problem !== undefined) {
    source.close();
    return new Response(null, { status: problem });
  }
  const { server, answer } = openSocket(protocol);
  onEnd(server, () => source.close());
  const end = () => {
    source.close();
    server.close(1000);
  };
  telling.tell(async (message) => server.send(message)).then(end, end);
  return answer;
}

/** A socket that is served here, and the answer that gives its other end to the client. */
function openSocket(protocol: string | undefined): { readonly server: ServedSocket; readonly answer: Response } {
  const { 0: webSocket, 1: server } = new WebSocketPair();
  server.binaryType = 'arraybuffer';
  server.accept();
  const headers: Record<string, string> = protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol };
  const init = { status: 101, headers, webSocket };
  return { server, answer: new Response(null, init) };
}

function onEnd(server: ServedSocket, end: () => void): void {
  let isOver = false;
  const endOnce = () => {
    if (!isOver) end();
    isOver = true;
  };
  server.addEventListener('close', endOnce);
  server.addEventListener('error', endOnce);
}

function bytesOf(data: string | ArrayBuffer): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
}
