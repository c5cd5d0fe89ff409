// A connection to a port of a pod: HTTP/1.1 as the simulated servers speak it. Requests are answered as they are read, at the cluster's present
// instant; they change nothing and are not part of its history.
// Rules: S14-S16.

import { askPort } from '../../../engine/cluster/index.ts';
import type { PortConnection } from '../../../service/host.ts';
import type { ClusterService } from '../../../service/ports.ts';
import { encodeText, StreamDecoder } from './bytes.ts';

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
  const decoder = new StreamDecoder();
  let unread = '';
  let bodyLeft = 0;
  return {
    exchange(bytes) {
      unread += decoder.decode(bytes);
      let answer = '';
      for (;;) {
        const skipped = skipBody(unread, bodyLeft);
        ({ unread, bodyLeft } = skipped);
        const end = unread.indexOf('\r\n\r\n');
        if (bodyLeft > 0 || end < 0) {
          const isBroken = bodyLeft === 0 && !isHttp(unread);
          return { bytes: encodeText(isBroken ? answer + refusal() : answer), isOver: isBroken };
        }
        const request = parseHead(unread.slice(0, end));
        unread = unread.slice(end + 4);
        if (request === undefined) return { bytes: encodeText(answer + refusal()), isOver: true };
        bodyLeft = request.bodyLength;
        const reply = replyTo(context, port, request);
        if (reply === undefined) return { bytes: encodeText(answer), isOver: true };
        answer += reply;
        if (request.isLast) return { bytes: encodeText(answer), isOver: true };
      }
    },
    close() {},
  };
}

function skipBody(unread: string, bodyLeft: number): { unread: string; bodyLeft: number } {
  const skipped = Math.min(unread.length, bodyLeft);
  return { unread: unread.slice(skipped), bodyLeft: bodyLeft - skipped };
}

/** Whether what has come so far can be the beginning of a request. */
function isHttp(text: string): boolean {
  return text.length <= HEAD_LENGTH_MAX && /^(?:[A-Z]{0,10}|[A-Z]{1,10} [\s\S]*)$/.test(text);
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly bodyLength: number;
  readonly isLast: boolean;
}

function parseHead(head: string): HttpRequest | undefined {
  const [first = '', ...lines] = head.split('\r\n');
  const match = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(first);
  if (match === null) return undefined;
  const headers = new Map(lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]));
  const bodyLength = Number(headers.get('content-length') ?? 0);
  if (!Number.isSafeInteger(bodyLength) || bodyLength < 0 || bodyLength > BODY_LENGTH_MAX || headers.has('transfer-encoding'))
    return undefined;
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  const isLast = match[3] === '0' ? connection !== 'keep-alive' : connection === 'close';
  const path = (match[2] ?? '/').replace(/^https?:\/\/[^/]*/, '') || '/';
  return { method: match[1] ?? '', path, bodyLength, isLast };
}

function replyTo({ service, cluster, namespace, pod }: ForwardContext, port: number, request: HttpRequest): string | undefined {
  const { answer, nowMs } = service.read(cluster, (state) => ({
    answer: askPort(state, namespace, pod, port, request.path),
    nowMs: state.nowMs,
  }));
  if (answer === undefined) return undefined;
  const headers = [
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Status'}`,
    `Date: ${new Date(nowMs).toUTCString()}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${encodeText(answer.body).length}`,
    ...(answer.location === null ? [] : [`Location: ${answer.location}`]),
    `Connection: ${request.isLast ? 'close' : 'keep-alive'}`,
  ];
  return `${headers.join('\r\n')}\r\n\r\n${request.method === 'HEAD' ? '' : answer.body}`;
}

function refusal(): string {
  return 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
}
