// Which pods wait, for what, and for how long; and the Events that tell of it.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { EventObject } from '../../src/engine/kinds/event/types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { backoffEndMs } from '../../src/engine/scheduler/queue.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';
import { clusterOf, place, placeOf, podOf } from '../support/scheduling.ts';

const SMALL = 'name | capacity\n n | cpu=1';

function priorityClass(name: string, value: number): JsonObject {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value } as JsonObject;
}

/** Milliseconds at which the condition of a pod was written or an attempt reported. */
function attempts(cluster: TestCluster, name: string): number[] {
  const regards = (object: EventObject): boolean => object.involvedObject?.name === name && object.reason === 'FailedScheduling';
  return cluster.changes
    .filter(({ resource, type, object }) => resource === 'events' && type !== 'DELETED' && regards(object as unknown as EventObject))
    .map(({ timeMs }) => timeMs - cluster.state.startMs);
}

describe('C801 whom the scheduler looks at', () => {
  it('pods of another scheduler are left alone', () => {
    const cluster = createTestCluster({ nodes: 1 });
    expect(place(cluster, 'p', '{schedulerName: mine}')).toBe('not tried');
  });

  it('higher priority first, then the one that waits longer', () => {
    const cluster = clusterOf(SMALL);
    cluster.create(priorityClass('high', 10));
    cluster.create(priorityClass('low', -10));
    cluster.patch('nodes/n', { spec: { unschedulable: true } });
    for (const [name, priority] of [
      ['a', 'low'],
      ['b', ''],
      ['c', ''],
      ['d', 'high'],
    ] as const) {
      place(cluster, name, priority === '' ? '{}' : `{priorityClassName: ${priority}}`);
      cluster.advance(20_000);
    }
    const changes = cluster.during('pods', () => cluster.patch('nodes/n', { spec: { unschedulable: false } }));
    const bound = changes
      .filter(({ object }) => (object as unknown as Pod).spec.nodeName === 'n')
      .map(({ object }) => object.metadata.name);
    expect([...new Set(bound)]).toEqual(['d', 'b', 'c', 'a']);
  });
});

describe('C802 scheduling gates', () => {
  it('a gated pod says so and is tried when its last gate is gone', () => {
    const cluster = createTestCluster({ nodes: 1 });
    expect(place(cluster, 'p', '{schedulingGates: [{name: example.com/a}, {name: example.com/b}]}')).toBe(
      'Scheduling is blocked due to non-empty scheduling gates',
    );
    const condition = cluster.get<Pod>('pods/p').status.conditions?.[0];
    expect(condition).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' });
    cluster.patch('pods/p', { spec: { schedulingGates: [{ name: 'example.com/b' }] } });
    expect(cluster.get<Pod>('pods/p').spec.nodeName).toBeUndefined();
    cluster.patch('pods/p', { spec: { schedulingGates: [] } });
    expect(placeOf(cluster, 'p')).toBe('node-1');
  });
});

describe('C803 what brings a refused pod back', () => {
  it.each<[string, string, string, (cluster: TestCluster) => void, boolean]>([
    ['resources: a pod that ends', SMALL, '{cpu: 1}', (cluster) => cluster.remove('pods/first', { gracePeriodSeconds: 0 }), true],
    [
      'resources: more to allocate',
      SMALL,
      '{cpu: 1}',
      (cluster) => cluster.patch('nodes/n', { status: { allocatable: { cpu: '2' } } }, 'status'),
      true,
    ],
    [
      'resources: a label helps nobody',
      SMALL,
      '{cpu: 1}',
      (cluster) => cluster.patch('nodes/n', { metadata: { labels: { a: 'b' } } }),
      false,
    ],
    ['resources: a pod that only begins to terminate frees nothing', SMALL, '{cpu: 1}', (cluster) => cluster.remove('pods/first'), false],
    [
      'taints: the taint goes',
      'name | capacity | taints\n n | cpu=4 | a:NoSchedule',
      '{}',
      (cluster) => cluster.patch('nodes/n', { spec: { taints: [] } }),
      true,
    ],
    [
      'affinity: the label comes',
      SMALL,
      '{nodeSelector: {disk: ssd}}',
      (cluster) => cluster.patch('nodes/n', { metadata: { labels: { disk: 'ssd' } } }),
      true,
    ],
    [
      'affinity: another label does not',
      SMALL,
      '{nodeSelector: {disk: ssd}}',
      (cluster) => cluster.patch('nodes/n', { metadata: { labels: { disk: 'tape' } } }),
      false,
    ],
    ['ports: their holder goes', SMALL, '{hostPort: 80}', (cluster) => cluster.remove('pods/first', { gracePeriodSeconds: 0 }), true],
  ])('%s', (_title, nodes, pod, change, isTriedAgain) => {
    const cluster = clusterOf(nodes);
    place(cluster, 'first', '{cpu: 1, hostPort: 80, tolerations: [{operator: Exists}]}');
    place(cluster, 'p', pod);
    cluster.advance(5_000);
    const before = attempts(cluster, 'p').length;
    change(cluster);
    expect(placeOf(cluster, 'p') === 'n' || attempts(cluster, 'p').length > before).toBe(isTriedAgain);
  });

  it('a new node', () => {
    const cluster = clusterOf(SMALL);
    place(cluster, 'p', '{cpu: 2}');
    cluster.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'm' },
      status: { capacity: { cpu: '4', memory: '4Gi', pods: '10' }, allocatable: { cpu: '4', memory: '4Gi', pods: '10' } },
    });
    cluster.patch('nodes/m', { spec: { taints: [] } });
    expect(placeOf(cluster, 'p')).toBe('m');
  });

  it('a cordon that is lifted, and a toleration that the pod gets', () => {
    const cluster = clusterOf(SMALL);
    cluster.patch('nodes/n', { spec: { unschedulable: true } });
    expect(place(cluster, 'p')).toContain('unschedulable');
    cluster.patch('nodes/n', { spec: { unschedulable: false } });
    expect(placeOf(cluster, 'p')).toBe('n');
    const tainted = clusterOf('name | capacity | taints\n n | cpu=4 | a:NoSchedule');
    const { spec } = (place(tainted, 'q'), tainted.get<Pod>('pods/q'));
    tainted.patch('pods/q', { spec: { tolerations: [...(spec.tolerations ?? []), { key: 'a', operator: 'Exists' }] } });
    expect(placeOf(tainted, 'q')).toBe('n');
  });
});

