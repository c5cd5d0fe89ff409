// Binds the routes of the service API to a Hono app, with 405 for paths that know other methods only. Those of one cluster are passed on to its host.

import type { Context, Hono } from 'hono';
import { answerProblem, problemOf, problemOfError, ProblemError } from '../errors.ts';
import { takeSource } from '../watch/stream.ts';
import { passOn } from '../pass-on.ts';
import type { FrontContext } from './context.ts';
import type { Endpoint } from './endpoint.ts';
import { problemStatusesOf } from './describe.ts';
import { ENDPOINTS } from './index.ts';

/** What the app does around every route. */
export interface RouteHooks {
  /** Refuses a request before it is looked at; undefined lets it pass. */
  admit(request: Request, cluster?: string): Response | undefined;
  /** Learns of every answer before anybody reads it; `route` is the name of the route. */
  onAnswer(route: string, request: Request, response: Response, startedMs: number): void;
  /** Learns of failures that are the service's own. */
  onFailure(error: unknown, request: Request): void;
}

/** Adds all routes. */
export function addRestRoutes(app: Hono, context: FrontContext, hooks: RouteHooks): void {
  const methods = new Map<string, string[]>();
  for (const endpoint of ENDPOINTS) {
    const path = routingPath(endpoint.spec.path);
    const method = endpoint.spec.method.toUpperCase();
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (routed) => answerRoute(endpoint, routed, context, hooks));
  }
  for (const [path, allowed] of methods) {
    app.all(path, (routed) => hooks.admit(routed.req.raw, routed.req.param('cluster')) ?? answerWrongMethod(routed.req.method, allowed));
  }
}

/** An image reference may hold slashes, whether they are escaped or not. */
function routingPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'reference' ? ':reference{.+}' : `:${name}`));
}

async function answerRoute(endpoint: Endpoint, routed: Context, context: FrontContext, hooks: RouteHooks): Promise<Response> {
  const startedMs = performance.now();
  const request = routed.req.raw;
  const response = hooks.admit(request, routed.req.param('cluster')) ?? (await answerEndpoint(endpoint, routed, context, hooks));
  hooks.onAnswer(endpoint.spec.operationId, request, response, startedMs);
  if (context.checksAnswers) checkStatus(endpoint, request, response, hooks);
  // HEAD has the headers only: nobody will read the stream.
  if (request.method === 'HEAD') takeSource(response)?.close();
  return response;
}

/** A failure that the document does not list is a fault of the service's own. */
function checkStatus(endpoint: Endpoint, request: Request, { status }: Response, hooks: RouteHooks): void {
  if (status < 400 || problemStatusesOf(endpoint).has(status)) return;
  hooks.onFailure(new Error(`the document does not say that ${endpoint.spec.operationId} may be answered with ${status}`), request);
}

async function answerEndpoint(endpoint: Endpoint, routed: Context, context: FrontContext, hooks: RouteHooks): Promise<Response> {
  try {
    const { raw: request } = routed.req;
    const params = routed.req.param() as Record<string, string>;
    if (endpoint.place === 'front') return await endpoint.answer(request, params, context);
    const route = { face: 'service', operationId: endpoint.spec.operationId, params } as const;
    return await passOn(context.clusters, request, { cluster: params['cluster'] ?? '', route, bodyBytesMax: context.bodyBytesMax });
  } catch (error) {
    return answerError(error, (failure) => hooks.onFailure(failure, routed.req.raw));
  }
}

/** The problem of anything thrown; the service's own failures are told. */
export function answerError(error: unknown, onFailure: (error: unknown) => void): Response {
  const problem = problemOfError(error);
  if (problem.code === 'internal') onFailure(error);
  return answerProblem(problem, error instanceof ProblemError ? error.headers : {});
}

/** 405, with the methods that are known here. */
export function answerWrongMethod(method: string, allowed: readonly string[]): Response {
  const list = [...(allowed.includes('GET') ? ['GET', 'HEAD'] : []), ...allowed.filter((name) => name !== 'GET')].join(', ');
  return answerProblem(problemOf('method-not-allowed', `${method} is not allowed here; allowed are ${list}.`), { Allow: list });
}
