// `/dial` of netexec: asks somebody else so many times, and tells the answers and the errors. Upstream: test/images/agnhost/netexec (v1.33). Rule: K913.

import { formOf, type HttpReply, type HttpRequest, type ServerProcess } from '../server.ts';
import type { NetworkAnswer, ShellHost } from '../state.ts';
import { goJson, goLog, httpError } from './subcommand.ts';

/** Time after which a client of netexec gives up. */
const TIMEOUT_MS = 5_000;
/** Tries of one request that are really made. */
const TRIES_MAX = 1_000;

export function dial(server: ServerProcess, request: HttpRequest): HttpReply {
  const { host } = server;
  const form = formOf(request);
  const [name = '', port = '', wanted = '', protocol = '', tries = ''] = ['host', 'port', 'request', 'protocol', 'tries'].map(
    (key) => form.get(key) ?? '',
  );
  host.write('stderr', goLog(host.nowMs, `GET /dial?host=${name}&protocol=${protocol}&port=${port}&request=${wanted}&tries=${tries}`));
  if (tries !== '' && !/^[-+]?\d{1,9}$/.test(tries))
    return httpError(400, `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(tries)}: invalid syntax`);
  if (wanted === '') return httpError(400, 'request parameter not specified. <nil>');
  const kind = protocol.toLowerCase();
  if (!['', 'http', 'udp', 'sctp'].includes(kind)) return httpError(400, `unsupported protocol. ${protocol}`);
  const address = /^[\d.]+$/.test(name) ? name : host.resolve(name);
  if (address === undefined) return httpError(400, `host and/or port param are invalid. lookup ${name}: no such host`);
  if (!/^\d{1,5}$/.test(port)) return httpError(400, `host and/or port param are invalid. lookup tcp/${port}: unknown port`);
  return tally(Math.min(tries === '' ? 1 : Number(tries), TRIES_MAX), () =>
    kind === 'udp' || kind === 'sctp' ? askRaw(host, kind, address, port, wanted) : askHttp(host, address, port, wanted),
  );
}

interface Try {
  readonly answer: NetworkAnswer;
  /** Empty when it was answered. */
  readonly error: string;
}

/** The answers are told only when the last one was not empty. */
function tally(count: number, ask: () => Try): HttpReply {
  const responses: string[] = [];
  const errors: string[] = [];
  let last = '';
  let latencyMs = 0;
  for (let index = 0; index < count; index += 1) {
    const { answer, error } = ask();
    latencyMs += Math.min(answer.latencyMs, TIMEOUT_MS);
    last = error === '' ? answer.body : '';
    if (error === '') responses.push(last);
    else errors.push(error);
  }
  const output = { ...(last === '' ? {} : { responses }), ...(errors.length === 0 ? {} : { errors }) };
  return { status: 200, body: goJson(output), latencyMs };
}

function askHttp(host: ShellHost, address: string, port: string, wanted: string): Try {
  const url = `http://${address}:${port}/${wanted}`;
  const answer = host.request('GET', url, '', {});
  const isLate = answer.outcome === 'timeout' || answer.latencyMs > TIMEOUT_MS;
  if (isLate) {
    const cause = answer.outcome === 'timeout' ? `dial tcp ${address}:${port}: i/o timeout` : 'context deadline exceeded';
    return {
      answer: { ...answer, latencyMs: TIMEOUT_MS },
      error: `Get ${JSON.stringify(url)}: ${cause} (Client.Timeout exceeded while awaiting headers)`,
    };
  }
  if (answer.outcome === 'ok') return { answer, error: '' };
  const cause = answer.outcome === 'closed' ? 'EOF' : `dial tcp ${address}:${port}: connect: connection refused`;
  return { answer, error: `Get ${JSON.stringify(url)}: ${cause}` };
}

function askRaw(host: ShellHost, kind: 'udp' | 'sctp', address: string, port: string, wanted: string): Try {
  const answer = host.converse('udp', address, Number(port), wanted);
  if (kind === 'udp' && answer.outcome === 'ok' && answer.body !== '') return { answer, error: '' };
  if (kind === 'udp' && answer.outcome === 'refused')
    return { answer, error: `reading from udp connection failed. err:'read udp ${address}:${port}: recvfrom: connection refused'` };
  return {
    answer: { ...answer, latencyMs: TIMEOUT_MS },
    error: `reading from ${kind} connection failed. err:'read ${kind} ${address}:${port}: i/o timeout'`,
  };
}