describe('C804 C805 C806 when it is tried again without a reason', () => {
  it('C804 after five minutes, at the next of the passes that come every 30 s', () => {
    const cluster = clusterOf(SMALL);
    cluster.advance(7_000);
    place(cluster, 'p', '{cpu: 2}');
    cluster.advance(700_000);
    expect(attempts(cluster, 'p')).toEqual([7_000, 330_000, 660_000]);
  });

  it('C806 a failure that no filter caused serves its back-off, doubled each time up to 10 s', () => {
    const cluster = createTestCluster();
    cluster.advance(500);
    place(cluster, 'p');
    cluster.advance(60_000);
    const seen = cluster.state.nowMs;
    cluster.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'm' },
      status: { allocatable: { cpu: '4', memory: '4Gi', pods: '10' } },
    });
    cluster.patch('nodes/m', { spec: { taints: [] } });
    expect(cluster.get<Pod>('pods/p').spec.nodeName).toBeUndefined();
    cluster.advance(12_000);
    expect(placeOf(cluster, 'p')).toBe('m');
    expect(cluster.state.nowMs - seen).toBe(12_000);
  });

  it.each([
    [1, 500, 2_000],
    [2, 500, 3_000],
    [3, 0, 5_000],
    [5, 0, 11_000],
    [50, 0, 11_000],
  ])('C805 back-off of attempt %i at %i ms ends at %i ms', (attempt, failedMs, endMs) => {
    expect(backoffEndMs(failedMs, attempt)).toBe(endMs);
  });

  it('C805 an idle scheduler does not wait for the end of a back-off when something helps', () => {
    const cluster = clusterOf(SMALL);
    place(cluster, 'p', '{cpu: 2}');
    cluster.patch('nodes/n', { status: { allocatable: { cpu: '2' } } }, 'status');
    expect(placeOf(cluster, 'p')).toBe('n');
  });
});

it('C826 a pod that is being deleted is skipped, and told so', () => {
  const cluster = clusterOf(SMALL);
  cluster.create({ ...podOf('p', '{cpu: 2}'), metadata: { name: 'p', finalizers: ['example.com/keep'] } });
  cluster.remove('pods/p');
  cluster.patch('nodes/n', { status: { allocatable: { cpu: '4' } } }, 'status');
  expect(cluster.get<Pod>('pods/p').spec.nodeName).toBeUndefined();
  expect(cluster.events('pods/p')).toContain('Warning FailedScheduling "skip schedule deleting pod: default/p"');
});

describe('Events of the new recorder', () => {
  const failing = (): TestCluster => {
    const cluster = clusterOf(SMALL);
    place(cluster, 'p', '{cpu: 4}');
    return cluster;
  };
  const eventOf = (cluster: TestCluster): EventObject | undefined =>
    cluster.list<EventObject>('events').find(({ reason }) => reason === 'FailedScheduling');

  it('C040 fields', () => {
    expect(eventOf(failing())).toMatchObject({
      type: 'Warning',
      action: 'Scheduling',
      eventTime: '2026-01-01T00:00:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-control-plane',
      involvedObject: { kind: 'Pod', name: 'p' },
    });
    expect(eventOf(failing())?.count).toBeUndefined();
  });

  it('C041 C042 repeats become a series with the text of its beginning; the condition has the newest', () => {
    const cluster = failing();
    // The first failure wrote the condition, so the second attempt regards another version of the pod and begins a series.
    cluster.advance(340_000);
    cluster.patch('nodes/n', { spec: { unschedulable: true } });
    cluster.advance(330_000);
    const events = cluster.list<EventObject>('events').filter(({ reason }) => reason === 'FailedScheduling');
    expect(events.map(({ series }) => series?.count)).toEqual([undefined, 2]);
    expect(events.every(({ message }) => message?.includes('1 Insufficient cpu') === true)).toBe(true);
    expect(placeOf(cluster, 'p')).toContain('1 node(s) were unschedulable');
  });
});
