// A pod may have thousands of containers: what a kubelet does with all of them at once looks at each a fixed number of times.

import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/engine/containers/model.ts';
import type { ContainerStatus, Pod } from '../../src/engine/kinds/pod/types.ts';
import { decideActions } from '../../src/engine/kubelet/pods/actions.ts';
import { computeStatus } from '../../src/engine/kubelet/status/pod-status.ts';
import { START_MS } from '../support/pods.ts';

interface Looks {
  count: number;
}

/** An object whose name, in whichever field, is looked at and counted. */
function counted<T extends object>(looks: Looks, field: string, name: string, rest: T): T {
  return Object.defineProperty({ ...rest }, field, {
    enumerable: true,
    get() {
      looks.count += 1;
      return name;
    },
  });
}

/** A pod of so many init and so many other containers, all but the last of which have run. */
function scene(size: number) {
  const looks: Looks = { count: 0 };
  const names = (prefix: string) => Array.from({ length: size }, (_, index) => `${prefix}${index}`);
  const [inits, regulars] = [names('i'), names('c')];
  const run = (container: string, state: 'exited' | 'running') =>
    counted(looks, 'container', container, {
      id: container,
      image: 'i',
      state,
      exitCode: state === 'exited' ? 0 : null,
      attempt: 0,
      startedMs: START_MS,
    });
  const instances = [...inits.map((name) => run(name, 'exited')), ...regulars.slice(1).map((name) => run(name, 'running'))];
  const status = (name: string) =>
    counted(looks, 'name', name, { state: {}, lastState: {}, restartCount: 0 }) as unknown as ContainerStatus;
  const pod = {
    metadata: { name: 'p', uid: 'u' },
    spec: {
      restartPolicy: 'Always',
      initContainers: inits.map((name) => ({ name, image: 'i' })),
      containers: regulars.map((name) => ({ name, image: 'i' })),
    },
    status: { phase: 'Pending' },
  } as unknown as Pod;
  const previous = { ...pod.status, initContainerStatuses: inits.map(status), containerStatuses: regulars.map(status) };
  const view = { instances: instances as unknown as Instance[], sandbox: { isReady: true, ip: '10.0.0.1' } as never };
  return { looks, pod, view, previous };
}

function looksOfStatus(size: number): number {
  const { looks, pod, view, previous } = scene(size);
  const status = computeStatus({
    pod,
    view,
    previous,
    reasons: {},
    nowMs: START_MS,
    hostIp: '172.18.0.2',
    isTerminal: false,
    isStarted: () => true,
    isReady: () => true,
    isPastDeadline: false,
    eviction: null,
    resize: [],
  });
  expect(status.initContainerStatuses?.length).toBe(size);
  return looks.count;
}

function looksOfActions(size: number): number {
  const { looks, pod, view } = scene(size);
  const actions = decideActions({ pod, view, liveness: () => 'Success', startup: () => 'Success', graceMs: () => 0 });
  expect(actions).toEqual([{ do: 'start', container: 'c0', list: 'regular' }]);
  return looks.count;
}

describe('twice as many containers', () => {
  it.each([
    ['their status', looksOfStatus],
    ['what is to be done', looksOfActions],
  ])('cost twice as much: %s', (_, looksOf) => {
    const once = looksOf(100);
    expect(once).toBeGreaterThan(0);
    expect(looksOf(200)).toBeLessThanOrEqual(2 * once + 10);
  });
});
