// Admission webhooks by url (U8): a real server on loopback is asked before a request enters the engine, and what it answered is part of the history.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterOf, CONFIG_MAPS, configMap, MERGE, sendExpecting } from '../../support/kube-client.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { patching, startWebhookServer, type WebhookServer } from '../../support/webhook-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const AT_CONFIG_MAPS = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] };

let served: TestService;
const demo = clusterOf(() => served);
let hook: WebhookServer;

beforeEach(async () => {
  served = await startTestService({ webhookHosts: ['loopback'] });
  hook = await startWebhookServer();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: [] }).expect(201);
});
afterEach(async () => {
  await hook.close();
  await served.close();
});

function webhook(more: object = {}, path = ''): object {
  return {
    name: 'hook.example.com',
    clientConfig: { url: `${hook.url}${path}`, caBundle: hook.caBundle },
    rules: [AT_CONFIG_MAPS],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
}

async function register(kind: 'Mutating' | 'Validating', ...webhooks: readonly object[]): Promise<void> {
  const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: 'w' }, webhooks };
  await sendExpecting(demo, 'POST', `${GROUP}/${kind.toLowerCase()}webhookconfigurations`, 201, body);
}

const digestOf = async (name: string): Promise<string> => (await served.http.get(`/v1/clusters/${name}`)).body.digest;

