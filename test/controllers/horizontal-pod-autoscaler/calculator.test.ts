import { describe, expect, it } from 'vitest';
import {
  replicasForAverage,
  replicasForUtilization,
  type ResourceQuestion,
} from '../../../src/engine/controllers/horizontal-pod-autoscaler/calculator.ts';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { PodUsage } from '../../../src/engine/kinds/shared/pod-metrics.ts';

const NOW_MS = 1_767_229_200_000;

interface Shape {
  /** Used CPU in thousandths; absent: no sample. */
  readonly uses?: number;
  readonly requests?: string | null;
  readonly phase?: string;
  readonly isGoing?: boolean;
  /** Seconds since the start; long ago by default. */
  readonly age?: number;
  readonly ready?: boolean;
  /** Seconds since Ready turned; as old as the pod by default. */
  readonly turned?: number;
}

function podOf(shape: Shape, index: number): Pod {
  const { requests = '200m', phase = 'Running', isGoing = false, age = 1000, ready = true, turned = age } = shape;
  const lastTransitionTime = formatTime(NOW_MS - turned * 1000);
  return {
    metadata: { name: `p${index}`, namespace: 'default', ...(isGoing ? { deletionTimestamp: formatTime(NOW_MS) } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: requests === null ? {} : { cpu: requests, memory: '100Mi' } } }] },
    status: {
      phase,
      startTime: formatTime(NOW_MS - age * 1000),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }],
    },
  } as unknown as Pod;
}

function question(shapes: readonly Shape[], currentReplicas = shapes.length, resource = 'cpu'): ResourceQuestion {
  const pods = shapes.map(podOf);
  const usages = shapes.flatMap(({ uses }, index): PodUsage[] =>
    uses === undefined
      ? []
      : [
          {
            pod: pods[index] as Pod,
            timestampMs: NOW_MS,
            windowMs: 15_000,
            containers: [{ name: 'c', cpuNano: uses * 1_000_000, memoryBytes: uses * 1024 * 1024 }],
          },
        ],
  );
  return { resource, container: '', currentReplicas, pods, usages, nowMs: NOW_MS };
}

function utilization(shapes: readonly Shape[], target: number, current?: number): string {
  const answer = replicasForUtilization(question(shapes, current), target);
  return answer.ok ? `${answer.replicas} at ${answer.utilization}%` : answer.error;
}

describe('a share of the requests', () => {
  it.each<[string, readonly Shape[], number, string]>([
    ['C623 C604 twice the target', [{ uses: 300 }, { uses: 100 }], 50, '4 at 100%'],
    ['C624 C608 a pod that is not there yet counts as idle', [{ uses: 300 }, { uses: 100 }, { phase: 'Pending' }], 50, '4 at 100%'],
    ['C602 C604 within a tenth of the target', [{ uses: 110 }, { uses: 110 }], 50, '2 at 55%'],
    ['C604 just above it', [{ uses: 112 }, { uses: 112 }], 50, '3 at 56%'],
    ['C604 percent are rounded down', [{ uses: 111 }, { uses: 110 }], 50, '2 at 55%'],
    ['C604 less load', [{ uses: 20 }, { uses: 20 }, { uses: 20 }], 50, '1 at 10%'],
    ['C608 a missing pod counts as fully used on the way down', [{ uses: 20 }, { uses: 20 }, {}], 50, '3 at 10%'],
    ['C608 and as idle on the way up', [{ uses: 300 }, { uses: 300 }, {}], 50, '6 at 150%'],
    ['C608 the other side of the target: nothing', [{ uses: 120 }, {}, {}, {}], 50, '4 at 60%'],
    [
      'C606 pods that go or failed do not count',
      [{ uses: 200 }, { uses: 900, isGoing: true }, { uses: 900, phase: 'Failed' }],
      50,
      '2 at 100%',
    ],
    ['C606 a young pod that is not ready says nothing', [{ uses: 200 }, { uses: 900, age: 60, ready: false }], 50, '2 at 100%'],
    ['C606 one that turned ready within the window neither', [{ uses: 200 }, { uses: 900, age: 60, turned: 10 }], 50, '2 at 100%'],
    ['C606 one that turned ready before it counts', [{ uses: 200 }, { uses: 200, age: 60, turned: 20 }], 50, '4 at 100%'],
    ['C606 an old pod that was never ready says nothing', [{ uses: 200 }, { uses: 900, ready: false, turned: 980 }], 50, '2 at 100%'],
    ['C606 an old pod that was ready once counts', [{ uses: 200 }, { uses: 200, ready: false, turned: 100 }], 50, '4 at 100%'],
    ['C607 nothing is left', [{ uses: 200, phase: 'Pending' }], 50, 'did not receive metrics for targeted pods (pods might be unready)'],
    ['C609 a container without a request', [{ uses: 200, requests: null }], 50, 'missing request for cpu in container c of Pod p0'],
    ['C619 no samples', [{}], 50, 'unable to get metrics for resource cpu: no metrics returned from resource metrics API'],
  ])('%s', (_name, shapes, target, wanted) => {
    expect(utilization(shapes, target)).toBe(wanted);
  });

  it('C604 the present number is kept, whatever is counted', () => {
    expect(utilization([{ uses: 100 }, { uses: 100 }], 50, 7)).toBe('7 at 50%');
  });

  it('C619 no metrics server', () => {
    expect(replicasForUtilization({ ...question([{ uses: 1 }]), usages: undefined }, 50)).toEqual({
      ok: false,
      error:
        'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    });
  });

  it('C609 one container of a pod', () => {
    const asked = question([{ uses: 200 }]);
    expect(replicasForUtilization({ ...asked, container: 'c' }, 50)).toMatchObject({ ok: true, replicas: 2 });
    expect(replicasForUtilization({ ...asked, container: 'x' }, 50)).toEqual({
      ok: false,
      error: 'unable to get metrics for resource cpu: container x not present in metrics for pod default/p0',
    });
  });
});

describe('an amount for each pod', () => {
  const average = (shapes: readonly Shape[], target: number, resource = 'cpu') =>
    replicasForAverage(question(shapes, shapes.length, resource), target);

  it('C605 the mean is rounded down', () => {
    expect(average([{ uses: 301 }, { uses: 100 }], 100)).toEqual({ ok: true, replicas: 4, averageMilli: 200 });
  });

  it('C605 C606 memory of a pod that is not ready counts', () => {
    const answer = average([{ uses: 100, age: 60, ready: false }], 50 * 1024 * 1024 * 1000, 'memory');
    expect(answer).toEqual({ ok: true, replicas: 2, averageMilli: 100 * 1024 * 1024 * 1000 });
  });

  it('C605 C608 missing pods are taken to be at the target', () => {
    expect(average([{ uses: 10 }, {}], 100)).toMatchObject({ ok: true, replicas: 2 });
    expect(average([], 100)).toMatchObject({ ok: false });
  });
});
