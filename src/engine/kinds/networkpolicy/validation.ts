// Validation of NetworkPolicies. Upstream: pkg/apis/networking/validation/validation.go ValidateNetworkPolicySpec (v1.33). Rule: P1.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isIpv6, parseIpv4 } from '../../apimachinery/ip.ts';
import { portNameProblems } from '../../apimachinery/names.ts';
import { validateLabelSelector } from '../shared/template.ts';
import type { IpBlock, NetworkPolicy, PolicyPeer, PolicyPort } from './types.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TYPES = ['Egress', 'Ingress'];
const PORT_RANGE = 'must be between 1 and 65535, inclusive';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function validateNetworkPolicy({ spec }: NetworkPolicy): readonly FieldError[] {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec;
  const errors = validateLabelSelector(podSelector, 'spec.podSelector');
  ingress.forEach(({ ports = [], from = [] }, index) => errors.push(...validateRule(ports, from, `spec.ingress[${index}]`, 'from')));
  egress.forEach(({ ports = [], to = [] }, index) => errors.push(...validateRule(ports, to, `spec.egress[${index}]`, 'to')));
  if (policyTypes.length > TYPES.length) {
    const given = goText(JSON.stringify(policyTypes));
    return [...errors, invalid('spec.policyTypes', given, 'may not specify more than two policyTypes')];
  }
  policyTypes.forEach((type, index) => {
    if (!TYPES.includes(type)) errors.push(notSupported(`spec.policyTypes[${index}]`, type, TYPES));
  });
  return errors;
}

function validateRule(ports: readonly PolicyPort[], peers: readonly PolicyPeer[], path: string, field: string): readonly FieldError[] {
  return [
    ...ports.flatMap((port, index) => validatePort(port, `${path}.ports[${index}]`)),
    ...peers.flatMap((peer, index) => validatePeer(peer, `${path}.${field}[${index}]`)),
  ];
}

function isPortNumber(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function validatePort({ protocol, port, endPort }: PolicyPort, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  if (typeof port === 'number') {
    if (!isPortNumber(port)) errors.push(invalid(`${path}.port`, port, PORT_RANGE));
    if (endPort === undefined) return errors;
    if (endPort < port) errors.push(invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`'));
    if (!isPortNumber(endPort)) errors.push(invalid(`${path}.endPort`, endPort, PORT_RANGE));
    return errors;
  }
  if (endPort !== undefined) {
    const state = port === undefined ? 'not specified' : 'non-numeric';
    errors.push(invalid(`${path}.endPort`, endPort, `may not be specified when \`port\` is ${state}`));
  }
  if (port !== undefined) errors.push(...portNameProblems(port).map((problem) => invalid(`${path}.port`, port, problem)));
  return errors;
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (podSelector !== undefined) errors.push(...validateLabelSelector(podSelector, `${path}.podSelector`));
  if (namespaceSelector !== undefined) errors.push(...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`));
  if (ipBlock !== undefined) errors.push(...validateBlock(ipBlock, `${path}.ipBlock`));
  const count = [podSelector, namespaceSelector, ipBlock].filter((peer) => peer !== undefined).length;
  if (count === 0) errors.push(required(path, 'must specify a peer'));
  else if (count > 1 && ipBlock !== undefined) errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  return errors;
}

function validateBlock({ cidr = '', except = [] }: IpBlock, path: string): readonly FieldError[] {
  if (cidr === '') return [required(`${path}.cidr`)];
  const block = parseCidr(cidr);
  if (block === undefined) return [invalid(`${path}.cidr`, cidr, CIDR_TEXT)];
  return except.flatMap((text, index) => {
    const inner = parseCidr(text);
    if (inner === undefined) return [invalid(`${path}.except[${index}]`, text, CIDR_TEXT)];
    return isInside(inner, block) ? [] : [invalid(`${path}.except[${index}]`, text, 'must be a strict subset of `cidr`')];
  });
}

interface Cidr {
  /** Undefined for IPv6, whose ranges are not compared. */
  readonly address: number | undefined;
  readonly bits: number;
}

function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [, host = '', length = ''] = match;
  const bits = Number(length);
  const address = parseIpv4(host);
  if (address !== undefined) return bits <= 32 ? { address, bits } : undefined;
  return isIpv6(host) && bits <= 128 ? { address: undefined, bits } : undefined;
}

function isInside(inner: Cidr, outer: Cidr): boolean {
  if (inner.bits <= outer.bits || (inner.address === undefined) !== (outer.address === undefined)) return false;
  if (inner.address === undefined || outer.address === undefined) return true;
  const size = 2 ** (32 - outer.bits);
  return Math.floor(inner.address / size) === Math.floor(outer.address / size);
}
