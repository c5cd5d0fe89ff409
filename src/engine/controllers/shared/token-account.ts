// Whose token a Secret has. Upstream: pkg/controller/serviceaccount (v1.33). Rules: C947, C948.

import { getObject } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { ACCOUNT_NAME, ACCOUNT_UID } from '../../kinds/secret/account-token.ts';
import type { Secret } from '../../kinds/secret/types.ts';
import { type ServiceAccount, serviceAccountKind } from '../../kinds/serviceaccount/index.ts';

/** The account that a Secret names, unless it is another one of that name. */
export function tokenAccount(state: ClusterState, { metadata: { namespace = '', annotations = {} } }: Secret): ServiceAccount | undefined {
  const account = getObject(state, serviceAccountKind, namespace, annotations[ACCOUNT_NAME] ?? '');
  const uid = annotations[ACCOUNT_UID] ?? '';
  return uid === '' || uid === account?.metadata.uid ? account : undefined;
}
