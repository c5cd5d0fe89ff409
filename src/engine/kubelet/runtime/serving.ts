// What answers on the network inside a pod: which process serves a port, and what a server says. Used by the probes of the kubelet and by commands
// that run in containers. Rule: K434.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import { type Behavior, ruleAt } from '../../kinds/shared/behavior.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Instance, newestInstance, type PodWorker } from '../model.ts';
import { behaviorOf } from './behaviors.ts';
import { isServing } from './session-table.ts';

export interface Target {
  readonly instance: Instance;
  readonly startedMs: number;
  /** Earliest instant at which the process or its start-up changes. */
  readonly changesMs: number | null;
}

/** K434: network probes reach whatever process serves the port now, declared by any container of the pod. */
export function targetOf(worker: Readonly<PodWorker>, pod: Pod, container: Container, port: number): Target | undefined {
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
export function connect(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, container: Container, port: number): Connection {
  const target = targetOf(worker, pod, container, port);
  if (target === undefined) return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: null };
  const behavior = behaviorOf(state, target.instance);
  const elapsedMs = state.nowMs - target.startedMs;
  const { rule, untilMs } = ruleAt(behavior.tcp, elapsedMs, (item) => item.port === null || item.port === port);
  const ends = earliest([target.changesMs, untilMs === null ? null : target.startedMs + untilMs]);
  if (elapsedMs < behavior.startupMs) {
    return { target, outcome: 'refused', latencyMs: 0, constantUntilMs: earliest([ends, target.startedMs + behavior.startupMs]) };
  }
  const listens = rule !== undefined || listensOn(state, target.instance, behavior, port);
  const outcome = !listens || rule?.accepts === false ? 'refused' : 'open';
  return { target, outcome, latencyMs: rule?.latencyMs ?? 0, constantUntilMs: ends };
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

/** The earliest of some instants, where null is never. */
export function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((item): item is number => item !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** A script listens only while a server program runs in it. */
function listensOn(state: ClusterState, instance: Readonly<Instance>, behavior: Readonly<Behavior>, port: number): boolean {
  if (instance.isScript && !isServing(state, instance)) return false;
  return behavior.ports.includes(port) || behavior.http.some((item) => item.port === port);
}