describe('U8: what webhooks say', () => {
  it.each<[string, object, number, object]>([
    [
      'a message',
      { allowed: false, status: { message: 'no such data' } },
      400,
      { message: 'admission webhook "hook.example.com" denied the request: no such data' },
    ],
    [
      'a code and a reason',
      { allowed: false, status: { code: 403, reason: 'Forbidden' } },
      403,
      { reason: 'Forbidden', message: 'admission webhook "hook.example.com" denied the request: Forbidden' },
    ],
    ['nothing', { allowed: false }, 400, { message: 'admission webhook "hook.example.com" denied the request without explanation' }],
  ])('U8 refuses with %s', async (_title, answer, code, refusal) => {
    await register('Validating', webhook());
    hook.answer = () => answer;
    const { body } = await sendExpecting(demo, 'POST', CONFIG_MAPS, code, configMap('c'));
    expect(body).toMatchObject({ status: 'Failure', ...refusal });
    await sendExpecting(demo, 'GET', `${CONFIG_MAPS}/c`, 404);
  });

  it('U8 asks with a review that has the object, the old one and the one who asks', async () => {
    await register('Validating', webhook());
    await sendExpecting(demo, 'POST', `${CONFIG_MAPS}?fieldManager=me`, 201, configMap('c', { a: '1' }));
    await sendExpecting(demo, 'PATCH', `${CONFIG_MAPS}/c`, 200, { data: { a: '2' } }, MERGE);
    await sendExpecting(demo, 'DELETE', `${CONFIG_MAPS}/c`, 200);
    expect(hook.asked.map(({ operation, name, object, oldObject }) => [operation, name, object?.data['a'], oldObject?.data['a']])).toEqual([
      ['CREATE', 'c', '1', undefined],
      ['UPDATE', 'c', '2', '1'],
      ['DELETE', 'c', undefined, '2'],
    ]);
    expect(hook.asked[0]).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      namespace: 'default',
      dryRun: false,
      userInfo: { username: 'admin' },
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', namespace: 'default' } },
    });
  });

  it('U8 patches the object, and what it adds has no owner', async () => {
    await register('Mutating', webhook());
    hook.answer = () =>
      patching({ op: 'add', path: '/metadata/labels', value: { by: 'hook' } }, { op: 'add', path: '/data/b', value: 'ü' });
    const { body } = await sendExpecting(demo, 'POST', `${CONFIG_MAPS}?fieldManager=me`, 201, configMap('c', { a: '1' }));
    expect(body).toMatchObject({ metadata: { labels: { by: 'hook' } }, data: { a: '1', b: 'ü' } });
    expect(Object.keys(body.metadata?.managedFields?.[0]?.fieldsV1['f:data'] ?? {})).toEqual(['.', 'f:a']);
    const { body: updated } = await sendExpecting(demo, 'PUT', `${CONFIG_MAPS}/c`, 200, configMap('c', { a: '2' }));
    expect(updated).toMatchObject({ metadata: { labels: { by: 'hook' } }, data: { a: '2', b: 'ü' } });
  });

  it('U8 calls webhooks that change objects in order, again where others changed it after them, and those that judge at the end', async () => {
    const names = ['a.example.com', 'b.example.com'];
    await register('Mutating', webhook({ name: names[0], reinvocationPolicy: 'IfNeeded' }, '/a'), webhook({ name: names[1] }, '/b'));
    await register('Validating', webhook({}, '/v'));
    const calls: string[] = [];
    hook.answer = ({ object }, path) => {
      calls.push(
        `${path} ${Object.keys(object?.data ?? {})
          .sort()
          .join()}`,
      );
      if (path === '/v') return { allowed: true };
      return patching({ op: 'add', path: `/data/${path.slice(1)}`, value: 'x' });
    };
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c', { o: '' }));
    expect(calls).toEqual(['/a o', '/b a,o', '/a a,b,o', '/v a,b,o']);
  });

  it('U8 passes warnings on, and tells of a dry run', async () => {
    await register('Validating', webhook());
    hook.answer = () => ({ allowed: true, warnings: ['think again'] });
    const { warning } = await sendExpecting(demo, 'POST', `${CONFIG_MAPS}?dryRun=All`, 201, configMap('c'));
    expect(warning).toBe('299 - "think again"');
    expect(hook.asked.map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  it.each<[string, object, object, number]>([
    ['another namespace', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }, {}, 0],
    ['this namespace', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, {}, 1],
    ['objects of another label', { objectSelector: { matchLabels: { a: 'b' } } }, { labels: { a: 'c' } }, 0],
    ['objects of its label', { objectSelector: { matchLabels: { a: 'b' } } }, { labels: { a: 'b' } }, 1],
    ['deletions', { rules: [{ ...AT_CONFIG_MAPS, operations: ['DELETE'] }] }, {}, 0],
    ['what has no namespace', { rules: [{ ...AT_CONFIG_MAPS, scope: 'Cluster' }] }, {}, 0],
    ['a condition that does not hold', { matchConditions: [{ name: 'n', expression: 'object.metadata.name == "d"' }] }, {}, 0],
    ['a condition that holds', { matchConditions: [{ name: 'n', expression: 'object.metadata.name == "c"' }] }, {}, 1],
    ['nothing', { rules: [] }, {}, 0],
  ])('U8 is about %s', async (_title, more, metadata, calls) => {
    await register('Validating', webhook(more));
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c', {}, metadata));
    expect(hook.asked).toHaveLength(calls);
  });

  it('U8 is asked in the version of its rule, whichever the client uses', async () => {
    const rules = [{ apiGroups: ['autoscaling'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['horizontalpodautoscalers'] }];
    await register('Mutating', webhook({ rules }));
    hook.answer = () => patching({ op: 'replace', path: '/spec/targetCPUUtilizationPercentage', value: 42 });
    const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
    const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3, metrics: [metric] };
    const body = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec };
    const made = await sendExpecting(demo, 'POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', 201, body);
    expect(made.body).toMatchObject({ spec: { metrics: [{ resource: { target: { averageUtilization: 42 } } }] } });
    expect(hook.asked).toMatchObject([{ kind: { version: 'v1' }, requestKind: { version: 'v2' } }]);
  });

  it('U8 is not asked about webhook configurations', async () => {
    await register('Validating', webhook({ rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] }));
    hook.answer = () => ({ allowed: false });
    await sendExpecting(demo, 'DELETE', `${GROUP}/validatingwebhookconfigurations/w`, 200);
    expect(hook.asked).toEqual([]);
  });
});

