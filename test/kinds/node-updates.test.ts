// What of a node stays once it has it.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster } from '../support/engine.ts';

describe('I7 a node', () => {
  it.each([
    [
      'its provider',
      { providerID: 'a' },
      { providerID: 'b' },
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ],
    [
      'its ranges',
      { podCIDR: '10.0.0.0/24' },
      { podCIDRs: ['10.1.0.0/24'] },
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ],
  ])('I7 keeps %s', (_, first, second, message) => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} });
    const request = (spec: object) =>
      ({ verb: 'patch', patchType: 'merge', resource: 'nodes', name: 'n', body: { spec } as unknown as JsonObject, options: {} }) as const;
    cluster.accept(request(first));
    cluster.accept(request({ unschedulable: true }));
    const refusal = cluster.refusal(request({ ...(Object.hasOwn(second, 'podCIDRs') ? { podCIDR: '10.1.0.0/24' } : {}), ...second }));
    expect(refusal?.message).toBe(`Node "n" is invalid: ${message}`);
  });
});
