// What a write needs beyond the right to make the request, which was looked at before. Rules: I4, K5, Q12, Q13.
// Upstream: apiserver/pkg/endpoints/handlers/create.go withAuthorization, pkg/registry/rbac (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { RBAC_GROUP } from '../../kinds/shared/rbac.ts';
import type { ApiRequest } from '../request-types.ts';
import { forbidden } from './attributes.ts';
import { authorize } from './authorizer.ts';
import { refuseEscalation } from './escalation.ts';

/** Why an object may not be created. */
export function refuseNew(state: ClusterState, kind: Kind, request: ApiRequest, draft: Draft<KubeObject>): Status | undefined {
  return refuseCreation(state, kind, request) ?? refuseGrant(state, kind, request, draft, undefined);
}

/** I4, K5: what creates by another verb needs the right to create, too. */
function refuseCreation(state: ClusterState, kind: Kind, { verb, user, namespace, name }: ApiRequest): Status | undefined {
  if (verb === 'create' || user === undefined) return undefined;
  const attributes = { isResource: true, verb: 'create', group: kind.group, resource: kind.plural, namespace, name } as const;
  const { isAllowed, reason } = authorize(state, user, attributes);
  return isAllowed ? undefined : forbidden(user, attributes, reason);
}

/** Q13: why a role or a binding may not be stored. */
export function refuseGrant(
  state: ClusterState,
  kind: Kind,
  { user, namespace, name = '' }: ApiRequest,
  draft: Draft<KubeObject>,
  present: KubeObject | undefined,
): Status | undefined {
  if (user === undefined || kind.group !== RBAC_GROUP) return undefined;
  kind.applyDefaults(draft);
  return refuseEscalation(state, user, { kind, namespace, name, object: draft as KubeObject, present });
}
