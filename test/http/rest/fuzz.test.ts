// No input makes the service fail: whatever is sent to any route, the answer is below 500, is a problem where it is a refusal, and the
// service goes on. Seeds are printed by fast-check when a case fails.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../src/http/rest/index.ts';
import { type PlainAnswer, sendPlain } from '../../support/plain-request.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService({ limits: { clustersMax: 20 } });
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await test.http.post('/v1/clusters/demo/manifests').send(POD);
});
afterAll(() => test.close());

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
};

const RUNS = Number(process.env['ORRERY_FUZZ_RUNS'] ?? 60);

const names = fc.constantFrom('demo', 'nobody', '__proto__', 'constructor', '..', '%', 'ä', 'a'.repeat(300), '');
const words = fc.constantFrom(
  'name',
  'seed',
  'startTime',
  'clock',
  'mode',
  'rate',
  'nodes',
  'images',
  'timing',
  'retention',
  'by',
  'to',
  'steps',
  'until',
  'timeout',
  'for',
  'resource',
  'selector',
  'namespace',
  'apiVersion',
  'kind',
  'metadata',
  'spec',
  'items',
  'labels',
  'containers',
  'run',
  'startup',
  'http',
  'exec',
  'watchEvents',
  'capacity',
  'taints',
  '__proto__',
  'constructor',
  'toString',
  '0',
  '',
);
const scalars = fc.oneof(
  fc.constantFrom(
    'demo',
    'manual',
    'running',
    'idle',
    '1h',
    '-1s',
    '1e999h',
    'now',
    '2025-01-01T00:00:30Z',
    'condition=Ready',
    'jsonpath={.a[*].b}=c',
    'pods',
    'app in (a,b',
    'List',
    'v1',
    'Pod',
    'nginx',
    '16Gi',
    '-0',
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  ),
}));

/** A good body, with a part of it replaced by anything. */
function mutated(good: unknown): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constant(good), fc.nat(), json).map(([value, at, replacement]) => replaceAt(structuredClone(value), at, replacement));
}

function replaceAt(value: unknown, at: number, replacement: unknown): unknown {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(value);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return replacement;
  place[0][place[1]] = replacement;
  return value;
}

const GOOD_BODIES: readonly unknown[] = [
  {
    name: 'new',
    seed: 1,
    startTime: '2025-01-01T00:00:00Z',
    clock: { mode: 'running', rate: 2 },
    nodes: [{ name: 'n', labels: { a: 'b' }, taints: [{ key: 'k', effect: 'NoSchedule' }], capacity: { cpu: '4' } }],
    timing: { imagePull: '1s' },
    retention: { watchEvents: 10 },
  },
  { by: '1s' },
  { until: { for: 'condition=Ready', resource: 'pods', name: 'web', selector: 'app=web', namespace: 'default' }, timeout: '1m' },
  { mode: 'running', rate: 3 },
  {
    startup: '1s',
    run: [{ for: '1m', exitCode: 1 }],
    http: [{ port: 80, path: '/', status: 500, from: '1s', until: '2s' }],
    exec: [{ command: 'x', exitCode: 1 }],
    logs: [{ every: '1s', line: 'x' }],
  },
  POD,
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: POD.spec } },
  },
];

const bodies = fc.oneof(
  fc.constant(undefined),
  json.map((value) => JSON.stringify(value)),
  fc
    .constantFrom(...GOOD_BODIES)
    .chain(mutated)
    .map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.constantFrom(
    'a: &a [*a]',
    '<<: *x',
    '{',
    '---\n---',
    'a: !!binary x',
    '? \n: ',
    '&a !!map {}',
    '"\\ud800"',
    '%YAML 9.9\n---\na: 1',
    '!<tag> x',
  ),
);

const queries = fc.dictionary(
  fc.constantFrom(
    'limit',
    'cursor',
    'resource',
    'namespace',
    'labelSelector',
    'fieldSelector',
    'resourceVersion',
    'format',
    'timeoutSeconds',
    'mode',
    'dryRun',
    'x',
  ),
  fc.oneof(
    fc.constantFrom(
      '1',
      '0',
      '-1',
      'pods',
      'nodes,pods',
      'a=b',
      'a in (',
      'metadata.name=web',
      '\\',
      'text',
      'table',
      'apply',
      'delete',
      'true',
      '999999999999',
      'YWZ0ZXI6YQ',
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxKeys: 3 },
);

const headers = fc.record({
  'Content-Type': fc.constantFrom('application/json', 'application/yaml', 'text/plain', 'application/json; charset=x', ';', ''),
  'Last-Event-ID': fc.constantFrom('', '1', '7', 'x', '-1'),
  Accept: fc.constantFrom('*/*', 'text/event-stream', 'nonsense', ''),
});

function send(
  method: string,
  path: string,
  query: Record<string, string>,
  head: Record<string, string>,
  body: string | undefined,
): Promise<PlainAnswer> {
  return sendPlain({
    method,
    url: `${test.url}${path}?${new URLSearchParams(query)}`,
    headers: head,
    body: method === 'GET' ? undefined : body,
    // Streams have no end of their own: that they begin is enough.
    isEndless: (_, type) => type === 'text/event-stream',
  });
}

describe.each(ENDPOINTS.map(({ spec }) => [`${spec.method.toUpperCase()} ${spec.path}`, spec] as const))('%s', (_, spec) => {
  it('never fails', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom('nginx', 'a/b:c', '%', ' ', '\u0000', 'constructor'),
        queries,
        headers,
        bodies,
        async (cluster, reference, query, head, body) => {
          const path = spec.path.replace('{cluster}', encodeURIComponent(cluster)).replace('{reference}', encodeURIComponent(reference));
          const kept = Object.fromEntries(Object.entries(head).filter(([, value]) => value !== ''));
          // Clusters come and go in this test, but for the one that all routes are tried on.
          if (spec.operationId === 'deleteCluster' && cluster === 'demo') return;
          const { status, type, text } = await send(spec.method.toUpperCase(), path, query, kept, body);
          expect(test.failures).toEqual([]);
          expect(status).toBeLessThan(500);
          if (status < 400) return;
          expect(type).toBe('application/problem+json');
          expect(JSON.parse(text)).toMatchObject({ status, detail: expect.any(String) });
        },
      ),
      { numRuns: RUNS },
    );
    // A stopped clock, so that the routes after this one find the cluster at rest; and it is still there.
    const { status } = await send('PUT', '/v1/clusters/demo/clock', {}, { 'Content-Type': 'application/json' }, '{"mode":"manual"}');
    expect(status).toBe(200);
  });
});
