// Runs one probe against a simulated container: result, text, latency, and until when the answer stays the same.
// Upstream: pkg/kubelet/prober/prober.go, pkg/probe/{http,tcp,exec,grpc} (v1.33). Rules: K430-K436.

import { formatDuration } from '../../apimachinery/time.ts';
import type { Container, HttpGetAction, Pod, Probe } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { hostIpOf } from '../../containers/container-config.ts';
import { isHanging, isProbeDisturbed, networkDelayOf } from '../../containers/disturbances.ts';
import type { PodWorker } from '../model.ts';
import { ruleAt } from '../../kinds/shared/behavior.ts';
import { behaviorOf } from '../../containers/behaviors/behaviors.ts';
import { runExec } from '../../containers/processes/exec.ts';
import { openHost } from '../../containers/processes/host.ts';
import { clientAddress } from '../../containers/network/network.ts';
import type { HttpRequest } from '../../shell/index.ts';
import { answerHttp, connect, earliest, type HttpAnswer, portNumber, runningTarget, speechOf } from '../../containers/network/serving.ts';
import { timingOf } from '../../containers/timing.ts';
import { newestInstance } from '../../containers/model.ts';

export interface ProbeAnswer {
  readonly result: 'success' | 'warning' | 'failure' | 'error';
  /** Text of the event; empty on success. */
  readonly output: string;
  /** Virtual milliseconds from the beginning of the pass to its result. */
  readonly latencyMs: number;
  /** The instant before which the same probe gives the same answer; null: for ever. */
  readonly constantUntilMs: number | null;
}

/** Runs a probe at `state.nowMs`. A mere look leaves no trace: a command that would leave one counts as an answer that may change at once. */
export function runProbe(
  state: ClusterState,
  worker: PodWorker,
  pod: Pod,
  container: Container,
  probe: Probe,
  isLook = false,
): ProbeAnswer {
  if (isProbeDisturbed(state, pod, container, probe)) return disturbed(state, worker, probe);
  if (probe.httpGet !== undefined) return probeHttp(state, worker, pod, container, probe, probe.httpGet, isLook);
  if (probe.tcpSocket !== undefined) return probeTcp(state, worker, pod, container, probe, probe.tcpSocket.port, probe.tcpSocket.host);
  if (probe.grpc !== undefined) return probeGrpc(state, worker, pod, container, probe);
  return probeExec(state, worker, pod, container, probe, isLook);
}

/** The answer of a probe that a fault makes fail, until the fault is over. */
function disturbed(state: ClusterState, worker: Readonly<PodWorker>, probe: Probe): ProbeAnswer {
  const base = timingOf(state).probeLatencyMs;
  if (probe.httpGet !== undefined) return failed('failure', 'HTTP probe failed with statuscode: 500', base, null);
  if (probe.tcpSocket !== undefined) {
    const address = `${worker.status.podIP ?? ''}:${probe.tcpSocket.port}`;
    return failed('failure', `dial tcp ${address}: connect: connection refused`, base, null);
  }
  return failed('failure', probe.grpc === undefined ? '' : 'service unhealthy (responded with "NOT_SERVING")', base, null);
}

