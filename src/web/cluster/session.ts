// What the page knows of the cluster that it shows: its clock, and its timeline as the stream tells it.

import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { api, dataOf } from '../api/client.ts';
import type { Cluster, Schemas } from '../api/schemas.ts';
import { openStream } from '../api/event-stream.ts';
import type { StreamEvent } from '../api/event-parser.ts';
import { sentenceOf } from '../state/notices.ts';
import { change, route } from '../state/route.ts';
import { type Scheduled, TimelineModel } from '../timeline/model.ts';

export type Clock = Schemas['ClusterClock'];

/** Where the address keeps the moment that is shown: of the cluster, or of the one that it is compared with. */
export type MomentKey = 'at' | 'withAt';

/** A clock may be turned by others, without any object changing. */
const CLOCK_POLL_MS = 2000;
/** Wall time between two looks at a clock under which something changes all the time. */
const CLOCK_READ_MS = 400;

export class Session {
  readonly name: string;
  private readonly moment: MomentKey;
  readonly cluster = signal<Cluster | undefined>(undefined);
  readonly clock = signal<Clock | undefined>(undefined);
  /** Everything was told up to here, virtual milliseconds. */
  readonly nowMs = signal<number | undefined>(undefined);
  readonly revision = signal('');
  /** Counts what was told, so that who draws knows. */
  readonly version = signal(0);
  /** Faults that were set and wait for their time, soonest first. */
  readonly scheduled = signal<readonly Scheduled[]>([]);
  readonly isBroken = signal(false);
  /** A tab that nobody sees follows nothing. */
  readonly isVisible = signal(document.visibilityState === 'visible');
  readonly refusal = signal<string | undefined>(undefined);
  timeline = new TimelineModel();
  /** The moment that is shown, virtual milliseconds; undefined is the present. */
  readonly pastMs: ReadonlySignal<number | undefined> = computed(() => {
    const at = route.value[this.moment];
    const atMs = at === undefined ? Number.NaN : Date.parse(at);
    return Number.isNaN(atMs) ? undefined : atMs;
  });
  readonly shownMs = computed(() => this.pastMs.value ?? this.nowMs.value);
  private closeStream: (() => void) | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** What was told last, and is shown with the next frame. */
  private told: { nowMs: number; revision: string } | undefined;
  private frame: number | undefined;
  private readonly clockReads = { isBusy: false, isStale: false };

  constructor(name: string, moment: MomentKey = 'at') {
    this.name = name;
    this.moment = moment;
  }

  /** Listens until the returned function is called. A tab that nobody sees listens to nothing: connections of one browser to one service are few. */
  start(): () => void {
    const follow = () => {
      this.pause();
      this.isVisible.value = document.visibilityState === 'visible';
      if (this.isVisible.value) this.resume();
    };
    document.addEventListener('visibilitychange', follow);
    follow();
    return () => {
      document.removeEventListener('visibilitychange', follow);
      this.pause();
    };
  }

  async loadClock(): Promise<void> {
    try {
      const clock = await dataOf(api.GET('/v1/clusters/{cluster}/clock', { params: { path: { cluster: this.name } } }));
      this.clock.value = clock;
      // The stream says more exactly how far it told, once it did.
      this.nowMs.value ??= Date.parse(clock.now);
    } catch (error) {
      if (error instanceof TypeError) this.isBroken.value = true;
      else this.refusal.value = sentenceOf(error);
    }
  }

  /** What waits changes no object, and is told by no stream. */
  async loadScheduled(): Promise<void> {
    try {
      const { items } = await dataOf(api.GET('/v1/clusters/{cluster}/faults', { params: { path: { cluster: this.name }, query: {} } }));
      const waiting = items.filter(({ state }) => state === 'waiting');
      const marks = waiting.map(
        ({ type, target, startsAt }): Scheduled => ({
          atMs: Date.parse(startsAt),
          type: 'fault',
          text: [type, ...Object.values(target)].join(' '),
          row: rowOf(target),
        }),
      );
      this.scheduled.value = marks.sort((one, other) => one.atMs - other.atMs);
    } catch {
      // The clock is asked for together with it, and says what is wrong.
    }
  }

  /** Shows a moment of the past; undefined goes back to the present. */
  show(atMs: number | undefined, options?: { replace: boolean }): void {
    const isPast = atMs !== undefined && atMs < (this.nowMs.value ?? Number.POSITIVE_INFINITY);
    change({ [this.moment]: isPast ? new Date(atMs).toISOString() : undefined }, options);
  }

  private resume(): void {
    void this.loadCluster();
    const load = () => {
      void this.loadClock();
      void this.loadScheduled();
    };
    load();
    this.timer = setInterval(load, CLOCK_POLL_MS);
    this.closeStream = openStream(`/v1/clusters/${encodeURIComponent(this.name)}/timeline`, {
      onOpen: () => {
        this.timeline = new TimelineModel();
        this.isBroken.value = false;
        this.version.value += 1;
        void this.loadClock();
      },
      onEvents: (events) => this.take(events),
      onBreak: () => (this.isBroken.value = true),
      onRefusal: (detail) => (this.refusal.value = detail),
    });
  }

  private pause(): void {
    this.closeStream?.();
    this.closeStream = undefined;
    clearInterval(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  private async loadCluster(): Promise<void> {
    try {
      this.cluster.value = await dataOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster: this.name } } }));
    } catch {
      // The stream says what is wrong, and goes on trying.
    }
  }

  private take(events: readonly StreamEvent[]): void {
    for (const { type, data } of events) {
      if (type === 'steps') for (const step of (JSON.parse(data) as Schemas['TimelineSteps']).steps) this.timeline.apply(step);
      else if (type === 'now') {
        const { nowMs, resourceVersion } = JSON.parse(data) as Schemas['TimelineNow'];
        this.told = { nowMs, revision: resourceVersion };
      }
    }
    // Whatever comes between two frames is shown once.
    this.frame ??= requestAnimationFrame(() => this.publish());
  }

  private publish(): void {
    this.frame = undefined;
    const before = this.revision.value;
    batch(() => {
      this.version.value += 1;
      if (this.told === undefined) return;
      this.nowMs.value = this.told.nowMs;
      this.revision.value = this.told.revision;
    });
    if (before !== this.revision.value) void this.followClock();
  }

  /** Looks at the clock now, or again after the look that is under way. */
  private async followClock(): Promise<void> {
    const reads = this.clockReads;
    reads.isStale = true;
    if (reads.isBusy) return;
    reads.isBusy = true;
    while (reads.isStale && this.closeStream !== undefined) {
      reads.isStale = false;
      await this.loadClock();
      await new Promise((resolve) => setTimeout(resolve, CLOCK_READ_MS));
    }
    reads.isBusy = false;
  }
}

/** The row of the node or the pod that a fault is to strike. */
function rowOf({ node, namespace = 'default', pod }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof pod === 'string') return `pods/${String(namespace)}/${pod}`;
  return typeof node === 'string' ? `nodes/${node}` : undefined;
}
