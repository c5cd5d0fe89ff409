// The subsets of Endpoints, as pure functions (C504, C506-C509, C513).

import { describe, expect, it } from 'vitest';
import { countAddresses, subsetsOf, truncateSubsets } from '../../../src/engine/controllers/endpoints/plan.ts';
import { finish } from '../../../src/engine/kernel/steps.ts';
import type { EndpointSubset } from '../../../src/engine/kinds/endpoints/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { Service } from '../../../src/engine/kinds/service/types.ts';

interface PodFacts {
  readonly ip: string;
  readonly ready?: boolean;
  readonly uid?: string;
  readonly nodeName?: string;
  readonly web?: number;
}

function podOf(name: string, { ip, ready = true, uid = name, nodeName, web }: PodFacts): Pod {
  const ports = web === undefined ? [] : [{ name: 'web', containerPort: web, protocol: 'TCP' }];
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default', uid },
    spec: { containers: [{ name: 'c', image: 'i', ports }], ...(nodeName === undefined ? {} : { nodeName }) },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as unknown as Pod;
}

function serviceOf(ports: readonly object[] | undefined, spec: object = {}): Service {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'default' },
    spec: { ...(ports === undefined ? {} : { ports }), ...spec },
  } as unknown as Service;
}

const HTTP = { port: 80, targetPort: 8080, protocol: 'TCP' };
const plan = (service: Service, ...pods: Pod[]): readonly EndpointSubset[] => finish(subsetsOf(service, pods));
const ips = (subset: EndpointSubset | undefined): string[] => (subset?.addresses ?? []).map(({ ip }) => ip);

