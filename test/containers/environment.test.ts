// The environment of a container: tables of manifests and what their processes are given.

import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import { containerEnvironment, type EnvironmentSources, expand } from '../../src/engine/containers/environment/index.ts';
import type { Container, Pod } from '../../src/engine/kinds/pod/types.ts';

const MAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = { settings: { color: 'blue', size: 'XL' }, empty: {} };
const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = { keys: { token: encodeBase64('s3cr€t') } };

const SOURCES: EnvironmentSources = {
  podIp: '10.244.0.7',
  hostIp: '192.168.1.2',
  configMap: (name) => (MAPS[name] === undefined ? undefined : { data: MAPS[name] }),
  secret: (name) => (SECRETS[name] === undefined ? undefined : { data: SECRETS[name] }),
  services: [{ name: 'my-db', clusterIp: '10.96.7.7', ports: [{ name: 'pg-main', port: 5432, protocol: 'TCP' }] }],
  allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi' },
};

function environmentOf(container: object, spec: object = {}) {
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1', labels: { app: 'web', 'a.b/c': 'x' }, annotations: { note: 'say "hi"' } },
    spec: { serviceAccountName: 'robot', nodeName: 'node-1', containers: [{ name: 'c', image: 'i', ...container }], ...spec },
    status: { phase: 'Pending' },
  } as unknown as Pod;
  return containerEnvironment(pod, pod.spec.containers[0] as Container, SOURCES);
}

/** `NAME=value` of all variables but those every container has, or the error. */
function declared(container: object): readonly string[] | string {
  const made = environmentOf(container, { enableServiceLinks: false });
  if (!made.ok) return made.error;
  return made.value.variables.filter(({ name }) => !/^(?:KUBERNETES_|HOSTNAME$)/.test(name)).map(({ name, value }) => `${name}=${value}`);
}

const env = (...pairs: readonly string[]) => ({
  env: pairs.map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) })),
});
const envFrom = (...sources: readonly object[]) => ({ envFrom: sources });
const valueFrom = (source: object) => ({ env: [{ name: 'A', valueFrom: source }] });
const mapKey = (name: string, key: string, more: object = {}) => valueFrom({ configMapKeyRef: { name, key, ...more } });
const secretKey = (name: string, key: string, more: object = {}) => valueFrom({ secretKeyRef: { name, key, ...more } });

describe('variables', () => {
  it.each<[string, object, readonly string[]]>([
    ['in order', env('B=2', 'A=1'), ['B=2', 'A=1']],
    ['the last of one name counts', env('A=1', 'A=2'), ['A=2']],
    ['no value is the empty text', { env: [{ name: 'A' }] }, ['A=']],
    ['a reference to an earlier one', env('A=1', 'B=<$(A)>'), ['A=1', 'B=<1>']],
    ['a reference to a later one stays', env('B=<$(A)>', 'A=1'), ['B=<$(A)>', 'A=1']],
    ['an escaped reference', env('A=1', 'B=$$(A) $$'), ['A=1', 'B=$(A) $']],
    ['HOSTNAME is not known to references', env('A=$(HOSTNAME)'), ['A=$(HOSTNAME)']],
    ['a service is', env('A=$(KUBERNETES_SERVICE_HOST)'), ['A=10.96.0.1']],
    ['all of a ConfigMap', envFrom({ configMapRef: { name: 'settings' } }), ['color=blue', 'size=XL']],
    ['with a prefix', envFrom({ prefix: 'P_', configMapRef: { name: 'settings' } }), ['P_color=blue', 'P_size=XL']],
    ['all of a Secret', envFrom({ secretRef: { name: 'keys' } }), ['token=s3cr€t']],
    ['env over envFrom', { ...envFrom({ configMapRef: { name: 'settings' } }), ...env('size=$(size)!') }, ['color=blue', 'size=XL!']],
    ['a key', mapKey('settings', 'color'), ['A=blue']],
    ['a secret key', secretKey('keys', 'token'), ['A=s3cr€t']],
    ['an empty ConfigMap', envFrom({ configMapRef: { name: 'empty' } }), []],
    ['an optional ConfigMap', envFrom({ configMapRef: { name: 'x', optional: true } }), []],
    ['an optional Secret', envFrom({ secretRef: { name: 'x', optional: true } }), []],
    ['an optional key', mapKey('settings', 'x', { optional: true }), []],
    ['a key of an optional Secret', secretKey('x', 'y', { optional: true }), []],
  ])('K233 %s', (_name, container, wanted) => {
    expect(declared(container)).toEqual(wanted);
  });

  it.each<[string, object]>([
    ['configmap "x" not found', envFrom({ configMapRef: { name: 'x' } })],
    ['secret "x" not found', envFrom({ secretRef: { name: 'x' } })],
    ['configmap "x" not found', mapKey('x', 'k')],
    ['secret "x" not found', secretKey('x', 'k')],
    ["couldn't find key k in ConfigMap shop/settings", mapKey('settings', 'k')],
    ["couldn't find key k in Secret shop/keys", secretKey('keys', 'k')],
    ['container other not found', valueFrom({ resourceFieldRef: { containerName: 'other', resource: 'limits.cpu' } })],
  ])('K233 fails: %s', (error, container) => {
    expect(declared(container)).toBe(error);
  });
});

