// Endpoints and EndpointSlices of services, on nodes that nobody runs: the pods' statuses are what the tests say.

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import type { Endpoints } from '../../../src/engine/kinds/endpoints/types.ts';
import type { EndpointSlice } from '../../../src/engine/kinds/endpointslice/types.ts';
import type { Service } from '../../../src/engine/kinds/service/types.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../../support/engine.ts';
import { livePods } from '../../support/workloads.ts';

const SLICES = 'endpointslices.discovery.k8s.io';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster();
  const labels = { 'topology.kubernetes.io/zone': 'zone-a' };
  cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels } });
});

interface Member {
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly spec?: object;
}

const PORTS = [{ name: 'web', containerPort: 8080 }];

/** A pod with the status that a kubelet would have written. */
function member(name: string, { labels = { app: 'web' }, ip, ready = true, phase = 'Running', spec = {} }: Member = {}): void {
  const containers = [{ name: 'c', image: 'i', ports: PORTS }];
  cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { nodeName: 'n1', containers, ...spec } });
  setStatus(name, ready, ip, phase);
}

function setStatus(name: string, ready: boolean, ip?: string, phase = 'Running'): void {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: formatTime(cluster.state.nowMs) }];
  const addresses = ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] };
  cluster.patch(`pods/${name}`, { status: { phase, conditions, ...addresses } }, 'status');
}

function service(name: string, spec: object = {}, metadata: object = {}): Service {
  const fields = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec };
  return cluster.create<Service>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...metadata },
    spec: fields,
  } as unknown as JsonObject);
}

/** `10.0.0.1 !10.0.0.2 :8080`, one line a subset; `!` is not ready. */
function subsets(name = 'web'): string[] | undefined {
  return cluster
    .find<Endpoints>(`endpoints/${name}`)
    ?.subsets?.map(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
      [...addresses.map(({ ip }) => ip), ...notReadyAddresses.map(({ ip }) => `!${ip}`), ...ports.map(({ port }) => `:${port}`)].join(' '),
    );
}

function slices(name = 'web'): EndpointSlice[] {
  return cluster.list<EndpointSlice>(SLICES, 'default').filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
}

/** `10.0.0.1 RS-`: ready, serving, terminating. */
function endpoints(name = 'web'): string[] {
  return slices(name).flatMap(({ endpoints: list }) =>
    (list ?? []).map(({ addresses, conditions = {} }) => {
      const { ready, serving, terminating } = conditions;
      return `${addresses[0] ?? ''} ${ready === true ? 'R' : '-'}${serving === true ? 'S' : '-'}${terminating === true ? 'T' : '-'}`;
    }),
  );
}

