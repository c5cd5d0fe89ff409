// Which rows stand where: nodes, then workloads with their pods and containers, folded as the reader wants them.

import { lastNotAfter, type Row, type TimelineModel } from './model.ts';

export interface Line {
  readonly row: Row;
  readonly depth: number;
  /** Undefined: there is nothing in it. */
  readonly isFolded: boolean | undefined;
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Folds that the reader has changed, by row. */
export type Folds = ReadonlyMap<string, boolean>;

/** The lines that have something to show in a range. */
export function linesOf(model: TimelineModel, range: Range, folds: Folds): readonly Line[] {
  const lines: Line[] = [];
  const add = (row: Row, depth: number) => {
    if (!isSeen(row, range)) return;
    const inside = model.children.get(row.id) ?? [];
    const isFolded = inside.length === 0 ? undefined : (folds.get(row.id) ?? row.kind === 'pod');
    lines.push({ row, depth, isFolded });
    if (isFolded === false) for (const child of inside) add(child, depth + 1);
  };
  const roots = [...(model.children.get('') ?? [])].sort(compareRoots);
  for (const row of roots) add(row, 0);
  // What belongs to an object that has no row of its own stands by itself.
  for (const [parent, rows] of model.children) if (parent !== '' && !model.rows.has(parent)) for (const row of rows) add(row, 0);
  return lines;
}

function isSeen({ spans, endMs }: Row, { fromMs, toMs }: Range): boolean {
  const firstMs = spans[0]?.fromMs;
  return firstMs !== undefined && firstMs <= toMs && (endMs === undefined || endMs >= fromMs);
}

const KIND_ORDER = { node: 0, workload: 1, pod: 2, container: 3 } as const;

function compareRoots(one: Row, other: Row): number {
  return (
    KIND_ORDER[one.kind] - KIND_ORDER[other.kind] ||
    compareTexts(one.namespace ?? '', other.namespace ?? '') ||
    compareTexts(one.id, other.id)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export interface Bar {
  readonly state: string;
  readonly reason: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is drawn as bars: each begins where the one before it ends. */
export interface Spans {
  readonly spans: readonly { readonly fromMs: number; readonly state: string; readonly reason?: string | undefined }[];
  readonly endMs?: number | undefined;
}

/** The spans of a row in a range that are to be drawn when `pixelMs` are one pixel wide: of those that share a pixel, the first. */
export function barsOf({ spans, endMs }: Spans, { fromMs, toMs }: Range, nowMs: number, pixelMs: number): readonly Bar[] {
  const bars: Bar[] = [];
  let index = Math.max(0, lastNotAfter(spans, fromMs));
  while (index < spans.length) {
    const span = spans[index];
    if (span === undefined || span.fromMs > toMs) break;
    const untilMs = spans[index + 1]?.fromMs ?? endMs ?? nowMs;
    if (untilMs >= fromMs) bars.push({ state: span.state, reason: span.reason, fromMs: span.fromMs, toMs: untilMs });
    const next = untilMs - span.fromMs >= pixelMs ? index + 1 : lastNotAfter(spans, span.fromMs + pixelMs);
    index = Math.max(index + 1, next);
  }
  return bars;
}

/** Steps between ticks of the axis, milliseconds. */
const TICKS_MS = [
  10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 2_592_000_000, 7_776_000_000, 31_536_000_000,
];
const TICK_PIXELS_MIN = 84;

/** Where the axis has ticks, counted from the start of the cluster. */
export function ticksOf({ fromMs, toMs }: Range, startMs: number, width: number): readonly number[] {
  const pixelMs = (toMs - fromMs) / Math.max(1, width);
  const stepMs = TICKS_MS.find((step) => step / pixelMs >= TICK_PIXELS_MIN) ?? TICKS_MS.at(-1) ?? 1;
  const ticks: number[] = [];
  for (let atMs = startMs + Math.ceil((fromMs - startMs) / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) ticks.push(atMs);
  return ticks;
}
