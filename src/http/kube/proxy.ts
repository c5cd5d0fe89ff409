// `…/pods/{name}/proxy/…`, `…/services/{name}/proxy/…`, `…/nodes/{name}/proxy/…`: an HTTP request that the API server passes on, and the answer
// with its links and redirections led back through the proxy. A request that its server notes is a command of the cluster.
// Upstream: staging/src/k8s.io/apimachinery/pkg/util/proxy/{transport,upgradeaware}.go, pkg/registry/core/{pod,node}/rest (v1.33). Rules: M9.
// Deviation: connections that are upgraded (WebSockets of the pod's own) are answered as plain requests.

import { fail, ok, type Result, type Status, serviceUnavailable } from '../../engine/apimachinery/status.ts';
import {
  askKubelet,
  bytesToText,
  isPlainToTls,
  locateKubelet,
  locatePod,
  locateService,
  type PortAnswer,
  type ProxyPlace,
  proxyFailure,
} from '../../engine/cluster/index.ts';
import { answerStatus } from './answer.ts';
import { readBody } from './body.ts';
import type { ResourceRequest } from './handlers.ts';
import { admitConnection } from './streaming/admit.ts';
import { binaryOf, encodeText } from './streaming/bytes.ts';
import { askServer } from './streaming/port-forward.ts';

/** What the server behind a place says. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where the API server itself is, as servers in pods see it. */
const API_SERVER = '172.18.0.1';

/** The path up to and with `/proxy`, and what follows. */
const PROXIED = /^(.*?\/api\/v1\/(?:namespaces\/[^/]+\/(?:pods|services)|nodes)\/[^/]+\/proxy)(\/.*)?$/s;

/** Answers a request to a proxy. */
export async function handleProxy(context: ResourceRequest): Promise<Response> {
  const { request } = context;
  const url = new URL(request.url);
  const [, base = '', path = ''] = PROXIED.exec(url.pathname) ?? [];
  // https://issue.k8s.io/4958: links of a page are relative to a folder.
  if (path === '' && (request.method === 'GET' || request.method === 'HEAD'))
    return new Response(null, { status: 301, headers: { Location: `${base}/${url.search}` } });
  const refused = await admitConnection(context, {
    kind: `${context.target.kind.kind}ProxyOptions`,
    ...(path === '' ? {} : { path }),
  });
  if (refused !== undefined) return refused;
  const body = await readBody(request);
  if (!body.ok) return answerStatus(body.status);
  const answer = await ask(context, `${path === '' ? '/' : path}${url.search}`, base, bytesToText(binaryOf(body.value)));
  return answer.ok ? respond(answer.value, base) : answerStatus(answer.status);
}

async function ask(context: ResourceRequest, path: string, base: string, body: string): Promise<Result<Answer>> {
  const { service, cluster, target, request } = context;
  const { namespace = '', name = '' } = target;
  if (target.kind.plural === 'nodes') return askNode(context, name, path);
  const locate = target.kind.plural === 'pods' ? locatePod : locateService;
  const located = service.read(cluster, (state): Result<ProxyPlace | Answer> => {
    const place = locate(state, namespace, name);
    if (!place.ok) return place;
    const failure = proxyFailure(state, place.value);
    if (failure !== undefined) return fail(unreachable(failure));
    return ok(isPlainToTls(state, place.value) ? PLAIN_TO_TLS : place.value);
  });
  if (!located.ok || 'status' in located.value) return located as Result<Answer>;
  const { pod, port } = located.value;
  const headers = forwardedHeaders(request, located.value, base, path);
  const asked = { namespace, pod, port, method: request.method, path, headers, client: API_SERVER, body };
  const { answer } = await askServer(service, cluster, asked);
  return answer === undefined ? fail(unreachable('EOF')) : ok(answerOf(answer));
}

const PLAIN_TO_TLS: Answer = { status: 400, headers: {}, body: 'Client sent an HTTP request to an HTTPS server.\n' };

function askNode({ service, cluster, request }: ResourceRequest, name: string, path: string): Result<Answer> {
  return service.read(cluster, (state) => {
    const located = locateKubelet(state, name);
    if (!located.ok) return located;
    const { node, failure } = located.value;
    if (failure !== undefined) return fail(unreachable(failure));
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return ok({ status: 405, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '405: Method Not Allowed' });
    const { status, contentType, body } = askKubelet(state, node, path);
    return ok({ status, headers: { 'Content-Type': contentType }, body });
  });
}

function unreachable(why: string): Status {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}

/** Headers of one connection, and those that say who asks the API server. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Nothing of this service's own address or of a key in its path gets into a cluster, so that equal sessions stay equal. */
function forwardedHeaders({ headers }: Request, place: ProxyPlace, base: string, path: string): Record<string, string> {
  const passed = [...headers].filter(([name]) => !NOT_PASSED.has(name) && !name.startsWith('impersonate-'));
  const uri = `${base.slice(base.indexOf('/api/v1/'))}${path.split('?')[0] ?? ''}`;
  return { ...Object.fromEntries(passed), host: `${place.ip}:${place.port}`, 'x-forwarded-uri': uri };
}

function answerOf({ status, headers, location, body }: PortAnswer): Answer {
  return { status, headers: { ...headers, ...(location === null ? {} : { Location: location }) }, body };
}

const TEXT = 'text/plain; charset=utf-8';
/** Statuses that have no body. */
const EMPTY: readonly number[] = [101, 204, 205, 304];
/** Written by the server that answers. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding', 'date', 'keep-alive']);

function respond({ status, headers: given, body }: Answer, base: string): Response {
  const headers = new Headers({ 'Content-Type': TEXT });
  for (const [name, value] of Object.entries(given)) if (!OWN_HEADERS.has(name.toLowerCase())) headers.set(name, value);
  const location = headers.get('location');
  if (location !== null) headers.set('Location', throughProxy(location, base));
  const isPage = /^text\/html\b/i.test(headers.get('content-type') ?? '');
  const bytes = encodeText(isPage ? rewriteLinks(body, base) : body);
  return new Response(EMPTY.includes(status) ? null : (bytes as Uint8Array<ArrayBuffer>), { status, headers });
}

/** An address without a host is the pod's own: it is led through the proxy. */
function throughProxy(link: string, base: string): string {
  return link.startsWith('/') && !link.startsWith('//') && !link.startsWith(`${base}/`) ? `${base}${link}` : link;
}

/** Attributes that lead elsewhere, as upstream's table has them. */
const LINK =
  /(<[a-z][^<>]*?\s(?:href|src|action|cite|longdesc|background|codebase|classid|data|usemap|formaction|icon|manifest|poster)\s*=\s*)(["'])([^"'<>]*)\2/gi;

function rewriteLinks(page: string, base: string): string {
  return page.replace(LINK, (_, before: string, quote: string, link: string) => `${before}${quote}${throughProxy(link, base)}${quote}`);
}
