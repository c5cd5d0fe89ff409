// The network as commands in containers see it: names and addresses of the cluster, and the servers behind them.
// Rules: K434. Services are in service-routing.ts.

import type { ClusterState } from '../../kernel/state.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { drawKeyed } from '../../kernel/random.ts';
import { findContainer } from '../container-lists.ts';
import { dnsFailureOf, networkDelayOf } from '../disturbances.ts';
import { hostIpOf } from '../container-config.ts';
import { hostnameOf } from '../environment/index.ts';
import type { ContainerPlace } from '../files/files.ts';
import { isOutsideAddress, outsideAddress, outsidePage, type OutsideRule, outsideRule } from './outside.ts';
import { aliasOf, IS_ADDRESS, lookUp, type Protocol, routeOf } from './service-routing.ts';
import { type ExchangeOptions, listenerOn, talkToProgram } from './exchange.ts';
import { answerHttp, connect, runningTarget, type ServerPlace, speechOf } from './serving.ts';
import { DNS_TIMEOUT_MS, type DnsAnswer, type NetworkAnswer, parseRequest, replyText } from '../../shell/index.ts';
import { type PodRuntime, podOf, apiPod, newestInstance, nodeNetworks, podRuntimes } from '../model.ts';

/** Time a connection attempt to nobody takes to fail, and an exchange on the cluster network takes. */
const NO_ROUTE_MS = 3_000;
const EXCHANGE_MS = 1;

/** Asks the cluster's DNS for the address of a name. */
export function askDns(state: ClusterState, { pod }: ContainerPlace, name: string): DnsAnswer {
  const failure = dnsFailureOf(state, pod, name);
  if (failure !== undefined) return { kind: failure };
  const found =
    lookUp(state, name, pod.metadata.namespace ?? '') ?? (outsideRule(state, name) === undefined ? undefined : outsideAddress(name));
  const target = aliasOf(state, name, pod.metadata.namespace ?? '');
  const alias = target === undefined ? {} : { alias: target };
  if (found !== undefined) return { kind: 'address', address: found, ...alias };
  return { kind: target === undefined ? 'nxdomain' : 'empty', ...alias };
}

/** The address of a name as a program in a container finds it: in its hosts file, else by DNS. */
function find(state: ClusterState, place: ContainerPlace, name: string): DnsAnswer {
  const known = IS_ADDRESS.test(name) ? name : hostsEntry(place, name);
  return known === undefined ? askDns(state, place, name) : { kind: 'address', address: known };
}

/** The address of a name as seen from a container, or undefined. */
export function resolveName(state: ClusterState, place: ContainerPlace, name: string): string | undefined {
  const found = find(state, place, name);
  return found.kind === 'address' ? found.address : undefined;
}

/** What /etc/hosts says: the pod itself, and its host aliases. */
function hostsEntry({ pod, worker }: ContainerPlace, name: string): string | undefined {
  if (name === 'localhost') return '127.0.0.1';
  const hostname = hostnameOf(pod);
  const { subdomain = '' } = pod.spec as { readonly subdomain?: string };
  const full = subdomain === '' ? hostname : `${hostname}.${subdomain}.${pod.metadata.namespace ?? ''}.svc.cluster.local`;
  if (name === pod.metadata.name || name === hostname || name === full) return worker.runtime.sandbox?.ip;
  const aliases = (pod.spec['hostAliases'] ?? []) as readonly { readonly ip: string; readonly hostnames?: readonly string[] }[];
  return aliases.find(({ hostnames = [] }) => hostnames.includes(name))?.ip;
}

/** Milliseconds by which faults of the network make one way there and back late: what either side sends is. */
function delayBetween(state: ClusterState, client: Pod, server: Pod | undefined): number {
  if (server === client) return 0;
  return networkDelayOf(state, client) + (server === undefined ? 0 : networkDelayOf(state, server));
}

/** K922: what is behind a name outside, or behind the address of one; undefined for what is inside or nowhere. */
function outsideOf(state: ClusterState, place: ContainerPlace, name: string): OutsideRule | undefined {
  const inside = hostsEntry(place, name) ?? lookUp(state, name, place.pod.metadata.namespace ?? '');
  if (inside === undefined) return outsideRule(state, name);
  return isOutsideAddress(inside) ? (outsideRule(state, name) ?? outsideRule(state, inside)) : undefined;
}

/** Connects to a port. */
export function connectTo(state: ClusterState, place: ContainerPlace, host: string, port: number): NetworkAnswer {
  const found = find(state, place, host);
  if (found.kind !== 'address') return unresolved(found, host);
  const { address } = found;
  const outside = outsideOf(state, place, host);
  if (outside !== undefined) return later(connectOutside(outside, `${address}:${port}`, port), delayBetween(state, place.pod, undefined));
  const server = serverAt(state, place, address, port);
  if (server === 'nobody') return answerOf('timeout', `${address}:${port}`, NO_ROUTE_MS);
  if (server === undefined) return later(answerOf('refused', `${address}:${port}`, 0), delayBetween(state, place.pod, undefined));
  return answerOf('ok', `${address}:${port}`, EXCHANGE_MS + server.latencyMs + delayBetween(state, place.pod, server.pod));
}

