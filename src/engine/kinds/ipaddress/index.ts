// The kind IPAddress. Upstream: pkg/registry/networking/ipaddress/strategy.go, pkg/apis/networking/validation/validation.go
// ValidateIPAddress, printers.go printIPAddress (v1.33). Rules: C943, F6, I9, N8, P1.
// Deviation: what services may have is decided by the services there are; an IPAddress that a user made takes no address away.

import { type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { pathSegmentProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { immutable } from '../shared/immutable.ts';

interface ParentReference {
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface IpAddress extends KubeObject {
  readonly spec: { readonly parentRef?: ParentReference };
}

export const ipAddressKind: Kind<IpAddress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  categories: [],
  namespaced: false,
  schema: 'networking.v1.IPAddress',
  storageVersion: 'v1beta1',
  nameFormat: 'ip',
  generation: 'spec',
  hasStatus: false,
  applyDefaults: () => {},
  prepareForCreate(draft) {
    draft.spec ??= {};
  },
  validate: ({ spec = {} }) => parentErrors(spec.parentRef),
  validateUpdate: ({ spec = {} }, previous) =>
    isJsonEqual(spec.parentRef, previous.spec.parentRef) ? [] : [immutable('spec.parentRef', spec.parentRef)],
  indexTerms: ({ spec = {} }) => (spec.parentRef === undefined ? [] : [parentTerm(spec.parentRef)]),
  columns: [NAME_COLUMN, column('ParentRef'), AGE_COLUMN],
  cells: (address, nowMs) => [address.metadata.name, parentText(address.spec.parentRef), ageOf(address, nowMs)],
};

/** Carried by the addresses of an object. */
export function parentTerm({ group = '', resource, namespace = '', name }: ParentReference): string {
  return `parent:${resource}.${group}/${namespace}/${name}`;
}

function parentText(parent: ParentReference | undefined): string {
  if (parent === undefined) return '<none>';
  const { group = '', resource, namespace = '', name } = parent;
  const kind = (group === '' ? resource : `${resource}.${group}`).toLowerCase();
  return [kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}

function parentErrors(parent: ParentReference | undefined): readonly FieldError[] {
  const path = 'spec.parentRef';
  if (parent === undefined) return [required(path)];
  const { group = '', resource = '', namespace = '', name = '' } = parent;
  const segment = (field: string, text: string): readonly FieldError[] =>
    pathSegmentProblems(text).map((problem) => invalid(`${path}.${field}`, text, problem));
  return [
    ...(group === '' ? [] : subdomainProblems(group).map((problem) => invalid(`${path}.group`, group, problem))),
    ...(resource === '' ? [required(`${path}.resource`)] : segment('resource', resource)),
    ...(name === '' ? [required(`${path}.name`)] : segment('name', name)),
    ...(namespace === '' ? [] : segment('namespace', namespace)),
  ];
}
