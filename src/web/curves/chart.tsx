// Curves with their names and their values at the moment that is shown, or that is pointed at.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { sayTime, startOf } from '../cluster/session-time.ts';
import type { Range } from '../timeline/layout.ts';
import { text } from '../text/text.ts';
import { type Curves, valuesAt } from './curves.ts';
import type { Drawing, DrawnCurves } from './draw-curves.ts';

interface ChartProps {
  readonly session: Session;
  readonly title: string;
  readonly curves: Curves;
  readonly range: Range;
  readonly isStacked?: boolean;
}

export function Chart({ session, title, curves, range, isStacked = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnCurves | undefined>(undefined);
  const pointedMs = useSignal<number | undefined>(undefined);
  const shownMs = session.shownMs.value ?? range.toMs;
  const drawing: Drawing = { curves, isStacked, startMs: startOf(session), ...range, shownMs };
  const latest = useRef(drawing);
  latest.current = drawing;
  useEffect(() => {
    let isLeft = false;
    const onPick = (atMs: number) => session.show(Math.round(atMs));
    // Without the chunk, which a service of another version may not have any more, the values below say it.
    import('./draw-curves.ts').then(
      ({ openCurves }) => {
        if (isLeft || place.current === null) return;
        drawn.current = openCurves(place.current, { onPoint: (atMs) => (pointedMs.value = atMs), onPick });
        drawn.current.draw(latest.current);
      },
      () => undefined,
    );
    return () => {
      isLeft = true;
      drawn.current?.dispose();
    };
  }, [session]);
  useEffect(() => {
    const frame = requestAnimationFrame(() => drawn.current?.draw(latest.current));
    return () => cancelAnimationFrame(frame);
  });
  const atMs = pointedMs.value ?? shownMs;
  const values = valuesAt(curves, atMs);
  return (
    <div class="chart" role="group" aria-label={title}>
      <h3>
        {title} <span class="muted small number">{sayTime(session, Math.round(atMs))}</span>
      </h3>
      <div class="chart-plot" ref={place} role="img" aria-label={text.history.plot(title)} />
      <ul class="chart-names small">
        {curves.curves.map(({ name, tone, pattern }, index) => (
          <li key={name}>
            <span
              class={pattern === undefined ? `chart-line curve-${tone} dash-${index % 4}` : `swatch tone-${tone} pattern-${pattern}`}
              aria-hidden="true"
            />{' '}
            <bdi>{name}</bdi> <strong class="number">{sayNumber(values[index])}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

function sayNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : String(Number(value.toFixed(3)));
}
