// Requests to servers that are programs: the process is found by the port it listens on, answers at this instant, and writes its log. A mere look
// leaves no trace. Rules: K434, K913.

import type { ClusterState } from '../../kernel/state.ts';
import { containerConfig } from '../container-config.ts';
import { type ContainerPlace, WriteRefused } from '../files/files.ts';
import type { HostOpener } from '../processes/host-types.ts';
import { appendLog } from '../processes/logs.ts';
import { setProcessTimer } from '../processes/process-timer.ts';
import { sessions } from '../processes/session-table.ts';
import {
  answerHttp,
  answerRaw,
  BAD_REQUEST,
  createSession,
  exitOf,
  type HttpReply,
  type HttpRequest,
  type Listener,
  listenersOf,
  nextWakeMs,
  parseRequest,
  type Process,
  replyText,
  runSession,
  type ServerProcess,
  type ShellHost,
  spend,
} from '../../shell/index.ts';

/** Who is asked, how it is opened, and whether the question may leave a trace. */
export interface ExchangeOptions {
  readonly open: HostOpener;
  readonly isLook: boolean;
  /** A probe asks: web servers do not log it. */
  readonly isProbe?: boolean;
}

/** The listener of a program in an instance on a port; undefined when no program serves it. */
export function listenerOn(state: ClusterState, instanceId: string, port: number, protocol: Listener['protocol']): Listener | undefined {
  for (const process of sessions.get(state, instanceId)?.shell.processes ?? []) {
    const found = listenersOf(process as Process).find((item) => item.port === port && item.protocol === protocol);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Asks the program on a port by HTTP. */
export function askProgram(
  state: ClusterState,
  place: ContainerPlace,
  listener: Listener,
  request: HttpRequest,
  options: ExchangeOptions,
): HttpReply {
  if (listener.speaks === 'raw') return { status: 0, body: '', isClosed: true };
  try {
    return withServer(state, place, listener, options, (server) => answerHttp(server, request)) ?? { status: 503, body: '' };
  } catch (error) {
    // What a look cannot see is looked at for real when its time comes.
    if (error instanceof WriteRefused) return { status: 200, body: '', untilMs: state.nowMs };
    throw error;
  }
}

/** Sends text to the program on a port, and returns what comes back. */
export function talkToProgram(
  state: ClusterState,
  place: ContainerPlace,
  listener: Listener,
  text: string,
  client: string,
  options: ExchangeOptions,
): string {
  if (listener.speaks === 'raw' || listener.speaks === 'any')
    return withServer(state, place, listener, options, (server) => answerRaw(server, text, client)) ?? '';
  if (text === '') return '';
  const request = listener.speaks === 'http' ? parseRequest(text, client) : undefined;
  return request === undefined ? BAD_REQUEST : replyText(askProgram(state, place, listener, request, options));
}

function withServer<Answer>(
  state: ClusterState,
  place: ContainerPlace,
  listener: Listener,
  { open, isLook }: ExchangeOptions,
  ask: (server: ServerProcess) => Answer,
): Answer | undefined {
  const { instance, worker, pod, container } = place;
  const config = containerConfig(state, worker, pod, container);
  const row = isLook ? sessions.get(state, instance.id) : sessions.edit(state, instance.id);
  const process = row?.shell.processes.find((item) => listenersOf(item as Process).some(isSame(listener))) as Process | undefined;
  if (!config.ok || row === undefined || process === undefined || process.running === null) return undefined;
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    if (!isLook) appendLog(state, instance.id, stream, text);
  };
  const { host, files } = open(state, place, config.value, { nowMs: state.nowMs, isLook, isMain: true, write });
  const memory = isLook ? { ...process.running.memory } : process.running.memory;
  const run: ServerProcess['run'] = (script) => {
    const outcome = runScript(process, host, script);
    if (!isLook) spend((row.shell as { budget: Parameters<typeof spend>[0] }).budget, outcome.worked);
    return outcome;
  };
  const answer = ask({ process, memory, host, port: listener.port, run });
  files.close();
  const endsMs = exitOf(memory);
  if (endsMs !== undefined && !isLook) {
    process.wait = { for: 'time', untilMs: endsMs };
    setProcessTimer(state, worker, instance.id, endsMs);
  }
  return answer;
}

function isSame({ port, protocol }: Listener): (other: Listener) => boolean {
  return (other) => other.port === port && other.protocol === protocol;
}

/** Times a script may wake, and virtual time it may take, before it is given up. */
const WAKES_MAX = 1_000;
const SCRIPT_MS_MAX = 600_000;

/** Runs a script to its end, ahead of the clock. */
function runScript(parent: Process, host: ShellHost, script: string): ReturnType<ServerProcess['run']> & { readonly worked: number } {
  let output = '';
  const session = createSession({
    words: ['/bin/sh', '-c', script],
    name: '/bin/sh',
    environment: Object.fromEntries(parent.exported.map((name) => [name, parent.variables[name] ?? ''])),
    cwd: parent.cwd,
    isInit: false,
  });
  let nowMs = host.nowMs;
  let worked = 0;
  for (let wakes = 0; wakes < WAKES_MAX; wakes += 1) {
    const write: ShellHost['write'] = (_stream, text) => {
      output += text;
    };
    runSession(session, { ...host, nowMs, write });
    worked += session.budget.spent;
    if (session.exitCode !== null) return { exitCode: session.exitCode, output, tookMs: nowMs - host.nowMs, worked };
    const wakeMs = nextWakeMs(session);
    if (wakeMs === undefined || wakeMs - host.nowMs > SCRIPT_MS_MAX) break;
    nowMs = wakeMs;
  }
  return { exitCode: 137, output, tookMs: SCRIPT_MS_MAX, worked };
}
