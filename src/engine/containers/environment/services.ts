// Variables by which a container finds the services of its namespace. Upstream: pkg/kubelet/envvars/envvars.go (v1.33).

import type { Variable } from './variables.ts';

/** What the variables tell of a service that has a cluster IP. */
export interface ServiceLink {
  readonly name: string;
  readonly clusterIp: string;
  readonly ports: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[];
}

/** The service of the API server, which every container is told of, whatever `enableServiceLinks` says. */
export const KUBERNETES_SERVICE: ServiceLink = {
  name: 'kubernetes',
  clusterIp: '10.96.0.1',
  ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
};

/** The variables of services, in the order given. */
export function serviceVariables(services: readonly ServiceLink[]): Variable[] {
  return services.flatMap((service) => {
    const { clusterIp, ports } = service;
    const [first] = ports;
    if (first === undefined) return [];
    const prefix = variableName(service.name);
    const named = ports.filter((port) => (port.name ?? '') !== '');
    return [
      { name: `${prefix}_SERVICE_HOST`, value: clusterIp },
      { name: `${prefix}_SERVICE_PORT`, value: String(first.port) },
      ...named.map((port) => ({ name: `${prefix}_SERVICE_PORT_${variableName(port.name ?? '')}`, value: String(port.port) })),
      ...linkVariables(prefix, service),
    ];
  });
}

/** The older form, as Docker links had it. */
function linkVariables(prefix: string, { clusterIp, ports }: ServiceLink): Variable[] {
  const host = clusterIp.includes(':') ? `[${clusterIp}]` : clusterIp;
  return ports.flatMap(({ port, protocol }, index) => {
    const base = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    return [
      ...(index === 0 ? [{ name: `${prefix}_PORT`, value: url }] : []),
      { name: base, value: url },
      { name: `${base}_PROTO`, value: protocol.toLowerCase() },
      { name: `${base}_PORT`, value: String(port) },
      { name: `${base}_ADDR`, value: clusterIp },
    ];
  });
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
