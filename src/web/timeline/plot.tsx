// The canvas of the timeline, and what hands do to it: drag the axis or the line to look at another moment, drag elsewhere to pan, point to read.

import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import type { Line } from './layout.ts';
import { rowIdOf } from './objects.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './paint.ts';
import { sayTime, startOf } from '../cluster/session-time.ts';
import { useCanvas } from './use-canvas.ts';
import { type Pointed, Tip } from './tip.tsx';
import type { TimeView } from './view-range.ts';

interface PlotProps {
  readonly session: Session;
  readonly view: TimeView;
  readonly lines: readonly Line[];
  readonly scrollTop: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onChoose: (line: Line) => void;
  readonly onFold: (line: Line) => void;
  readonly onMenu: (line: Line, event: MouseEvent) => void;
}

/** So near to the line a hand takes it. */
const GRIP_PIXELS = 7;
const SCRUB_MS = 120;
const CLICK_PIXELS = 4;
const ZOOM_PER_PIXEL = 1.002;

export function Plot(props: PlotProps) {
  const { session, view, lines, scrollTop } = props;
  const pointed = useSignal<Pointed | undefined>(undefined);
  const dragged = useSignal<number | undefined>(undefined);
  const { range } = view;
  const nowMs = session.nowMs.value ?? range.toMs;
  const shownMs = dragged.value ?? session.shownMs.value ?? nowMs;
  const chosen = rowIdOf(route.value.object);
  const canvas = useCanvas({
    model: session.timeline,
    scheduled: session.scheduled.value,
    lines,
    range,
    startMs: startOf(session),
    nowMs,
    shownMs,
    scrollTop,
    chosen,
  });
  const box = useRef<HTMLDivElement>(null);
  const hands = useHands(props, box, pointed, dragged);
  const share = (shownMs - range.fromMs) / (range.toMs - range.fromMs);
  return (
    <div
      class="plot"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={text.timeline.plot}
      onKeyDown={(event) => onKey(event, props)}
      {...hands}
    >
      <canvas ref={canvas} aria-hidden="true" />
      {share < 0 || share > 1 ? null : (
        <div
          class={session.pastMs.value === undefined && dragged.value === undefined ? 'moment' : 'moment past'}
          role="slider"
          tabIndex={0}
          aria-label={text.timeline.moment}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, nowMs - startOf(session))}
          aria-valuenow={shownMs - startOf(session)}
          aria-valuetext={sayTime(session, shownMs)}
          title={text.timeline.drag}
          style={{ left: `${share * 100}%` }}
          onKeyDown={(event) => onSliderKey(event, props, shownMs)}
        />
      )}
      {pointed.value === undefined ? null : <Tip pointed={pointed.value} session={session} />}
    </div>
  );
}

function useHands(
  { session, view, lines, scrollTop, onChoose, onMenu }: PlotProps,
  box: RefObject<HTMLDivElement | null>,
  pointed: Signal<Pointed | undefined>,
  dragged: Signal<number | undefined>,
) {
  const held = useRef<{ readonly mode: 'scrub' | 'pan'; readonly startX: number; x: number } | undefined>(undefined);
  const toldMs = useRef(0);
  useWheel(box, view);
  const place = (event: MouseEvent) => pointAt(box.current as HTMLDivElement, event, { view, lines, scrollTop });
  const scrub = (atMs: number, isLast: boolean) => {
    dragged.value = isLast ? undefined : Math.min(atMs, session.nowMs.value ?? atMs);
    if (!isLast && performance.now() - toldMs.current < SCRUB_MS) return;
    toldMs.current = performance.now();
    session.show(Math.max(Math.round(atMs), startOf(session)), { replace: true });
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const { x, y, atMs, pixelMs } = place(event);
      const isNear = Math.abs(atMs - (session.shownMs.value ?? 0)) / pixelMs <= GRIP_PIXELS;
      held.current = { mode: y < AXIS_HEIGHT || isNear ? 'scrub' : 'pan', startX: x, x };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      pointed.value = undefined;
    },
    onPointerMove(event: PointerEvent) {
      const { x, y, width, height, atMs, pixelMs, line } = place(event);
      const now = held.current;
      if (now === undefined) {
        pointed.value = event.pointerType === 'touch' ? undefined : { x, y, width, height, atMs, pixelMs, row: line?.row };
        return;
      }
      if (now.mode === 'scrub') scrub(atMs, false);
      else if (Math.abs(x - now.startX) >= CLICK_PIXELS) view.pan((now.x - x) / width);
      now.x = x;
    },
    onPointerUp(event: PointerEvent) {
      const now = held.current;
      held.current = undefined;
      if (now === undefined) return;
      const { x, atMs, pixelMs, line } = place(event);
      const isClick = Math.abs(x - now.startX) < CLICK_PIXELS;
      const isScheduled = session.scheduled.value.some((mark) => Math.abs(mark.atMs - atMs) / pixelMs <= GRIP_PIXELS);
      // What is to come is no moment to go to, but can be looked at, and ended.
      if (isClick && isScheduled) change({ view: 'faults' });
      else if (now.mode === 'scrub') scrub(atMs, true);
      else if (isClick && line !== undefined) onChoose(line);
    },
    onContextMenu(event: MouseEvent) {
      // The menu key has no place of its own: it is about the row that is chosen.
      const isKey = (event as Partial<PointerEvent>).pointerType === '';
      const line = isKey ? lines.find(({ row }) => row.id === rowIdOf(route.value.object)) : place(event).line;
      if (line !== undefined) onMenu(line, event);
    },
    onPointerCancel() {
      held.current = undefined;
      dragged.value = undefined;
    },
    onPointerLeave() {
      pointed.value = undefined;
    },
  };
}