describe('membership', () => {
  it('C501 services without a selector and names of others have no endpoints; an empty selector is none', () => {
    member('a', { ip: '10.0.0.1' });
    service('bare', { selector: null });
    service('empty', { selector: {} });
    service('alias', { type: 'ExternalName', externalName: 'example.com' });
    expect([subsets('bare'), cluster.find('endpoints/bare'), slices('bare'), cluster.find('endpoints/alias'), slices('alias')]).toEqual([
      undefined,
      undefined,
      [],
      undefined,
      [],
    ]);
  });

  it('C502 pods need the labels, an address and a life that is not over', () => {
    service('web');
    member('other', { labels: { app: 'other' }, ip: '10.0.0.1' });
    member('bound', { ready: false, phase: 'Pending' });
    member('done', { ip: '10.0.0.2', ready: false, phase: 'Succeeded' });
    member('failed', { ip: '10.0.0.3', ready: false, phase: 'Failed' });
    expect([subsets(), endpoints()]).toEqual([undefined, []]);
    setStatus('bound', true, '10.0.0.4');
    expect([subsets(), endpoints()]).toEqual([['10.0.0.4 :8080'], ['10.0.0.4 RS-']]);
  });

  it('C503 C511 pods that go leave the addresses with the request, and slices with their end', () => {
    service('web');
    service('all', { publishNotReadyAddresses: true });
    member('a', { ip: '10.0.0.1' });
    cluster.remove('pods/a', { gracePeriodSeconds: 30 });
    expect([subsets(), endpoints(), subsets('all'), endpoints('all')]).toEqual([
      undefined,
      ['10.0.0.1 -ST'],
      ['10.0.0.1 :8080'],
      ['10.0.0.1 RST'],
    ]);
    cluster.remove('pods/a', { gracePeriodSeconds: 0 });
    expect([endpoints(), subsets('all')]).toEqual([[], undefined]);
  });

  it('C504 C505 C506 only the condition Ready counts, whoever wrote it', () => {
    service('web');
    service('all', { publishNotReadyAddresses: true });
    member('a', { ip: '10.0.0.1' });
    member('b', { ip: '10.0.0.2', ready: false });
    expect([subsets(), endpoints()]).toEqual([['10.0.0.1 !10.0.0.2 :8080'], ['10.0.0.1 RS-', '10.0.0.2 ---']]);
    expect([subsets('all'), endpoints('all')]).toEqual([['10.0.0.1 10.0.0.2 :8080'], ['10.0.0.1 RS-', '10.0.0.2 R--']]);
    setStatus('a', false, '10.0.0.1');
    expect(subsets()).toEqual(['!10.0.0.1 !10.0.0.2 :8080']);
  });

  it('C507 addresses say where they are and whose they are; hostnames only under the subdomain of the service', () => {
    service('web', { clusterIP: 'None' });
    member('a', { ip: '10.0.0.1', spec: { hostname: 'one', subdomain: 'web' } });
    member('b', { ip: '10.0.0.2', spec: { hostname: 'two', subdomain: 'elsewhere' } });
    const { uid } = cluster.get('pods/a').metadata;
    const [first, second] = cluster.get<Endpoints>('endpoints/web').subsets?.[0]?.addresses ?? [];
    expect(first).toEqual({
      ip: '10.0.0.1',
      hostname: 'one',
      nodeName: 'n1',
      targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid },
    });
    expect(second?.hostname).toBeUndefined();
    expect(slices()[0]?.endpoints?.[0]).toMatchObject({ hostname: 'one', nodeName: 'n1', zone: 'zone-a', targetRef: { name: 'a', uid } });
  });

  it('C507 C518 a slice leaves out pods whose node is not there, says so and tries again', () => {
    service('web');
    member('a', { ip: '10.0.0.1', spec: { nodeName: 'gone' } });
    expect([subsets(), endpoints()]).toEqual([['10.0.0.1 :8080'], []]);
    expect(cluster.events('services/web')[0]).toBe(
      'Warning FailedToUpdateEndpointSlices "Error updating Endpoint Slices for Service default/web: skipping Pod a for Service default/web: Node gone Not Found"',
    );
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'gone' } });
    cluster.advance(1_000);
    expect(endpoints()).toEqual(['10.0.0.1 RS-']);
  });

  it('C508 target ports are numbers or names of container ports; pods that resolve a name differently are apart', () => {
    service('web', { ports: [{ port: 80, targetPort: 'web' }] });
    member('a', { ip: '10.0.0.1' });
    member('b', { ip: '10.0.0.2', spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort: 9090 }] }] } });
    member('c', { ip: '10.0.0.3', spec: { containers: [{ name: 'c', image: 'i' }] } });
    expect(subsets()).toEqual(['10.0.0.1 :8080', '10.0.0.2 :9090']);
    const shapes = slices().map(({ ports, endpoints: list }) => `${(ports ?? []).map(({ port }) => port).join()} ${(list ?? []).length}`);
    expect(shapes.sort()).toEqual([' 1', '8080 1', '9090 1']);
  });

  it('C508 names of sidecars count after those of containers', () => {
    service('web', { ports: [{ port: 80, targetPort: 'side' }] });
    const initContainers = [{ name: 's', image: 'i', restartPolicy: 'Always', ports: [{ name: 'side', containerPort: 7000 }] }];
    member('a', { ip: '10.0.0.1', spec: { initContainers } });
    expect(subsets()).toEqual(['10.0.0.1 :7000']);
  });

  it('C509 a headless service without ports has addresses without ports', () => {
    service('web', { clusterIP: 'None', ports: [] });
    member('a', { ip: '10.0.0.1' });
    expect([subsets(), endpoints()]).toEqual([['10.0.0.1'], ['10.0.0.1 RS-']]);
  });

  it('C530 pods of several workloads are mixed', () => {
    service('web', { selector: { tier: 'front' } });
    member('a', { ip: '10.0.0.1', labels: { app: 'a', tier: 'front' } });
    member('b', { ip: '10.0.0.2', labels: { app: 'b', tier: 'front' } });
    expect(subsets()).toEqual(['10.0.0.1 10.0.0.2 :8080']);
  });
});

