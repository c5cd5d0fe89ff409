// The Kubernetes API of each cluster, below `/clusters/{cluster}` (docs/contract.md, section 1). A request is taken apart once, here: a document,
// or a resource with a verb. Rules: A1, A2, A6, A11, E2.

import { badRequest, fail, type Result } from '../../engine/apimachinery/status.ts';
import {
  authorize,
  clusterKinds,
  forbidden,
  hasHeartbeats,
  hasMetrics,
  isPrivileged,
  publicKey,
  useOf,
  type UserInfo,
} from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import { untilCaughtUp } from '../../service/waiting/barrier.ts';
import { SAFE_METHODS } from '../../service/host.ts';
import { readObjectsAt, serviceAt } from '../../service/past-view.ts';
import type { ClusterService } from '../../service/ports.ts';
import { attributesOf } from './attributes.ts';
import { accountTokenOf, identify } from './identity.ts';
import { parseClusterSegment } from './cluster-segment.ts';
import { answerNotFoundPage, answerStatus, warningHeader } from './answer.ts';
import { handleDocument, isKnownGroup } from './documents.ts';
import { statusOfError } from './errors.ts';
import { handleResource } from './handlers.ts';
import { handleMetrics, isMetricsPath } from './metrics.ts';
import { handleExplanation, isExplanationPath } from './explanation.ts';
import { type KubePath, parseKubePath, type ResourcePath } from './path.ts';
import { findReview, handleReview } from './reviews.ts';
import { resolveTarget } from './target.ts';

export interface KubeOptions {
  /** Learns of failures that are the server's, before they are answered with 500. */
  readonly onFailure?: (error: unknown) => void;
  /** What stands before `/clusters/{cluster}` in the path, as clients see it. */
  readonly prefix?: string;
  /** The path is that of this cluster's API itself (A3). */
  readonly rootCluster?: string | undefined;
  /** Who asks, by the key that the front has checked; undefined: the cluster's owner. */
  readonly user?: UserInfo | undefined;
}

/** Answers one request to the Kubernetes API of a cluster; its path begins with the prefix and `/clusters/{cluster}`. Never throws. */
export async function handleKubeRequest(service: ClusterService, request: Request, options: KubeOptions = {}): Promise<Response> {
  const url = new URL(request.url);
  const { prefix = '', rootCluster } = options;
  const base = rootCluster === undefined ? `${prefix}/clusters/` : '';
  const [first = '', ...segments] = url.pathname.slice(base.length === 0 ? 1 : base.length).split('/');
  // Which incarnation is meant the front has looked at.
  const { name, at, client: named } = parseClusterSegment(rootCluster ?? first);
  const client = named ?? request.headers.get('user-agent') ?? '';
  const rest = rootCluster === undefined ? segments : [first, ...segments];
  const answered = service.waitersOf(name)?.request(client);
  try {
    if (at === 'unknown') return answerStatus(badRequest(`${JSON.stringify(first)} names no moment of a cluster`));
    service.get(name);
    const asked = {
      cluster: name,
      request,
      client,
      query: url.searchParams,
      prefix: rootCluster === undefined ? `${base}${first}` : '',
      path: `/${rest.join('/')}`,
    };
    const look = (seen: ClusterService) => answerSeen({ ...asked, service: seen }, options.user);
    const answer =
      at !== undefined && readsObjects(asked)
        ? await readObjectsAt(service, name, at, look)
        : await look(await serviceAt(service, name, at));
    if (named !== undefined && !SAFE_METHODS.includes(request.method)) await untilCaughtUp(() => service.waitersOf(name), client);
    return withoutBody(request, answer);
  } catch (error) {
    const status = statusOfError(error);
    if (status.code === 500) options.onFailure?.(error);
    return answerStatus(status);
  } finally {
    answered?.();
  }
}

/** Answers from what the service shows: the cluster as it is, or as it was. */
async function answerSeen(asked: Omit<KubeRequest, 'user'> & { readonly path: string }, keyUser: UserInfo | undefined): Promise<Response> {
  const { service, cluster, request, client, path } = asked;
  const user = service.read(cluster, (state) => admit(state, request, keyUser, path));
  const warning = await noteUse(service, cluster, request, client);
  if (!user.ok) return answerStatus(user.status);
  const answer = await route({ ...asked, user: user.value }, parseKubePath(path));
  if (warning !== undefined) answer.headers.append('Warning', warningHeader([warning]));
  return answer;
}

