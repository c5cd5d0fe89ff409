// Runs one probe against a simulated container: result, text, latency, and until when the answer stays the same.
// Upstream: pkg/kubelet/prober/prober.go, pkg/probe/{http,tcp,exec,grpc} (v1.33). Rules: K430-K436.

import { formatDuration } from '../apimachinery/time.ts';
import type { Container, HttpGetAction, Pod, Probe } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { type Instance, newestInstance, type PodWorker } from './model.ts';
import { ruleAt } from '../kinds/shared/behavior.ts';
import { behaviorOf } from './runtime/behaviors.ts';
import { runExec } from './runtime/hooks.ts';
import { timingOf } from './timing.ts';

export interface ProbeAnswer {
  readonly result: 'success' | 'warning' | 'failure' | 'error';
  /** Text of the event; empty on success. */
  readonly output: string;
  /** Virtual milliseconds from the beginning of the pass to its result. */
  readonly latencyMs: number;
  /** The instant before which the same probe gives the same answer; null: for ever. */
  readonly constantUntilMs: number | null;
}

/** Runs a probe at `state.nowMs`. */
export function runProbe(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, container: Container, probe: Probe): ProbeAnswer {
  if (probe.httpGet !== undefined) return probeHttp(state, worker, pod, container, probe, probe.httpGet);
  if (probe.tcpSocket !== undefined) return probeTcp(state, worker, pod, container, probe, probe.tcpSocket.port, probe.tcpSocket.host);
  if (probe.grpc !== undefined) return probeGrpc(state, worker, pod, container, probe);
  return probeExec(state, worker, container, probe);
}

interface Target {
  readonly instance: Instance;
  readonly startedMs: number;
  /** Earliest instant at which the process or its start-up changes. */
  readonly changesMs: number | null;
}

/** K434: network probes reach whatever process serves the port now, declared by any container of the pod. */
function targetOf(worker: Readonly<PodWorker>, pod: Pod, container: Container, port: number): Target | undefined {
  const owner = pod.spec.containers.find((item) => item.ports?.some((declared) => declared.containerPort === port) === true) ?? container;
  return runningTarget(newestInstance(worker.runtime, owner.name));
}

function runningTarget(instance: Instance | undefined): Target | undefined {
  if (instance === undefined || instance.state !== 'running' || instance.startedMs === null) return undefined;
  return { instance, startedMs: instance.startedMs, changesMs: instance.exit?.atMs ?? null };
}

/** A number, or the named port of the container. */
function portNumber(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((item) => item.name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

interface Connection {
  readonly target: Target | undefined;
  readonly outcome: 'open' | 'refused' | 'timeout';
  readonly latencyMs: number;
  readonly constantUntilMs: number | null;
}

/** Connects to a port: refused before start-up is over, where nothing listens, and where the behaviour says so. */
function connect(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, container: Container, port: number): Connection {
  const target = targetOf(worker, pod, container, port);
  if (target === undefined) return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: null };
  const behavior = behaviorOf(state, target.instance);
  const elapsedMs = state.nowMs - target.startedMs;
  const { rule, untilMs } = ruleAt(behavior.tcp, elapsedMs, (item) => item.port === null || item.port === port);
  const ends = earliest([target.changesMs, untilMs === null ? null : target.startedMs + untilMs]);
  if (elapsedMs < behavior.startupMs) {
    return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: earliest([ends, target.startedMs + behavior.startupMs]) };
  }
  const listens = behavior.ports.includes(port) || behavior.http.some((item) => item.port === port) || rule !== undefined;
  const outcome = !listens || rule?.accepts === false ? 'refused' : 'open';
  return { target, outcome, latencyMs: rule?.latencyMs ?? 0, constantUntilMs: ends };
}

