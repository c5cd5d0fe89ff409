import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/engine/apimachinery/meta.ts';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import { rolloutStatus, setCondition, stuckDelayMs } from '../../../src/engine/controllers/deployment/status.ts';
import type { Deployment, DeploymentStatus } from '../../../src/engine/kinds/deployment/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { START_MS } from '../../support/engine.ts';

const at = (seconds: number): number => START_MS + seconds * 1000;

function deployment(status: DeploymentStatus, spec: object = {}): Deployment {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  return {
    metadata: { name: 'web', generation: 2 },
    spec: { replicas: 4, strategy, progressDeadlineSeconds: 600, ...spec },
    status: { observedGeneration: 2, ...status },
  } as unknown as Deployment;
}

/** A ReplicaSet of so many pods; `available` of them are, and as many are ready. */
function set(name: string, replicas: number, available: number, conditions?: readonly Condition[]): ReplicaSet {
  const counts = { replicas, fullyLabeledReplicas: replicas, readyReplicas: available, availableReplicas: available };
  const status = conditions === undefined ? counts : { ...counts, conditions };
  return { metadata: { name, creationTimestamp: formatTime(START_MS) }, spec: { replicas }, status } as unknown as ReplicaSet;
}

function progressing(reason: string, updatedSeconds: number, status: Condition['status'] = 'True'): Condition {
  const time = formatTime(at(updatedSeconds));
  return { type: 'Progressing', status, lastUpdateTime: time, lastTransitionTime: time, reason, message: 'as before' };
}

const conditionOf = (status: DeploymentStatus, type: string): Condition | undefined =>
  status.conditions?.find((condition) => condition.type === type);

/** The reason of Progressing after a look at a rollout. */
function reasonAfter(
  before: DeploymentStatus,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
  seconds: number,
  spec: object = {},
): string {
  const status = rolloutStatus(deployment(before, spec), { newSet, oldSets }, at(seconds));
  const found = conditionOf(status, 'Progressing');
  return found === undefined ? 'none' : `${found.status} ${found.reason}`;
}

describe('the counters', () => {
  it('C236 sums over all ReplicaSets; unavailable counts what is wished for; zeros are left out', () => {
    const wanted = deployment({});
    const { conditions: _conditions, ...counts } = rolloutStatus(
      wanted,
      { newSet: set('n', 2, 0), oldSets: [set('a', 0, 0), set('b', 3, 3)] },
      at(0),
    );
    expect(counts).toEqual({
      observedGeneration: 2,
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 2,
    });
    const { conditions: _none, ...idle } = rolloutStatus(
      deployment({ collisionCount: 1 }, { replicas: 0 }),
      { newSet: undefined, oldSets: [] },
      at(0),
    );
    expect(idle).toEqual({ observedGeneration: 2, collisionCount: 1 });
  });

  it('C236 pods that a ReplicaSet still has to make are missing', () => {
    const newSet = { ...set('n', 1, 1), spec: { replicas: 4 } } as ReplicaSet;
    expect(rolloutStatus(deployment({}), { newSet, oldSets: [] }, at(0))).toMatchObject({ replicas: 1, unavailableReplicas: 3 });
  });

  it('C238 is available while no more pods are missing than a rollout may take', () => {
    const available = (count: number, spec: object = {}): string | undefined =>
      conditionOf(rolloutStatus(deployment({}, spec), { newSet: set('n', 4, count), oldSets: [] }, at(0)), 'Available')?.reason;
    expect([available(4), available(3), available(2)]).toEqual([
      'MinimumReplicasAvailable',
      'MinimumReplicasAvailable',
      'MinimumReplicasUnavailable',
    ]);
    expect(available(3, { strategy: { type: 'Recreate' } })).toBe('MinimumReplicasUnavailable');
  });
});

