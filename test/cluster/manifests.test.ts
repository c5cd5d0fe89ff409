// Manifests hold together: all of them are done or none, and none leaves a trace when one is refused.

import { describe, expect, it } from 'vitest';
import { cloneJson, type JsonObject, type KubeObject } from '../../src/engine/apimachinery/meta.ts';
import type { Command, Outcome } from '../../src/engine/cluster/command.ts';
import { stateHash } from '../../src/engine/cluster/index.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';
import { SENT_SAMPLES } from '../support/samples.ts';

type Mode = Extract<Command, { type: 'manifests' }>['mode'];

const send = (cluster: TestCluster, objects: readonly JsonObject[], mode: Mode = 'apply', dryRun = false): Outcome =>
  cluster.execute({ type: 'manifests', mode, namespace: 'default', objects, ...(dryRun ? { dryRun } : {}) }).outcome;

const told = (outcome: Outcome): readonly string[] =>
  outcome.ok
    ? (outcome.results ?? []).map(({ action, kind, name }) => `${action} ${kind}/${name}`)
    : (outcome.failures ?? []).map(({ index, status }) => `${index}: ${status.code} ${status.message}`);

const configMap = (name: string, metadata: JsonObject = {}, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});
const pod = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
});
const service = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
const NAMESPACE: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

describe('what is wrong with one', () => {
  it('in a namespace that comes with it, refuses all', () => {
    const cluster = createTestCluster();
    const deployment: JsonObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'other' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    };
    const outcome = send(cluster, [NAMESPACE, deployment, configMap('a', { namespace: 'shop' })]);
    expect(told(outcome)).toEqual([
      expect.stringMatching(/^1: 422 Deployment.apps "web" is invalid: .*`selector` does not match template `labels`/),
    ]);
    expect([cluster.find('namespaces/shop'), cluster.find('configmaps/shop/a')]).toEqual([undefined, undefined]);
  });

  it('because those before it have used up a quota, refuses all', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '1' } } });
    expect(told(send(cluster, [pod('a'), pod('b'), pod('c')]))).toEqual([
      expect.stringMatching(/^1: 403 pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1/),
      expect.stringMatching(/^2: 403 pods "c" is forbidden: exceeded quota/),
    ]);
    expect(cluster.list('pods')).toEqual([]);
    expect(told(send(cluster, [pod('a')]))).toEqual(['created Pod/a']);
  });

  it('because its name is there already, refuses all when it is to be created, and is the second version when applied', () => {
    const cluster = createTestCluster();
    expect(told(send(cluster, [configMap('a'), configMap('b'), configMap('a')], 'create'))).toEqual([
      '2: 409 configmaps "a" already exists',
    ]);
    expect(cluster.list('configmaps', 'default').map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt']);
    expect(told(send(cluster, [configMap('a', {}, { k: '1' }), configMap('a', {}, { k: '2' }), configMap('a', {}, { k: '2' })]))).toEqual([
      'created ConfigMap/a',
      'configured ConfigMap/a',
      'unchanged ConfigMap/a',
    ]);
    expect(cluster.get<KubeObject & { data: object }>('configmaps/a').data).toEqual({ k: '2' });
  });

  it('names every mistake of every object', () => {
    const cluster = createTestCluster();
    const outcome = send(cluster, [
      configMap('A'),
      { kind: 'ConfigMap', metadata: { name: 'a' } },
      configMap('ok'),
      { apiVersion: 'a/v1', kind: 'B', metadata: { name: 'b' } },
    ]);
    expect(told(outcome).map((line) => line.slice(0, 6))).toEqual(['0: 422', '1: 400', '3: 400']);
  });

  it('leaves no trace: names, addresses, versions and random choices go on as if nothing had been asked', () => {
    const [tried, spared] = [createTestCluster({ nodes: 2 }), createTestCluster({ nodes: 2 })];
    for (const cluster of [tried, spared]) {
      expect(send(cluster, [service('first'), pod('first')]).ok).toBe(true);
      cluster.advance(5_000);
    }
    const before = stateHash(tried.state);
    const generated: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'x-' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    expect(send(tried, [NAMESPACE, service('a'), service('b'), pod('a'), configMap('BAD')]).ok).toBe(false);
    expect(send(tried, [generated, configMap('BAD')], 'create').ok).toBe(false);
    expect(send(tried, [pod('first'), service('first'), pod('nobody')], 'delete').ok).toBe(false);
    expect(stateHash(tried.state)).toBe(before);
    for (const cluster of [tried, spared]) {
      expect(send(cluster, [NAMESPACE, service('a'), service('b'), pod('a')]).ok).toBe(true);
      expect(send(cluster, [generated], 'create').ok).toBe(true);
      cluster.advance(60_000);
    }
    expect(stateHash(tried.state)).toBe(stateHash(spared.state));
  });
});

describe('a dry run', () => {
  it('tells what would be done, also with what only would be there, and does nothing', () => {
    const cluster = createTestCluster();
    const before = stateHash(cluster.state);
    const objects = [NAMESPACE, configMap('a', { namespace: 'shop' }), configMap('a', { namespace: 'shop' }, { k: 'v' })];
    expect(told(send(cluster, objects, 'apply', true))).toEqual([
      'created Namespace/shop',
      'created ConfigMap/a',
      'configured ConfigMap/a',
    ]);
    expect(stateHash(cluster.state)).toBe(before);
  });
});

describe('an export', () => {
  it('of every kind is taken by a cluster that has none of it', () => {
    for (const sample of SENT_SAMPLES) {
      const [from, to] = [createTestCluster({ nodes: 1 }), createTestCluster({ nodes: 1 })];
      const exported = cloneJson(from.create(sample)) as unknown as { metadata: Record<string, unknown> };
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'somebody' }];
      Object.assign(exported.metadata, { ownerReferences });
      const outcome = send(to, [exported as unknown as JsonObject]);
      expect(outcome.ok ? [] : told(outcome), String(sample['kind'])).toEqual([]);
    }
  });

  it('is meant for the version that it names', () => {
    const cluster = createTestCluster();
    send(cluster, [configMap('a', {}, { k: '1' })]);
    const exported = cloneJson(cluster.get('configmaps/a')) as unknown as JsonObject;
    // The annotation of what was applied last says more than before.
    expect(told(send(cluster, [exported]))).toEqual(['configured ConfigMap/a']);
    cluster.patch('configmaps/a', { data: { k: '2' } });
    expect(told(send(cluster, [exported]))).toEqual([
      expect.stringMatching(/^0: 409 Operation cannot be fulfilled on configmaps "a": the object has been modified/),
    ]);
    expect(told(send(cluster, [configMap('new', { resourceVersion: '77', uid: 'another' })]))).toEqual(['created ConfigMap/new']);
  });
});
