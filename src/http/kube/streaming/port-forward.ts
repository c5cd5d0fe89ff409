// A connection to a port of a pod: HTTP/1.1 as the simulated servers speak it. Requests are answered as they are read, at the cluster's present
// instant; those that a server notes in its log are part of its history.
// Rules: S14-S16.

import { askPort, BAD_REQUEST, bytesToText, isNoted, type PortAnswer, type PortRequest } from '../../../engine/cluster/index.ts';
import type { PortConnection } from '../../../service/host.ts';
import type { ClusterService } from '../../../service/ports.ts';
import { binaryOf, encodeText } from './bytes.ts';

/** Bytes of a request's head and of its body. */
const HEAD_LENGTH_MAX = 65_536;
const BODY_LENGTH_MAX = 8 * 1_048_576;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The pod at the other end. */
export interface ForwardContext {
  readonly service: ClusterService;
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
}

/** Opens a connection. Whether something listens was asked before. */
export function openConnection(context: ForwardContext, port: number): PortConnection {
  // One character a byte.
  let unread = '';
  const answerNext = async (): Promise<{ readonly text: string; readonly isOver: boolean } | undefined> => {
    const end = unread.indexOf('\r\n\r\n');
    if (end < 0) return isHttp(unread) ? undefined : { text: BAD_REQUEST, isOver: true };
    const request = parseHead(bytesToText(unread.slice(0, end)));
    if (request === undefined) return { text: BAD_REQUEST, isOver: true };
    const bodyEnd = end + 4 + request.bodyLength;
    if (unread.length < bodyEnd) return undefined;
    const reply = await replyTo(context, port, request, bytesToText(unread.slice(end + 4, bodyEnd)));
    unread = unread.slice(bodyEnd);
    return { text: reply ?? '', isOver: reply === undefined || request.isLast };
  };
  return {
    async exchange(bytes) {
      unread += binaryOf(bytes);
      let answer = '';
      for (let next = await answerNext(); next !== undefined; next = await answerNext()) {
        answer += next.text;
        if (next.isOver) return { bytes: encodeText(answer), isOver: true };
      }
      return { bytes: encodeText(answer), isOver: false };
    },
    close() {},
  };
}

/** Whether what has come so far can be the beginning of a request. */
function isHttp(text: string): boolean {
  return text.length <= HEAD_LENGTH_MAX && /^(?:[A-Z]{0,10}|[A-Z]{1,10} [\s\S]*)$/.test(text);
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyLength: number;
  readonly isLast: boolean;
}

function parseHead(head: string): HttpRequest | undefined {
  const [first = '', ...lines] = head.split('\r\n');
  const match = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(first);
  if (match === null) return undefined;
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bodyLength = Number(headers['content-length'] ?? 0);
  if (!Number.isSafeInteger(bodyLength) || bodyLength < 0 || bodyLength > BODY_LENGTH_MAX || Object.hasOwn(headers, 'transfer-encoding'))
    return undefined;
  const connection = headers['connection']?.toLowerCase() ?? '';
  const isLast = match[3] === '0' ? connection !== 'keep-alive' : connection === 'close';
  const path = (match[2] ?? '/').replace(/^https?:\/\/[^/]*/, '') || '/';
  return { method: match[1] ?? '', path, headers, bodyLength, isLast };
}

/** The answer of the pod. A request that its server notes is a command of the cluster. */
export async function askServer(
  service: ClusterService,
  cluster: string,
  request: PortRequest,
): Promise<{ answer: PortAnswer | undefined; nowMs: number }> {
  await service.settled(cluster);
  const seen = service.read(cluster, (state) => {
    const isAsked = isNoted(state, request);
    return { isAsked, answer: isAsked ? undefined : askPort(state, request, true), nowMs: state.nowMs };
  });
  if (!seen.isAsked) return seen;
  const { outcome, nowMs } = await service.perform(cluster, { type: 'port-request', request });
  return { answer: outcome.answer, nowMs };
}

async function replyTo(
  { service, cluster, namespace, pod }: ForwardContext,
  port: number,
  request: HttpRequest,
  body: string,
): Promise<string | undefined> {
  const { method, path, headers: given } = request;
  const { answer, nowMs } = await askServer(service, cluster, { namespace, pod, port, method, path, headers: given, body });
  if (answer === undefined) return undefined;
  const headers = [
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Status'}`,
    `Date: ${new Date(nowMs).toUTCString()}`,
    ...('Content-Type' in answer.headers ? [] : ['Content-Type: text/plain; charset=utf-8']),
    ...Object.entries(answer.headers).flatMap(([name, value]) => (OWN_HEADERS.includes(name) ? [] : [`${name}: ${value}`])),
    `Content-Length: ${encodeText(answer.body).length}`,
    ...(answer.location === null ? [] : [`Location: ${answer.location}`]),
    `Connection: ${request.isLast ? 'close' : 'keep-alive'}`,
  ];
  return `${headers.join('\r\n')}\r\n\r\n${request.method === 'HEAD' ? '' : answer.body}`;
}

/** Headers that the connection itself writes. */
const OWN_HEADERS: readonly string[] = ['Location', 'Connection', 'Content-Length', 'Date'];
