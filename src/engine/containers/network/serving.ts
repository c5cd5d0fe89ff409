// What answers on the network inside a pod: which process serves a port, and what a server says. Used by the probes of the kubelet and by commands
// that run in containers. Rule: K434.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import { type Behavior, ruleAt } from '../../kinds/shared/behavior.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { listObjects } from '../../apiserver/api.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import { findContainer } from '../container-lists.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { catalogueEntry, isKnownImage } from '../images/catalogue.ts';
import { askProgram, type ExchangeOptions, listenerOn } from './exchange.ts';
import { givenBehavior } from '../behaviors/given-behavior.ts';
import type { HttpRequest } from '../../shell/index.ts';
import { isServing } from '../processes/session-table.ts';
import { askWebServer, isTlsPort, webServerOf } from '../images/web-servers.ts';
import { type Instance, type PodRuntime, newestInstance } from '../model.ts';

export interface Target {
  readonly instance: Instance;
  readonly startedMs: number;
  /** Earliest instant at which the process or its start-up changes. */
  readonly changesMs: number | null;
}

/** K434: network probes reach whatever process serves the port now, declared by any container of the pod. */
export function targetOf(worker: Readonly<PodRuntime>, pod: Pod, container: Container, port: number): Target | undefined {
  const owner = pod.spec.containers.find((item) => item.ports?.some((declared) => declared.containerPort === port) === true) ?? container;
  return runningTarget(newestInstance(worker.runtime, owner.name));
}

/** A running instance, and when its process ends as far as that is known. */
export function runningTarget(instance: Instance | undefined): Target | undefined {
  if (instance === undefined || instance.state !== 'running' || instance.startedMs === null) return undefined;
  return { instance, startedMs: instance.startedMs, changesMs: instance.exit?.atMs ?? null };
}

/** A number, or the named port of the container. */
export function portNumber(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((item) => item.name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

export interface Connection {
  readonly target: Target | undefined;
  readonly outcome: 'open' | 'refused' | 'timeout';
  readonly latencyMs: number;
  readonly constantUntilMs: number | null;
}

/** Connects to a port: refused before start-up is over, where nothing listens, and where the behaviour says so. */
export function connect(state: ClusterState, worker: Readonly<PodRuntime>, pod: Pod, container: Container, port: number): Connection {
  const target = targetOf(worker, pod, container, port);
  if (target === undefined) return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: null };
  const behavior = behaviorOf(state, target.instance);
  const elapsedMs = state.nowMs - target.startedMs;
  const { rule, untilMs } = ruleAt(behavior.tcp, elapsedMs, (item) => item.port === null || item.port === port);
  const ends = earliest([target.changesMs, untilMs === null ? null : target.startedMs + untilMs]);
  if (elapsedMs < behavior.startupMs) {
    return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: earliest([ends, target.startedMs + behavior.startupMs]) };
  }
  const listens = rule !== undefined || listensOn(state, pod, target.instance, behavior, port);
  const outcome = !listens || rule?.accepts === false ? 'refused' : 'open';
  return { target, outcome, latencyMs: rule?.latencyMs ?? 0, constantUntilMs: ends };
}

export interface HttpAnswer {
  readonly status: number;
  readonly latencyMs: number;
  readonly body: string;
  readonly location: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The connection is closed without an answer. */
  readonly isClosed: boolean;
  readonly untilMs: number | null;
}

/** A server of a pod, and what runs it. */
export interface ServerPlace {
  readonly worker: PodRuntime;
  readonly pod: Pod;
  readonly instance: Instance;
  readonly startedMs: number;
}

/** What a server answers: by the rules of its behaviour, as the program that it is, else with the code asked for in the query, else 200. */
export function answerHttp(
  state: ClusterState,
  target: ServerPlace,
  port: number,
  request: HttpRequest,
  options: ExchangeOptions,
): HttpAnswer {
  const { path } = request;
  const plain = path.split('?')[0] ?? path;
  const elapsedMs = state.nowMs - target.startedMs;
  const matches = (rule: { port: number | null; path: string | null }): boolean =>
    (rule.port === null || rule.port === port) &&
    (rule.path === null ||
      rule.path === plain ||
      rule.path === path ||
      (rule.path.endsWith('*') && plain.startsWith(rule.path.slice(0, -1))));
  const { http: rules } = behaviorOf(state, target.instance);
  const { rule, untilMs } = ruleAt(rules, elapsedMs, matches);
  const until = untilMs === null ? null : target.startedMs + untilMs;
  const plainAnswer = { headers: {}, isClosed: false, untilMs: until };
  if (rule !== undefined)
    return { ...plainAnswer, status: rule.status, latencyMs: rule.latencyMs, body: rule.body, location: rule.location };
  // What has rules for other times is answered outside of them as if nothing else were known.
  const own = rules.some(matches) ? undefined : answerOfProgram(state, target, port, request, options);
  if (own === undefined && !rules.some(matches) && speechOf(state, target, port) === 'raw')
    return { ...plainAnswer, status: 0, latencyMs: 0, body: '', location: null, isClosed: true };
  if (own !== undefined) return { ...own, untilMs: earliest([own.untilMs, until]) };
  const code = /[?&]code=([1-5]\d\d)(?:&|$)/.exec(path)?.[1];
  return { ...plainAnswer, status: code === undefined ? 200 : Number(code), latencyMs: 0, body: '', location: null };
}

