// Measurements for Prometheus.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clusters } from '../front/clusters.ts';
import type { ServiceStats } from '../service/ports.ts';

export interface Metrics {
  readonly registry: Registry;
  countAnswer(route: string, method: string, status: number, milliseconds: number): void;
  answer(): Promise<Response>;
}

/** Names and meanings of what the service says of itself. */
const GAUGES: Readonly<Partial<Record<keyof ServiceStats, readonly [name: string, help: string]>>> = {
  clusters: ['orrery_clusters', 'Clusters stored.'],
  awakeClusters: ['orrery_clusters_awake', 'Clusters in memory.'],
  runningClocks: ['orrery_clocks_running', 'Clusters whose clock runs.'],
  openWatches: ['orrery_watches_open', 'Open watches.'],
  advances: ['orrery_advances_active', 'Advances going on.'],
};

const COUNTERS: Readonly<Partial<Record<keyof ServiceStats, readonly [name: string, help: string]>>> = {
  commits: ['orrery_commits_total', 'Commands committed.'],
  changes: ['orrery_changes_total', 'Changes of objects committed.'],
};

/** The measurements of one app. */
export function createMetrics(clusters: Clusters): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'orrery_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'orrery_http_request_seconds',
    help: 'Time until the answer began.',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const gauges = entriesOf(GAUGES).map(([key, [name, help]]) => ({ key, gauge: new Gauge({ name, help, registers }) }));
  const counters = entriesOf(COUNTERS).map(([key, [name, help]]) => ({ key, counter: new Counter({ name, help, registers }) }));
  const show = (stats: ServiceStats) => {
    for (const { key, gauge } of gauges) gauge.set(stats[key]);
    for (const { key, counter } of counters) {
      counter.reset();
      counter.inc(stats[key]);
    }
  };
  return {
    registry,
    countAnswer(route, method, status, milliseconds) {
      requests.inc({ route, method, status });
      seconds.observe({ route }, milliseconds / 1000);
    },
    async answer() {
      show(await clusters.stats());
      const text = await registry.metrics();
      return new Response(text, { headers: { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' } });
    },
  };
}

function entriesOf<T>(record: Readonly<Partial<Record<keyof ServiceStats, T>>>): [keyof ServiceStats, T][] {
  return Object.entries(record) as [keyof ServiceStats, T][];
}
