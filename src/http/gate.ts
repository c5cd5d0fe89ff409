// Who may ask at all, before anybody looks at what is asked: pages of foreign origins may not drive the service, and names that are not the
// service's own (DNS rebinding) do not reach it. Browsers say where a request comes from in `Origin`, `Sec-Fetch-Site` and `Host`; other clients
// send the first two not at all. An allowed origin gets the answers of CORS (Fetch standard, section 3.2).

import { failure } from '../engine/apimachinery/status.ts';
import { answerProblem, problemOf, type ProblemCode } from './errors.ts';
import { answerStatus } from './kube/answer.ts';

export interface GateOptions {
  /** Host names under which the service may be asked, beside those of loopback; `*.example.com` is all names below. */
  readonly allowedHosts?: readonly string[];
  /** Origins of pages that may use the service, such as `https://school.example`; `*` is all. */
  readonly allowedOrigins?: readonly string[];
  /** Every request needs the token of the service, so that a name alone opens nothing. */
  readonly needsToken: boolean;
}

export interface Gate {
  /** The answer to a request that does not get in, or that is a question about getting in; undefined for all others. */
  stop(request: Request): Response | undefined;
  /** Lets a page of an allowed origin read the answer. */
  share(request: Request, response: Response): Response;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createGate(options: GateOptions): Gate {
  const { allowedHosts = [], allowedOrigins = [], needsToken } = options;
  // A token keeps strangers out whatever name they use; who names hosts all the same means them.
  const checksHosts = !needsToken || allowedHosts.length > 0;
  const isAllowedHost = (host: string) => isLoopbackName(host) || allowedHosts.some((pattern) => matchesHost(pattern, host));
  const isShared = (origin: string) => allowedOrigins.includes('*') || allowedOrigins.includes(origin);
  return {
    stop(request) {
      const host = hostOf(request);
      const stranger = checksHosts ? namesOf(request).find((name) => !isAllowedHost(hostnameOf(name))) : undefined;
      if (stranger !== undefined) return refuse(request, 'host-not-allowed', hostDetail(hostnameOf(stranger)));
      const origin = request.headers.get('origin');
      const isForeign = origin !== null && !isOwn(origin, host) && !isShared(origin);
      if (isForeign && (!SAFE_METHODS.has(request.method) || request.headers.has('upgrade') || isPreflight(request)))
        return refuse(request, 'origin-not-allowed', originDetail(origin));
      if (origin === null && isForeignPart(request) && !allowedOrigins.includes('*'))
        return refuse(request, 'origin-not-allowed', originDetail('another site'));
      return origin !== null && isPreflight(request) && isShared(origin) ? answerPreflight(request, origin) : undefined;
    },
    share(request, response) {
      const origin = request.headers.get('origin');
      if (origin === null || !isShared(origin)) return response;
      response.headers.set('Access-Control-Allow-Origin', origin);
      response.headers.append('Vary', 'Origin');
      response.headers.set('Access-Control-Expose-Headers', 'Location, Retry-After, Warning, Allow, X-Request-Id');
      return response;
    },
  };
}

/** The name under which the client reached the service, with its port; a trusted proxy says what it was. */
export function hostOf(request: Request): string {
  return firstOf(request.headers.get('x-forwarded-host')) ?? request.headers.get('host') ?? authorityOf(request.url);
}

/** `http` or `https`, as the client saw it. */
export function schemeOf(request: Request): 'http' | 'https' {
  const scheme = firstOf(request.headers.get('x-forwarded-proto')) ?? request.url.slice(0, request.url.indexOf(':'));
  return scheme.toLowerCase() === 'https' ? 'https' : 'http';
}

/** A request line may name a host as well as the header does: neither may be a stranger's. */
function namesOf(request: Request): readonly string[] {
  return [hostOf(request), request.headers.get('host'), authorityOf(request.url)].filter((name) => name !== null);
}

function authorityOf(url: string): string {
  const from = url.indexOf('//') + 2;
  const end = url.slice(from).search(/[/?#]|$/);
  return url.slice(from, from + end);
}

/** Without port and brackets, in lower case. */
function hostnameOf(host: string): string {
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** RFC 6761, section 6.3: names below `localhost` are loopback too. */
function isLoopbackName(hostname: string): boolean {
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|::1)$/.test(hostname);
}

function matchesHost(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1).toLowerCase()) : hostname === pattern.toLowerCase();
}

/** The service's own pages; a proxy may end TLS, so the scheme does not count. */
function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === withoutDefaultPort(host);
}

function withoutDefaultPort(host: string): string {
  return host.replace(/:(?:80|443)$/, '').toLowerCase();
}

function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
}

/** A picture, script or frame of a foreign page; following a link is none. */
function isForeignPart(request: Request): boolean {
  return request.headers.get('sec-fetch-site') === 'cross-site' && request.headers.get('sec-fetch-mode') !== 'navigate';
}

function answerPreflight(request: Request, origin: string): Response {
  const headers = request.headers.get('access-control-request-headers');
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'Access-Control-Max-Age': '600',
      Vary: 'Origin, Access-Control-Request-Headers',
      ...(headers === null ? {} : { 'Access-Control-Allow-Headers': headers }),
      ...(request.headers.has('access-control-request-private-network') ? { 'Access-Control-Allow-Private-Network': 'true' } : {}),
    },
  });
}

function hostDetail(hostname: string): string {
  return `This service is not asked under the name ${JSON.stringify(hostname)}. Start it with --allowed-hosts ${hostname} to allow it, or with --token.`;
}

function originDetail(origin: string): string {
  return `Pages of ${origin} may not use this service. Start it with --allowed-origins to name the origins that may.`;
}

/** In the language of the face that is asked. */
function refuse(request: Request, code: Extract<ProblemCode, 'host-not-allowed' | 'origin-not-allowed'>, detail: string): Response {
  const isKubernetes = /^[^/]*\/\/[^/]*\/(?:clusters|access|api|apis|openapi)(?:\/|$)/.test(request.url);
  return isKubernetes ? answerStatus(failure(403, 'Forbidden', detail)) : answerProblem(problemOf(code, detail));
}

function firstOf(header: string | null): string | undefined {
  const first = header?.split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
