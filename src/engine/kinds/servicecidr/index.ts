// The kind ServiceCIDR. Upstream: pkg/registry/networking/servicecidr/strategy.go, pkg/apis/networking/validation/validation.go
// ValidateServiceCIDR, printers.go printServiceCIDR (v1.33). Rules: C943, F6, I6, I9, N8, P1.
// Deviation: services get addresses of the first range only, whatever ranges are added.

import { type FieldError, goStrings, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import { isIpv6 } from '../../apimachinery/ip.ts';
import { cidrProblems } from '../../apimachinery/ip-range.ts';
import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { immutable } from '../shared/immutable.ts';

export interface ServiceCidr extends KubeObject {
  readonly spec: { readonly cidrs?: readonly string[] };
  readonly status: { readonly conditions?: readonly Condition[] };
}

export const serviceCidrKind: Kind<ServiceCidr> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'networking.v1.ServiceCIDR',
  storageVersion: 'v1beta1',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  applyDefaults: () => {},
  prepareForCreate(draft) {
    draft.spec ??= {};
    draft.status ??= {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ServiceCidr>['spec'];
    else draft.status = previous.status as Draft<ServiceCidr>['status'];
  },
  validate: ({ spec }) => rangeErrors(spec.cidrs ?? []),
  validateUpdate: ({ spec: { cidrs = [] } }, { spec: { cidrs: before = [] } }, subresource) =>
    subresource === 'status' ? [] : changeErrors(cidrs, before),
  columns: [NAME_COLUMN, column('CIDRs'), AGE_COLUMN],
  cells: (range, nowMs) => [range.metadata.name, (range.spec.cidrs ?? []).join(','), ageOf(range, nowMs)],
};

function rangeErrors(cidrs: readonly string[]): readonly FieldError[] {
  const path = 'spec.cidrs';
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) {
    const given = goText(`networking.ServiceCIDRSpec{CIDRs:${goStrings(cidrs).goText}}`);
    return [invalid(path, given, 'may only hold up to 2 values')];
  }
  const errors = cidrs.flatMap((cidr, index) => cidrProblems(cidr).map((problem) => invalid(`${path}[${index}]`, cidr, problem)));
  if (errors.length === 0 && cidrs.length === 2 && isIpv6Range(cidrs[0] ?? '') === isIpv6Range(cidrs[1] ?? ''))
    errors.push(
      invalid(path, goStrings(cidrs), 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'),
    );
  return errors;
}

function isIpv6Range(cidr: string): boolean {
  return isIpv6(cidr.split('/')[0] ?? '');
}

/** A range never changes; one of the other family may be added. */
function changeErrors(cidrs: readonly string[], before: readonly string[]): readonly FieldError[] {
  if (cidrs.length !== before.length && !(before.length === 1 && cidrs.length === 2))
    return [invalid('spec.cidrs', goStrings(cidrs), 'field is immutable')];
  return before.flatMap((cidr, index) => (cidr === cidrs[index] ? [] : [immutable(`spec.cidrs[${index}]`, cidrs[index])]));
}
