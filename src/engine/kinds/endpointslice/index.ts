// The kind EndpointSlice. Upstream: pkg/registry/discovery/endpointslice/strategy.go, pkg/apis/discovery/validation/validation.go,
// printers.go printEndpointSlice (v1.33). Rules: F6, N11.

import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../apimachinery/field-errors.ts';
import { endpointIpProblems, ipProblems, ipWarnings, isIpv6, parseIpv4 } from '../../apimachinery/ip.ts';
import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { eachText } from '../shared/each-text.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Endpoint, EndpointSlice, SlicePort } from './types.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const ENDPOINTS_MAX = 1_000;
const ADDRESSES_MAX = 100;
const SHOWN_MAX = 3;
const SERVICE_LABEL = 'kubernetes.io/service-name';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const OWN_CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

export const endpointSliceKind: Kind<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'discovery.v1.EndpointSlice',
  nameFormat: 'subdomain',
  generation: 'content',
  hasStatus: false,
  applyDefaults(draft) {
    draft.endpoints ??= null;
    draft.ports ??= null;
    for (const endpoint of draft.endpoints ?? []) endpoint.conditions ??= {};
    for (const port of draft.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  warnings: ({ metadata, addressType, endpoints }) => [
    ...(addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...(OWN_CONTROLLERS.includes(metadata.labels?.[MANAGED_BY] ?? '')
      ? []
      : eachText(endpoints ?? [], 'endpoints', ({ addresses }, at) => eachText(addresses, `${at}.addresses`, ipWarnings))),
  ],
  validate: (slice) => [...validateAddressType(slice), ...validateEndpoints(slice), ...validatePorts(slice.ports ?? [])],
  validateUpdate: (slice, previous) =>
    slice.addressType === previous.addressType ? [] : [invalid('addressType', slice.addressType, 'field is immutable')],
  indexTerms: ({ metadata }) => {
    const service = metadata.labels?.[SERVICE_LABEL];
    return service === undefined ? [] : [serviceTerm(metadata.namespace, service)];
  },
  columns: [NAME_COLUMN, column('AddressType'), column('Ports'), column('Endpoints'), AGE_COLUMN],
  cells: (slice, nowMs) => [
    slice.metadata.name,
    slice.addressType,
    portsCell(slice.ports ?? []),
    shorten((slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)),
    ageOf(slice, nowMs),
  ],
};

/** The term of all slices of a service. */
export function serviceTerm(namespace: string | undefined, service: string): string {
  return `service:${namespace ?? ''}/${service}`;
}

function validateAddressType({ addressType }: EndpointSlice): FieldError[] {
  if (addressType === ('' as string)) return [required('addressType')];
  return ADDRESS_TYPES.includes(addressType) ? [] : [notSupported('addressType', addressType, ADDRESS_TYPES)];
}

function validateEndpoints({ endpoints, addressType }: EndpointSlice): FieldError[] {
  const list = endpoints ?? [];
  if (list.length > ENDPOINTS_MAX) return [tooMany('endpoints', list.length, ENDPOINTS_MAX)];
  return list.flatMap((endpoint, index) => validateEndpoint(endpoint, addressType, `endpoints[${index}]`));
}

function validateEndpoint({ addresses = [], hostname }: Endpoint, addressType: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'));
  if (addresses.length > ADDRESSES_MAX) errors.push(tooMany(`${path}.addresses`, addresses.length, ADDRESSES_MAX));
  addresses.forEach((address, index) => errors.push(...validateAddress(address, addressType, `${path}.addresses`, index)));
  if (hostname !== undefined) for (const problem of labelProblems(hostname)) errors.push(invalid(`${path}.hostname`, hostname, problem));
  return errors;
}

function validateAddress(address: string, addressType: string, path: string, index: number): FieldError[] {
  const at = (problems: readonly string[]): FieldError[] => problems.map((problem) => invalid(`${path}[${index}]`, address, problem));
  if (!ADDRESS_TYPES.includes(addressType)) return [];
  if (addressType === 'FQDN') return at(subdomainProblems(address));
  const problems = ipProblems(address);
  if (problems.length > 0) return at(problems);
  const isOfType = addressType === 'IPv4' ? parseIpv4(address) !== undefined : isIpv6(address);
  // Upstream's path leaves out which address it is.
  const other = isOfType ? [] : [invalid(path, address, `must be an ${addressType} address`)];
  return [...other, ...at(endpointIpProblems(address))];
}

function validatePorts(ports: readonly SlicePort[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol = '' }, index) => {
    if (name !== '') for (const problem of labelProblems(name)) errors.push(invalid(`ports[${index}].name`, name, problem));
    if (names.has(name)) errors.push(duplicate(`ports[${index}].name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`ports[${index}].protocol`, protocol, PROTOCOLS));
  });
  return errors;
}

/** The first ports of a slice, and how many there are beside them (N11). */
function portsCell(ports: readonly SlicePort[]): string {
  return shorten(ports.map(({ name = '', port }) => (port === undefined ? name || '*' : String(port))));
}

function shorten(texts: readonly string[]): string {
  if (texts.length === 0) return '<unset>';
  const shown = texts.slice(0, SHOWN_MAX).join(',');
  return texts.length > SHOWN_MAX ? `${shown} + ${texts.length - SHOWN_MAX} more...` : shown;
}
