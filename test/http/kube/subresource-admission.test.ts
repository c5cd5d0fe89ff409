// Evictions, scales, bindings and orders of tokens are put before policies and webhooks as what they are: objects of their own kinds, about a resource (U10).

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, MERGE, APPLY, clusterOf, send } from '../../support/kube-client.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { startWebhookServer, type WebhookServer } from '../../support/webhook-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const CORE = '/api/v1/namespaces/default';
const SCALE = '/apis/apps/v1/namespaces/default/deployments/web/scale';

let served: TestService;
const demo = clusterOf(() => served);
let hook: WebhookServer;

beforeEach(async () => {
  served = await startTestService({ webhookHosts: ['loopback'] });
  hook = await startWebhookServer();
  await served.http.post('/v1/clusters').send({ name: 'demo' }).expect(201);
  const containers = [{ name: 'web', image: 'nginx' }];
  expect((await send(demo, 'POST', `${CORE}/pods`, { metadata: { name: 'web' }, spec: { containers } })).status).toBe(201);
  const waiting = { metadata: { name: 'waiting' }, spec: { containers, schedulerName: 'mine' } };
  expect((await send(demo, 'POST', `${CORE}/pods`, waiting)).status).toBe(201);
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template };
  const deployment = { metadata: { name: 'web' }, spec };
  expect((await send(demo, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment)).status).toBe(201);
  await served.http.post('/v1/clusters/demo/clock/advance').send({ by: '30s' }).expect(200);
});
afterEach(async () => {
  await hook.close();
  await served.close();
});

interface Rule {
  readonly group?: string;
  readonly operation: string;
  readonly resource: string;
}

const ruleOf = ({ group = '', operation, resource }: Rule): object => ({
  apiGroups: [group],
  apiVersions: ['*'],
  operations: [operation],
  resources: [resource],
});

async function bindPolicy(rule: Rule, expression: string): Promise<void> {
  const spec = {
    matchConstraints: { resourceRules: [ruleOf(rule)] },
    validations: [{ expression, message: 'not so', reason: 'Forbidden' }],
  };
  expect((await send(demo, 'POST', `${GROUP}/validatingadmissionpolicies`, { metadata: { name: 'p' }, spec })).status).toBe(201);
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } };
  expect((await send(demo, 'POST', `${GROUP}/validatingadmissionpolicybindings`, binding)).status).toBe(201);
}

async function register(kind: 'Mutating' | 'Validating', rules: readonly object[], more: object = {}): Promise<void> {
  const webhook = {
    name: 'hook.example.com',
    clientConfig: { url: hook.url, caBundle: hook.caBundle },
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
  const body = { metadata: { name: 'w' }, webhooks: [webhook] };
  expect((await send(demo, 'POST', `${GROUP}/${kind.toLowerCase()}webhookconfigurations`, body)).status).toBe(201);
}

const EVICT: Rule = { operation: 'CREATE', resource: 'pods/eviction' };
const RESIZE: Rule = { group: 'apps', operation: 'UPDATE', resource: 'deployments/scale' };
const BIND: Rule = { operation: 'CREATE', resource: 'pods/binding' };
const ORDER: Rule = { operation: 'CREATE', resource: 'serviceaccounts/token' };

const evict = (query = '', deleteOptions?: object): Promise<Answer> =>
  send(demo, 'POST', `${CORE}/pods/web/eviction${query}`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'web' },
    ...(deleteOptions === undefined ? {} : { deleteOptions }),
  });
