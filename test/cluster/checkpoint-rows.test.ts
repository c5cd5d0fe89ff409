// What a checkpoint is told: the rows that differ from the one before, and which of them it does not have.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type RecordChange, recordChanges } from '../../src/engine/cluster/index.ts';
import { markStored } from '../../src/engine/cluster/snapshot.ts';
import { forkState } from '../../src/engine/kernel/state.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

/** The ConfigMaps among what a checkpoint is told: new, changed or removed. */
function told(state: TestCluster['state']): Record<string, string> {
  const isOurs = ({ table, key }: RecordChange): boolean => table === 'objects/configmaps' && !key.endsWith('kube-root-ca.crt');
  const kindOf = ({ json, isNew }: RecordChange): string => (json === null ? 'removed' : isNew ? 'new' : 'changed');
  return Object.fromEntries([...recordChanges(state)].filter(isOurs).map((change) => [change.key.split('/')[1], kindOf(change)]));
}

function clusterWith(...names: string[]): TestCluster {
  const cluster = createTestCluster({ nodes: 1 });
  for (const name of names) cluster.create(configMap(name));
  markStored(cluster.state);
  return cluster;
}

function remove(cluster: TestCluster, name: string): void {
  cluster.execute({ type: 'request', request: { verb: 'delete', resource: 'configmaps', namespace: 'default', name, options: {} } });
}

describe('a checkpoint', () => {
  it('is told what is new, what has changed and what is gone', () => {
    const cluster = clusterWith('kept', 'edited', 'gone');
    cluster.create(configMap('fresh'));
    const request = {
      verb: 'patch',
      resource: 'configmaps',
      namespace: 'default',
      name: 'edited',
      patchType: 'merge',
      body: { data: { a: 'b' } },
    } as const;
    cluster.execute({ type: 'request', request: { ...request, options: {} } });
    remove(cluster, 'gone');
    expect(told(cluster.state)).toEqual({ fresh: 'new', edited: 'changed', gone: 'removed' });
    expect(told(forkState(cluster.state))).toEqual(told(cluster.state));
    markStored(cluster.state);
    expect(told(cluster.state)).toEqual({});
    remove(cluster, 'fresh');
    expect(told(cluster.state)).toEqual({ fresh: 'removed' });
  });

  it('is not told of what came and went', () => {
    const cluster = clusterWith();
    cluster.create(configMap('brief'));
    remove(cluster, 'brief');
    expect(told(cluster.state)).toEqual({});
    cluster.create(configMap('brief'));
    expect(told(cluster.state)).toEqual({ brief: 'new' });
  });

  it('is told of what was removed and made again as of something changed', () => {
    const cluster = clusterWith('again');
    remove(cluster, 'again');
    cluster.create(configMap('again'));
    expect(told(cluster.state)).toEqual({ again: 'changed' });
  });

  it('is not misled by what was taken back', () => {
    const cluster = clusterWith('kept');
    const objects = [configMap('tried'), configMap('kept', { a: 'b' })] as unknown as JsonObject[];
    cluster.execute({ type: 'manifests', mode: 'apply', namespace: 'default', dryRun: true, objects });
    expect(told(cluster.state)).toEqual({ kept: 'changed' });
  });
});
