// The kind Service. Upstream: pkg/registry/core/service/strategy.go, storage/storage.go, printers.go printService (v1.33).
// Rules: C520-C526, G5, L3, N10, O12, P9, T6.

import { compareText } from '../../apimachinery/text.ts';
import { formatLabels } from '../../apimachinery/labels.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { allocate, allocationTerms } from './allocation.ts';
import { applyServiceDefaults, completeFamilies, keepAllocated } from './defaults.ts';
import type { Service } from './types.ts';
import { warnAboutService } from './warnings.ts';
import { validateService, validateServiceUpdate } from './validation.ts';

export const serviceKind: Kind<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'core.v1.Service',
  nameFormat: 'dns1035',
  generation: 'none',
  hasStatus: true,
  subresources: { proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'ServiceProxyOptions' } },
  returnsDeletedObject: true,
  allowsCreateOnUpdate: true,
  applyDefaults: applyServiceDefaults,
  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
    completeFamilies(draft.spec);
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<Service>['spec'];
      return;
    }
    draft.status = previous.status as Draft<Service>['status'];
    keepAllocated(draft.spec, previous.spec);
    completeFamilies(draft.spec);
  },
  validate: validateService,
  warnings: warnAboutService,
  validateUpdate: validateServiceUpdate,
  allocate,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type }),
  indexTerms: (service) => [...allocationTerms(service), ...selectorTerms(service)],
  columns: [
    NAME_COLUMN,
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    AGE_COLUMN,
    column('Selector', 'string', 1),
  ],
  cells: (service, nowMs) => [
    service.metadata.name,
    service.spec.type,
    service.spec.clusterIPs?.[0] ?? '<none>',
    externalCell(service),
    portsCell(service),
    ageOf(service, nowMs),
    formatLabels(service.spec.selector),
  ],
};

/** The term under which a service is found by the labels of a pod: one label that it asks for. */
export function selectorTerm(namespace: string, label: readonly [string, string] | undefined): string {
  return label === undefined ? `selects-all:${namespace}` : `selects:${namespace}/${label[0]}=${label[1]}`;
}

function selectorTerms({ metadata, spec }: Service): string[] {
  if (spec.selector === undefined || spec.type === 'ExternalName') return [];
  const [label] = Object.entries(spec.selector).sort(([a], [b]) => compareText(a, b));
  return [selectorTerm(metadata.namespace ?? '', label)];
}

/** How a Service is reached from outside of the cluster (N10). */
function externalCell({ spec, status }: Service): string {
  const externalIps = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return externalIps.join(',') || '<none>';
    case 'LoadBalancer': {
      const ingress = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
      // No cloud gives it an address (C526).
      return [...ingress.toSorted(compareText), ...externalIps].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsCell({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort = 0, protocol }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}
