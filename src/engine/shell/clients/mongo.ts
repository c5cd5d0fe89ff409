// mongosh, and mongo as it was before it. Rule: K920.

import type { CommandContext, ShellCommand } from '../command.ts';
import { type ClientOptions, readOptions, readScript, readUrl, reach, type ServerAddress } from './connection.ts';

const PORT = 27_017;
const TIMEOUT_MS = 30_000;

const NAMES = { h: 'host', p: 'password', u: 'username', 1: 'port', 2: 'eval', 3: 'authenticationDatabase', 4: 'file', f: 'file' };

function addressOf({ values, operands }: ClientOptions): ServerAddress {
  const [first = ''] = operands;
  const url = readUrl(first, PORT);
  if (url !== undefined) return url;
  const [, host = '', port] = /^(?:[^/]*\/)?([^:,]*)(?::(\d+))?/.exec(values.get('host') ?? '') ?? [];
  if (host !== '') return { host, port: Number(values.get('port') ?? port ?? PORT) };
  const named = /^([\w.-]+):(\d+)(?:\/|$)/.exec(first);
  return named === null
    ? { host: '127.0.0.1', port: Number(values.get('port') ?? PORT) }
    : { host: named[1] ?? '', port: Number(named[2]) };
}

const shell: ShellCommand = (context) => {
  const options = readOptions(context.args, NAMES);
  const address = addressOf(options);
  const answer = reach(context, address, TIMEOUT_MS);
  if (answer === null) return null;
  const url = `mongodb://${address.host}:${address.port}/?directConnection=true`;
  const isQuiet = options.flags.has('quiet');
  if (!isQuiet) context.out(`${headOf(context, url)}\n`);
  if (answer.outcome !== 'ok') {
    const reason =
      answer.outcome === 'unknown-host'
        ? `getaddrinfo ENOTFOUND ${address.host}`
        : answer.outcome === 'dns-timeout'
          ? `getaddrinfo EAI_AGAIN ${address.host}`
          : `connect ECONNREFUSED ${answer.address}`;
    context.error(
      answer.outcome === 'timeout'
        ? 'MongoServerSelectionError: Server selection timed out after 30000 ms\n'
        : `MongoNetworkError: ${reason}\n`,
    );
    return 1;
  }
  const text = options.values.get('eval') ?? (options.operands.some((word) => word.endsWith('.js')) ? '' : readScript(context));
  if (text === null) return null;
  if (!isQuiet && context.name.endsWith('mongosh')) context.out('Using MongoDB:\t\t7.0.14\nUsing Mongosh:\t\t2.3.1\n');
  context.out(valueOf(text));
  return 0;
};

function headOf({ name, host }: CommandContext, url: string): string {
  if (!name.endsWith('mongosh')) return `MongoDB shell version v4.4.29\nconnecting to: ${url}`;
  return `Current Mongosh Log ID:\t${Math.floor(host.nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}0000000000000000\nConnecting to:\t\t${url}`;
}

/** What the shell prints of the usual questions; nothing for others. */
function valueOf(text: string): string {
  const question = text.trim().replace(/;$/, '');
  if (/^\d+$/.test(question)) return `${question}\n`;
  const isPing = /(?:ping|hello|isMaster|serverStatus|status)\b/i.test(question);
  if (isPing && /\.ok\s*\)?$/.test(question)) return '1\n';
  return isPing ? '{ ok: 1 }\n' : '';
}

export const MONGO_CLIENTS: Readonly<Record<string, ShellCommand>> = { mongosh: shell, mongo: shell };
