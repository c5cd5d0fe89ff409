// The contract of a subcommand of agnhost, and what those that serve have in common.

import { compareText } from '../../apimachinery/text.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { formatDate } from '../commands/dates.ts';
import type { HttpReply, HttpRequest, Listener, ServerProcess } from '../server.ts';
import type { FlagSpec } from './flags.ts';

export type Values = ReadonlyMap<string, string>;

export interface Subcommand {
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly run: (context: CommandContext, values: Values, operands: readonly string[]) => ReturnType<ShellCommand>;
  /** What it does about a signal; absent: it ends with 2, as Go does for PID 1. */
  readonly signalled?: (context: CommandContext, values: Values) => ReturnType<ShellCommand>;
  readonly http?: (server: ServerProcess, request: HttpRequest, values: Values) => HttpReply;
  /** The answer to a datagram, or to what comes first on a connection. */
  readonly raw?: (server: ServerProcess, text: string, client: string, values: Values) => string;
}

/** Listens, and waits for the end that a request may have ordered. `begin` is what happens once, before. */
export function serve(context: CommandContext, listeners: readonly Listener[], begin: () => void): number | null {
  const { memory, process, host } = context;
  if (memory['listens'] === undefined) {
    memory['listens'] = listeners;
    begin();
  }
  const end = memory['exit'] as ServerExit | undefined;
  if (end !== undefined && end.atMs <= host.nowMs) {
    if (end.text !== '') context.error(goLog(host.nowMs, end.text));
    return end.code;
  }
  process.wait = end === undefined ? { for: 'never' } : { for: 'time', untilMs: end.atMs };
  return null;
}

interface ServerExit {
  readonly code: number;
  readonly atMs: number;
  /** The last line of the log. */
  readonly text: string;
}

/** A request, or a signal, has ordered the end. The first order counts. */
export function orderExit(memory: Record<string, unknown>, code: number, atMs: number, text = ''): void {
  memory['exit'] ??= { code, atMs, text };
}

/** When a server is to end; undefined while nobody wants it. */
export function exitOf(memory: Readonly<Record<string, unknown>>): number | undefined {
  return (memory['exit'] as ServerExit | undefined)?.atMs;
}

/** A line of Go's log package. */
export function goLog(nowMs: number, text: string): string {
  return `${formatDate(nowMs, '%Y/%m/%d %T')} ${text}${text.endsWith('\n') ? '' : '\n'}`;
}

/** What Go's `http.Error` answers. */
export function httpError(status: number, text: string): HttpReply {
  return { status, body: `${text}\n`, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' } };
}

/** JSON as Go writes it: names sorted, and no letters that HTML gives a meaning. */
export function goJson(value: unknown): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}

/** What Go's `http.Redirect` answers to a GET. */
export function redirectTo(location: string, status: number, reason: string): HttpReply {
  const shown = location.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;');
  return {
    status,
    body: `<a href="${shown}">${reason}</a>.\n\n`,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location },
  };
}