/** What a server speaks on a port; `any`: whatever it is asked in. */
export type Speech = 'http' | 'https' | 'raw' | 'any';

/** Servers that speak a protocol of their own. */
const RAW_SERVERS: ReadonlySet<string> = new Set(['redis', 'memcached', 'postgres', 'mysql', 'mariadb', 'mongo']);

/** K919: a server that is known speaks what it speaks, any other what its clients ask in. */
export function speechOf(state: ClusterState, { worker, pod, instance }: Omit<ServerPlace, 'startedMs'>, port: number): Speech {
  const container = findContainer(pod, instance.container)?.container;
  if (container === undefined || givenBehavior(state, pod, container) !== undefined) return 'any';
  const listener = listenerOn(state, instance.id, port, 'tcp');
  if (listener !== undefined) return listener.speaks;
  const { repository } = catalogueEntry(container.image);
  if (repository === '') return 'any';
  if (RAW_SERVERS.has(repository)) return 'raw';
  if (webServerOf(container) !== undefined && isTlsPort(state, { worker, pod, container, instance }, port)) return 'https';
  return TLS_PORTS.has(port) ? 'any' : 'http';
}

/** Ports on which a server can be set to speak TLS. */
const TLS_PORTS: ReadonlySet<number> = new Set([443, 8443, 9443]);

/** Whether a request leaves a trace: only then it is part of the cluster's history. */
export function hasTrace(state: ClusterState, { pod, instance }: ServerPlace, port: number): boolean {
  const container = findContainer(pod, instance.container)?.container;
  return listenerOn(state, instance.id, port, 'tcp') !== undefined || (container !== undefined && webServerOf(container) !== undefined);
}

function answerOfProgram(
  state: ClusterState,
  { worker, pod, instance }: ServerPlace,
  port: number,
  request: HttpRequest,
  options: ExchangeOptions,
): HttpAnswer | undefined {
  const container = findContainer(pod, instance.container)?.container;
  if (container === undefined) return undefined;
  const place = { worker, pod, container, instance };
  const listener = listenerOn(state, instance.id, port, 'tcp');
  const reply =
    listener === undefined
      ? askWebServer(state, place, request, !options.isLook && options.isProbe !== true)
      : askProgram(state, place, listener, request, options);
  if (reply === undefined) return undefined;
  const { status, body, headers = {}, latencyMs = 0, isClosed = false, untilMs = null } = reply;
  return { status, body, headers, latencyMs, isClosed, untilMs, location: headers['Location'] ?? null };
}

/** The earliest of some instants, where null is never. */
export function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((item): item is number => item !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** A script listens only while a server program runs in it. */
function listensOn(state: ClusterState, pod: Pod, instance: Readonly<Instance>, behavior: Readonly<Behavior>, port: number): boolean {
  if (listenerOn(state, instance.id, port, 'tcp') !== undefined) return true;
  if (instance.isScript && !isServing(state, instance)) return false;
  return behavior.ports.includes(port) || behavior.http.some((item) => item.port === port) || isNamedByService(state, pod, instance, port);
}

/** K918: a server of which nothing is known is what the services that select its pod take it for. */
function isNamedByService(state: ClusterState, pod: Pod, instance: Readonly<Instance>, port: number): boolean {
  const container = findContainer(pod, instance.container)?.container;
  if (container === undefined || isKnownImage(container.image)) return false;
  if ((givenBehavior(state, pod, container)?.ports.length ?? 0) > 0) return false;
  const { namespace = '', labels = {} } = pod.metadata;
  return listObjects(state, serviceKind, namespace).some(
    ({ spec: { selector, ports = [] } }) =>
      selector !== undefined &&
      Object.entries(selector).every(([name, value]) => labels[name] === value) &&
      ports.some((item) => (item.targetPort ?? item.port) === port),
  );
}
