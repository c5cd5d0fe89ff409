// Every operation that the OpenAPI documents of both faces promise, and the paths beside them, with parameters and bodies of any content: no
// answer from 500 on that a real server would not give, and none that does not come. Seeds are printed by fast-check when a case fails.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serviceDocument } from '../../src/http/rest/document.ts';
import { KINDS } from '../../src/engine/kinds/index.ts';
import { startTestService, type TestService } from '../support/service.ts';

const RUNS = Number(process.env['ORRERY_FUZZ_RUNS'] ?? 15);
const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'];
/** Wall time for all requests of a test, which grows with their number. */
const TEST_MS_MAX = 240_000 * Math.max(1, RUNS / 15);
/** Wall time after which an answer counts as one that does not come. */
const ANSWER_MS_MAX = 15_000;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
};

let test: TestService;
beforeAll(async () => {
  test = await startTestService({ limits: { clustersMax: 50 } });
  // The thread of scenarios begins with the first, and compiles the sources; that is no answer that does not come.
  await test.http.post('/v1/scenarios/runs').send({}).expect(400);
}, 120_000);
// The one cluster that all routes are tried on may be gone, with all others that a selector chose, or may move.
async function haveDemo(): Promise<void> {
  const { status } = await test.http.put('/v1/clusters/demo/clock').send({ mode: 'manual' });
  if (status === 200) return;
  expect(status).toBe(404);
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 }).expect(201);
  await test.http.post('/v1/clusters/demo/manifests').send(POD).expect(200);
}
beforeEach(haveDemo);
afterAll(() => test.close());

interface Operation {
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

/** Of the documents that the Kubernetes face serves, as kubectl finds them; they are some megabytes, and read once. */
let kubeOperations: readonly Operation[] = [];

async function readKubeOperations(): Promise<readonly Operation[]> {
  const { paths } = (await test.http.get('/clusters/demo/openapi/v3')).body as { paths: Record<string, { serverRelativeURL: string }> };
  const documents = await Promise.all(
    Object.values(paths).map(async (entry) => (await test.http.get(entry.serverRelativeURL)).body as OpenApi),
  );
  return documents.flatMap((document) => operationsOf(document, '/clusters/demo'));
}

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
const contentType = fc.constantFrom(
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

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Requests that an operation allows, and such that it should not. */
function requestsTo({ method, path, queryNames }: Operation): fc.Arbitrary<Sent> {
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

/** Answers from 500 on that a real server gives to the same request, as recordings show: revisions where none may be, or of the future (G1, I2). */
const AS_REAL = /ResourceVersionTooLarge|resourceVersion should not be set on objects to be created|strconv\.ParseUint/;

/** Sends a request and checks what every answer must be. Of an endless one the head is enough. */
async function check(sent: Sent): Promise<void> {
  const failedBefore = test.failures.length;
  const leave = new AbortController();
  const hang = setTimeout(() => leave.abort(new Error(`no answer within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
  try {
    const hasBody = sent.method !== 'GET' && sent.method !== 'HEAD';
    const url = `${test.url}${sent.path}?${new URLSearchParams(sent.query)}`;
    const init = { method: sent.method, headers: sent.headers, signal: leave.signal, ...(hasBody ? { body: sent.body } : {}) };
    const response = await fetch(url, init);
    const isWatch = 'watch' in sent.query || sent.path.includes('/watch/') || response.headers.get('content-type') === 'text/event-stream';
    const text = response.status === 200 && isWatch ? '' : await response.text();
    expect(test.failures.slice(failedBefore)).toEqual([]);
    if (!AS_REAL.test(text)) expect(response.status, text).toBeLessThan(500);
    if (response.status >= 400 && text !== '' && /json/.test(response.headers.get('content-type') ?? '')) {
      const { status, code } = JSON.parse(text) as { status: unknown; code: unknown };
      // A problem has its status as a number, a Status has it as `code`.
      expect([status, code]).toContain(response.status);
    }
  } finally {
    clearTimeout(hang);
    leave.abort();
  }
}

/** The one cluster that all routes are tried on stays while one of them is tried. */
function isHarmless({ method, path }: Sent): boolean {
  return !(method === 'DELETE' && /^\/v1\/clusters\/demo$/.test(path));
}

describe('the service API', () => {
  const operations = operationsOf(serviceDocument('test') as unknown as OpenApi, '');

  it.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s',
    async (_, operation) => {
      await fc.assert(fc.asyncProperty(requestsTo(operation).filter(isHarmless), check), { numRuns: RUNS });
    },
    TEST_MS_MAX,
  );
});

describe('the Kubernetes API', () => {
  const plurals = KINDS.map((kind) => kind.plural);
  beforeAll(async () => {
    await haveDemo();
    kubeOperations = await readKubeOperations();
  });

  it('has operations for every kind', () => {
    const paths = kubeOperations.map((operation) => operation.path);
    for (const plural of plurals) expect(paths.some((path) => path.endsWith(`/${plural}`))).toBe(true);
  });

  it.each(plurals)(
    '%s',
    async (plural) => {
      const operations = kubeOperations.filter(({ path }) => path.split('/').includes(plural));
      expect(operations.length).toBeGreaterThan(0);
      for (const operation of operations) {
        await fc.assert(fc.asyncProperty(requestsTo(operation), check), { numRuns: RUNS });
      }
    },
    TEST_MS_MAX,
  );
});

describe('beside the documents', () => {
  const PATHS = `
    / /docs /openapi.json /healthz /readyz /metrics /favicon.ico /v1 /clusters /{anything}/{else}
    /access/x/clusters/demo/api
    /clusters/{cluster}/api/v1/pods
    /clusters/demo /clusters/demo/nobody /clusters/demo/version /clusters/demo/healthz /clusters/demo/livez /clusters/demo/readyz
    /clusters/demo/api /clusters/demo/api/{version}
    /clusters/demo/apis /clusters/demo/apis/{group} /clusters/demo/apis/{group}/{version}
    /clusters/demo/openapi/v2 /clusters/demo/openapi/v3 /clusters/demo/openapi/v3/{document}
    /clusters/demo/api/v1/watch/pods
    /clusters/demo/api/v1/{resource}/{name}/{subresource}/{rest}
    /clusters/demo/api/v1/namespaces/default/pods/web/{subresource}
    /clusters/demo/api/v1/namespaces/default/serviceaccounts/default/token
    /clusters/demo/apis/authorization.k8s.io/v1/selfsubjectaccessreviews
    /clusters/demo/apis/authorization.k8s.io/v1/selfsubjectrulesreviews
    /clusters/demo/apis/authentication.k8s.io/v1/selfsubjectreviews`;

  it.each(PATHS.trim().split(/\s+/))(
    '%s',
    async (path) => {
      const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS');
      const sent = method.chain((verb) => requestsTo({ method: verb, path, queryNames: ['limit', 'pretty', 'timeoutSeconds'] }));
      await fc.assert(fc.asyncProperty(sent, check), { numRuns: RUNS });
    },
    TEST_MS_MAX,
  );
});

it('the service goes on after all of that', { timeout: 60_000 }, async () => {
  await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '10m' }).expect(200);
  expect(test.failures).toEqual([]);
});
