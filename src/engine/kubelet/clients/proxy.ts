// Where the API server sends what is asked of a pod or a service through it (`/proxy`), and why it does not get there.
// Upstream: pkg/registry/core/pod/strategy.go (ResourceLocation), pkg/registry/core/service/storage/storage.go (ResourceLocation),
// staging/src/k8s.io/apimachinery/pkg/util/{net/util.go,proxy/transport.go} (v1.33). Rules: M9.

import { badRequest, fail, notFound, ok, type Result, serviceUnavailable } from '../../apimachinery/status.ts';
import { getObject } from '../../apiserver/api.ts';
import { endpointsKind } from '../../kinds/endpoints/index.ts';
import type { Endpoints } from '../../kinds/endpoints/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import { drawKeyed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { listener } from './port-forward.ts';
import { podWorkers } from '../model.ts';
import { speechOf } from '../../containers/network/serving.ts';

/** Where a request goes. */
export interface ProxyPlace {
  readonly scheme: 'http' | 'https';
  readonly namespace: string;
  readonly pod: string;
  readonly ip: string;
  readonly port: number;
}

/** A name as the path of a proxy has it: `web`, `web:8080`, `https:web:8443`. */
export interface ProxyName {
  /** Empty: http. */
  readonly scheme: string;
  readonly name: string;
  /** A number or a name; empty: none is said. */
  readonly port: string;
}

/** Undefined when it is none. */
export function parseProxyName(id: string): ProxyName | undefined {
  const parts = id.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  const isValid = parts.length <= 3 && name !== '' && ['', 'http', 'https'].includes(scheme);
  return isValid ? { scheme, name, port } : undefined;
}

/** Where a request to a pod goes. Fails: BadRequest, NotFound. */
export function locatePod(state: ClusterState, namespace: string, id: string): Result<ProxyPlace> {
  const parsed = parseProxyName(id);
  if (parsed === undefined) return fail(badRequest(`invalid pod request ${JSON.stringify(id)}`));
  const pod = getObject(state, podKind, namespace, parsed.name);
  if (pod === undefined) return fail(notFound(podKind, parsed.name));
  const declared = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
  const port = parsed.port === '' ? (declared ?? defaultPort(parsed.scheme)) : Number(parsed.port);
  const ip = pod.status.podIP ?? '';
  if (ip === '') return fail(badRequest('address not allowed'));
  return ok({ scheme: parsed.scheme === 'https' ? 'https' : 'http', namespace, pod: parsed.name, ip, port });
}

/** Where a request to a service goes: to one of its ready pods, drawn anew at each instant. Fails: BadRequest, NotFound, ServiceUnavailable. */
export function locateService(state: ClusterState, namespace: string, id: string): Result<ProxyPlace> {
  const parsed = parseProxyName(id);
  if (parsed === undefined) return fail(badRequest(`invalid service request ${JSON.stringify(id)}`));
  const { scheme, name } = parsed;
  let portName = parsed.port;
  if (/^[-+]?\d+$/.test(portName)) {
    const service = getObject(state, serviceKind, namespace, name);
    if (service === undefined) return fail(notFound(serviceKind, name));
    const declared = service.spec.ports?.find(({ port }) => port === Number(portName));
    if (declared === undefined)
      return fail(serviceUnavailable(`no service port ${Number(portName)} found for service ${JSON.stringify(name)}`));
    portName = declared.name ?? '';
  }
  const endpoints = getObject(state, endpointsKind, namespace, name);
  if (endpoints === undefined) return fail(notFound(endpointsKind, name));
  if ((endpoints.subsets ?? []).length === 0) return fail(serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`));
  const places = placesOf(state, endpoints, portName);
  const place = places[Math.floor(drawKeyed(state, 'proxy', `${namespace}/${name}|${state.nowMs}`) * places.length)];
  if (place === undefined) return fail(serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`));
  return ok({ ...place, namespace, scheme: scheme === 'https' ? 'https' : 'http' });
}

/** Addresses of pods that have the port of a name. */
function placesOf(
  state: ClusterState,
  { subsets = [], metadata }: Endpoints,
  portName: string,
): Omit<ProxyPlace, 'scheme' | 'namespace'>[] {
  const { namespace = '' } = metadata;
  return subsets.flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find(({ name = '' }) => name === portName)?.port;
    if (port === undefined) return [];
    return addresses.flatMap(({ ip, targetRef }) => {
      const pod = targetRef?.kind === 'Pod' ? (targetRef.name ?? '') : '';
      return getObject(state, podKind, namespace, pod)?.status.podIP === ip ? [{ pod, ip, port }] : [];
    });
  });
}

function defaultPort(scheme: string): number {
  return scheme === 'https' ? 443 : 80;
}

/** Why the API server gets no answer from a place, in Go's words; undefined when somebody listens there and speaks as it is spoken to. */
export function proxyFailure(state: ClusterState, { scheme, namespace, pod: name, ip, port }: ProxyPlace): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return `dial tcp: address ${Number.isNaN(port) ? 'unknown port' : `${port}: invalid port`}`;
  const pod = getObject(state, podKind, namespace, name);
  const hasNetwork = pod !== undefined && isThere(state, pod);
  if (!hasNetwork) return `dial tcp ${ip}:${port}: connect: no route to host`;
  const server = listener(state, pod, port);
  if (server === undefined) return `dial tcp ${ip}:${port}: connect: connection refused`;
  const speech = speechOf(state, server, port);
  if (scheme === 'https' && speech === 'http') return 'http: server gave HTTP response to HTTPS client';
  if (scheme === 'https' && speech === 'raw') return 'EOF';
  return undefined;
}

function isThere(state: ClusterState, pod: Pod): boolean {
  return podWorkers.get(state, pod.metadata.uid)?.runtime.sandbox?.isReady === true;
}

/** Whether a server that speaks TLS is asked in plain HTTP, which it refuses in its own words. */
export function isPlainToTls(state: ClusterState, { scheme, namespace, pod: name, port }: ProxyPlace): boolean {
  const pod = getObject(state, podKind, namespace, name);
  const server = pod === undefined ? undefined : listener(state, pod, port);
  return scheme === 'http' && server !== undefined && speechOf(state, server, port) === 'https';
}
