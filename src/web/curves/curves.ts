// What is drawn as curves: numbers that stay as they are until they change.

import { lastNotAfter, type Row } from '../timeline/model.ts';
import type { Range } from '../timeline/layout.ts';
import { lookOf, type Pattern, stateName } from '../timeline/states.ts';

export interface Curve {
  readonly name: string;
  /** One of the palette's colours, `curve-green` in the style sheet. */
  readonly tone: string;
  /** Of a state; absent: it is a line. */
  readonly pattern?: Pattern;
  /** A number for each time; null: there was none. */
  readonly values: readonly (number | null)[];
}

export interface Curves {
  /** Virtual milliseconds, ascending. */
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
}

const TONES = ['blue', 'green', 'amber', 'violet', 'red', 'cyan', 'slate', 'grey'];

export interface Steps {
  readonly name: string;
  readonly steps: readonly { readonly atMs: number; readonly value: number | null }[];
}

/** Curves of numbers that changed at times of their own, up to an end. */
export function curvesOfSteps(series: readonly Steps[], endMs: number): Curves {
  const times = [...new Set([...series.flatMap(({ steps }) => steps.map(({ atMs }) => atMs)), endMs])].filter((ms) => ms <= endMs);
  times.sort((one, other) => one - other);
  const curves = series.map(({ name, steps }, index) => {
    let next = 0;
    let value: number | null = null;
    const values = times.map((ms) => {
      for (; (steps[next]?.atMs ?? Number.POSITIVE_INFINITY) <= ms; next += 1) value = steps[next]?.value ?? null;
      return value;
    });
    return { name, tone: TONES[index % TONES.length] as string, values };
  });
  return { times, curves };
}

/** More points than any screen has pixels in a row. */
const POINTS = 1_200;

/** How many rows were in each state, in a part of time: at the end of each of its many pieces. */
export function curvesOfRows(rows: Iterable<Row>, { fromMs, toMs }: Range, nowMs: number): Curves {
  const endMs = Math.min(toMs, nowMs);
  const pieceMs = Math.max(1, (endMs - fromMs) / (POINTS - 1));
  const count = Math.max(1, Math.ceil((endMs - fromMs) / pieceMs) + 1);
  const changes = new Map<string, Int32Array>();
  // The first piece of which the end is not before a time.
  const pieceOf = (ms: number) => Math.max(0, Math.ceil((ms - fromMs) / pieceMs));
  const add = (state: string, piece: number, by: number) => {
    if (piece >= count) return;
    const of = changes.get(state) ?? new Int32Array(count);
    changes.set(state, of);
    of[piece] = (of[piece] ?? 0) + by;
  };
  for (const { spans, endMs: goneMs } of rows)
    for (let index = Math.max(0, lastNotAfter(spans, fromMs)); index < spans.length; index += 1) {
      const { fromMs: sinceMs, state } = spans[index] as Row['spans'][number];
      if (sinceMs > endMs) break;
      const untilMs = spans[index + 1]?.fromMs ?? goneMs ?? Number.POSITIVE_INFINITY;
      add(state, pieceOf(sinceMs), 1);
      add(state, pieceOf(untilMs), -1);
    }
  const times = Array.from({ length: count }, (_, index) => Math.min(endMs, fromMs + index * pieceMs));
  return {
    times,
    curves: [...changes]
      .map(([state, of]) => curveOfState(state, of))
      .filter(isSeen)
      .sort(compareStates),
  };
}

function curveOfState(state: string, changes: Int32Array): Curve {
  let value = 0;
  const { tone, pattern } = lookOf(state);
  return { name: stateName(state), tone, pattern, values: Array.from(changes, (by) => (value += by)) };
}

const isSeen = ({ values }: Curve): boolean => values.some((value) => value !== 0);

/** What is well stands at the bottom, and what is not on it. */
const ORDER = ['green', 'slate', 'amber', 'cyan', 'blue', 'grey', 'violet', 'red'];

function compareStates(one: Curve, other: Curve): number {
  return ORDER.indexOf(one.tone) - ORDER.indexOf(other.tone) || (one.name < other.name ? -1 : 1);
}

/** The value of each curve at a time. */
export function valuesAt({ times, curves }: Curves, atMs: number): readonly (number | null)[] {
  let index = -1;
  while (index + 1 < times.length && (times[index + 1] ?? 0) <= atMs) index += 1;
  return curves.map(({ values }) => (index < 0 ? null : (values[index] ?? null)));
}

/** Each curve on top of those before it. */
export function stacked({ curves }: Curves): readonly (readonly number[])[] {
  const sums: number[] = [];
  return curves.map(({ values }) => values.map((value, index) => (sums[index] = (sums[index] ?? 0) + (value ?? 0))));
}
