// Kinds that nothing here acts on: Ingress, IngressClass, NetworkPolicy, the four of RBAC, PodTemplate, RuntimeClass.

import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster } from '../support/engine.ts';
import { changeRefusal, objectOf as object, refusalOf, rowOf } from '../support/kind-cases.ts';

const NETWORKING = 'networking.k8s.io/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';

const backend = (name: string, number = 80): object => ({ service: { name, port: { number } } });
const path = (fields: object = {}): object => ({ path: '/', pathType: 'Prefix', backend: backend('web'), ...fields });
const rule = (host: string, ...paths: object[]): object => ({ host, http: { paths } });
const ingress = (spec: object): JsonObject => object(NETWORKING, 'Ingress', { spec });
const policy = (spec: object): JsonObject => object(NETWORKING, 'NetworkPolicy', { spec });
const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };

describe('N8 rows', () => {
  it.each<[string, JsonObject, string]>([
    ['an ingress for any host', ingress({ defaultBackend: backend('web') }), 'Name=x Class=<none> Hosts=* Address= Ports=80'],
    [
      'an ingress with hosts, a class and certificates',
      ingress({
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example'], secretName: 's' }],
        rules: ['a.example', 'b.example', '*.c.example', 'd.example'].map((host) => rule(host, path())),
      }),
      'Name=x Class=nginx Hosts=a.example,b.example,*.c.example + 1 more... Address= Ports=80, 443',
    ],
    [
      'a class of ingresses',
      object(NETWORKING, 'IngressClass', {
        spec: { controller: 'example.com/ingress', parameters: { apiGroup: 'k8s.example.com', kind: 'Parameters', name: 'p' } },
      }),
      'Name=x Controller=example.com/ingress Parameters=Parameters.k8s.example.com/p',
    ],
    ['a policy', policy({ podSelector: { matchLabels: { app: 'db' } } }), 'Name=x Pod-Selector=app=db'],
    ['a policy for all pods', policy({}), 'Name=x Pod-Selector=<none>'],
    ['a role', object(RBAC, 'Role'), 'Name=x Created At=2026-01-01T00:00:00Z'],
    ['a role of the cluster', object(RBAC, 'ClusterRole'), 'Name=x Created At=2026-01-01T00:00:00Z'],
    [
      'a binding',
      object(RBAC, 'RoleBinding', {
        roleRef: ROLE_REF,
        subjects: [
          { kind: 'User', name: 'ann' },
          { kind: 'User', name: 'bob' },
          { kind: 'Group', name: 'teachers' },
          { kind: 'ServiceAccount', name: 'robot', namespace: 'default' },
        ],
      }),
      'Name=x Role=Role/reader Users=ann, bob Groups=teachers ServiceAccounts=default/robot',
    ],
    [
      'a binding of the cluster',
      object(RBAC, 'ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', name: 'view' } }),
      'Name=x Role=ClusterRole/view Users= Groups= ServiceAccounts=',
    ],
    [
      'a template of pods',
      object('v1', 'PodTemplate', {
        template: {
          metadata: { labels: { app: 'w' } },
          spec: {
            containers: [
              { name: 'c', image: 'i' },
              { name: 'd', image: 'j' },
            ],
          },
        },
      }),
      'Name=x Containers=c,d Images=i,j Pod Labels=app=w',
    ],
    ['a class of runtimes', object('node.k8s.io/v1', 'RuntimeClass', { handler: 'gvisor' }), 'Name=x Handler=gvisor'],
  ])('%s', (_name, body, row) => expect(rowOf(body)).toBe(row));
});

describe('defaults', () => {
  const made = (body: JsonObject): KubeObject => createTestCluster().create(body);

  it('O13 F6 an ingress counts generations and has a status', () => {
    expect(made(ingress({ defaultBackend: backend('web') }))).toMatchObject({ metadata: { generation: 1 }, status: { loadBalancer: {} } });
  });

  it('O13 policies say what they are about, and ports that they are TCP', () => {
    const { spec } = made(policy({ egress: [{ ports: [{ port: 53 }] }] }));
    expect(spec).toEqual({ podSelector: {}, egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }], policyTypes: ['Ingress', 'Egress'] });
    expect(made(policy({})).spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  });

  it('O13 bindings name the groups of roles, users and groups', () => {
    const subjects = [
      { kind: 'User', name: 'ann' },
      { kind: 'ServiceAccount', name: 'robot', namespace: 'default' },
    ];
    expect(made(object(RBAC, 'RoleBinding', { roleRef: { kind: 'Role', name: 'r' }, subjects }))).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount' }],
    });
    expect(made(object(RBAC, 'Role'))).toMatchObject({ rules: null });
  });

  it('O6 templates of pods have the defaults of pods', () => {
    expect(made(object('v1', 'PodTemplate', { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } }))).toMatchObject({
      template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' } },
    });
  });
});

