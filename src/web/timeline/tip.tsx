// What stands under the pointer, in words.

import type { Session } from '../cluster/session.ts';
import { text } from '../text/text.ts';
import { formatDuration } from '../text/time.ts';
import type { Mark, Row } from './model.ts';
import { lastNotAfter } from './model.ts';
import { stateClass, stateName } from './states.ts';
import { sayTime } from '../cluster/session-time.ts';

export interface Pointed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly atMs: number;
  readonly pixelMs: number;
  readonly row: Row | undefined;
}

const MARK_PIXELS = 7;
const MARKS_MAX = 4;

export function Tip({ pointed, session }: { readonly pointed: Pointed; readonly session: Session }) {
  const { row, atMs, x, y, width, height, pixelMs } = pointed;
  const nowMs = session.nowMs.value ?? atMs;
  const rows = row === undefined ? [session.timeline] : [row, ...(session.timeline.children.get(row.id) ?? [])];
  const told = [
    ...rows.flatMap(({ marks }) => marks).filter((mark) => mark.atMs <= nowMs),
    ...session.scheduled.value.filter((mark) => row === undefined || mark.row === row.id),
  ];
  const marks = nearMarks(told, atMs, pixelMs);
  if (row === undefined && marks.length === 0) return null;
  const side = x > width / 2 ? { right: `${width - x + 12}px` } : { left: `${x + 12}px` };
  const level = y > height / 2 ? { bottom: `${height - y + 8}px` } : { top: `${y + 12}px` };
  return (
    <div class="tip" style={{ ...side, ...level }}>
      {row === undefined ? null : <SpanWords row={row} atMs={atMs} nowMs={nowMs} session={session} />}
      {marks.map((mark) => (
        <p key={`${mark.atMs} ${mark.text}`} class="small">
          <span class="number">{sayTime(session, mark.atMs)}</span> <bdi>{mark.text}</bdi>
        </p>
      ))}
    </div>
  );
}

function SpanWords({
  row,
  atMs,
  nowMs,
  session,
}: {
  readonly row: Row;
  readonly atMs: number;
  readonly nowMs: number;
  readonly session: Session;
}) {
  const span = session.timeline.stateAt(row, Math.min(atMs, nowMs));
  if (span === undefined || atMs > nowMs)
    return (
      <p>
        <bdi>{row.name}</bdi>
      </p>
    );
  const index = lastNotAfter(row.spans, Math.min(atMs, nowMs));
  const endMs = row.spans[index + 1]?.fromMs ?? row.endMs;
  const reason = span.reason === undefined ? '' : ` (${span.reason})`;
  return (
    <>
      <p>
        <span class={`swatch ${stateClass(span.state)}`} /> <strong>{stateName(span.state)}</strong>
        {reason}
      </p>
      <p class="small muted">
        <bdi>{row.name}</bdi>
      </p>
      <p class="small number">
        {sayTime(session, span.fromMs)} – {endMs === undefined ? text.timeline.stillSo : sayTime(session, endMs)} ·{' '}
        {formatDuration((endMs ?? nowMs) - span.fromMs)}
      </p>
    </>
  );
}

function nearMarks(marks: readonly Mark[], atMs: number, pixelMs: number): readonly Mark[] {
  const near: Mark[] = [];
  const first = atMs - MARK_PIXELS * pixelMs;
  for (const mark of marks) if (mark.atMs >= first && mark.atMs <= atMs + MARK_PIXELS * pixelMs) near.push(mark);
  return near.slice(0, MARKS_MAX);
}
