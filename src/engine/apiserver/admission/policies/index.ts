// ValidatingAdmissionPolicies judge what is about to be written, by their bindings: a refusal, or a warning.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/{validating/dispatcher.go,generic/policy_dispatcher.go} (v1.33). Rule: U7.
// Omits: audit annotations, for which there is no log.

import { compareText } from '../../../apimachinery/text.ts';
import type { AuthorizerAnswer, AuthorizerQuestion } from '../../../apimachinery/cel/declarations.ts';
import { matchesSelector, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type { KubeObject } from '../../../apimachinery/meta.ts';
import { failure, ok, qualifiedPlural, type Result, type Status } from '../../../apimachinery/status.ts';
import type { ClusterState } from '../../../kernel/state.ts';
import { getStored, storedOf } from '../../../kernel/store.ts';
import { apiVersionOf, type Kind, resourceOf } from '../../../kinds/kind.ts';
import { validatingAdmissionPolicyKind } from '../../../kinds/validatingadmissionpolicy/index.ts';
import type { ValidatingAdmissionPolicy } from '../../../kinds/validatingadmissionpolicy/types.ts';
import {
  type ValidatingAdmissionPolicyBinding,
  validatingAdmissionPolicyBindingKind,
} from '../../../kinds/validatingadmissionpolicybinding/index.ts';
import { clusterKindByGvk } from '../../cluster-kinds.ts';
import { asksOf } from '../../webhooks/calls.ts';
import { convert, viewsOf } from '../../webhooks/views.ts';
import { type Denial, evaluatePolicy } from './evaluation.ts';
import { type AdmissionAttributes, matchedVersion, matchesResources } from './matching.ts';

export const POLICIES = resourceOf(validatingAdmissionPolicyKind);
export const BINDINGS = resourceOf(validatingAdmissionPolicyBindingKind);

/** Kinds that no policy judges, so that it can always be mended. */
const EXEMPT: ReadonlySet<string> = new Set([POLICIES, BINDINGS]);

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 };

export type Authorize = (question: AuthorizerQuestion) => AuthorizerAnswer;

/**
 * U7: the refusal of a request, or undefined; what is only warned about is added to `warnings`. The kind of the attributes is the requested one, `kind` that of
 * its objects.
 */
export function judgeByPolicies(
  state: ClusterState,
  attributes: AdmissionAttributes,
  warnings: string[],
  authorize: Authorize,
  kind: Kind,
): Status | undefined {
  if (storedOf(state, BINDINGS).size === 0 || EXEMPT.has(resourceOf(attributes.kind))) return undefined;
  const denials: { readonly text: string; readonly denial: Denial }[] = [];
  const views = viewsOf(state, attributes.kind);
  for (const policy of objectsOf<ValidatingAdmissionPolicy>(state, POLICIES)) {
    const bindings = objectsOf<ValidatingAdmissionPolicyBinding>(state, BINDINGS).filter(
      ({ spec }) => spec.policyName === policy.metadata.name && matchesResources(state, spec.matchResources, attributes),
    );
    const view = bindings.length === 0 ? undefined : matchedVersion(state, policy.spec.matchConstraints ?? {}, attributes, views);
    if (view === undefined) continue;
    const seen = seenIn(view, kind, attributes);
    if (!seen.ok) {
      if (asksOf(seen.status) !== undefined) return seen.status;
      const message = `failed to configure policy: failed to convert object version: ${seen.status.message ?? ''}`;
      const text = `ValidatingAdmissionPolicy '${policy.metadata.name}' denied request: ${message}`;
      if (policy.spec.failurePolicy !== 'Ignore') denials.push({ text, denial: { message, reason: '' } });
      continue;
    }
    for (const binding of bindings) {
      const { validationActions = [] } = binding.spec;
      const found = denialsOf(state, policy, binding, seen.value, authorize);
      const title = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
      for (const denial of found) {
        const isUnconditional = denial.isUnconditional === true;
        if (isUnconditional || validationActions.includes('Deny'))
          denials.push({ text: `${title} denied request: ${denial.message}`, denial });
        if (!isUnconditional && validationActions.includes('Warn')) warnings.push(`Validation failed for ${title}: ${denial.message}`);
      }
    }
  }
  const [first] = denials;
  return first === undefined ? undefined : refusal(attributes, first.text, first.denial.reason === '' ? 'Invalid' : first.denial.reason);
}

