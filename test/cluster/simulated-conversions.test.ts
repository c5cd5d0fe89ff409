// Conversion webhooks whose service is in the cluster (O15): `agnhost crd-conversion-webhook` (K913) in a pod answers for it.

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { ApiRequest } from '../../src/engine/apiserver/request-types.ts';
import { crdConversionWebhook } from '../../src/engine/shell/agnhost/crd-conversion-webhook.ts';
import type { HttpRequest, ServerProcess } from '../../src/engine/shell/server.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

let cluster: PodCluster;
beforeEach(() => {
  cluster = createPodCluster({ timing: { imagePull: '0s' } });
});

const text = { type: 'string' };
const version = (name: string, storage: boolean, properties: object): object => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties } },
});

/** The server, ready, and a definition that names its service. */
function serve(args: readonly string[] = ['crd-conversion-webhook', '--port=9444', '--alsologtostderr', '-v=4']): void {
  const readinessProbe = { httpGet: { scheme: 'HTTPS', port: 9444, path: '/readyz' }, periodSeconds: 1 };
  const container = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [...args], readinessProbe };
  const webhook = {
    clientConfig: { service: { namespace: 'default', name: 'hook', path: '/crdconvert', port: 9443 }, caBundle: 'Q0E=' },
    conversionReviewVersions: ['v1'],
  };
  cluster.apply(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', labels: { app: 'hook' } }, spec: { containers: [container] } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook' },
      spec: { selector: { app: 'hook' }, ports: [{ port: 9443, targetPort: 9444 }] },
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'spots.stable.example.com' },
      spec: {
        group: 'stable.example.com',
        scope: 'Namespaced',
        names: { plural: 'spots', kind: 'Spot' },
        versions: [version('v1', true, { hostPort: text }), version('v2', false, { host: text, port: text })],
        conversion: { strategy: 'Webhook', webhook },
      },
    } as unknown as JsonObject,
  );
  cluster.advanceTo(10);
}

/** The object that comes of a request, or why there is none. */
function send(request: Omit<ApiRequest, 'options' | 'namespace' | 'resource' | 'version'>): JsonObject | string {
  const about = { resource: 'spots.stable.example.com', version: 'v2', namespace: 'default', options: {} };
  const { outcome } = cluster.run({ type: 'request', request: { ...about, ...request } });
  return outcome.ok ? ((outcome as { object?: unknown }).object as JsonObject) : (outcome.status.message ?? '');
}

const spot = (host: string): JsonObject => ({
  apiVersion: 'stable.example.com/v2',
  kind: 'Spot',
  metadata: { name: 's' },
  host,
  port: '80',
});

describe('O15 K913 a service of the cluster converts', () => {
  it('O15 K913 what a request and a manifest write', () => {
    serve();
    expect(send({ verb: 'create', body: spot('a') })).toMatchObject({ apiVersion: 'stable.example.com/v2', host: 'a', port: '80' });
    expect(cluster.changes.at(-1)).toMatchObject({ object: { apiVersion: 'stable.example.com/v1', hostPort: 'a:80' } });
    cluster.run({ type: 'manifests', mode: 'apply', objects: [spot('b')], namespace: 'default' });
    expect(cluster.changes.at(-1)).toMatchObject({ object: { apiVersion: 'stable.example.com/v1', hostPort: 'b:80' } });
  });

  it('O15 K913 not what it cannot split', () => {
    serve();
    cluster.apply({ apiVersion: 'stable.example.com/v1', kind: 'Spot', metadata: { name: 's' }, hostPort: 'a:b:c' });
    expect(send({ verb: 'patch', name: 's', patchType: 'merge', body: { host: 'x' } })).toBe(
      'conversion webhook for stable.example.com/v1, Kind=Spot failed: invalid hostPort value `a:b:c`',
    );
  });

  it('O15 nothing while no pod is ready', () => {
    serve(['pause']);
    expect(send({ verb: 'create', body: spot('a') })).toMatch(
      /^conversion webhook for stable\.example\.com\/v2, Kind=Spot failed: Post "https:\/\/hook\.default\.svc:9443\/crdconvert\?timeout=30s": dial tcp 10\.96\.\d+\.\d+:9443: connect: connection refused$/,
    );
  });
});

describe('K913 agnhost crd-conversion-webhook', () => {
  const ask = (body: string, type = 'application/json', path = '/crdconvert'): unknown => {
    const request = { method: 'POST', path, headers: { 'content-type': type }, body, client: '' } as unknown as HttpRequest;
    const reply = crdConversionWebhook.http?.({} as ServerProcess, request, new Map());
    return reply?.status === 200 && reply.body.startsWith('{') ? (JSON.parse(reply.body) as { response: object }).response : reply;
  };
  const review = (desiredAPIVersion: string, ...objects: readonly object[]): string =>
    JSON.stringify({ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', request: { uid: 'u', desiredAPIVersion, objects } });
  const [v1, v2] = ['stable.example.com/v1', 'stable.example.com/v2'];

  it.each<[string, string, object, object | string]>([
    ['splits', v2 as string, { apiVersion: v1, hostPort: 'h:1' }, { apiVersion: v2, host: 'h', port: '1' }],
    ['joins', v1 as string, { apiVersion: v2, host: 'h', port: '1' }, { apiVersion: v1, hostPort: 'h:1' }],
    ['joins what is half there', v1 as string, { apiVersion: v2, port: '1' }, { apiVersion: v1, hostPort: ':1' }],
    ['leaves what is not there', v2 as string, { apiVersion: v1, a: 1 }, { apiVersion: v2, a: 1 }],
    [
      'refuses the same version',
      v1 as string,
      { apiVersion: v1 },
      `conversion from a version to itself should not call the webhook: ${v1}`,
    ],
    ['refuses another version', 'x/v3', { apiVersion: v1 }, 'unexpected conversion version "x/v3"'],
    ['refuses what is of another version', v1 as string, { apiVersion: 'x/v3' }, 'unexpected conversion version "x/v3"'],
  ])('K913 %s', (_title, wanted, object, expected) => {
    const result = { metadata: {}, status: 'Success' };
    expect(ask(review(wanted, object))).toEqual(
      typeof expected === 'string'
        ? { uid: 'u', convertedObjects: null, result: { metadata: {}, status: 'Failure', message: expected } }
        : { uid: 'u', convertedObjects: [expected], result },
    );
  });

  it.each<[string, unknown, object]>([
    ['another path', ask('', 'application/json', '/'), { status: 404 }],
    ['its readiness', ask('', '', '/readyz'), { status: 200, body: 'ok' }],
    ['another type', ask('{}', 'text/plain'), { status: 400, body: 'invalid Content-Type header `text/plain`\n' }],
    ['what is no review', ask('{"kind":"Pod","apiVersion":"v1"}'), { status: 400 }],
    ['what is no object', ask('[]'), { status: 400 }],
    ['a review without a request', ask('{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1"}'), { isClosed: true }],
    ['a number for a text', ask(review(v2 as string, { apiVersion: v1, hostPort: 1 })), { isClosed: true }],
  ])('K913 answers %s', (_title, answer, expected) => {
    expect(answer).toMatchObject(expected);
  });
});
