// Tokens of service accounts (M7), as JWTs (Q11). Nothing is stored.
// Upstream: pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation (v1.33).

import { invalid } from '../../apimachinery/field-errors.ts';
import type { JsonObject, KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, conflict, fail, invalidObject, notFound, ok, type Result, type Status } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { drawUid, getObject } from '../storage.ts';
import type { Change } from '../admission/policies/requests.ts';
import { type Claims, ISSUER, makeToken, type ObjectName } from './tokens.ts';
import { accountUsername } from './user.ts';
import { decodeBody } from '../write/decode.ts';
import type { ApiRequest, RequestOutcome } from '../request-types.ts';

const RESOURCE = { group: 'authentication.k8s.io', version: 'v1', plural: 'tokenrequests', kind: 'TokenRequest' };
const SECONDS_DEFAULT = 3600;
const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;

/** For so long as a kubelet asks for by default, a token of a pod is good for a year, and who uses it after the time asked for is noted. */
const PROJECTED_SECONDS = 3607;
const EXTENDED_SECONDS = 31_536_000;

/** Tokens draw their ids apart: how many are asked for changes nothing for the objects of a seed. */
export const TOKEN_IDS = 'uids:tokens';

interface BoundObject {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

interface TokenRequestSpec {
  readonly audiences?: readonly string[] | null;
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: BoundObject | null;
}

/** What a token is for. */
export interface TokenOrder {
  readonly account: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  readonly seconds: number;
  readonly id: string;
  /** Virtual milliseconds since 1970. */
  readonly issuedMs: number;
  readonly bound: Bound;
}

type Bound = Pick<Claims['kubernetes.io'], 'pod' | 'secret' | 'node'>;

/** POST of a TokenRequest. Fails: NotFound, BadRequest, Invalid, Conflict. */
export function requestToken(state: ClusterState, request: ApiRequest, admission: TokenAdmission): RequestOutcome {
  const warnings: string[] = [];
  const answer = answerOf(state, request, admission, warnings);
  if (!answer.ok) return { ok: false, status: answer.status, warnings };
  return { ok: true, code: 201, object: answer.value as KubeObject, warnings };
}

/** What policies and webhooks say of a TokenRequest. */
export interface TokenAdmission {
  mutate(change: Change, warnings: string[]): Result<KubeObject | undefined>;
  judge(change: Change, warnings: string[]): Status | undefined;
}

function answerOf(state: ClusterState, request: ApiRequest, admission: TokenAdmission, warnings: string[]): Result<object> {
  const { name = '', namespace = '' } = request;
  const decoded = decodeBody(request.body ?? null, 'authentication.v1.TokenRequest');
  if (!decoded.ok) return fail(badRequest(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${decoded.error}`));
  const change = {
    operation: 'CREATE',
    objectKind: RESOURCE,
    object: orderedBy(decoded.value.value as JsonObject, namespace),
    oldObject: undefined,
  } as const;
  const mutated = admission.mutate(change, warnings);
  if (!mutated.ok) return mutated;
  const asked = mutated.value ?? change.object;
  const given = asked.metadata as { name?: string; namespace?: string };
  const misplaced = placeErrors(given, { name, namespace });
  if (misplaced.length > 0) return fail(invalidObject(RESOURCE, name, misplaced));
  const account = getObject(state, serviceAccountKind, namespace, name);
  if (account === undefined) return fail(notFound(serviceAccountKind, name));
  const spec = (asked['spec'] ?? {}) as TokenRequestSpec;
  const seconds = spec.expirationSeconds ?? SECONDS_DEFAULT;
  const problem = durationProblem(seconds);
  if (problem !== undefined) return fail(invalidObject(RESOURCE, '', [invalid('spec.expirationSeconds', seconds, problem)]));
  const denied = admission.judge({ ...change, object: asked }, warnings);
  if (denied !== undefined) return fail(denied);
  const bound = boundOf(state, spec.boundObjectRef ?? undefined, { name, namespace });
  if (!bound.ok) return bound;
  const audiences = (spec.audiences ?? []).length === 0 ? [ISSUER] : (spec.audiences as readonly string[]);
  const order: TokenOrder = {
    account: { namespace, name, uid: account.metadata.uid },
    audiences,
    seconds,
    id: drawUid(state, TOKEN_IDS),
    issuedMs: state.nowMs,
    bound: bound.value,
  };
  return ok({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(state.nowMs) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token: issueToken(state, order), expirationTimestamp: formatTime(state.nowMs + seconds * 1000) },
  });
}

/** A TokenRequest with its defaults, as a Go type has it. */
function orderedBy({ metadata, spec }: JsonObject, namespace: string): KubeObject {
  const { audiences = null, expirationSeconds = SECONDS_DEFAULT, boundObjectRef = null } = (spec ?? {}) as JsonObject;
  return {
    kind: RESOURCE.kind,
    apiVersion: apiVersionOf(RESOURCE),
    metadata: { namespace, ...((metadata ?? {}) as JsonObject) },
    spec: { audiences, expirationSeconds, boundObjectRef },
    status: { token: '', expirationTimestamp: null },
  } as unknown as KubeObject;
}

function placeErrors(given: { name?: string; namespace?: string }, { name, namespace }: { name: string; namespace: string }) {
  const must = (what: string) => `must match the service account ${what} if specified`;
  if ((given.name ?? '') !== '' && given.name !== name) return [invalid('metadata.name', given.name ?? '', must('name'))];
  return (given.namespace ?? '') !== '' && given.namespace !== namespace
    ? [invalid('metadata.namespace', given.namespace ?? '', must('namespace'))]
    : [];
}

function durationProblem(seconds: number): string | undefined {
  if (seconds < SECONDS_MIN) return 'may not specify a duration less than 10 minutes';
  return seconds > SECONDS_MAX ? 'may not specify a duration larger than 2^32 seconds' : undefined;
}

/** The object without which the token is worth nothing. */
function boundOf(state: ClusterState, reference: BoundObject | undefined, account: { name: string; namespace: string }): Result<Bound> {
  if (reference === undefined) return ok({});
  const { kind = '', apiVersion = '' } = reference;
  const { namespace } = account;
  switch (apiVersion.includes('/') ? '' : kind) {
    case 'Pod': {
      const pod = objectOf(state, podKind, namespace, reference);
      if (!pod.ok) return pod;
      if (pod.value.spec.serviceAccountName !== account.name) {
        const text = `cannot bind token for serviceaccount ${JSON.stringify(account.name)} to pod running with different serviceaccount name.`;
        return fail(badRequest(text));
      }
      return ok({ ...nodeOf(state, pod.value.spec.nodeName), pod: nameOf(pod.value) });
    }
    case 'Secret': {
      const secret = objectOf(state, secretKind, namespace, reference);
      return secret.ok ? ok({ secret: nameOf(secret.value) }) : secret;
    }
    case 'Node': {
      const node = objectOf(state, nodeKind, undefined, reference);
      return node.ok ? ok({ node: nameOf(node.value) }) : node;
    }
    default:
      return fail(badRequest(`cannot bind token to object of type ${goType(apiVersion, kind)}`));
  }
}

function objectOf<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  { name = '', uid = '' }: BoundObject,
): Result<T> {
  const object = getObject(state, kind, namespace, name);
  if (object === undefined) return fail(notFound(kind, name));
  if (uid === '' || uid === object.metadata.uid) return ok(object);
  const text = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return fail(conflict({ group: '', plural: kind.kind, kind: kind.kind }, name, text));
}

/** How a group, a version and a kind are written together. */
function goType(apiVersion: string, kind: string): string {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${group}/${version}, Kind=${kind}`;
}

function nameOf({ metadata }: KubeObject): ObjectName {
  return { name: metadata.name, uid: metadata.uid };
}

/** The node of a pod is told of, whether it is there or not. */
export function nodeOf(state: ClusterState, name: string | undefined): Bound {
  if (name === undefined || name === '') return {};
  const node = getObject(state, nodeKind, undefined, name);
  return { node: node === undefined ? { name } : nameOf(node) };
}

/** The token of an order. */
export function issueToken(state: ClusterState, { account, audiences, seconds, id, issuedMs, bound }: TokenOrder): string {
  const { namespace, name, uid } = account;
  const { node, pod, secret } = bound;
  const issued = Math.floor(issuedMs / 1000);
  const isExtended = pod !== undefined && seconds === PROJECTED_SECONDS && audiences.every((audience) => audience === ISSUER);
  return makeToken(state, {
    aud: audiences,
    exp: issued + (isExtended ? EXTENDED_SECONDS : seconds),
    iat: issued,
    iss: ISSUER,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...(node === undefined ? {} : { node }),
      ...(pod === undefined ? {} : { pod }),
      ...(secret === undefined ? {} : { secret }),
      serviceaccount: { name, uid },
      ...(isExtended ? { warnafter: issued + seconds } : {}),
    },
    nbf: issued,
    sub: accountUsername(namespace, name),
  });
}
