// Rules of Jobs that need several pods, or pods that take their time to end.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Job } from '../../../src/engine/kinds/job/types.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';
import { finish, job, livePods } from '../../support/workloads.ts';

const SECOND = 1000;

const statusOf = (cluster: TestCluster): Job['status'] => cluster.get<Job>('jobs.batch/j').status;
const namesOf = (cluster: TestCluster): string[] => livePods(cluster).map(({ metadata }) => metadata.name);

/** Binds the pods to a node that is not there: they are deleted gracefully, and end when a test says so. */
function bindAll(cluster: TestCluster): string[] {
  const names = namesOf(cluster);
  for (const name of names) {
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: 'nowhere' } };
    cluster.accept({ verb: 'create', resource: 'pods', namespace: 'default', name, subresource: 'binding', body, options: {} });
  }
  return names;
}

describe('failures', () => {
  it('C312 under OnFailure the restarts of pods that go on count against the limit', () => {
    const cluster = createTestCluster();
    const spec = { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'i' }], initContainers: [{ name: 'i', image: 'i' }] };
    cluster.create(job('j', { template: { spec }, backoffLimit: 3, parallelism: 2, completions: 4 }));
    cluster.advance(SECOND);
    const [first = '', second = ''] = namesOf(cluster);
    const restarts = (name: string, phase: string, count: number): void => {
      const status = { name: 'c', image: 'i', imageID: '', ready: true, restartCount: count, state: {}, lastState: {} };
      const initContainerStatuses = [{ ...status, name: 'i', restartCount: 1 }];
      cluster.patch(`pods/${name}`, { status: { phase, containerStatuses: [status], initContainerStatuses } }, 'status');
      cluster.advance(SECOND);
    };
    restarts(first, 'Succeeded', 5);
    restarts(second, 'Running', 1);
    expect(statusOf(cluster).conditions).toBeUndefined();
    restarts(second, 'Running', 2);
    expect(statusOf(cluster).conditions?.[0]).toMatchObject({ type: 'FailureTarget', reason: 'BackoffLimitExceeded' });
  });

  it('C102 a Job whose pod is taken away makes another', () => {
    const cluster = createTestCluster();
    cluster.create(job('j'));
    cluster.advance(SECOND);
    const [name = ''] = namesOf(cluster);
    cluster.patch(`pods/${name}`, { metadata: { ownerReferences: null, labels: null } });
    cluster.advance(2 * SECOND);
    const owned = livePods(cluster).filter(({ metadata }) => metadata.ownerReferences !== undefined);
    expect(owned).toHaveLength(1);
    expect(owned[0]?.metadata.name).not.toBe(name);
  });

  it('C311 two that fail at a time double the wait twice', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { parallelism: 2, completions: 2 }));
    cluster.advance(SECOND);
    for (const name of namesOf(cluster)) finish(cluster, name, 'Failed');
    cluster.advance(20 * SECOND - 1);
    expect(namesOf(cluster)).toEqual([]);
    cluster.advance(1);
    expect(namesOf(cluster)).toHaveLength(2);
    expect(statusOf(cluster)).toMatchObject({ failed: 2 });
  });

  it.each([
    ['TerminatingOrFailed', 1],
    ['Failed', 0],
  ])('C316 C113 a pod on its way out is replaced at once or keeps its place: %s', (podReplacementPolicy, replaced) => {
    const cluster = createTestCluster();
    cluster.create(job('j', { podReplacementPolicy }));
    const [name = ''] = bindAll(cluster);
    cluster.advance(SECOND);
    cluster.remove(`pods/${name}`);
    cluster.advance(15 * SECOND);
    expect(namesOf(cluster)).toHaveLength(replaced);
    expect(statusOf(cluster)).toMatchObject({ terminating: 1 });
    finish(cluster, name, 'Failed');
    cluster.advance(SECOND);
    expect(statusOf(cluster)).toMatchObject({ terminating: 0, failed: 1 });
    cluster.advance(15 * SECOND);
    expect(namesOf(cluster)).toHaveLength(1);
  });

  it('C317 while a replacement waits, none is said to be active', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { parallelism: 2, completions: 2 }));
    cluster.advance(SECOND);
    const [first = '', second = ''] = namesOf(cluster);
    finish(cluster, first, 'Failed');
    cluster.advance(SECOND);
    expect(namesOf(cluster)).toEqual([second]);
    expect(statusOf(cluster)).toMatchObject({ failed: 1 });
    expect(statusOf(cluster).active).toBeUndefined();
    cluster.advance(10 * SECOND);
    expect(namesOf(cluster)).toHaveLength(2);
    expect(statusOf(cluster)).toMatchObject({ active: 2 });
  });
});

describe('success', () => {
  it('C320 complete when enough have succeeded and none is active, in two conditions of equal words', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { parallelism: 2, completions: 2 }));
    cluster.advance(SECOND);
    const [first = '', second = ''] = namesOf(cluster);
    finish(cluster, first, 'Succeeded');
    cluster.advance(5 * SECOND);
    expect(statusOf(cluster).conditions).toBeUndefined();
    finish(cluster, second, 'Succeeded');
    cluster.advance(SECOND);
    const { conditions = [], completionTime, succeeded } = statusOf(cluster);
    const words = { status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
    expect(conditions).toMatchObject([
      { type: 'SuccessCriteriaMet', ...words },
      { type: 'Complete', ...words },
    ]);
    expect([succeeded, completionTime]).toEqual([2, conditions[1]?.lastTransitionTime]);
    expect(cluster.events('jobs.batch/j').at(-1)).toBe('Normal Completed "Job completed"');
  });

  it('C323 its controller tells of its pods', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { parallelism: 2, completions: 2 }));
    cluster.advance(SECOND);
    const [first, second] = namesOf(cluster);
    cluster.patch('jobs.batch/j', { spec: { parallelism: 1 } });
    cluster.advance(SECOND);
    const [left] = namesOf(cluster);
    const gone = left === first ? second : first;
    const events = cluster.list<KubeObject & { reason: string; message: string; source: object }>('events', 'default');
    expect(
      events.filter(({ reason }) => /Create|Delete/.test(reason)).map(({ reason, message, source }) => ({ reason, message, source })),
    ).toEqual(
      [
        { reason: 'SuccessfulCreate', message: `Created pod: ${first}` },
        { reason: 'SuccessfulCreate', message: `Created pod: ${second}` },
        { reason: 'SuccessfulDelete', message: `Deleted pod: ${gone}` },
      ].map((event) => ({ ...event, source: { component: 'job-controller' } })),
    );
  });
});
