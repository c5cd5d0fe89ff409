// ValidatingAdmissionPolicies over the Kubernetes API: what they refuse, warn about and let pass, in upstream's words.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, configMap, sendExpecting } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${GROUP}/validatingadmissionpolicies`;
const BINDINGS = `${GROUP}/validatingadmissionpolicybindings`;
const AT_CONFIG_MAPS = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }] };

let cluster: TestCluster;
beforeEach(() => {
  cluster = createTestCluster();
});
afterEach(() => cluster.remove());

function policy(spec: object): object {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'p' }, spec: { matchConstraints: AT_CONFIG_MAPS, ...spec } };
}

function binding(spec: object = {}): object {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const kind = 'ValidatingAdmissionPolicyBinding';
  return { apiVersion, kind, metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'], ...spec } };
}

async function bind(spec: object, bound: object = {}): Promise<void> {
  await sendExpecting(cluster, 'POST', POLICIES, 201, policy(spec));
  await sendExpecting(cluster, 'POST', BINDINGS, 201, binding(bound));
}

describe('U7: what policies refuse', () => {
  it.each<[string, object, object, string]>([
    [
      'a validation',
      { validations: [{ expression: `object.data.a != 'bad'` }] },
      { a: 'bad' },
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.data.a != 'bad'`,
    ],
    [
      'with a message that is made of variables',
      {
        variables: [
          { name: 'a', expression: 'object.data.a' },
          { name: 'size', expression: 'variables.a.size()' },
        ],
        validations: [{ expression: 'variables.size < 3', messageExpression: `'%s has %d'.format([variables.a, variables.size])` }],
      },
      { a: 'long' },
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: long has 4`,
    ],
    [
      'an expression that fails',
      { validations: [{ expression: `object.data.b == 'x'` }] },
      { a: 'x' },
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: expression 'object.data.b == 'x'' resulted in error: no such key: b`,
    ],
    [
      'what the request and the namespace say',
      {
        validations: [
          {
            expression: `request.operation != 'CREATE' || namespaceObject.metadata.name != 'default' || request.userInfo.username == 'x'`,
            message: 'no',
          },
        ],
      },
      {},
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
    ],
    [
      'what the authorizer says',
      {
        validations: [
          { expression: `!authorizer.group('').resource('pods').namespace('default').check('create').allowed()`, message: 'may' },
        ],
      },
      {},
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: may`,
    ],
  ])('%s', async (_name, spec, data, message) => {
    await bind(spec);
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 422, configMap('c', data));
    expect(answer.body).toMatchObject({ reason: 'Invalid', message, details: { name: 'c', kind: 'configmaps' } });
    await sendExpecting(cluster, 'GET', `${CONFIG_MAPS}/c`, 404);
  });

  it('an update and a deletion; the reason says the code', async () => {
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { a: '1' }));
    const expression = `oldObject == null || (object != null && object.data.a == oldObject.data.a)`;
    await bind({ validations: [{ expression, message: 'fixed', reason: 'Forbidden' }] });
    await sendExpecting(cluster, 'PUT', `${CONFIG_MAPS}/c`, 403, configMap('c', { a: '2' }));
    await sendExpecting(cluster, 'DELETE', `${CONFIG_MAPS}/c`, 403);
    await sendExpecting(cluster, 'PUT', `${CONFIG_MAPS}/c`, 200, configMap('c', { a: '1', b: '2' }));
  });

  it('what controllers make', async () => {
    const pods = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] };
    await bind({ matchConstraints: pods, validations: [{ expression: 'false', message: 'no pods' }] });
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r' }, spec };
    await sendExpecting(cluster, 'POST', '/apis/apps/v1/namespaces/default/replicasets', 201, set);
    const events = await sendExpecting(cluster, 'GET', '/api/v1/namespaces/default/events', 200);
    const messages = (events.body.items as { message: string }[]).map(({ message }) => message);
    expect(messages.some((text) => text.includes(`ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no pods`))).toBe(true);
  });
});

