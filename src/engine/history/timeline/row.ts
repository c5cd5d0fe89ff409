// What a timeline is made of: rows that a drawing has below each other, spans of state on them, and marks at single instants. All times are virtual
// milliseconds since 1970.

import type { Text } from '../words/message.ts';

export const ROW_KINDS = ['node', 'workload', 'pod', 'container'] as const;

export const SPAN_STATES = [
  // Nodes: heartbeats come and it is ready, or says that it is not; none come.
  'NodeReady',
  'NodeNotReady',
  'NodeLost',
  'NodeCordoned',
  // Workloads.
  'Progressing',
  'Available',
  'Stalled',
  'ScaledDown',
  'Suspended',
  'Complete',
  // Pods and containers. A pod is Pending until it has a node, and NodeLost while its node is.
  'Pending',
  'Scheduled',
  'Waiting',
  'Pulling',
  'Starting',
  'Running',
  'Ready',
  'BackOff',
  'Terminating',
  'Succeeded',
  'Failed',
] as const;

export const MARK_TYPES = ['probe-failure', 'restart', 'warning', 'command', 'refused', 'fault'] as const;

export interface Row {
  readonly id: string;
  readonly kind: (typeof ROW_KINDS)[number];
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
  /** Id of the row that it belongs to: the workload of a pod, the pod of a container. */
  readonly parent?: string;
  /** Of a pod that has one. */
  readonly node?: string;
}

/** A state, and in one word why, where there is a reason. */
export interface Standing {
  readonly state: (typeof SPAN_STATES)[number];
  readonly reason?: string | undefined;
}

export interface Mark {
  readonly atMs: number;
  readonly type: (typeof MARK_TYPES)[number];
  readonly text: Text;
  /** Of a command; of what was refused, of the command before it. */
  readonly number?: number;
  /** Id of the fault that strikes, or that is ended. */
  readonly fault?: string;
}

/** A step of a timeline. A span begins where the one before it on its row ends. */
export type TimelineStep =
  | { readonly type: 'row'; readonly row: Row }
  | { readonly type: 'span'; readonly row: string; readonly fromMs: number; readonly standing: Standing }
  | { readonly type: 'end'; readonly row: string; readonly toMs: number }
  | { readonly type: 'mark'; readonly row?: string | undefined; readonly mark: Mark };

/** Which rows are asked for: those that match, and what belongs to them. What is absent is any. */
export interface RowFilter {
  readonly namespace?: string | undefined;
  readonly resource?: string | undefined;
  readonly name?: string | undefined;
}

export function rowId(resource: string, namespace: string | undefined, name: string): string {
  return namespace === undefined ? `${resource}/${name}` : `${resource}/${namespace}/${name}`;
}

export function containerRowId(podId: string, container: string): string {
  return `${podId}/${container}`;
}
