// The cluster as numbers over time: how many pods and nodes were in which state.

import { useMemo } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import type { Range } from '../timeline/layout.ts';
import type { Row } from '../timeline/model.ts';
import { Chart } from './chart.tsx';
import { curvesOfRows } from './curves.ts';

export function CurveView({ session }: { readonly session: Session }) {
  // Whatever was told may be the first that there is.
  void session.version.value;
  const range = rangeOf(session);
  const { rows } = session.timeline;
  if (rows.size === 0) return <p class="muted pad">{text.loading}</p>;
  return (
    <div class="pad charts">
      <RowChart session={session} title={text.history.pods} range={range} isMeant={isPod} />
      <RowChart session={session} title={text.history.nodes} range={range} isMeant={isNode} />
    </div>
  );
}

const isPod = ({ kind }: Row): boolean => kind === 'pod';
const isNode = ({ kind }: Row): boolean => kind === 'node';

interface RowChartProps {
  readonly session: Session;
  readonly title: string;
  readonly range: Range;
  readonly isMeant: (row: Row) => boolean;
}

/** How many rows of a kind were in each state. */
export function RowChart({ session, title, range, isMeant }: RowChartProps) {
  const nowMs = session.nowMs.value ?? range.toMs;
  const version = session.version.value;
  const curves = useMemo(
    () => curvesOfRows([...session.timeline.rows.values()].filter(isMeant), range, nowMs),
    [version, range.fromMs, range.toMs, nowMs],
  );
  if (curves.curves.length === 0) return null;
  return <Chart session={session} title={title} curves={curves} range={range} isStacked />;
}

/** The part of time that the timeline shows, or all that was. */
export function rangeOf({ timeline, nowMs }: Session): Range {
  const { from, to } = route.value;
  if (from !== undefined && to !== undefined && to > from) return { fromMs: from, toMs: to };
  const toMs = nowMs.value ?? timeline.fromMs;
  return { fromMs: timeline.fromMs, toMs: Math.max(toMs, timeline.fromMs + 1_000) };
}
