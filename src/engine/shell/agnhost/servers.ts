// The other servers of agnhost. Upstream: test/images/agnhost/{serve-hostname,porter,liveness,test-webserver} (v1.33). Rule: K913.

import { formatDuration } from '../../apimachinery/time.ts';
import { formOf, type HttpReply, type HttpRequest, type Listener, plainPath, type ServerProcess } from '../server.ts';
import { serveFile } from './file-server.ts';
import { isSet, numberOf } from './flags.ts';
import { goLog, httpError, redirectTo, serve, type Subcommand } from './subcommand.ts';

const HOSTNAME_PORT = 9376;
/** serve-hostname goes on for so long after SIGTERM. */
const AWAIT_MS = 60_000;

export const serveHostname: Subcommand = {
  flags: { tcp: { kind: 'flag' }, udp: { kind: 'flag' }, http: { kind: 'flag' }, close: { kind: 'flag' }, port: { kind: 'number' } },
  run(context, values) {
    const { host, error } = context;
    const port = numberOf(values, 'port', HOSTNAME_PORT);
    const [isHttp, isTcp, isUdp] = [isSet(values, 'http', true), isSet(values, 'tcp'), isSet(values, 'udp')];
    if (isHttp && (isTcp || isUdp)) {
      error(goLog(host.nowMs, "Can't server TCP/UDP mode and HTTP mode at the same time"));
      return 1;
    }
    const listeners: Listener[] = [
      ...(isHttp || isTcp ? [{ port, protocol: 'tcp' as const, speaks: isHttp ? ('http' as const) : ('raw' as const) }] : []),
      ...(isUdp ? [{ port, protocol: 'udp' as const, speaks: 'raw' as const }] : []),
    ];
    return serve(context, listeners, () => error(goLog(host.nowMs, `Serving on port ${port}.`)));
  },
  signalled({ host, memory, process, error }) {
    if (memory['endMs'] === undefined) {
      error(goLog(host.nowMs, 'Shutting down after receiving signal: terminated.'));
      error(goLog(host.nowMs, 'Awaiting pod deletion.'));
    }
    const untilMs = Number((memory['endMs'] ??= host.nowMs + AWAIT_MS));
    if (untilMs <= host.nowMs) return 0;
    process.wait = { for: 'time', untilMs };
    return null;
  },
  http({ host }, { client }, values) {
    host.write('stderr', goLog(host.nowMs, `HTTP request from ${client}`));
    const headers: Record<string, string> = isSet(values, 'close') ? { Connection: 'close' } : {};
    return { status: 200, body: host.hostname, headers, untilMs: host.nowMs };
  },
  raw({ host }, _text, client, values) {
    host.write('stderr', goLog(host.nowMs, `${isSet(values, 'udp') ? 'UDP' : 'TCP'} request from ${client}`));
    return host.hostname;
  },
};

/** Beginnings of variables that name a port, and what is spoken there. */
const PORTER_PREFIXES: readonly (readonly [string, Omit<Listener, 'port'>])[] = [
  ['SERVE_PORT_', { protocol: 'tcp', speaks: 'http' }],
  ['SERVE_TCP_PORT_', { protocol: 'tcp', speaks: 'http' }],
  ['SERVE_TLS_PORT_', { protocol: 'tcp', speaks: 'https' }],
  ['SERVE_UDP_PORT_', { protocol: 'udp', speaks: 'raw' }],
];

/** Serves the value of each variable that names a port. */
export const porter: Subcommand = {
  flags: { 'json-response': { kind: 'flag' } },
  run(context) {
    const { host, process, error } = context;
    const served = PORTER_PREFIXES.flatMap(([prefix, kind]) =>
      portsOf(process.variables, prefix).map((port): Listener => ({ port, ...kind })),
    );
    return serve(context, served, () => {
      for (const { port, protocol } of served) if (protocol === 'udp') error(goLog(host.nowMs, `Started UDP server on port ${port}`));
    });
  },
  http(server, { method }, values) {
    const body = portValue(server, 'tcp');
    if (!isSet(values, 'json-response')) return { status: 200, body };
    return { status: 200, body: JSON.stringify({ Method: method, Body: body }), headers: { 'Content-Type': 'application/json' } };
  },
  raw: (server) => portValue(server, 'udp'),
};

