// The whole HTTP face: the service API below /v1, the Kubernetes API of every cluster below /clusters, health, metrics and pages. A function
// from Request to Response; it admits requests and answers what is about no single cluster, and passes on the rest to hosts.

import { Hono } from 'hono';
import { failure } from '../engine/apimachinery/status.ts';
import type { Clusters } from '../front/clusters.ts';
import type { RunScenario } from '../front/scenarios.ts';
import { Access, type KeyUser, parseAccessPath } from './access.ts';
import { answerProblem, problemOf, problemOfError } from './errors.ts';
import { createGate, type Gate } from './gate.ts';
import { answerStatus } from './kube/answer.ts';
import { answerForbidden } from './kube/forbidden.ts';
import { BODY_BYTES_MAX as KUBE_BODY_BYTES_MAX } from './kube/body.ts';
import { VERSION } from './kube/documents.ts';
import { parseClusterSegment } from './kube/cluster-segment.ts';
import { statusOfError } from './kube/errors.ts';
import { hasPlan } from './kube/streaming/stream-plan.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { passOn } from './pass-on.ts';
import { nameRequest, REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { reasonOf, REFUSALS, refusalOf, withReason } from './reasons.ts';
import { BODY_BYTES_MAX } from './rest/request-body.ts';
import type { AskFront, FrontContext } from './rest/context.ts';
import { otherSide } from './rest/get-difference.ts';
import { addRestRoutes, answerError, answerWrongMethod, type RouteHooks } from './rest/router.ts';
import { answerPage } from './web/page.ts';
import { PageAnswers, type PageFiles } from './web/page-files.ts';
import { unbuiltPage } from './web/unbuilt-page.ts';
import { isStream } from './watch/stream.ts';

export interface AppOptions {
  readonly clusters: Clusters;
  readonly scenarios: RunScenario;
  readonly version: string;
  /** Secret that requests must carry; undefined: none is needed. */
  readonly token?: string | undefined;
  /** Host names, beside those of loopback, under which the service may be asked. */
  readonly allowedHosts?: readonly string[];
  /** Origins of pages that may use the service. */
  readonly allowedOrigins?: readonly string[];
  /** Certificate, in PEM, that kubeconfigs tell to trust. */
  readonly authority?: string | undefined;
  /** Bytes that the body of a request to the service API may have. */
  readonly bodyBytesMax?: number;
  /** The cluster whose Kubernetes API is served at the root as well (A3). */
  readonly defaultCluster?: string | undefined;
  /** The OpenAPI document, as JSON; absent: it is made from the routes when somebody asks for it, which takes some time. */
  readonly document?: () => string;
  /** The page at /, as it was built; absent: a page that says how to build it. */
  readonly page?: PageFiles;
  /** Checks every answer against its schema, and fails when one does not match. */
  readonly checksAnswers?: boolean;
  /** The front of a cluster, where there are others; undefined: this one. */
  readonly otherFront?: FrontContext['otherFront'];
  /** Learns of failures that are the service's own, and in which request they came. */
  readonly onFailure?: (error: unknown, requestId?: string) => void;
  /** Learns of every answered request. */
  readonly onAnswer?: (answer: Answered) => void;
}

/** One line of an access log. */
export interface Answered {
  readonly requestId: string | undefined;
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Until the answer began. */
  readonly milliseconds: number;
  /** The answer goes on for as long as its reader wants. */
  readonly isStream: boolean;
  /** Why the service refused it at its door, or failed; undefined of answers of a cluster. */
  readonly reason?: string | undefined;
}

export interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly metrics: Metrics;
  /** What another front asks of a cluster of this one. */
  readonly otherSide: AskFront;
}

/** Builds the app. */
export function createApp(options: AppOptions): App {
  const { clusters, scenarios, authority, checksAnswers = false, bodyBytesMax = BODY_BYTES_MAX, otherFront = () => undefined } = options;
  const metrics = createMetrics(clusters);
  const access = new Access(options.token, clusters);
  const hooks = hooksOf(options, access, metrics);
  const kube: KubeFace = { clusters, access, hooks };
  // Hono's own guess of a path decodes it, and so does ours where it matters.
  const app = new Hono();
  addRestRoutes(app, { clusters, scenarios, access, authority, bodyBytesMax, checksAnswers, otherFront }, hooks);
  const { defaultCluster } = options;
  if (defaultCluster !== undefined)
    for (const path of ['/healthz', '/readyz'])
      app.get(path, (context, next) =>
        isKubernetesHealth(context.req.raw) ? answerKube(context.req.raw, kube, { rootCluster: defaultCluster }) : next(),
      );
  addProcessRoutes(app, options, metrics, hooks);
  app.all('/clusters/*', (context) => answerKube(context.req.raw, kube));
  if (defaultCluster !== undefined)
    for (const path of ROOT_PATHS) app.all(path, (context) => answerKube(context.req.raw, kube, { rootCluster: defaultCluster }));
  app.all('/access/*', (context) => answerAccess(context.req.raw, kube));
  app.notFound((context) => answerNothing(context.req.path));
  app.onError((error, { req }) => {
    hooks.onFailure(error, req.raw);
    return answerProblem(problemOfError(error));
  });
  const gate = createGate({ ...options, needsToken: options.token !== undefined });
  const answerOtherSide: AskFront = (request, cluster) =>
    otherSide(request, cluster, { clusters, access }).catch((error: unknown) =>
      answerError(error, (failure) => hooks.onFailure(failure, request)),
    );
  return { fetch: (request) => answerAtGate(request, gate, hooks, app), metrics, otherSide: answerOtherSide };
}

