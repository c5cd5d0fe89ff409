import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import type { Node } from '../../src/engine/kinds/node/types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

const CONTAINERS = [{ name: 'm', image: 'nginx' }];

function pod(spec: object, metadata: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec: { containers: CONTAINERS, ...spec } } as JsonObject;
}

function account(name: string, fields: object = {}): JsonObject {
  const { metadata = {}, ...rest } = fields as { metadata?: object };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, ...metadata }, ...rest } as JsonObject;
}

function refusalOf(cluster: TestCluster, body: JsonObject): string | undefined {
  return cluster.refusal({ verb: 'create', resource: 'pods', namespace: 'default', body, options: {} })?.message;
}

function mountsOf({ spec }: Pod): unknown {
  return spec.containers.map(({ volumeMounts = [] }) => volumeMounts.map(({ mountPath }) => mountPath));
}

describe('the account of a pod', () => {
  it('U1 must be there; a pod that names none has the account default', () => {
    const cluster = createTestCluster();
    expect(refusalOf(cluster, pod({ serviceAccountName: 'ghost', automountServiceAccountToken: false }))).toBe(
      'pods "p" is forbidden: error looking up service account default/ghost: serviceaccount "ghost" not found',
    );
    expect(refusalOf(cluster, pod({ serviceAccountName: 'ghost' }, { name: '', generateName: 'p-' }))).toContain('pods "p-" is forbidden');
    cluster.create(account('ghost'));
    expect(cluster.create<Pod>(pod({ serviceAccountName: 'ghost' })).spec).toMatchObject({ serviceAccount: 'ghost' });
    expect(cluster.create<Pod>(pod({}, { name: 'q' })).spec.serviceAccountName).toBe('default');
  });

  it('U1 O3 the account default of a namespace that was just made counts as there', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } });
    const made = cluster.create<Pod>({ ...pod({}), metadata: { name: 'p', namespace: 'new' } });
    expect(mountsOf(made)).toEqual([['/var/run/secrets/kubernetes.io/serviceaccount']]);
  });

  it('U1 C127 a controller whose pods are refused says so and tries again when the account is there', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const template = { metadata: { labels: { a: 'b' } }, spec: { serviceAccountName: 'ghost', containers: CONTAINERS } };
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
    cluster.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r' }, spec });
    expect(cluster.events('replicasets.apps/r')).toEqual([
      'Warning FailedCreate "Error creating: pods "r-" is forbidden: error looking up service account default/ghost: serviceaccount "ghost" not found"',
    ]);
    const set = cluster.get<KubeObject & { status: { conditions: readonly { type: string }[] } }>('replicasets.apps/r');
    expect(set.status.conditions.map(({ type }) => type)).toEqual(['ReplicaFailure']);
    cluster.create(account('ghost'));
    cluster.advance(60_000);
    expect(cluster.list<Pod>('pods').map(({ spec: { serviceAccountName } }) => serviceAccountName)).toEqual(['ghost']);
  });

  it.each<[string, object, object, readonly string[]]>([
    ['mounts it by default', {}, {}, ['/var/run/secrets/kubernetes.io/serviceaccount']],
    ['the account may say no', { automountServiceAccountToken: false }, {}, []],
    [
      'the pod has the last word, for',
      { automountServiceAccountToken: false },
      { automountServiceAccountToken: true },
      ['/var/run/secrets/kubernetes.io/serviceaccount'],
    ],
    ['the pod has the last word, against', { automountServiceAccountToken: true }, { automountServiceAccountToken: false }, []],
  ])('U2 token: %s', (_title, fields, spec, mounts) => {
    const cluster = createTestCluster();
    cluster.create(account('a', fields));
    expect(mountsOf(cluster.create<Pod>(pod({ serviceAccountName: 'a', ...spec })))).toEqual([mounts]);
  });

  it('U2 a volume of that name is taken as it is', () => {
    const volume = { name: 'kube-api-access-mine', emptyDir: {} };
    const made = createTestCluster().create<Pod>(pod({ volumes: [volume] }));
    expect(made.spec.volumes).toEqual([volume]);
    expect(made.spec.containers[0]?.volumeMounts?.map(({ name }) => name)).toEqual(['kube-api-access-mine']);
  });

  it('U2 lends its secrets for images to pods that name none', () => {
    const cluster = createTestCluster();
    cluster.create(account('a', { imagePullSecrets: [{ name: 'r1' }, { name: 'r2' }] }));
    expect(cluster.create<Pod>(pod({ serviceAccountName: 'a' })).spec['imagePullSecrets']).toEqual([{ name: 'r1' }, { name: 'r2' }]);
    const own = pod({ serviceAccountName: 'a', imagePullSecrets: [{ name: 'mine' }] }, { name: 'q' });
    expect(cluster.create<Pod>(own).spec['imagePullSecrets']).toEqual([{ name: 'mine' }]);
  });

  it.each<[string, object, string | undefined]>([
    ['a listed secret', { volumes: [{ name: 'v', secret: { secretName: 'mine' } }] }, undefined],
    [
      'another secret',
      { volumes: [{ name: 'v', secret: { secretName: 'other' } }] },
      'volume with secret.secretName="other" is not allowed because service account a does not reference that secret',
    ],
    [
      'a variable',
      { containers: [{ ...CONTAINERS[0], env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } }] }] },
      'container m with envVar E referencing secret.secretName="other" is not allowed because service account a does not reference that secret',
    ],
    [
      'all variables of a secret',
      { initContainers: [{ name: 'i', image: 'x', envFrom: [{ secretRef: { name: 'other' } }] }] },
      'init container i with envFrom referencing secret.secretName="other" is not allowed because service account a does not reference that secret',
    ],
    [
      'a secret for images',
      { imagePullSecrets: [{ name: 'pull' }, { name: 'other' }] },
      'imagePullSecrets[1].name="other" is not allowed because service account a does not reference that imagePullSecret',
    ],
  ])('U3 an account that limits its pods: %s', (_title, spec, text) => {
    const cluster = createTestCluster();
    const metadata = { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } };
    cluster.create(account('a', { metadata, secrets: [{ name: 'mine' }], imagePullSecrets: [{ name: 'pull' }] }));
    const expected = text === undefined ? undefined : `pods "p" is forbidden: ${text}`;
    expect(refusalOf(cluster, pod({ serviceAccountName: 'a', ...spec }))).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['an account', { serviceAccountName: 'default' }, 'a mirror pod may not reference service accounts'],
    ['a secret', { imagePullSecrets: [{ name: 's' }] }, 'a mirror pod may not reference secrets'],
    [
      'a secret in a volume',
      { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }] },
      'a mirror pod may not reference secrets',
    ],
    [
      'a token',
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
      'a mirror pod may not use ServiceAccountToken volume projections',
    ],
  ])('U3 a mirror pod has nothing of an account: %s', (_title, spec, text) => {
    const mirror = pod({ nodeName: 'n', ...spec }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    expect(refusalOf(createTestCluster(), mirror)).toBe(`pods "p" is forbidden: ${text}`);
  });

  it('U3 a mirror pod stays as it is', () => {
    const mirror = pod({ nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const { spec } = createTestCluster().create<Pod>(mirror);
    expect([spec.serviceAccountName, spec.volumes]).toEqual([undefined, undefined]);
  });
});

describe('the runtime class of a pod', () => {
  const GVISOR = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'gvisor' },
    handler: 'runsc',
    overhead: { podFixed: { cpu: '250m' } },
    scheduling: { nodeSelector: { runtime: 'gvisor' }, tolerations: [{ key: 'runtime', operator: 'Exists', effect: 'NoSchedule' }] },
  };

  it('U4 gives it overhead, node selector and tolerations', () => {
    const cluster = createTestCluster();
    cluster.create(GVISOR);
    const { spec } = cluster.create<Pod>(pod({ runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } }));
    expect(spec).toMatchObject({ overhead: { cpu: '250m' }, nodeSelector: { disk: 'ssd', runtime: 'gvisor' } });
    expect(spec.tolerations?.map(({ key }) => key)).toEqual(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', 'runtime']);
  });

  it('U4 a toleration that another one covers is not repeated', () => {
    const cluster = createTestCluster();
    cluster.create(GVISOR);
    const everything = { operator: 'Exists' };
    expect(cluster.create<Pod>(pod({ runtimeClassName: 'gvisor', tolerations: [everything] })).spec.tolerations).toEqual([everything]);
  });

  it.each<[string, object, string | undefined]>([
    ['not there', { runtimeClassName: 'ghost' }, 'pod rejected: RuntimeClass "ghost" not found'],
    ['the same overhead', { runtimeClassName: 'gvisor', overhead: { cpu: '0.25' } }, undefined],
    [
      'another overhead',
      { runtimeClassName: 'gvisor', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'overhead of no class',
      { overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'another selector',
      { runtimeClassName: 'gvisor', nodeSelector: { runtime: 'kata' } },
      'conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = kata',
    ],
  ])('U4 %s', (_title, spec, text) => {
    const cluster = createTestCluster();
    cluster.create(GVISOR);
    expect(refusalOf(cluster, pod(spec))).toBe(text === undefined ? undefined : `pods "p" is forbidden: ${text}`);
  });
});

it('C711 a node that a client makes begins with the taint of those that are not ready', () => {
  const cluster = createTestCluster();
  const made = cluster.create<Node>({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec: { taints: [{ key: 'a', effect: 'NoExecute' }] },
  });
  expect(made.spec.taints).toEqual([
    { key: 'a', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  ]);
});

it('U5 an Ingress that names no class gets the newest default class', () => {
  const cluster = createTestCluster();
  const group = 'networking.k8s.io/v1';
  const ingress = (name: string, fields: object = {}): KubeObject =>
    cluster.create({
      apiVersion: group,
      kind: 'Ingress',
      metadata: { name, ...fields },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    });
  const classOf = (object: KubeObject): unknown => (object['spec'] as { ingressClassName?: string }).ingressClassName;
  expect(classOf(ingress('none'))).toBeUndefined();
  for (const name of ['b', 'a']) {
    const metadata = { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } };
    cluster.create({ apiVersion: group, kind: 'IngressClass', metadata, spec: { controller: 'example.com/c' } });
  }
  expect(classOf(ingress('one'))).toBe('a');
  expect(classOf(ingress('annotated', { annotations: { 'kubernetes.io/ingress.class': 'x' } }))).toBeUndefined();
});
