// What a Deployment does at which change, in a cluster without nodes: its pods are told by hand.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Deployment } from '../../../src/engine/kinds/deployment/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { createTestCluster, podTemplate, replicaSet, type TestCluster } from '../../support/engine.ts';
import { makeReady } from '../../support/workloads.ts';

const LABELS = { app: 'web' };
const REVISION = 'deployment.kubernetes.io/revision';

function manifest(spec: object = {}, metadata: object = {}): object {
  const fields = { replicas: 4, selector: { matchLabels: LABELS }, template: podTemplate(LABELS), ...spec };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec: fields };
}

const PATH = 'deployments.apps/web';
const image = (version: string): object => ({
  spec: { template: { spec: { containers: [{ name: 'c', image: `registry.example/app:${version}` }] } } },
});

function start(spec: object = {}): TestCluster {
  const cluster = createTestCluster();
  cluster.create(manifest(spec));
  return cluster;
}

const sets = (cluster: TestCluster): ReplicaSet[] =>
  cluster
    .list<ReplicaSet>('replicasets.apps', 'default')
    .sort((a, b) => Number(a.metadata.annotations?.[REVISION]) - Number(b.metadata.annotations?.[REVISION]));

/** `1:4 2:1`: revision and wished size. */
const sizes = (cluster: TestCluster): string =>
  sets(cluster)
    .map((set) => `${set.metadata.annotations?.[REVISION]}:${set.spec.replicas}`)
    .join(' ');

function makeAllReady(cluster: TestCluster): void {
  for (const pod of cluster.list<Pod>('pods', 'default')) if (pod.status.phase === 'Pending') makeReady(cluster, pod.metadata.name);
}

const progressing = (cluster: TestCluster) => cluster.get<Deployment>(PATH).status.conditions?.find(({ type }) => type === 'Progressing');

describe('the object', () => {
  it('C201 what a manifest does not say', () => {
    const { spec } = createTestCluster().create<Deployment>({
      ...manifest(),
      spec: { selector: { matchLabels: LABELS }, template: podTemplate(LABELS) },
    });
    expect(spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    expect(spec).not.toHaveProperty('minReadySeconds');
  });

  it.each([
    ['the deadline', { progressDeadlineSeconds: 5, minReadySeconds: 5 }, 'must be greater than minReadySeconds'],
    ['no movement', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }, 'may not be 0 when `maxSurge` is 0'],
    ['too much', { strategy: { rollingUpdate: { maxUnavailable: '120%' } } }, 'must not be greater than 100%'],
    [
      'Recreate with numbers',
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      "may not be specified when strategy `type` is 'Recreate'",
    ],
    ['other labels', { template: podTemplate({ app: 'other' }) }, '`selector` does not match template `labels`'],
  ])('C202 refuses %s', (_name, spec, text) => {
    const body = manifest(spec) as never;
    const status = createTestCluster().refusal({ verb: 'create', resource: 'deployments.apps', namespace: 'default', body, options: {} });
    expect(status?.message).toContain(text);
  });

  it('C203 C007 annotations and spec raise the generation; labels, status and the revision of the controller do not', () => {
    const cluster = start();
    const generation = (): number | undefined => cluster.get(PATH).metadata.generation;
    expect(cluster.get(PATH).metadata.annotations).toEqual({ [REVISION]: '1' });
    const seen = [generation()];
    for (const body of [{ metadata: { labels: { a: 'b' } } }, { metadata: { annotations: { a: 'b' } } }, { spec: { replicas: 5 } }]) {
      cluster.patch(PATH, body);
      seen.push(generation());
    }
    expect(seen).toEqual([1, 1, 2, 3]);
  });
});

