// Answers documents that do not depend on objects: discovery, OpenAPI, version, health.
// Rules: A4, A11, A12, B1-B7, B9, B10, C1, C2, C6, X11, W3, W12.

import { compareText } from '../../engine/apimachinery/text.ts';
import { hash128, hashToHex } from '../../engine/kernel/hash.ts';
import { resourceNotFound } from '../../engine/apimachinery/status.ts';
import { ALGORITHM, ISSUER } from '../../engine/cluster/index.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import { answerNotFoundPage, answerStatus } from './answer.ts';
import { Discovery, entriesOf, groupVersionPath } from './discovery.ts';
import { answerHealth } from './health.ts';
import { acceptsType, parseAccept } from './media-type.ts';
import { METRICS_ENTRIES } from './metrics.ts';
import { describeApi, describeGroupVersion } from './openapi/describe.ts';
import { describeOpenApiV2, encodeOpenApiV2, OPENAPI_V2_MEDIA_TYPE, OPENAPI_V2_MEDIA_TYPES } from './openapi/v2.ts';
import { describeOpenApiV3 } from './openapi/v3.ts';
import type { KubePath } from './path.ts';
import { REVIEW_ENTRIES } from './reviews.ts';

/** A request for a document. `prefix` is the cluster's, such as `/clusters/demo`. */
export interface DocumentRequest {
  readonly path: Exclude<KubePath, { readonly type: 'resource' }>;
  readonly request: Request;
  readonly prefix: string;
  /** The kinds of the cluster. */
  readonly kinds: readonly Kind[];
  /** The cluster has a metrics server (B12). */
  readonly hasMetrics: boolean;
  /** The key that the tokens of its accounts are checked with. */
  accountKey(): object;
}

/** Documents are made once for the same kinds. */
interface Documents {
  readonly discovery: Discovery;
  readonly withMetrics: Discovery;
  readonly openApi: Map<string, FixedDocument>;
}

const documentsByKinds = new WeakMap<readonly Kind[], Documents>();

function documentsOf(kinds: readonly Kind[]): Documents {
  let documents = documentsByKinds.get(kinds);
  if (documents === undefined) {
    const entries = [...kinds.flatMap(entriesOf), ...REVIEW_ENTRIES];
    documents = { discovery: new Discovery(entries), withMetrics: new Discovery([...entries, ...METRICS_ENTRIES]), openApi: new Map() };
    documentsByKinds.set(kinds, documents);
  }
  return documents;
}

/** B12: what there is without a metrics server, and with one. */
function discoveryOf({ kinds, hasMetrics }: DocumentRequest): Discovery {
  const { discovery, withMetrics } = documentsOf(kinds);
  return hasMetrics ? withMetrics : discovery;
}

/** Answers everything below a cluster that is no resource. */
export function handleDocument(context: DocumentRequest): Response {
  const { path, request } = context;
  const discovery = discoveryOf(context);
  if (request.method !== 'GET' && request.method !== 'HEAD') return answerNotFoundPage();
  switch (path.type) {
    case 'core-versions':
      return answerRoot(context, 'api', () => discovery.coreVersions(new URL(request.url).host));
    case 'groups':
      return answerRoot(context, 'apis', () => discovery.groupList());
    case 'group':
      return discovery.groups().includes(path.group) ? answerDocument(request, discovery.group(path.group)) : answerNotFoundPage();
    case 'group-version':
      return answerGroupVersion(context, path.group, path.version);
    case 'openapi-v3':
      return answerOpenApiV3(context, path.groupVersion);
    case 'other':
      return answerOther(context, path.path);
  }
}

/** B6, X11: the aggregated form when it is asked for first, else the plain one. */
function answerRoot(context: DocumentRequest, root: 'api' | 'apis', plain: () => object): Response {
  const { request } = context;
  for (const { type, parameters } of parseAccept(request.headers.get('accept'))) {
    if (type !== 'application/json' && type !== '*/*') continue;
    const version = parameters['v'];
    if (parameters['as'] === undefined) return answerDocument(request, plain());
    if (parameters['g'] !== 'apidiscovery.k8s.io' || parameters['as'] !== 'APIGroupDiscoveryList') continue;
    if (version !== 'v2' && version !== 'v2beta1') continue;
    return answerDocument(request, discoveryOf(context).aggregated(root, version), {
      'Content-Type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      'Cache-Control': 'public',
    });
  }
  return answerDocument(request, plain());
}

/** A11: an unknown version of a known group is a missing resource, an unknown group a missing page. */
function answerGroupVersion(context: DocumentRequest, group: string, version: string): Response {
  const discovery = discoveryOf(context);
  if (discovery.versions(group).includes(version)) return answerDocument(context.request, discovery.resourceList(group, version));
  return isKnownGroup(context.kinds, group) ? answerStatus(resourceNotFound()) : answerNotFoundPage();
}

/** Whether any stored or reviewed resource lives in the group. */
export function isKnownGroup(kinds: readonly Kind[], group: string): boolean {
  return documentsOf(kinds).discovery.versions(group).length > 0;
}

/** What every cluster says of its version. */
export const VERSION = {
  major: '1',
  minor: '33',
  emulationMajor: '1',
  emulationMinor: '33',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '32',
  gitVersion: 'v1.33.0',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-04-23T13:00:00Z',
  goVersion: 'go1.24.2',
  compiler: 'gc',
  platform: 'linux/amd64',
};

