// Requests that the OpenAPI documents of both faces speak of, with parameters and bodies of any content.

import fc from 'fast-check';
import { serviceDocument } from '../../src/http/rest/document.ts';
import type { TestService } from '../support/service.ts';

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'];

export const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
};

export interface Operation {
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly queryNames: readonly string[];
}

interface Parameter {
  readonly in?: string;
  readonly name?: string;
  readonly $ref?: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** All operations of a document; `prefix` stands before its paths. */
function operationsOf(document: OpenApi, prefix: string): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const shared = (item['parameters'] ?? []) as Parameter[];
    return METHODS.filter((method) => method in item).map((method) => {
      const own = ((item[method] as { parameters?: Parameter[] }).parameters ?? []) as Parameter[];
      const queryNames = [...shared, ...own].flatMap(({ in: place, name }) => (place === 'query' && name !== undefined ? [name] : []));
      return { method: method.toUpperCase(), path: prefix + path, queryNames };
    });
  });
}

/** Of the documents that the Kubernetes face of a cluster serves, as kubectl finds them. */
export async function readKubeOperations(http: TestService['http']): Promise<readonly Operation[]> {
  const { paths } = (await http.get('/clusters/demo/openapi/v3')).body as { paths: Record<string, { serverRelativeURL: string }> };
  const documents = await Promise.all(Object.values(paths).map(async (entry) => (await http.get(entry.serverRelativeURL)).body as OpenApi));
  return documents.flatMap((document) => operationsOf(document, '/clusters/demo'));
}

/** Of the service API. */
export const serviceOperations = (): readonly Operation[] => operationsOf(serviceDocument('test') as unknown as OpenApi, '');

const odd = fc.constantFrom('__proto__', 'constructor', ' ', '%', 'ä', '\u0000', 'a'.repeat(300), 'UPPER', '-', '🦀');
const word = fc.oneof(
  fc.constantFrom(
    'demo',
    'web',
    'default',
    'node-1',
    'nginx',
    '1',
    '0',
    '-1',
    'true',
    'a=b',
    'a in (b',
    '9999999999999999999',
    '1h',
    'All',
  ),
  odd,
  fc.string({ maxLength: 10 }),
);
const scalar = fc.oneof(word, fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', '2025-01-01T00:00:00Z', '-5s', '1Gi'));
const FIELDS =
  'apiVersion kind metadata name namespace spec status labels data replicas by to until mode seed steps rate nodes items taints containers template selector target http run __proto__ constructor';
const name = fc.constantFrom(...FIELDS.split(' '));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  ),
}));
const body = fc.oneof(
  value.map((item) => JSON.stringify(item)),
  fc.constant(JSON.stringify(POD)),
  fc.constantFrom('', '{', '[]', 'k8s\u0000', '- &a [*a]', 'a: [', '[{"op":"replace","path":"/metadata","value":{}}]', '['.repeat(2_000)),
  fc.string({ maxLength: 30, unit: 'binary' }),
);
/** What a body may say that it is. */
export const contentType = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  '',
);
const accept = fc.constantFrom('application/json', '*/*', 'text/event-stream', 'application/yaml', 'nonsense', '');

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Requests that an operation allows, and such that it should not. */
export function requestsTo({ method, path, queryNames }: Operation): fc.Arbitrary<Sent> {
  const parameters = path.match(/\{\w+\}/g) ?? [];
  return fc
    .record({
      values: fc.array(word, { minLength: parameters.length, maxLength: parameters.length }),
      query: fc.dictionary(fc.constantFrom('watch', 'unknown', ...queryNames), word, { maxKeys: 4 }),
      contentType,
      accept,
      body,
    })
    .map(({ values, query, contentType: type, accept: wanted, body: text }) => {
      const filled = parameters.reduce(
        (at, parameter, index) => at.replace(parameter, () => encodeURIComponent(values[index] ?? 'demo')),
        path,
      );
      const headers = Object.fromEntries(Object.entries({ 'Content-Type': type, Accept: wanted }).filter(([, item]) => item !== ''));
      return { method, path: filled, query, headers, body: text };
    });
}

/** The one cluster that all routes are tried on stays while one of them is tried. */
export function isHarmless({ method, path }: Sent): boolean {
  return !(method === 'DELETE' && /^\/v1\/clusters\/demo$/.test(path));
}
