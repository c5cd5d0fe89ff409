// The timeline: rows of states over time. Its line is the moment that the page shows, and can be dragged into the past.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatElapsed } from '../text/time.ts';
import { objectOfRow, rowIdOf } from './objects.ts';
import { Labels } from './labels.tsx';
import { type Folds, type Line, linesOf } from './layout.ts';
import { AXIS_HEIGHT, paint, ROW_HEIGHT, type Scene, type Theme } from './paint.ts';
import { Plot } from './plot.tsx';
import { Legend } from './legend.tsx';
import { readTheme } from './theme.ts';
import { ViewRange } from './view-range.ts';

export function Timeline({ session }: { readonly session: Session }) {
  const view = useMemo(() => new ViewRange(session), [session]);
  useEffect(() => () => view.stop(), [view]);
  useFollowing(session, view);
  const folds = useSignal<Folds>(new Map());
  const scrollTop = useSignal(0);
  const scroller = useRef<HTMLDivElement>(null);
  // Whatever was told may change any row.
  void session.version.value;
  const lines = linesOf(session.timeline, view.range, folds.value);
  const total = AXIS_HEIGHT + Math.max(1, lines.length) * ROW_HEIGHT;
  const choose = (line: Line) => change({ object: objectOfRow(line.row) });
  const fold = ({ row, isFolded }: Line) => {
    folds.value = new Map([...folds.value, [row.id, isFolded !== true]]);
  };
  return (
    <section class="panel timeline" aria-label={text.timeline.title}>
      <header class="panel-head">
        <h2>{text.timeline.title}</h2>
        <Legend />
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
            <Labels lines={lines} scrollTop={scrollTop.value} onFold={fold} onChoose={choose} chosen={rowIdOf(route.value.object)} />
            <Plot
              session={session}
              view={view}
              lines={lines}
              scrollTop={scrollTop.value}
              scroller={scroller}
              onChoose={choose}
              onFold={fold}
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

/** Paints the scene whenever it is another one, at most once a frame. */
export function useCanvas(scene: Omit<Scene, 'width' | 'height'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useRef<Theme | undefined>(undefined);
  const frame = useRef(0);
  const latest = useRef(scene);
  latest.current = scene;
  const draw = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => drawNow(canvas.current, latest.current, theme));
  };
  useLayoutEffect(draw);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => {
      theme.current = undefined;
      draw();
    };
    dark.addEventListener('change', repaint);
    const sizes = new ResizeObserver(repaint);
    if (canvas.current?.parentElement) sizes.observe(canvas.current.parentElement);
    return () => {
      dark.removeEventListener('change', repaint);
      sizes.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  return canvas;
}

function drawNow(canvas: HTMLCanvasElement | null, scene: Omit<Scene, 'width' | 'height'>, theme: { current: Theme | undefined }): void {
  const context = canvas?.getContext('2d', { alpha: false });
  const box = canvas?.parentElement;
  if (canvas === null || !context || !box) return;
  const { clientWidth: width, clientHeight: height } = box;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  theme.current ??= readTheme(context);
  paint(context, { ...scene, width, height }, theme.current);
}

/** A time as the timeline says it. */
export function sayTime(session: Session, atMs: number): string {
  return formatElapsed((atMs - startOf(session)) / 1000);
}

export function startOf(session: Session): number {
  const { startTime } = session.cluster.value ?? {};
  return startTime === undefined ? session.timeline.fromMs : Date.parse(startTime);
}
