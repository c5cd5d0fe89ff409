// Webhooks whose service is in the cluster (U8): `agnhost webhook` (K913) in a pod answers for it.

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { ApiRequest } from '../../src/engine/apiserver/request-types.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const AT = {
  configmaps: { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
  'pods/attach': { apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/attach'] },
  pods: { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
};

let cluster: PodCluster;
beforeEach(() => {
  cluster = createPodCluster({ timing: { imagePull: '0s' } });
});

/** The server, ready. */
function serve(args: readonly string[] = ['webhook', '--port=8444', '--sidecar-image=busybox:1']): void {
  const readinessProbe = { httpGet: { scheme: 'HTTPS', port: 8444, path: '/readyz' }, periodSeconds: 1 };
  const container = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [...args], readinessProbe };
  cluster.apply(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', labels: { app: 'hook' } }, spec: { containers: [container] } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook' },
      spec: { selector: { app: 'hook' }, ports: [{ port: 443, targetPort: 8444 }] },
    },
  );
  cluster.advanceTo(10);
}

function register(kind: 'Mutating' | 'Validating', path: string, resource: keyof typeof AT = 'configmaps', more: JsonObject = {}): void {
  const webhook = {
    name: 'hook.example.com',
    clientConfig: { service: { namespace: 'default', name: 'hook', path }, caBundle: 'Q0E=' },
    rules: [AT[resource]],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
  const name = `${kind}${path}`.toLowerCase().replaceAll('/', '-');
  cluster.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [webhook],
  } as unknown as JsonObject);
}

/** The object that comes of a request, or why there is none. */
function send(request: Omit<ApiRequest, 'options' | 'namespace'>): JsonObject | string {
  const { outcome } = cluster.run({ type: 'request', request: { namespace: 'default', options: {}, ...request } });
  return outcome.ok ? ((outcome as { object?: unknown }).object as JsonObject) : (outcome.status.message ?? '');
}

function create(resource: string, object: JsonObject): JsonObject | string {
  return send({ verb: 'create', resource, body: { apiVersion: 'v1', kind: resource === 'pods' ? 'Pod' : 'ConfigMap', ...object } });
}

const configMap = (data: JsonObject): JsonObject | string => create('configmaps', { metadata: { name: 'm' }, data });
const pod = (metadata: JsonObject, container = 'c'): JsonObject | string =>
  create('pods', { metadata: { name: 'p', ...metadata }, spec: { containers: [{ name: container, image: 'busybox' }] } });

const DENIED = 'admission webhook "hook.example.com" denied the request: ';

describe('U8 K913 agnhost webhook judges', () => {
  it.each<[string, JsonObject, JsonObject | string]>([
    ['/always-deny', {}, `${DENIED}this webhook denies all requests`],
    ['/configmaps', { 'webhook-e2e-test': 'webhook-disallow' }, `${DENIED}the configmap contains unwanted key and value`],
    ['/custom-resource', { 'webhook-e2e-test': 'webhook-disallow' }, `${DENIED}the custom resource contains unwanted data`],
    ['/configmaps', { a: 'b' }, { a: 'b' }],
    ['/always-allow-delay-5s', { a: 'b' }, { a: 'b' }],
  ])('%s of %j', (path, data, expected) => {
    serve();
    register('Validating', path);
    const answer = configMap(data);
    expect(typeof answer === 'string' ? answer : answer['data']).toEqual(expected);
  });

  it.each<[JsonObject, string, string]>([
    [{ labels: { 'webhook-e2e-test': 'webhook-disallow' } }, 'webhook-disallow', 'label; the pod contains unwanted container name;'],
    [{}, 'webhook-disallow', 'container name;'],
  ])('pods by their labels and names: %j', (metadata, container, expected) => {
    serve();
    register('Validating', '/pods', 'pods');
    expect(pod(metadata, container)).toBe(`${DENIED}the pod contains unwanted ${expected}`);
    expect(typeof pod({ name: 'good' })).toBe('object');
  });

  it.each<[string, JsonObject, boolean]>([
    ['to-be-attached-pod', { stdin: true, container: 'container1' }, false],
    ['to-be-attached-pod', { stdin: true, container: 'container2' }, true],
    ['to-be-attached-pod', { stdout: true, container: 'container1' }, true],
    ['another', { stdin: true, container: 'container1' }, true],
  ])('U9 an attachment to %s with %j', (name, options, isAllowed) => {
    serve();
    register('Validating', '/pods/attach', 'pods/attach');
    const body = { kind: 'PodAttachOptions', apiVersion: 'v1', ...options };
    const answer = send({ verb: 'connect', resource: 'pods', name, subresource: 'attach', body });
    expect(answer).toBe(isAllowed ? undefined : `${DENIED}attaching to pod 'to-be-attached-pod' is not allowed`);
  });

  it('a deletion', () => {
    serve();
    register('Validating', '/configmaps');
    configMap({ 'webhook-e2e-test': 'webhook-nondeletable' });
    expect(send({ verb: 'delete', resource: 'configmaps', name: 'm' })).toBe(
      `${DENIED}the configmap cannot be deleted because it contains unwanted key and value`,
    );
  });
});

