// Connections that bash opens by redirections: `exec 3<>/dev/tcp/host/port`. What is written is sent when somebody reads, which ends the exchange.
// Deviation: the connection takes no time, and one that nobody answers fails at once.

import type { NetworkAnswer, Process, ShellHost, ShellState, Socket } from './state.ts';

/** Connects. Returns the error text, or null. */
export function openSocket(state: ShellState, process: Process, fd: number, path: string, host: ShellHost): string | null {
  const [, , protocol = '', name = '', service = ''] = path.split('/');
  host.noteCommand('nc');
  const port = Number(SERVICES[service] ?? service);
  const shown = `/dev/${protocol}/${name}/${service}`;
  const answer = protocol === 'udp' ? undefined : host.connect(name, port);
  if (answer !== undefined && answer.outcome !== 'ok') {
    const unresolved = UNRESOLVED[answer.outcome];
    const reason =
      unresolved !== undefined ? 'Invalid argument' : answer.outcome === 'timeout' ? 'Connection timed out' : 'Connection refused';
    host.write('stderr', `${process.name}: ${unresolved === undefined ? `connect: ${reason}` : `${name}: ${unresolved}`}\n`);
    return `${shown}: ${reason}`;
  }
  const sockets = (state.sockets ??= []);
  const id = `s${state.nextPipe}`;
  state.nextPipe += 1;
  // Those that no descriptor leads to any more are closed.
  const held = new Set(
    state.processes.flatMap(({ descriptors, savedDescriptors }) =>
      [...descriptors, ...savedDescriptors.flat()].map((item) => (item?.to === 'socket' ? item.id : '')),
    ),
  );
  state.sockets = [
    ...sockets.filter((socket) => held.has(socket.id)),
    { id, protocol: protocol === 'udp' ? 'udp' : 'tcp', host: name, port, sent: '', received: null },
  ];
  process.descriptors[fd] = { to: 'socket', id };
  return null;
}

/** What getaddrinfo says of names that have no address. */
const UNRESOLVED: Readonly<Partial<Record<NetworkAnswer['outcome'], string>>> = {
  'unknown-host': 'Name or service not known',
  'dns-timeout': 'Temporary failure in name resolution',
};

const SERVICES: Readonly<Record<string, string>> = { http: '80', https: '443', ssh: '22', domain: '53', smtp: '25' };

function socketOf(state: ShellState, id: string): Socket | undefined {
  return state.sockets?.find((socket) => socket.id === id);
}

export function writeSocket(state: ShellState, id: string, text: string): string | null {
  const socket = socketOf(state, id);
  if (socket === undefined) return 'Bad file descriptor';
  socket.sent += text;
  return null;
}

/** What came back, once; undefined at its end. */
export function readSocket(state: ShellState, id: string, host: ShellHost): string | undefined {
  const socket = socketOf(state, id);
  if (socket === undefined) return undefined;
  if (socket.received === null || (socket.received === '' && socket.sent !== '')) {
    socket.received = host.converse(socket.protocol, socket.host, socket.port, socket.sent).body;
    socket.sent = '';
  }
  const { received } = socket;
  socket.received = '';
  return received === '' ? undefined : received;
}
