// Virtual resources that answer questions about the caller and store nothing. Everybody may do everything in a simulated cluster, as long
// as there is no authorization in it. Rules: M8, Q4, Q7, B12.
// Upstream: pkg/registry/authorization, pkg/registry/authentication (v1.33).

import type { JsonObject } from '../../engine/apimachinery/meta.ts';
import { answerJsonText, answerStatus } from './answer.ts';
import { readBody } from './body.ts';
import { decodeObject, objectTypeOf } from './decode.ts';
import type { DiscoveryEntry } from './discovery.ts';
import type { ResourcePath } from './path.ts';

/** A create-only resource; `status` is its answer. */
interface Review {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  status(request: Request): JsonObject;
}

const EVERYTHING = ['*'];

const REVIEWS: readonly Review[] = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    status: (request) => ({ userInfo: userOf(request) }),
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    status: () => ({ allowed: true }),
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectrulesreviews',
    kind: 'SelfSubjectRulesReview',
    status: () => ({
      resourceRules: [{ verbs: EVERYTHING, apiGroups: EVERYTHING, resources: EVERYTHING }],
      nonResourceRules: [{ verbs: EVERYTHING, nonResourceURLs: EVERYTHING }],
      incomplete: false,
    }),
  },
];

/** Q4: whom the caller says to be; nobody in particular is the administrator. */
function userOf(request: Request): JsonObject {
  const username = request.headers.get('impersonate-user');
  if (username === null) return { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const groups = (request.headers.get('impersonate-group') ?? '').split(',').map((group) => group.trim());
  return { username, groups: [...groups.filter((group) => group !== ''), 'system:authenticated'] };
}

/** What discovery says of reviews. */
export const REVIEW_ENTRIES: readonly DiscoveryEntry[] = REVIEWS.map(({ group, version, plural, kind }) => ({
  group,
  version,
  resource: { name: plural, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ['create'] },
}));

/** The review that a path names. */
export function findReview(path: ResourcePath): Review | undefined {
  if (path.name !== undefined || path.namespace !== undefined) return undefined;
  return REVIEWS.find(({ group, version, plural }) => group === path.group && version === path.version && plural === path.resource);
}

/** Answers a review: the request, with a status. */
export async function handleReview(review: Review, request: Request): Promise<Response> {
  const mediaType = objectTypeOf(request.headers.get('content-type'));
  if (!mediaType.ok) return answerStatus(mediaType.status);
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status);
  const body = await decodeObject(bytes.value, mediaType.value, review.kind);
  if (!body.ok) return answerStatus(body.status);
  const { spec } = body.value.value;
  const answer = {
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: { creationTimestamp: null },
    ...(spec === undefined ? {} : { spec }),
    status: review.status(request),
  };
  return answerJsonText(JSON.stringify(answer), { code: 201 });
}
