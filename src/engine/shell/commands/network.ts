// wget, curl, nc, nslookup and ping, to whatever the container can reach: the host answers for pods and services of the cluster.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';
import { REASONS } from '../server.ts';
import { listen } from '../small-servers.ts';
import { awaitDns, exchange } from './exchange.ts';
import { parseOptions, readAll } from './input-text.ts';

const DEFAULT_TIMEOUT_MS = 900_000;

function hostOf(url: string): string {
  return url.replace(/^\w+:\/\//, '').split(/[/?#]/)[0] ?? '';
}

/** Redirections that a client follows. */
const HOPS_MAX = 20;

interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isFollowing: boolean;
}

/** Makes a request, and those that its answer redirects to; null while one takes its time. */
function fetchUrl(context: CommandContext, request: ClientRequest): { readonly answer: NetworkAnswer; readonly url: string } | null {
  const { host } = context;
  let { url, method, body } = request;
  for (let hop = 0; ; hop += 1) {
    const answer = exchange(context, `answer${hop}`, () => host.request(method, url, body, request.headers), request.timeoutMs);
    if (answer === null) return null;
    const location = answer.headers['Location'];
    const isRedirected = request.isFollowing && answer.outcome === 'ok' && answer.status >= 300 && answer.status < 400;
    if (!isRedirected || location === undefined || hop >= HOPS_MAX) return { answer, url };
    url = /^\w+:/.test(location) ? location : joinUrl(url, location);
    if (answer.status === 303 || (answer.status < 303 && method === 'POST')) [method, body] = ['GET', ''];
  }
}

/** A place of the same server. */
function joinUrl(url: string, location: string): string {
  const [, origin = '', path = ''] = /^(\w+:\/\/[^/?#]*)([^?#]*)/.exec(url) ?? [];
  if (location.startsWith('/')) return origin + location;
  const parts = [...path.split('/').slice(1, -1), ...location.split('/')];
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '.') kept.push(part);
  }
  return `${origin}/${kept.join('/')}`;
}