async function answerAtGate(request: Request, gate: Gate, hooks: RouteHooks, app: Hono): Promise<Response> {
  const startedMs = performance.now();
  const requestId = nameRequest(request);
  const stopped = gate.stop(request);
  const response = stopped ?? (await app.fetch(request));
  if (stopped !== undefined) hooks.onAnswer('gate', request, stopped, startedMs);
  response.headers.set(REQUEST_ID_HEADER, requestId);
  return stopped === undefined && request.headers.has('origin') ? gate.share(request, response) : response;
}

function hooksOf({ onFailure, onAnswer }: AppOptions, access: Access, metrics: Metrics): RouteHooks {
  return {
    admit(request, cluster) {
      const admission = access.admit(request, cluster);
      if (admission === 'admitted') return undefined;
      const refused =
        admission === 'forbidden'
          ? answerProblem(problemOf('forbidden', 'This token opens another cluster, and nothing but that cluster.'))
          : answerProblem(problemOf('unauthorized', 'Send the token of the service or of the cluster as Authorization: Bearer <token>.'), {
              'WWW-Authenticate': 'Bearer realm="orrery"',
            });
      return withReason(refused, refusalOf(request, admission));
    },
    onAnswer(route, request, response, startedMs) {
      const milliseconds = performance.now() - startedMs;
      const isUpgrade = isUpgraded(request, response);
      const status = isUpgrade ? 101 : response.status;
      metrics.countAnswer(route, request.method, status, milliseconds);
      onAnswer?.({
        requestId: requestIdOf(request),
        route,
        method: request.method,
        path: withoutKey(new URL(request.url).pathname),
        status,
        milliseconds,
        isStream: isUpgrade || isStream(response),
        reason: reasonOf(response),
      });
    },
    onFailure: (error, request) => onFailure?.(error, requestIdOf(request)),
  };
}

/** A path as it may stand in a log: keys of clusters are secrets. */
function withoutKey(path: string): string {
  return path.replace(/^(\/+access\/+)[^/]*/, '$1***');
}

/** Health, metrics and pages. */
function addProcessRoutes(
  app: Hono,
  { clusters, version, defaultCluster, document, page = new Map() }: AppOptions,
  metrics: Metrics,
  hooks: RouteHooks,
): void {
  const pages = new PageAnswers(page);
  const json = (text: string, status = 200) =>
    new Response(text, { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });
  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    '/healthz': () => json('{"status":"ok"}'),
    '/livez': () => json('{"status":"ok"}'),
    '/readyz': () => answerReadiness(clusters, json),
    '/metrics': async (request) => hooks.admit(request) ?? metrics.answer(),
    '/version': () => json(JSON.stringify({ name: 'orrery', version, kubernetes: VERSION.gitVersion })),
    '/openapi.json': async (request) => pages.answerDocument('openapi.json', document?.() ?? (await makeDocument(version)), request),
    '/docs': (request) => (pages.isBuilt ? pages.answer('docs.html', request) : answerPage(unbuiltPage(version))),
    '/assets/:name': (request) => pages.answer(request.url.split('/').at(-1) ?? '', request),
    '/': (request) => (pages.isBuilt ? pages.answer('index.html', request) : answerPage(unbuiltPage(version))),
  };
  for (const [path, answer] of Object.entries(routes)) {
    // A3: there they are the cluster's.
    if (defaultCluster !== undefined && ROOT_PATHS.includes(path)) continue;
    const route = path === '/' || path.startsWith('/assets/') ? 'page' : path.slice(1);
    app.get(path, async ({ req: { raw: request } }) => {
      const startedMs = performance.now();
      const response = await answer(request);
      hooks.onAnswer(route, request, response, startedMs);
      return response;
    });
    app.all(path, (context) => answerWrongMethod(context.req.method, ['GET']));
  }
}

async function makeDocument(version: string): Promise<string> {
  const { serviceDocument } = await import('./rest/document.ts');
  return JSON.stringify(serviceDocument(version));
}

