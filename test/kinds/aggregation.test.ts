// APIService, ServiceCIDR and IPAddress: what every cluster has of them, what follows what, what is shown and refused.

import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { listObjects } from '../../src/engine/apiserver/api.ts';
import { apiServiceKind } from '../../src/engine/kinds/apiservice/index.ts';
import { SERVED_KINDS } from '../../src/engine/kinds/index.ts';
import { ipAddressKind } from '../../src/engine/kinds/ipaddress/index.ts';
import type { Kind } from '../../src/engine/kinds/kind.ts';
import { serviceCidrKind } from '../../src/engine/kinds/servicecidr/index.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';
import { changeRefusal, objectOf, refusalOf, rowOf } from '../support/kind-cases.ts';

const NETWORKING = 'networking.k8s.io/v1';
const REGISTRATION = 'apiregistration.k8s.io/v1';
const range = (...cidrs: string[]): JsonObject => objectOf(NETWORKING, 'ServiceCIDR', { spec: { cidrs } });
const address = (parentRef?: object, name = '10.97.0.9'): JsonObject =>
  objectOf(NETWORKING, 'IPAddress', { metadata: { name }, spec: parentRef === undefined ? {} : { parentRef } });
const PARENT = { group: 'example.com', resource: 'things', namespace: 'default', name: 'n' };
const service = { namespace: 'default', name: 's' };
const api = (spec: object = {}, name = 'v1.example.com'): JsonObject =>
  objectOf(REGISTRATION, 'APIService', {
    metadata: { name },
    spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10, ...spec },
  });

function definition(versions: readonly object[]): JsonObject {
  const schema = { openAPIV3Schema: { type: 'object' } };
  const names = { plural: 'gears', kind: 'Gear' };
  const spec = { group: 'example.com', scope: 'Cluster', names, versions: versions.map((version) => ({ schema, ...version })) };
  return objectOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { metadata: { name: 'gears.example.com' }, spec });
}

function find<T extends KubeObject>(cluster: TestCluster, kind: Kind<T>, name: string): T | undefined {
  return listObjects(cluster.state, kind).find(({ metadata }) => metadata.name === name);
}

