// wget, curl, nc, nslookup and ping, to whatever the container can reach: the host answers for pods and services of the cluster.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';
import { linesOf, parseOptions } from './input-text.ts';

/** Makes the exchange once and lets its latency pass; null while it does. */
function exchange(context: CommandContext, key: string, ask: () => NetworkAnswer, timeoutMs: number): NetworkAnswer | null {
  const { memory, host, process } = context;
  const done = memory[key] as { answer: NetworkAnswer; untilMs: number } | undefined;
  if (done !== undefined && done.untilMs <= host.nowMs) return done.answer;
  if (done === undefined) {
    const given = ask();
    const isLate = given.outcome === 'timeout' || given.latencyMs > timeoutMs;
    const answer: NetworkAnswer = isLate ? { ...given, outcome: 'timeout' } : given;
    const untilMs = host.nowMs + (isLate ? timeoutMs : given.latencyMs);
    memory[key] = { answer, untilMs };
    if (untilMs <= host.nowMs) return answer;
    process.wait = { for: 'time', untilMs };
    return null;
  }
  process.wait = { for: 'time', untilMs: done.untilMs };
  return null;
}

const DEFAULT_TIMEOUT_MS = 900_000;

function hostOf(url: string): string {
  return url.replace(/^\w+:\/\//, '').split(/[/?#]/)[0] ?? '';
}

const wget: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'OTtPU');
  const url = operands[0] ?? '';
  const full = /^\w+:\/\//.test(url) ? url : `http://${url}`;
  const timeoutMs = Number(options.get('T') ?? options.get('timeout') ?? DEFAULT_TIMEOUT_MS / 1000) * 1000;
  const method = options.has('post-data') ? 'POST' : 'GET';
  const answer = exchange(context, 'answer', () => context.host.request(method, full, options.get('post-data') ?? '', {}), timeoutMs);
  if (answer === null) return null;
  const isQuiet = options.has('q');
  const target = hostOf(full);
  if (!isQuiet && answer.outcome !== 'unknown-host') context.error(`Connecting to ${target} (${answer.address})\n`);
  if (answer.outcome !== 'ok') {
    const text =
      answer.outcome === 'unknown-host'
        ? `bad address '${target}'`
        : answer.outcome === 'timeout'
          ? 'download timed out'
          : `can't connect to remote host (${answer.address.split(':')[0]}): Connection refused`;
    context.error(`wget: ${text}\n`);
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

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
]);

const curl: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'omXHdwuA');
  const url = operands[0] ?? '';
  const full = /^\w+:\/\//.test(url) ? url : `http://${url}`;
  const timeoutMs =
    Number(options.get('m') ?? options.get('max-time') ?? options.get('connect-timeout') ?? DEFAULT_TIMEOUT_MS / 1000) * 1000;
  const method = options.get('X') ?? (options.has('d') ? 'POST' : options.has('I') ? 'HEAD' : 'GET');
  const answer = exchange(context, 'answer', () => context.host.request(method, full, options.get('d') ?? '', {}), timeoutMs);
  if (answer === null) return null;
  const [name = '', port = '80'] = hostOf(full).split(':');
  const isQuiet = options.has('s') && !options.has('S');
  if (answer.outcome !== 'ok') {
    const failures: Readonly<Record<string, readonly [number, string]>> = {
      'unknown-host': [6, `Could not resolve host: ${name}`],
      timeout: [28, `Operation timed out after ${timeoutMs} milliseconds with 0 bytes received`],
      refused: [7, `Failed to connect to ${name} port ${port} after 0 ms: Couldn't connect to server`],
    };
    const [code, text] = failures[answer.outcome] ?? [7, 'failed'];
    if (!isQuiet) context.error(`curl: (${code}) ${text}\n`);
    return code;
  }
  if (options.has('f') && answer.status >= 400) {
    if (!isQuiet) context.error(`curl: (22) The requested URL returned error: ${answer.status}\n`);
    return 22;
  }
  const head = options.has('i') || options.has('I') ? `HTTP/1.1 ${answer.status} ${REASONS.get(answer.status) ?? 'OK'}\r\n\r\n` : '';
  const body = options.has('I') ? head : head + answer.body;
  const file = options.get('o');
  if (file === undefined || file === '-') context.out(body);
  else if (file !== '/dev/null') context.host.files.write(context.path(file), body, false);
  const format = options.get('w');
  if (format !== undefined) context.out(format.replaceAll('%{http_code}', String(answer.status)).replaceAll('\\n', '\n'));
  return 0;
};

/** `nc -z host port`, and `nc host port` as a client that sends its input. */
const netcat: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'wpsie');
  const [name = '', port = ''] = operands;
  if (options.has('l')) {
    context.process.wait = { for: 'never' };
    return null;
  }
  const timeoutMs = options.has('w') ? Number(options.get('w')) * 1000 : DEFAULT_TIMEOUT_MS;
  const answer = exchange(context, 'answer', () => context.host.connect(name, Number(port)), timeoutMs);
  if (answer === null) return null;
  if (answer.outcome === 'ok') {
    if (options.has('v')) context.error(`${name} (${answer.address}) open\n`);
    return 0;
  }
  if (answer.outcome === 'unknown-host') context.error(`nc: bad address '${name}'\n`);
  else if (options.has('v'))
    context.error(`nc: ${answer.address}: ${answer.outcome === 'timeout' ? 'Connection timed out' : 'Connection refused'}\n`);
  return 1;
};

const lookUp: ShellCommand = ({ args, host, out, error, name }) => {
  const target = args.filter((argument) => !argument.startsWith('-'))[0] ?? '';
  const address = host.resolve(target);
  const server =
    (linesOf(host.files.read('/etc/resolv.conf') ?? '').find((line) => line.startsWith('nameserver')) ?? 'nameserver 10.96.0.10').split(
      ' ',
    )[1] ?? '';
  if (name === 'getent') {
    if (address !== undefined) out(`${address}      ${target}\n`);
    return address === undefined ? 2 : 0;
  }
  out(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
  if (address === undefined) {
    error(`** server can't find ${target}: NXDOMAIN\n\n`);
    return 1;
  }
  out(`Name:\t${target}\nAddress: ${address}\n\n`);
  return 0;
};

const ping: ShellCommand = ({ args, host, out, error }) => {
  const { operands } = parseOptions(args, 'cwWi');
  const target = operands[0] ?? '';
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
  nslookup: lookUp,
  getent: (context) => lookUp({ ...context, args: context.args.slice(1) }),
  ping,
};