describe('U8: what goes wrong with webhooks', () => {
  const failed = (reason: string): string => `Internal error occurred: failed calling webhook "hook.example.com": ${reason}`;

  it.each<[string, WebhookServer['answer'], string]>([
    ['is no answer', () => (response) => response.end('{}'), 'received invalid webhook response: webhook response was absent'],
    [
      'is no JSON',
      () => (response) => response.end('oops'),
      `failed to call webhook: couldn't get version/kind; json parse error: invalid character 'o' looking for beginning of value`,
    ],
    ['has another uid', () => ({ uid: 'x', allowed: true }), 'received invalid webhook response: expected response.uid="UID", got "x"'],
    [
      'has a patch, from one that judges',
      () => patching(),
      'received invalid webhook response: validating webhook may not return response.patch',
    ],
    [
      'is an error',
      () => (response) => {
        response.statusCode = 500;
        response.end('broken');
      },
      'failed to call webhook: an error on the server ("broken") has prevented the request from succeeding',
    ],
    [
      'is not found',
      () => (response) => {
        response.statusCode = 404;
        response.end();
      },
      'failed to call webhook: the server could not find the requested resource',
    ],
    [
      'leads elsewhere',
      () => (response) => {
        response.writeHead(307, { location: hook.url });
        response.end();
      },
      'failed to call webhook: the server responded with the status code 307 but did not return more information',
    ],
    ['is cut off', () => (response) => response.destroy(), 'failed to call webhook: Post "URL/?timeout=10s": EOF'],
  ])('U8 an answer that %s refuses, or is ignored', async (_title, answer, reason) => {
    await register('Validating', webhook());
    hook.answer = answer;
    const { body } = await sendExpecting(demo, 'POST', CONFIG_MAPS, 500, configMap('c'));
    expect(body.message).toBe(failed(reason.replace('UID', hook.asked[0]?.uid ?? '').replace('URL', hook.url)));
    await sendExpecting(demo, 'DELETE', `${GROUP}/validatingwebhookconfigurations/w`, 200);
    await register('Validating', webhook({ failurePolicy: 'Ignore' }));
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c'));
  });

  it('U8 one that does not answer in its time has failed, and others are served meanwhile', async () => {
    await register('Validating', webhook({ timeoutSeconds: 1, objectSelector: { matchLabels: { slow: '' } } }));
    const wasAsked = new Promise<void>((resolve) => {
      hook.answer = () => () => resolve();
    });
    const slow = sendExpecting(demo, 'POST', CONFIG_MAPS, 500, configMap('slow', {}, { labels: { slow: '' } }));
    await wasAsked;
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('other'));
    const { body } = await slow;
    expect(body.message).toBe(failed(`failed to call webhook: Post "${hook.url}/?timeout=1s": context deadline exceeded`));
  });

  it('U8 what changed while a webhook was thinking is asked about again', async () => {
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c', { a: '1' }));
    await register('Validating', webhook());
    let isFirst = true;
    hook.answer = ({ oldObject }) => {
      if (!isFirst || oldObject === null) return { allowed: true };
      isFirst = false;
      return (response) => {
        void sendExpecting(demo, 'PATCH', `${CONFIG_MAPS}/c`, 200, { data: { b: 'between' } }, MERGE).then(() => {
          const review = hook.asked[0];
          response.setHeader('content-type', 'application/json');
          response.end(
            JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: review?.uid, allowed: true } }),
          );
        });
      };
    };
    await sendExpecting(demo, 'PATCH', `${CONFIG_MAPS}/c`, 200, { data: { a: '2' } }, MERGE);
    expect(hook.asked.map(({ oldObject }) => oldObject?.data)).toEqual([{ a: '1' }, { a: '1' }, { a: '1', b: 'between' }]);
  });

  it('U8 is asked at a clean path', async () => {
    const paths: string[] = [];
    hook.answer = (_request, path) => {
      paths.push(path);
      return { allowed: true };
    };
    const { caBundle } = hook;
    await register('Validating', webhook({ clientConfig: { url: `${hook.url}//a/./b/../c/`, caBundle } }));
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c'));
    expect(paths).toEqual(['/a/c']);
  });

  it('U8 a certificate in the bundle is trusted by itself, whoever has signed it', async () => {
    const leaf = await startWebhookServer({ signed: true });
    leaf.answer = () => ({ allowed: false, status: { message: 'not today' } });
    await register('Validating', webhook({ clientConfig: { url: leaf.url, caBundle: leaf.caBundle } }));
    const { body } = await sendExpecting(demo, 'POST', CONFIG_MAPS, 400, configMap('c'));
    await leaf.close();
    expect(body.message).toContain('denied the request: not today');
  });

  it.each<[string, (plain: number) => object, string]>([
    [
      'a host that may not be called',
      () => ({ url: 'https://10.0.0.1/x' }),
      'Post "https://10.0.0.1/x?timeout=10s": 10.0.0.1 is not among the hosts that --webhook-hosts lets be called',
    ],
    [
      'a certificate of an unknown authority',
      () => ({ url: hook.url }),
      'Post "URL/?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'a name that the certificate is not for',
      () => ({ url: hook.url.replace('127.0.0.1', 'localhost'), caBundle: hook.caBundle }),
      'Post "LOCAL/?timeout=10s": tls: failed to verify certificate: x509: certificate is valid for 127.0.0.1, not localhost',
    ],
    [
      'a server without TLS',
      (plain) => ({ url: `https://127.0.0.1:${plain}` }),
      'Post "https://127.0.0.1:PORT/?timeout=10s": http: server gave HTTP response to HTTPS client',
    ],
    [
      'a port at which nobody listens',
      () => ({ url: 'https://127.0.0.1:1/x' }),
      'Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    [
      'a service that is not there',
      () => ({ service: { name: 's', namespace: 'default', path: '/v' } }),
      'Post "https://s.default.svc:443/v?timeout=10s": service "s" not found',
    ],
    [
      'a service with no such port',
      () => ({ service: { name: 'kubernetes', namespace: 'default', port: 8443 } }),
      'Post "https://kubernetes.default.svc:8443/?timeout=10s": no service port 8443 found for service "kubernetes"',
    ],
  ])('U8 cannot call %s', async (_title, clientConfig, reason) => {
    const plain = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    await register('Validating', webhook({ clientConfig: clientConfig(port) }));
    const { body } = await sendExpecting(demo, 'POST', CONFIG_MAPS, 500, configMap('c'));
    const text = reason.replace('URL', hook.url).replace('LOCAL', hook.url.replace('127.0.0.1', 'localhost')).replace('PORT', String(port));
    expect(body.message).toBe(failed(`failed to call webhook: ${text}`));
    expect(hook.asked).toEqual([]);
    await new Promise((resolve) => plain.close(resolve));
  });
});

