// Tokens of service accounts (M7). Nothing is stored: a token is a text that names its account and its end.
// Upstream: pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation (v1.33).

import { invalid } from '../apimachinery/field-errors.ts';
import type { KubeObject } from '../apimachinery/meta.ts';
import { badRequest, invalidObject, notFound } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import { serviceAccountKind } from '../kinds/serviceaccount/index.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getObject } from './api.ts';
import { decodeBody } from './decode.ts';
import type { ApiRequest, RequestOutcome } from './request-types.ts';

const RESOURCE = { group: 'authentication.k8s.io', plural: 'tokenrequests', kind: 'TokenRequest' };
const AUDIENCE = 'https://kubernetes.default.svc';
const SECONDS_DEFAULT = 3600;
const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;

interface TokenRequestSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: unknown;
}

/** POST of a TokenRequest. Fails: NotFound, BadRequest, Invalid. */
export function requestToken(state: ClusterState, request: ApiRequest): RequestOutcome {
  const { name = '', namespace = '' } = request;
  const account = getObject(state, serviceAccountKind, namespace, name);
  if (account === undefined) return { ok: false, status: notFound(serviceAccountKind, name), warnings: [] };
  const decoded = decodeBody(request.body ?? null, 'authentication.v1.TokenRequest');
  if (!decoded.ok) {
    const message = `TokenRequest in version "v1" cannot be handled as a TokenRequest: ${decoded.error}`;
    return { ok: false, status: badRequest(message), warnings: [] };
  }
  const spec = (decoded.value.value['spec'] ?? {}) as TokenRequestSpec;
  const seconds = spec.expirationSeconds ?? SECONDS_DEFAULT;
  const problem =
    seconds < SECONDS_MIN
      ? 'may not specify a duration less than 10 minutes'
      : seconds > SECONDS_MAX
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (problem !== undefined) {
    const status = invalidObject(RESOURCE, '', [invalid('spec.expirationSeconds', seconds, problem)]);
    return { ok: false, status, warnings: [] };
  }
  const endMs = state.nowMs + seconds * 1000;
  const answer = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(state.nowMs) },
    spec: {
      audiences: (spec.audiences ?? []).length === 0 ? [AUDIENCE] : spec.audiences,
      expirationSeconds: seconds,
      boundObjectRef: spec.boundObjectRef ?? null,
    },
    status: { token: `${account.metadata.uid}.${name}.${endMs}`, expirationTimestamp: formatTime(endMs) },
  };
  return { ok: true, code: 201, object: answer as unknown as KubeObject, warnings: [] };
}
