// `agnhost nettest`: a server that counts who has written to it. Upstream: test/images/agnhost/nettest (v1.33). Rule: K913.
// Omits its own calls of its peers: it says for ever that it is still contacting them.

import { type Json, isJsonObject } from '../../apimachinery/meta.ts';
import { type HttpReply, plainPath, type ServerProcess } from '../server.ts';
import { numberOf } from './flags.ts';
import { httpError, orderExit, serve, type Subcommand } from './subcommand.ts';

const PORT = 8080;

export const nettest: Subcommand = {
  flags: {
    port: { kind: 'number' },
    'peer-count': { kind: 'number' },
    service: { kind: 'text' },
    namespace: { kind: 'text' },
    'delay-shutdown': { kind: 'number' },
  },
  run(context, values) {
    return serve(context, [{ port: numberOf(values, 'port', PORT), protocol: 'tcp', speaks: 'http' }], () => {});
  },
  http(server, { path, body }) {
    switch (plainPath(path)) {
      case '/read':
        return { status: 200, body: JSON.stringify(stateOf(server), null, '\t'), untilMs: server.host.nowMs };
      case '/write':
        return write(server, body);
      case '/status':
        return { status: 200, body: 'running' };
      case '/quit':
        orderExit(server.memory, 0, server.host.nowMs);
        return { status: 0, body: '', isClosed: true };
      default:
        return httpError(404, '404 page not found');
    }
  },
};

interface State {
  readonly Hostname: string;
  readonly Sent: null;
  readonly Received: Readonly<Record<string, number>> | null;
  readonly Errors: readonly string[] | null;
  readonly Log: null;
  readonly StillContactingPeers: boolean;
}

function stateOf({ host, memory }: ServerProcess): State {
  const { Received = null, Errors = null } = (memory['state'] ?? {}) as Partial<State>;
  return { Hostname: host.hostname, Sent: null, Received, Errors, Log: null, StillContactingPeers: true };
}

function write(server: ServerProcess, body: string): HttpReply {
  const { host, memory } = server;
  const { Received, Errors } = stateOf(server);
  const source = sourceOf(body);
  const counts = source === '' ? Received : { ...Received, [source]: (Received?.[source] ?? 0) + 1 };
  const errors = source === '' ? [...(Errors ?? []), `${host.hostname}: Got request with no source`] : Errors;
  memory['state'] = { Received: counts, Errors: errors };
  return { status: 200, body: `${JSON.stringify({ Hostname: host.hostname })}\n`, untilMs: host.nowMs };
}

function sourceOf(text: string): string {
  // Anybody may write anything.
  try {
    const value = JSON.parse(text) as Json;
    const source = isJsonObject(value) ? (value['Source'] ?? value['source']) : undefined;
    return typeof source === 'string' ? source : '';
  } catch {
    return '';
  }
}
