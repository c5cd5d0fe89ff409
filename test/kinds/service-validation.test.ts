// What only load balancers have, families of addresses, and how traffic is spread: accepted and refused.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster } from '../support/engine.ts';
import { refusalOf } from '../support/kind-cases.ts';

const ONLY = "Forbidden: may only be used when `type` is 'LoadBalancer'";
const RANGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

function service(spec: object, annotations?: object): JsonObject {
  const metadata = { name: 'x', namespace: 'default', ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], ...spec } } as unknown as JsonObject;
}

const balancer = { type: 'LoadBalancer' };

describe('P9 services', () => {
  it.each<[object, object | undefined, string]>([
    [
      { ...balancer, loadBalancerSourceRanges: ['10.0.0.0/8', ' 1.2.3.0/24 ', 'a'] },
      undefined,
      `spec.LoadBalancerSourceRanges[2]: Invalid value: "a": ${RANGE}`,
    ],
    [{ loadBalancerSourceRanges: ['10.0.0.0/8'] }, undefined, `spec.LoadBalancerSourceRanges: ${ONLY}`],
    [balancer, { [ANNOTATION]: '10.0.0.0/8,b' }, `metadata.annotations[${ANNOTATION}]: Invalid value: "b": ${RANGE}`],
    [{}, { [ANNOTATION]: '10.0.0.0/8' }, `metadata.annotations[${ANNOTATION}]: ${ONLY}`],
    [{ loadBalancerClass: 'a/b' }, undefined, `spec.loadBalancerClass: ${ONLY}`],
    [{ type: 'NodePort', allocateLoadBalancerNodePorts: false }, undefined, `spec.allocateLoadBalancerNodePorts: ${ONLY}`],
    [{ trafficDistribution: 'Foo' }, undefined, 'spec.trafficDistribution: Unsupported value: "Foo": supported values: "PreferClose"'],
    [{ ipFamilies: ['IPv6'] }, undefined, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    [
      { ipFamilyPolicy: 'RequireDualStack' },
      undefined,
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
  ])('P9 %j is refused', (spec, annotations, expected) => {
    expect(refusalOf(service(spec, annotations))).toBe(`Service "x" is invalid: ${expected}`);
  });

  it.each<[object, object | undefined]>([
    [{ ...balancer, loadBalancerSourceRanges: [' 10.0.0.0/8'] }, undefined],
    [balancer, { [ANNOTATION]: ' 10.0.0.0/8, 1.2.3.0/24 ' }],
    [{ ...balancer, loadBalancerClass: 'a/b', allocateLoadBalancerNodePorts: false }, undefined],
    [{ trafficDistribution: 'PreferClose', ipFamilyPolicy: 'PreferDualStack' }, undefined],
    [{ clusterIP: 'None' }, undefined],
  ])('P9 %j is accepted', (spec, annotations) => {
    expect(createTestCluster().create(service(spec, annotations)).metadata.name).toBe('x');
  });

  it('P9 the class of a load balancer stays, and goes with its type', () => {
    const cluster = createTestCluster();
    cluster.create(service({ ...balancer, loadBalancerClass: 'a/b' }));
    const body = { spec: { loadBalancerClass: 'a/c' } } as unknown as JsonObject;
    const refusal = cluster.refusal({
      verb: 'patch',
      patchType: 'merge',
      resource: 'services',
      namespace: 'default',
      name: 'x',
      body,
      options: {},
    });
    expect(refusal?.message).toBe('Service "x" is invalid: spec.loadBalancerClass: Invalid value: "a/c": may not change once set');
    cluster.patch('services/default/x', { spec: { type: 'ClusterIP' } });
    expect(cluster.get('services/default/x')).not.toMatchObject({ spec: { loadBalancerClass: 'a/b' } });
  });
});