function portsOf(variables: Readonly<Record<string, string>>, prefix: string): number[] {
  const names = Object.keys(variables).filter((name) => name.startsWith(prefix) && /^\d{1,5}$/.test(name.slice(prefix.length)));
  return names.map((name) => Number(name.slice(prefix.length)));
}

function portValue({ process, port }: ServerProcess, protocol: Listener['protocol']): string {
  const names = PORTER_PREFIXES.filter(([, kind]) => kind.protocol === protocol).map(([prefix]) => `${prefix}${port}`);
  const name = names.find((item) => process.variables[item] !== undefined) ?? '';
  return process.variables[name] ?? '';
}

const LIVENESS_PORT = 8080;
/** `liveness` turns unhealthy after this. */
const HEALTHY_MS = 10_000;

export const liveness: Subcommand = {
  flags: {},
  run(context) {
    const { host, memory } = context;
    return serve(context, [{ port: LIVENESS_PORT, protocol: 'tcp', speaks: 'http' }], () => {
      memory['startedMs'] = host.nowMs;
    });
  },
  http({ host, memory }, request) {
    const startedMs = Number(memory['startedMs'] ?? host.nowMs);
    const elapsedMs = host.nowMs - startedMs;
    switch (plainPath(request.path)) {
      case '/started':
        return { status: 200, body: formatDuration(elapsedMs) };
      case '/healthz':
        if (elapsedMs > HEALTHY_MS) return { status: 500, body: `error: ${elapsedMs / 1000}` };
        return { status: 200, body: 'ok', untilMs: startedMs + HEALTHY_MS + 1 };
      case '/redirect':
        return redirectTo(formOf(request).get('loc') ?? '', 302, 'Found');
      case '/disconnect-headers':
      case '/disconnect-body':
        return { status: 0, body: '', isClosed: true };
      case '/sleep-headers':
      case '/sleep-body':
      case '/slow-response':
        return slowly(request);
      default:
        return httpError(404, '404 page not found');
    }
  },
};

/** Answers with a code, a size and after a time that the query gives. */
function slowly(request: HttpRequest): HttpReply {
  const form = formOf(request);
  const numbers = ['code', 'time', 'size', 'interval'].map((name) => {
    const text = form.get(name) ?? '';
    return text === '' || /^\d{1,6}$/.test(text) ? Number(text) : name;
  });
  const wrong = numbers.find((item) => typeof item === 'string');
  if (wrong !== undefined)
    return httpError(400, `parameter '${wrong}' is invalid: strconv.Atoi: parsing ${JSON.stringify(form.get(wrong))}: invalid syntax`);
  const [code = 0, seconds = 0, size = 0, interval = 0] = numbers as number[];
  const path = plainPath(request.path);
  const text = path === '/slow-response' ? '' : `Slept for ${seconds} secs\n`;
  const begin = path === '/sleep-body' ? `Sleeping for ${seconds} secs\n` : '';
  const filler = '0'.repeat(1024).repeat(Math.min(size, SIZE_MAX_KB));
  const waited = path === '/sleep-headers' ? seconds : path === '/sleep-body' ? seconds + size * interval : size * interval;
  const body = path === '/sleep-headers' ? text + filler : filler + begin + text;
  return { status: code === 0 ? 500 : code, body, latencyMs: waited * 1000 };
}

const SIZE_MAX_KB = 1_024;

const WEB_PORT = 80;

/** Serves every file of the container. */
export const testWebserver: Subcommand = {
  flags: { port: { kind: 'number' } },
  run(context, values) {
    return serve(context, [{ port: numberOf(values, 'port', WEB_PORT), protocol: 'tcp', speaks: 'http' }], () => {});
  },
  http: (server, request) => serveFile(server.host.files, request.path),
};
