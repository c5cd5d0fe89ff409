// What a process that serves a port is asked and answers. Servers say on which ports they listen in the memory of their command; whoever has a request
// for one finds it there. Pure data and a few words of HTTP.

import { bytesToText } from './bytes.ts';
import type { NetworkAnswer, Process, ShellHost } from './state.ts';

/** A port that a process serves. */
export interface Listener {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** `any`: whatever comes, as bytes. */
  readonly speaks: 'http' | 'https' | 'raw' | 'any';
}

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Address and port of who asks. */
  readonly client: string;
}

export interface HttpReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Virtual milliseconds until it is sent. */
  readonly latencyMs?: number;
  /** The connection is closed without an answer. */
  readonly isClosed?: boolean;
  /** The instant before which the answer stays as it is and leaves no trace; absent: for ever. */
  readonly untilMs?: number;
}

/** The process that is asked. */
export interface ServerProcess {
  readonly process: Process;
  /** Survives between requests. */
  readonly memory: Record<string, unknown>;
  readonly host: ShellHost;
  /** The port that was asked. */
  readonly port: number;
  /** Runs a shell script to its end, at most for a time. */
  run(script: string): { readonly exitCode: number; readonly output: string; readonly tookMs: number };
}

/** The ports that a process listens on. */
export function listenersOf({ running, exitCode }: Readonly<Process>): readonly Listener[] {
  const listens = exitCode === null ? running?.memory['listens'] : undefined;
  return Array.isArray(listens) ? (listens as readonly Listener[]) : [];
}

/** The path of a request without its query. */
export function plainPath(path: string): string {
  return path.split(/[?#]/)[0] ?? path;
}

/** The values of a query, and of a form in the body; the first of a name counts. */
export function formOf({ path, headers, body }: HttpRequest): ReadonlyMap<string, string> {
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const at = path.indexOf('?');
  const texts = [...(isForm ? [body] : []), ...(at < 0 ? [] : [path.slice(at + 1).split('#')[0] ?? ''])];
  const values = new Map<string, string>();
  for (const part of texts.flatMap((text) => text.split('&'))) {
    const equals = part.indexOf('=');
    const name = decodePart(equals < 0 ? part : part.slice(0, equals));
    if (name !== '' && !values.has(name)) values.set(name, equals < 0 ? '' : decodePart(part.slice(equals + 1)));
  }
  return values;
}

/** Percent signs and pluses of a query. */
export function decodePart(text: string): string {
  return decodePercent(text.replaceAll('+', ' '));
}

export function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) =>
    bytesToText(String.fromCharCode(...(bytes.match(/[0-9A-Fa-f]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16)))),
  );
}

export const REASONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'No Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [412, 'Precondition Failed'],
  [413, 'Request Entity Too Large'],
  [417, 'Expectation Failed'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

/** The answer of Go's server to what is no HTTP. */
export const BAD_REQUEST =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';

/** What a client types by hand, as a request; undefined when it is none. */
export function parseRequest(text: string, client: string): HttpRequest | undefined {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first);
  if (match === null) return undefined;
  const headers = Object.fromEntries(lines.filter((line) => line.includes(':')).map(headerOf));
  return { method: match[1] ?? '', path: match[2] ?? '/', headers, body: rest.join('\n\n'), client };
}

function headerOf(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
}

/** An answer as it stands on the wire. */
export function replyText({ status, body, headers = {} }: HttpReply): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS.get(status) ?? 'status code ' + String(status)}\r\n${lines.join('')}\r\n${body}`;
}

/** What a client gets of an answer. */
export function answerOfReply(connection: NetworkAnswer, reply: HttpReply): NetworkAnswer {
  const latencyMs = connection.latencyMs + (reply.latencyMs ?? 0);
  if (reply.isClosed === true) return { ...connection, latencyMs, outcome: 'closed' };
  return { ...connection, latencyMs, status: reply.status, body: reply.body, headers: reply.headers ?? {} };
}
