// The kind Ingress. Upstream: pkg/registry/networking/ingress/strategy.go, printers.go printIngress (v1.33). Rules: B8, F6, I6, N8.
// No controller carries ingresses out here.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Ingress } from './types.ts';
import { validateIngress, validateIngressUpdate } from './validation.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const HOSTS_SHOWN_MAX = 3;

export const ingressKind: Kind<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  categories: [],
  namespaced: true,
  schema: 'networking.v1.Ingress',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults: () => {},
  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<Ingress>['spec'];
    else draft.status = previous.status as Draft<Ingress>['status'];
    draft.status.loadBalancer ??= {};
  },
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  warnings: ({ metadata, spec }, previous) =>
    previous === undefined && metadata.annotations?.[CLASS_ANNOTATION] !== undefined && spec.ingressClassName === undefined
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  columns: [NAME_COLUMN, column('Class'), column('Hosts'), column('Address'), column('Ports'), AGE_COLUMN],
  cells: (ingress, nowMs) => [
    ingress.metadata.name,
    classCell(ingress),
    hostsCell(ingress),
    (ingress.status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []).join(','),
    (ingress.spec.tls ?? []).length > 0 ? '80, 443' : '80',
    ageOf(ingress, nowMs),
  ],
};

function classCell({ metadata, spec }: Ingress): string {
  return spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>';
}

function hostsCell({ spec }: Ingress): string {
  const hosts = (spec.rules ?? []).map(({ host }) => host ?? '').filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, HOSTS_SHOWN_MAX).join(',');
  return hosts.length > HOSTS_SHOWN_MAX ? `${shown} + ${hosts.length - HOSTS_SHOWN_MAX} more...` : shown;
}