function probeHttp(
  state: ClusterState,
  worker: PodWorker,
  pod: Pod,
  container: Container,
  probe: Probe,
  action: HttpGetAction,
  isLook: boolean,
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
  if (isHanging(state, pod, container.name)) return late(connection.constantUntilMs);
  const server = { worker, pod, instance: connection.target.instance, startedMs: connection.target.startedMs };
  // K919: each side begins to speak as it is set to.
  const speech = speechOf(state, server, port);
  if (action.scheme === 'HTTPS' && (speech === 'http' || speech === 'raw')) {
    const reason = speech === 'http' ? 'http: server gave HTTP response to HTTPS client' : 'EOF';
    return failed('failure', `Get "${url}": ${reason}`, base, connection.constantUntilMs);
  }
  if (action.scheme === 'HTTP' && speech === 'https')
    return failed('failure', 'HTTP probe failed with statuscode: 400', base, connection.constantUntilMs);
  const ask = (path: string): HttpAnswer =>
    answerHttp(state, server, port, probeRequest(state, worker, action, path), { open: openHost, isLook, isProbe: true });
  let answer = ask(action.path);
  let constantUntilMs = earliest([connection.constantUntilMs, answer.untilMs]);
  // The connection takes what the pod sends late once, and each answer once more.
  const delayMs = networkDelayOf(state, pod);
  let latencyMs = connection.latencyMs + answer.latencyMs + 2 * delayMs;
  for (let hops = 1; isRedirect(answer) && latencyMs < timeoutMs; hops += 1) {
    const location = answer.location ?? '';
    const tookMs = Math.max(base, latencyMs);
    // K433: a redirect to another host is not followed; it counts as success with a warning.
    if (!isSameHost(location, host))
      return failed('warning', `Probe terminated redirects, Response body: ${answer.body}`, tookMs, constantUntilMs);
    if (hops > REDIRECTS_MAX)
      return failed('failure', `Get "${location}": stopped after ${REDIRECTS_MAX} redirects`, tookMs, constantUntilMs);
    answer = ask(location.replace(/^\w+:\/\/[^/?#]*/, '') || '/');
    constantUntilMs = earliest([constantUntilMs, answer.untilMs]);
    latencyMs += answer.latencyMs + delayMs;
  }
  if (latencyMs >= timeoutMs) return late(constantUntilMs);
  const tookMs = Math.max(base, latencyMs);
  if (answer.isClosed) return failed('failure', `Get "${url}": EOF`, tookMs, constantUntilMs);
  if (answer.status >= 200 && answer.status < 400) return { result: 'success', output: '', latencyMs: tookMs, constantUntilMs };
  return failed('failure', `HTTP probe failed with statuscode: ${answer.status}`, tookMs, constantUntilMs);
}

/** What the kubelet sends, from the address of its node. */
function probeRequest(state: ClusterState, worker: Readonly<PodWorker>, action: HttpGetAction, path: string): HttpRequest {
  const own = (action['httpHeaders'] ?? []) as readonly { readonly name: string; readonly value: string }[];
  const headers = Object.fromEntries(own.map(({ name, value }) => [name.toLowerCase(), value]));
  const client = clientAddress(state, hostIpOf(state, worker.node));
  const full = path.startsWith('/') ? path : `/${path}`;
  return {
    method: 'GET',
    path: full,
    headers: { 'user-agent': 'kube-probe/1.33', accept: '*/*', connection: 'close', ...headers },
    body: '',
    client,
  };
}

/** How many redirects a probe follows (K433). */
const REDIRECTS_MAX = 10;

function isRedirect({ status, location }: { readonly status: number; readonly location: string | null }): boolean {
  return status >= 300 && status < 400 && location !== null;
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
  const latencyMs = connection.latencyMs + networkDelayOf(state, pod);
  if (latencyMs >= timeoutMs) return failed('failure', `dial tcp ${host}:${port}: i/o timeout`, timeoutMs, connection.constantUntilMs);
  return { result: 'success', output: '', latencyMs: Math.max(base, latencyMs), constantUntilMs: connection.constantUntilMs };
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
  const latencyMs = connection.latencyMs + (rule?.latencyMs ?? 0) + 2 * networkDelayOf(state, pod);
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

function probeExec(state: ClusterState, worker: PodWorker, pod: Pod, container: Container, probe: Probe, isLook: boolean): ProbeAnswer {
  const command = probe.exec?.command ?? [];
  const base = timingOf(state).probeLatencyMs;
  const target = runningTarget(newestInstance(worker.runtime, container.name));
  // K435: the container has just died: an error, which counts neither way.
  if (target === undefined) return failed('error', 'rpc error: code = NotFound desc = container not found', base, null);
  const timeoutMs = probe.timeoutSeconds * 1000;
  const { instance } = target;
  const outcome = runExec(state, { worker, pod, container, instance }, command, { timeoutMs, isLook });
  const constantUntilMs = earliest([target.changesMs, outcome.constantUntilMs]);
  if (outcome.error !== null) return failed('error', outcome.error, base, constantUntilMs);
  if (outcome.durationMs >= timeoutMs) {
    const text = `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${formatDuration(timeoutMs)}`;
    return failed('failure', text, timeoutMs, constantUntilMs);
  }
  const tookMs = Math.max(base, outcome.durationMs);
  return outcome.exitCode !== 0
    ? failed('failure', outcome.output, tookMs, constantUntilMs)
    : { result: 'success', output: '', latencyMs: tookMs, constantUntilMs };
}

function failed(result: ProbeAnswer['result'], output: string, latencyMs: number, constantUntilMs: number | null): ProbeAnswer {
  return { result, output, latencyMs, constantUntilMs };
}
