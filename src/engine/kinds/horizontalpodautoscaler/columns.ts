// The row of a HorizontalPodAutoscaler. Upstream: pkg/printers/internalversion/printers.go printHorizontalPodAutoscaler, formatHPAMetrics
// (v1.33). Rules: N8, N13.

import type { Cell, Column } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './types.ts';

const METRICS_SHOWN_MAX = 2;
const UNKNOWN = '<unknown>';

export const AUTOSCALER_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  ...['Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas'].map((name) => column(name)),
  AGE_COLUMN,
];

export function autoscalerCells(autoscaler: HorizontalPodAutoscaler, nowMs: number): readonly Cell[] {
  const { spec, status } = autoscaler;
  return [
    autoscaler.metadata.name,
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    formatTargets(spec.metrics, status.currentMetrics ?? []),
    String(spec.minReplicas ?? '<unset>'),
    spec.maxReplicas,
    status.currentReplicas ?? 0,
    ageOf(autoscaler, nowMs),
  ];
}

/** N13: `cpu: 12%/80%, memory: <unknown>/1Gi + 1 more...`. */
export function formatTargets(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const list = specs.map((spec, index) => formatMetric(spec, statuses[index]));
  const more = list.length - METRICS_SHOWN_MAX;
  return list.slice(0, METRICS_SHOWN_MAX).join(', ') + (more > 0 ? ` + ${more} more...` : '');
}

function formatMetric(spec: MetricSpec, status: MetricStatus | undefined): string {
  if (spec.resource !== undefined) return formatResource(spec.resource, status?.resource?.current);
  if (spec.containerResource !== undefined) return formatResource(spec.containerResource, status?.containerResource?.current);
  if (spec.pods !== undefined) return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods.target.averageValue ?? ''}`;
  if (spec.object !== undefined) return formatValue(spec.object.target, status?.object?.current);
  return spec.external === undefined ? '<unknown type>' : formatValue(spec.external.target, status?.external?.current);
}

function formatResource({ name, target }: { name: string; target: MetricTarget }, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  return `${name}: ${now}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

function formatValue(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target.value ?? ''}`;
}
