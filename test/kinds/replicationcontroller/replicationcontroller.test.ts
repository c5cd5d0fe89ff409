import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { ReplicationController } from '../../../src/engine/kinds/replicationcontroller/types.ts';
import { createTestCluster, podTemplate } from '../../support/engine.ts';

function manifest(spec: object, metadata: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc', ...metadata }, spec } as JsonObject;
}

it('C164 selector and labels default to the labels of the template, unless they are given', () => {
  const template = podTemplate({ app: 'rc', tier: 'a' });
  const made = createTestCluster().create<ReplicationController>(manifest({ template }));
  expect([made.spec.replicas, made.spec.selector, made.metadata.labels]).toEqual([1, { app: 'rc', tier: 'a' }, { app: 'rc', tier: 'a' }]);
  const given = createTestCluster().create<ReplicationController>(
    manifest({ template, selector: { app: 'rc' } }, { labels: { own: 'x' } }),
  );
  expect([given.spec.selector, given.metadata.labels]).toEqual([{ app: 'rc' }, { own: 'x' }]);
});

describe('C165 C166 validation', () => {
  it.each<[string, object, string]>([
    ['no template', { selector: { a: 'b' } }, 'spec.template: Required value'],
    ['other labels', { selector: { a: 'b' }, template: podTemplate({ app: 'a' }) }, '`selector` does not match template `labels`'],
    ['no labels', { template: podTemplate({}) }, 'spec.selector: Required value'],
    [
      'negative',
      { replicas: -1, template: podTemplate({ a: 'b' }) },
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('%s', (_name, spec, message) => {
    const request = {
      verb: 'create' as const,
      resource: 'replicationcontrollers',
      namespace: 'default',
      body: manifest(spec),
      options: {},
    };
    expect(createTestCluster().refusal(request)?.message).toContain(message);
  });
});
