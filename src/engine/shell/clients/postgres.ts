// pg_isready, psql, pg_dump and createdb of PostgreSQL 16. Rule: K920.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';
import { type ClientOptions, readOptions, readScript, readUrl, reach, type ServerAddress } from './connection.ts';

const PORT = 5_432;
const SOCKET = '/var/run/postgresql';
const TIMEOUT_MS = 130_000;

const NAMES = { h: 'host', p: 'port', U: 'username', d: 'dbname', t: 'timeout' };
const SHELL_NAMES = {
  h: 'host',
  p: 'port',
  U: 'username',
  d: 'dbname',
  c: 'command',
  f: 'file',
  v: 'set',
  P: 'pset',
  F: 'field-separator',
  o: 'output',
};

function addressOf({ process }: CommandContext, { values, operands }: ClientOptions): ServerAddress {
  const text = values.get('dbname') ?? operands[0] ?? '';
  const url = readUrl(text, PORT);
  if (url !== undefined) return url;
  const pairs = new Map([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
  const host = values.get('host') ?? pairs.get('host') ?? process.variables['PGHOST'] ?? '';
  const port = Number(values.get('port') ?? pairs.get('port') ?? process.variables['PGPORT'] ?? PORT);
  return { host: host.startsWith('/') ? '' : host, port };
}

/** 0: it accepts connections, 2: no answer. */
const isReady: ShellCommand = (context) => {
  const options = readOptions(context.args, NAMES);
  const address = addressOf(context, options);
  const timeoutMs = Number(options.values.get('timeout') ?? 3) * 1000;
  const answer = reach(context, address, timeoutMs > 0 ? timeoutMs : TIMEOUT_MS);
  if (answer === null) return null;
  const isUp = answer.outcome === 'ok';
  const place = `${address.host === '' ? SOCKET : address.host}:${address.port}`;
  if (!options.flags.has('q') && !options.flags.has('quiet')) context.out(`${place} - ${isUp ? 'accepting connections' : 'no response'}\n`);
  return isUp ? 0 : 2;
};

/** Why a program of PostgreSQL has no connection; null when it has one. */
function failureOf({ host, port }: ServerAddress, { outcome, address }: NetworkAnswer): string | null {
  if (outcome === 'ok') return null;
  if (outcome === 'unknown-host') return `could not translate host name "${host}" to address: Name or service not known`;
  if (outcome === 'dns-timeout') return `could not translate host name "${host}" to address: Temporary failure in name resolution`;
  if (host === '')
    return `connection to server on socket "${SOCKET}/.s.PGSQL.${port}" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?`;
  const ip = address.split(':')[0] ?? '';
  const place = ip === host ? `"${host}"` : `"${host}" (${ip})`;
  const reason = outcome === 'timeout' ? 'Connection timed out' : 'Connection refused';
  return `connection to server at ${place}, port ${port} failed: ${reason}\n\tIs the server running on that host and accepting TCP/IP connections?`;
}

/** Statements from `-c`, a file or standard input, each answered by its tag or by one row. */
const shell: ShellCommand = (context) => {
  const options = readOptions(context.args, SHELL_NAMES);
  const address = addressOf(context, options);
  const answer = reach(context, address, TIMEOUT_MS);
  if (answer === null) return null;
  const failure = failureOf(address, answer);
  if (failure !== null) {
    context.error(`psql: error: ${failure}\n`);
    return 2;
  }
  const { flags, values } = options;
  if (flags.has('l') || flags.has('list')) {
    context.out('postgres\ntemplate0\ntemplate1\n');
    return 0;
  }
  const file = values.get('file');
  const text =
    values.get('command') ?? (file === undefined || file === '-' ? readScript(context) : context.host.files.read(context.path(file)));
  if (text === null) return null;
  if (text === undefined) {
    context.error(`psql: error: ${file ?? ''}: No such file or directory\n`);
    return 1;
  }
  const isBare = flags.has('t') || flags.has('tuples-only');
  const isPlain = flags.has('A') || flags.has('no-align');
  for (const statement of text.split(';').map((part) => part.trim()))
    if (statement !== '') context.out(resultOf(statement, isBare, isPlain));
  return 0;
};

function resultOf(statement: string, isBare: boolean, isPlain: boolean): string {
  const [verb = '', what = ''] = statement.toUpperCase().split(/\s+/);
  const constant = /^SELECT\s+(\d+|'[^']*')(?:\s+AS\s+(\w+))?$/i.exec(statement);
  if (constant !== null) {
    const value = (constant[1] ?? '').replaceAll("'", '');
    const name = constant[2] ?? '?column?';
    if (isBare) return isPlain ? `${value}\n` : ` ${value.padStart(name.length)}\n\n`;
    const width = Math.max(name.length, value.length);
    return isPlain
      ? `${name}\n${value}\n(1 row)\n`
      : ` ${name.padStart(width)} \n${'-'.repeat(width + 2)}\n ${value.padStart(width)}\n(1 row)\n\n`;
  }
  if (verb === 'SELECT') return isBare ? '' : '(0 rows)\n\n';
  if (verb === 'INSERT') return 'INSERT 0 1\n';
  if (verb === 'UPDATE' || verb === 'DELETE') return `${verb} 0\n`;
  if (/^(?:CREATE|ALTER|DROP)$/.test(verb)) return `${verb} ${what}\n`;
  return /^[A-Z]+$/.test(verb) ? `${verb}\n` : '';
}

/** Programs that only do something on the server. */
function doer(output: string): ShellCommand {
  return (context) => {
    const address = addressOf(context, readOptions(context.args, { ...NAMES, f: 'file', F: 'format', j: 'jobs', O: 'owner' }));
    const answer = reach(context, address, TIMEOUT_MS);
    if (answer === null) return null;
    const failure = failureOf(address, answer);
    if (failure === null) context.out(output);
    else context.error(`${context.name}: error: ${failure}\n`);
    return failure === null ? 0 : 1;
  };
}

const DUMP = '--\n-- PostgreSQL database dump\n--\n\n--\n-- PostgreSQL database dump complete\n--\n\n';

export const POSTGRES_CLIENTS: Readonly<Record<string, ShellCommand>> = {
  pg_isready: isReady,
  psql: shell,
  pg_dump: doer(DUMP),
  pg_dumpall: doer(DUMP),
  pg_restore: doer(''),
  createdb: doer(''),
  dropdb: doer(''),
};
