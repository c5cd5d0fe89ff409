// Defaults of Services, and what an update keeps of the service before it.
// Upstream: pkg/apis/core/v1/defaults.go SetDefaults_Service, pkg/registry/core/service/{strategy,storage/alloc,storage/storage}.go (v1.33).
// Rules: C520, C521, O12.

import type { Draft } from '../kind.ts';
import type { Service, ServiceSpec } from './types.ts';

export const HEADLESS = 'None';
const AFFINITY_SECONDS_DEFAULT = 10_800;

type SpecDraft = Draft<ServiceSpec>;

/** Type, ports and policies of a Service that says nothing of them (C520). */
export function applyServiceDefaults(draft: Draft<Service>): void {
  const { spec } = draft;
  if (spec === undefined) return;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    const config = (spec.sessionAffinityConfig ??= {});
    const clientIp = (config.clientIP ??= {});
    clientIp.timeoutSeconds ??= AFFINITY_SECONDS_DEFAULT;
  }
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (isExternal(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (isExternal(spec) || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** The two forms of the cluster's IP agree, and the families are those of a cluster with IPv4. */
export function completeFamilies(spec: SpecDraft): void {
  if (spec.clusterIP !== undefined && spec.clusterIP !== '' && (spec.clusterIPs?.length ?? 0) === 0) spec.clusterIPs = [spec.clusterIP];
  if (spec.type === 'ExternalName') return;
  const isFree = spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= isFree ? 'RequireDualStack' : 'SingleStack';
  spec.ipFamilies ??= isFree && spec.ipFamilyPolicy !== 'SingleStack' ? ['IPv4', 'IPv6'] : ['IPv4'];
}

/** What a client left out keeps its value; what the new type has no use for goes. */
export function keepAllocated(spec: SpecDraft, previous: ServiceSpec): void {
  dropTypeDependent(spec, previous);
  if (needsClusterIp(spec) && needsClusterIp(previous)) {
    const isClusterIpNew = (spec.clusterIP ?? '') !== '' && spec.clusterIP !== previous.clusterIP;
    if ((spec.clusterIP ?? '') === '' && previous.clusterIP !== undefined) spec.clusterIP = previous.clusterIP;
    if (isClusterIpNew && spec.clusterIP !== undefined && isSameList(spec.clusterIPs, previous.clusterIPs))
      spec.clusterIPs = [spec.clusterIP];
    if ((spec.clusterIPs?.length ?? 0) === 0 && !isClusterIpNew && previous.clusterIPs !== undefined)
      spec.clusterIPs = [...previous.clusterIPs];
  }
  if (needsNodePort(spec) && needsNodePort(previous)) keepNodePorts(spec, previous);
  if (needsHealthPort(spec) && needsHealthPort(previous) && previous.healthCheckNodePort !== undefined)
    spec.healthCheckNodePort ??= previous.healthCheckNodePort;
}

/** A port that names no node port keeps the one of its name, unless another port has it now. */
function keepNodePorts(spec: SpecDraft, previous: ServiceSpec): void {
  const before = new Map((previous.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
  const former = new Set(before.values());
  const used = new Set((spec.ports ?? []).flatMap((port) => (former.has(port.nodePort ?? 0) ? [port.nodePort] : [])));
  for (const port of spec.ports ?? []) {
    const known = before.get(port.name ?? '') ?? 0;
    if ((port.nodePort ?? 0) !== 0 || known === 0 || used.has(known)) continue;
    port.nodePort = known;
    used.add(known);
  }
}

/** A change of type takes along what only the former type had, as long as the client did not change it too. */
function dropTypeDependent(spec: SpecDraft, previous: ServiceSpec): void {
  if (needsClusterIp(previous) && !needsClusterIp(spec) && isSameList(spec.clusterIPs, previous.clusterIPs)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
    delete spec.internalTrafficPolicy;
  }
  const portsOf = (ports: ServiceSpec['ports']): string => (ports ?? []).map((port) => port.nodePort ?? 0).join(',');
  if (needsNodePort(previous) && !needsNodePort(spec) && portsOf(spec.ports) === portsOf(previous.ports)) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (isExternal(previous) && !isExternal(spec) && spec.externalTrafficPolicy === previous.externalTrafficPolicy)
    delete spec.externalTrafficPolicy;
  if (needsHealthPort(previous) && !needsHealthPort(spec) && spec.healthCheckNodePort === previous.healthCheckNodePort)
    delete spec.healthCheckNodePort;
  if (previous.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    delete spec.allocateLoadBalancerNodePorts;
    delete spec.loadBalancerClass;
  }
  if (previous.type === 'ExternalName' && spec.type !== 'ExternalName' && spec.externalName === previous.externalName)
    delete spec.externalName;
}

export function needsClusterIp(spec: Pick<ServiceSpec, 'type'>): boolean {
  return spec.type === 'ClusterIP' || isExternal(spec);
}

export function needsNodePort(spec: Pick<ServiceSpec, 'type' | 'allocateLoadBalancerNodePorts'>): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

export function needsHealthPort(spec: Pick<ServiceSpec, 'type' | 'externalTrafficPolicy'>): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function isExternal(spec: Pick<ServiceSpec, 'type'>): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return (a ?? []).join(',') === (b ?? []).join(',');
}
