// Measurements for Prometheus, see docs/operate.md.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clusters, FrontStats } from '../front/clusters.ts';
import { type Durations, SLICE_SECONDS_BOUNDS } from '../service/ports.ts';

export interface Metrics {
  readonly registry: Registry;
  countAnswer(route: string, method: string, status: number, milliseconds: number): void;
  answer(): Promise<Response>;
}

type HostFigures = FrontStats['hosts'][number];
type Figure = Exclude<keyof HostFigures, 'host' | 'slices'>;
type Described = readonly [figure: Figure, name: string, help: string];

/** What each host says of itself. */
const HOST_GAUGES: readonly Described[] = [
  ['awakeClusters', 'orrery_clusters_awake', 'Clusters in memory.'],
  ['runningClocks', 'orrery_clocks_running', 'Clusters whose clock runs.'],
  ['openWatches', 'orrery_watches_open', 'Open watches.'],
  ['advances', 'orrery_advances_active', 'Advances going on.'],
  ['heapBytes', 'orrery_host_heap_bytes', 'Heap of the thread of the host, in use.'],
];

const HOST_COUNTERS: readonly Described[] = [
  ['commits', 'orrery_commits_total', 'Commands committed.'],
  ['changes', 'orrery_changes_total', 'Changes of objects committed.'],
];

const SLICES = 'orrery_slice_duration_seconds';

/** The measurements of one app. */
export function createMetrics(clusters: Pick<Clusters, 'stats'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'orrery_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'orrery_http_request_duration_seconds',
    help: 'Time until the answer began.',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const show = showerOf(registers);
  return {
    registry,
    countAnswer(route, method, status, milliseconds) {
      requests.inc({ route, method, status });
      seconds.observe({ route }, milliseconds / 1000);
    },
    async answer() {
      const stats = await clusters.stats();
      show(stats);
      const text = `${await registry.metrics()}${slicesText(stats.hosts)}`;
      return new Response(text, { headers: { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' } });
    },
  };
}

/** Shows what the hosts said, and nothing of hosts that are gone. */
function showerOf(registers: Registry[]): (stats: FrontStats) => void {
  const states = new Gauge({ name: 'orrery_clusters', help: 'Clusters stored, by state.', labelNames: ['state'], registers });
  const replacements = new Counter({ name: 'orrery_host_replacements_total', help: 'Hosts that ended and were replaced.', registers });
  const labelNames = ['host'];
  const gauges = HOST_GAUGES.map(([figure, name, help]) => ({ figure, gauge: new Gauge({ name, help, labelNames, registers }) }));
  const counters = HOST_COUNTERS.map(([figure, name, help]) => ({ figure, counter: new Counter({ name, help, labelNames, registers }) }));
  return (stats) => {
    for (const [state, count] of Object.entries(stats.clusters)) states.set({ state }, count);
    replacements.reset();
    replacements.inc(stats.replacements);
    for (const { figure, gauge } of gauges) {
      gauge.reset();
      for (const { host, [figure]: value } of stats.hosts) gauge.set({ host }, value);
    }
    for (const { figure, counter } of counters) {
      counter.reset();
      for (const { host, [figure]: value } of stats.hosts) counter.inc({ host }, value);
    }
  };
}

/** A histogram whose observations were counted elsewhere, in the format of Prometheus. */
function slicesText(hosts: readonly { readonly host: string; readonly slices: Durations }[]): string {
  const lines = hosts.flatMap(({ host, slices: { counts, count, sum } }) => [
    ...SLICE_SECONDS_BOUNDS.map((bound, index) => `${SLICES}_bucket{host="${host}",le="${bound}"} ${counts[index] ?? 0}`),
    `${SLICES}_bucket{host="${host}",le="+Inf"} ${count}`,
    `${SLICES}_sum{host="${host}"} ${sum}`,
    `${SLICES}_count{host="${host}"} ${count}`,
  ]);
  return [
    `\n# HELP ${SLICES} Time of one turn of work, from one turn for others to the next.`,
    `# TYPE ${SLICES} histogram`,
    ...lines,
    '',
  ].join('\n');
}
