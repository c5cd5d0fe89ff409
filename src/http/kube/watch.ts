// Watches: a cursor over the change log, read at the client's own pace, filtered and encoded. Rules: H1-H13.
// Upstream: apiserver/pkg/endpoints/handlers/watch.go, storage/cacher/cacher.go (v1.33).
// Deviation: a watch without timeoutSeconds never ends by itself, because virtual clocks may stand still for long (H9).

import { expired, ok, type Result } from '../../engine/apimachinery/status.ts';
import type { ClusterService, LoggedChange, WatchCursor } from '../../service/ports.ts';
import { withAlarm } from '../watch/alarm.ts';
import { EVENT_STREAM_TYPE, joinFrames } from '../watch/frames.ts';
import { selectChange, type Selection, type WatchEvent } from '../watch/selection.ts';
import { type ByteSource, streamingResponse } from '../watch/stream.ts';
import { answerStatus } from './answer.ts';
import type { ResourceRequest } from './handlers.ts';
import type { Format } from './negotiate.ts';
import { type ListQuery, parseRevision } from './query.ts';
import { parseSelection, selectedObjects } from './reads.ts';
import { parseIncludeObject } from './table.ts';
import { encodeBookmark, encodeErrorEvent, encodeEvent, memoKey, type WatchForm } from './watch-encode.ts';

/** Wall time between bookmarks (H6). */
const BOOKMARK_PERIOD_MS = 60_000;
/** The last bookmark comes this long before the end. */
const BOOKMARK_LEAD_MS = 2_000;
/** Bytes put together in one piece before the reader gets them. */
const PIECE_BYTES_MAX = 256 * 1024;

/** Answers a watch with a stream, or with a Status when it cannot begin. */
export function handleWatch(context: ResourceRequest, list: ListQuery, format: Format): Response {
  const source = openWatch(context, list, format);
  if (!source.ok) return answerStatus(source.status);
  const contentType = format.isEventStream ? EVENT_STREAM_TYPE : 'application/json';
  return streamingResponse(source.value, { 'Content-Type': contentType, 'Cache-Control': 'no-cache, private' });
}

function openWatch({ service, cluster, target, query }: ResourceRequest, list: ListQuery, format: Format): Result<ByteSource> {
  const asked = parseRevision(list.resourceVersion, true);
  if (!asked.ok) return asked;
  const include = parseIncludeObject(query.get('includeObject'));
  if (!include.ok) return include;
  const selection = parseSelection(target, list);
  if (!selection.ok) return selection;
  const form: WatchForm = { kind: target.kind, format, include: include.value };
  const plan: WatchPlan = { form, selection: selection.value, list };
  // H2: without a revision, or with 0, the present objects come first.
  const start =
    asked.value === undefined || asked.value === 0 ? presentObjects(service, cluster, plan) : startAfter(service, cluster, asked.value);
  const oldest = service.oldestRetainedRevision(cluster);
  if (start.revision < oldest - 1) {
    // H3
    const status = expired(`too old resource version: ${start.revision} (${oldest - 1})`);
    return ok(singleFrame(encodeErrorEvent(form, status, start.nowMs)));
  }
  return ok(new WatchSource(plan, service.watch(cluster, start.revision), start));
}

interface WatchPlan {
  readonly form: WatchForm;
  readonly selection: Selection;
  readonly list: ListQuery;
}

/** Where a watch begins: the events it sees at once, and the revision after which changes follow. */
interface WatchStart {
  readonly revision: number;
  readonly nowMs: number;
  readonly events: readonly WatchEvent[];
}

function startAfter(service: ClusterService, cluster: string, revision: number): WatchStart {
  return { revision, nowMs: service.read(cluster, (state) => state.nowMs), events: [] };
}

function presentObjects(service: ClusterService, cluster: string, { selection }: WatchPlan): WatchStart {
  return service.read(cluster, (state) => {
    const items = selectedObjects(state, selection);
    return { revision: state.revision, nowMs: state.nowMs, events: items.map((item) => ({ ...item, type: 'ADDED', timeMs: state.nowMs })) };
  });
}

