// What is wrong with the expressions of a policy if the objects have the types of the resources that it matches.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go (v1.33). Rule: C944.

import { compareText } from '../../apimachinery/text.ts';
import { compile, type Environment } from '../../apimachinery/cel/index.ts';
import { type CelType, DYN } from '../../apimachinery/cel/types.ts';
import { clusterKindByGvk, clusterKinds } from '../../apiserver/cluster-kinds.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { declaredTypeOf } from '../../kinds/customresourcedefinition/rule-types.ts';
import type { Kind } from '../../kinds/kind.ts';
import { admissionEnvironment } from '../../kinds/shared/admission-cel.ts';
import type { AdmissionRule } from '../../kinds/shared/admission-match.ts';
import { schemaOfType } from '../../kinds/shared/schema-of-type.ts';
import type { StructuralSchema } from '../../kinds/shared/structural-schema.ts';
import type { ValidatingAdmissionPolicy } from '../../kinds/validatingadmissionpolicy/types.ts';

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

/** Of one rule of a policy no more are looked at. */
const TYPES_MAX = 10;

/** C944: a warning for every expression that does not fit one of the types. */
export function typeWarnings(state: ClusterState, policy: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const { paramKind, validations = [] } = policy.spec;
  const params = paramKind === undefined ? undefined : clusterKindByGvk(state, paramKind.apiVersion ?? '', paramKind.kind ?? '');
  const environments = typesToCheck(state, policy).map((kind) => ({ kind, environment: environmentOf(state, policy, kind, params) }));
  const check = (expression: string, fieldRef: string): readonly ExpressionWarning[] => {
    const found = environments.flatMap(({ kind, environment }) => {
      const compiled = compile(expression, environment);
      return compiled.ok ? [] : [`${kind.group}/${kind.version}, Kind=${kind.kind}: ${compiled.text}\n`];
    });
    return found.length === 0 ? [] : [{ fieldRef, warning: found.join('\n') }];
  };
  return validations.flatMap(({ expression = '', messageExpression = '' }, index) => [
    ...check(expression, `spec.validations[${index}].expression`),
    ...(messageExpression === '' ? [] : check(messageExpression, `spec.validations[${index}].messageExpression`)),
  ]);
}

/** The kinds that the rules name without wildcards. */
function typesToCheck(state: ClusterState, { spec }: ValidatingAdmissionPolicy): readonly Kind[] {
  const found = new Set<Kind>();
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    const kinds = kindsOfRule(state, rule);
    for (const kind of kinds.slice(0, TYPES_MAX)) found.add(kind);
    if (kinds.length >= TYPES_MAX) break;
  }
  return [...found].sort((a, b) => compareText(a.group, b.group) || compareText(a.version, b.version) || compareText(a.kind, b.kind));
}

/** In the order of group, version and resource. The group of the core is found as if none was said, in any group. */
function kindsOfRule(state: ClusterState, { apiGroups = [], apiVersions = [], resources = [] }: AdmissionRule): readonly Kind[] {
  if ([...apiGroups, ...apiVersions].some((text) => text.includes('*'))) return [];
  const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort(compareText);
  const named = sorted(resources).filter((text) => !/[*/]/.test(text));
  return sorted(apiGroups).flatMap((group) =>
    sorted(apiVersions).flatMap((version) =>
      named.flatMap((resource) =>
        clusterKinds(state).filter(
          (kind) => kind.version === version && kind.plural === resource && (group === '' || kind.group === group),
        ),
      ),
    ),
  );
}

function environmentOf(state: ClusterState, policy: ValidatingAdmissionPolicy, kind: Kind, params: Kind | undefined): Environment {
  const object = typeOf(state, kind);
  const variables = new Map<string, CelType>();
  const build = (): Environment => {
    const base = admissionEnvironment({ hasParams: false, hasAuthorizer: true, variables });
    const known = new Map(base.variables).set('object', object).set('oldObject', object);
    known.delete('authorizer.requestResource');
    if (params !== undefined) known.set('params', typeOf(state, params));
    return { ...base, variables: known };
  };
  for (const { name, expression } of policy.spec.variables ?? []) {
    const compiled = compile(expression, build());
    variables.set(name, compiled.ok ? compiled.program.checked.type : DYN);
  }
  return build();
}

/** Upstream's name of the type has the nanoseconds of the time behind it. */
function typeOf(state: ClusterState, kind: Kind): CelType {
  const name = `${kind.kind}${(state.nowMs % 1000) * 1_000_000}`;
  return declaredTypeOf(schemaOfKind(kind), true, name)?.type ?? DYN;
}

/** As it is published: the metadata of a custom resource are those of every object. */
function schemaOfKind({ schema, structure }: Kind): StructuralSchema {
  if (structure === undefined) return schemaOfType(schema);
  const { type, properties } = structure.schema;
  const text: StructuralSchema = { type: 'string' };
  const whole = { ...properties, apiVersion: text, kind: text, metadata: schemaOfType('meta.v1.ObjectMeta') };
  return type === 'object' ? { ...structure.schema, properties: whole } : structure.schema;
}