describe('U7: what policies let pass', () => {
  const refusing = { validations: [{ expression: 'false' }] };

  it.each<[string, object, object]>([
    ['another resource', { matchConstraints: { resourceRules: [{ ...AT_CONFIG_MAPS.resourceRules[0], resources: ['secrets'] }] } }, {}],
    ['another operation', { matchConstraints: { resourceRules: [{ ...AT_CONFIG_MAPS.resourceRules[0], operations: ['DELETE'] }] } }, {}],
    ['other labels', { matchConstraints: { ...AT_CONFIG_MAPS, objectSelector: { matchLabels: { a: 'b' } } } }, {}],
    ['another namespace', {}, { matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'x' } } } }],
    ['a condition that does not hold', { matchConditions: [{ name: 'x', expression: `request.name == 'x'` }] }, {}],
    ['an error that is ignored', { failurePolicy: 'Ignore', validations: [{ expression: 'object.x == 1' }] }, {}],
    ['another policy', {}, { policyName: 'q' }],
    ['only audited', {}, { validationActions: ['Audit'] }],
  ])('%s', async (_name, spec, bound) => {
    await bind({ ...refusing, ...spec }, bound);
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c'));
  });

  it('with a warning', async () => {
    await bind({ validations: [{ expression: 'false', message: 'hm' }] }, { validationActions: ['Warn'] });
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c'));
    expect(answer.warning).toContain(`Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': hm`);
  });
});

describe('U7: what is only noted', () => {
  const audit = { validationActions: ['Audit'] };
  const failing = [{ key: 'k', valueExpression: 'object.data.none' }];
  const prefix = `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: `;

  it('U7 an annotation that is made changes nothing, of whatever type its value is', async () => {
    const values = [`object.data.a`, `null`, `''`, `variables.v`];
    await bind(
      {
        variables: [{ name: 'v', expression: `'x'` }],
        auditAnnotations: values.map((valueExpression, index) => ({ key: `k${index}`, valueExpression })),
      },
      { validationActions: ['Deny'] },
    );
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { a: 'b' }));
    expect(answer.warning).toBeNull();
  });

  it.each<[string, object, string]>([
    ['fails', {}, `expression 'object.data.none' resulted in error: no such key: none`],
    [
      'asks the authorizer',
      { auditAnnotations: [{ key: 'k', valueExpression: `authorizer.group('').resource('pods').check('get').reason()` }] },
      `expression 'authorizer.group('').resource('pods').check('get').reason()' resulted in error: no such attribute(s): authorizer`,
    ],
    [
      'needs a variable that fails',
      { variables: [{ name: 'v', expression: 'object.data.none' }], auditAnnotations: [{ key: 'k', valueExpression: 'variables.v' }] },
      `expression 'variables.v' resulted in error: composited variable "v" fails to evaluate: no such key: none`,
    ],
  ])('U7 an annotation that %s refuses whatever the actions are, unless failures are ignored', async (_name, spec, message) => {
    await bind({ auditAnnotations: failing, ...spec }, audit);
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 422, configMap('c', { a: 'b' }));
    expect(answer.body.message).toBe(prefix + message);
    await sendExpecting(cluster, 'PUT', `${POLICIES}/p`, 200, policy({ failurePolicy: 'Ignore', auditAnnotations: failing, ...spec }));
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { a: 'b' }));
  });

  it('U7 failures are noted without a warning, and warned about where the binding says so too', async () => {
    await bind({ validations: [{ expression: 'object.data.none == 1' }] }, audit);
    expect((await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { a: 'b' }))).warning).toBeNull();
    await sendExpecting(cluster, 'PUT', `${BINDINGS}/b`, 200, binding({ validationActions: ['Audit', 'Warn'] }));
    expect((await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('d', { a: 'b' }))).warning).toContain('no such key: none');
  });
});

