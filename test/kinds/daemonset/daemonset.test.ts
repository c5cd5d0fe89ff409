import { describe, expect, it } from 'vitest';
import type { DaemonSet } from '../../../src/engine/kinds/daemonset/types.ts';
import { createTestCluster, podTemplate } from '../../support/engine.ts';
import { daemonSet } from '../../support/workloads.ts';

function refusalOf(spec: object): string | undefined {
  const body = daemonSet('agent', spec as Record<string, unknown>);
  return createTestCluster().refusal({ verb: 'create', resource: 'daemonsets.apps', namespace: 'default', body, options: {} })?.message;
}

it('C407 O9 defaults, and a count of templates that clients cannot set', () => {
  const cluster = createTestCluster();
  const made = cluster.create<DaemonSet>(daemonSet('agent'));
  expect(made.spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  const key = 'deprecated.daemonset.template.generation';
  expect(made.metadata.annotations).toEqual({ [key]: '1' });
  cluster.patch('daemonsets.apps/agent', { metadata: { annotations: { [key]: '9' } } });
  expect(cluster.get('daemonsets.apps/agent').metadata.annotations).toEqual({ [key]: '1' });
  cluster.patch('daemonsets.apps/agent', { spec: { template: { metadata: { labels: { b: 'c' } } } } });
  expect(cluster.get('daemonsets.apps/agent').metadata.annotations).toEqual({ [key]: '2' });
});

describe('validation', () => {
  const rolling = (maxUnavailable: unknown, maxSurge: unknown): object => ({
    updateStrategy: { rollingUpdate: { maxUnavailable, maxSurge } },
  });
  it.each<[string, object, string]>([
    [
      'C407 both',
      rolling(1, '10%'),
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"10%"}: may not be set when maxUnavailable is non-zero',
    ],
    ['C407 neither', rolling(0, 0), 'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ['C407 too much', rolling('101%', 0), 'must not be greater than 100%'],
    ['empty selector', { selector: {} }, 'empty selector is invalid for daemonset'],
    ['other labels', { template: podTemplate({ app: 'x' }) }, '`selector` does not match template `labels`'],
    ['history', { revisionHistoryLimit: -1 }, 'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0'],
  ])('%s', (_name, spec, message) => {
    expect(refusalOf(spec)).toContain(message);
  });
});
