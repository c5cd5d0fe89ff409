// What expressions of admission see: the object, the old one, the request, parameters, the namespace, the authorizer.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/cel/{compile,composition}.go (v1.33). The object is dyn: its schema is looked at by the controller that
// writes `status.typeChecking`.

import { compile, type Environment, KUBERNETES_FUNCTIONS, type Program } from '../../apimachinery/cel/index.ts';
import { AUTHORIZER } from '../../apimachinery/cel/library/kubernetes.ts';
import { BOOL, type CelType, DYN, formatType, INT, listOf, mapOf, STRING, TIMESTAMP } from '../../apimachinery/cel/types.ts';

function object(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  return { kind: 'object', name, fields: new Map(Object.entries(fields)) };
}

const KIND = object('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = object('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = object('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});
const REQUEST = object('kubernetes.AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});
const NAMESPACE = object('kubernetes.Namespace', {
  metadata: object('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: object('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: object('kubernetes.NamespaceStatus', { phase: STRING }),
});

/** The environment of an expression; `variables` are those that were composed before it. */
export function admissionEnvironment(options: {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  readonly variables?: ReadonlyMap<string, CelType>;
}): Environment {
  const variables = new Map<string, CelType>([
    ['object', DYN],
    ['oldObject', DYN],
    ['request', REQUEST],
    ['namespaceObject', NAMESPACE],
  ]);
  if (options.hasParams) variables.set('params', DYN);
  if (options.hasAuthorizer) {
    variables.set('authorizer', { kind: 'opaque', name: AUTHORIZER, parameters: [] });
    variables.set('authorizer.requestResource', { kind: 'opaque', name: 'kubernetes.authorization.ResourceCheck', parameters: [] });
  }
  for (const [name, type] of options.variables ?? []) variables.set(`variables.${name}`, type);
  return { functions: KUBERNETES_FUNCTIONS, variables };
}

export type CompiledExpression = { readonly ok: true; readonly program: Program } | { readonly ok: false; readonly problem: string };

/** Compiles an expression that must give one of some types; none of them means any. */
export function compileAdmission(expression: string, environment: Environment, wanted: readonly string[]): CompiledExpression {
  const compiled = compile(expression, environment);
  if (!compiled.ok) return { ok: false, problem: `compilation failed: ${compiled.text}` };
  const { type } = compiled.program.checked;
  if (wanted.length === 0 || type.kind === 'dyn' || wanted.includes(type.kind === 'null' ? 'null_type' : formatType(type)))
    return { ok: true, program: compiled.program };
  return { ok: false, problem: wanted.length === 1 ? `must evaluate to ${wanted[0]}` : `must evaluate to one of [${wanted.join(' ')}]` };
}
