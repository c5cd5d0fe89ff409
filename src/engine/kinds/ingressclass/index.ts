// The kind IngressClass. Upstream: pkg/registry/networking/ingressclass/strategy.go, pkg/apis/networking/{v1/defaults,validation/validation}.go,
// printers.go printIngressClass (v1.33). Rules: F6, N8, P1.

import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../apimachinery/field-errors.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { labelProblems, pathSegmentProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';

interface Parameters {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly scope?: string;
  readonly namespace?: string;
}

export interface IngressClass extends KubeObject {
  readonly spec: { readonly controller?: string; readonly parameters?: Parameters };
}

/** Carried by the classes that new Ingresses get. */
export const DEFAULT_INGRESS_CLASS_TERM = 'default-class';
const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';
const CONTROLLER_BYTES_MAX = 250;
const SCOPES = ['Cluster', 'Namespace'];

export const ingressClassKind: Kind<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'networking.v1.IngressClass',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: false,
  applyDefaults(draft) {
    draft.spec ??= {};
    if (draft.spec.parameters !== undefined) draft.spec.parameters.scope ??= 'Cluster';
  },
  validate({ spec }) {
    const { controller = '', parameters } = spec;
    const errors: FieldError[] = controller === '' ? [required('spec.controller')] : validateController(controller);
    return parameters === undefined ? errors : [...errors, ...validateParameters(parameters, 'spec.parameters')];
  },
  validateUpdate: ({ spec }, previous) =>
    spec.controller === previous.spec.controller ? [] : [invalid('spec.controller', spec.controller ?? '', 'field is immutable')],
  indexTerms: ({ metadata }) => (metadata.annotations?.[DEFAULT_ANNOTATION] === 'true' ? [DEFAULT_INGRESS_CLASS_TERM] : []),
  columns: [NAME_COLUMN, column('Controller'), column('Parameters'), AGE_COLUMN],
  cells: (object, nowMs) => [object.metadata.name, object.spec.controller ?? '', parametersCell(object), ageOf(object, nowMs)],
};

function parametersCell({ spec: { parameters } }: IngressClass): string {
  if (parameters === undefined) return '<none>';
  const { apiGroup, kind = '', name = '' } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
}

/** A domain, a slash and a path. */
function validateController(controller: string): FieldError[] {
  const path = 'spec.controller';
  const errors = controller.length > CONTROLLER_BYTES_MAX ? [tooLong(path, CONTROLLER_BYTES_MAX)] : [];
  const [domain = '', ...rest] = controller.split('/');
  if (rest.length === 0 || rest.join('/') === '')
    return [...errors, invalid(path, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  errors.push(...subdomainProblems(domain).map((problem) => invalid(path, domain, problem)));
  return errors;
}

function validateParameters({ apiGroup, kind = '', name = '', scope = '', namespace }: Parameters, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (apiGroup !== undefined) errors.push(...subdomainProblems(apiGroup).map((problem) => invalid(`${path}.apiGroup`, apiGroup, problem)));
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.push(required(`${path}.${field}`));
    else errors.push(...pathSegmentProblems(value).map((problem) => invalid(`${path}.${field}`, value, problem)));
  }
  if (!SCOPES.includes(scope)) return [...errors, notSupported(`${path}.scope`, scope, SCOPES)];
  if (scope === 'Cluster' && namespace !== undefined) errors.push(forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  if (scope === 'Namespace' && namespace === undefined)
    errors.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  if (scope === 'Namespace' && namespace !== undefined)
    errors.push(...labelProblems(namespace).map((problem) => invalid(`${path}.namespace`, namespace, problem)));
  return errors;
}
