// Building blocks of server-side table columns (N1, N5, N12).

import { formatLabelSelector, formatLabels } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { humanDuration, parseTime } from '../../apimachinery/time.ts';
import type { Column } from '../kind.ts';
import type { LabelSelector, PodTemplateSpec } from './types.ts';

export const NAME_COLUMN: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique in its namespace.',
  priority: 0,
};
export const AGE_COLUMN: Column = {
  name: 'Age',
  type: 'string',
  format: '',
  description: 'Time since the object was created.',
  priority: 0,
};

export const CREATED_AT_COLUMN: Column = {
  name: 'Created At',
  type: 'date',
  format: '',
  description: 'When the object was created.',
  priority: 0,
};

export function column(name: string, type: Column['type'] = 'string', priority: 0 | 1 = 0): Column {
  return { name, type, format: '', description: name, priority };
}

/** Age of the object, as kubectl prints it (N5). */
export function ageOf(object: KubeObject, nowMs: number): string {
  return ageSince(object.metadata.creationTimestamp, nowMs);
}

/** Age of a timestamp; `<unknown>` when there is none. */
export function ageSince(timestamp: string | null | undefined, nowMs: number): string {
  const ms = typeof timestamp === 'string' ? parseTime(timestamp) : undefined;
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}

/** Containers, images and selector of a workload's wide output. */
export function workloadWideCells(template: PodTemplateSpec, selector: LabelSelector): [string, string, string] {
  const { containers } = template.spec;
  return [
    containers.map((container) => container.name).join(','),
    containers.map((container) => container.image).join(','),
    formatLabelSelector(selector),
  ];
}

export const WORKLOAD_WIDE_COLUMNS: readonly Column[] = [
  column('Containers', 'string', 1),
  column('Images', 'string', 1),
  column('Selector', 'string', 1),
];

/** `k=v,k2=v2`, or `<none>`. */
export function labelsCell(labels: Readonly<Record<string, string>> | undefined): string {
  return formatLabels(labels);
}
