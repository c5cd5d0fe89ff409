// Warnings about the ports of all containers of a pod. Upstream: pkg/api/pod/warnings.go (v1.33). Rule: P4.

import type { ContainerPort, PodSpec } from './pod-spec.ts';
import { containersOf } from './windows-validation.ts';

interface Placed {
  readonly port: ContainerPort;
  readonly at: string;
}

/** `path` is that of the spec. */
export function warnAboutPorts(spec: PodSpec, path: string): string[] {
  const all = containersOf(spec, path).flatMap(({ container, at }) =>
    (container.ports ?? []).map((port, index): Placed => ({ port, at: `${at}.ports[${index}]` })),
  );
  return [...all.flatMap((placed, index) => warnAboutPort(placed, all.slice(0, index))), ...warnAboutNames(all)];
}

function warnAboutPort({ port, at }: Placed, before: readonly Placed[]): string[] {
  const { hostIP = '', hostPort = 0 } = port;
  const same = before.filter((other) => other.port.containerPort === port.containerPort && other.port.protocol === port.protocol);
  const dump = `{Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort} Protocol:${port.protocol} HostIP:${hostIP}}`;
  return [
    ...(hostIP !== '' && hostPort === 0 ? [`${at}: hostIP set without hostPort: ${dump}`] : []),
    ...same.flatMap((other) => {
      const word = conflictOf(port, other.port);
      return word === undefined ? [] : [`${at}: ${word} port definition with ${other.at}`];
    }),
  ];
}

/** How two definitions of one port and protocol get on. */
function conflictOf(a: ContainerPort, b: ContainerPort): string | undefined {
  const [hostPort, otherPort] = [a.hostPort ?? 0, b.hostPort ?? 0];
  const [hostIp, otherIp] = [a.hostIP ?? '', b.hostIP ?? ''];
  if (hostPort === otherPort && hostIp === otherIp) return 'duplicate';
  if (hostPort === 0 || otherPort === 0) return 'overlapping';
  return hostPort === otherPort && (hostIp === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined;
}

function warnAboutNames(all: readonly Placed[]): string[] {
  const names = new Map<string, string>();
  return all.flatMap(({ port: { name = '' }, at }) => {
    const other = names.get(name);
    if (name === '') return [];
    if (other === undefined) names.set(name, at);
    const text = `services and probes that select ports by name will use ${other}`;
    return other === undefined ? [] : [`${at}: duplicate port name ${JSON.stringify(name)} with ${other}, ${text}`];
  });
}
