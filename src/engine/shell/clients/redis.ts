// redis-cli. Rule: K920.

import type { CommandContext, ShellCommand } from '../command.ts';
import { readOptions, readScript, readUrl, reach } from './connection.ts';

const PORT = 6_379;
const TIMEOUT_MS = 130_000;

const NAMES = { h: 'host', p: 'port', a: 'pass', n: 'db', u: 'uri', i: 'interval', r: 'repeat', t: 'timeout', s: 'socket', 1: 'user' };
/** Options behind which the command begins. */
const VALUED = new Set(['-h', '-p', '-a', '-n', '-u', '-i', '-r', '-t', '-s', '--user', '--pass', '--cacert', '--cert', '--key']);

const client: ShellCommand = (context) => {
  let end = 0;
  for (; end < context.args.length && (context.args[end] as string).startsWith('-'); end += 1)
    if (VALUED.has(context.args[end] as string)) end += 1;
  const { values } = readOptions(context.args.slice(0, end), NAMES);
  const url = readUrl(values.get('uri') ?? '', PORT);
  const host = url?.host ?? values.get('host') ?? '127.0.0.1';
  const port = url?.port ?? Number(values.get('port') ?? PORT);
  const answer = reach(context, { host, port }, TIMEOUT_MS);
  if (answer === null) return null;
  if (answer.outcome !== 'ok') {
    const reasons: Readonly<Record<string, string>> = {
      'unknown-host': 'Name or service not known',
      'dns-timeout': 'Temporary failure in name resolution',
      timeout: 'Connection timed out',
    };
    context.error(`Could not connect to Redis at ${host}:${port}: ${reasons[answer.outcome] ?? 'Connection refused'}\n`);
    return 1;
  }
  const words = context.args.slice(end);
  if (words.length > 0) {
    context.out(replyTo(context, words));
    return 0;
  }
  const text = readScript(context);
  if (text === null) return null;
  for (const line of text.split('\n')) if (line.trim() !== '') context.out(replyTo(context, line.trim().split(/\s+/)));
  return 0;
};

function replyTo({ host }: CommandContext, [verb = '', ...args]: readonly string[]): string {
  switch (verb.toUpperCase()) {
    case 'PING':
      return `${args[0] ?? 'PONG'}\n`;
    case 'ECHO':
      return `${args[0] ?? ''}\n`;
    case 'INFO':
      return `# Server\r\nredis_version:7.4.0\r\nredis_mode:standalone\r\n# Persistence\r\nloading:0\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n`;
    case 'ROLE':
      return 'master\n0\n\n';
    case 'TIME':
      return `${Math.floor(host.nowMs / 1000)}\n${(host.nowMs % 1000) * 1000}\n`;
    case 'DBSIZE':
    case 'EXISTS':
    case 'DEL':
      return '0\n';
    case 'INCR':
    case 'LPUSH':
    case 'RPUSH':
    case 'SADD':
    case 'HSET':
      return '1\n';
    case 'GET':
    case 'HGET':
    case 'KEYS':
    case 'LRANGE':
      return '\n';
    default:
      return 'OK\n';
  }
}

export const REDIS_CLIENTS: Readonly<Record<string, ShellCommand>> = { 'redis-cli': client, 'valkey-cli': client };
