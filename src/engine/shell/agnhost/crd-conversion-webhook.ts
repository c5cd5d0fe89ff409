// `agnhost crd-conversion-webhook`: turns `hostPort` of stable.example.com/v1 into `host` and `port` of v2, and back.
// Upstream: test/images/agnhost/crd-conversion-webhook (v1.33). Rule: K913.
// Omits: reviews in YAML, and that it wants its certificate and an account.

import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import { type HttpReply, type HttpRequest, plainPath } from '../server.ts';
import { numberOf } from './flags.ts';
import { goJson, httpError, serve, type Subcommand } from './subcommand.ts';

const PORT = 443;
const V1 = 'stable.example.com/v1';
const V2 = 'stable.example.com/v2';
const REVIEWS: readonly unknown[] = ['apiextensions.k8s.io/v1', 'apiextensions.k8s.io/v1beta1'];

export const crdConversionWebhook: Subcommand = {
  flags: { 'tls-cert-file': { kind: 'text' }, 'tls-private-key-file': { kind: 'text' }, port: { kind: 'number' } },
  run(context, values) {
    return serve(context, [{ port: numberOf(values, 'port', PORT), protocol: 'tcp', speaks: 'https' }], () => {});
  },
  http(_server, request) {
    const path = plainPath(request.path);
    if (path === '/readyz') return { status: 200, body: 'ok' };
    return path === '/crdconvert' ? answerReview(request) : httpError(404, '404 page not found');
  },
};

function answerReview({ headers, body }: HttpRequest): HttpReply {
  const type = headers['content-type'] ?? '';
  if (type !== 'application/json') return httpError(400, `invalid Content-Type header \`${type}\``);
  const review = parse(body);
  if (typeof review === 'string') return httpError(400, `failed to deserialize body (${body}) with error ${review}`);
  const { kind, apiVersion, request } = review;
  if (kind !== 'ConversionReview' || !REVIEWS.includes(apiVersion))
    return httpError(
      400,
      `failed to deserialize body (${body}) with error no kind "${String(kind)}" is registered for version "${String(apiVersion)}"`,
    );
  // Without a request it crashes, and the connection ends.
  if (!isJsonObject(request)) return CRASHED;
  const { uid = '', desiredAPIVersion: wanted = '', objects } = request;
  const converted: Json[] = [];
  for (const object of Array.isArray(objects) ? objects : []) {
    const result = isJsonObject(object) ? convert(object, String(wanted)) : undefined;
    if (result === undefined) return CRASHED;
    if (typeof result === 'string')
      return reply({ kind, apiVersion, uid, objects: null, result: { metadata: {}, status: 'Failure', message: result } });
    converted.push({ ...result, apiVersion: wanted });
  }
  return reply({ kind, apiVersion, uid, objects: converted, result: { metadata: {}, status: 'Success' } });
}

const CRASHED: HttpReply = { status: 0, body: '', isClosed: true };

interface Answer {
  readonly kind: Json;
  readonly apiVersion: Json | undefined;
  readonly uid: Json;
  readonly objects: readonly Json[] | null;
  readonly result: JsonObject;
}

function reply({ kind, apiVersion, uid, objects, result }: Answer): HttpReply {
  const request = { uid: '', desiredAPIVersion: '', objects: null };
  return { status: 200, body: `${goJson({ kind, apiVersion, request, response: { uid, convertedObjects: objects, result } })}\n` };
}

/** The object in the other version, or why there is none; undefined where it crashes. */
function convert(object: JsonObject, wanted: string): JsonObject | string | undefined {
  const { apiVersion = '' } = object;
  if (wanted === apiVersion) return `conversion from a version to itself should not call the webhook: ${wanted}`;
  if (apiVersion !== V1 && apiVersion !== V2) return `unexpected conversion version ${JSON.stringify(apiVersion)}`;
  if (wanted !== V1 && wanted !== V2) return `unexpected conversion version ${JSON.stringify(wanted)}`;
  return apiVersion === V1 ? split(object) : join(object);
}

function split(object: JsonObject): JsonObject | string | undefined {
  const { hostPort, ...rest } = object;
  if (hostPort === undefined) return object;
  if (typeof hostPort !== 'string') return undefined;
  const [host = '', port = '', ...more] = hostPort.split(':');
  return !hostPort.includes(':') || more.length > 0 ? `invalid hostPort value \`${hostPort}\`` : { ...rest, host, port };
}

function join(object: JsonObject): JsonObject {
  const { host, port, ...rest } = object;
  return host === undefined && port === undefined ? object : { ...rest, hostPort: `${String(host ?? '')}:${String(port ?? '')}` };
}

function parse(text: string): JsonObject | string {
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    // What is no JSON is refused below.
  }
  return "couldn't get version/kind; json parse error: the body is no object";
}