describe('the conditions', () => {
  it('C239 what says the same is left as it is; what says something else goes to the end and keeps its transition time', () => {
    const time = (seconds: number) => ({ lastUpdateTime: formatTime(at(seconds)), lastTransitionTime: formatTime(at(seconds)) });
    const before: Condition[] = [
      { type: 'Progressing', status: 'True', reason: 'A', message: 'a', ...time(0) },
      { type: 'Available', status: 'False', reason: 'B', message: 'b', ...time(0) },
    ];
    expect(setCondition(before, { type: 'Progressing', status: 'True', reason: 'A', message: 'new text', ...time(9) })).toBe(before);
    const after = setCondition(before, { type: 'Progressing', status: 'True', reason: 'C', message: 'c', ...time(9) });
    expect(after.map(({ type }) => type)).toEqual(['Available', 'Progressing']);
    expect(after[1]).toMatchObject({ reason: 'C', lastUpdateTime: formatTime(at(9)), lastTransitionTime: formatTime(at(0)) });
    const turned = setCondition(before, { type: 'Available', status: 'True', reason: 'D', message: 'd', ...time(9) });
    expect(turned[1]).toMatchObject({ reason: 'D', lastTransitionTime: formatTime(at(9)) });
  });

  it('C240 texts name the new ReplicaSet, or the Deployment when there is none', () => {
    const complete = rolloutStatus(deployment({ replicas: 3 }), { newSet: set('web-1', 4, 4), oldSets: [] }, at(5));
    expect(conditionOf(complete, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: 'ReplicaSet "web-1" has successfully progressed.',
    });
    const before = { replicas: 2, updatedReplicas: 0, conditions: [progressing('ReplicaSetUpdated', 0)] };
    const stuck = rolloutStatus(deployment(before), { newSet: undefined, oldSets: [set('a', 2, 0)] }, at(700));
    expect(conditionOf(stuck, 'Progressing')).toMatchObject({ status: 'False', message: 'Deployment "web" has timed out progressing.' });
  });

  it('C240 without a deadline there is no Progressing', () => {
    const before = { conditions: [progressing('ReplicaSetUpdated', 0)] };
    expect(reasonAfter(before, set('n', 4, 4), [], 5, { progressDeadlineSeconds: 2147483647 })).toBe('none');
    expect(reasonAfter(before, set('n', 4, 4), [], 5, { progressDeadlineSeconds: undefined })).toBe('none');
  });

  it('C242 each of four things is progress, and each progress is noted', () => {
    const conditions = [progressing('ReplicaSetUpdated', 0)];
    const before: DeploymentStatus = { replicas: 4, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions };
    const look = (newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): string | null | undefined =>
      conditionOf(rolloutStatus(deployment(before), { newSet, oldSets }, at(30)), 'Progressing')?.lastUpdateTime;
    const noted = formatTime(at(30));
    const asBefore = formatTime(at(0));
    expect(look(set('n', 1, 0), [set('o', 3, 1)])).toBe(asBefore);
    expect(look(set('n', 2, 0), [set('o', 3, 1)])).toBe(noted);
    expect(look(set('n', 1, 0), [set('o', 2, 1)])).toBe(noted);
    expect(look(set('n', 1, 1), [set('o', 3, 1)])).toBe(noted);
    const readyOnly = { ...set('n', 1, 0), status: { replicas: 1, readyReplicas: 1 } } as unknown as ReplicaSet;
    expect(look(readyOnly, [set('o', 3, 1)])).toBe(noted);
  });

  it('C237 C243 completion comes before progress and progress before the deadline', () => {
    const before: DeploymentStatus = {
      replicas: 4,
      updatedReplicas: 3,
      availableReplicas: 3,
      conditions: [progressing('ReplicaSetUpdated', 0)],
    };
    expect(reasonAfter(before, set('n', 4, 4), [], 900)).toBe('True NewReplicaSetAvailable');
    expect(reasonAfter(before, set('n', 4, 3), [], 900)).toBe('True ReplicaSetUpdated');
    expect(reasonAfter({ ...before, updatedReplicas: 4, readyReplicas: 3 }, set('n', 4, 3), [], 900)).toBe(
      'False ProgressDeadlineExceeded',
    );
    expect(reasonAfter(before, set('n', 4, 4), [set('o', 1, 1)], 900)).toBe('True ReplicaSetUpdated');
  });

  it('C243 C233 a complete Deployment that is scaled or loses a pod is not looked at for progress', () => {
    const before: DeploymentStatus = {
      replicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
      conditions: [progressing('NewReplicaSetAvailable', 0)],
    };
    expect(reasonAfter(before, set('n', 4, 1), [], 9000)).toBe('True NewReplicaSetAvailable');
    expect(reasonAfter(before, set('n', 6, 4), [], 9000, { replicas: 6 })).toBe('True NewReplicaSetAvailable');
    expect(stuckDelayMs(deployment(before), { ...before, observedGeneration: 2 }, at(0))).toBeUndefined();
  });

  it('C244 C246 the deadline turns the condition one second later, and progress turns it back', () => {
    const before: DeploymentStatus = {
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: [progressing('ReplicaSetUpdated', 0)],
    };
    const look = (seconds: number) => reasonAfter(before, set('n', 2, 0), [set('o', 3, 3)], seconds);
    expect([look(599), look(600), look(600.001), look(601)]).toEqual([
      'True ReplicaSetUpdated',
      'True ReplicaSetUpdated',
      'False ProgressDeadlineExceeded',
      'False ProgressDeadlineExceeded',
    ]);
    expect(stuckDelayMs(deployment(before), before, at(0))).toBe(601_000);
    const exceeded = { ...before, conditions: [progressing('ProgressDeadlineExceeded', 601, 'False')] };
    expect(reasonAfter(exceeded, set('n', 2, 0), [set('o', 3, 3)], 700)).toBe('False ProgressDeadlineExceeded');
    expect(reasonAfter(exceeded, set('n', 2, 1), [set('o', 3, 3)], 700)).toBe('True ReplicaSetUpdated');
  });

  it('C245 a pod that is ready for an instant puts the deadline off', () => {
    const before: DeploymentStatus = {
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 0,
      conditions: [progressing('ReplicaSetUpdated', 0)],
    };
    const newSet = { ...set('n', 4, 0), status: { replicas: 4, readyReplicas: 1 } } as unknown as ReplicaSet;
    expect(reasonAfter(before, newSet, [], 610)).toBe('True ReplicaSetUpdated');
  });

  it('C247 a failure of the new ReplicaSet, or else of any, is shown until it is over', () => {
    const failure = (message: string): Condition => ({
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: formatTime(at(1)),
      reason: 'FailedCreate',
      message,
    });
    const shown = (newSet: ReplicaSet, oldSets: readonly ReplicaSet[], before: DeploymentStatus = {}) =>
      conditionOf(rolloutStatus(deployment(before), { newSet, oldSets }, at(5)), 'ReplicaFailure')?.message;
    expect(shown(set('n', 1, 0, [failure('new')]), [set('o', 1, 1, [failure('old')])])).toBe('new');
    expect(shown(set('n', 1, 0), [set('a', 1, 1), set('o', 1, 1, [failure('old')])])).toBe('old');
    const before = { conditions: [{ ...failure('gone'), lastUpdateTime: formatTime(at(1)) }] };
    expect(shown(set('n', 1, 0), [], before)).toBeUndefined();
  });
});