describe('U7: budgets', () => {
  const heavy = (times: number): string =>
    `[${'1,'.repeat(9)}1].all(a, ${'[1,2,3,4,5,6,7,8,9,10].all(b, '.repeat(times)}true${')'.repeat(times)})`;
  const exhausted = 'validation failed due to running out of cost budget, no further validation rules will be run';
  const near = heavy(4);
  const conditions = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ name: `c${index}`, expression: near }));

  it.each<[string, object, RegExp | undefined]>([
    ['an expression', { validations: [{ expression: heavy(5) }] }, /resulted in error: operation cancelled: actual cost limit exceeded$/],
    ['conditions within theirs', { matchConditions: conditions(3), validations: [{ expression: 'true' }] }, undefined],
    ['conditions', { matchConditions: conditions(9), validations: [{ expression: 'true' }] }, new RegExp(`denied request: ${exhausted}$`)],
    ['validations', { validations: Array.from({ length: 40 }, () => ({ expression: near })) }, new RegExp(`denied request: ${exhausted}$`)],
    [
      'conditions and validations, which do not share one',
      { matchConditions: conditions(3), validations: Array.from({ length: 14 }, () => ({ expression: near })) },
      undefined,
    ],
    [
      'messages',
      { validations: Array.from({ length: 15 }, () => ({ expression: near, messageExpression: `${near} && ${near} ? 'a' : 'b'` })) },
      new RegExp(`failed messageExpression: ${exhausted}$`),
    ],
    [
      'annotations, beside validations',
      {
        validations: Array.from({ length: 15 }, () => ({ expression: near })),
        auditAnnotations: Array.from({ length: 15 }, (_, index) => ({ key: `k${index}`, valueExpression: `${near} ? 'a' : ''` })),
      },
      undefined,
    ],
  ])('U7 %s have a budget', async (_name, spec, message) => {
    await bind(spec);
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, message === undefined ? 201 : 422, configMap('c'));
    if (message !== undefined) expect(answer.body.message).toMatch(message);
  });
});

describe('U7: parameters', () => {
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConditions: [{ name: 'params-aside', expression: `!request.name.startsWith('params')` }],
    validations: [{ expression: 'int(object.data.n) <= int(params.data.max)', messageExpression: `'at most ' + params.data.max` }],
  };
  const paramRef = { name: 'params', namespace: 'default', parameterNotFoundAction: 'Deny' };

  it('are read anew for every request', async () => {
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('params', { max: '2' }));
    await bind(spec, { paramRef });
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 422, configMap('c', { n: '3' }));
    expect(answer.body.message).toMatch(/denied request: at most 2$/);
    await sendExpecting(cluster, 'PUT', `${CONFIG_MAPS}/params`, 200, configMap('params', { max: '5' }));
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { n: '3' }));
  });

  it('that are not there refuse, or not', async () => {
    await bind(spec, { paramRef });
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 422, configMap('c', { n: '3' }));
    expect(answer.body.message).toBe(
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
    );
    const allowed = binding({ paramRef: { ...paramRef, parameterNotFoundAction: 'Allow' } });
    await sendExpecting(cluster, 'PUT', `${BINDINGS}/b`, 200, allowed);
    await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap('c', { n: '3' }));
  });

  it('chosen by labels must all be kept', async () => {
    for (const [name, max] of [
      ['params-1', '9'],
      ['params-2', '2'],
    ] as const)
      await sendExpecting(cluster, 'POST', CONFIG_MAPS, 201, configMap(name, { max }, { labels: { is: 'param' } }));
    await bind(spec, { paramRef: { selector: { matchLabels: { is: 'param' } }, parameterNotFoundAction: 'Deny' } });
    const answer = await sendExpecting(cluster, 'POST', CONFIG_MAPS, 422, configMap('c', { n: '3' }));
    expect(answer.body.message).toMatch(/at most 2$/);
  });
});

describe('U7: what is no good policy', () => {
  it.each<[string, object, string]>([
    [
      'an expression that does not compile',
      { validations: [{ expression: 'object.x ==' }] },
      `spec.validations[0].expression: Invalid value: "object.x ==": compilation failed: ERROR: <input>:1:12: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | object.x ==\n | ...........^`,
    ],
    ['no bool', { validations: [{ expression: `'a'` }] }, `spec.validations[0].expression: Invalid value: "'a'": must evaluate to bool`],
    [
      'parameters without a kind',
      { validations: [{ expression: 'params.x' }] },
      `spec.validations[0].expression: Invalid value: "params.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x\n | ^`,
    ],
  ])('%s', async (_name, spec, message) => {
    const answer = await sendExpecting(cluster, 'POST', POLICIES, 422, policy(spec));
    expect(answer.body.message).toBe(`ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: ${message}`);
  });

  it('C944 a policy that was looked at says so', async () => {
    await sendExpecting(cluster, 'POST', POLICIES, 201, policy({ validations: [{ expression: 'true' }] }));
    const answer = await sendExpecting(cluster, 'GET', `${POLICIES}/p`, 200);
    expect(answer.body).toMatchObject({ metadata: { generation: 1 }, status: { observedGeneration: 1, typeChecking: {} } });
  });
});