/** 200 only when storage can be written. */
function answerReadiness(clusters: Clusters, json: (text: string) => Response): Response {
  try {
    clusters.checkReady();
    return json('{"status":"ready"}');
  } catch (error) {
    return answerProblem(problemOfError(error));
  }
}

/** Paths of a Kubernetes API. */
const ROOT_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/openapi/*',
  '/version',
  '/livez',
  '/livez/*',
  '/healthz/*',
  '/readyz/*',
  '/openid/*',
  '/.well-known/openid-configuration',
];

/** B2: a question that only a Kubernetes API server understands, on a path that is the service's own too. */
function isKubernetesHealth(request: Request): boolean {
  const { searchParams } = new URL(request.url);
  return searchParams.has('verbose') || searchParams.has('exclude');
}

interface KubeFace {
  readonly clusters: Clusters;
  readonly access: Access;
  readonly hooks: RouteHooks;
}

/** `prefix` is the part of the path that holds a key, which has been checked; `rootCluster` the cluster of a path that names none. */
interface KubeRoute {
  readonly prefix?: string;
  readonly rootCluster?: string;
  /** Who asks, when the key says it. */
  readonly user?: KeyUser | undefined;
}

/** Who has the token of another cluster. */
const FOREIGN_USER = 'orrery:another-cluster';

async function answerKube(request: Request, kube: KubeFace, route: KubeRoute = {}): Promise<Response> {
  const startedMs = performance.now();
  const { prefix = '', rootCluster } = route;
  const path = new URL(request.url).pathname;
  const { name: cluster, uid } = parseClusterSegment(rootCluster ?? path.split('/')[2 + (prefix === '' ? 0 : 2)] ?? '');
  const { admission, user } = admissionOf(request, kube, cluster, route);
  const response =
    admission === 'admitted'
      ? (answerStale(kube, cluster, uid) ?? (await passOnKube(request, kube, cluster, { ...route, user })))
      : admission === 'unauthorized'
        ? answerUnauthorized()
        : answerForbidden(FOREIGN_USER, request, rootCluster === undefined ? `/${path.split('/').slice(3).join('/')}` : path);
  if (admission !== 'admitted') withReason(response, refusalOf(request, admission));
  kube.hooks.onAnswer('kubernetes', request, response, startedMs);
  return response;
}

/** A key in the path has been checked. */
function admissionOf(request: Request, { access }: KubeFace, cluster: string, { prefix = '', user }: KubeRoute) {
  return prefix === '' ? access.admitUser(request, cluster) : ({ admission: 'admitted', user } as const);
}

async function passOnKube(
  request: Request,
  { clusters, hooks }: KubeFace,
  cluster: string,
  { prefix = '', rootCluster, user }: KubeRoute,
): Promise<Response> {
  const route = { face: 'kubernetes', prefix, isRoot: rootCluster !== undefined, user } as const;
  try {
    return await passOn(clusters, request, { cluster, route, bodyBytesMax: KUBE_BODY_BYTES_MAX });
  } catch (error) {
    const status = statusOfError(error);
    if (status.code === 500) hooks.onFailure(error, request);
    return answerStatus(status);
  }
}

function isUpgraded(request: Request, response: Response): boolean {
  return hasPlan(response) && request.headers.has('upgrade');
}

/** The Kubernetes API of one cluster, opened by the key in the path. */
function answerAccess(request: Request, kube: KubeFace): Response | Promise<Response> {
  const { pathname } = new URL(request.url);
  const path = parseAccessPath(pathname);
  if (path === undefined) return answerNothing(pathname);
  const { name } = parseClusterSegment(path.cluster);
  if (!kube.access.isKey(path.key, name)) {
    const refused = withReason(answerUnauthorized(), REFUSALS.key);
    kube.hooks.onAnswer('kubernetes', request, refused, performance.now());
    return refused;
  }
  return answerKube(request, kube, { prefix: path.prefix, user: kube.access.userOfKey(path.key, name) });
}

/** A path may say which incarnation of a cluster it means; undefined when that is the present one, or there is none. */
function answerStale({ clusters }: KubeFace, cluster: string, uid: string | undefined): Response | undefined {
  const present = clusters.uidsOf(cluster);
  if (uid === undefined || present.length === 0 || present.includes(uid)) return undefined;
  const where = `/v1/clusters/${cluster}/kubeconfig`;
  const message = `this kubeconfig is of a cluster ${cluster} that was deleted; there is another one under its name, whose kubeconfig is at ${where}`;
  return answerStatus(failure(410, 'Gone', message));
}

function answerNothing(path: string): Response {
  return answerProblem(problemOf('not-found', `There is nothing at ${path}.`));
}

/** Credentials that are there and wrong (Q5). */
function answerUnauthorized(): Response {
  return answerStatus(failure(401, 'Unauthorized', 'Unauthorized'));
}