/** What a policy sees that asks for a version of the object. Fails: until a webhook has converted it, and where it does not. */
function seenIn(view: Kind, kind: Kind, attributes: AdmissionAttributes): Result<AdmissionAttributes> {
  if (attributes.objectKind !== undefined || view === kind) return ok({ ...attributes, view });
  const [object, oldObject] = [convert(kind, view, attributes.object), convert(kind, view, attributes.oldObject)];
  if (!object.ok) return object;
  if (!oldObject.ok) return oldObject;
  const type = { kind: view.kind, apiVersion: apiVersionOf(view) };
  const typed = (given: KubeObject | undefined): KubeObject | undefined => (given === undefined ? undefined : { ...given, ...type });
  return ok({ ...attributes, view, object: typed(object.value), oldObject: typed(oldObject.value) });
}

/** Whether any policy is bound: nothing else needs to be looked at where none is. */
export function hasPolicies(state: ClusterState): boolean {
  return storedOf(state, BINDINGS).size > 0;
}

function refusal({ kind, name }: AdmissionAttributes, message: string, reason: string): Status {
  const target = name === '' ? qualifiedPlural(kind) : `${qualifiedPlural(kind)} "${name}"`;
  return failure(CODES[reason] ?? 422, reason, `${target} is forbidden: ${message}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    causes: [{ message }],
  });
}

function objectsOf<T extends KubeObject>(state: ClusterState, resource: string): readonly T[] {
  return [...storedOf(state, resource).values()]
    .map(({ object }) => object as T)
    .sort((a, b) => compareText(a.metadata.name, b.metadata.name));
}

function denialsOf(
  state: ClusterState,
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  attributes: AdmissionAttributes,
  authorize: Authorize | undefined,
): readonly Denial[] {
  const params = paramsOf(state, policy, binding, attributes);
  if (typeof params === 'string') {
    const message = `failed to configure binding: ${params}`;
    return policy.spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: '', isUnconditional: true }];
  }
  const isNamespace = attributes.kind.group === '' && attributes.kind.plural === 'namespaces';
  const stored = isNamespace || attributes.namespace === undefined ? undefined : getStored(state, 'namespaces', attributes.namespace);
  const namespace = stored?.object as KubeObject | undefined;
  return params.flatMap((param) => evaluatePolicy(policy, { attributes, params: param, namespace, authorize }) ?? []);
}

/** The parameters for which a policy is evaluated, or why they cannot be found. */
function paramsOf(
  state: ClusterState,
  { spec }: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  attributes: AdmissionAttributes,
): readonly (KubeObject | undefined)[] | string {
  const { paramRef } = binding.spec;
  if (spec.paramKind === undefined || paramRef === undefined) return [undefined];
  const { apiVersion = '', kind: name = '' } = spec.paramKind;
  const kind = clusterKindByGvk(state, apiVersion, name);
  if (kind === undefined) return `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${name}'`;
  if (!kind.namespaced && (paramRef.namespace ?? '') !== '')
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const namespace = kind.namespaced ? (paramRef.namespace ?? attributes.namespace) : undefined;
  if (kind.namespaced && namespace === undefined)
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  const selector = paramRef.selector === undefined ? undefined : selectorFromLabelSelector(paramRef.selector);
  const found = objectsOf<KubeObject>(state, resourceOf(kind)).filter(({ metadata }) => {
    if (kind.namespaced && metadata.namespace !== namespace) return false;
    return selector === undefined ? metadata.name === paramRef.name : matchesSelector(selector, metadata.labels);
  });
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return found;
}