describe('C504 subsets', () => {
  it('C504 pods with the same ports are one subset; who is not ready stands beside', () => {
    const pods = [podOf('b', { ip: '10.0.0.9' }), podOf('a', { ip: '10.0.0.10' }), podOf('c', { ip: '10.0.0.1', ready: false })];
    expect(plan(serviceOf([HTTP]), ...pods)).toEqual([
      {
        addresses: [
          { ip: '10.0.0.10', targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'a' } },
          { ip: '10.0.0.9', targetRef: { kind: 'Pod', namespace: 'default', name: 'b', uid: 'b' } },
        ],
        notReadyAddresses: [{ ip: '10.0.0.1', targetRef: { kind: 'Pod', namespace: 'default', name: 'c', uid: 'c' } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
  });

  it('C504 none of those that are ready, and none of those that are not, is no empty list', () => {
    const [subset] = plan(serviceOf([HTTP]), podOf('a', { ip: '10.0.0.1', ready: false }));
    expect(Object.keys(subset ?? {})).toEqual(['notReadyAddresses', 'ports']);
    expect(Object.keys(plan(serviceOf([HTTP]), podOf('a', { ip: '10.0.0.1' }))[0] ?? {})).toEqual(['addresses', 'ports']);
  });

  it('C507 publishNotReadyAddresses publishes all', () => {
    const service = serviceOf([HTTP], { publishNotReadyAddresses: true });
    expect(ips(plan(service, podOf('a', { ip: '10.0.0.1', ready: false }))[0])).toEqual(['10.0.0.1']);
  });

  it('C504 an address names its node when it has one', () => {
    const [on, off] = [podOf('a', { ip: '10.0.0.1', nodeName: 'n1' }), podOf('b', { ip: '10.0.0.2' })];
    expect(plan(serviceOf([HTTP]), on, off)[0]?.addresses?.map((address) => 'nodeName' in address)).toEqual([true, false]);
  });

  it('C508 who has no port of a name is left out for it, and stands in a subset of the others', () => {
    const named = [
      { name: 'web', port: 80, targetPort: 'web', protocol: 'TCP' },
      { name: 'admin', port: 90, targetPort: 9000, protocol: 'TCP' },
    ];
    const found = plan(serviceOf(named), podOf('a', { ip: '10.0.0.1', web: 8080 }), podOf('b', { ip: '10.0.0.2' }));
    expect(found.map((subset) => [ips(subset), subset.ports?.map(({ name, port }) => `${name} ${port}`)])).toEqual([
      [['10.0.0.2'], ['admin 9000']],
      [['10.0.0.1'], ['admin 9000', 'web 8080']],
    ]);
    expect(plan(serviceOf(named.slice(0, 1)), podOf('b', { ip: '10.0.0.2' }))).toEqual([]);
  });

  it('C508 one name with other numbers is other subsets, in order of their ports', () => {
    const named = [{ name: 'web', port: 80, targetPort: 'web', protocol: 'TCP' }];
    const pods = [podOf('a', { ip: '10.0.0.1', web: 8080 }), podOf('b', { ip: '10.0.0.2', web: 80 })];
    expect(plan(serviceOf(named), ...pods).map((subset) => subset.ports?.[0]?.port)).toEqual([80, 8080]);
  });

  it('C506 a port keeps its application protocol, and its name when it has one', () => {
    const ports = [
      { ...HTTP, name: '', appProtocol: 'kubernetes.io/h2c' },
      { ...HTTP, name: 'plain', port: 81 },
    ];
    expect(plan(serviceOf(ports), podOf('a', { ip: '10.0.0.1' }))[0]?.ports).toEqual([
      { port: 8080, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
      { name: 'plain', port: 8080, protocol: 'TCP' },
    ]);
  });
});

describe('C509 services without ports', () => {
  it('C509 a headless one has addresses alone', () => {
    const pod = podOf('a', { ip: '10.0.0.1' });
    for (const ports of [[], undefined]) {
      const found = plan(serviceOf(ports, { clusterIP: 'None' }), pod);
      expect(found.map((subset) => [ips(subset), 'ports' in subset])).toEqual([[['10.0.0.1'], false]]);
    }
  });

  it('C509 another has none, and one that has ports needs them in the pod', () => {
    const pod = podOf('a', { ip: '10.0.0.1' });
    expect(plan(serviceOf([], { clusterIP: '10.96.0.7' }), pod)).toEqual([]);
    expect(plan(serviceOf([{ port: 80, targetPort: 'web', protocol: 'TCP' }], { clusterIP: 'None' }), pod)).toEqual([]);
  });
});

describe('C513 at most a thousand addresses', () => {
  const addresses = (count: number, from = 0): { ip: string }[] =>
    Array.from({ length: count }, (_, index) => ({ ip: `ip-${from + index}` }));
  const ports = [{ port: 80, protocol: 'TCP' as const }];

  it('C513 addresses of one IP are in order of their pods', () => {
    const pods = ['b', 'a', 'c'].map((uid) => podOf(uid, { ip: '10.0.0.1', uid }));
    expect(plan(serviceOf([HTTP]), ...pods)[0]?.addresses?.map(({ targetRef }) => targetRef?.uid)).toEqual(['a', 'b', 'c']);
  });

  it('C513 what is few enough stays as it is', () => {
    const subsets = [{ addresses: addresses(600), notReadyAddresses: addresses(400), ports }];
    expect(truncateSubsets(subsets)).toBe(subsets);
    expect(countAddresses(subsets)).toBe(1_000);
  });

  it('C513 ready ones of all subsets come first, then the others in order', () => {
    const subsets: EndpointSubset[] = [
      { addresses: addresses(600), notReadyAddresses: addresses(300, 5_000), ports },
      { addresses: addresses(300, 1_000), notReadyAddresses: addresses(300, 6_000) },
      { notReadyAddresses: addresses(10, 7_000), ports },
    ];
    const kept = truncateSubsets(subsets);
    expect(kept.map((subset) => [subset.addresses?.length, subset.notReadyAddresses?.length])).toEqual([
      [600, 100],
      [300, undefined],
      [undefined, undefined],
    ]);
    expect(kept[0]?.notReadyAddresses?.at(-1)).toEqual({ ip: 'ip-5099' });
    expect(kept.map((subset) => Object.keys(subset))).toEqual([['addresses', 'notReadyAddresses', 'ports'], ['addresses'], ['ports']]);
    expect(countAddresses(kept)).toBe(1_000);
  });

  it('C513 no more ready ones than that', () => {
    expect(countAddresses(truncateSubsets([{ addresses: addresses(1_001), ports }]))).toBe(1_000);
  });
});