describe('P1 refusals', () => {
  it.each<[string, JsonObject, string]>([
    [
      'an ingress without rules',
      ingress({}),
      'spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
    ],
    [
      'a path without its type',
      ingress({ rules: [rule('a.example', { path: '/', backend: backend('web') })] }),
      'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    ],
    [
      'a relative path',
      ingress({ rules: [rule('a.example', path({ path: 'a' }))] }),
      'spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path',
    ],
    [
      'an address for a host',
      ingress({ rules: [rule('10.0.0.1', path())] }),
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ],
    [
      'a backend without a port',
      ingress({ defaultBackend: { service: { name: 'web' } } }),
      'spec.defaultBackend: Required value: port name or number is required',
    ],
    [
      'two backends in one',
      ingress({ defaultBackend: { ...backend('web'), resource: { kind: 'K', name: 'n' } } }),
      'spec.defaultBackend: Invalid value: "": cannot set both resource and service backends',
    ],
    ['a class without a controller', object(NETWORKING, 'IngressClass'), 'spec.controller: Required value'],
    [
      'a controller that has no domain',
      object(NETWORKING, 'IngressClass', { spec: { controller: 'nginx' } }),
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    ['a peer that is nobody', policy({ ingress: [{ from: [{}] }] }), 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [
      'a block of addresses beside a selector',
      policy({ ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
    [
      'an exception outside its block',
      policy({ egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] }),
      'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    ],
    [
      'a range that ends before it begins',
      policy({ ingress: [{ ports: [{ port: 90, endPort: 80 }] }] }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
    [
      'a rule without verbs',
      object(RBAC, 'Role', { rules: [{ apiGroups: [''], resources: ['pods'] }] }),
      'rules[0].verbs: Required value: verbs must contain at least one value',
    ],
    [
      'paths in a role of a namespace',
      object(RBAC, 'Role', { rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] }),
      'rules[0].nonResourceURLs: Invalid value: []string{"/healthz"}: namespaced rules cannot apply to non-resource URLs',
    ],
    [
      'a role of a namespace for the whole cluster',
      object(RBAC, 'ClusterRoleBinding', { roleRef: ROLE_REF }),
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    ],
    [
      'a subject of no kind',
      object(RBAC, 'RoleBinding', { roleRef: ROLE_REF, subjects: [{ kind: 'Robot', name: 'r' }] }),
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
    [
      'a handler that is no label',
      object('node.k8s.io/v1', 'RuntimeClass', { handler: 'A b' }),
      'handler: Invalid value: "A b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\'',
    ],
    ['a template without containers', object('v1', 'PodTemplate', { template: { spec: {} } }), 'template.spec.containers: Required value'],
  ])('%s', (_name, body, text) => expect(refusalOf(body)).toContain(text));

  it('I9 a binding stays with its role, a class with its handler or controller', () => {
    expect(changeRefusal(object(RBAC, 'RoleBinding', { roleRef: ROLE_REF }), { roleRef: { ...ROLE_REF, name: 'writer' } })).toContain(
      'roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"writer"}: cannot change roleRef',
    );
    expect(changeRefusal(object('node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }), { handler: 'b' })).toContain(
      'handler: Invalid value: "b": field is immutable',
    );
    expect(changeRefusal(object(NETWORKING, 'IngressClass', { spec: { controller: 'a/b' } }), { spec: { controller: 'a/c' } })).toContain(
      'spec.controller: Invalid value: "a/c": field is immutable',
    );
  });

  it('I4 PUT creates roles and bindings', () => {
    const cluster = createTestCluster();
    const body = object(RBAC, 'Role', { rules: [] });
    cluster.accept({ verb: 'update', resource: 'roles.rbac.authorization.k8s.io', namespace: 'default', name: 'x', body, options: {} });
    expect(cluster.get('roles.rbac.authorization.k8s.io/x').metadata.uid).toBeDefined();
  });
});
