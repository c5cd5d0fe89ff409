// `agnhost netexec`: a server of HTTP and UDP with an endpoint for everything that a test wants to ask. It logs each request, so that no answer of
// an endpoint that logs is the same for ever. Upstream: test/images/agnhost/netexec (v1.33). Rule: K913. Omits SCTP.

import { formatDuration, parseDuration } from '../../apimachinery/time.ts';
import type { CommandContext } from '../command.ts';
import { formatDate } from '../commands/dates.ts';
import { formOf, type HttpReply, type HttpRequest, plainPath, REASONS, type ServerProcess } from '../server.ts';
import { dial } from './netexec-dial.ts';
import { type FlagSpec, numberOf } from './flags.ts';
import { goJson, goLog, orderExit, redirectTo, serve, type Subcommand } from './subcommand.ts';

const FLAGS: Readonly<Record<string, FlagSpec>> = {
  'http-port': { kind: 'number' },
  'udp-port': { kind: 'number' },
  'sctp-port': { kind: 'number' },
  'tls-cert-file': { kind: 'text' },
  'tls-private-key-file': { kind: 'text' },
  'http-override': { kind: 'text' },
  'udp-listen-addresses': { kind: 'text' },
  'delay-shutdown': { kind: 'number' },
};

const HTTP_PORT = 8080;
const UDP_PORT = 8081;

export const netexec: Subcommand = {
  flags: FLAGS,
  run(context, values) {
    const { host, error } = context;
    const httpPort = numberOf(values, 'http-port', HTTP_PORT);
    const udpPort = numberOf(values, 'udp-port', UDP_PORT);
    const speaks = (values.get('tls-cert-file') ?? '') === '' ? 'http' : 'https';
    const udp = udpPort === -1 ? [] : [{ port: udpPort, protocol: 'udp' as const, speaks: 'raw' as const }];
    return serve(context, [{ port: httpPort, protocol: 'tcp', speaks }, ...udp], () => {
      error(goLog(host.nowMs, `Started HTTP server on port ${httpPort}`));
      if (udpPort !== -1) error(goLog(host.nowMs, `Started UDP server on port  ${udpPort}`));
    });
  },
  signalled(context, values) {
    return endSoon(context, numberOf(values, 'delay-shutdown', 0));
  },
  http(server, request, values) {
    const override = values.get('http-override') ?? '';
    const asked = override === '' ? request : { ...request, method: 'GET', path: override };
    const handler = HANDLERS[plainPath(asked.path)] ?? root;
    return { untilMs: server.host.nowMs, ...handler(server, asked, formOf(asked)) };
  },
  raw(server, text, client) {
    const { host } = server;
    const command = text.trim().toLowerCase();
    if (command === 'hostname') {
      note(server, 'Sending udp hostName response');
      return host.hostname;
    }
    if (command.startsWith('echo ')) {
      note(server, `Echoing ${command.slice(5)} to UDP client ${client}`);
      return command.slice(5);
    }
    if (command === 'clientip') {
      note(server, `Sending clientip back to UDP client ${client}`);
      return client;
    }
    if (command !== '') note(server, `Unknown UDP command received from ${client}: ${command}`);
    return '';
  },
};

/** The first signal orders the end; the server answers until then. */
function endSoon(context: CommandContext, delaySeconds: number): number | null {
  const { host, memory, error, process } = context;
  if (memory['isTerminating'] !== true && delaySeconds > 0)
    error(goLog(host.nowMs, `Sleeping ${delaySeconds} seconds before terminating...`));
  memory['isTerminating'] = true;
  memory['endMs'] ??= host.nowMs + Math.max(0, delaySeconds) * 1000;
  const untilMs = Number(memory['endMs']);
  if (untilMs <= host.nowMs) return 0;
  process.wait = { for: 'time', untilMs };
  return null;
}

type Form = ReadonlyMap<string, string>;
type Handler = (server: ServerProcess, request: HttpRequest, form: Form) => HttpReply;

export function note({ host }: ServerProcess, text: string): void {
  host.write('stderr', goLog(host.nowMs, text));
}

const hostname =
  (path: string): Handler =>
  (server) => {
    note(server, `GET ${path}`);
    return { status: 200, body: server.host.hostname };
  };

const HANDLERS: Readonly<Record<string, Handler>> = {
  '/clientip': (server, { client }) => {
    note(server, 'GET /clientip');
    return { status: 200, body: client };
  },
  '/header': header,
  '/dial': dial,
  '/echo': echo,
  '/exit': exit,
  '/healthz': (server) => {
    note(server, 'GET /healthz');
    return { status: 200, body: '' };
  },
  '/readyz': (server) => {
    note(server, 'GET /readyz');
    return server.memory['isTerminating'] === true ? { status: 503, body: 'shutting down' } : { status: 200, body: 'ok' };
  },
  '/hostname': hostname('/hostname'),
  '/hostName': hostname('/hostName'),
  '/redirect': redirect,
  '/shell': shell,
  '/shutdown': (server) => {
    note(server, 'GET /shutdown');
    orderExit(server.memory, 0, server.host.nowMs);
    return { status: 0, body: '', isClosed: true };
  },
  '/upload': upload,
};

function root(server: ServerProcess): HttpReply {
  note(server, 'GET /');
  const { nowMs } = server.host;
  const fraction =
    nowMs % 1000 === 0
      ? ''
      : `.${String(nowMs % 1000)
          .padStart(3, '0')
          .replace(/0+$/, '')}`;
  const elapsed = nowMs - Number(server.memory['startedMs'] ?? nowMs);
  const monotonic = `${Math.floor(elapsed / 1000)}.${String(elapsed % 1000).padStart(3, '0')}000000`;
  return { status: 200, body: `NOW: ${formatDate(nowMs, '%F %T')}${fraction} +0000 UTC m=+${monotonic}` };
}