/** Whether a request reads objects, or what their definitions say; those with heartbeats, and what is answered by and by, need more. */
function readsObjects({ request, query, path }: Pick<KubeRequest, 'request' | 'query'> & { readonly path: string }): boolean {
  const parsed = parseKubePath(path);
  if (!['GET', 'HEAD'].includes(request.method) || query.has('watch') || parsed.type === 'other') return false;
  if (parsed.type !== 'resource') return true;
  return (
    parsed.subresource === undefined &&
    !parsed.isOldWatch &&
    !hasHeartbeats(parsed.group === '' ? parsed.resource : `${parsed.resource}.${parsed.group}`)
  );
}

/** Who asks, if he may what he asks. Fails: Unauthorized, Forbidden, InternalError. */
function admit(state: ClusterState, request: Request, keyUser: UserInfo | undefined, path: string): Result<UserInfo> {
  const user = identify(state, request, keyUser);
  if (!user.ok || isPrivileged(user.value)) return user;
  const attributes = attributesOf(request, path);
  const { isAllowed, reason } = authorize(state, user.value, attributes);
  return isAllowed ? user : fail(forbidden(user.value, attributes, reason));
}

/** C947: notes that a token which stands in a Secret was used, and says what the client is warned of. Who looks at the past uses nothing. */
async function noteUse(service: ClusterService, cluster: string, request: Request, client: string): Promise<string | undefined> {
  const token = service.moment === undefined ? accountTokenOf(request) : undefined;
  if (token === undefined) return undefined;
  const { note, warning } = service.read(cluster, (state) => useOf(state, token));
  // A note that is refused by a webhook, or finds no room, keeps nobody out.
  if (note !== undefined) await service.perform(cluster, { type: 'request', request: note }, client).catch(() => undefined);
  return warning;
}

interface KubeRequest {
  readonly service: ClusterService;
  readonly cluster: string;
  readonly request: Request;
  readonly user: UserInfo;
  /** Who asks, as he names himself. */
  readonly client: string;
  readonly query: URLSearchParams;
  /** Path of the cluster, as clients see it. */
  readonly prefix: string;
}

function route(context: KubeRequest, path: KubePath): Response | Promise<Response> {
  if (path.type === 'resource') return routeResource(context, path);
  const { request, prefix, service, cluster } = context;
  if (path.type === 'other' && isExplanationPath(path.path) && request.method === 'GET')
    return handleExplanation(service, cluster, path.path);
  return handleDocument({
    path,
    request,
    prefix,
    kinds: kindsOf(context),
    hasMetrics: service.read(cluster, hasMetrics),
    accountKey: () => service.read(cluster, publicKey),
  });
}

/** The kinds that the cluster has now. */
function kindsOf({ service, cluster }: KubeRequest): readonly Kind[] {
  return service.read(cluster, clusterKinds);
}

async function routeResource(context: KubeRequest, path: ResourcePath): Promise<Response> {
  const { request } = context;
  if (isMetricsPath(path)) return handleMetrics(context, path);
  const kinds = kindsOf(context);
  if (!isKnownGroup(kinds, path.group)) return answerNotFoundPage();
  const review = findReview(path);
  if (review !== undefined) {
    const { service, cluster, user } = context;
    return handleReview(review, request, { read: (reader) => service.read(cluster, reader), user, namespace: path.namespace });
  }
  const target = resolveTarget(path, request.method, kinds);
  if (!target.ok) return answerStatus(target.status);
  const response = await handleResource({ ...context, target: target.value });
  const { deprecation } = target.value.kind;
  if (deprecation !== undefined) response.headers.append('Warning', warningHeader([deprecation])); // What is in use is deprecated (C528).
  return response;
}

/** HEAD has the headers of GET only. */
function withoutBody(request: Request, response: Response): Response {
  if (request.method !== 'HEAD') return response;
  void response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}
