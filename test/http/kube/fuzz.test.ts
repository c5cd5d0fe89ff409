// No input to the Kubernetes API makes the service fail: whatever is sent to any path, the answer is below 500, a refusal is a Status, and the
// cluster goes on. Seeds are printed by fast-check when a case fails.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/engine/kinds/index.ts';
import { type PlainAnswer, sendPlain } from '../../support/plain-request.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { contentType } from '../generated-requests.ts';

const RUNS = Number(process.env['ORRERY_FUZZ_RUNS'] ?? 60);

let test: TestService;

beforeAll(async () => {
  test = await startTestService();
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 2 });
  await test.http.post('/v1/clusters/demo/manifests').send({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  });
});
afterAll(() => test.close());

const odd = fc.constantFrom('__proto__', 'constructor', 'toString', '', ' ', '%', 'ä', '\u0000', '..', 'a'.repeat(300), 'UPPER', '-');
const names = fc.oneof(fc.constantFrom('web', 'node-1', 'default', 'kube-system', 'nobody'), odd);
const field = fc.oneof(
  fc.constantFrom(
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'status',
    'name',
    'generateName',
    'namespace',
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
    'uid',
    'resourceVersion',
    'containers',
    'image',
    'ports',
    'env',
    'replicas',
    'selector',
    'matchLabels',
    'matchExpressions',
    'template',
    'data',
    'taints',
    'gracePeriodSeconds',
    'propagationPolicy',
    'preconditions',
    'items',
    'managedFields',
    'creationTimestamp',
    'involvedObject',
    'conditions',
  ),
  odd,
);
const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, '', 'x', 'a b', '10', '-1', '1Gi', '2025-01-01T00:00:00Z'),
  odd,
);
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(field, tie('node'), { maxKeys: 5 }),
  ),
})).node;

const query = fc.dictionary(
  fc.constantFrom(
    'labelSelector',
    'fieldSelector',
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'dryRun',
    'fieldValidation',
    'fieldManager',
    'force',
    'pretty',
    'propagationPolicy',
    'gracePeriodSeconds',
    'container',
    'tailLines',
    'sinceTime',
    'timeoutSeconds',
    'allowWatchBookmarks',
    'sendInitialEvents',
  ),
  fc.oneof(
    fc.constantFrom(
      '1',
      '0',
      '-1',
      'true',
      'All',
      'Strict',
      'Exact',
      'a=b',
      'a in (b',
      'status.phase=Running',
      'x',
      'Background',
      '9999999999999999999',
    ),
    odd,
  ),
  { maxKeys: 4 },
);
const accept = fc.constantFrom(
  'application/json',
  '*/*',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'nonsense',
  '',
  'application/json;as=Table;g=meta.k8s.io;v=v1, application/json',
);
const body = fc.oneof(
  value.map((item) => JSON.stringify(item) ?? 'null'),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'k8s\u0000',
    'a: [',
    '- op: add',
    '[{"op":"test","path":"/a","value":1}]',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[{}]}}',
  ),
  fc.string({ maxLength: 40 }),
);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly accept: string;
  readonly contentType: string;
  readonly body: string;
}

function send({ method, path, query: given, accept: wanted, contentType: type, body: text }: Sent): Promise<PlainAnswer> {
  const headers = Object.fromEntries(Object.entries({ Accept: wanted, 'Content-Type': type }).filter(([, item]) => item !== ''));
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const url = `${test.url}/clusters/demo${path}?${new URLSearchParams(given)}`;
  return sendPlain({ method, url, headers, body: hasBody ? text : undefined });
}

/** Answers from 500 on that a real server gives to the same request, as recordings show: revisions where none may be, or of the future (G1, I2), and Bindings without a node (M4). */
function isAsReal(sent: Sent, text: string): boolean {
  if (sent.method === 'HEAD') return 'resourceVersion' in sent.query;
  return /ResourceVersionTooLarge|resourceVersion should not be set on objects to be created|strconv\.ParseUint|target\.(?:name|kind): /.test(
    text,
  );
}

async function check(sent: Sent): Promise<void> {
  const failedBefore = test.failures.length;
  const { status, type, text } = await send(sent);
  const failed = test.failures[failedBefore];
  if (failed !== undefined) throw new Error(`${JSON.stringify(sent)} failed`, { cause: failed });
  if (!isAsReal(sent, text)) expect(status, text).toBeLessThan(500);
  if (sent.method !== 'HEAD' && status >= 400 && type.startsWith('application/json'))
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
}

const escaped = (segment: string): string => (segment === '..' ? '%2E%2E' : encodeURIComponent(segment));

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s', (_, kind) => {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const place = fc
    .tuple(
      names,
      fc.option(names),
      fc.constantFrom('', 'status', 'scale', 'eviction', 'binding', 'log', 'ephemeralcontainers', 'nobody', '__proto__'),
    )
    .map(([namespace, name, subresource]) => {
      const parts = [kind.namespaced ? `namespaces/${escaped(namespace)}/${kind.plural}` : kind.plural];
      if (name !== null) parts.push(escaped(name));
      if (name !== null && subresource !== '') parts.push(subresource);
      return `${base}/${parts.join('/')}`;
    });

  it('never fails', { timeout: 180_000 }, async () => {
    const sent = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'),
      path: place,
      query,
      accept,
      contentType,
      body,
    });
    await fc.assert(fc.asyncProperty(sent, check), { numRuns: RUNS });
  });

  it('refuses or stores objects with any content', { timeout: 180_000 }, async () => {
    const object = fc.record({ metadata: value, spec: value, status: value, data: value, extra: value }, { requiredKeys: [] });
    const path = kind.namespaced ? `${base}/namespaces/default/${kind.plural}` : `${base}/${kind.plural}`;
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    await fc.assert(
      fc.asyncProperty(object, fc.constantFrom('Strict', 'Warn', 'Ignore'), (given, fieldValidation) =>
        check({
          method: 'POST',
          path,
          query: { fieldValidation },
          accept: 'application/json',
          contentType: 'application/json',
          body: JSON.stringify({ ...given, apiVersion, kind: kind.kind }),
        }),
      ),
      { numRuns: RUNS },
    );
  });
});

it('the cluster goes on after all of that', { timeout: 60_000 }, async () => {
  const answer = await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '10m' });
  expect(answer.status).toBe(200);
  expect(test.failures).toEqual([]);
});
