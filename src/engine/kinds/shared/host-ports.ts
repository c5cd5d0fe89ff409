// Host ports that pods on a node occupy. Upstream: pkg/scheduler/framework/types.go HostPortInfo, plugins/nodeports (v1.33). Rule C811.

import type { PodSpec } from './pod-spec.ts';
import { sidecarsOf } from './pod-state.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** `protocol/port` → IP → how many pods hold it. */
export type OccupiedPorts = Map<string, Map<string, number>>;

const ANY_IP = '0.0.0.0';
const NONE: readonly HostPort[] = [];

/** The host ports of the pod's containers and sidecars. */
export function hostPortsOf({ spec }: { readonly spec: PodSpec }): readonly HostPort[] {
  let ports: HostPort[] | undefined;
  const sidecars = sidecarsOf(spec);
  for (const container of sidecars.length === 0 ? spec.containers : [...spec.containers, ...sidecars]) {
    for (const { hostPort = 0, hostIP, protocol } of container.ports ?? []) {
      if (hostPort <= 0) continue;
      ports ??= [];
      ports.push({ ip: (hostIP ?? '') === '' ? ANY_IP : (hostIP as string), protocol: protocol || 'TCP', port: hostPort });
    }
  }
  return ports ?? NONE;
}

/** True when no port is taken on the same or on every address. */
export function arePortsFree(occupied: OccupiedPorts, ports: readonly HostPort[]): boolean {
  return ports.every(({ ip, protocol, port }) => {
    const ips = occupied.get(`${protocol}/${port}`);
    if (ips === undefined) return true;
    return ip === ANY_IP ? ips.size === 0 : !ips.has(ip) && !ips.has(ANY_IP);
  });
}

/** True when two pods could not share a node (C803). */
export function doPortsConflict(a: readonly HostPort[], b: readonly HostPort[]): boolean {
  return a.some((left) =>
    b.some(
      (right) =>
        left.protocol === right.protocol && left.port === right.port && (left.ip === right.ip || left.ip === ANY_IP || right.ip === ANY_IP),
    ),
  );
}

/** Adds (1) or removes (-1) the ports of a pod. */
export function changePorts(occupied: OccupiedPorts, ports: readonly HostPort[], sign: 1 | -1): void {
  for (const { ip, protocol, port } of ports) {
    const key = `${protocol}/${port}`;
    const ips = occupied.get(key) ?? new Map<string, number>();
    const count = (ips.get(ip) ?? 0) + sign;
    if (count > 0) ips.set(ip, count);
    else ips.delete(ip);
    if (ips.size > 0) occupied.set(key, ips);
    else occupied.delete(key);
  }
}
