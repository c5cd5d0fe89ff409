// The subcommands of agnhost that print something and end, or print and wait.
// Upstream: test/images/agnhost/{pause,entrypoint-tester,logs-generator,dns,connect} (v1.33). Rule: K912.

import { formatDuration } from '../../apimachinery/time.ts';
import type { CommandContext } from '../command.ts';
import { formatDate } from '../commands/dates.ts';
import type { NetworkAnswer } from '../state.ts';
import { durationOf, type FlagSpec, numberOf } from './flags.ts';

type Values = ReadonlyMap<string, string>;

/** Says that it waits, and waits for a signal. */
export function pause({ memory, out, process }: CommandContext): null {
  if (memory['isPaused'] !== true) out('Paused\n');
  memory['isPaused'] = true;
  process.wait = { for: 'never' };
  return null;
}

/** All words of the command line, as Go prints a list. */
export function printArguments({ name, args, out }: CommandContext): number {
  out(`[${[name, ...args].join(' ')}]\n`);
  return 0;
}

export const LOGS_FLAGS: Readonly<Record<string, FlagSpec>> = {
  'log-lines-total': { kind: 'number', short: 't' },
  'run-duration': { kind: 'duration', short: 'd' },
};

const METHODS = ['GET', 'POST', 'PUT'];
const NAMESPACES = ['kube-system', 'default', 'ns'];
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Writes so many lines, evenly over a time. */
export function generateLogs(context: CommandContext, values: Values): number | null {
  const { host, memory, process, error } = context;
  const total = numberOf(values, 'log-lines-total', 0);
  const durationMs = durationOf(values, 'run-duration', 0);
  if (total <= 0) return fatal(context, `logs_generator.go:67] Invalid total number of lines: ${total}`);
  if (durationMs <= 0) return fatal(context, `logs_generator.go:71] Invalid duration: ${formatDuration(durationMs)}`);
  const startMs = Number((memory['startMs'] ??= host.nowMs));
  let id = Number(memory['id'] ?? 0);
  for (; id < total && startMs + Math.floor((id * durationMs) / total) <= host.nowMs; id += 1)
    error(klogLine(host.nowMs, 'I', `logs_generator.go:78] ${id} ${logText(context)}`));
  memory['id'] = id;
  const untilMs = startMs + Math.floor((id * durationMs) / total);
  if (id >= total && untilMs <= host.nowMs) return 0;
  process.wait = { for: 'time', untilMs };
  return null;
}

function logText({ host }: CommandContext): string {
  const one = (list: readonly string[]): string => list[host.random(list.length)] ?? '';
  const [method, namespace] = [one(METHODS), one(NAMESPACES)];
  const length = 3 + host.random(2);
  const name = Array.from({ length }, () => NAME_LETTERS[host.random(NAME_LETTERS.length)] ?? '').join('');
  return `${method} /api/v1/namespaces/${namespace}/pods/${name} ${200 + host.random(400)}`;
}

/** A line of klog: severity, day, time, thread, place and message. */
export function klogLine(nowMs: number, severity: 'I' | 'E' | 'F', text: string): string {
  return `${severity}${formatDate(nowMs, '%m%d %T')}.${String(nowMs % 1000).padStart(3, '0')}000       1 ${text}\n`;
}

function fatal({ host, error }: CommandContext, text: string): number {
  error(klogLine(host.nowMs, 'F', text));
  return 255;
}

export function etcHosts({ host, out }: CommandContext): number {
  out(`${host.files.read('/etc/hosts') ?? ''}\n`);
  return 0;
}

export function dnsSuffixes(context: CommandContext): number {
  return printResolver(context, 'search');
}

export function dnsServers(context: CommandContext): number {
  return printResolver(context, 'nameserver');
}

/** What follows the first line that begins with a word in the resolver's file. */
function printResolver({ host, out, error }: CommandContext, word: string): number {
  const line = (host.files.read('/etc/resolv.conf') ?? '').split('\n').find((item) => item.startsWith(word));
  if (line === undefined) {
    error('panic: Could not find DNS search list!\n\ngoroutine 1 [running]:\n');
    return 2;
  }
  out(`${line.split(' ').slice(1).join(',')}\n`);
  return 0;
}

export const CONNECT_FLAGS: Readonly<Record<string, FlagSpec>> = {
  timeout: { kind: 'duration' },
  protocol: { kind: 'text' },
  'udp-data': { kind: 'text' },
  'sctp-data': { kind: 'text' },
};

/** Time after which Linux gives up a connection that nobody answers. */
const CONNECT_TIMEOUT_MS = 127_000;

/** Tries a connection; the error begins with a word that tests look for. */
export function connect(context: CommandContext, values: Values, operands: readonly string[]): number | null {
  const { host, memory, process, error } = context;
  const [target = ''] = operands;
  const at = target.lastIndexOf(':');
  if (operands.length !== 1 || at < 0) {
    error(
      operands.length === 1
        ? `UNKNOWN: address ${target}: missing port in address\n`
        : `Error: accepts 1 arg(s), received ${operands.length}\n`,
    );
    return 1;
  }
  const name = target.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const wanted = durationOf(values, 'timeout', 0);
  const limitMs = wanted > 0 ? wanted : CONNECT_TIMEOUT_MS;
  const done = (memory['answer'] ??= host.connect(name, Number(target.slice(at + 1)))) as NetworkAnswer;
  const isLate = done.outcome === 'timeout' || done.latencyMs > limitMs;
  const untilMs = Number((memory['untilMs'] ??= host.nowMs + (isLate ? limitMs : done.latencyMs)));
  if (host.nowMs < untilMs) {
    process.wait = { for: 'time', untilMs };
    return null;
  }
  if (done.outcome === 'ok' && !isLate) return 0;
  if (isLate) error('TIMEOUT\n');
  else if (done.outcome === 'refused') error('REFUSED\n');
  else error(`DNS: lookup ${name}: no such host\n`);
  return 1;
}