function singleFrame(frame: Uint8Array): ByteSource {
  const frames = [frame];
  return { next: async () => frames.shift(), close: () => {} };
}

/** One watcher: what it has to see first, and its cursor. */
class WatchSource implements ByteSource {
  private readonly plan: WatchPlan;
  private readonly cursor: WatchCursor;
  private readonly first: Iterator<WatchEvent>;
  private readonly deadlineMs: number;
  private bookmarkMs: number;
  /** The stream has seen everything up to here. */
  private position: { revision: number; timeMs: number };
  private hasColumns = true;
  private pending: Promise<readonly LoggedChange[] | undefined> | undefined;
  private isClosed = false;

  constructor(plan: WatchPlan, cursor: WatchCursor, start: WatchStart) {
    const { timeoutSeconds } = plan.list;
    this.plan = plan;
    this.cursor = cursor;
    this.first = start.events[Symbol.iterator]();
    this.position = { revision: start.revision, timeMs: start.nowMs };
    this.deadlineMs = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
    this.bookmarkMs = this.nextBookmarkMs();
  }

  async next(): Promise<Uint8Array | undefined> {
    const first = this.encodeFirst();
    if (first !== undefined) return first;
    while (!this.isClosed) {
      const pending = this.pending ?? this.cursor.next();
      this.pending = pending;
      const changes = await withAlarm(pending, Math.min(this.deadlineMs, this.bookmarkMs));
      if (changes === 'alarm') {
        if (Date.now() >= this.deadlineMs) return undefined;
        if (Date.now() >= this.bookmarkMs) return this.bookmark();
        continue;
      }
      if (changes === undefined) return undefined;
      this.pending = undefined;
      const bytes = this.encodeChanges(changes);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  close(): void {
    this.isClosed = true;
    this.cursor.close();
  }

  private encodeFirst(): Uint8Array | undefined {
    const frames: Uint8Array[] = [];
    for (let length = 0; length < PIECE_BYTES_MAX; ) {
      const event = this.first.next();
      if (event.done === true) break;
      const frame = this.encode(event.value);
      frames.push(frame);
      length += frame.length;
    }
    return frames.length === 0 ? undefined : joinFrames(frames);
  }

  private encodeChanges(changes: readonly LoggedChange[]): Uint8Array | undefined {
    const frames: Uint8Array[] = [];
    for (const change of changes) {
      this.position = { revision: change.revision, timeMs: change.timeMs };
      const selected = selectChange(this.plan.selection, change);
      if (selected === undefined) continue;
      frames.push(selected.isShared ? this.encodeShared(change, selected.event) : this.encode(selected.event));
    }
    return frames.length === 0 ? undefined : joinFrames(frames);
  }

  /** H13: a change is encoded once per form, whoever watches. */
  private encodeShared(change: LoggedChange, event: WatchEvent): Uint8Array {
    const { form } = this.plan;
    // H10: the one event with columns is this stream's own.
    if (form.format.shape === 'table' && this.hasColumns) return this.encode(event);
    const key = memoKey(form, event);
    let bytes = change.memo.get(key);
    if (bytes === undefined) {
      bytes = encodeEvent(form, event, false);
      change.memo.set(key, bytes);
    }
    return bytes;
  }

  private encode(event: WatchEvent): Uint8Array {
    const bytes = encodeEvent(this.plan.form, event, this.hasColumns);
    this.hasColumns = false;
    return bytes;
  }

  private bookmark(): Uint8Array {
    this.bookmarkMs = this.nextBookmarkMs();
    return encodeBookmark(this.plan.form, this.position.revision, this.position.timeMs);
  }

  /** H6: once a minute and shortly before the end; never in tables. */
  private nextBookmarkMs(): number {
    if (!this.plan.list.allowWatchBookmarks || this.plan.form.format.shape === 'table') return Number.POSITIVE_INFINITY;
    const nowMs = Date.now();
    const lastMs = this.deadlineMs - BOOKMARK_LEAD_MS;
    return nowMs < lastMs ? Math.min(nowMs + BOOKMARK_PERIOD_MS, lastMs) : Number.POSITIVE_INFINITY;
  }
}
