// `agnhost guestbook`: a store with replicas, and a page before it. Upstream: test/images/agnhost/guestbook/guestbook.go (v1.33). Rule: K913.

import { isJsonObject, type Json } from '../../apimachinery/meta.ts';
import type { CommandContext } from '../command.ts';
import { formOf, type HttpReply, type HttpRequest, plainPath, type ServerProcess } from '../server.ts';
import type { NetworkAnswer, ShellHost } from '../state.ts';
import { goJson, goLog, httpError, orderExit, serve, type Subcommand, type Values } from './subcommand.ts';

const HTTP_PORT = '80';
const BACKEND_PORT = '6379';
/** Between two attempts of a replica to be known to its primary, and until it gives up. */
const RETRY_MS = 1_000;
const REGISTER_WITHIN_MS = 15_000;

export const guestbook: Subcommand = {
  flags: { 'http-port': { kind: 'text' }, 'backend-port': { kind: 'text' }, replicaof: { kind: 'text' } },
  run(context, values) {
    const { host, memory } = context;
    const port = Number(values.get('http-port') ?? HTTP_PORT);
    const primary = values.get('replicaof') ?? '';
    const isNew = primary !== '' && memory['isRegistered'] !== true;
    const untilMs = Number((memory['registerUntilMs'] ??= host.nowMs + REGISTER_WITHIN_MS));
    if (isNew && untilMs <= host.nowMs) orderExit(memory, 1, host.nowMs, 'Timed out while registering to primary.');
    const ended = serve(context, [{ port, protocol: 'tcp', speaks: 'http' }], () => {});
    if (ended === null && isNew) register(context, `${primary}:${backendPort(values)}`);
    return ended;
  },
  http(server, request, values) {
    switch (plainPath(request.path)) {
      case '/register':
        return admit(server, request);
      case '/get':
        return get(server, request);
      case '/set':
        return set(server, request, values);
      case '/guestbook':
        return passOn(server, request, values);
      default:
        return httpError(404, '404 page not found');
    }
  },
};

function backendPort(values: Values): string {
  return values.get('backend-port') ?? BACKEND_PORT;
}

/** One attempt of a replica to get the store from its primary, which will tell it what changes. */
function register({ host, memory, process, error }: CommandContext, primary: string): void {
  const asked = `register?host=${host.resolve(host.hostname) ?? ''}`;
  error(goLog(host.nowMs, `Registering to primary: ${primary}/${asked}`));
  const answer = dial(host, asked, primary);
  const data = answer.outcome === 'ok' ? dataOf(answer.body) : undefined;
  if (data === undefined) {
    error(goLog(host.nowMs, `encountered error while registering to primary: ${failureOf(answer)}. Retrying in 1s.`));
    process.wait = { for: 'time', untilMs: host.nowMs + RETRY_MS };
    return;
  }
  memory['store'] = data;
  memory['isRegistered'] = true;
  error(goLog(host.nowMs, `Registered to node: ${primary.replace(/:\d+$/, '')}`));
}

function dataOf(text: string): Readonly<Record<string, string>> | undefined {
  // Whoever has the primary's name may answer anything.
  try {
    const value = JSON.parse(text) as Json;
    const data = isJsonObject(value) ? value['data'] : undefined;
    return isJsonObject(data) ? (data as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}

function dial(host: ShellHost, request: string, hostPort: string): NetworkAnswer {
  return host.request('GET', `http://${hostPort}/${request}`, '', {});
}

function failureOf({ outcome, address }: NetworkAnswer): string {
  if (outcome === 'unknown-host' || outcome === 'dns-timeout') return `lookup ${address}: no such host`;
  return `dial tcp ${address}: ${outcome === 'timeout' ? 'i/o timeout' : 'connect: connection refused'}`;
}

function storeOf({ memory }: ServerProcess): Readonly<Record<string, string>> {
  return (memory['store'] ?? {}) as Readonly<Record<string, string>>;
}

function note({ host }: ServerProcess, text: string): void {
  host.write('stderr', goLog(host.nowMs, text));
}

function reply({ host }: ServerProcess, value: unknown): HttpReply {
  return { status: 200, body: goJson(value), untilMs: host.nowMs };
}

function admit(server: ServerProcess, request: HttpRequest): HttpReply {
  const { memory } = server;
  const address = formOf(request).get('host') ?? '';
  note(server, `GET /register?host=${address}`);
  memory['replicas'] = [...((memory['replicas'] ?? []) as readonly string[]), address];
  note(server, `Node '${address}' registered.`);
  return reply(server, { data: storeOf(server) });
}

function get(server: ServerProcess, request: HttpRequest): HttpReply {
  const key = formOf(request).get('key') ?? '';
  note(server, `GET /get?key=${key}`);
  const store = storeOf(server);
  return reply(server, { data: key === '' ? store : (store[key] ?? '') });
}

function set(server: ServerProcess, request: HttpRequest, values: Values): HttpReply {
  const { host, memory } = server;
  const form = formOf(request);
  const [key = '', value = ''] = [form.get('key'), form.get('value')];
  note(server, `GET /set?key=${key}&value=${value}`);
  if (key === '') return httpError(400, 'cannot set with empty key.');
  memory['store'] = { ...storeOf(server), [key]: value };
  for (const replica of (memory['replicas'] ?? []) as readonly string[]) {
    const answer = dial(host, `set?key=${key}&value=${value}`, `${replica}:${backendPort(values)}`);
    if (answer.outcome !== 'ok') return httpError(417, `encountered error while propagating to replica '${replica}': ${failureOf(answer)}`);
  }
  return reply(server, { message: 'Updated' });
}

/** The page asks the primary to write and a replica to read. */
function passOn(server: ServerProcess, request: HttpRequest, values: Values): HttpReply {
  const form = formOf(request);
  const command = (form.get('cmd') ?? '').toLowerCase();
  const [key = '', value = ''] = [form.get('key'), form.get('value')];
  note(server, `GET /guestbook?cmd=${command}&key=${key}&value=${value}`);
  if (command !== 'get' && command !== 'set') return httpError(400, `unsupported cmd: '${command}'`);
  if (command === 'set' && key === '') return httpError(400, 'cannot set with empty key.');
  const backend = command === 'get' ? 'agnhost-replica' : 'agnhost-primary';
  const answer = dial(server.host, `${command}?key=${key}&value=${value}`, `${backend}:${backendPort(values)}`);
  if (answer.outcome === 'ok') return { status: 200, body: answer.body, latencyMs: answer.latencyMs, untilMs: server.host.nowMs };
  if (answer.outcome === 'unknown-host') return httpError(400, `host and/or port param are invalid. ${failureOf(answer)}`);
  return httpError(417, `encountered error: ${failureOf(answer)}`);
}
