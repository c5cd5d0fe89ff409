// What has a say in a new object between its defaults and its storing: webhooks that change a client's, policies that judge a component's.
// Upstream: apiserver/pkg/endpoints/handlers/create.go, pkg/admission/reinvocation.go (v1.33). Rules: U7, U8.

import type { KubeObject, ObjectMeta } from '../../apimachinery/meta.ts';
import { fail, ok, type Result, type Status } from '../../apimachinery/status.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Authorize, judgeByPolicies } from '../admission/policies/index.ts';
import { admitObject, completeObject } from '../admission/index.ts';
import { COMPONENT } from '../authentication/user.ts';

/** What webhooks make of an object, completed by `between` after their first round; undefined: nothing. */
export type Mutate = (draft: KubeObject, between: (object: KubeObject) => Result<KubeObject>) => Result<KubeObject | undefined>;

/** U8: the draft as webhooks want it, completed again where they changed it. What they fill in has no owner. */
export function mutateDraft<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  draft: Draft<T>,
  managedFields: ObjectMeta['managedFields'],
  mutate: Mutate | undefined,
): Result<Draft<T>> {
  if (mutate === undefined) return ok(draft);
  const metadata = { ...(draft.metadata as object), ...(managedFields === undefined ? {} : { managedFields }) };
  const mutated = mutate({ ...draft, metadata } as KubeObject, (object) => {
    const again = object as Draft<KubeObject>;
    const refused = admitObject(state, kind as Kind, again);
    if (refused !== undefined) return fail(refused);
    completeObject(state, kind as Kind, again, true);
    return ok(object);
  });
  return mutated.ok ? ok((mutated.value as Draft<T> | undefined) ?? draft) : mutated;
}

/** U7: policies judge what components make, too. */
export function judgeComponents(state: ClusterState, kind: Kind, object: KubeObject, isDryRun: boolean): Status | undefined {
  const { name, namespace } = object.metadata;
  const attributes = {
    operation: 'CREATE',
    kind,
    name,
    namespace,
    subresource: '',
    object,
    oldObject: undefined,
    user: COMPONENT,
  } as const;
  return judgeByPolicies(state, { ...attributes, isDryRun }, [], REFUSING, kind);
}

/** The rights of components are not looked up: who asks for them hears that there are none. */
const REFUSING: Authorize = () => ({ isAllowed: false, reason: '' });
