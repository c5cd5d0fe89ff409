// Names and addresses of services as containers see them: cluster DNS, and what kube-proxy makes of a cluster IP or a node port. Both follow the
// Endpoints that the controllers keep. Upstream: kube-proxy's iptables mode, CoreDNS's kubernetes plugin, docs/concepts/services-networking
// (v1.33). Rules: C521, C524, C525, C531, C533. Deviation: C531, a service whose pods are all on their way out refuses connections, where kube-proxy goes on
// with those that still serve; the choice among ready pods is drawn anew at each instant, not at each connection.

import { getObject, unorderedByTerm } from '../../apiserver/api.ts';
import { endpointsKind } from '../../kinds/endpoints/index.ts';
import type { Endpoints } from '../../kinds/endpoints/types.ts';
import { clusterIpTerm, nodePortTerm } from '../../kinds/service/allocation.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import type { Service } from '../../kinds/service/types.ts';
import { outsideAddress, outsideRule } from './outside.ts';
import { routedSubsets } from './proxy-views.ts';
import { drawKeyed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';

const DOMAIN = '.cluster.local';
export const IS_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Steps of ExternalName services that lead from one to the next. */
const ALIASES_MAX = 4;

/** The address of a name in the cluster's DNS, as a pod of a namespace asks for it; undefined when there is none. */
export function lookUp(state: ClusterState, name: string, namespace: string, aliases = 0): string | undefined {
  if (IS_ADDRESS.test(name)) return name;
  // The search list of /etc/resolv.conf, and then the name itself.
  for (const suffix of [`.${namespace}.svc`, '.svc', '', undefined]) {
    const full = suffix === undefined ? name : `${name}${suffix}`;
    const found = lookUpFull(state, full.replace(/\.$/, ''), namespace, aliases);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What an ExternalName service stands for, asked by a name of it. */
export function aliasOf(state: ClusterState, name: string, namespace: string): string | undefined {
  const full = name.replace(/\.$/, '');
  for (const suffix of [`.${namespace}.svc`, '.svc', '']) {
    const [service = '', space = '', type, ...rest] = `${full}${suffix}`.replace(/\.cluster\.local$/, '').split('.');
    const spec = type === 'svc' && rest.length === 0 ? getObject(state, serviceKind, space, service)?.spec : undefined;
    if (spec?.type === 'ExternalName') return spec.externalName;
  }
  return undefined;
}

/** A name with or without the domain of the cluster: `service.namespace.svc`, `host.service.namespace.svc`, `1-2-3-4.namespace.pod`. */
function lookUpFull(state: ClusterState, full: string, namespace: string, aliases: number): string | undefined {
  const labels = (full.endsWith(DOMAIN) ? full.slice(0, -DOMAIN.length) : full).split('.');
  const type = labels.pop();
  const space = labels.pop();
  const [first, second] = labels;
  if (space === undefined || first === undefined || labels.length > 2) return undefined;
  if (type === 'pod' && second === undefined) return /^\d{1,3}(?:-\d{1,3}){3}$/.test(first) ? first.replaceAll('-', '.') : undefined;
  if (type !== 'svc') return undefined;
  if (second !== undefined) return addressOfHost(state, space, second, first);
  const service = getObject(state, serviceKind, space, first);
  return service === undefined ? undefined : addressOf(state, service, namespace, aliases);
}

function addressOf(state: ClusterState, service: Service, namespace: string, aliases: number): string | undefined {
  const { type, externalName = '', clusterIP = '' } = service.spec;
  if (type === 'ExternalName') {
    const inside = aliases < ALIASES_MAX ? lookUp(state, externalName, namespace, aliases + 1) : undefined;
    return inside ?? (outsideRule(state, externalName) === undefined ? undefined : outsideAddress(externalName));
  }
  if (clusterIP !== 'None' && clusterIP !== '') return clusterIP;
  const addresses = readyAddresses(state, service);
  return addresses[pick(state, service, addresses.length)]?.ip;
}

/** A pod of a headless service, by its hostname. */
function addressOfHost(state: ClusterState, namespace: string, service: string, hostname: string): string | undefined {
  const endpoints = endpointsOf(state, namespace, service);
  return endpoints?.subsets?.flatMap(({ addresses = [] }) => addresses).find((address) => address.hostname === hostname)?.ip;
}

/** Where a connection to the address of a service goes: to the pod of an endpoint, or to nobody because none is ready. */
export type Route = { readonly kind: 'pod'; readonly address: string; readonly port: number } | { readonly kind: 'refused' };

/** What is sent to a service; each protocol has ports of its own. */
export type Protocol = 'tcp' | 'udp';

/** Where something is sent to, and by whom. */
export interface Sent {
  readonly address: string;
  readonly port: number;
  /** The address is a node's. */
  readonly isNode: boolean;
  readonly protocol: Protocol;
  /** The address of who sends it. */
  readonly client: string;
}

/** The way behind a cluster IP or a node's port; undefined when no service has this address. */
export function routeOf(state: ClusterState, sent: Sent): Route | undefined {
  const { address, port, isNode, protocol, client } = sent;
  const term = isNode ? nodePortTerm(port) : clusterIpTerm(address);
  const [service] = unorderedByTerm<Service>(state, serviceKind, term);
  if (service === undefined) return undefined;
  const wanted = protocol.toUpperCase();
  const found = service.spec.ports?.find((item) => (isNode ? item.nodePort : item.port) === port && (item.protocol ?? 'TCP') === wanted);
  return found === undefined ? { kind: 'refused' } : routeTo(state, service, found.name, client);
}

/** The ready pod that answers for a port of a service; undefined when there is none. */
export function readyEndpoint(
  state: ClusterState,
  namespace: string,
  name: string,
  port: number,
): { readonly address: string; readonly port: number } | undefined {
  const service = getObject(state, serviceKind, namespace, name);
  const found = service?.spec.ports?.find((item) => item.port === port);
  const route = service === undefined || found === undefined ? undefined : routeTo(state, service, found.name, '');
  return route?.kind === 'pod' ? { address: route.address, port: route.port } : undefined;
}

function routeTo(state: ClusterState, service: Service, portName: string | undefined, client: string): Route {
  const endpoints = endpointsOf(state, service.metadata.namespace ?? '', service.metadata.name);
  const subsets = routedSubsets(state, endpoints) ?? [];
  const targets = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const target = ports.find((item) => (item.name ?? '') === (portName ?? ''));
    return target === undefined ? [] : addresses.map(({ ip }) => ({ kind: 'pod' as const, address: ip, port: target.port }));
  });
  const chosen = service.spec.sessionAffinity === 'ClientIP' ? favourite(state, service, targets, client) : undefined;
  return chosen ?? targets[pick(state, service, targets.length)] ?? { kind: 'refused' };
}

/** C534: the pod to which a client is always sent while it is there. */
function favourite<T extends { readonly address: string }>(
  state: ClusterState,
  service: Service,
  targets: readonly T[],
  client: string,
): T | undefined {
  const draws = targets.map((target) => drawKeyed(state, 'service-affinity', `${service.metadata.uid}|${client}|${target.address}`));
  return targets[draws.indexOf(Math.max(...draws))];
}

function readyAddresses(state: ClusterState, service: Service): readonly { readonly ip: string }[] {
  const subsets = endpointsOf(state, service.metadata.namespace ?? '', service.metadata.name)?.subsets ?? [];
  return subsets.flatMap(({ addresses = [] }) => addresses);
}

function endpointsOf(state: ClusterState, namespace: string, name: string): Endpoints | undefined {
  return getObject(state, endpointsKind, namespace, name);
}

/** One of several, the same for everybody who asks at one instant: asking leaves no trace. */
function pick(state: ClusterState, service: Service, count: number): number {
  return count < 2 ? 0 : Math.floor(drawKeyed(state, 'service-endpoint', `${service.metadata.uid}|${state.nowMs}`) * count);
}