describe('timing and shape', () => {
  it('C510 C511 C527 follows readiness, labels, addresses, ports and selectors in the same instant', () => {
    service('web');
    member('a', { ip: '10.0.0.1', ready: false });
    const before = cluster.state.nowMs;
    setStatus('a', true, '10.0.0.1');
    expect(subsets()).toEqual(['10.0.0.1 :8080']);
    cluster.patch('pods/a', { metadata: { labels: { app: 'other' } } });
    expect(subsets()).toBeUndefined();
    cluster.patch('services/web', { spec: { selector: { app: 'other' } } });
    expect(subsets()).toEqual(['10.0.0.1 :8080']);
    cluster.patch('services/web', { spec: { ports: [{ port: 80, targetPort: 9000 }] } });
    expect(subsets()).toEqual(['10.0.0.1 :9000']);
    setStatus('a', true, '10.0.0.9');
    expect([subsets(), endpoints(), cluster.state.nowMs]).toEqual([['10.0.0.9 :9000'], ['10.0.0.9 RS-'], before]);
  });

  it('C510 other changes of pods wake nobody', () => {
    service('web');
    member('a', { ip: '10.0.0.1' });
    const changes = cluster.during('endpoints', () => cluster.patch('pods/a', { metadata: { annotations: { note: 'x' } } }));
    expect(changes).toEqual([]);
  });

  it('C512 the object has the name and labels of the service and says who keeps it; it is there when it is empty', () => {
    service('web', {}, { labels: { team: 'x' } });
    service('bare', { clusterIP: 'None' });
    const { metadata, subsets: list } = cluster.get<Endpoints>('endpoints/web');
    expect([metadata.labels, list]).toEqual([{ team: 'x', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }, undefined]);
    expect(cluster.get('endpoints/bare').metadata.labels).toEqual({
      'service.kubernetes.io/headless': '',
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    });
    member('a', { ip: '10.0.0.1' });
    expect(cluster.get('endpoints/web').metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time']).toMatch(/^2026-01-01T/);
  });

  it('C513 addresses are sorted as texts', () => {
    service('web');
    // In another order than the pods have by age and name.
    for (const [index, last] of [9, 2, 10].entries()) member(`p${index}`, { ip: `10.0.0.${last}` });
    expect(subsets()).toEqual(['10.0.0.10 10.0.0.2 10.0.0.9 :8080']);
  });

  it('C513 more than a thousand addresses are cut, and said so', () => {
    // A node has room for 110 pods.
    for (let index = 0; index < 10; index += 1) cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: `m${index}` } });
    for (let index = 0; index < 1_001; index += 1) {
      member(`p${index}`, { ip: `10.1.${Math.floor(index / 250)}.${index % 250}`, spec: { nodeName: `m${index % 10}` } });
    }
    service('web');
    const { subsets: list, metadata } = cluster.get<Endpoints>('endpoints/web');
    expect(list?.[0]?.addresses).toHaveLength(1_000);
    expect(metadata.annotations?.['endpoints.kubernetes.io/over-capacity']).toBe('truncated');
    // C514: slices hold all of them, a hundred each.
    expect(slices().map(({ endpoints: items }) => items?.length)).toEqual([...Array.from({ length: 10 }, () => 100), 1]);
    cluster.remove('pods/p0', { gracePeriodSeconds: 0 });
    expect(cluster.get('endpoints/web').metadata.annotations?.['endpoints.kubernetes.io/over-capacity']).toBeUndefined();
  });

  it('C514 a slice is owned by its service and carries its labels', () => {
    const { metadata } = service('web', {}, { labels: { team: 'x' } });
    const [slice] = slices();
    expect(slice?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect([slice?.metadata.labels, slice?.['addressType']]).toEqual([
      { team: 'x', 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
      'IPv4',
    ]);
    expect(slice?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Service', name: 'web', uid: metadata.uid, controller: true, blockOwnerDeletion: true },
    ]);
  });

  it('C515 the slice without endpoints becomes the first one with them', () => {
    service('web');
    const [placeholder] = slices();
    expect([placeholder?.endpoints, placeholder?.ports]).toEqual([null, null]);
    member('a', { ip: '10.0.0.1' });
    expect(slices().map(({ metadata, ports }) => [metadata.name, ports?.[0]?.port])).toEqual([[placeholder?.metadata.name, 8080]]);
    cluster.remove('pods/a', { gracePeriodSeconds: 0 });
    expect(slices().map(({ metadata, endpoints: list }) => [metadata.name, list])).toEqual([[placeholder?.metadata.name, null]]);
  });

  it('C516 endpoints keep their places, new ones come last', () => {
    service('web');
    for (const last of [5, 3, 4]) member(`p${last}`, { ip: `10.0.0.${last}` });
    cluster.remove('pods/p3', { gracePeriodSeconds: 0 });
    member('p1', { ip: '10.0.0.1' });
    expect(endpoints()).toEqual(['10.0.0.5 RS-', '10.0.0.4 RS-', '10.0.0.1 RS-']);
  });

  it('C517 both go with their service', () => {
    service('web');
    cluster.remove('services/web');
    cluster.advance(1_000);
    expect([cluster.find('endpoints/web'), slices()]).toEqual([undefined, []]);
  });

  it('C519 another selector changes no pods', () => {
    service('web');
    member('a', { ip: '10.0.0.1' });
    const changes = cluster.during('pods', () => cluster.patch('services/web', { spec: { selector: { app: 'none' } } }));
    expect([changes, subsets()]).toEqual([[], undefined]);
  });

  it('C529 no hints are given', () => {
    service('web');
    member('a', { ip: '10.0.0.1' });
    expect(Object.keys(slices()[0]?.endpoints?.[0] ?? {})).not.toContain('hints');
  });

  it('C532 at every instant of a rollout the addresses are the ready pods that stay', () => {
    const running = createTestCluster({ nodes: 2 });
    const app = { ...(replicaSet('web', 4) as Record<string, unknown>), kind: 'Deployment' } as JsonObject;
    running.create(app);
    running.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    } as never);
    running.advanceTo(20_000);
    running.patch('deployments.apps/web', { spec: { template: { metadata: { annotations: { version: '2' } } } } });
    let mostSeen = 0;
    for (let at = 20_500; at <= 60_000; at += 500) {
      running.advanceTo(at);
      const ready = livePods(running).filter(({ status }) =>
        status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
      );
      const addresses = running.get<Endpoints>('endpoints/web').subsets?.flatMap((subset) => subset.addresses ?? []) ?? [];
      expect(addresses.map(({ ip }) => ip).sort()).toEqual(ready.map(({ status }) => status.podIP ?? '').sort());
      mostSeen = Math.max(mostSeen, addresses.length);
    }
    expect(mostSeen).toBeGreaterThanOrEqual(4);
  });
});

