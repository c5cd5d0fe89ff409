// mysqladmin, mysql and mysqldump of MySQL 8, and MariaDB's programs of their own names. Rule: K920.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';
import { readOptions, readScript, reach, type ServerAddress } from './connection.ts';

const PORT = 3_306;
const SOCKETS = { mysql: '/var/run/mysqld/mysqld.sock', mariadb: '/run/mysqld/mysqld.sock' };
const TIMEOUT_MS = 130_000;

/** A password stands in the same word as its option. */
const NAMES = { h: 'host', P: 'port', u: 'user', e: 'execute', D: 'database', S: 'socket' };
const LONG_NAMES = { ...NAMES, 1: 'protocol', 2: 'connect-timeout', 3: 'connect_timeout', 4: 'defaults-extra-file' };

interface Session {
  readonly options: ReturnType<typeof readOptions>;
  readonly address: ServerAddress;
  readonly answer: NetworkAnswer;
}

function open(context: CommandContext): Session | null {
  const args = context.args.map((argument) => (/^-p./.test(argument) ? '-p' : argument));
  const options = readOptions(args, LONG_NAMES);
  const { values } = options;
  const given = values.get('host') ?? '';
  // `localhost` is the socket of this machine, unless it is to be TCP.
  const isSocket = given === '' || (given === 'localhost' && !values.has('port') && values.get('protocol')?.toLowerCase() !== 'tcp');
  const address = { host: isSocket ? '' : given, port: Number(values.get('port') ?? PORT) };
  const seconds = Number(values.get('connect-timeout') ?? values.get('connect_timeout') ?? 0);
  const answer = reach(context, address, seconds > 0 ? seconds * 1000 : TIMEOUT_MS);
  return answer === null ? null : { options, address, answer };
}

interface Failure {
  readonly code: number;
  readonly text: string;
}

/** Why there is no connection, as the client library numbers it; undefined when there is one. */
function failureOf({ name }: CommandContext, { host, port }: ServerAddress, { outcome }: NetworkAnswer): Failure | undefined {
  if (outcome === 'ok') return undefined;
  const isMaria = name.startsWith('mariadb');
  const brand = isMaria ? '' : 'MySQL ';
  if (outcome === 'dns-timeout') return { code: 2005, text: `Unknown ${brand}server host '${host}' (-3)` };
  if (outcome === 'unknown-host') return { code: 2005, text: `Unknown ${brand}server host '${host}' (-2)` };
  if (host === '') {
    const socket = isMaria ? SOCKETS.mariadb : SOCKETS.mysql;
    return { code: 2002, text: `Can't connect to local ${brand}server through socket '${socket}' (2)` };
  }
  const number = outcome === 'timeout' ? 110 : isMaria ? 115 : 111;
  return isMaria
    ? { code: 2002, text: `Can't connect to server on '${host}' (${number})` }
    : { code: 2003, text: `Can't connect to MySQL server on '${host}:${port}' (${number})` };
}

const administer: ShellCommand = (context) => {
  const session = open(context);
  if (session === null) return null;
  const { options, address } = session;
  const failure = failureOf(context, address, session.answer);
  if (failure !== undefined) {
    if (options.flags.has('silent') || options.flags.has('s')) return 1;
    const where = address.host === '' ? 'localhost' : address.host;
    const advice =
      address.host === ''
        ? `Check that ${daemonOf(context)} is running and that the socket: '${SOCKETS.mysql}' exists!\n`
        : `Check that ${daemonOf(context)} is running on ${where} and that the port is ${address.port}.\nYou can check this by doing 'telnet ${where} ${address.port}'\n`;
    context.error(`${context.name}: connect to server at '${where}' failed\nerror: '${failure.text}'\n${advice}`);
    return 1;
  }
  for (const word of options.operands) {
    if (word === 'ping') context.out(`${daemonOf(context)} is alive\n`);
    if (word === 'status')
      context.out(
        'Uptime: 60  Threads: 2  Questions: 3  Slow queries: 0  Opens: 119  Flush tables: 3  Open tables: 38  Queries per second avg: 0.050\n',
      );
  }
  return 0;
};

function daemonOf({ name }: CommandContext): string {
  return name.startsWith('mariadb') ? 'mariadbd' : 'mysqld';
}

const shell: ShellCommand = (context) => {
  const session = open(context);
  if (session === null) return null;
  const { options, address, answer } = session;
  const failure = failureOf(context, address, answer);
  if (failure !== undefined) {
    context.error(`ERROR ${failure.code} (HY000): ${failure.text}\n`);
    return 1;
  }
  const text = options.values.get('execute') ?? readScript(context);
  if (text === null) return null;
  const isBare = options.flags.has('N') || options.flags.has('skip-column-names');
  for (const statement of text.split(';')) {
    const value = /^\s*SELECT\s+(\d+|'[^']*')\s*$/i.exec(statement)?.[1];
    if (value !== undefined) context.out(`${isBare ? '' : `${value.replaceAll("'", '')}\n`}${value.replaceAll("'", '')}\n`);
    if (/^\s*SHOW\s+DATABASES\s*$/i.test(statement))
      context.out(`${isBare ? '' : 'Database\n'}information_schema\nmysql\nperformance_schema\nsys\n`);
  }
  return 0;
};

const dump: ShellCommand = (context) => {
  const session = open(context);
  if (session === null) return null;
  const failure = failureOf(context, session.address, session.answer);
  if (failure === undefined) context.out('-- MySQL dump 10.13\n\n-- Dump completed\n');
  else context.error(`${context.name}: Got error: ${failure.code}: ${failure.text} when trying to connect\n`);
  return failure === undefined ? 0 : 2;
};

export const MYSQL_CLIENTS: Readonly<Record<string, ShellCommand>> = {
  mysqladmin: administer,
  'mariadb-admin': administer,
  mysql: shell,
  mariadb: shell,
  mysqldump: dump,
  'mariadb-dump': dump,
  'healthcheck.sh': administer,
};
