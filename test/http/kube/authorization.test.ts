// Who may what: users that are named by headers, roles, escalation, reviews.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, PODS, RBAC, user, UsersStage } from '../../support/users.ts';

let stage: UsersStage;
const send: UsersStage['send'] = (...asked) => stage.send(...asked);
const tokenOf: UsersStage['tokenOf'] = (...asked) => stage.tokenOf(...asked);
const grant: UsersStage['grant'] = (...asked) => stage.grant(...asked);
beforeAll(async () => {
  stage = await UsersStage.open();
});
afterAll(() => stage.close());

describe('Q12 roles', () => {
  beforeAll(async () => {
    await grant('reader', user('reader'), [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }], 'default');
    await grant('logs', user('logger'), [{ verbs: ['get'], apiGroups: ['*'], resources: ['pods/log', '*/scale'], resourceNames: ['web'] }]);
    await grant('metrics', user('scraper'), [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/healthz/*'] }]);
    await grant(
      'one',
      user('one'),
      [{ verbs: ['list', 'watch', 'get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'] }],
      'default',
    );
    await grant('putter', user('putter'), [{ verbs: ['update'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] }], 'default');
    const roleRef = { kind: 'Role', name: 'ghost' };
    await send('POST', `${RBAC}/namespaces/default/rolebindings`, { metadata: { name: 'dangling' }, roleRef, subjects: [user('haunted')] });
  });

  it.each<[string, string, string, string]>([
    ['jane', 'GET', PODS, 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"'],
    [
      'jane',
      'GET',
      `${PODS}?watch=1`,
      'pods is forbidden: User "jane" cannot watch resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'jane',
      'GET',
      `${PODS}/x`,
      'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'jane',
      'POST',
      `${PODS}/x/exec`,
      'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    ],
    [
      'jane',
      'DELETE',
      PODS,
      'pods is forbidden: User "jane" cannot deletecollection resource "pods" in API group "" in the namespace "default"',
    ],
    ['jane', 'GET', '/api/v1/nodes', 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'],
    [
      'jane',
      'GET',
      '/api/v1/namespaces/x',
      'namespaces "x" is forbidden: User "jane" cannot get resource "namespaces" in API group "" in the namespace "x"',
    ],
    [
      'jane',
      'PATCH',
      '/apis/apps/v1/namespaces/a/deployments/d',
      'deployments.apps "d" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "a"',
    ],
    [
      'jane',
      'GET',
      '/apis/nothing.example/v1/things',
      'things.nothing.example is forbidden: User "jane" cannot list resource "things" in API group "nothing.example" at the cluster scope',
    ],
    ['jane', 'GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
    [
      'reader',
      'GET',
      `${PODS}/x/log`,
      'pods "x" is forbidden: User "reader" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'reader',
      'GET',
      PODS.replace('default', 'a'),
      'pods is forbidden: User "reader" cannot list resource "pods" in API group "" in the namespace "a"',
    ],
    [
      'logger',
      'GET',
      `${PODS}/other/log`,
      'pods "other" is forbidden: User "logger" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'one',
      'GET',
      '/api/v1/namespaces/default/configmaps',
      'configmaps is forbidden: User "one" cannot list resource "configmaps" in API group "" in the namespace "default"',
    ],
    [
      'putter',
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/default/leases/new',
      'leases.coordination.k8s.io "new" is forbidden: User "putter" cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "default"',
    ],
    [
      'haunted',
      'GET',
      PODS,
      'pods is forbidden: User "haunted" cannot list resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "ghost" not found',
    ],
  ])('Q6 Q12 refuse %s %s %s', async (name, method, path, message) => {
    const body = method === 'PUT' ? { metadata: {} } : undefined;
    expect(await send(method, path, body, as(name))).toMatchObject({ code: 403, body: { reason: 'Forbidden', message } });
  });

  it.each<[string, string, number]>([
    ['reader', PODS, 200],
    ['reader', `${PODS}/none`, 404],
    ['logger', `${PODS}/web/log`, 404],
    ['logger', '/apis/apps/v1/namespaces/a/deployments/web/scale', 404],
    ['one', '/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Da', 200],
    ['scraper', '/healthz/ping', 200],
    ['jane', '/version', 200],
    ['jane', '/apis', 200],
    ['jane', '/openapi/v3', 200],
  ])('Q12 let %s GET %s', async (name, path, code) => {
    expect((await send('GET', path, undefined, as(name))).code).toBe(code);
  });

  it('Q12 hold for groups, and for accounts that a binding names without their namespace', async () => {
    await grant(
      'devs',
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' },
      [{ verbs: ['list'], apiGroups: [''], resources: ['secrets'] }],
      'default',
    );
    const secrets = '/api/v1/namespaces/default/secrets';
    expect((await send('GET', secrets, undefined, as('jane', 'dev'))).code).toBe(200);
    expect((await send('GET', secrets, undefined, as('jane', 'ops'))).code).toBe(403);
    await grant(
      'local',
      { kind: 'ServiceAccount', name: 'default' },
      [{ verbs: ['list'], apiGroups: [''], resources: ['events'] }],
      'default',
    );
    const events = '/api/v1/namespaces/default/events';
    expect((await send('GET', events, undefined, as('system:serviceaccount:default:default'))).code).toBe(200);
    expect((await send('GET', events, undefined, as('system:serviceaccount:kube-system:default'))).code).toBe(403);
  });

  it('Q12 hold for nodes, which have their role', async () => {
    expect((await send('GET', '/api/v1/nodes', undefined, as('system:node:node-1', 'system:nodes'))).code).toBe(200);
    expect((await send('GET', '/api/v1/nodes', undefined, as('system:node:node-1'))).code).toBe(403);
  });
});

describe('Q4 pretending to be somebody', () => {
  it('Q4 needs its right for each thing', async () => {
    await grant('actor', user('actor'), [
      { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['reader'] },
      { verbs: ['impersonate'], apiGroups: ['authentication.k8s.io'], resources: ['userextras/scopes'], resourceNames: ['view'] },
    ]);
    const { base } = await stage.kubeconfig('open', '?user=actor');
    const refusal = async (headers: Record<string, string>) => (await send('GET', PODS, undefined, headers, base)).body.message;
    expect((await send('GET', PODS, undefined, as('reader'), base)).code).toBe(200);
    expect(await refusal(as('root'))).toBe(
      'users "root" is forbidden: User "actor" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    expect(await refusal(as('reader', 'dev'))).toBe(
      'groups "dev" is forbidden: User "actor" cannot impersonate resource "groups" in API group "" at the cluster scope',
    );
    expect(await refusal(as('system:serviceaccount:a:b'))).toBe(
      'serviceaccounts "b" is forbidden: User "actor" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "a"',
    );
    expect(await refusal(as('reader', '', { 'Impersonate-Uid': '7' }))).toBe(
      'uids.authentication.k8s.io "7" is forbidden: User "actor" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect((await send('GET', PODS, undefined, as('reader', '', { 'Impersonate-Extra-Scopes': 'view' }), base)).code).toBe(200);
    expect(await refusal(as('reader', '', { 'Impersonate-Extra-Scopes': 'edit' }))).toContain(
      'cannot impersonate resource "userextras/scopes"',
    );
    expect((await send('GET', PODS, undefined, { 'Impersonate-Group': 'dev' })).code).toBe(500);
  });

  it('Q4 tells who one is then', async () => {
    const whoami = async (headers: Record<string, string>) => {
      const { body } = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, headers);
      return (body.status as { userInfo: unknown }).userInfo;
    };
    expect(await whoami({})).toEqual({ username: 'admin', groups: ['system:masters', 'system:authenticated'] });
    expect(await whoami(as('bob', 'a,b', { 'Impersonate-Uid': '7', 'Impersonate-Extra-Scopes': 'x' }))).toEqual({
      username: 'bob',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { scopes: ['x'] },
    });
    expect(await whoami(as('system:serviceaccount:a:b'))).toEqual({
      username: 'system:serviceaccount:a:b',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
    });
    expect((await send('GET', PODS, undefined, as('system:anonymous'))).code).toBe(403);
  });
});

describe('Q13 nobody gives away what he does not have', () => {
  const clusterRole = (name: string, rules: readonly object[], more: object = {}): object => ({ metadata: { name }, rules, ...more });
  const SECRETS = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };

  beforeAll(async () => {
    const write = { verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'] };
    const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods', 'pods/*'] };
    await grant('keeper', user('keeper'), [
      {
        ...write,
        verbs: ['get', 'create', 'update', 'patch'],
        resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
      },
      pods,
    ]);
    await grant('boss', user('boss'), [
      { verbs: ['create', 'escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] },
      {
        verbs: ['create', 'bind'],
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles', 'clusterrolebindings'],
        resourceNames: ['view'],
      },
      { verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings'] },
    ]);
  });

  it('Q13 in a role', async () => {
    const refused = await send(
      'POST',
      `${RBAC}/clusterroles`,
      clusterRole('more', [SECRETS, { verbs: ['get'], nonResourceURLs: ['/x'] }]),
      as('keeper'),
    );
    expect(refused).toMatchObject({
      code: 403,
      body: {
        message:
          'clusterroles.rbac.authorization.k8s.io "more" is forbidden: user "keeper" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
          '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}\n{NonResourceURLs:["/x"], Verbs:["get"]}',
        details: { name: 'more', group: 'rbac.authorization.k8s.io', kind: 'clusterroles' },
      },
    });
    const own = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['x'] }];
    expect((await send('POST', `${RBAC}/clusterroles`, clusterRole('less', own), as('keeper'))).code).toBe(201);
    expect((await send('PATCH', `${RBAC}/clusterroles/less`, { rules: [SECRETS] }, as('keeper'))).code).toBe(403);
    expect((await send('PATCH', `${RBAC}/clusterroles/less`, { metadata: { finalizers: ['a.example/b'] } }, as('keeper'))).code).toBe(200);
    expect((await send('POST', `${RBAC}/clusterroles`, clusterRole('boss-made', [SECRETS]), as('boss'))).code).toBe(201);
  });

  it('Q13 by aggregation', async () => {
    const role = clusterRole('all', [], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } });
    expect((await send('POST', `${RBAC}/clusterroles`, role, as('keeper'))).body.message).toBe(
      'clusterroles.rbac.authorization.k8s.io "all" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    );
  });

  it('Q13 by a binding', async () => {
    const bind = (name: string, who: string, kind = 'ClusterRole') =>
      send(
        'POST',
        `${RBAC}/clusterrolebindings`,
        { metadata: { name: `${who}-${name}` }, roleRef: { kind, name }, subjects: [user('x')] },
        as(who),
      );
    expect((await bind('view', 'keeper')).body.message).toContain(
      'is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["bindings"]',
    );
    expect((await bind('view', 'boss')).code).toBe(201);
    expect((await bind('edit', 'boss')).code).toBe(403);
    expect((await bind('ghost', 'keeper')).body).toMatchObject({
      code: 404,
      message: 'clusterrole.rbac.authorization.k8s.io "ghost" not found',
    });
    await send('PUT', `${RBAC}/clusterroles/pods`, clusterRole('pods', [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]));
    expect((await bind('pods', 'keeper')).code).toBe(201);
  });
});

describe('M8 reviews', () => {
  const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
  const statusOf = async (path: string, body: object, headers: Record<string, string> = {}) =>
    (await send('POST', path, body, headers)).body.status;

  it('M8 Q12 answer what the one who asks may, and why', async () => {
    const may = (resourceAttributes: object, headers: Record<string, string>) =>
      statusOf(`${AUTHORIZATION}/selfsubjectaccessreviews`, { spec: { resourceAttributes } }, headers);
    const list = { verb: 'list', resource: 'pods', namespace: 'default' };
    expect(await may(list, {})).toEqual({ allowed: true });
    expect(await may(list, as('jane'))).toEqual({ allowed: false });
    expect(await may(list, as('reader'))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "reader/default" of Role "reader" to User "reader"',
    });
    const path = { spec: { nonResourceAttributes: { verb: 'get', path: '/metrics' } } };
    expect(await statusOf(`${AUTHORIZATION}/selfsubjectaccessreviews`, path, as('scraper'))).toMatchObject({ allowed: true });
  });

  it('M8 answer what others may', async () => {
    const spec = { user: 'reader', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
    expect(await statusOf(`${AUTHORIZATION}/subjectaccessreviews`, { spec })).toMatchObject({ allowed: true });
    expect(await statusOf(`${AUTHORIZATION}/subjectaccessreviews`, { spec: { ...spec, user: 'jane' } })).toEqual({ allowed: false });
    expect(await statusOf(`${AUTHORIZATION}/subjectaccessreviews`, { spec: { ...spec, user: '', groups: ['system:masters'] } })).toEqual({
      allowed: true,
    });
    const local = `${AUTHORIZATION}/namespaces/default/localsubjectaccessreviews`;
    expect(await statusOf(local, { metadata: { namespace: 'default' }, spec })).toMatchObject({ allowed: true });
    expect(
      (await send('POST', local, { metadata: { namespace: 'default' }, spec: { ...spec, resourceAttributes: {} } })).body.message,
    ).toBe(
      'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace',
    );
    expect((await send('POST', `${AUTHORIZATION}/subjectaccessreviews`, { spec }, as('jane'))).code).toBe(403);
  });

  it.each<[string, object, string]>([
    [
      'selfsubjectaccessreviews',
      { spec: {} },
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      'subjectaccessreviews',
      { spec: { resourceAttributes: {} } },
      'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    ['selfsubjectrulesreviews', { spec: {} }, 'no namespace on request'],
  ])('M8 refuse %s %j', async (plural, body, message) => {
    expect((await send('POST', `${AUTHORIZATION}/${plural}`, body)).body.message).toBe(message);
  });

  it('M8 list rules', async () => {
    const rules = (await statusOf(`${AUTHORIZATION}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } }, as('reader'))) as {
      resourceRules: readonly object[];
      nonResourceRules: readonly object[];
      incomplete: boolean;
    };
    expect(rules.incomplete).toBe(false);
    expect(rules.resourceRules).toContainEqual({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] });
    expect(rules.resourceRules).toHaveLength(3);
    expect(rules.nonResourceRules).toHaveLength(2);
  });

  it('Q11 tell whose a token is', async () => {
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const token = await tokenOf('default', { audiences: ['vault'] });
    expect(await statusOf(path, { spec: { token, audiences: ['vault', 'x'] } })).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:default' },
      audiences: ['vault'],
    });
    expect(await statusOf(path, { spec: { token } })).toEqual({
      user: {},
      error: '[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc"]]',
    });
    expect(await statusOf(path, { spec: { token: 'nonsense' } })).toEqual({ user: {}, error: 'invalid bearer token' });
    expect((await send('POST', path, { spec: {} })).body.message).toBe('token is required for TokenReview in authentication');
  });
});
