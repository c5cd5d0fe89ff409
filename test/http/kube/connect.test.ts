// Connections to pods and services are put before policies and webhooks, by the operation CONNECT and with the options of the connection (U9).

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterOf, send } from '../../support/kube-client.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { startWebhookServer, type WebhookServer } from '../../support/webhook-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const POD = '/api/v1/namespaces/default/pods/web';

let served: TestService;
const demo = clusterOf(() => served);
let hook: WebhookServer;

beforeEach(async () => {
  served = await startTestService({ webhookHosts: ['loopback'] });
  hook = await startWebhookServer();
  await served.http.post('/v1/clusters').send({ name: 'demo' }).expect(201);
  const spec = { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] };
  await send(demo, 'POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'web' }, spec });
  await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '30s' }).expect(200);
});
afterEach(async () => {
  await hook.close();
  await served.close();
});

const messageOf = ({ text }: { readonly text: string }): string => (JSON.parse(text) as { message: string }).message;

/** A request that would open the connection, without the upgrade that it needs. */
const exec = () => send(demo, 'POST', `${POD}/exec?command=sh&command=-c&command=ls&container=web&stdin=true&stdout=true&tty=1`);

async function bindPolicy(resource: string, expression: string): Promise<void> {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: [resource] }];
  const validations = [{ expression, message: 'no shells here', reason: 'Forbidden' }];
  const spec = { matchConstraints: { resourceRules }, validations };
  expect((await send(demo, 'POST', `${GROUP}/validatingadmissionpolicies`, { metadata: { name: 'p' }, spec })).status).toBe(201);
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } };
  expect((await send(demo, 'POST', `${GROUP}/validatingadmissionpolicybindings`, binding)).status).toBe(201);
}

async function register(kind: 'Mutating' | 'Validating', resource: string, more: object = {}): Promise<void> {
  const webhook = {
    name: 'hook.example.com',
    clientConfig: { url: hook.url, caBundle: hook.caBundle },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: [resource] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
  const body = { metadata: { name: 'w' }, webhooks: [webhook] };
  expect((await send(demo, 'POST', `${GROUP}/${kind.toLowerCase()}webhookconfigurations`, body)).status).toBe(201);
}

describe('U9 a policy', () => {
  it('U9 refuses a connection by its options, and lets others be opened', async () => {
    await bindPolicy('pods/exec', "object.kind != 'PodExecOptions' || !object.tty || object.command[0] != 'sh'");
    const refused = await exec();
    expect(refused.status).toBe(403);
    expect(messageOf(refused)).toBe(
      "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no shells here",
    );
    expect(messageOf(await send(demo, 'POST', `${POD}/exec?command=ls&stdout=true`))).toContain('Upgrade request required');
    expect(messageOf(await send(demo, 'POST', `${POD}/attach?stdout=true`))).toContain('Upgrade request required');
  });

  it('U9 is asked by the user who connects, and about the namespace', async () => {
    await bindPolicy(
      'pods/portforward',
      "request.userInfo.username != 'admin' || request.namespace != 'default' || !(8080 in object.ports)",
    );
    expect((await send(demo, 'POST', `${POD}/portforward?ports=8080`)).status).toBe(403);
    expect((await send(demo, 'POST', `${POD}/portforward?ports=80`)).status).toBe(400);
  });

  it('U9 stands before the proxy of pods and services', async () => {
    await bindPolicy('*/proxy', "object.kind != 'PodProxyOptions' || object.path != '/secret'");
    expect((await send(demo, 'GET', `${POD}/proxy/`)).status).toBe(200);
    expect((await send(demo, 'GET', `${POD}/proxy/secret`)).status).toBe(403);
    // What is called like the subresource is no part of the path.
    expect(messageOf(await send(demo, 'GET', '/api/v1/namespaces/default/pods/proxy/proxy/secret'))).toContain(
      'denied request: no shells here',
    );
  });

  it('U9 that selects objects by labels is about no connection', async () => {
    await register('Validating', 'pods/exec', { objectSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } });
    hook.answer = () => ({ allowed: false });
    expect((await exec()).status).toBe(400);
    expect(hook.asked).toHaveLength(0);
  });
});

describe('U9 a webhook', () => {
  it.each(['Mutating', 'Validating'] as const)('U9 that is %s is sent the options, and refuses', async (kind) => {
    await register(kind, 'pods/exec');
    hook.answer = () => ({ allowed: false, status: { message: 'not into this pod' } });
    const refused = await exec();
    expect([refused.status, messageOf(refused)]).toEqual([
      400,
      'admission webhook "hook.example.com" denied the request: not into this pod',
    ]);
    expect(hook.asked.at(-1)).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'exec',
      name: 'web',
      namespace: 'default',
      operation: 'CONNECT',
      oldObject: null,
      dryRun: false,
      options: null,
    });
    expect(hook.asked.at(-1)?.object).toEqual({
      kind: 'PodExecOptions',
      apiVersion: 'v1',
      stdin: true,
      stdout: true,
      tty: true,
      container: 'web',
      command: ['sh', '-c', 'ls'],
    });
  });

  it('U9 that allows it lets the connection be opened; without any, a connection is no command', async () => {
    const commands = async (): Promise<number> => (await served.http.get('/v1/clusters/demo/commands').expect(200)).body.items.length;
    const before = await commands();
    expect((await exec()).status).toBe(400);
    expect(await commands()).toBe(before);
    await register('Validating', 'pods/exec');
    hook.answer = () => ({ allowed: true });
    expect(messageOf(await exec())).toContain('Upgrade request required');
    expect(hook.asked).toHaveLength(1);
  });
});