/** What lies under a pointer. */
function pointAt(box: HTMLElement, event: MouseEvent, { view, lines, scrollTop }: Pick<PlotProps, 'view' | 'lines' | 'scrollTop'>) {
  const { left, top, width, height } = box.getBoundingClientRect();
  const [x, y] = [event.clientX - left, event.clientY - top];
  const { fromMs, toMs } = view.range;
  const index = Math.floor((y - AXIS_HEIGHT + scrollTop) / ROW_HEIGHT);
  return {
    x,
    y,
    width,
    height,
    atMs: fromMs + (x / width) * (toMs - fromMs),
    pixelMs: (toMs - fromMs) / width,
    line: y < AXIS_HEIGHT ? undefined : lines[index],
  };
}

/** Ctrl and wheel zoom, a sideways wheel pans; upright it scrolls the rows, as everywhere. */
function useWheel(box: RefObject<HTMLDivElement | null>, view: TimeView): void {
  useEffect(() => {
    const element = box.current;
    const onWheel = (event: WheelEvent) => {
      if (element === null) return;
      const { left, width } = element.getBoundingClientRect();
      const { fromMs, toMs } = view.range;
      if (event.ctrlKey || event.metaKey)
        view.zoom(ZOOM_PER_PIXEL ** event.deltaY, fromMs + ((event.clientX - left) / width) * (toMs - fromMs));
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.pan(event.deltaX / width);
      else return;
      event.preventDefault();
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [view]);
}

function onKey(event: KeyboardEvent, { view, lines, scroller, onChoose, onFold }: PlotProps): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const index = lines.findIndex(({ row }) => row.id === rowIdOf(route.value.object));
  const choose = (next: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, next))];
    if (line === undefined) return;
    onChoose(line);
    scroller.current?.scrollTo({ top: Math.max(0, next * ROW_HEIGHT - scroller.current.clientHeight / 2) });
  };
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => view.pan(-0.15),
    ArrowRight: () => view.pan(0.15),
    ArrowUp: () => choose(index - 1),
    ArrowDown: () => choose(index + 1),
    Enter: () => lines[index]?.isFolded !== undefined && onFold(lines[index]),
    '+': () => view.zoom(0.5),
    '=': () => view.zoom(0.5),
    '-': () => view.zoom(2),
    0: () => view.showAll(),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** The line moves from change to change of what is seen, or by a hundredth of it. */
function onSliderKey(event: KeyboardEvent, { session, view }: PlotProps, shownMs: number): void {
  const { fromMs, toMs } = view.range;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -0.01,
    ArrowRight: 0.01,
    ArrowDown: -0.01,
    ArrowUp: 0.01,
    PageDown: -0.1,
    PageUp: 0.1,
    Home: -2,
    End: 2,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  session.show(Math.max(startOf(session), Math.round(shownMs + step * (toMs - fromMs))), { replace: true });
}