describe('the new ReplicaSet', () => {
  it('C207 is the oldest with the template, whatever its hash', () => {
    const cluster = createTestCluster();
    const make = (name: string): void => {
      const labels = { ...LABELS, 'pod-template-hash': name };
      cluster.create(replicaSet(name, 0, { selector: { matchLabels: labels }, template: podTemplate(labels) }, { labels }));
    };
    make('young-name');
    cluster.advance(1000);
    make('a-later-one');
    cluster.create(manifest({ replicas: 2 }));
    expect(sets(cluster).map((set) => `${set.metadata.name}:${set.spec.replicas}`)).toEqual(['young-name:2', 'a-later-one:0']);
    const messages = cluster.changes
      .flatMap(({ object }) => (object as unknown as Partial<Deployment>).status?.conditions ?? [])
      .map(({ message }) => message);
    expect(messages).toContain('Found new replica set "young-name"');
  });

  it('C208 other replicas, strategy, minReadySeconds and annotations make none, and follow to the one there is', () => {
    const cluster = start();
    makeAllReady(cluster);
    for (const spec of [
      { replicas: 5 },
      { strategy: { type: 'Recreate', rollingUpdate: null } },
      { minReadySeconds: 3 },
      { paused: true },
    ]) {
      cluster.patch(PATH, { spec });
    }
    cluster.patch(PATH, { spec: { paused: false }, metadata: { annotations: { note: 'x' } } });
    const [set, ...others] = sets(cluster);
    expect(others).toEqual([]);
    expect(set?.spec).toMatchObject({ replicas: 5, minReadySeconds: 3 });
    expect(set?.metadata.annotations).toMatchObject({ note: 'x', [REVISION]: '1' });
  });

  it('C212 a foreign ReplicaSet of the same name makes the next hash be taken', () => {
    const probe = start();
    const [{ metadata } = { metadata: { name: '' } }] = sets(probe);
    const cluster = createTestCluster();
    cluster.create(replicaSet(metadata.name, 0, {}, {}));
    cluster.create(manifest());
    cluster.advance(10_000);
    expect(cluster.get<Deployment>(PATH).status.collisionCount).toBe(1);
    const own = cluster
      .list<ReplicaSet>('replicasets.apps', 'default')
      .filter(({ metadata: { ownerReferences } }) => ownerReferences !== undefined);
    expect(own.map((set) => set.metadata.name)).not.toContain(metadata.name);
    expect(own).toHaveLength(1);
  });

  it('C214 gets the number after the highest; numbers are not used twice', () => {
    const cluster = start({ replicas: 0 });
    for (const version of ['v2', 'v3', 'v2']) cluster.patch(PATH, image(version));
    expect(sizes(cluster)).toBe('1:0 3:0 4:0');
    expect(cluster.get(PATH).metadata.annotations?.[REVISION]).toBe('4');
  });

  it('C214 counts on from a number that somebody else wrote, of 64 bits', () => {
    const cluster = createTestCluster();
    const annotations = { [REVISION]: '3546343826724305832' };
    const labels = (manifest() as { spec: { selector: { matchLabels: Record<string, string> } } }).spec.selector.matchLabels;
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'old' }] } };
    cluster.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'before', labels, annotations },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    } as unknown as JsonObject);
    cluster.create(manifest());
    expect(cluster.get(PATH).metadata.annotations?.[REVISION]).toBe('3546343826724305833');
    cluster.patch(PATH, image('v2'));
    expect(cluster.get(PATH).metadata.annotations?.[REVISION]).toBe('3546343826724305834');
  });

  it('C215 a ReplicaSet that cannot be made is an event and a condition', () => {
    const cluster = createTestCluster();
    const name = 'd'.repeat(250);
    cluster.create(manifest({}, { name }));
    const [event] = cluster.events(`deployments.apps/${name}`);
    expect(event).toMatch(/^Warning ReplicaSetCreateError "Failed to create new replica set \\?"d{250}-/);
    const { conditions = [] } = cluster.get<Deployment>(`deployments.apps/${name}`).status;
    expect(conditions.find(({ type }) => type === 'Progressing')).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError' });
  });
});

