// Event objects as the recorders of the control plane write them.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { recordEvent, recordNewEvent } from '../../src/engine/apiserver/event-recorder.ts';
import { runInstant } from '../../src/engine/cluster/settle.ts';
import type { EventObject } from '../../src/engine/kinds/event/types.ts';
import { barePod, createTestCluster, replicaSet, START_MS, type TestCluster } from '../support/engine.ts';

const SECOND = 1000;

const SOURCE = { component: 'kubelet', host: 'node-1' };

interface Said {
  readonly reason?: string;
  readonly message?: string;
  readonly type?: 'Normal' | 'Warning';
  readonly source?: { readonly component: string; readonly host?: string };
}

function start(): TestCluster {
  const cluster = createTestCluster();
  cluster.create(barePod('p'));
  return cluster;
}

function say(cluster: TestCluster, said: Said = {}): void {
  const regarding = cluster.get<KubeObject>('pods/p');
  recordEvent(cluster.state, { source: SOURCE, regarding, type: 'Warning', reason: 'BackOff', message: 'waits', ...said });
  commit(cluster);
}

/** What the end of a command does: everyone sees the changes, and then they are history. */
function commit(cluster: TestCluster): void {
  cluster.meddle((state) => {
    runInstant(state);
    state.changes = [];
    state.deliveredCount = 0;
  });
}

const events = (cluster: TestCluster, reason = 'BackOff'): EventObject[] =>
  cluster.list<EventObject>('events', 'default').filter((event) => event.reason === reason);

const counts = (cluster: TestCluster): string[] => events(cluster).map(({ message, count }) => `${message} x${count}`);

/** Each said `everySeconds` after the one before. */
function sayAll(cluster: TestCluster, said: readonly Said[], everySeconds = 0): void {
  for (const item of said) {
    say(cluster, item);
    cluster.state.nowMs += everySeconds * SECOND;
  }
}

const numbered = (count: number): Said[] => Array.from({ length: count }, (_, index) => ({ message: `m${index}` }));

