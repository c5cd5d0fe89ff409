// The timeline: rows of states over time. Its line is the moment that the page shows, and can be dragged into the past.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { openFaultMenu } from '../faults/fault-menu.tsx';
import { targetOfRow } from '../faults/fault-types.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { objectOfRow, rowIdOf } from './objects.ts';
import { Labels } from './labels.tsx';
import { type Folds, type Line, linesOf } from './layout.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './paint.ts';
import { Plot } from './plot.tsx';
import { Legend } from './legend.tsx';
import { type TimeView, ViewRange } from './view-range.ts';

interface TimelineProps {
  readonly session: Session;
}

/** The timeline of a cluster, with a part of time of its own. */
export function ClusterTimeline({ session }: TimelineProps) {
  const view = useMemo(() => new ViewRange([session]), [session]);
  useEffect(() => () => view.stop(), [view]);
  useFollowing(session, view);
  const folds = useSignal<Folds>(new Map());
  return <Timeline session={session} view={view} folds={folds} />;
}

interface SharedProps extends TimelineProps {
  readonly view: TimeView;
  readonly folds: Signal<Folds>;
  readonly label?: string;
}

/** A timeline that may share with others which part of time it shows, and what is folded. */
export function Timeline({ session, view, folds, label = text.timeline.title }: SharedProps) {
  const scrollTop = useSignal(0);
  const scroller = useRef<HTMLDivElement>(null);
  const legend = useMemo(() => <Legend />, []);
  // Whatever was told may change any row.
  void session.version.value;
  const lines = linesOf(session.timeline, view.range, folds.value);
  const total = AXIS_HEIGHT + Math.max(1, lines.length) * ROW_HEIGHT;
  const choose = (line: Line) => change({ object: objectOfRow(line.row) });
  const menu = ({ row }: Line, event: MouseEvent) => {
    const target = targetOfRow(row);
    if (target !== undefined) openFaultMenu(session, target, event);
  };
  const fold = ({ row, isFolded }: Line) => {
    folds.value = new Map([...folds.value, [row.id, isFolded !== true]]);
  };
  return (
    <section class="panel timeline" aria-label={label}>
      <header class="panel-head">
        <h2>{text.timeline.title}</h2>
        {legend}
        <div class="group">
          <button type="button" class="quiet" aria-label={text.keys.zoomOut} title={text.keys.zoomOut} onClick={() => view.zoom(2)}>
            −
          </button>
          <button type="button" class="quiet" aria-label={text.keys.zoomIn} title={text.keys.zoomIn} onClick={() => view.zoom(0.5)}>
            +
          </button>
          <button type="button" class="quiet" disabled={view.isAll} onClick={() => view.showAll()}>
            {text.timeline.all}
          </button>
        </div>
      </header>
      <div
        class="scroller"
        ref={scroller}
        onScroll={(event) => (scrollTop.value = event.currentTarget.scrollTop)}
        style={{ height: `${total}px` }}
      >
        <div class="stage" style={{ height: `${total}px` }}>
          <div class="window">
            <Labels
              lines={lines}
              scrollTop={scrollTop.value}
              onFold={fold}
              onChoose={choose}
              onMenu={menu}
              chosen={rowIdOf(route.value.object)}
            />
            <Plot
              session={session}
              view={view}
              lines={lines}
              scrollTop={scrollTop.value}
              scroller={scroller}
              onChoose={choose}
              onFold={fold}
              onMenu={menu}
            />
          </div>
        </div>
      </div>
    </section>
  );
}

function useFollowing(session: Session, view: ViewRange): void {
  const before = useRef<number | undefined>(undefined);
  const nowMs = session.nowMs.value;
  useEffect(() => {
    if (nowMs !== undefined) view.follow(before.current ?? nowMs, nowMs);
    before.current = nowMs;
  }, [nowMs, view]);
}
