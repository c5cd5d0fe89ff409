// Which part of time the timeline shows. By itself all of it; whoever zooms or pans has a part, which goes on with the present when he sees it.

import { signal } from '@preact/signals';
import type { Session } from '../cluster/session.ts';
import { startOf } from '../cluster/session-time.ts';
import { change, route } from '../state/route.ts';
import type { Range } from './layout.ts';

const SPAN_MS_MIN = 50;
const SPAN_MS_FIRST = 30_000;
/** Room to the right of the present. */
const MARGIN = 0.06;
/** Browsers allow only so many changes of an address in a time. */
const ADDRESS_MS = 400;

/** Faults that wait no longer than this, or than all that was, are shown with it. */
const AHEAD_MS = 600_000;

/** The present, or the last of what is scheduled soon after it. */
function lastOf({ nowMs, scheduled, timeline }: Session): number {
  const now = nowMs.value ?? 0;
  const aheadMs = Math.max(AHEAD_MS, now - timeline.fromMs);
  return Math.max(now, ...scheduled.value.map(({ atMs }) => atMs).filter((atMs) => now > 0 && atMs - now <= aheadMs));
}

/** What a timeline shows of time, and how that is changed. */
export interface TimeView {
  readonly isAll: boolean;
  readonly range: Range;
  zoom(factor: number, aroundMs?: number): void;
  /** Pans by a share of what is seen. */
  pan(share: number): void;
  showAll(): void;
}

export class ViewRange implements TimeView {
  private readonly own = signal<Range | undefined>(undefined);
  /** The first one's time is that of the range. */
  private readonly sessions: readonly [Session, ...Session[]];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Several sessions see the same part of time. */
  constructor(sessions: readonly [Session, ...Session[]]) {
    this.sessions = sessions;
    const { from, to } = route.value;
    if (from !== undefined && to !== undefined && to > from) this.own.value = { fromMs: from, toMs: to };
  }

  get isAll(): boolean {
    return this.own.value === undefined;
  }

  get range(): Range {
    return this.own.value ?? this.all();
  }

  zoom(factor: number, aroundMs = this.sessions[0].shownMs.value ?? 0): void {
    const { fromMs, toMs } = this.range;
    const widest = (this.all().toMs - this.all().fromMs) * 1.2;
    const spanMs = Math.min(widest, Math.max(SPAN_MS_MIN, (toMs - fromMs) * factor));
    const share = Math.min(1, Math.max(0, (aroundMs - fromMs) / (toMs - fromMs)));
    this.set({ fromMs: aroundMs - share * spanMs, toMs: aroundMs + (1 - share) * spanMs });
  }

  pan(share: number): void {
    const { fromMs, toMs } = this.range;
    const all = this.all();
    const spanMs = toMs - fromMs;
    const wanted = fromMs + share * spanMs;
    const first = Math.min(Math.max(wanted, all.fromMs - spanMs / 2), all.toMs - spanMs / 2);
    this.set({ fromMs: first, toMs: first + spanMs });
  }

  showAll(): void {
    this.set(undefined);
  }

  /** Time went on: who sees the present goes on seeing it. */
  follow(beforeMs: number, nowMs: number): void {
    const own = this.own.value;
    if (own === undefined || this.sessions[0].pastMs.value !== undefined) return;
    const spanMs = own.toMs - own.fromMs;
    if (beforeMs >= own.fromMs && beforeMs <= own.toMs && nowMs > own.toMs - spanMs * MARGIN) {
      const toMs = nowMs + spanMs * MARGIN;
      this.set({ fromMs: toMs - spanMs, toMs });
    }
  }

  private all(): Range {
    const parts = this.sessions.map((session) => {
      const shiftMs = startOf(session) - startOf(this.sessions[0]);
      const nowMs = lastOf(session);
      const { fromMs } = session.timeline;
      return { fromMs: (fromMs === 0 ? nowMs : fromMs) - shiftMs, nowMs: nowMs - shiftMs };
    });
    const known = parts.filter(({ nowMs }) => nowMs > 0);
    const first = known.length === 0 ? 0 : Math.min(...known.map(({ fromMs }) => fromMs));
    const spanMs = Math.max(SPAN_MS_FIRST, ...known.map(({ nowMs }) => nowMs - first));
    return { fromMs: first - spanMs * 0.01, toMs: first + spanMs * (1 + MARGIN) };
  }

  private set(range: Range | undefined): void {
    this.own.value = range;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const own = this.own.value;
      change({ from: own && Math.round(own.fromMs), to: own && Math.round(own.toMs) }, { replace: true });
    }, ADDRESS_MS);
  }

  /** The view is left: its address is another's. */
  stop(): void {
    clearTimeout(this.timer);
  }
}

/** The view of another session, whose cluster may have begun at another time: both begin at the same place. */
export class AlignedRange implements TimeView {
  private readonly view: ViewRange;
  private readonly shiftMs: () => number;

  constructor(view: ViewRange, first: Session, session: Session) {
    this.view = view;
    this.shiftMs = () => startOf(session) - startOf(first);
  }

  get isAll(): boolean {
    return this.view.isAll;
  }

  get range(): Range {
    const { fromMs, toMs } = this.view.range;
    return { fromMs: fromMs + this.shiftMs(), toMs: toMs + this.shiftMs() };
  }

  zoom(factor: number, aroundMs?: number): void {
    this.view.zoom(factor, aroundMs === undefined ? undefined : aroundMs - this.shiftMs());
  }

  pan(share: number): void {
    this.view.pan(share);
  }

  showAll(): void {
    this.view.showAll();
  }
}
