// Cluster IPs and node ports: what nobody has yet, the lowest of the upper band first, so that asking for an address by name rarely collides.
// Upstream: pkg/registry/core/service/{ipallocator,portallocator}, storage/alloc.go (v1.33). Rules: C521, C522, C524, C525.
// Deviation: the lowest free one instead of a random one (clusterIPAlloc, nodePortAlloc). Omits IPAddress objects and second address families.

import { type FieldError, goStrings, invalid } from '../../apimachinery/field-errors.ts';
import { formatIpv4, parseIpv4 } from '../../apimachinery/ip.ts';
import type { Draft } from '../kind.ts';
import { HEADLESS, needsClusterIp, needsHealthPort, needsNodePort } from './defaults.ts';
import type { Service, ServiceSpec } from './types.ts';

/** The range of addresses of Services (C522). */
export const SERVICE_CIDR = '10.96.0.0/12';

/** Numbers of a range with the place where its upper band begins. */
interface Range {
  readonly first: number;
  readonly band: number;
  readonly last: number;
}

const IPS: Range = ipRange(SERVICE_CIDR);

/** The range of node ports, and where its upper band begins (C525). */
const NODE_PORTS: Range = { first: 30_000, band: 30_000 + 86, last: 32_767 };

/** Index terms under which a service holds its addresses and ports. */
export function allocationTerms({ spec }: Service): string[] {
  const ips = (spec.clusterIPs ?? []).filter((ip) => ip !== HEADLESS).map(clusterIpTerm);
  const ports = [...(spec.ports ?? []).map((port) => port.nodePort ?? 0), spec.healthCheckNodePort ?? 0];
  return [...ips, ...[...new Set(ports)].filter((port) => port !== 0).map(nodePortTerm)];
}

export function clusterIpTerm(ip: string): string {
  return `cluster-ip:${ip}`;
}

export function nodePortTerm(port: number): string {
  return `node-port:${port}`;
}

type IsTaken = (term: string) => boolean;

/** Gives a validated service what it needs and has not got. `isTaken` asks for the terms of other services. */
export function allocate(draft: Draft<Service>, previous: Service | undefined, isTaken: IsTaken): FieldError[] {
  const { spec } = draft;
  const errors = familyErrors(spec);
  if (errors.length > 0) return errors;
  return [...allocateIp(spec, previous?.spec, isTaken), ...allocatePorts(spec, previous?.spec, isTaken)];
}

/** A cluster has one family of addresses; a headless service without a selector has none of its own. */
function familyErrors(spec: Draft<ServiceSpec>): FieldError[] {
  const isFree = spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  if (spec.type === 'ExternalName' || isFree) return [];
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack')
    errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  (spec.ipFamilies ?? []).forEach((family, index) => {
    if (family !== 'IPv4') errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  });
  return errors;
}

function allocateIp(spec: Draft<ServiceSpec>, previous: ServiceSpec | undefined, isTaken: IsTaken): FieldError[] {
  if (!needsClusterIp(spec) || spec.clusterIP === HEADLESS) return [];
  if ((spec.clusterIP ?? '') === '') {
    const ip = firstFree(IPS, (value) => isTaken(clusterIpTerm(formatIpv4(value))));
    if (ip === undefined) return [internal('spec.clusterIPs', 'failed to allocate a serviceIP: range is full')];
    spec.clusterIP = formatIpv4(ip);
    spec.clusterIPs = [spec.clusterIP];
    return [];
  }
  const ip = spec.clusterIP ?? '';
  if (previous !== undefined && needsClusterIp(previous) && previous.clusterIP === ip) return [];
  const value = parseIpv4(ip);
  const problem =
    value === undefined || value < IPS.first || value > IPS.last
      ? 'the provided network does not match the current range'
      : isTaken(clusterIpTerm(ip))
        ? 'provided IP is already allocated'
        : undefined;
  return problem === undefined ? [] : [invalid('spec.clusterIPs', goStrings([ip]), `failed to allocate IP ${ip}: ${problem}`)];
}

function allocatePorts(spec: Draft<ServiceSpec>, previous: ServiceSpec | undefined, isTaken: IsTaken): FieldError[] {
  const errors: FieldError[] = [];
  const own = new Set((previous?.ports ?? []).map((port) => port.nodePort ?? 0));
  const chosen = new Set<number>();
  const isFree = (port: number): boolean => !chosen.has(port) && !isTaken(nodePortTerm(port));
  const ports = spec.ports ?? [];
  for (const [index, port] of ports.entries()) {
    const asked = port.nodePort ?? 0;
    if (asked === 0) continue;
    const problem = chosen.has(asked) || own.has(asked) ? undefined : portProblem(asked, isFree);
    if (problem !== undefined) errors.push(invalid(`spec.ports[${index}].nodePort`, asked, problem));
    chosen.add(asked);
  }
  if (!needsNodePort(spec)) return errors;
  for (const [index, port] of ports.entries()) {
    if ((port.nodePort ?? 0) !== 0) continue;
    // One port over two protocols has one node port.
    const twin = ports.find((other) => other.port === port.port && other.protocol !== port.protocol && (other.nodePort ?? 0) !== 0);
    const found = twin?.nodePort ?? firstFree(NODE_PORTS, (value) => !isFree(value));
    if (found === undefined) return [...errors, internal(`spec.ports[${index}].nodePort`, 'failed to allocate a nodePort: range is full')];
    port.nodePort = found;
    chosen.add(found);
  }
  if (needsHealthPort(spec) && (spec.healthCheckNodePort ?? 0) === 0) {
    const found = firstFree(NODE_PORTS, (value) => !isFree(value));
    if (found !== undefined) spec.healthCheckNodePort = found;
  }
  return errors;
}

function portProblem(port: number, isFree: (port: number) => boolean): string | undefined {
  const { first, last } = NODE_PORTS;
  if (port < first || port > last) return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  return isFree(port) ? undefined : 'provided port is already allocated';
}

/** C524: the upper band, then the lower one. */
function firstFree({ first, band, last }: Range, isUsed: (value: number) => boolean): number | undefined {
  for (let value = band; value <= last; value += 1) if (!isUsed(value)) return value;
  for (let value = first; value < band; value += 1) if (!isUsed(value)) return value;
  return undefined;
}

/** C524: without the network's own address and the broadcast address. */
function ipRange(cidr: string): Range {
  const [base = '', bits = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = (parseIpv4(base) ?? 0) + 1;
  const offset = size <= 16 ? 0 : Math.min(Math.max(16, size / 16), 256);
  return { first, band: first + offset, last: first + size - 3 };
}

function internal(field: string, detail: string): FieldError {
  return { reason: 'InternalError', field, message: `Internal error: ${detail}` };
}
