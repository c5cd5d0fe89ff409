// What policies and webhooks say of a change.

import type { Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { admitByPolicies, type Change } from '../admission/policies/requests.ts';
import type { ApiRequest } from '../request-types.ts';
import { refuseByWebhooks, VALIDATING } from '../webhooks/index.ts';

/** The refusal by a policy or a webhook. */
export function judgeChange(state: ClusterState, kind: Kind, request: ApiRequest, change: Change, warnings: string[]): Status | undefined {
  return admitByPolicies(state, kind, request, change, warnings) ?? refuseByWebhooks(state, kind, request, change, warnings, VALIDATING);
}