describe('the core recorder', () => {
  it('C020 the fields of an event', () => {
    const cluster = start();
    say(cluster);
    const { uid, resourceVersion } = cluster.get('pods/p').metadata;
    const time = '2026-01-01T00:00:00Z';
    const [event] = events(cluster);
    expect(event).toMatchObject({
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p', uid, apiVersion: 'v1', resourceVersion },
      reason: 'BackOff',
      message: 'waits',
      type: 'Warning',
      source: { component: 'kubelet', host: 'node-1' },
      reportingComponent: 'kubelet',
      reportingInstance: 'node-1',
      firstTimestamp: time,
      lastTimestamp: time,
      eventTime: null,
      count: 1,
    });
    // The scheduler, which has no nodes, has told of the pod before.
    expect(event?.metadata.name).toBe(`p.${(BigInt(START_MS) * 1_000_000n + 1n).toString(16)}`);
  });

  it('C020 C021 a controller has no host; what is about a thing of the cluster is in default', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(replicaSet('rs', 1));
    const [made] = events(cluster, 'SuccessfulCreate');
    expect(made).toMatchObject({
      source: { component: 'replicaset-controller' },
      reportingInstance: '',
      reportingComponent: 'replicaset-controller',
    });
    const [node] = cluster.list('nodes');
    recordEvent(cluster.state, { source: SOURCE, regarding: node as KubeObject, type: 'Normal', reason: 'Told', message: 'x' });
    commit(cluster);
    expect(events(cluster, 'Told')[0]?.metadata.namespace).toBe('default');
  });

  it('C022 an event goes one hour after its last write', () => {
    const cluster = start();
    say(cluster);
    cluster.advance(1800 * SECOND);
    say(cluster);
    cluster.advance(3599 * SECOND);
    expect(counts(cluster)).toEqual(['waits x2']);
    cluster.advance(2 * SECOND);
    expect(events(cluster)).toEqual([]);
  });

  it('C030 what is said again raises the count and keeps the first time', () => {
    const cluster = start();
    sayAll(cluster, [{}, {}, {}], 10);
    expect(events(cluster)).toHaveLength(1);
    expect(events(cluster)[0]).toMatchObject({ count: 3, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:20Z' });
  });

  it.each([
    ['type', { type: 'Normal' as const }],
    ['reason', { reason: 'Other' }],
    ['message', { message: 'other' }],
    ['source', { source: { component: 'someone' } }],
  ])('C030 another %s is another event', (_name, said) => {
    const cluster = start();
    sayAll(cluster, [{}, said]);
    expect([...events(cluster), ...events(cluster, 'Other')].map(({ count }) => count)).toEqual([1, 1]);
  });

  it('C031 from the tenth text of a reason on one event stands for all', () => {
    const cluster = start();
    sayAll(cluster, numbered(12));
    expect(counts(cluster)).toEqual([...Array.from({ length: 9 }, (_, index) => `m${index} x1`), '(combined from similar events): m11 x3']);
  });

  it('C031 texts are forgotten when ten minutes pass without any of them', () => {
    const cluster = start();
    sayAll(cluster, numbered(9));
    cluster.state.nowMs += 600 * SECOND;
    say(cluster, { message: 'in time' });
    cluster.state.nowMs += 601 * SECOND;
    say(cluster, { message: 'too late' });
    expect(counts(cluster).slice(9)).toEqual(['(combined from similar events): in time x1', 'too late x1']);
  });

  it('C033 after 25 in a row an event is dropped, but counted; every five minutes one may pass', () => {
    const cluster = start();
    sayAll(
      cluster,
      Array.from({ length: 30 }, () => ({})),
    );
    expect(counts(cluster)).toEqual(['waits x25']);
    cluster.state.nowMs += 299 * SECOND;
    say(cluster);
    expect(counts(cluster)).toEqual(['waits x25']);
    cluster.state.nowMs += SECOND;
    say(cluster);
    expect(counts(cluster)).toEqual(['waits x32']);
  });

  it('C035 warnings take nothing from the tokens of normal events', () => {
    const cluster = start();
    sayAll(
      cluster,
      Array.from({ length: 26 }, () => ({})),
    );
    say(cluster, { type: 'Normal', message: 'fine' });
    expect(counts(cluster)).toEqual(['waits x25', 'fine x1']);
  });

  it('C036 what the recorders remember is part of the state: a cluster that is opened again goes on counting', () => {
    const cluster = start();
    sayAll(cluster, [{}, {}]);
    cluster.reopen();
    say(cluster);
    expect(counts(cluster)).toEqual(['waits x3']);
  });
});

describe('the recorder of the scheduler', () => {
  function tell(cluster: TestCluster, message = '0/1 nodes are available'): void {
    recordNewEvent(cluster.state, {
      source: { component: 'default-scheduler' },
      regarding: cluster.get('pods/p'),
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      action: 'Scheduling',
    });
    commit(cluster);
  }
  const told = (cluster: TestCluster): EventObject[] =>
    events(cluster, 'FailedScheduling').filter(({ message }) => !message?.startsWith('no nodes available'));

  it('C040 the fields of an event', () => {
    const cluster = start();
    tell(cluster);
    expect(told(cluster)[0]).toMatchObject({
      eventTime: '2026-01-01T00:00:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: 'default-scheduler',
      reportingInstance: expect.stringMatching(/^default-scheduler-/),
      action: 'Scheduling',
    });
    expect(told(cluster)[0]).not.toHaveProperty('count');
  });

  it('C041 C042 a second failure makes a series and keeps the first text; the count is written when the series ends', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('p', {}, { schedulerName: 'mine' }));
    tell(cluster, 'first');
    cluster.state.nowMs += 60 * SECOND;
    tell(cluster, 'second');
    tell(cluster, 'third');
    expect(told(cluster)).toHaveLength(1);
    expect(told(cluster)[0]).toMatchObject({ message: 'first', series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' } });
    cluster.advance(361 * SECOND);
    expect(told(cluster)[0]?.series).toMatchObject({ count: 3 });
    tell(cluster, 'later');
    expect(told(cluster).map(({ message }) => message)).toEqual(['first', 'later']);
  });
});