describe('the downward API', () => {
  it.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'u-1'],
    ["metadata.labels['a.b/c']", 'x'],
    ["metadata.labels['none']", ''],
    ["metadata.annotations['note']", 'say "hi"'],
    ['metadata.labels', 'a.b/c="x"\napp="web"'],
    ['metadata.annotations', 'note="say \\"hi\\""'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'robot'],
    ['status.podIP', '10.244.0.7'],
    ['status.hostIP', '192.168.1.2'],
  ])('O1 %s', (fieldPath, value) => {
    expect(declared(valueFrom({ fieldRef: { fieldPath } }))).toEqual([`A=${value}`]);
  });

  it.each([
    ['limits.cpu', undefined, '2'],
    ['limits.cpu', '1m', '1500'],
    ['requests.cpu', '0', '1'],
    ['requests.cpu', '1m', '250'],
    ['limits.memory', '1Mi', '8192'],
    ['requests.memory', undefined, '67108864'],
    ['requests.memory', '1Gi', '1'],
    ['requests.ephemeral-storage', undefined, '0'],
    ['limits.ephemeral-storage', '1Gi', '100'],
  ])('O1 %s in units of %s, limits from the node when there is none', (resource, divisor, value) => {
    const resources = { limits: { cpu: '1500m' }, requests: { cpu: '250m', memory: '64Mi' } };
    const selector = divisor === undefined ? { resource } : { resource, divisor };
    expect(declared({ resources, ...valueFrom({ resourceFieldRef: selector }) })).toEqual([`A=${value}`]);
  });
});

describe('what every container has', () => {
  const variablesOf = (spec: object): Record<string, string> => {
    const made = environmentOf({}, spec);
    return made.ok ? Object.fromEntries(made.value.variables.map(({ name, value }) => [name, value])) : {};
  };

  it('K220 O3 names the API server and the services of the namespace', () => {
    expect(variablesOf({})).toMatchObject({
      HOSTNAME: 'web',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
      KUBERNETES_PORT: 'tcp://10.96.0.1:443',
      KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443',
      KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
      KUBERNETES_PORT_443_TCP_PORT: '443',
      KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
      MY_DB_SERVICE_HOST: '10.96.7.7',
      MY_DB_SERVICE_PORT_PG_MAIN: '5432',
      MY_DB_PORT_5432_TCP_ADDR: '10.96.7.7',
    });
  });

  it('K220 O3 enableServiceLinks: false leaves the API server only', () => {
    const names = Object.keys(variablesOf({ enableServiceLinks: false }));
    expect(names.filter((name) => !name.startsWith('KUBERNETES_'))).toEqual(['HOSTNAME']);
    expect(names).toHaveLength(9);
  });

  it.each([
    [{ hostname: 'box' }, 'box'],
    [{ hostNetwork: true }, 'node-1'],
  ])('P2 the host name with %j', (spec, hostname) => {
    expect(variablesOf(spec)['HOSTNAME']).toBe(hostname);
  });
});

describe('commands', () => {
  it('K233 command and arguments are expanded, unknown names stay', () => {
    const made = environmentOf({ ...env('A=x y'), command: ['echo', '$(A)', '$(B)'], args: ['$$(A)', '$A', 'a$'] });
    expect(made.ok && [made.value.command, made.value.args]).toEqual([
      ['echo', 'x y', '$(B)'],
      ['$(A)', '$A', 'a$'],
    ]);
  });

  it.each([
    ['$(A)$(A)', '11'],
    ['$$$(A)', '$1'],
    ['$$$$(A)', '$$(A)'],
    ['$(A', '$(A'],
    ['$()', '$()'],
    ['a$(A)b$', 'a1b$'],
    ['$x$(A)', '$x1'],
  ])('K233 %s becomes %s', (text, wanted) => {
    expect(expand(text, (name) => (name === 'A' ? '1' : undefined))).toBe(wanted);
  });
});
