// The stream of a watch of the service API: present objects, a bookmark, then changes, in one of three forms. Rules: H2-H5, H10.

import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { expired } from '../../engine/apimachinery/status.ts';
import type { Selection } from '../../engine/apiserver/read/selection.ts';
import { addedEvent, selectChange, type WatchEvent } from '../../engine/apiserver/read/watch.ts';
import { readSelected } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import type { ByteSource } from '../../service/host.ts';
import type { ClusterService, LoggedChange } from '../../service/ports.ts';
import { encodeFrame, KEEP_ALIVE_FRAME, watchEventData } from '../watch/frames.ts';
import { foreignDetail } from '../watch/position.ts';
import { endingSource, openWatch } from '../watch/source.ts';
import { createFormatter, type EventFormatter } from './watch-format.ts';
import type { WatchPlan } from './watch-plan.ts';

/** Wall time between the comments that keep an idle stream alive. */
const KEEP_ALIVE_PERIOD_MS = 15_000;

/** The stream that the plan describes. Fails: cluster-not-found, limit-exceeded. */
export function openWatchSource(service: ClusterService, cluster: string, plan: WatchPlan): ByteSource {
  const start = service.read(cluster, (state) => startOf(state, plan));
  if (plan.after === 'foreign') return endingSource(errorFrame(foreignDetail(cluster), start.nowMs));
  const formatter = createFormatter(plan);
  return openWatch(service, cluster, {
    first: framesOf(formatter, start, plan),
    after: plan.after ?? start.revision,
    encode: (change) => encodeChange(formatter, plan, change),
    encodeGone: (detail) => errorFrame(detail, start.nowMs),
    reminder: { nextMs: (nowMs) => nowMs + KEEP_ALIVE_PERIOD_MS, encode: () => KEEP_ALIVE_FRAME },
    timeoutSeconds: plan.timeoutSeconds,
  });
}

/** The cluster at the moment in which the watch begins. */
interface WatchStart {
  readonly revision: number;
  readonly nowMs: number;
  /** The present objects with their kinds, oldest change first; none when the watch resumes. */
  readonly events: readonly { readonly selection: Selection; readonly event: WatchEvent }[];
}

function startOf(state: ClusterState, { selections, after }: WatchPlan): WatchStart {
  const { revision, nowMs } = state;
  if (after !== undefined) return { revision, nowMs, events: [] };
  const events = [...selections.values()].flatMap((selection) =>
    readSelected(state, selection).map((item) => ({ selection, event: addedEvent(item, nowMs) })),
  );
  // By revision, so that a client that is cut off among them can come back with the last id it saw.
  return { revision, nowMs, events: events.sort((a, b) => revisionOf(a.event.object) - revisionOf(b.event.object)) };
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}

function* framesOf(formatter: EventFormatter, start: WatchStart, plan: WatchPlan): Generator<Uint8Array> {
  if (plan.after !== undefined) return;
  formatter.prepare(start.events);
  for (const { selection, event } of start.events) yield formatter.encode(selection.kind, event);
  yield formatter.bookmark(start.revision, start.nowMs);
}

function encodeChange(formatter: EventFormatter, { selections }: WatchPlan, change: LoggedChange): Uint8Array | undefined {
  const selection = selections.get(change.resource);
  const selected = selection === undefined ? undefined : selectChange(selection, change);
  if (selection === undefined || selected === undefined) return undefined;
  return formatter.encode(selection.kind, selected.event, selected.isShared ? change : undefined);
}

/** H3: the position is older than what is retained. */
function errorFrame(detail: string, timeMs: number): Uint8Array {
  return encodeFrame({ event: 'ERROR', data: watchEventData('ERROR', timeMs, JSON.stringify(expired(detail))) });
}
