// Which part of time the timeline shows. By itself all of it; whoever zooms or pans has a part, which goes on with the present when he sees it.

import { signal } from '@preact/signals';
import type { Session } from '../cluster/session.ts';
import { change, route } from '../state/route.ts';
import type { Range } from './layout.ts';

const SPAN_MS_MIN = 50;
const SPAN_MS_FIRST = 30_000;
/** Room to the right of the present. */
const MARGIN = 0.06;
/** Browsers allow only so many changes of an address in a time. */
const ADDRESS_MS = 400;

export class ViewRange {
  private readonly own = signal<Range | undefined>(undefined);
  private readonly session: Session;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.session = session;
    const { from, to } = route.value;
    if (from !== undefined && to !== undefined && to > from) this.own.value = { fromMs: from, toMs: to };
  }

  get isAll(): boolean {
    return this.own.value === undefined;
  }

  get range(): Range {
    return this.own.value ?? this.all();
  }

  zoom(factor: number, aroundMs = this.session.shownMs.value ?? 0): void {
    const { fromMs, toMs } = this.range;
    const widest = (this.all().toMs - this.all().fromMs) * 1.2;
    const spanMs = Math.min(widest, Math.max(SPAN_MS_MIN, (toMs - fromMs) * factor));
    const share = Math.min(1, Math.max(0, (aroundMs - fromMs) / (toMs - fromMs)));
    this.set({ fromMs: aroundMs - share * spanMs, toMs: aroundMs + (1 - share) * spanMs });
  }

  /** Pans by a share of what is seen. */
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
    if (own === undefined || this.session.pastMs.value !== undefined) return;
    const spanMs = own.toMs - own.fromMs;
    if (beforeMs >= own.fromMs && beforeMs <= own.toMs && nowMs > own.toMs - spanMs * MARGIN) {
      const toMs = nowMs + spanMs * MARGIN;
      this.set({ fromMs: toMs - spanMs, toMs });
    }
  }

  private all(): Range {
    const nowMs = this.session.nowMs.value ?? 0;
    const { fromMs } = this.session.timeline;
    const first = fromMs === 0 ? nowMs : fromMs;
    const spanMs = Math.max(SPAN_MS_FIRST, nowMs - first);
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
