// The streaming subresources over SPDY: which streams a client opens for what, and what goes over them. exec and attach come over SPDY on a socket,
// port-forward also inside the messages of a WebSocket.
// Upstream: apimachinery/pkg/util/remotecommand, kubelet/pkg/cri/streaming/{remotecommand,portforward} (v1.33). Rules: S9, S12-S14.

import type { RemoteSession, RemoteStreams, StreamPlan } from '../../service/host.ts';
import { type ByteLink, SpdyConnection, type SpdyStream } from './spdy-connection.ts';

/** Connections to ports that a client has asked for and not opened yet. */
const PENDING_CONNECTIONS_MAX = 1_000;

/** Wall time within which a client opens all its streams. */
const STREAMS_WITHIN_MS = 30_000;

type CommandPlan = Extract<StreamPlan, { kind: 'remote-command' }>;
type ForwardPlan = Extract<StreamPlan, { kind: 'port-forward' }>;

/** A plan that is being served. */
export interface Served {
  readonly connection: SpdyConnection;
  /** The client has gone. */
  close(): void;
}

/** S9: the protocols of a plan, the best first. */
export function spdyProtocols(plan: StreamPlan): readonly string[] {
  return plan.kind === 'port-forward' ? ['portforward.k8s.io'] : ['v4.channel.k8s.io'];
}

export function serveOverSpdy(plan: StreamPlan, link: ByteLink): Served {
  return plan.kind === 'port-forward' ? serveForward(plan, link) : serveCommand(plan, link);
}

/** S12: the command starts when all streams are there. */
function serveCommand(plan: CommandPlan, link: ByteLink): Served {
  const wanted = streamTypes(plan.streams);
  const streams = new Map<string, SpdyStream>();
  let session: RemoteSession | undefined;
  const connection = new SpdyConnection(link, (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (session !== undefined || !wanted.includes(type) || streams.has(type)) return stream.end();
    streams.set(type, stream);
    if (type === 'stdin') {
      stream.onData = (bytes) => session?.write(bytes);
      stream.onEnd = () => session?.closeInput();
    }
    if (streams.size === wanted.length) session = start(plan, connection, streams);
  });
  const timer = setTimeout(() => session === undefined && connection.close(), STREAMS_WITHIN_MS);
  return {
    connection,
    close() {
      clearTimeout(timer);
      session?.close();
      connection.close();
    },
  };
}

/** What a client opens, the stream of the Status first. */
function streamTypes({ stdin, stdout, stderr, tty }: RemoteStreams): readonly string[] {
  const asked = { stdin, stdout, stderr, resize: tty };
  return ['error', ...Object.entries(asked).flatMap(([type, isAsked]) => (isAsked ? [type] : []))];
}

function start(plan: CommandPlan, connection: SpdyConnection, streams: ReadonlyMap<string, SpdyStream>): RemoteSession {
  return plan.start({
    write: (stream, bytes) => streams.get(stream)?.write(bytes),
    finish(status) {
      void streams.get('error')?.write(Buffer.from(status));
      for (const stream of streams.values()) stream.end();
      connection.close();
    },
  });
}

/** S14: each connection of the client is a pair of streams with one request id. */
function serveForward(plan: ForwardPlan, link: ByteLink): Served {
  const errors = new Map<string, SpdyStream>();
  const connection = new SpdyConnection(link, (stream) => {
    const id = stream.headers.get('requestid') ?? '';
    if (stream.headers.get('streamtype') === 'error') {
      if (errors.size >= PENDING_CONNECTIONS_MAX) throw new Error('too many connections are asked for and not opened');
      errors.set(id, stream);
      stream.onEnd = (isReset) => void (isReset && errors.get(id) === stream && errors.delete(id));
      return undefined;
    }
    const error = errors.get(id);
    errors.delete(id);
    if (error === undefined) return stream.end();
    return forward(plan, Number(stream.headers.get('port')), stream, error);
  });
  return { connection, close: () => connection.close() };
}

async function forward(plan: ForwardPlan, port: number, data: SpdyStream, error: SpdyStream): Promise<void> {
  const target = await plan.connect(port);
  const finish = (): void => {
    data.onData = () => {};
    data.end();
    error.end();
    if (typeof target !== 'string') target.close();
  };
  if (typeof target === 'string') {
    void error.write(Buffer.from(target));
    return finish();
  }
  data.onData = async (bytes) => {
    const answer = await target.exchange(bytes);
    await data.write(answer.bytes);
    if (answer.isOver) finish();
  };
  data.onEnd = finish;
}