describe('services', () => {
  const refusal = (spec: object, name = 's'): string | undefined =>
    cluster.refusal({
      verb: 'create',
      resource: 'services',
      namespace: 'default',
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec } as unknown as JsonObject,
      options: {},
    })?.message;

  it('C520 defaults', () => {
    expect(service('a', { ports: [{ port: 80 }] }).spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
    });
    expect(service('b', { type: 'NodePort' }).spec.externalTrafficPolicy).toBe('Cluster');
    expect(refusal({ ports: [{ port: 80 }, { port: 81 }] })).toContain(
      '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    );
  });

  it('C521 the address stays, but for a time as a name of another', () => {
    const { spec } = service('a');
    expect(service('h', { clusterIP: 'None' }).spec.clusterIPs).toEqual(['None']);
    const patch = { spec: { clusterIP: '10.96.0.77', clusterIPs: ['10.96.0.77'] } };
    expect(
      cluster.refusal({
        verb: 'patch',
        resource: 'services',
        namespace: 'default',
        name: 'a',
        patchType: 'merge',
        body: patch,
        options: {},
      })?.message,
    ).toContain('spec.clusterIPs[0]: Invalid value: []string{"10.96.0.77"}: may not change once set');
    cluster.patch('services/a', { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } });
    expect(cluster.get<Service>('services/a').spec.clusterIP).toBeUndefined();
    expect(spec.clusterIP).toMatch(/^10\.96\./);
  });

  it('C522 M11 the first address is that of the API server', () => {
    expect(cluster.get<Service>('services/kubernetes').spec).toMatchObject({
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443 }],
    });
    expect(cluster.get<Endpoints>('endpoints/kubernetes').subsets).toEqual([
      { addresses: [{ ip: '172.18.0.1' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
    ]);
    expect(slices('kubernetes').map(({ metadata }) => metadata.name)).toEqual(['kubernetes']);
  });

  it('C523 C524 addresses are given from the upper band, asked for from anywhere, and free when their service is gone', () => {
    const { spec } = service('a');
    expect(spec.clusterIP).toBe('10.96.1.1');
    expect(service('b', { clusterIP: '10.96.0.9' }).spec.clusterIP).toBe('10.96.0.9');
    expect(refusal({ clusterIP: '10.96.0.9', ports: [{ port: 80 }] })).toContain(
      'spec.clusterIPs: Invalid value: []string{"10.96.0.9"}: failed to allocate IP 10.96.0.9: provided IP is already allocated',
    );
    expect(refusal({ clusterIP: '10.200.0.9', ports: [{ port: 80 }] })).toContain('the provided network does not match the current range');
    cluster.remove('services/b');
    expect(service('c', { clusterIP: '10.96.0.9' }).spec.clusterIP).toBe('10.96.0.9');
  });

  it('C525 node ports too', () => {
    expect(service('a', { type: 'NodePort' }).spec.ports?.[0]?.nodePort).toBe(30_086);
    expect(service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 }] }).spec.ports?.[0]?.nodePort).toBe(30_000);
    expect(refusal({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 }] })).toContain(
      'spec.ports[0].nodePort: Invalid value: 30000: provided port is already allocated',
    );
    expect(refusal({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })).toContain(
      'provided port is not in the valid range. The range of valid ports is 30000-32767',
    );
  });

  it('C526 a load balancer stays pending', () => {
    const { spec } = service('lb', { type: 'LoadBalancer' });
    cluster.advance(600_000);
    expect([spec.allocateLoadBalancerNodePorts, cluster.get<Service>('services/lb').status]).toEqual([true, { loadBalancer: {} }]);
  });

  it('C528 Endpoints are kept although they are deprecated', () => {
    service('web');
    const { warnings } = cluster.execute({
      type: 'request',
      request: { verb: 'create', resource: 'endpoints', namespace: 'default', body: endpointsBody(), options: {} },
    }).outcome;
    expect(cluster.find<KubeObject>('endpoints/by-hand')?.kind).toBe('Endpoints');
    expect(warnings).toEqual([]);
  });
});

function endpointsBody(): JsonObject {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'by-hand' } } as unknown as JsonObject;
}
