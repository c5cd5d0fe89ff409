// The timeline of a cluster as it is told, step by step: rows with spans and marks. Only grows, until the stream begins anew.

import type { Schemas } from '../api/schemas.ts';

export type Step = Schemas['TimelineStep'];
export type Mark = Schemas['TimelineMark'];
/** Something that is to come, on the row of what it strikes where it has one. */
export type Scheduled = Mark & { readonly row: string | undefined };
export type Span = Schemas['TimelineSpan'];

export interface Row {
  readonly id: string;
  readonly kind: 'node' | 'workload' | 'pod' | 'container';
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  parent?: string | undefined;
  node?: string | undefined;
  /** In order; each begins where the one before it ends. */
  readonly spans: Span[];
  readonly marks: Mark[];
  /** When the object was gone. */
  endMs?: number | undefined;
}

export class TimelineModel {
  readonly rows = new Map<string, Row>();
  /** Those of no row: commands, and faults of registries and images. */
  readonly marks: Mark[] = [];
  /** Rows by what they belong to, in the order in which they came; '' has those that belong to none. */
  readonly children = new Map<string, Row[]>();
  private firstMs: number | undefined;

  get fromMs(): number {
    return this.firstMs ?? 0;
  }

  apply(step: Step): void {
    if (step.type === 'row') this.addRow(step.row);
    else if (step.type === 'span') this.addSpan(step);
    else if (step.type === 'end') this.endRow(step.row, step.toMs);
    else (step.row === undefined ? this.marks : this.rows.get(step.row)?.marks)?.push(step.mark);
  }

  /** The state of a row at an instant; undefined where it is not there. */
  stateAt(row: Row, atMs: number): Span | undefined {
    if (row.endMs !== undefined && atMs >= row.endMs) return undefined;
    return row.spans[lastNotAfter(row.spans, atMs)];
  }

  private addRow(told: Omit<Row, 'spans' | 'marks'>): void {
    const known = this.rows.get(told.id);
    if (known !== undefined) {
      this.unlink(known);
      known.parent = told.parent;
      known.node = told.node;
      known.endMs = undefined;
      this.link(known);
      return;
    }
    const row: Row = { ...told, spans: [], marks: [] };
    this.rows.set(row.id, row);
    this.link(row);
  }

  private addSpan({
    row: id,
    fromMs,
    state,
    reason,
  }: {
    row: string;
    fromMs: number;
    state: Span['state'];
    reason?: string | undefined;
  }): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.firstMs = Math.min(this.firstMs ?? fromMs, fromMs);
    row.spans.push({ fromMs, state, ...(reason === undefined ? {} : { reason }) });
  }

  private endRow(id: string, toMs: number): void {
    const row = this.rows.get(id);
    if (row !== undefined) row.endMs = toMs;
  }

  private link(row: Row): void {
    const key = row.parent ?? '';
    const siblings = this.children.get(key);
    if (siblings === undefined) this.children.set(key, [row]);
    else siblings.push(row);
  }

  private unlink(row: Row): void {
    const siblings = this.children.get(row.parent ?? '');
    const index = siblings?.indexOf(row) ?? -1;
    if (index >= 0) siblings?.splice(index, 1);
  }
}

/** Index of the last span that begins at an instant or before it; -1 when all begin later. */
export function lastNotAfter(spans: readonly { readonly fromMs: number }[], atMs: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
