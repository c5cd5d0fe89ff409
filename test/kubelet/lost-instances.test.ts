// What a status says of containers of which the runtime knows no instance any more, or none yet.

import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod, PodStatus } from '../../src/engine/kinds/pod/types.ts';
import { computeStatus } from '../../src/engine/kubelet/status/pod-status.ts';
import { START_MS } from '../support/pods.ts';

const AT = '2025-01-01T00:00:00Z';
const ENDED = { exitCode: 3, reason: 'Error', message: 'bye', startedAt: AT, finishedAt: AT };

function statusBefore(state: object, fields: object = {}): ContainerStatus {
  return {
    name: 'c',
    state,
    lastState: {},
    ready: false,
    restartCount: 0,
    image: 'i',
    imageID: 'i',
    started: false,
    ...fields,
  } as ContainerStatus;
}

/** The status of a container without an instance, after another one. */
function statusAfter(before: ContainerStatus | undefined, isTerminal = false): ContainerStatus | undefined {
  return podStatus(before, isTerminal, 'Running').containerStatuses?.[0];
}

function podStatus(before: ContainerStatus | undefined, isTerminal: boolean, phase: string): PodStatus {
  const conditions = [{ type: 'Initialized', status: 'True', lastTransitionTime: AT }];
  const status = { phase, conditions, ...(before === undefined ? {} : { containerStatuses: [before] }) };
  const pod = {
    metadata: { name: 'p', uid: 'u' },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
    status,
  } as unknown as Pod;
  return computeStatus({
    pod,
    view: { instances: [], sandbox: null },
    // The kubelet's own memory knows of no end.
    previous: { ...pod.status, phase: 'Running' },
    reasons: {},
    nowMs: START_MS,
    hostIp: '172.18.0.2',
    isTerminal,
    isStarted: () => true,
    isReady: () => true,
    isPastDeadline: false,
    eviction: null,
    resize: [],
  });
}

describe('no instance', () => {
  it('K613 an end that was shown is kept, with its counts and its last state', () => {
    const before = statusBefore(
      { terminated: ENDED },
      { restartCount: 2, lastState: { terminated: { ...ENDED, exitCode: 4 } }, containerID: 'containerd://x' },
    );
    expect(statusAfter(before)).toEqual(before);
    expect(statusAfter(before, true)).toEqual(before);
  });

  it('K613 one that waits keeps its restarts and its last state, and nothing else', () => {
    const before = statusBefore(
      { waiting: { reason: 'CrashLoopBackOff', message: 'm' } },
      { restartCount: 5, lastState: { terminated: ENDED } },
    );
    expect(statusAfter(before)).toEqual({
      ...statusBefore({ waiting: { reason: 'ContainerCreating' } }),
      imageID: '',
      restartCount: 5,
      lastState: { terminated: ENDED },
    });
  });

  it.each(['Failed', 'Succeeded'])('K603 a phase that the API shows as the end stays, whatever containers say: %s', (phase) => {
    const waiting = statusBefore({ waiting: { reason: 'ContainerCreating' } });
    expect(podStatus(waiting, false, phase).phase).toBe(phase);
    expect(podStatus(waiting, false, 'Running').phase).toBe('Pending');
  });

  it('K610 before the first there is nothing but a reason to wait', () => {
    expect(statusAfter(undefined)).toEqual({ ...statusBefore({ waiting: { reason: 'ContainerCreating' } }), imageID: '' });
  });

  it('K514 one that never started and is stopped for good was lost', () => {
    const before = statusBefore({ waiting: { reason: 'ContainerCreating' } });
    expect(statusAfter(before, true)?.state.terminated).toMatchObject({
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    });
  });
});
