// Every operation that the OpenAPI documents of both faces promise, and the paths beside them, with parameters and bodies of any content: no
// answer from 500 on that a real server would not give, and none that does not come. Seeds are printed by fast-check when a case fails.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KINDS } from '../../src/engine/kinds/index.ts';
import { sendPlain } from '../support/plain-request.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { isHarmless, type Operation, POD, readKubeOperations, requestsTo, type Sent, serviceOperations } from './generated-requests.ts';

const RUNS = Number(process.env['ORRERY_FUZZ_RUNS'] ?? 15);
/** Wall time for all requests of a test, which grows with their number. */
const TEST_MS_MAX = 240_000 * Math.max(1, RUNS / 15);
/** Wall time after which an answer counts as one that does not come. */
const ANSWER_MS_MAX = 15_000;

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

/** They are read once: the documents are some megabytes. */
let kubeOperations: readonly Operation[] = [];

/** Answers from 500 on that a real server gives to the same request, as recordings show: revisions where none may be, or of the future (G1, I2). */
const AS_REAL = /ResourceVersionTooLarge|resourceVersion should not be set on objects to be created|strconv\.ParseUint/;

/** Sends a request and checks what every answer must be. Of an endless one the head is enough. */
async function check(sent: Sent): Promise<void> {
  const failedBefore = test.failures.length;
  const isWatch = 'watch' in sent.query || sent.path.includes('/watch/');
  const { status, type, text } = await sendPlain({
    method: sent.method,
    url: `${test.url}${sent.path}?${new URLSearchParams(sent.query)}`,
    headers: sent.headers,
    body: sent.method === 'GET' || sent.method === 'HEAD' ? undefined : sent.body,
    patienceMs: ANSWER_MS_MAX,
    isEndless: (code, media) => code === 200 && (isWatch || media === 'text/event-stream'),
  });
  const failed = test.failures[failedBefore];
  if (failed !== undefined) throw new Error(`${JSON.stringify(sent)} failed`, { cause: failed });
  if (!AS_REAL.test(text)) expect(status, text).toBeLessThan(500);
  if (status >= 400 && text !== '' && /json/.test(type)) {
    const said = JSON.parse(text) as { status: unknown; code: unknown };
    // A problem has its status as a number, a Status has it as `code`.
    expect([said.status, said.code]).toContain(status);
  }
}

describe('the service API', () => {
  it.each(serviceOperations().map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
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
    kubeOperations = await readKubeOperations(test.http);
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
