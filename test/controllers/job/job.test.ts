import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Job } from '../../../src/engine/kinds/job/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { barePod, createTestCluster, type TestCluster } from '../../support/engine.ts';
import { finish, job, jobTemplate, livePods, makeReady } from '../../support/workloads.ts';

const SECOND = 1000;

function statusOf(cluster: TestCluster): Job['status'] {
  return cluster.get<Job>('jobs.batch/j').status;
}

function conditions(cluster: TestCluster): string[] {
  return (statusOf(cluster).conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

/** Ends the oldest live pod and lets the next batch be looked at. */
function end(cluster: TestCluster, phase: 'Succeeded' | 'Failed', exitCode?: number): void {
  const [pod] = livePods(cluster);
  if (pod === undefined) throw new Error('no live pod');
  finish(cluster, pod.metadata.name, phase, exitCode);
  cluster.advance(SECOND);
}

describe('pods of a Job', () => {
  it('C305 C306 are named after it, tracked and owned; the clock starts with the first sync', () => {
    const cluster = createTestCluster();
    const created = cluster.create<Job>(job('j'));
    const [pod] = cluster.list<Pod>('pods', 'default');
    expect(pod?.metadata.name).toMatch(/^j-[a-z0-9]{5}$/);
    expect(pod?.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    expect(pod?.metadata.labels).toMatchObject({ 'job-name': 'j', 'batch.kubernetes.io/controller-uid': created.metadata.uid });
    expect(statusOf(cluster)).toEqual({
      startTime: '2026-01-01T00:00:00Z',
      active: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
      ready: 0,
    });
    expect(cluster.events('jobs.batch/j')).toEqual([`Normal SuccessfulCreate "Created pod: ${pod?.metadata.name}"`]);
  });

  it('C307 are as many as parallelism and what is left to do allow', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { completions: 5, parallelism: 2 }));
    const seen: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      seen.push(livePods(cluster).length);
      cluster.advance(SECOND);
      end(cluster, 'Succeeded');
    }
    expect(seen).toEqual([2, 2, 2, 2, 1]);
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
  });

  it('C307 without completions no pod is started after the first success', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { parallelism: 3 }));
    cluster.advance(SECOND);
    end(cluster, 'Succeeded');
    expect(livePods(cluster)).toHaveLength(2);
    end(cluster, 'Succeeded');
    end(cluster, 'Failed');
    expect(statusOf(cluster)).toMatchObject({ succeeded: 2, failed: 1 });
    expect(conditions(cluster)).toContain('Complete=True CompletionsReached');
  });

  it('C307 C308 too many are deleted, unready ones first', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { completions: 3, parallelism: 3 }));
    const [first, second, third] = livePods(cluster).map((pod) => pod.metadata.name) as [string, string, string];
    makeReady(cluster, first);
    makeReady(cluster, third);
    cluster.advance(SECOND);
    cluster.patch('jobs.batch/j', { spec: { parallelism: 2 } });
    cluster.advance(SECOND);
    expect(livePods(cluster).map((pod) => pod.metadata.name)).toEqual([first, third].sort());
    expect(cluster.find(`pods/${second}`)).toBeUndefined();
    expect(statusOf(cluster)).toMatchObject({ active: 2 });
    expect(statusOf(cluster).failed).toBeUndefined();
  });

  it('C305 orphans that match are adopted with the finalizer', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('orphan', { labels: { a: 'b' } }, { restartPolicy: 'Never' }));
    const template = { metadata: { labels: { a: 'b' } }, ...jobTemplate() };
    cluster.create(job('j', { manualSelector: true, selector: { matchLabels: { a: 'b' } }, template }));
    const orphan = cluster.get<Pod>('pods/orphan');
    expect(orphan.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    expect(orphan.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Job', name: 'j', controller: true });
    expect(livePods(cluster)).toHaveLength(1);
  });
});