describe('registered APIs', () => {
  it('C942 M11 every group and version that is served has an APIService, and is available', () => {
    const { state } = createTestCluster();
    const registered = listObjects(state, apiServiceKind);
    const served = new Set(SERVED_KINDS.map(({ group, version }) => `${version}.${group}`));
    const reviews = ['v1.authentication.k8s.io', 'v1.authorization.k8s.io', 'v1beta1.metrics.k8s.io'];
    // What registers the others is not registered itself.
    const expected = [...served, ...reviews].filter((name) => name !== 'v1.apiregistration.k8s.io').sort();
    expect(registered.map(({ metadata }) => metadata.name).sort()).toEqual(expected);
    for (const { status } of registered) expect(status.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'Local' }]);
    expect(registered.find(({ metadata }) => metadata.name === 'v1.apps')).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 },
    });
  });

  it('C942 definitions register their versions as long as they serve them', () => {
    const cluster = createTestCluster();
    const names = (): readonly string[] =>
      listObjects(cluster.state, apiServiceKind)
        .filter(({ spec }) => spec.group === 'example.com')
        .map(({ metadata }) => metadata.name);
    const stored = { name: 'v1', served: true, storage: true };
    const made = cluster.create(definition([stored, { name: 'v2', served: true, storage: false }]));
    expect(names()).toEqual(['v1.example.com', 'v2.example.com']);
    expect(find(cluster, apiServiceKind, 'v1.example.com')).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
      spec: { groupPriorityMinimum: 1000, versionPriority: 100 },
    });
    cluster.accept({ verb: 'delete', resource: 'apiservices.apiregistration.k8s.io', name: 'v1.example.com', options: {} });
    expect(names()).toEqual(['v1.example.com', 'v2.example.com']);
    const target = { resource: 'customresourcedefinitions.apiextensions.k8s.io', name: 'gears.example.com', options: {} };
    const body = { ...definition([stored]), metadata: { ...made.metadata, resourceVersion: '' } } as unknown as JsonObject;
    cluster.accept({ verb: 'update', ...target, body });
    expect(names()).toEqual(['v1.example.com']);
    cluster.accept({ verb: 'delete', ...target });
    expect(names()).toEqual([]);
  });

  it('C942 an API behind a service is not available, and says why', () => {
    const cluster = createTestCluster();
    const condition = (): string => {
      const [found] = find(cluster, apiServiceKind, 'v1.example.com')?.status.conditions ?? [];
      return `${found?.status} ${found?.reason}: ${found?.message}`;
    };
    cluster.create(api({ service }));
    expect(condition()).toBe('False ServiceNotFound: service/s in "default" is not present');
    cluster.create(objectOf('v1', 'Service', { metadata: { name: 's' }, spec: { clusterIP: '10.96.9.9', ports: [{ port: 80 }] } }));
    expect(condition()).toBe('False ServicePortError: service/s in "default" is not listening on port 443');
    const ports = [{ port: 443, name: 'https' }];
    cluster.accept({
      verb: 'patch',
      resource: 'services',
      namespace: 'default',
      name: 's',
      patchType: 'merge',
      body: { spec: { ports } } as unknown as JsonObject,
      options: {},
    });
    expect(condition()).toBe('False EndpointsNotFound: cannot find endpoints for service/s in "default"');
    cluster.create(
      objectOf('v1', 'Endpoints', {
        metadata: { name: 's' },
        subsets: [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 443, name: 'web' }] }],
      }),
    );
    expect(condition()).toBe('False MissingEndpoints: endpoints for service/s in "default" have no addresses with port name "https"');
    cluster.accept({
      verb: 'patch',
      resource: 'endpoints',
      namespace: 'default',
      name: 's',
      patchType: 'merge',
      body: { subsets: [{ addresses: [{ ip: '10.1.1.1' }], ports }] } as unknown as JsonObject,
      options: {},
    });
    expect(condition()).toBe(
      'False FailedDiscoveryCheck: failing or missing response from https://10.96.9.9:443/apis/example.com/v1: Get "https://10.96.9.9:443/apis/example.com/v1": dial tcp 10.96.9.9:443: connect: connection refused',
    );
  });

  it.each<[string, JsonObject, string]>([
    ['a local API', api(), 'Name=v1.example.com Service=Local Available=True'],
    ['an API behind a service', api({ service }), 'Name=v1.example.com Service=default/s Available=Unknown'],
  ])('N8 the row of %s', (_what, body, expected) => {
    expect(rowOf(body)).toBe(expected);
  });

  it.each<[string, JsonObject, string]>([
    [
      'another name',
      api({}, 'v2.example.com'),
      'metadata.name: Invalid value: "v2.example.com": must be `spec.version+"."+spec.group`: "v1.example.com"',
    ],
    [
      'no group',
      api({ group: '', version: 'v2' }, 'v2.'),
      'spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
    ],
    ['no priority', api({ groupPriorityMinimum: 0 }), 'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000'],
    ['a high priority', api({ versionPriority: 1001 }), 'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000'],
    ['a bundle', api({ caBundle: 'AAAA' }), 'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle'],
    [
      'no verification',
      api({ insecureSkipTLSVerify: true }),
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
    ['no namespace', api({ service: { name: 's' } }), 'spec.service.namespace: Required value'],
    [
      'a wrong port',
      api({ service: { ...service, port: 70000 } }),
      'spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
    ],
    [
      'a bundle that is not looked at',
      api({ service, caBundle: 'AAAA', insecureSkipTLSVerify: true }),
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ])('P1 refuses %s', (_what, body, expected) => {
    const { name } = (body as unknown as KubeObject).metadata;
    expect(refusalOf(body)).toBe(`APIService.apiregistration.k8s.io "${name}" is invalid: ${expected}`);
  });
});

describe('status of an APIService', () => {
  it('I6 P1 is written apart, with conditions that are true, false or unknown', () => {
    const conditions = [{ type: 'Available', status: 'Maybe' }];
    expect(changeRefusal(api(), { status: { conditions } }, 'status')).toBe(
      'APIService.apiregistration.k8s.io "v1.example.com" is invalid: status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
    );
  });
});