function unresolved({ kind }: DnsAnswer, name: string): NetworkAnswer {
  return kind === 'timeout' ? answerOf('dns-timeout', name, DNS_TIMEOUT_MS) : answerOf('unknown-host', name, 0);
}

const later = (answer: NetworkAnswer, ms: number): NetworkAnswer => (ms === 0 ? answer : { ...answer, latencyMs: answer.latencyMs + ms });

/** K922: ports that nobody has said to be open swallow what is sent to them, as firewalls do. */
function connectOutside({ fault, ports, latencyMs }: OutsideRule, address: string, port: number): NetworkAnswer {
  if (fault === 'refused') return answerOf('refused', address, latencyMs);
  return fault === 'timeout' || !ports.includes(port) ? answerOf('timeout', address, NO_ROUTE_MS) : answerOf('ok', address, latencyMs);
}

/** What a client asks for. */
export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The address of a client that is not the container. */
  readonly client?: string;
}

/** An HTTP exchange. */
export function requestFrom(state: ClusterState, place: ContainerPlace, request: ClientRequest, options: ExchangeOptions): NetworkAnswer {
  const { url } = request;
  const match = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([^#]*)/.exec(url);
  if (match === null) return answerOf('unknown-host', url, 0);
  const [, scheme, host = '', given, path = ''] = match;
  const port = Number(given ?? (scheme === 'https' ? 443 : 80));
  const connection = connectTo(state, place, host, port);
  if (connection.outcome !== 'ok') return connection;
  const outside = outsideOf(state, place, host);
  if (outside !== undefined)
    return later(
      { ...connection, status: outside.status, body: outside.body ?? outsidePage(host) },
      delayBetween(state, place.pod, undefined),
    );
  const address = resolveName(state, place, host) ?? '';
  const server = serverAt(state, place, address, port);
  if (server === undefined || server === 'nobody') return connection;
  const speech = speechOf(state, server, server.port);
  if (scheme === 'https' && (speech === 'http' || speech === 'raw')) return { ...connection, outcome: 'no-tls' };
  if (scheme === 'http' && speech === 'https')
    return { ...connection, status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' };
  const headers = { host: given === undefined ? host : `${host}:${given}`, ...lowerCased(request.headers) };
  const client = clientAddress(state, request.client ?? sourceOf(state, place, address));
  const asked = { method: request.method, path: path.startsWith('/') ? path : `/${path}`, headers, body: request.body, client };
  const answer = answerHttp(state, server, server.port, asked, options);
  const latencyMs = connection.latencyMs + answer.latencyMs + delayBetween(state, place.pod, server.pod);
  if (answer.isClosed) return { ...connection, latencyMs, outcome: 'closed' };
  const location: Record<string, string> = answer.location === null ? {} : { Location: answer.location };
  return { ...connection, latencyMs, status: answer.status, body: answer.body, headers: { ...answer.headers, ...location } };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The address that a server sees: the pod's own, or loopback inside of it. */
function sourceOf(state: ClusterState, { worker }: ContainerPlace, address: string): string {
  return address === '127.0.0.1' ? address : (worker.runtime.sandbox?.ip ?? hostIpOf(state, worker.node));
}

/** Ports that Linux gives to clients. */
const CLIENT_PORT_MIN = 32_768;
const CLIENT_PORT_COUNT = 28_232;

/** An address with a port of this instant. */
export function clientAddress(state: ClusterState, address: string): string {
  const draw = drawKeyed(state, 'client-port', `${address}|${state.nowMs}`);
  return `${address}:${CLIENT_PORT_MIN + Math.floor(draw * CLIENT_PORT_COUNT)}`;
}

/** Text that is sent to a port. */
export interface Conversation {
  readonly protocol: Protocol;
  readonly name: string;
  readonly port: number;
  readonly text: string;
}

/** Sends text to a port, and takes what comes back. UDP to nobody is lost without a word. */
export function converseWith(
  state: ClusterState,
  place: ContainerPlace,
  { protocol, name, port, text }: Conversation,
  options: ExchangeOptions,
): NetworkAnswer {
  const found = find(state, place, name);
  if (found.kind !== 'address') return unresolved(found, name);
  const { address } = found;
  const server = serverAt(state, place, address, port, protocol);
  if (server === 'nobody') return answerOf('timeout', `${address}:${port}`, NO_ROUTE_MS);
  if (server === undefined) return answerOf('refused', `${address}:${port}`, 0);
  const connection = answerOf('ok', `${address}:${port}`, EXCHANGE_MS + server.latencyMs + delayBetween(state, place.pod, server.pod));
  const listener = listenerOn(state, server.instance.id, server.port, protocol);
  const container = findContainer(server.pod, server.instance.container)?.container;
  if (container === undefined) return connection;
  const client = clientAddress(state, sourceOf(state, place, address));
  if (listener === undefined) {
    // A server that is only known by its answers reads HTTP that is written by hand.
    const request = protocol === 'tcp' && speechOf(state, server, server.port) !== 'raw' ? parseRequest(text, client) : undefined;
    if (request === undefined) return connection;
    const { status, body, headers, latencyMs } = answerHttp(state, server, server.port, request, options);
    return { ...connection, latencyMs: connection.latencyMs + latencyMs, body: replyText({ status, body, headers }) };
  }
  return { ...connection, body: talkToProgram(state, { ...server, container }, listener, text, client, options) };
}

interface Server extends ServerPlace {
  readonly latencyMs: number;
  /** Of the container; a service may have another. */
  readonly port: number;
}

/** What serves an address and port: a server, nothing on that port, or nobody at that address. */
function serverAt(
  state: ClusterState,
  place: ContainerPlace,
  address: string,
  port: number,
  protocol: Protocol = 'tcp',
): Server | 'nobody' | undefined {
  const find = protocol === 'tcp' ? listening : listeningByDatagram;
  const isNode = isNodeAddress(state, address);
  const route = routeOf(state, { address, port, isNode, protocol, client: sourceOf(state, place, address) });
  if (route !== undefined) return route.kind === 'refused' ? undefined : podServer(state, place, route.address, route.port, find);
  const mapped = isNode || address === '127.0.0.1' ? hostPortOf(state, place, address, port, protocol) : undefined;
  if (mapped !== undefined) return podServer(state, place, mapped.address, mapped.port, find);
  const server = podServer(state, place, address, port, find);
  // A node is there, and refuses what nobody asked it to open.
  return isNode && server === 'nobody' ? undefined : server;
}

/** C811: the pod that has a port of its node; loopback is the node's for who is in its network. */
function hostPortOf(
  state: ClusterState,
  { worker, pod }: ContainerPlace,
  address: string,
  port: number,
  protocol: Protocol,
): { readonly address: string; readonly port: number } | undefined {
  const isOfHost = address === '127.0.0.1' && (pod.spec as { readonly hostNetwork?: boolean }).hostNetwork === true;
  for (const [name, { addresses }] of nodeNetworks.rows(state)) {
    if (isOfHost ? name !== worker.node : hostIpOf(state, name) !== address) continue;
    for (const [podAddress, uid] of Object.entries(addresses)) {
      const found = podRuntimes.get(state, uid);
      const spec = found === undefined ? undefined : apiPod(state, found)?.spec;
      for (const item of spec?.containers.flatMap(({ ports = [] }) => ports) ?? []) {
        const { hostPort = 0, hostIP = '', containerPort } = item;
        const isHere = hostIP === '' || hostIP === '0.0.0.0' || hostIP === address;
        if (hostPort === port && isHere && (item.protocol ?? 'TCP') === protocol.toUpperCase())
          return { address: podAddress, port: containerPort };
      }
    }
  }
  return undefined;
}

type FindServer = (state: ClusterState, worker: PodRuntime, pod: Pod, container: Container, port: number) => Server | undefined;

function podServer(
  state: ClusterState,
  place: ContainerPlace,
  address: string,
  port: number,
  find: FindServer,
): Server | 'nobody' | undefined {
  const isOwn = address === '127.0.0.1' || address === place.worker.runtime.sandbox?.ip;
  const target = isOwn ? { worker: place.worker, pod: place.pod } : podAt(state, address);
  if (target === undefined) return 'nobody';
  for (const container of target.pod.spec.containers) {
    const found = find(state, target.worker, target.pod, container, port);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listening(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container, port: number): Server | undefined {
  const { target, outcome, latencyMs } = connect(state, worker, pod, container, port);
  return target === undefined || outcome !== 'open'
    ? undefined
    : { worker, pod, instance: target.instance, startedMs: target.startedMs, latencyMs, port };
}

/** A program that takes datagrams. */
function listeningByDatagram(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container, port: number): Server | undefined {
  const target = runningTarget(newestInstance(worker.runtime, container.name));
  if (target === undefined || listenerOn(state, target.instance.id, port, 'udp') === undefined) return undefined;
  return { worker, pod, instance: target.instance, startedMs: target.startedMs, latencyMs: 0, port };
}

function isNodeAddress(state: ClusterState, address: string): boolean {
  for (const name of nodeNetworks.rows(state).keys()) if (hostIpOf(state, name) === address) return true;
  return false;
}

function podAt(state: ClusterState, address: string): { worker: PodRuntime; pod: Pod } | undefined {
  for (const node of nodeNetworks.rows(state).values()) {
    const uid = node.addresses[address];
    const worker = uid === undefined ? undefined : (podRuntimes.get(state, uid) as PodRuntime | undefined);
    const pod = worker === undefined ? undefined : podOf(state, worker);
    if (worker !== undefined && pod !== undefined) return { worker, pod };
  }
  return undefined;
}

function answerOf(outcome: NetworkAnswer['outcome'], address: string, latencyMs: number): NetworkAnswer {
  return { outcome, address, latencyMs, status: 0, headers: {}, body: '' };
}