describe('the end of a Job', () => {
  it('C304 C321 C322 a success is seen with the next batch: UID, finalizer, counter', () => {
    const cluster = createTestCluster();
    cluster.create(job('j'));
    cluster.advance(5 * SECOND);
    const [pod] = livePods(cluster);
    finish(cluster, pod?.metadata.name ?? '', 'Succeeded');
    expect(statusOf(cluster).active).toBe(1);
    const written = cluster.during('jobs.batch', () => cluster.advance(SECOND)).map((change) => change.object['status'] as Job['status']);
    expect(written.map((status) => [status.uncountedTerminatedPods?.succeeded?.length ?? 0, status.succeeded ?? 0])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(statusOf(cluster).completionTime).toBe('2026-01-01T00:00:06Z');
    expect(cluster.events('jobs.batch/j')).toContain('Normal Completed "Job completed"');
    expect(cluster.get<Pod>(`pods/${pod?.metadata.name}`).metadata.finalizers).toBeUndefined();
  });

  it('C310 C312 failures double the wait, and one more than the limit ends the Job', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { backoffLimit: 3 }));
    const waits: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      cluster.advance(SECOND);
      const failedMs = cluster.state.nowMs;
      end(cluster, 'Failed');
      while (livePods(cluster).length === 0) cluster.advance(SECOND);
      waits.push((cluster.state.nowMs - failedMs) / SECOND);
    }
    expect(waits).toEqual([10, 20, 40]);
    cluster.advance(SECOND);
    end(cluster, 'Failed');
    expect(conditions(cluster)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
    expect(statusOf(cluster)).toMatchObject({ failed: 4 });
    expect(cluster.events('jobs.batch/j')).toContain('Warning BackoffLimitExceeded "Job has reached the specified backoff limit"');
  });

  it('C309 a pod that is deleted by hand has failed and is replaced', () => {
    const cluster = createTestCluster();
    cluster.create(job('j'));
    cluster.advance(SECOND);
    const [pod] = livePods(cluster);
    cluster.remove(`pods/${pod?.metadata.name}`);
    cluster.advance(SECOND);
    expect(statusOf(cluster)).toMatchObject({ failed: 1 });
    expect(cluster.find(`pods/${pod?.metadata.name}`)).toBeUndefined();
    cluster.advance(10 * SECOND);
    expect(livePods(cluster)).toHaveLength(1);
  });

  it('C313 C314 the deadline ends the Job at its instant, and its pods are deleted', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { activeDeadlineSeconds: 30 }));
    cluster.advance(29_999);
    expect(conditions(cluster)).toEqual([]);
    cluster.advance(1);
    expect(conditions(cluster)[0]).toBe('FailureTarget=True DeadlineExceeded');
    cluster.advance(SECOND);
    expect(conditions(cluster)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
    expect(cluster.list('pods', 'default')).toEqual([]);
  });

  it('C315 a rule of the failure policy ends the Job, another ignores the failure', () => {
    const rules = [
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      { action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } },
    ];
    const cluster = createTestCluster();
    cluster.create(job('j', { podFailurePolicy: { rules }, backoffLimit: 0 }));
    cluster.advance(SECOND);
    end(cluster, 'Failed', 7);
    expect(statusOf(cluster).failed).toBeUndefined();
    cluster.advance(20 * SECOND);
    const [pod] = livePods(cluster);
    end(cluster, 'Failed', 42);
    expect(statusOf(cluster).conditions?.at(-1)).toMatchObject({
      type: 'Failed',
      reason: 'PodFailurePolicy',
      message: `Container c for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    });
  });

  it('C328 C929 a finished Job is deleted after its time to live', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { ttlSecondsAfterFinished: 60 }));
    cluster.advance(SECOND);
    end(cluster, 'Succeeded');
    cluster.advance(59 * SECOND);
    expect(cluster.find('jobs.batch/j')).toBeDefined();
    cluster.advance(SECOND);
    expect(cluster.find('jobs.batch/j')).toBeUndefined();
    expect(cluster.list('pods', 'default')).toEqual([]);
  });
});

describe('Indexed Jobs', () => {
  it('C324 one pod an index, lowest first, with name, label, annotation, hostname and variable', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { completionMode: 'Indexed', completions: 4, parallelism: 2 }));
    const pods = livePods(cluster);
    expect(pods.map((pod) => pod.spec['hostname'])).toEqual(['j-0', 'j-1']);
    const label = { 'batch.kubernetes.io/job-completion-index': '0' };
    expect(pods[0]?.metadata).toMatchObject({ generateName: 'j-0-', labels: label, annotations: label });
    expect(pods[0]?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
      },
    ]);
    cluster.advance(SECOND);
    finish(cluster, pods[1]?.metadata.name ?? '', 'Succeeded');
    cluster.advance(SECOND);
    expect(statusOf(cluster)).toMatchObject({ succeeded: 1, completedIndexes: '1' });
    expect(livePods(cluster).map((pod) => pod.spec['hostname'])).toEqual(['j-0', 'j-2']);
  });

  it('C325 an index fails for itself after its own limit', () => {
    const cluster = createTestCluster();
    const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 };
    cluster.create(job('j', spec));
    const podOf = (index: number): string => livePods(cluster).find((pod) => pod.spec['hostname'] === `j-${index}`)?.metadata.name ?? '';
    cluster.advance(SECOND);
    finish(cluster, podOf(0), 'Succeeded');
    finish(cluster, podOf(1), 'Failed');
    cluster.advance(12 * SECOND);
    expect(cluster.get<Pod>(`pods/${podOf(1)}`).metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '1' });
    finish(cluster, podOf(1), 'Failed');
    cluster.advance(2 * SECOND);
    expect(statusOf(cluster)).toMatchObject({ completedIndexes: '0', failedIndexes: '1', succeeded: 1, failed: 2 });
    expect(conditions(cluster)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
  });

  it('C326 a success policy ends the Job early and deletes the rest', () => {
    const cluster = createTestCluster();
    const successPolicy = { rules: [{ succeededIndexes: '0' }] };
    cluster.create(job('j', { completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy }));
    cluster.advance(SECOND);
    end(cluster, 'Succeeded');
    cluster.advance(2 * SECOND);
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy']);
    expect(livePods(cluster)).toEqual([]);
  });
});

describe('C327 suspension', () => {
  it('a suspended Job has no pods and no start; resuming starts the clock', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { suspend: true, activeDeadlineSeconds: 10 }));
    expect(conditions(cluster)).toEqual(['Suspended=True JobSuspended']);
    expect(statusOf(cluster).startTime).toBeUndefined();
    cluster.advance(20 * SECOND);
    cluster.patch('jobs.batch/j', { spec: { suspend: false } });
    expect(conditions(cluster)).toEqual(['Suspended=False JobResumed']);
    expect(statusOf(cluster).startTime).toBe('2026-01-01T00:00:20Z');
    expect(livePods(cluster)).toHaveLength(1);
    cluster.patch('jobs.batch/j', { spec: { suspend: true } });
    cluster.advance(SECOND);
    expect(livePods(cluster)).toEqual([]);
    expect(statusOf(cluster).failed).toBeUndefined();
    const suspensions = ['Normal Suspended "Job suspended"', 'Normal Resumed "Job resumed"'];
    expect(cluster.events('jobs.batch/j')).toEqual(expect.arrayContaining(suspensions));
  });
});

describe('deleting a Job', () => {
  it('C321 C329 in the background takes the pods along, though they carry the finalizer', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { completions: 2, parallelism: 2 }));
    cluster.remove('jobs.batch/j', { propagationPolicy: 'Background' });
    cluster.advance(SECOND);
    expect(cluster.list('pods', 'default')).toEqual([]);
  });

  it('C329 without a policy leaves the pods, with a warning, and frees them', () => {
    const cluster = createTestCluster();
    cluster.create(job('j'));
    const { outcome } = cluster.execute({
      type: 'request',
      request: { verb: 'delete', resource: 'jobs.batch', namespace: 'default', name: 'j', options: {} },
    });
    expect(outcome.warnings).toEqual([expect.stringContaining('child pods are preserved by default when jobs are deleted')]);
    cluster.advance(SECOND);
    const [pod] = cluster.list<KubeObject>('pods', 'default');
    expect(pod?.metadata.ownerReferences).toBeUndefined();
    expect(pod?.metadata.finalizers).toBeUndefined();
  });
});

it('C010 a reopened cluster goes on as before', () => {
  const play = (reopens: boolean): unknown[] => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create(job('j', { completions: 3, parallelism: 2 }));
    for (let i = 0; i < 20; i += 1) {
      if (reopens) cluster.reopen();
      cluster.advance(3 * SECOND);
    }
    return [cluster.state.revision, cluster.state.digest];
  };
  expect(play(true)).toEqual(play(false));
});
