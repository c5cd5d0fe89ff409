// Slices of Endpoints that people wrote (C535).

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { EndpointSlice } from '../../../src/engine/kinds/endpointslice/types.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';

let cluster: TestCluster;
beforeEach(() => {
  cluster = createTestCluster();
});

function service(spec: object = {}): void {
  cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'db' }, spec: { ports: [{ port: 80 }], ...spec } } as JsonObject);
}

function endpoints(subsets: readonly object[], metadata: object = {}): void {
  cluster.create({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'db', ...metadata }, subsets } as unknown as JsonObject);
}

function slices(): EndpointSlice[] {
  return cluster
    .list<EndpointSlice>('endpointslices.discovery.k8s.io', 'default')
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'db');
}

/** `10.1.2.3 !10.1.2.4 :80`, one line a slice; `!` is not ready. */
function rows(): string[] {
  return slices()
    .map(({ endpoints: list, ports }) =>
      [
        ...(list ?? []).map(({ addresses, conditions }) => `${conditions.ready === true ? '' : '!'}${addresses[0]}`),
        ...(ports ?? []).map(({ port }) => `:${port}`),
      ].join(' '),
    )
    .sort();
}

const SUBSET = { addresses: [{ ip: '10.1.2.3' }], notReadyAddresses: [{ ip: '10.1.2.4' }], ports: [{ port: 80 }] };

describe('C535 Endpoints without a controller are mirrored', () => {
  it('with their labels, annotations and ports, and belong to them', () => {
    service();
    endpoints(
      [SUBSET, { addresses: [{ ip: '10.1.2.5', hostname: 'h', nodeName: 'n' }], ports: [{ name: 'x', port: 81, protocol: 'UDP' }] }],
      {
        labels: { a: 'b' },
        annotations: { note: 'kept', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
    );
    expect(rows()).toEqual(['10.1.2.3 !10.1.2.4 :80', '10.1.2.5 :81']);
    const slice = slices().find(({ ports }) => ports?.[0]?.port === 81);
    expect(slice).toMatchObject({
      metadata: {
        generateName: 'db-',
        annotations: { note: 'kept' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name: 'db', controller: true, blockOwnerDeletion: true }],
      },
      addressType: 'IPv4',
      ports: [{ name: 'x', port: 81, protocol: 'UDP' }],
      endpoints: [{ addresses: ['10.1.2.5'], conditions: { ready: true }, hostname: 'h', nodeName: 'n' }],
    });
    expect(slice?.metadata.labels).toEqual({
      a: 'b',
      'kubernetes.io/service-name': 'db',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    });
    expect(Object.keys(slice?.metadata.annotations ?? {})).toEqual(['note']);
  });

  it('in slices of a hundred', () => {
    service();
    endpoints([{ addresses: Array.from({ length: 250 }, (_, index) => ({ ip: `10.1.${Math.floor(index / 200)}.${(index % 200) + 1}` })) }]);
    expect(
      slices()
        .map(({ endpoints: list }) => list?.length)
        .sort(),
    ).toEqual([100, 100, 50]);
  });

  it('as they are changed, in the same slice', () => {
    service();
    endpoints([SUBSET]);
    const [before] = slices();
    cluster.patch('endpoints/db', { subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports: [{ port: 80 }] }] });
    expect(rows()).toEqual(['10.2.3.4 :80']);
    cluster.patch('endpoints/db', {
      subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports: [{ port: 90 }] }],
      metadata: { labels: { c: 'd' } },
    });
    const [after] = slices();
    expect([rows(), after?.metadata.name, after?.metadata.labels?.['c']]).toEqual([['10.2.3.4 :90'], before?.metadata.name, 'd']);
  });

  it('until they, or the Service, are gone', () => {
    service();
    endpoints([SUBSET]);
    cluster.remove('services/db');
    expect(rows()).toEqual([]);
    service();
    if (cluster.find('endpoints/db') === undefined) endpoints([SUBSET]);
    expect(rows()).toEqual(['10.1.2.3 !10.1.2.4 :80']);
    cluster.remove('endpoints/db');
    expect(rows()).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['a selector', { selector: { app: 'none' } }, {}],
    ['a label that forbids it', {}, { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }],
    ['a lock of an election', {}, { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }],
  ])('but not with %s', (_title, spec, metadata) => {
    service(spec);
    if (cluster.find('endpoints/db') === undefined) endpoints([SUBSET], metadata);
    const managers = slices().map((slice) => slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by']);
    expect(managers).not.toContain('endpointslicemirroring-controller.k8s.io');
  });

  it('and not without a Service', () => {
    endpoints([SUBSET]);
    expect(rows()).toEqual([]);
    service();
    expect(rows()).toEqual(['10.1.2.3 !10.1.2.4 :80']);
  });
});