describe('U8 K913 agnhost webhook changes', () => {
  it('data in two stages, the second after the first', () => {
    serve();
    register('Mutating', '/mutating-configmaps');
    register('Mutating', '/mutating-custom-resource');
    const answer = configMap({ 'mutation-start': 'yes' }) as JsonObject;
    expect(answer['data']).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
  });

  it.each<[JsonObject, JsonObject]>([
    [{}, { 'added-label': 'yes' }],
    [{ a: 'b' }, { a: 'b', 'added-label': 'yes' }],
    [{ 'added-label': 'no' }, { 'added-label': 'yes' }],
  ])('labels %j', (labels, expected) => {
    serve();
    register('Mutating', '/add-label');
    const answer = create('configmaps', { metadata: { name: 'm', labels } }) as { metadata?: JsonObject };
    expect(answer.metadata?.['labels']).toEqual(expected);
  });

  it('pods, which get the defaults of what was added', () => {
    serve();
    register('Mutating', '/mutating-pods', 'pods');
    register('Mutating', '/mutating-pods-sidecar', 'pods');
    const { spec } = pod({ name: 'webhook-to-be-mutated' }) as { spec?: JsonObject };
    expect(spec?.['initContainers']).toMatchObject([{ name: 'webhook-added-init-container', imagePullPolicy: 'Always' }]);
    expect(spec?.['containers']).toMatchObject([{ name: 'c' }, { name: 'webhook-added-sidecar', image: 'busybox:1' }]);
  });

  it('one that lacks its image refuses', () => {
    serve(['webhook', '--port=8444']);
    register('Mutating', '/mutating-pods-sidecar', 'pods');
    expect(pod({})).toBe(`${DENIED}No image specified by the sidecar-image parameter`);
  });
});

describe('U8 a service that does not answer', () => {
  const failed = 'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: ';
  const post = 'Post "https://hook.default.svc:443/always-deny?timeout=10s": ';

  it('refuses when no pod is ready', () => {
    serve(['pause']);
    register('Validating', '/always-deny');
    expect(configMap({})).toMatch(/^Internal error .*: dial tcp 10\.96\.\d+\.\d+:443: connect: connection refused$/);
    expect(configMap({})).toContain(`${failed}${post}`);
  });

  it('takes too long for what the webhook may take', () => {
    serve();
    register('Validating', '/always-allow-delay-5s', 'configmaps', { timeoutSeconds: 4 });
    expect(configMap({})).toBe(`${failed}Post "https://hook.default.svc:443/always-allow-delay-5s?timeout=4s": context deadline exceeded`);
  });

  it('is trusted by nobody without a bundle', () => {
    serve();
    register('Validating', '/always-deny', 'configmaps', {
      clientConfig: { service: { namespace: 'default', name: 'hook', path: '/always-deny' } },
    });
    expect(configMap({})).toBe(`${failed}${post}tls: failed to verify certificate: x509: certificate signed by unknown authority`);
  });

  it('has no such path', () => {
    serve();
    register('Validating', '/none');
    expect(configMap({})).toBe(`${failed}the server could not find the requested resource`);
  });

  it('is not asked by those that ignore it', () => {
    serve(['pause']);
    register('Validating', '/always-deny', 'configmaps', { failurePolicy: 'Ignore' });
    expect(typeof configMap({})).toBe('object');
  });
});
