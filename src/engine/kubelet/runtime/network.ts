// The network as commands in containers see it: names and addresses of the cluster, and the servers behind them.
// Rules: K434. Services are in service-routing.ts.

import type { ClusterState } from '../../kernel/state.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { type Instance, nodeMemories, type PodWorker, podWorkers } from '../model.ts';
import { apiPod } from '../status-manager.ts';
import { hostIpOf } from '../container-config.ts';
import type { ContainerPlace } from './files.ts';
import { lookUp, routeOf } from './service-routing.ts';
import { answerHttp, connect } from './serving.ts';
import type { NetworkAnswer } from './shell/index.ts';

/** Time a connection attempt to nobody takes to fail, and an exchange on the cluster network takes. */
const NO_ROUTE_MS = 3_000;
const EXCHANGE_MS = 1;

/** The address of a name as seen from a container, or undefined. */
export function resolveName(state: ClusterState, { pod, worker }: ContainerPlace, name: string): string | undefined {
  if (name === 'localhost') return '127.0.0.1';
  if (name === pod.metadata.name || name === pod.spec['hostname']) return worker.runtime.sandbox?.ip;
  return lookUp(state, name, pod.metadata.namespace ?? '');
}

/** Connects to a port. */
export function connectTo(state: ClusterState, place: ContainerPlace, host: string, port: number): NetworkAnswer {
  const address = resolveName(state, place, host);
  if (address === undefined) return answerOf('unknown-host', host, 0);
  const server = serverAt(state, place, address, port);
  if (server === 'nobody') return answerOf('timeout', `${address}:${port}`, NO_ROUTE_MS);
  if (server === undefined) return answerOf('refused', `${address}:${port}`, 0);
  return { ...answerOf('ok', `${address}:${port}`, EXCHANGE_MS + server.latencyMs) };
}

/** An HTTP exchange. */
export function requestFrom(state: ClusterState, place: ContainerPlace, url: string): NetworkAnswer {
  const match = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([^#]*)/.exec(url);
  if (match === null) return answerOf('unknown-host', url, 0);
  const [, scheme, host = '', given, path = ''] = match;
  const port = Number(given ?? (scheme === 'https' ? 443 : 80));
  const connection = connectTo(state, place, host, port);
  if (connection.outcome !== 'ok') return connection;
  const server = serverAt(state, place, resolveName(state, place, host) ?? '', port);
  if (server === undefined || server === 'nobody') return connection;
  const answer = answerHttp(state, server, server.port, path === '' ? '/' : path);
  return { ...connection, latencyMs: connection.latencyMs + answer.latencyMs, status: answer.status, body: answer.body };
}

interface Server {
  readonly instance: Instance;
  readonly startedMs: number;
  readonly latencyMs: number;
  /** Of the container; a service may have another. */
  readonly port: number;
}

/** What serves an address and port: a server, nothing on that port, or nobody at that address. */
function serverAt(state: ClusterState, place: ContainerPlace, address: string, port: number): Server | 'nobody' | undefined {
  const isNode = isNodeAddress(state, address);
  const route = routeOf(state, address, port, isNode);
  if (route !== undefined) return route.kind === 'refused' ? undefined : podServer(state, place, route.address, route.port);
  const server = podServer(state, place, address, port);
  // A node is there, and refuses what nobody asked it to open.
  return isNode && server === 'nobody' ? undefined : server;
}

function podServer(state: ClusterState, place: ContainerPlace, address: string, port: number): Server | 'nobody' | undefined {
  const isOwn = address === '127.0.0.1' || address === place.worker.runtime.sandbox?.ip;
  const target = isOwn ? { worker: place.worker, pod: place.pod } : podAt(state, address);
  if (target === undefined) return 'nobody';
  for (const container of target.pod.spec.containers) {
    const found = listening(state, target.worker, target.pod, container, port);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listening(state: ClusterState, worker: PodWorker, pod: Pod, container: Container, port: number): Server | undefined {
  const { target, outcome, latencyMs } = connect(state, worker, pod, container, port);
  return target === undefined || outcome !== 'open'
    ? undefined
    : { instance: target.instance, startedMs: target.startedMs, latencyMs, port };
}

function isNodeAddress(state: ClusterState, address: string): boolean {
  for (const name of nodeMemories.rows(state).keys()) if (hostIpOf(state, name) === address) return true;
  return false;
}

function podAt(state: ClusterState, address: string): { worker: PodWorker; pod: Pod } | undefined {
  for (const node of nodeMemories.rows(state).values()) {
    const uid = node.addresses[address];
    const worker = uid === undefined ? undefined : (podWorkers.get(state, uid) as PodWorker | undefined);
    const pod = worker === undefined ? undefined : (apiPod(state, worker) ?? worker.orphan ?? undefined);
    if (worker !== undefined && pod !== undefined) return { worker, pod };
  }
  return undefined;
}

function answerOf(outcome: NetworkAnswer['outcome'], address: string, latencyMs: number): NetworkAnswer {
  return { outcome, address, latencyMs, status: 0, headers: {}, body: '' };
}
