// What a real cluster without a metrics server said of a HorizontalPodAutoscaler, second by second, against the engine.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { EventObject } from '../../src/engine/kinds/event/types.ts';
import { recordedCases } from '../http/kube/recorded-case.ts';
import { createTestCluster, type TestCluster } from '../support/engine.ts';

interface Step {
  readonly role: string;
  readonly id?: string;
  readonly request?: { readonly method: string; readonly path: string; readonly body?: JsonObject };
  readonly events?: readonly { readonly type: string; readonly object?: JsonObject; readonly event?: JsonObject }[];
}

/** The cluster after 35 seconds, made at the instant of the recording. */
function replay(steps: readonly Step[]): TestCluster {
  const cluster = createTestCluster({
    nodes: 2,
    startMs: Date.UTC(2026, 10, 23, 17, 19, 41),
    timing: { metricsResolution: 0, imagePull: '100ms', workerJitter: 0.5 },
  });
  for (const { role, request } of steps) {
    if (role === 'setup' && request?.body !== undefined && request.body['kind'] !== 'Namespace') cluster.create(request.body);
  }
  cluster.advance(35_000);
  return cluster;
}

function states(cluster: TestCluster): readonly object[] {
  return cluster.changes
    .filter(({ resource }) => resource === 'horizontalpodautoscalers.autoscaling')
    .map(({ type, object }) => ({ type, spec: object['spec'], status: object['status'] }));
}

function events(cluster: TestCluster): readonly object[] {
  return cluster.changes
    .filter(({ resource }) => resource === 'events')
    .map(({ object }) => object as unknown as EventObject)
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .map(({ reason, message, type, count, source, firstTimestamp, lastTimestamp }) => ({
      reason,
      message,
      eventType: type,
      count,
      source: source?.component,
      firstTimestamp,
      lastTimestamp,
    }));
}

describe('recorded on a real cluster', () => {
  it('C601 C613 C618 C619 hpa-no-metrics', () => {
    const recorded = recordedCases('kubelet').find((item) => item.case === 'hpa-no-metrics');
    const steps = (recorded?.steps ?? []) as unknown as readonly Step[];
    const watched = (id: string) => steps.find((step) => step.role === 'watch-end' && step.id === id)?.events ?? [];
    const cluster = replay(steps);
    expect(states(cluster)).toEqual(
      watched('w0').map(({ type, object }) => ({ type, spec: object?.['spec'], status: object?.['status'] })),
    );
    const said = watched('events').flatMap(({ event }) => {
      const { object, eventTime: _none, ...rest } = event ?? {};
      return String(object).startsWith('HorizontalPodAutoscaler/') ? [rest] : [];
    });
    expect(events(cluster)).toEqual(said);
  });
});
