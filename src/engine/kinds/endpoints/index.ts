// The kind Endpoints. Upstream: pkg/registry/core/endpoint/strategy.go, pkg/apis/core/validation/validation.go ValidateEndpoints,
// printers.go printEndpoints (v1.33). Rules: C528, I4, N11.

import { type FieldError, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { endpointIpProblems, ipProblems, ipWarnings } from '../../apimachinery/ip.ts';
import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { eachText } from '../shared/each-text.ts';
import type { Endpoints, EndpointSubset } from './types.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const SHOWN_MAX = 3;

export const endpointsKind: Kind<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.Endpoints',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice', // Clients are warned of it (C528).
  applyDefaults(draft) {
    for (const subset of draft.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
  },
  validate: (endpoints) => (endpoints.subsets ?? []).flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`)),
  warnings: ({ metadata, subsets }) =>
    metadata.labels?.[MANAGED_BY] === 'endpoint-controller'
      ? []
      : eachText(subsets, 'subsets', ({ addresses, notReadyAddresses }, at) => [
          ...eachText(addresses, `${at}.addresses`, ({ ip = '' }, field) => ipWarnings(ip, `${field}.ip`)),
          ...eachText(notReadyAddresses, `${at}.notReadyAddresses`, ({ ip = '' }, field) => ipWarnings(ip, `${field}.ip`)),
        ]),
  columns: [NAME_COLUMN, column('Endpoints'), AGE_COLUMN],
  cells: (endpoints, nowMs) => [endpoints.metadata.name, endpointsCell(endpoints), ageOf(endpoints, nowMs)],
};

function validateSubset(subset: EndpointSubset, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length + notReadyAddresses.length === 0) errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  for (const [field, list] of Object.entries({ addresses, notReadyAddresses })) {
    list.forEach(({ ip = '', hostname = '', nodeName }, index) => {
      const at = `${path}.${field}[${index}]`;
      const problems = ipProblems(ip);
      for (const problem of problems) errors.push(invalid(`${at}.ip`, ip, problem));
      if (hostname !== '') for (const problem of labelProblems(hostname)) errors.push(invalid(`${at}.hostname`, hostname, problem));
      if (nodeName !== undefined)
        for (const problem of subdomainProblems(nodeName)) errors.push(invalid(`${at}.nodeName`, nodeName, problem));
      for (const problem of problems.length > 0 ? ['must be a valid IP address'] : endpointIpProblems(ip))
        errors.push(invalid(`${at}.ip`, ip, problem));
    });
  }
  ports.forEach((port, index) => {
    const at = `${path}.ports[${index}]`;
    const name = port.name ?? '';
    if (name === '' && ports.length > 1) errors.push(required(`${at}.name`));
    if (name !== '') for (const problem of labelProblems(name)) errors.push(invalid(`${at}.name`, name, problem));
    if (!(port.port >= 1 && port.port <= 65_535))
      errors.push(invalid(`${at}.port`, port.port ?? 0, 'must be between 1 and 65535, inclusive'));
    if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
  });
  return errors;
}

/** N11: subset by subset, port by port. */
function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const shown: string[] = [];
  let count = 0;
  for (const { addresses = [], ports = [] } of subsets) {
    const suffixes = ports.length === 0 ? [''] : ports.map(({ port }) => `:${port}`);
    for (const suffix of suffixes) {
      for (const { ip } of addresses) {
        if (count < SHOWN_MAX) shown.push(ip + suffix);
        count += 1;
      }
    }
  }
  return count > SHOWN_MAX ? `${shown.join(',')} + ${count - SHOWN_MAX} more...` : shown.join(',');
}
