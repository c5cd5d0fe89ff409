// Virtual resources that answer questions about who may what, and whose a token is, and store nothing. Rules: M8, Q4, Q11, Q12, B12.
// Upstream: pkg/registry/{authorization,authentication}, pkg/apis/authorization/validation (v1.33).

import { type FieldError, goText, invalid } from '../../engine/apimachinery/field-errors.ts';
import type { JsonObject, ObjectMeta } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, invalidObject, methodNotAllowed, ok, type Result } from '../../engine/apimachinery/status.ts';
import { formatTime } from '../../engine/apimachinery/time.ts';
import { type Attributes, authenticateToken, authorize, decodeBody, rulesOf, type UserInfo } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { answerJsonText, answerStatus } from './answer.ts';
import { readBody } from './body.ts';
import { decodeObject, objectTypeOf } from './decode.ts';
import type { DiscoveryEntry } from './discovery.ts';
import { negotiateFormat, notAcceptable } from './negotiate.ts';
import type { ResourcePath } from './path.ts';

/** A question, and who asks it where. */
interface Asked {
  readonly state: ClusterState;
  readonly user: UserInfo;
  readonly namespace: string | undefined;
  readonly metadata: Partial<ObjectMeta>;
  readonly spec: Spec;
}

interface Spec {
  readonly resourceAttributes?: { readonly [name: string]: string | undefined };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly namespace?: string;
  readonly token?: string;
  readonly audiences?: readonly string[];
}

/** Members of the answer beside its kind; the question is part of it unless it says otherwise. */
type Answer = Result<{ readonly status: object; readonly metadata?: object; readonly spec?: object }>;

/** A create-only resource. */
interface Review {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  answer(asked: Asked, review: Review): Answer;
}

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';
const VERSION = 'v1';

const REVIEWS: readonly Review[] = [
  { group: AUTHENTICATION, plural: 'selfsubjectreviews', kind: 'SelfSubjectReview', answer: reviewSelf },
  { group: AUTHENTICATION, plural: 'tokenreviews', kind: 'TokenReview', answer: reviewToken },
  {
    group: AUTHORIZATION,
    plural: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    answer: reviewLocalAccess,
  },
  { group: AUTHORIZATION, plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', answer: reviewOwnAccess },
  { group: AUTHORIZATION, plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', answer: reviewRules },
  { group: AUTHORIZATION, plural: 'subjectaccessreviews', kind: 'SubjectAccessReview', answer: reviewAccess },
];

/** What discovery says of reviews. */
export const REVIEW_ENTRIES: readonly DiscoveryEntry[] = REVIEWS.map(({ group, plural, kind, namespaced = false }) => ({
  group,
  version: VERSION,
  resource: { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: ['create'] },
}));

/** The review that a path names. */
export function findReview(path: ResourcePath): Review | undefined {
  if (path.name !== undefined || path.version !== VERSION) return undefined;
  const review = REVIEWS.find(({ group, plural }) => group === path.group && plural === path.resource);
  return (path.namespace !== undefined) === (review?.namespaced ?? false) ? review : undefined;
}

/** Answers a review: the request, with a status. */
export async function handleReview(
  review: Review,
  request: Request,
  { read, user, namespace }: { read<T>(reader: (state: ClusterState) => T): T; user: UserInfo; namespace: string | undefined },
): Promise<Response> {
  if (request.method !== 'POST') return answerStatus(methodNotAllowed());
  // D5: nothing makes rows of them.
  const format = negotiateFormat(request.headers.get('accept'), { isWatch: false, isCollection: false, hasProtobuf: true });
  if (!format.ok || format.value.shape === 'table') return answerStatus(format.ok ? notAcceptable(false) : format.status);
  const mediaType = objectTypeOf(request.headers.get('content-type'));
  if (!mediaType.ok) return answerStatus(mediaType.status);
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status);
  const body = await decodeObject(bytes.value, mediaType.value, review.kind);
  if (!body.ok) return answerStatus(body.status);
  const { kind, group } = review;
  const decoded = decodeBody(body.value.value, `${group.split('.')[0]}.${VERSION}.${kind}`);
  if (!decoded.ok) return answerStatus(badRequest(`${kind} in version "${VERSION}" cannot be handled as a ${kind}: ${decoded.error}`));
  const { metadata = {}, spec = {} } = decoded.value.value as { metadata?: Partial<ObjectMeta>; spec?: Spec };
  const answer = read((state) => review.answer({ state, user, namespace, metadata, spec }, review));
  if (!answer.ok) return answerStatus(answer.status);
  const given = body.value.value['spec'];
  const whole: JsonObject = {
    kind,
    apiVersion: `${group}/${VERSION}`,
    metadata: { creationTimestamp: null, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) },
    ...(given === undefined ? {} : { spec: given }),
    ...(answer.value as JsonObject),
  };
  return answerJsonText(JSON.stringify(whole), { code: 201 });
}

/** Q4: who asks. */
function reviewSelf({ state, user }: Asked): Answer {
  return ok({ metadata: { creationTimestamp: formatTime(state.nowMs) }, status: { userInfo: describeUser(user) } });
}