function probeHttp(
  state: ClusterState,
  worker: Readonly<PodWorker>,
  pod: Pod,
  container: Container,
  probe: Probe,
  action: HttpGetAction,
): ProbeAnswer {
  const port = portNumber(container, action.port);
  const base = timingOf(state).probeLatencyMs;
  if (port === undefined) return failed('error', `couldn't find port: ${String(action.port)} of container ${container.name}`, base, null);
  const host = action.host !== undefined && action.host !== '' ? action.host : (worker.status.podIP ?? '');
  const url = `${action.scheme.toLowerCase()}://${host}:${port}${action.path.startsWith('/') ? '' : '/'}${action.path}`;
  const connection = connect(state, worker, pod, container, port);
  const timeoutMs = probe.timeoutSeconds * 1000;
  const late = (untilMs: number | null): ProbeAnswer =>
    failed('failure', `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, timeoutMs, untilMs);
  if (connection.outcome === 'refused' || connection.target === undefined) {
    return failed('failure', `Get "${url}": dial tcp ${host}:${port}: connect: connection refused`, base, connection.constantUntilMs);
  }
  const answer = answerHttp(state, connection.target, port, action.path);
  const constantUntilMs = earliest([connection.constantUntilMs, answer.untilMs]);
  const latencyMs = connection.latencyMs + answer.latencyMs;
  if (latencyMs >= timeoutMs) return late(constantUntilMs);
  const tookMs = Math.max(base, latencyMs);
  if (answer.status >= 300 && answer.status < 400 && answer.location !== null && !isSameHost(answer.location, host)) {
    // K433: a redirect to another host is not followed; it counts as success with a warning.
    return failed('warning', `Probe terminated redirects, Response body: ${answer.body}`, tookMs, constantUntilMs);
  }
  if (answer.status >= 200 && answer.status < 400) return { result: 'success', output: '', latencyMs: tookMs, constantUntilMs };
  return failed('failure', `HTTP probe failed with statuscode: ${answer.status}`, tookMs, constantUntilMs);
}

/** The status a server gives for a path: by its rules, else the code asked for in the query, else 200. */
export function answerHttp(
  state: ClusterState,
  target: { readonly instance: Instance; readonly startedMs: number },
  port: number,
  path: string,
): { status: number; latencyMs: number; body: string; location: string | null; untilMs: number | null } {
  const plain = path.split('?')[0] ?? path;
  const elapsedMs = state.nowMs - target.startedMs;
  const matches = (rule: { port: number | null; path: string | null }): boolean =>
    (rule.port === null || rule.port === port) &&
    (rule.path === null ||
      rule.path === plain ||
      rule.path === path ||
      (rule.path.endsWith('*') && plain.startsWith(rule.path.slice(0, -1))));
  const { rule, untilMs } = ruleAt(behaviorOf(state, target.instance).http, elapsedMs, matches);
  const until = untilMs === null ? null : target.startedMs + untilMs;
  if (rule !== undefined)
    return { status: rule.status, latencyMs: rule.latencyMs, body: rule.body, location: rule.location, untilMs: until };
  const code = /[?&]code=([1-5]\d\d)(?:&|$)/.exec(path)?.[1];
  return { status: code === undefined ? 200 : Number(code), latencyMs: 0, body: '', location: null, untilMs: until };
}

function isSameHost(location: string, host: string): boolean {
  const match = /^\w+:\/\/([^/:?#]+)/.exec(location);
  return match === null || match[1] === host;
}

function probeTcp(
  state: ClusterState,
  worker: Readonly<PodWorker>,
  pod: Pod,
  container: Container,
  probe: Probe,
  wanted: number | string,
  givenHost: string | undefined,
): ProbeAnswer {
  const port = portNumber(container, wanted);
  const base = timingOf(state).probeLatencyMs;
  if (port === undefined) return failed('error', `couldn't find port: ${String(wanted)} of container ${container.name}`, base, null);
  const host = givenHost !== undefined && givenHost !== '' ? givenHost : (worker.status.podIP ?? '');
  const connection = connect(state, worker, pod, container, port);
  const timeoutMs = probe.timeoutSeconds * 1000;
  if (connection.outcome === 'refused')
    return failed('failure', `dial tcp ${host}:${port}: connect: connection refused`, base, connection.constantUntilMs);
  if (connection.latencyMs >= timeoutMs)
    return failed('failure', `dial tcp ${host}:${port}: i/o timeout`, timeoutMs, connection.constantUntilMs);
  return { result: 'success', output: '', latencyMs: Math.max(base, connection.latencyMs), constantUntilMs: connection.constantUntilMs };
}

function probeGrpc(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, container: Container, probe: Probe): ProbeAnswer {
  const { port, service = '' } = probe.grpc ?? { port: 0 };
  const timeoutMs = probe.timeoutSeconds * 1000;
  const base = timingOf(state).probeLatencyMs;
  const host = worker.status.podIP ?? '';
  const connection = connect(state, worker, pod, container, port);
  const { target } = connection;
  if (connection.outcome === 'refused' || target === undefined) {
    const text = `timeout: failed to connect service "${host}:${port}" within ${formatDuration(timeoutMs)}: context deadline exceeded`;
    return failed('failure', text, timeoutMs, connection.constantUntilMs);
  }
  const elapsedMs = state.nowMs - target.startedMs;
  const matches = (item: { port: number | null; service: string | null }): boolean =>
    (item.port === null || item.port === port) && (item.service === null || item.service === service);
  const { rule, untilMs } = ruleAt(behaviorOf(state, target.instance).grpc, elapsedMs, matches);
  const constantUntilMs = earliest([connection.constantUntilMs, untilMs === null ? null : target.startedMs + untilMs]);
  const latencyMs = connection.latencyMs + (rule?.latencyMs ?? 0);
  if (latencyMs >= timeoutMs)
    return failed('failure', `timeout: health rpc did not complete within ${formatDuration(timeoutMs)}`, timeoutMs, constantUntilMs);
  const status = rule?.status ?? 'SERVING';
  const tookMs = Math.max(base, latencyMs);
  if (status === 'SERVING') return { result: 'success', output: '', latencyMs: tookMs, constantUntilMs };
  const text =
    status === 'UNIMPLEMENTED'
      ? 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health'
      : `service unhealthy (responded with "${status}")`;
  return failed('failure', text, tookMs, constantUntilMs);
}

function probeExec(state: ClusterState, worker: Readonly<PodWorker>, container: Container, probe: Probe): ProbeAnswer {
  const command = probe.exec?.command ?? [];
  const base = timingOf(state).probeLatencyMs;
  const target = runningTarget(newestInstance(worker.runtime, container.name));
  // K435: the container has just died: an error, which counts neither way.
  if (target === undefined) return failed('error', 'rpc error: code = NotFound desc = container not found', base, null);
  const elapsedMs = state.nowMs - target.startedMs;
  const text = command.join(' ');
  const { untilMs } = ruleAt(
    behaviorOf(state, target.instance).exec,
    elapsedMs,
    (item) => item.command === null || text.includes(item.command),
  );
  const constantUntilMs = earliest([target.changesMs, untilMs === null ? null : target.startedMs + untilMs]);
  const outcome = runExec(state, target.instance, command);
  const timeoutMs = probe.timeoutSeconds * 1000;
  if (outcome.durationMs >= timeoutMs) {
    return failed(
      'failure',
      `command timed out: ${JSON.stringify(text)} timed out after ${formatDuration(timeoutMs)}`,
      timeoutMs,
      constantUntilMs,
    );
  }
  const tookMs = Math.max(base, outcome.durationMs);
  return outcome.failed
    ? failed('failure', outcome.output, tookMs, constantUntilMs)
    : { result: 'success', output: '', latencyMs: tookMs, constantUntilMs };
}

function failed(result: ProbeAnswer['result'], output: string, latencyMs: number, constantUntilMs: number | null): ProbeAnswer {
  return { result, output, latencyMs, constantUntilMs };
}

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((item): item is number => item !== null);
  return known.length === 0 ? null : Math.min(...known);
}
