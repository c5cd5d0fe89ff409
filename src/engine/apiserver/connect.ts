// Requests that open a connection to a pod, a service or a node: exec, attach, portforward and proxy. They change no object; policies and webhooks have a say
// in them by the operation CONNECT, about the options of the connection instead of an object.
// Upstream: apiserver/pkg/endpoints/handlers/rest.go ConnectResource, pkg/registry/core/pod/rest/subresources.go (v1.33). Rules: U7, U8, U9.
// Deviation: what a mutating webhook changes in the options is not taken.

import type { KubeObject } from '../apimachinery/meta.ts';
import type { ClusterState } from '../kernel/state.ts';
import { storedOf } from '../kernel/store.ts';
import type { Kind } from '../kinds/kind.ts';
import type { AdmissionRule } from '../kinds/shared/admission-match.ts';
import type { WebhookConfiguration } from '../kinds/shared/webhooks.ts';
import type { ValidatingAdmissionPolicy } from '../kinds/validatingadmissionpolicy/types.ts';
import { BINDINGS, POLICIES } from './admission/policies/index.ts';
import { judgeChange } from './write/judge.ts';
import { type ApiRequest, refuse, type RequestOutcome } from './request-types.ts';
import { MUTATING, refuseByWebhooks, VALIDATING } from './webhooks/index.ts';

/** U9: whether anything of the cluster is asked about connections; where nothing is, they need no request. */
export function hasConnectionRules(state: ClusterState): boolean {
  const configurations = [MUTATING, VALIDATING].flatMap((resource) => [...storedOf(state, resource).values()]);
  const isAsked = configurations.some(({ object }) =>
    ((object as WebhookConfiguration).webhooks ?? []).some(({ rules }) => nameConnections(rules)),
  );
  if (isAsked || storedOf(state, BINDINGS).size === 0) return isAsked;
  const policies = [...storedOf(state, POLICIES).values()].map(({ object }) => object as ValidatingAdmissionPolicy);
  return policies.some(({ spec }) => nameConnections(spec.matchConstraints?.resourceRules));
}

function nameConnections(rules: readonly AdmissionRule[] = []): boolean {
  return rules.some(({ operations = [] }) => operations.includes('CONNECT') || operations.includes('*'));
}

/** U9: what policies and webhooks say of a connection whose options are the body. */
export function connect(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const options = request.body as KubeObject;
  const objectKind = { group: '', version: 'v1', kind: options.kind };
  const change = { operation: 'CONNECT', objectKind, object: options, oldObject: undefined } as const;
  const warnings: string[] = [];
  const denied = refuseByWebhooks(state, kind, request, change, warnings, MUTATING) ?? judgeChange(state, kind, request, change, warnings);
  return denied === undefined ? { ok: true, code: 200, warnings } : refuse(denied, warnings);
}