function describeUser({ username, uid = '', groups, extra = {} }: UserInfo): object {
  return { username, ...(uid === '' ? {} : { uid }), groups, ...(Object.keys(extra).length === 0 ? {} : { extra }) };
}

/** Q11: whose a token is. */
function reviewToken({ state, spec }: Asked): Answer {
  const { token = '', audiences = [] } = spec;
  if (token === '') return fail(badRequest('token is required for TokenReview in authentication'));
  const found = authenticateToken(state, token, audiences.length === 0 ? undefined : audiences);
  if (found.ok) return ok({ status: { authenticated: true, user: describeUser(found.user), audiences: found.audiences } });
  const unknown = 'invalid bearer token';
  return ok({ status: { user: {}, error: found.error === '' ? unknown : `[${unknown}, ${found.error}]` } });
}

/** Whether who asks may do what he asks about (M8). */
function reviewOwnAccess({ state, user, metadata, spec }: Asked, review: Review): Answer {
  const errors = [...attributeErrors(spec), ...metadataErrors(metadata)];
  return errors.length > 0 ? fail(invalidObject(review, '', errors)) : ok({ status: accessOf(state, user, spec) });
}

function reviewAccess({ state, metadata, spec }: Asked, review: Review): Answer {
  const errors = [...attributeErrors(spec), ...subjectErrors(spec), ...metadataErrors(metadata)];
  return errors.length > 0 ? fail(invalidObject(review, '', errors)) : ok({ status: accessOf(state, subjectOf(spec), spec) });
}

function reviewLocalAccess({ state, namespace = '', metadata, spec }: Asked, review: Review): Answer {
  const { namespace: own = '', ...rest } = metadata;
  const place = spec.resourceAttributes?.['namespace'] ?? '';
  const errors = [
    ...attributeErrors(spec),
    ...subjectErrors(spec),
    ...metadataErrors(rest, 'must be empty except for namespace'),
    ...(spec.resourceAttributes !== undefined && place !== own
      ? [invalid('spec.resourceAttributes.namespace', place, 'must match metadata.namespace')]
      : []),
    ...(spec.nonResourceAttributes === undefined
      ? []
      : [invalid('spec.nonResourceAttributes', describePath(spec), 'disallowed on this kind of request')]),
  ];
  if (errors.length > 0) return fail(invalidObject(review, '', errors));
  if (namespace !== own) return fail(badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`));
  return ok({ status: accessOf(state, subjectOf(spec), spec) });
}

/** What `can-i --list` shows. */
function reviewRules({ state, user, spec }: Asked): Answer {
  const { namespace = '' } = spec;
  if (namespace === '') return fail(badRequest('no namespace on request'));
  const { rules, error } = rulesOf(state, user, namespace);
  const resourceRules = rules.flatMap(({ verbs, apiGroups, resources = [], resourceNames }) =>
    resources.length === 0 ? [] : [{ verbs, apiGroups, resources, resourceNames }],
  );
  const nonResourceRules = rules.flatMap(({ verbs, nonResourceURLs = [] }) =>
    nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }],
  );
  return ok({
    spec: {},
    status: { resourceRules, nonResourceRules, incomplete: false, ...(error === '' ? {} : { evaluationError: error }) },
  });
}

function accessOf(state: ClusterState, user: UserInfo, spec: Spec): object {
  const { isAllowed, reason } = authorize(state, user, attributesOf(spec));
  return { allowed: isAllowed, ...(reason === '' ? {} : { reason }) };
}

function subjectOf({ user = '', uid = '', groups = [], extra = {} }: Spec): UserInfo {
  return { username: user, uid, groups, extra };
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Spec): Attributes {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {};
    return { isResource: false, path, verb };
  }
  const { verb = '', group = '', resource = '', subresource, namespace, name } = resourceAttributes;
  return { isResource: true, verb, group, resource, subresource, namespace, name };
}

function attributeErrors({ resourceAttributes, nonResourceAttributes }: Spec): readonly FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const text = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', describePath({ nonResourceAttributes }), text)];
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
  const text = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalid('spec.resourceAttributes', goText('null'), text)];
}

/** As Go prints the attributes of a path. */
function describePath({ nonResourceAttributes }: Spec): ReturnType<typeof goText> {
  const { path = '', verb = '' } = nonResourceAttributes ?? {};
  return goText(`authorization.NonResourceAttributes{Path:${JSON.stringify(path)}, Verb:${JSON.stringify(verb)}}`);
}

function subjectErrors({ user = '', groups = [] }: Spec): readonly FieldError[] {
  return user !== '' || groups.length > 0 ? [] : [invalid('spec.user', '', 'at least one of user or group must be specified')];
}

function metadataErrors(
  { managedFields: _managed, creationTimestamp: _created, ...metadata }: Partial<ObjectMeta>,
  text = 'must be empty',
) {
  return Object.keys(metadata).length === 0 ? [] : [invalid('metadata', goText(JSON.stringify(metadata)), text)];
}