describe('a sync', () => {
  it('C204 a pod that becomes ready reaches the Deployment through the status of its ReplicaSet', () => {
    const cluster = start({ replicas: 1 });
    const [
      {
        metadata: { name },
      } = { metadata: { name: '' } },
    ] = cluster.list<Pod>('pods', 'default');
    const writes = cluster.during('deployments.apps', () => makeReady(cluster, name));
    const [set] = cluster.during('replicasets.apps', () => cluster.patch(`pods/${name}`, { metadata: { labels: { note: 'x' } } }));
    expect(writes.map(({ object }) => (object as unknown as Deployment).status.availableReplicas)).toEqual([1]);
    expect(set).toBeUndefined();
  });

  it('C204 C211 a ReplicaSet that is deleted by hand is made again under its name', () => {
    const cluster = start({ replicas: 2 });
    const [set] = sets(cluster);
    cluster.remove(`replicasets.apps/${set?.metadata.name}`);
    const [again] = sets(cluster);
    expect([again?.metadata.name, again?.spec.replicas]).toEqual([set?.metadata.name, 2]);
    expect(again?.metadata.uid).not.toBe(set?.metadata.uid);
  });

  it('C204 an orphan that gets fitting labels is adopted, one that is taken away is replaced', () => {
    const cluster = start({ replicas: 1 });
    cluster.create(replicaSet('stray', 0, { selector: { matchLabels: { app: 'x' } }, template: podTemplate({ app: 'x' }) }));
    const ownersOf = (name: string): string[] =>
      (cluster.get(`replicasets.apps/${name}`).metadata.ownerReferences ?? []).map((owner) => owner.name);
    expect(ownersOf('stray')).toEqual([]);
    cluster.patch('replicasets.apps/stray', { metadata: { labels: LABELS } });
    expect(ownersOf('stray')).toEqual(['web']);
    const name = sets(cluster).find(({ spec }) => spec.replicas === 1)?.metadata.name ?? '';
    cluster.patch(`replicasets.apps/${name}`, { metadata: { ownerReferences: null } });
    expect(ownersOf(name)).toEqual(['web']);
  });

  it('C204 C212 a ReplicaSet that another takes over is replaced under another name', () => {
    const cluster = start({ replicas: 1 });
    const [set] = sets(cluster);
    const { metadata } = cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: metadata.uid, controller: true }];
    cluster.patch(`replicasets.apps/${set?.metadata.name}`, { metadata: { ownerReferences } });
    const names = sets(cluster).map((item) => item.metadata.name);
    expect(names).toHaveLength(2);
    expect(cluster.get<Deployment>(PATH).status.collisionCount).toBe(1);
  });

  it('C205 a Deployment that is being deleted only tells its status', () => {
    const cluster = start();
    cluster.patch(PATH, { metadata: { finalizers: ['example.com/hold'] } });
    cluster.remove(PATH);
    cluster.patch(PATH, image('v2'));
    expect(sizes(cluster)).toBe('1:4');
    const { metadata, status } = cluster.get<Deployment>(PATH);
    expect(status.observedGeneration).toBe(metadata.generation);
  });

  it('C205 adopts a ReplicaSet that its selector takes, and lets one go that it does not', () => {
    const cluster = start({ replicas: 0 });
    cluster.create(
      replicaSet(
        'orphan',
        0,
        { selector: { matchLabels: { ...LABELS, x: 'y' } }, template: podTemplate({ ...LABELS, x: 'y' }) },
        { labels: LABELS },
      ),
    );
    const owners = (): (string | undefined)[] =>
      cluster.get('replicasets.apps/orphan').metadata.ownerReferences?.map(({ name }) => name) ?? [];
    expect(owners()).toEqual(['web']);
    cluster.patch('replicasets.apps/orphan', { metadata: { labels: { app: 'another' } } });
    expect(owners()).toEqual([]);
  });

  it('C217 C218 C222 the sync that makes the new ReplicaSet takes from the old one; one that only grows it does not', () => {
    const cluster = start();
    makeAllReady(cluster);
    const from = cluster.changes.length;
    cluster.patch(PATH, image('v2'));
    const steps = cluster.changes
      .slice(from)
      .filter(({ resource }) => resource === 'replicasets.apps')
      .map(({ object }) => object as unknown as ReplicaSet)
      .map((set) => `${set.metadata.annotations?.[REVISION]}:${set.spec.replicas}`)
      .filter((text, index, all) => text !== all[index - 1]);
    expect(steps.slice(0, 3)).toEqual(['2:1', '1:3', '2:2']);
    expect(sizes(cluster)).toBe('1:3 2:2');
  });

  it('C233 scaling puts no deadline on a Deployment', () => {
    const cluster = start();
    makeAllReady(cluster);
    const before = progressing(cluster);
    const writes = cluster.during('deployments.apps', () => cluster.patch(PATH, { spec: { replicas: 6 } }));
    // The sync that scales says at once what it has seen.
    const [, { status } = { status: undefined }] = writes.map(({ object }) => object as unknown as Deployment);
    expect(status).toMatchObject({ observedGeneration: 2, replicas: 4, unavailableReplicas: 2 });
    cluster.advance(3_600_000);
    expect(progressing(cluster)).toEqual(before);
    expect(cluster.get<Deployment>(PATH).status.unavailableReplicas).toBe(2);
  });

  it('C233 C235 a paused Deployment scales, and says what there is', () => {
    const cluster = start();
    makeAllReady(cluster);
    cluster.patch(PATH, { spec: { paused: true, replicas: 5 } });
    makeAllReady(cluster);
    const { status } = cluster.get<Deployment>(PATH);
    expect(status).toMatchObject({ observedGeneration: 2, replicas: 5, readyReplicas: 5, availableReplicas: 5 });
    expect(progressing(cluster)).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
  });

  it('C235 C225 history is cleaned while it is paused, too', () => {
    const cluster = start({ replicas: 1 });
    makeAllReady(cluster);
    for (const version of ['v2', 'v3']) {
      cluster.patch(PATH, image(version));
      makeAllReady(cluster);
    }
    expect(sizes(cluster)).toBe('1:0 2:0 3:1');
    cluster.patch(PATH, { spec: { paused: true, revisionHistoryLimit: 1 } });
    expect(sizes(cluster)).toBe('2:0 3:1');
  });

  it('C132 C131 of pods that are alike one on a doubled-up node goes, if the sets have an owner in common', () => {
    for (const isOwned of [true, false]) {
      const cluster = isOwned ? start({ replicas: 3 }) : createTestCluster();
      if (!isOwned) cluster.create(replicaSet('bare', 3));
      const uids = cluster.list<Pod>('pods', 'default').sort((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
      // The one that would go by its UID is alone on its node.
      for (const [index, { metadata }] of uids.entries()) {
        const body = {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: metadata.name },
          target: { kind: 'Node', name: index === 0 ? 'b' : 'a' },
        };
        cluster.accept({
          verb: 'create',
          resource: 'pods',
          namespace: 'default',
          name: metadata.name,
          subresource: 'binding',
          body,
          options: {},
        });
        makeReady(cluster, metadata.name);
      }
      cluster.advance(10_000);
      cluster.patch(isOwned ? PATH : 'replicasets.apps/bare', { spec: { replicas: 2 } });
      const [going] = cluster.list<Pod>('pods', 'default').filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      expect(going?.spec.nodeName).toBe(isOwned ? 'a' : 'b');
    }
  });

  it('C234 the first status that is seen has the new condition and the old counters', () => {
    const cluster = start();
    makeAllReady(cluster);
    const writes = cluster
      .during('deployments.apps', () => cluster.patch(PATH, image('v2')))
      .map(({ object }) => object as unknown as Deployment);
    const noted = writes.find(({ metadata }) => metadata.annotations?.[REVISION] === '2');
    expect(noted?.status).toMatchObject({ observedGeneration: 1, replicas: 4, updatedReplicas: 4 });
    expect(noted?.status.conditions?.at(-1)).toMatchObject({ type: 'Progressing', reason: 'NewReplicaSetCreated' });
  });

  it('C253 a template that comes during a rollout makes the one before an old one', () => {
    const cluster = start();
    makeAllReady(cluster);
    cluster.patch(PATH, image('v2'));
    cluster.patch(PATH, image('v3'));
    expect(sizes(cluster)).toBe('1:3 2:0 3:2');
    for (let round = 0; round < 4; round += 1) makeAllReady(cluster);
    expect(sizes(cluster)).toBe('1:0 2:0 3:4');
  });

  it('C254 a restart is a template with another annotation', () => {
    const cluster = start();
    makeAllReady(cluster);
    cluster.patch(PATH, {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } },
    });
    expect(sizes(cluster)).toBe('1:3 2:2');
  });
});