const wget: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'OTtPU');
  const url = operands[0] ?? '';
  const full = /^\w+:\/\//.test(url) ? url : `http://${url}`;
  const timeoutMs = Number(options.get('T') ?? options.get('timeout') ?? DEFAULT_TIMEOUT_MS / 1000) * 1000;
  const method = options.has('post-data') ? 'POST' : 'GET';
  const form: Record<string, string> = method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const headers = { 'user-agent': 'Wget', ...form, ...headersOf(context.args, ['--header']) };
  const fetched = fetchUrl(context, { method, url: full, body: options.get('post-data') ?? '', headers, timeoutMs, isFollowing: true });
  if (fetched === null) return null;
  const { answer } = fetched;
  const isQuiet = options.has('q');
  const target = hostOf(full);
  if (!isQuiet && !isUnresolved(answer)) context.error(`Connecting to ${target} (${answer.address})\n`);
  if (answer.outcome !== 'ok') {
    context.error(`wget: ${wgetFailure(answer, target)}\n`);
    return 1;
  }
  if (answer.status >= 400) {
    context.error(`wget: server returned error: HTTP/1.1 ${answer.status} ${REASONS.get(answer.status) ?? ''}\n`);
    return 1;
  }
  if (options.has('spider')) return 0;
  const file = options.get('O') ?? (full.split(/[?#]/)[0]?.split('/').slice(3).at(-1) || 'index.html');
  if (file === '-') context.out(answer.body);
  else context.host.files.write(context.path(file), answer.body, false);
  return 0;
};

const isUnresolved = ({ outcome }: NetworkAnswer): boolean => outcome === 'unknown-host' || outcome === 'dns-timeout';

function wgetFailure({ outcome, address }: NetworkAnswer, target: string): string {
  switch (outcome) {
    case 'unknown-host':
    case 'dns-timeout':
      return `bad address '${target}'`;
    case 'timeout':
      return 'download timed out';
    case 'closed':
      return 'error getting response';
    case 'no-tls':
      return 'got bad TLS record (len:15) while expecting handshake record';
    default:
      return `can't connect to remote host (${address.split(':')[0]}): Connection refused`;
  }
}

/** The values of options that name a header, such as `-H 'Accept: text/html'`; names in lower case. */
function headersOf(args: readonly string[], names: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  args.forEach((argument, index) => {
    const long = names.find((name) => name.startsWith('--') && argument.startsWith(`${name}=`));
    const text = long !== undefined ? argument.slice(long.length + 1) : names.includes(argument) ? (args[index + 1] ?? '') : '';
    const at = text.indexOf(':');
    if (at > 0) headers[text.slice(0, at).trim().toLowerCase()] = text.slice(at + 1).trim();
  });
  return headers;
}

const curl: ShellCommand = (context) => {
  const { options, operands } = parseOptions(longNames(context.args), 'omXHdwuAe');
  const url = operands[0] ?? '';
  const full = /^\w+:\/\//.test(url) ? url : `http://${url}`;
  const timeoutMs =
    Number(options.get('m') ?? options.get('max-time') ?? options.get('connect-timeout') ?? DEFAULT_TIMEOUT_MS / 1000) * 1000;
  const method = options.get('X') ?? (options.has('d') ? 'POST' : options.has('I') ? 'HEAD' : 'GET');
  const form: Record<string, string> = options.has('d') ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const headers = {
    'user-agent': options.get('A') ?? 'curl/8.9.1',
    accept: '*/*',
    ...form,
    ...headersOf(context.args, ['-H', '--header']),
  };
  const request = { method, url: full, body: options.get('d') ?? '', headers, timeoutMs, isFollowing: options.has('L') };
  const fetched = fetchUrl(context, request);
  if (fetched === null) return null;
  const { answer } = fetched;
  const isQuiet = options.has('s') && !options.has('S');
  if (answer.outcome !== 'ok') return curlFailure(context, answer, full, timeoutMs, isQuiet);
  if (options.has('f') && answer.status >= 400) {
    if (!isQuiet) context.error(`curl: (22) The requested URL returned error: ${answer.status}\n`);
    return 22;
  }
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head =
    options.has('i') || options.has('I') ? `HTTP/1.1 ${answer.status} ${REASONS.get(answer.status) ?? 'OK'}\r\n${lines.join('')}\r\n` : '';
  const body = method === 'HEAD' ? head : head + answer.body;
  const file = options.get('o');
  if (file === undefined || file === '-') context.out(body);
  else if (file !== '/dev/null') context.host.files.write(context.path(file), body, false);
  const format = options.get('w');
  if (format !== undefined)
    context.out(format.replaceAll(/%\{(?:http_code|response_code)\}/g, String(answer.status)).replaceAll('\\n', '\n'));
  return 0;
};

/** Long names of options that have a short one. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '--output': '-o',
  '--request': '-X',
  '--header': '-H',
  '--data': '-d',
  '--data-raw': '-d',
  '--write-out': '-w',
  '--user': '-u',
  '--user-agent': '-A',
  '--max-time': '-m',
  '--silent': '-s',
  '--show-error': '-S',
  '--fail': '-f',
  '--head': '-I',
  '--include': '-i',
  '--location': '-L',
};

/** Short options for long ones, and one word for those that curl takes two for. */
function longNames(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (argument === '--connect-timeout' || argument === '--retry' || argument === '--interface' || argument === '--resolve')
      words.push(`${argument}=${args[((index += 1))] ?? ''}`);
    else words.push(SHORT_NAMES[argument] ?? argument);
  }
  return words;
}

function curlFailure(context: CommandContext, answer: NetworkAnswer, url: string, timeoutMs: number, isQuiet: boolean): number {
  const [name = '', port = '80'] = hostOf(url).split(':');
  const failures: Readonly<Record<string, readonly [number, string]>> = {
    'unknown-host': [6, `Could not resolve host: ${name}`],
    'dns-timeout': [6, `Could not resolve host: ${name}`],
    timeout: [28, `Operation timed out after ${timeoutMs} milliseconds with 0 bytes received`],
    refused: [7, `Failed to connect to ${name} port ${port} after 0 ms: Couldn't connect to server`],
    closed: [52, 'Empty reply from server'],
    'no-tls': [35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number'],
  };
  const [code, text] = failures[answer.outcome] ?? [7, 'failed'];
  if (!isQuiet) context.error(`curl: (${code}) ${text}\n`);
  return code;
}

/** `nc -z host port`, and `nc host port` as a client that sends its input and prints what comes back. */
const netcat: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'wpsie');
  const [name = '', port = ''] = operands;
  if (options.has('l')) return listen(context);
  const input = options.has('z') ? { text: '', failed: false } : readAll(context, []);
  if (input === null) return null;
  const timeoutMs = options.has('w') ? Number(options.get('w')) * 1000 : DEFAULT_TIMEOUT_MS;
  const protocol = options.has('u') ? 'udp' : 'tcp';
  const { host } = context;
  const ask = (): NetworkAnswer =>
    options.has('z') && protocol === 'tcp' ? host.connect(name, Number(port)) : host.converse(protocol, name, Number(port), input.text);
  const answer = exchange(context, 'answer', ask, timeoutMs);
  if (answer === null) return null;
  if (answer.outcome === 'ok') {
    if (options.has('v')) context.error(`${name} (${answer.address}) open\n`);
    if (!options.has('z')) context.out(answer.body);
    return 0;
  }
  if (isUnresolved(answer)) context.error(`nc: bad address '${name}'\n`);
  else if (options.has('v'))
    context.error(`nc: ${answer.address}: ${answer.outcome === 'timeout' ? 'Connection timed out' : 'Connection refused'}\n`);
  return 1;
};

const ping: ShellCommand = (context) => {
  const { args, host, out, error } = context;
  const { operands } = parseOptions(args, 'cwWi');
  const target = operands[0] ?? '';
  if (awaitDns(context, target) === null) return null;
  const address = /^[\d.]+$/.test(target) ? target : host.resolve(target);
  if (address === undefined) {
    error(`ping: bad address '${target}'\n`);
    return 1;
  }
  out(`PING ${target} (${address}): 56 data bytes\n64 bytes from ${address}: seq=0 ttl=64 time=0.050 ms\n`);
  return 0;
};

export const NETWORK_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  wget,
  curl,
  nc: netcat,
  netcat,
  ping,
};
