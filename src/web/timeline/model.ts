// The timeline of a cluster as it is told, step by step: rows with spans and marks. It grows as long as the clock runs; when it has become too much, what is
// oldest is forgotten, as the service forgets its history.

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

/** Rows, spans and marks, some 30 MB of them. A thousand pods that are restarted for an hour have 200 000. */
const KEPT_MAX = 300_000;
/** Which part of them goes at once, so that it seldom has to. */
const FORGOTTEN_SHARE = 0.25;

export class TimelineModel {
  /** Where the mark of each fault stands. */
  private readonly faults = new Map<string, { readonly mark: Mark; readonly marks: Mark[] }>();
  private readonly keptMax: number;
  private kept = 0;
  /** How many are there when some have to go. */
  private full: number;
  readonly rows = new Map<string, Row>();
  /** Those of no row: commands, and faults of registries and images. */
  readonly marks: Mark[] = [];
  /** Rows by what they belong to, in the order in which they came; '' has those that belong to none. */
  readonly children = new Map<string, Row[]>();
  private firstMs: number | undefined;

  constructor(keptMax = KEPT_MAX) {
    this.keptMax = keptMax;
    this.full = keptMax;
  }

  get fromMs(): number {
    return this.firstMs ?? 0;
  }

  apply(step: Step): void {
    if (step.type === 'row') this.addRow(step.row);
    else if (step.type === 'span') this.addSpan(step);
    else if (step.type === 'end') this.endRow(step.row, step.toMs);
    else this.addMark(step.mark, step.row === undefined ? this.marks : this.rows.get(step.row)?.marks);
    if (step.type !== 'end') this.kept += 1;
    if (this.kept > this.full) this.forget();
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

  private addMark(mark: Mark, marks: Mark[] | undefined): void {
    marks?.push(mark);
    if (mark.fault === undefined) return;
    const set = this.faults.get(mark.fault);
    if (set === undefined && marks !== undefined) this.faults.set(mark.fault, { mark, marks });
    // A fault that is ended before its time never strikes.
    if (set === undefined || mark.atMs >= set.mark.atMs) return;
    const index = set.marks.indexOf(set.mark);
    if (index >= 0) set.marks.splice(index, 1);
  }

  private endRow(id: string, toMs: number): void {
    const row = this.rows.get(id);
    if (row !== undefined) row.endMs = toMs;
  }

  /** Drops what was over before a time, so that a part of everything goes. What still held then stays. */
  private forget(): void {
    const rows = [...this.rows.values()];
    const times = Float64Array.from([this.marks, ...rows.flatMap(({ spans, marks }) => [spans, marks])].flat(), timeOf).sort();
    const cutMs = times[Math.floor(times.length * FORGOTTEN_SHARE)] ?? 0;
    for (const row of rows) {
      if (row.endMs !== undefined && row.endMs < cutMs) this.rows.delete(row.id);
      row.spans.splice(0, Math.max(0, lastNotAfter(row.spans, cutMs)));
      dropBefore(row.marks, cutMs);
    }
    dropBefore(this.marks, cutMs);
    for (const [parent, siblings] of this.children) {
      const left = siblings.filter(({ id }) => this.rows.has(id));
      if (left.length === 0) this.children.delete(parent);
      else this.children.set(parent, left);
    }
    this.firstMs = Math.max(this.fromMs, cutMs);
    this.kept = [...this.rows.values()].reduce((sum, { spans, marks }) => sum + 1 + spans.length + marks.length, this.marks.length);
    // Where nothing can go, because all of it holds, the next look comes later.
    this.full = Math.max(this.keptMax, this.kept * (1 + FORGOTTEN_SHARE));
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

function timeOf(one: Span | Mark): number {
  return 'atMs' in one ? one.atMs : one.fromMs;
}

function dropBefore(marks: Mark[], cutMs: number): void {
  let left = 0;
  for (const mark of marks)
    if (mark.atMs >= cutMs) {
      marks[left] = mark;
      left += 1;
    }
  marks.length = left;
}

/** Index of the last span that begins at an instant or before it; -1 when all begin later. */
export function lastNotAfter(spans: readonly { readonly fromMs: number }[], atMs: number): number {
  return lastOf(spans.length, (index) => (spans[index]?.fromMs ?? Number.POSITIVE_INFINITY) <= atMs);
}

/** The same of marks. */
export function lastMarkNotAfter(marks: readonly Mark[], atMs: number): number {
  return lastOf(marks.length, (index) => (marks[index]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs);
}

/** The last of so many that holds, where all before it hold; -1: none. */
function lastOf(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