describe('U8: what was answered is history', () => {
  it('U8 a recording is replayed without the webhook, to the byte', async () => {
    await register('Mutating', webhook());
    hook.answer = () => patching({ op: 'add', path: '/data/by', value: 'hook' });
    await sendExpecting(demo, 'POST', CONFIG_MAPS, 201, configMap('c', { a: '1' }));
    await served.http
      .post('/v1/clusters/demo/manifests')
      .send(configMap('d', { a: '1' }))
      .expect(200);
    const recording = await (await fetch(`${served.url}/v1/clusters/demo/export`)).text();
    await hook.close();
    const calls = hook.asked.length;
    const again = await served.http.post('/v1/clusters/import?name=again').set('content-type', 'application/x-ndjson').send(recording);
    expect([again.status, again.body.differences ?? again.body]).toEqual([201, []]);
    expect(await digestOf('again')).toBe(await digestOf('demo'));
    const read = async (name: string): Promise<object> =>
      ((await (await fetch(`${served.url}/clusters/again${CONFIG_MAPS}/${name}`)).json()) as { data: object }).data;
    expect([await read('c'), await read('d')]).toEqual([
      { a: '1', by: 'hook' },
      { a: '1', by: 'hook' },
    ]);
    expect(hook.asked).toHaveLength(calls);
  });

  it('U8 manifests are asked about one and all, and a refusal keeps all of them out', async () => {
    await register('Validating', webhook());
    hook.answer = ({ object }) => ({ allowed: object?.data['a'] !== 'bad' });
    const good = [configMap('c', { a: '1' }), configMap('d', { a: '2' })];
    const refused = await served.http.post('/v1/clusters/demo/manifests').send([...good, configMap('e', { a: 'bad' })]);
    expect(refused.body.detail).toContain('admission webhook "hook.example.com" denied the request without explanation');
    await sendExpecting(demo, 'GET', `${CONFIG_MAPS}/c`, 404);
    await served.http.post('/v1/clusters/demo/manifests').send(good).expect(200);
    expect(hook.asked.map(({ name }) => name)).toEqual(['c', 'd', 'e', 'c', 'd']);
  });
});