const scaleTo = (replicas: number): Promise<Answer> => send(demo, 'PATCH', SCALE, { spec: { replicas } }, MERGE);
const bind = (): Promise<Answer> =>
  send(demo, 'POST', `${CORE}/pods/waiting/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'waiting' },
    target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
  });
const order = (): Promise<Answer> =>
  send(demo, 'POST', `${CORE}/serviceaccounts/default/token`, { spec: { audiences: ['vault'], expirationSeconds: 900 } });

describe('U10 policies', () => {
  it.each<[string, Rule, string, () => Promise<Answer>, string]>([
    ['an eviction', EVICT, `object.kind != 'Eviction' || request.kind.group != 'policy'`, () => evict(), 'pods "web"'],
    ['a scale', RESIZE, `object.spec.replicas <= oldObject.spec.replicas`, () => scaleTo(3), 'deployments.apps "web"'],
    [
      'a scale by any resource',
      { group: 'apps', operation: 'UPDATE', resource: '*/scale' },
      `request.kind.kind != 'Scale'`,
      () => scaleTo(1),
      'deployments.apps "web"',
    ],
    ['a binding', BIND, `object.target.name != 'node-1'`, bind, 'pods "waiting"'],
    ['an order of a token', ORDER, `!('vault' in object.spec.audiences)`, order, 'serviceaccounts "default"'],
  ])('U10 refuse %s by what it says', async (_title, rule, expression, request, target) => {
    await bindPolicy(rule, expression);
    const refused = await request();
    expect([refused.status, refused.body.message]).toEqual([
      403,
      `${target} is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not so`,
    ]);
  });

  it('U10 let pass what they are not about', async () => {
    await bindPolicy({ operation: '*', resource: 'pods' }, 'false');
    for (const sent of [await evict('?dryRun=All'), await bind(), await order(), await scaleTo(1)]) expect(sent.status).toBeLessThan(300);
  });
});

describe('U10 webhooks', () => {
  it.each<[string, Rule, () => Promise<Answer>, object]>([
    [
      'an eviction',
      EVICT,
      () => evict('', { gracePeriodSeconds: 5 }),
      {
        kind: { group: 'policy', version: 'v1', kind: 'Eviction' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        requestKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
        subResource: 'eviction',
        name: 'web',
        namespace: 'default',
        operation: 'CREATE',
        object: {
          kind: 'Eviction',
          apiVersion: 'policy/v1',
          metadata: { name: 'web', namespace: 'default', creationTimestamp: null },
          deleteOptions: { gracePeriodSeconds: 5 },
        },
        oldObject: null,
        options: { kind: 'CreateOptions' },
      },
    ],
    [
      'a scale',
      RESIZE,
      () => scaleTo(3),
      {
        kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        subResource: 'scale',
        operation: 'UPDATE',
        object: { kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 3 }, status: { replicas: 2, selector: 'app=web' } },
        oldObject: { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'web' }, spec: { replicas: 2 } },
        options: { kind: 'UpdateOptions' },
      },
    ],
    [
      'a binding',
      BIND,
      bind,
      {
        kind: { group: '', version: 'v1', kind: 'Binding' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        subResource: 'binding',
        name: 'waiting',
        object: { kind: 'Binding', target: { kind: 'Node', name: 'node-1' } },
      },
    ],
    [
      'an order of a token',
      ORDER,
      order,
      {
        kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
        resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
        subResource: 'token',
        name: 'default',
        object: { spec: { audiences: ['vault'], expirationSeconds: 900, boundObjectRef: null }, status: { token: '' } },
      },
    ],
  ])('U10 are sent %s, and refuse it', async (_title, rule, request, review) => {
    await register('Validating', [ruleOf(rule)]);
    hook.answer = () => ({ allowed: false, status: { code: 403, message: 'not today' }, warnings: ['mind'] });
    const refused = await request();
    expect([refused.status, refused.body.message]).toEqual([403, 'admission webhook "hook.example.com" denied the request: not today']);
    expect(refused.warning).toContain('mind');
    expect(hook.asked).toHaveLength(1);
    expect(hook.asked[0]).toMatchObject(review);
    hook.answer = () => ({ allowed: true, warnings: ['mind'] });
    const passed = await request();
    expect(passed.status).toBeLessThan(300);
    expect(passed.warning).toContain('mind');
  });

  it.each<[string, Rule, object, () => Promise<Answer>, object]>([
    ['a scale', RESIZE, { op: 'replace', path: '/spec/replicas', value: 1 }, () => scaleTo(9), { spec: { replicas: 1 } }],
    [
      'an order of a token',
      ORDER,
      { op: 'replace', path: '/spec/audiences', value: ['other'] },
      order,
      { spec: { audiences: ['other'], expirationSeconds: 900 } },
    ],
  ])('U10 change %s', async (_title, rule, patch, request, answer) => {
    await register('Mutating', [ruleOf(rule)]);
    hook.answer = () => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify([patch])).toString('base64') });
    const sent = await request();
    expect(sent.body).toMatchObject(answer);
  });

  it('U10 change an eviction and a binding', async () => {
    const patch = [{ op: 'add', path: '/deleteOptions', value: { gracePeriodSeconds: 77 } }];
    await register('Mutating', [ruleOf(EVICT)]);
    hook.answer = () => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') });
    expect((await evict()).status).toBe(201);
    expect((await send(demo, 'GET', `${CORE}/pods/web`)).body['metadata']).toMatchObject({ deletionGracePeriodSeconds: 77 });
    await send(demo, 'DELETE', `${GROUP}/mutatingwebhookconfigurations/w`);
    const moved = [
      { op: 'replace', path: '/target/name', value: 'node-2' },
      { op: 'add', path: '/metadata/annotations', value: { a: null } },
    ];
    await register('Mutating', [ruleOf(BIND)]);
    hook.answer = () => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(moved)).toString('base64') });
    expect((await bind()).status).toBe(201);
    const bound = { metadata: { annotations: { a: '' } }, spec: { nodeName: 'node-2' } };
    expect((await send(demo, 'GET', `${CORE}/pods/waiting`)).body).toMatchObject(bound);
  });

  const NO_STRING = 'json: cannot unmarshal string into Go struct field';
  it.each<[string, Rule, () => Promise<Answer>, object, number, string]>([
    ['an eviction', EVICT, () => evict(), { op: 'remove', path: '/metadata' }, 400, 'name in URL does not match name in Eviction object'],
    ['an eviction', EVICT, () => evict(), { op: 'replace', path: '/metadata', value: 'x' }, 500, `${NO_STRING} Eviction.metadata of type`],
    ['a scale', RESIZE, () => scaleTo(3), { op: 'replace', path: '/metadata', value: 'x' }, 500, `${NO_STRING} Scale.metadata of type`],
    [
      'a scale',
      RESIZE,
      () => scaleTo(3),
      { op: 'replace', path: '/spec/replicas', value: 'x' },
      500,
      `${NO_STRING} ScaleSpec.spec.replicas`,
    ],
    ['a binding', BIND, bind, { op: 'replace', path: '/target', value: 'x' }, 500, `${NO_STRING} Binding.target of type`],
    ['a binding', BIND, bind, { op: 'replace', path: '/target', value: null }, 500, 'target.name: Required value'],
    ['a binding', BIND, bind, { op: 'replace', path: '/target/kind', value: null }, 201, ''],
    ['a binding', BIND, bind, { op: 'add', path: '/metadata/uid', value: null }, 201, ''],
    ['an order', ORDER, order, { op: 'replace', path: '/spec/audiences', value: 'x' }, 500, `${NO_STRING} TokenRequestSpec.spec.audiences`],
    ['an order', ORDER, order, { op: 'remove', path: '/metadata' }, 201, ''],
    ['a scale', RESIZE, () => scaleTo(3), { op: 'remove', path: '/metadata' }, 200, ''],
  ])('U10 make of %s what is no such object', async (_title, rule, request, patch, status, message) => {
    await register('Mutating', [ruleOf(rule)]);
    hook.answer = () => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify([patch])).toString('base64') });
    const sent = await request();
    expect([sent.status, sent.body.message ?? '']).toEqual([status, expect.stringContaining(message)]);
  });

  it('U10 of all resources see a dry run of an eviction, and one of nothing else sees nothing', async () => {
    await register('Validating', [{ ...ruleOf(EVICT), apiGroups: ['*'], operations: ['*'], resources: ['*/*'] }]);
    hook.answer = () => ({ allowed: true });
    expect((await evict('?dryRun=All')).status).toBe(201);
    expect(hook.asked.map(({ subResource, dryRun }) => [subResource, dryRun])).toEqual([['eviction', true]]);
    await send(demo, 'DELETE', `${GROUP}/validatingwebhookconfigurations/w`);
    await register('Validating', [ruleOf({ operation: '*', resource: 'pods' }), ruleOf({ operation: 'UPDATE', resource: 'pods/status' })]);
    hook.asked.length = 0;
    await evict();
    expect(hook.asked).toEqual([]);
  });

  it('U10 are told the options of the operation, whatever a patch says', async () => {
    const rules = [ruleOf({ operation: '*', resource: 'configmaps' })];
    await register('Validating', rules);
    hook.answer = () => ({ allowed: true });
    const apply = (data: object): Promise<Answer> =>
      send(demo, 'PATCH', `${CORE}/configmaps/c?fieldManager=me&force=true`, { apiVersion: 'v1', kind: 'ConfigMap', data }, APPLY);
    expect([(await apply({ a: 'b' })).status, (await apply({ a: 'c' })).status]).toEqual([201, 200]);
    expect(hook.asked.map(({ options }) => options)).toEqual(
      ['CreateOptions', 'UpdateOptions'].map((kind) => ({ kind, apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' })),
    );
  });
});
