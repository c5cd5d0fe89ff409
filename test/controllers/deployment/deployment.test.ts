// Deployments: rollouts, rollbacks, scaling, pausing and what they say of themselves.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { getObject, listObjects } from '../../../src/engine/apiserver/api.ts';
import { deploymentKind } from '../../../src/engine/kinds/deployment/index.ts';
import type { Deployment } from '../../../src/engine/kinds/deployment/types.ts';
import { replicaSetKind } from '../../../src/engine/kinds/replicaset/index.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

const WELL = { image: 'c1t1d0s7/myweb:v1', imagePullPolicy: 'Never' };
const WELL_TOO = { image: 'c1t1d0s7/myweb:v2', imagePullPolicy: 'Never' };
const NEVER_READY = { ...WELL_TOO, readinessProbe: { httpGet: { path: '/?code=503', port: 8080 }, periodSeconds: 5 } };

function deployment(container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', ...container }] } },
      ...spec,
    },
  };
}

function start(container: JsonObject = WELL, spec: JsonObject = {}): PodCluster {
  const cluster = createPodCluster({ nodes: 3 });
  cluster.apply(deployment(container, spec));
  cluster.advanceTo(30);
  return cluster;
}

function patch(cluster: PodCluster, body: JsonObject): void {
  const request = {
    verb: 'patch',
    resource: 'deployments.apps',
    namespace: 'default',
    name: 'web',
    patchType: 'merge',
    body,
    options: {},
  } as const;
  const { outcome } = cluster.run({ type: 'request', request });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

const setContainer = (cluster: PodCluster, container: JsonObject): void =>
  patch(cluster, { spec: { template: { spec: { containers: [{ name: 'c', ...container }] } } } });

function present(cluster: PodCluster): Deployment {
  const found = getObject(cluster.state, deploymentKind, 'default', 'web');
  if (found === undefined) throw new Error('the Deployment is gone');
  return found;
}

/** Sizes of the ReplicaSets by revision: `1:0 2:4`. */
function sizes(cluster: PodCluster): string {
  return listObjects(cluster.state, replicaSetKind, 'default')
    .map((set) => ({ revision: Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']), size: set.spec.replicas }))
    .sort((a, b) => a.revision - b.revision)
    .map(({ revision, size }) => `${revision}:${size}`)
    .join(' ');
}

/** `up 0-1` of every ScalingReplicaSet event since a second, in order, with the ReplicaSet as N or O. */
function scalings(cluster: PodCluster, sinceSeconds: number, oldName: string): string[] {
  return cluster
    .eventRows('ScalingReplicaSet')
    .filter((row) => Number(row.split(' ')[0]) >= sinceSeconds)
    .map((row) => {
      const [, way = '', name = '', from = '', to = ''] = /Scaled (up|down) replica set (\S+) from (\d+) to (\d+)/.exec(row) ?? [];
      return `${name === oldName ? 'O' : 'N'} ${way} ${from}-${to}`;
    });
}

const setNames = (cluster: PodCluster): string[] => listObjects(cluster.state, replicaSetKind, 'default').map((set) => set.metadata.name);

const condition = (cluster: PodCluster, type: string) => {
  const found = present(cluster).status.conditions?.find((item) => item.type === type);
  return `${found?.status} ${found?.reason}`;
};

describe('rollouts', () => {
  it('C209 C210 C223 the first ReplicaSet is named by the hash of its template', () => {
    const cluster = start();
    expect(setNames(cluster)).toEqual([expect.stringMatching(/^web-[456789bcdf]{1,10}$/)]);
    expect(present(cluster).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(present(cluster).metadata.generation).toBe(1);
    expect(present(cluster).status).toMatchObject({
      observedGeneration: 1,
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 4,
      availableReplicas: 4,
    });
    expect([condition(cluster, 'Available'), condition(cluster, 'Progressing')]).toEqual([
      'True MinimumReplicasAvailable',
      'True NewReplicaSetAvailable',
    ]);
  });

  it('C1106 a rolling update of four, whose new pods become ready in pairs', () => {
    const cluster = start();
    const [old = ''] = setNames(cluster);
    setContainer(cluster, WELL_TOO);
    cluster.advanceTo(120);
    expect(scalings(cluster, 30, old)).toEqual(['N up 0-1', 'O down 4-3', 'N up 1-2', 'O down 3-1', 'N up 2-4', 'O down 1-0']);
    expect(sizes(cluster)).toBe('1:0 2:4');
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable');
  });

  it('C211 C213 C250 C251 a template that comes back takes its ReplicaSet back, under the next revision', () => {
    const cluster = start();
    const [first = ''] = setNames(cluster);
    setContainer(cluster, WELL_TOO);
    cluster.advanceTo(120);
    setContainer(cluster, WELL);
    cluster.advanceTo(240);
    expect(setNames(cluster)).toHaveLength(2);
    const set = getObject(cluster.state, replicaSetKind, 'default', first);
    expect(set?.spec.replicas).toBe(4);
    expect(set?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(present(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('C204 C224 Recreate waits until the last old pod is gone', () => {
    const cluster = start(WELL, { strategy: { type: 'Recreate' } });
    const [old = ''] = setNames(cluster);
    setContainer(cluster, WELL_TOO);
    cluster.advanceTo(30.5);
    expect(sizes(cluster)).toBe('1:0');
    cluster.advanceTo(120);
    expect(scalings(cluster, 30, old)).toEqual(['O down 4-0', 'N up 0-4']);
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable');
  });

  it('C1107 C244 a rollout that never becomes ready stops, and says so after its deadline', () => {
    const cluster = start();
    setContainer(cluster, NEVER_READY);
    cluster.advanceTo(600);
    expect(sizes(cluster)).toBe('1:3 2:2');
    expect(present(cluster).status).toMatchObject({
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 2,
    });
    expect([condition(cluster, 'Available'), condition(cluster, 'Progressing')]).toEqual([
      'True MinimumReplicasAvailable',
      'True ReplicaSetUpdated',
    ]);
    cluster.advanceTo(632);
    expect(condition(cluster, 'Progressing')).toBe('False ProgressDeadlineExceeded');
    expect(sizes(cluster)).toBe('1:3 2:2');
  });

  it('C252 undoing it takes the unready pods first and leaves the others alone', () => {
    const cluster = start();
    const [old = ''] = setNames(cluster);
    setContainer(cluster, NEVER_READY);
    cluster.advanceTo(700);
    setContainer(cluster, { ...WELL, readinessProbe: null } as JsonObject);
    cluster.advanceTo(800);
    expect(scalings(cluster, 700, old)).toEqual(['N down 2-0', 'O up 3-4']);
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable');
  });
});

describe('scaling and pausing', () => {
  it('C230 C231 another number of replicas makes no new ReplicaSet', () => {
    const cluster = start();
    patch(cluster, { spec: { replicas: 6 } });
    cluster.advanceTo(60);
    expect(sizes(cluster)).toBe('1:6');
    expect(present(cluster).status).toMatchObject({ replicas: 6, availableReplicas: 6 });
    patch(cluster, { spec: { replicas: 0 } });
    cluster.advanceTo(120);
    expect(present(cluster).status.replicas ?? 0).toBe(0);
  });

  it('C235 C241 a paused Deployment scales and does not roll out', () => {
    const cluster = start();
    patch(cluster, { spec: { paused: true } });
    setContainer(cluster, WELL_TOO);
    patch(cluster, { spec: { replicas: 5 } });
    cluster.advanceTo(60);
    expect(sizes(cluster)).toBe('1:5');
    expect(condition(cluster, 'Progressing')).toBe('Unknown DeploymentPaused');
    patch(cluster, { spec: { paused: false } });
    cluster.advanceTo(180);
    expect(sizes(cluster)).toBe('1:0 2:5');
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable');
  });

  it('C225 no more old ReplicaSets are kept than the limit says', () => {
    const cluster = start(WELL, { revisionHistoryLimit: 1 });
    for (const [index, version] of ['v2', 'v3', 'v4'].entries()) {
      setContainer(cluster, { ...WELL, image: `c1t1d0s7/myweb:${version}` });
      cluster.advanceTo(120 + index * 120);
    }
    expect(sizes(cluster)).toBe('3:0 4:4');
  });

  it('C256 what a Deployment made goes with it', () => {
    const cluster = start();
    cluster.run({
      type: 'request',
      request: { verb: 'delete', resource: 'deployments.apps', namespace: 'default', name: 'web', options: {} },
    });
    cluster.advanceTo(120);
    expect(setNames(cluster)).toEqual([]);
    expect(cluster.state.tables.get('objects/pods')?.rows.size ?? 0).toBe(0);
  });
});
