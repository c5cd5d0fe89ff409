// Watches: a cursor over the change log, read at the client's own pace, filtered and encoded. Rules: H1-H13.
// Upstream: apiserver/pkg/endpoints/handlers/watch.go, storage/cacher/cacher.go (v1.33).
// Deviation: a watch without timeoutSeconds never ends by itself, because virtual clocks may stand still for long (H9).

import { badRequest, expired, fail, ok, type Result } from '../../engine/apimachinery/status.ts';
import { storedObjects } from '../../engine/apiserver/read/list.ts';
import { parseRevision } from '../../engine/apiserver/read/list-options.ts';
import { parseSelection, type Selection } from '../../engine/apiserver/read/selection.ts';
import { addedEvent, beginWatch, selectChange, type WatchEvent, type WatchStart } from '../../engine/apiserver/read/watch.ts';
import { readSelected } from '../../engine/cluster/index.ts';
import type { ByteSource } from '../../service/host.ts';
import type { LoggedChange } from '../../service/ports.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { foreignDetail, parseEventId, type Position } from '../watch/position.ts';
import { endingSource, openWatch, sharedBytes, type WatchView } from '../watch/source.ts';
import { streamingResponse } from '../watch/stream.ts';
import { waitingHeaders } from '../waiting-headers.ts';
import { answerStatus } from './answer.ts';
import { ConvertedChanges, firstConverted } from './converted-reads.ts';
import { isConverted } from './converting.ts';
import type { ResourceRequest } from './handlers.ts';
import { messageHeaders } from './message-headers.ts';
import type { Format } from './negotiate.ts';
import type { ListQuery } from './query.ts';
import { parseIncludeObject } from './table.ts';
import { encodeBookmark, encodeErrorEvent, encodeEvent, memoKey, PROTOBUF_STREAM_TYPE, type WatchForm } from './watch-encode.ts';

/** Wall time between bookmarks (H6). */
const BOOKMARK_PERIOD_MS = 60_000;
/** The last bookmark comes this long before the end. */
const BOOKMARK_LEAD_MS = 2_000;

/** Answers a watch with a stream, or with a Status when it cannot begin. */
export async function handleWatch(context: ResourceRequest, list: ListQuery, format: Format): Promise<Response> {
  const source = await openKubeWatch(context, list, format);
  if (!source.ok) return answerStatus(source.status);
  const contentType = format.isEventStream ? EVENT_STREAM_TYPE : format.encoding === 'protobuf' ? PROTOBUF_STREAM_TYPE : 'application/json';
  const headers = { 'Content-Type': contentType, 'Cache-Control': 'no-cache, private', ...waitingHeaders(context) };
  return streamingResponse(source.value, contentType === 'application/json' ? { ...headers, ...messageHeaders(context.request) } : headers);
}

async function openKubeWatch(context: ResourceRequest, list: ListQuery, format: Format): Promise<Result<ByteSource>> {
  const { service, cluster, target, query } = context;
  const asked = parseRevision(list.resourceVersion, true);
  if (!asked.ok) return asked;
  const position = format.isEventStream ? positionOf(context) : ok(undefined);
  if (!position.ok) return position;
  const include = parseIncludeObject(query.get('includeObject'));
  if (!include.ok) return include;
  const selection = parseSelection(target, list);
  if (!selection.ok) return selection;
  const form: WatchForm = { kind: target.kind, format, include: include.value, stream: service.streamId(cluster) };
  if (position.value === 'foreign')
    return ok(
      endingSource(
        encodeErrorEvent(
          form,
          expired(foreignDetail(cluster)),
          service.read(cluster, ({ nowMs }) => nowMs),
        ),
      ),
    );
  const after = position.value ?? asked.value;
  const isOfWebhook = isConverted(target.kind);
  const read = isOfWebhook ? storedObjects : readSelected;
  const begun = service.read(cluster, (state) => beginWatch(state, selection.value, after, read));
  // O15: what is stored is converted before it is shown.
  const present = isOfWebhook ? await firstConverted(context, selection.value, begun.present) : ok(begun.present);
  if (!present.ok) return present;
  const start = { ...begun, present: present.value };
  const changes = isOfWebhook ? new ConvertedChanges(context, selection.value) : undefined;
  return ok(openWatch(service, cluster, viewOf(form, selection.value, start, list, changes), context.client));
}

/** Section 4 of docs/contract.md: where the client of a stream of server-sent events comes back to. */
function positionOf({ service, cluster, request }: ResourceRequest): Result<Position> {
  const id = request.headers.get('last-event-id') ?? '';
  if (id === '') return ok(undefined);
  const position = parseEventId(id, service.streamId(cluster), service.latestRevision(cluster));
  if (position === undefined) return fail(badRequest(`Last-Event-ID: ${JSON.stringify(id)} is not a resource version`));
  return ok(position);
}

/** What one client is told, and how far he has been told. */
export function viewOf(form: WatchForm, selection: Selection, start: WatchStart, list: ListQuery, converted?: ConvertedChanges): WatchView {
  let position = { revision: start.revision, timeMs: start.nowMs };
  const encode = eventEncoder(form);
  return {
    first: encodeAll(start, encode),
    after: start.revision,
    ...(converted === undefined ? {} : { prepare: (changes) => converted.prepare(changes) }),
    encode(change) {
      position = change;
      const seen = converted === undefined ? change : converted.of(change);
      const selected = seen === undefined ? undefined : selectChange(selection, seen);
      return selected === undefined ? undefined : encode(selected.event, selected.isShared ? change : undefined);
    },
    // The position is older than what is kept (H3).
    encodeGone: (detail) => encodeErrorEvent(form, expired(detail), start.nowMs),
    reminder: {
      nextMs: (nowMs, deadlineMs) => (hasBookmarks(form, list) ? nextBookmarkMs(nowMs, deadlineMs) : Number.POSITIVE_INFINITY),
      encode: () => encodeBookmark(form, position.revision, position.timeMs),
    },
    timeoutSeconds: list.timeoutSeconds,
  };
}

function* encodeAll({ present, nowMs }: WatchStart, encode: (event: WatchEvent) => Uint8Array): Generator<Uint8Array> {
  for (const item of present) yield encode(addedEvent(item, nowMs));
}

/** H10, H13: the first table of a stream carries the columns; everything else is encoded once per change and form, whoever watches. */
function eventEncoder(form: WatchForm): (event: WatchEvent, change?: LoggedChange) => Uint8Array {
  let hasColumns = form.format.shape === 'table';
  return (event, change) => {
    if (hasColumns || change === undefined) {
      const bytes = encodeEvent(form, event, hasColumns);
      hasColumns = false;
      return bytes;
    }
    return sharedBytes(change, memoKey(form, event), () => encodeEvent(form, event, false));
  };
}

/** H6: never in tables. */
function hasBookmarks(form: WatchForm, list: ListQuery): boolean {
  return list.allowWatchBookmarks && form.format.shape !== 'table';
}

/** H6: once a minute and shortly before the end. */
function nextBookmarkMs(nowMs: number, deadlineMs: number): number {
  const lastMs = deadlineMs - BOOKMARK_LEAD_MS;
  return nowMs < lastMs ? Math.min(nowMs + BOOKMARK_PERIOD_MS, lastMs) : Number.POSITIVE_INFINITY;
}
