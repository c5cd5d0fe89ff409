// What policies say of a client's request. Upstream: k8s.io/apiserver/pkg/cel/library/authz.go for the authorizer that they may ask (v1.33). Rule: U7.

import type { AuthorizerAnswer, AuthorizerQuestion } from '../../../apimachinery/cel/declarations.ts';
import type { KubeObject } from '../../../apimachinery/meta.ts';
import type { Status } from '../../../apimachinery/status.ts';
import type { ClusterState } from '../../../kernel/state.ts';
import type { Kind } from '../../../kinds/kind.ts';
import { accountGroups, accountUsername, OWNER, type UserInfo, withCommonGroups } from '../../authentication/user.ts';
import { authorize } from '../../authorization/authorizer.ts';
import type { ApiRequest } from '../../request-types.ts';
import { requestedKind } from '../../webhooks/views.ts';
import { type Authorize, judgeByPolicies } from './index.ts';
import type { AdmissionAttributes, ObjectKind, Operation } from './matching.ts';

export interface Change {
  readonly operation: Operation;
  /** Absent: that of the resource. */
  readonly objectKind?: ObjectKind;
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** U7: the refusal of a request by a policy, or undefined; warnings are added. */
export function admitByPolicies(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  change: Change,
  warnings: string[],
): Status | undefined {
  const attributes = { ...attributesOf(kind, request, change), kind: requestedKind(state, kind, request) };
  return judgeByPolicies(state, attributes, warnings, authorizeFor(state, request), kind);
}

/** What a request is about to do. */
export function attributesOf(kind: Kind, request: ApiRequest, change: Change): AdmissionAttributes {
  // Options of a connection have no metadata.
  const { metadata } = (change.object ?? change.oldObject) as Partial<KubeObject>;
  return {
    ...change,
    kind,
    user: request.user ?? OWNER,
    name: request.name ?? metadata?.name ?? '',
    namespace: kind.namespaced ? (metadata?.namespace ?? request.namespace) : undefined,
    subresource: request.subresource ?? '',
    isDryRun: request.options.dryRun === true || request.isTrial === true,
  };
}

/** What expressions may ask about the permissions of the one who asks. */
export function authorizeFor(state: ClusterState, request: ApiRequest): Authorize {
  return (question) => answer(state, request.user ?? OWNER, question);
}

function answer(state: ClusterState, user: UserInfo, question: AuthorizerQuestion): AuthorizerAnswer {
  const { serviceAccount, path, verb, group, resource, subresource, namespace, name } = question;
  const who = serviceAccount === undefined ? user : accountUser(serviceAccount);
  return path === undefined
    ? authorize(state, who, { isResource: true, verb, group, resource, subresource, namespace, name })
    : authorize(state, who, { isResource: false, verb, path });
}

function accountUser({ namespace, name }: { readonly namespace: string; readonly name: string }): UserInfo {
  const username = accountUsername(namespace, name);
  return { username, groups: withCommonGroups(username, accountGroups(namespace)) };
}