describe('ranges and addresses of services', () => {
  const SERVICES = { resource: 'services', namespace: 'default' };
  const names = (cluster: TestCluster): readonly string[] => listObjects(cluster.state, ipAddressKind).map(({ metadata }) => metadata.name);

  it('C943 M11 a new cluster has its range and the address of its API server', () => {
    const cluster = createTestCluster();
    expect(find(cluster, serviceCidrKind, 'kubernetes')).toMatchObject({
      metadata: { finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
      spec: { cidrs: ['10.96.0.0/12'] },
      status: { conditions: [{ type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }] },
    });
    expect(find(cluster, ipAddressKind, '10.96.0.1')).toMatchObject({
      metadata: { labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
    });
  });

  it('C943 addresses come and go with their services', () => {
    const cluster = createTestCluster();
    cluster.create(objectOf('v1', 'Service', { metadata: { name: 's' }, spec: { clusterIP: '10.96.9.9', ports: [{ port: 80 }] } }));
    cluster.create(objectOf('v1', 'Service', { metadata: { name: 'headless' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } }));
    expect(names(cluster)).toEqual(['10.96.0.1', '10.96.9.9']);
    cluster.accept({ verb: 'delete', resource: 'ipaddresses.networking.k8s.io', name: '10.96.9.9', options: {} });
    expect(names(cluster)).toEqual(['10.96.0.1', '10.96.9.9']);
    cluster.accept({ verb: 'delete', ...SERVICES, name: 's', options: {} });
    expect(names(cluster)).toEqual(['10.96.0.1']);
  });

  it('C943 a range ends when no address needs it, after a grace', () => {
    const cluster = createTestCluster();
    cluster.create(range('10.200.0.0/24'));
    expect(find(cluster, serviceCidrKind, 'x')).toMatchObject({
      metadata: { finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const remove = (name: string): unknown =>
      cluster.accept({ verb: 'delete', resource: 'servicecidrs.networking.k8s.io', name, options: {} });
    remove('x');
    cluster.advance(9_999);
    expect(find(cluster, serviceCidrKind, 'x')).toBeDefined();
    cluster.advance(1);
    expect(find(cluster, serviceCidrKind, 'x')).toBeUndefined();
    remove('kubernetes');
    cluster.advance(20_000);
    expect(find(cluster, serviceCidrKind, 'kubernetes')?.status.conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'Terminating' },
    ]);
  });

  it.each<[string, JsonObject, string]>([
    ['a range', range('10.200.0.0/24', '2001:db8::/64'), 'Name=x CIDRs=10.200.0.0/24,2001:db8::/64'],
    ['an address', address(PARENT), 'Name=10.97.0.9 ParentRef=things.example.com/default/n'],
    ['an address of the core group', address({ resource: 'Services', name: 'n' }), 'Name=10.97.0.9 ParentRef=services/n'],
  ])('N8 the row of %s', (_what, body, expected) => {
    expect(rowOf(body)).toBe(expected);
  });

  it.each<[string, JsonObject, string]>([
    ['no ranges', range(), 'ServiceCIDR.networking.k8s.io "x" is invalid: spec.cidrs: Required value: at least one CIDR required'],
    [
      'three ranges',
      range('10.0.0.0/8', '10.0.0.0/8', '10.0.0.0/8'),
      'ServiceCIDR.networking.k8s.io "x" is invalid: spec.cidrs: Invalid value: networking.ServiceCIDRSpec{CIDRs:[]string{"10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"}}: may only hold up to 2 values',
    ],
    [
      'no range at all',
      range('10.0.0.0'),
      'ServiceCIDR.networking.k8s.io "x" is invalid: spec.cidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      'two ranges of a family',
      range('10.0.0.0/8', '11.0.0.0/8'),
      'ServiceCIDR.networking.k8s.io "x" is invalid: spec.cidrs: Invalid value: []string{"10.0.0.0/8", "11.0.0.0/8"}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
    ['no parent', address(), 'IPAddress.networking.k8s.io "10.97.0.9" is invalid: spec.parentRef: Required value'],
    [
      'half a parent',
      address({ resource: '', name: '' }),
      'IPAddress.networking.k8s.io "10.97.0.9" is invalid: [spec.parentRef.resource: Required value, spec.parentRef.name: Required value]',
    ],
    [
      'a name that is no address',
      address(PARENT, 'x'),
      'IPAddress.networking.k8s.io "x" is invalid: metadata.name: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ])('P1 refuses %s', (_what, body, expected) => {
    expect(refusalOf(body)).toBe(expected);
  });

  it('I9 a range stays as it is, or gets one of the other family; an address keeps its parent', () => {
    const changed = (...cidrs: string[]): string | undefined =>
      changeRefusal(range('10.200.0.0/24'), { metadata: { name: 'x' }, spec: { cidrs } });
    expect(changed('10.200.0.0/24', '2001:db8::/64')).toBeUndefined();
    expect(changed('10.201.0.0/24')).toMatch(/spec.cidrs\[0\]: Invalid value: "10.201.0.0\/24": field is immutable$/);
    expect(changeRefusal(address(PARENT), { spec: { parentRef: { ...PARENT, name: 'm' } } })).toMatch(
      /spec.parentRef: Invalid value: .*field is immutable$/,
    );
  });
});