function echo(server: ServerProcess, _request: HttpRequest, form: Form): HttpReply {
  const [message, code] = [form.get('msg') ?? '', form.get('code') ?? ''];
  note(server, `GET /echo?msg=${message}&code=${code}`);
  if (code !== '' && !isInteger(code)) return { status: 200, body: wrongArgument('code', 'an integer or empty', code) };
  return { status: code === '' ? 200 : Number(code), body: message };
}

function header(server: ServerProcess, { headers }: HttpRequest, form: Form): HttpReply {
  const key = form.get('key') ?? '';
  note(server, key === '' ? 'GET /header' : `GET /header?key=${key}`);
  if (key !== '') return { status: 200, body: headers[key.toLowerCase()] ?? '' };
  const canonical = (name: string): string =>
    name.replace(/(^|-)([a-z])/g, (_match, before: string, letter: string) => before + letter.toUpperCase());
  return { status: 200, body: goJson(Object.fromEntries(Object.entries(headers).map(([name, value]) => [canonical(name), [value]]))) };
}

function exit(server: ServerProcess, _request: HttpRequest, form: Form): HttpReply {
  const [code = '', timeout = '', wait = ''] = ['code', 'timeout', 'wait'].map((name) => form.get(name) ?? '');
  note(server, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
  const [timeoutMs, waitMs] = [durationMs(timeout), durationMs(wait)];
  if (timeoutMs === undefined) return { status: 200, body: wrongArgument('timeout', 'a valid golang duration or empty', timeout) };
  if (waitMs === undefined) return { status: 200, body: wrongArgument('wait', 'a valid golang duration or empty', wait) };
  if (code !== '' && !isInteger(code)) return { status: 200, body: wrongArgument('code', 'an integer [0-127] or empty', code) };
  const [waits, allows] = [formatDuration(waitMs), formatDuration(timeoutMs)];
  note(server, `Will begin shutdown in ${waits}, allowing ${allows} for connections to close, then will exit with ${Number(code)}`);
  const isGraceful = timeoutMs > 0;
  const text = isGraceful ? 'Graceful shutdown completed with: <nil>' : '';
  orderExit(server.memory, Number(code) & 255, server.host.nowMs + waitMs, text);
  return { status: 200, body: '', latencyMs: waitMs, isClosed: !isGraceful };
}

function redirect(server: ServerProcess, { method }: HttpRequest, form: Form): HttpReply {
  const [location, code] = [form.get('location') ?? '', form.get('code') ?? ''];
  note(server, `${method} /redirect?msg=${location}&code=${code}`);
  if (code !== '' && !isInteger(code)) return { status: 200, body: wrongArgument('code', 'an integer or empty', code) };
  const status = code === '' ? 302 : Number(code);
  // Go makes a relative place absolute.
  const place = /^\w+:/.test(location) || location.startsWith('/') ? location : `/${location}`;
  return redirectTo(place, status, REASONS.get(status) ?? '');
}

function shell(server: ServerProcess, _request: HttpRequest, form: Form): HttpReply {
  const own = form.get('shellCommand') ?? '';
  const script = own === '' ? (form.get('cmd') ?? '') : own;
  note(server, `GET /shell?cmd=${script}`);
  const { exitCode, output, tookMs } = server.run(script);
  const result: Record<string, string> = {
    ...(output === '' ? {} : { output }),
    ...(exitCode === 0 ? {} : { error: `exit status ${exitCode}` }),
  };
  note(
    server,
    `Output: map[${['error', 'output'].flatMap((name) => (result[name] === undefined ? [] : [`${name}:${result[name]}`])).join(' ')}]`,
  );
  return { status: 200, body: goJson(result), latencyMs: tookMs };
}

/** Where the image keeps uploads. */
const UPLOADS = '/uploads';

function upload(server: ServerProcess, { headers, body }: HttpRequest): HttpReply {
  const { host } = server;
  note(server, 'GET /upload');
  const text = fileIn(headers['content-type'] ?? '', body);
  if (text === undefined) {
    note(server, "Unable to upload file: request Content-Type isn't multipart/form-data");
    return { status: 200, body: goJson({ error: 'Unable to upload file.' }) };
  }
  const path = `${UPLOADS}/upload${String(host.random(1_000_000_000)).padStart(9, '0')}`;
  const error = host.files.write(path, text, false);
  if (error !== null) {
    note(server, `Unable to open file for write: open ${path}: ${error.toLowerCase()}`);
    return { status: 200, body: goJson({ error: 'Unable to open file for write' }) };
  }
  host.files.setMode(path, 0o700);
  note(server, `Wrote upload to ${path}`);
  return { status: 201, body: goJson({ output: path }) };
}

/** The part `file` of a form that was sent as several parts. */
function fileIn(contentType: string, body: string): string | undefined {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  for (const part of body.split(`--${boundary}`)) {
    const at = part.search(/\r?\n\r?\n/);
    if (at < 0 || !/name="file"/.test(part.slice(0, at))) continue;
    return part
      .slice(at)
      .replace(/^\r?\n\r?\n/, '')
      .replace(/\r?\n$/, '');
  }
  return undefined;
}

function wrongArgument(name: string, wanted: string, given: string): string {
  return `argument '${name}' must be ${wanted}, got ${JSON.stringify(given)}\n`;
}

function isInteger(text: string): boolean {
  return /^[-+]?\d{1,9}$/.test(text);
}

function durationMs(text: string): number | undefined {
  return text === '' ? 0 : parseDuration(text);
}
