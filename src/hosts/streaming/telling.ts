// S20: how a watch or a log is told in messages of a WebSocket, whoever has it: the same bytes, an event or a piece of a log each.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/watch.go HandleWS, apimachinery/pkg/util/httpstream/wsstream/stream.go Reader,
// golang.org/x/net/websocket server.go and hybi.go (v1.33).

import { isTokenProtocol } from '../../http/bearer.ts';
import type { ByteSource } from '../../service/host.ts';

/** Of a log, as upstream reads it. */
export const LOG_MESSAGE_BYTES = 2_048;
/** How logs are told: the empty name is that of clients who name none. */
const LOG_PROTOCOLS = ['', 'binary.k8s.io', 'base64.binary.k8s.io'];

type Send = (message: Uint8Array | string) => Promise<void>;

/** How an answer is told. */
export interface Telling {
  readonly source: ByteSource;
  /** Undefined: none was asked for. */
  readonly protocol: string | undefined;
  /** The status with which it is refused; undefined: it is not. */
  readonly problem: number | undefined;
  /** Resolves when everything is told. */
  tell(send: Send): Promise<void>;
}

/** How an answer is told to a client that offers protocols and comes from an origin. */
export async function tellingOf(
  response: Response,
  source: ByteSource | undefined,
  client: { readonly protocols: readonly string[]; readonly origin: string | undefined },
): Promise<Telling> {
  const bytes = source ?? wholeSource(new Uint8Array(await response.arrayBuffer()));
  const isWatch = response.headers.get('content-type') === 'application/json';
  const offered = client.protocols.filter((item) => !isTokenProtocol(item));
  const protocol = isWatch ? (offered[0] ?? '') : [...offered, ''].find((item) => LOG_PROTOCOLS.includes(item));
  return {
    source: bytes,
    protocol: protocol === '' ? undefined : protocol,
    problem: isWatch ? watchProblem(offered, client.origin) : protocol === '' && offered.length > 0 ? 403 : undefined,
    tell: (send) => (isWatch ? tellLines(bytes, send) : tellBytes(bytes, send, protocol === 'base64.binary.k8s.io')),
  };
}

/** What Go's package refuses: clients that do not say where they come from, and a choice. */
function watchProblem(offered: readonly string[], origin: string | undefined): number | undefined {
  if (origin === undefined) return 403;
  return offered.length > 1 ? 400 : undefined;
}

/** An event a message. */
async function tellLines(source: ByteSource, send: Send): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) await send(`${line}\n`);
  }
}

async function tellBytes(source: ByteSource, send: Send, isBase64: boolean): Promise<void> {
  const tell = (bytes: Uint8Array) => send(isBase64 ? Buffer.from(bytes).toString('base64') : bytes);
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