function answerOther(context: DocumentRequest, path: string): Response {
  const { request, prefix, kinds } = context;
  switch (path) {
    case '/':
      return answerDocument(request, discoveryOf(context).paths());
    case '/version':
      return answerDocument(request, VERSION);
    case '/.well-known/openid-configuration':
      return answerDocument(request, openIdConfiguration(request, prefix), KEYS_ARE_PUBLIC);
    case '/openid/v1/jwks':
      return answerDocument(request, { keys: [context.accountKey()] }, { ...KEYS_ARE_PUBLIC, 'Content-Type': 'application/jwk-set+json' });
    case '/openapi/v2':
      return answerOpenApiV2(request, kinds);
    case '/openapi/v3':
      return answerDocument(request, openApiIndex(kinds, prefix));
    default:
      return answerHealth(request, path) ?? answerNotFoundPage();
  }
}

const KEYS_ARE_PUBLIC = { 'Cache-Control': 'public, max-age=3600' };

/** Q11: where others find the key with which they check tokens. Upstream: pkg/serviceaccount/openidmetadata.go. */
function openIdConfiguration({ url }: Request, prefix: string): object {
  return {
    issuer: ISSUER,
    jwks_uri: `${new URL(url).origin}${prefix}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ALGORITHM],
  };
}

// ---------------------------------------------------------------------------------------------------------------- OpenAPI

/** A document that is made once. */
interface FixedDocument {
  readonly body: string | Uint8Array;
  readonly hash: string;
}

function fixedDocument(kinds: readonly Kind[], name: string, make: () => string | Uint8Array): FixedDocument {
  const { openApi } = documentsOf(kinds);
  let document = openApi.get(name);
  if (document === undefined) {
    const body = make();
    document = { body, hash: contentHash(body) };
    openApi.set(name, document);
  }
  return document;
}

/** The v3 document of `api/v1` or `apis/apps/v1`; undefined when there is no such group and version. */
export function openApiV3Document(kinds: readonly Kind[], groupVersion: string): FixedDocument | undefined {
  const kind = kinds.find((candidate) => groupVersionPath(candidate) === groupVersion);
  if (kind === undefined) return undefined;
  return fixedDocument(kinds, groupVersion, () => JSON.stringify(describeOpenApiV3(describeGroupVersion(kinds, kind.group, kind.version))));
}

/** The v2 document of all groups. */
export function openApiV2Document(kinds: readonly Kind[], form: 'protobuf' | 'json' = 'protobuf'): FixedDocument {
  if (form === 'json') return fixedDocument(kinds, 'v2 json', () => JSON.stringify(describeOpenApiV2(describeApi(kinds))));
  return fixedDocument(kinds, 'v2', () => encodeOpenApiV2(describeApi(kinds)));
}

/** C2: as protobuf for those that ask for it, which kubectl does, else as JSON. Upstream: k8s.io/kube-openapi/pkg/handler/handler.go. */
function answerOpenApiV2(request: Request, kinds: readonly Kind[]): Response {
  for (const media of parseAccept(request.headers.get('accept'))) {
    if (acceptsType(media, 'application/json')) return answerFixed(request, openApiV2Document(kinds, 'json'), {});
    if (OPENAPI_V2_MEDIA_TYPES.includes(media.type))
      return answerFixed(request, openApiV2Document(kinds), { 'Content-Type': OPENAPI_V2_MEDIA_TYPE });
  }
  return new Response(null, { status: 406 });
}

/** C6: where each document is, with a hash that changes with its text. A4: with the cluster's prefix. */
function openApiIndex(kinds: readonly Kind[], prefix: string): object {
  const groupVersions = [...new Set(kinds.map(groupVersionPath))].sort(compareText);
  const paths = groupVersions.map((groupVersion) => [groupVersion, { serverRelativeURL: urlOf(kinds, prefix, groupVersion) }]);
  return { paths: Object.fromEntries(paths) };
}

function urlOf(kinds: readonly Kind[], prefix: string, groupVersion: string): string {
  return `${prefix}/openapi/v3/${groupVersion}?hash=${openApiV3Document(kinds, groupVersion)?.hash}`;
}

function answerOpenApiV3({ request, prefix, kinds }: DocumentRequest, groupVersion: string): Response {
  const document = openApiV3Document(kinds, groupVersion);
  if (document === undefined) return new Response(null, { status: 404 });
  const asked = new URL(request.url).searchParams.get('hash');
  if (asked !== null && asked !== document.hash) {
    return new Response(null, { status: 301, headers: { Location: urlOf(kinds, prefix, groupVersion) } });
  }
  // With the right hash the document never changes.
  return answerFixed(request, document, asked === null ? {} : { 'Cache-Control': 'public, immutable' });
}

// ----------------------------------------------------------------------------------------------------------------- answers

function answerDocument(request: Request, document: object, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify(document);
  return answerFixed(request, { body, hash: contentHash(body) }, headers);
}

/** B10: with an ETag, and 304 when the client has the document already. */
function answerFixed(request: Request, document: FixedDocument, headers: Readonly<Record<string, string>>): Response {
  const etag = `"${document.hash}"`;
  const all = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', Vary: 'Accept', ETag: etag, ...headers };
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return new Response(null, { status: 304, headers: all });
  return new Response(document.body, { headers: all });
}

function contentHash(content: string | Uint8Array): string {
  const text = typeof content === 'string' ? content : Array.from(content, (byte) => String.fromCharCode(byte)).join('');
  return hashToHex(hash128(text)).toUpperCase();
}
