// Event objects and their correlation, as client-go's recorders write them. The core recorder serves the kubelet and the controllers, the
// new one the scheduler.
// Upstream: staging/src/k8s.io/client-go/tools/record/events_cache.go, event.go, tools/events/event_broadcaster.go (v1.33).
// Rules: C020-C042, K235, K236. Omits the LRU bound of the caches; their rows go with the events they are about (event-ttl.ts).

import type { KubeObject } from '../apimachinery/meta.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { TIMER_RANKS } from '../kernel/component.ts';
import { setTimer } from '../kernel/timers.ts';
import { eventKind } from '../kinds/event/index.ts';
import type { EventObject, ObjectReference } from '../kinds/event/types.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import { admitNamespace } from './admission/index.ts';
import { createObject, getObject, writeObject } from './api.ts';

export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

export interface RecordedEvent {
  readonly source: EventSource;
  readonly regarding: KubeObject;
  /** `spec.containers{web}`. */
  readonly fieldPath?: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** How often it was said since the last call, by a source that is silent while C033 would drop its words; 1 by default. */
  readonly repeats?: number;
}

export interface NewRecordedEvent extends RecordedEvent {
  readonly action: string;
  readonly related?: ObjectReference;
}

/** C031: distinct messages of one reason before they are combined, and the window in which they count. */
const AGGREGATE_MESSAGES_MAX = 10;
const AGGREGATE_WINDOW_MS = 600_000;
/** C033: tokens per source, object and type, and the time one takes to come back. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** C041: a series ends after this long without a repeat. */
const SERIES_END_MS = 360_000;

interface Observation {
  /** The message as the source said it; empty for a combined one. */
  message: string;
  name: string;
  count: number;
  firstMs: number;
}

/** What a recorder remembers about one object. */
interface Correlation {
  lastMs: number;
  groups: Group[];
  buckets: Record<string, { tokens: number; atMs: number }>;
}

/** Events that differ in nothing but their messages. */
interface Group {
  key: string;
  /** Distinct messages in the present window (C031). */
  messages: string[];
  lastMs: number;
  seen: Observation[];
}

interface Series {
  name: string;
  namespace: string;
  count: number;
  writtenCount: number;
  lastMs: number;
}

const correlations = defineTable<Correlation>('events.correlation');
const series = defineTable<Series>('events.series');
const names = defineTable<{ ms: number; count: number }>('events.names');

export const SERIES_TIMER = 'event-series';

/** Records an event through the core recorder: counted, combined or dropped as C030-C036 say. */
export function recordEvent(state: ClusterState, event: RecordedEvent): void {
  if (isRefused(state, event)) return;
  const key = correlationKey(event.source, event.regarding.metadata.uid);
  const memory = correlations.has(state, key)
    ? correlations.edit(state, key)
    : putCorrelation(state, key, { lastMs: 0, groups: [], buckets: {} });
  memory.lastMs = state.nowMs;
  const group = groupOf(memory, event, state.nowMs);
  const isCombined = joinGroup(group, event.message, state.nowMs);
  const wanted = isCombined ? '' : event.message;
  let observation = group.seen.findLast((item) => item.message === wanted);
  if (observation === undefined) {
    observation = { message: wanted, name: eventName(state, event.regarding.metadata.name), count: 0, firstMs: state.nowMs };
    group.seen.push(observation);
  }
  // C033: the count rises even when the event is dropped.
  observation.count += event.repeats ?? 1;
  const message = isCombined ? `(combined from similar events): ${event.message}` : event.message;
  if (!takeToken(memory, event.type, state.nowMs)) return;
  writeCounted(state, event, message, observation);
}

/** Records an event through the new recorder: repeats become a series (C040-C042). */
export function recordNewEvent(state: ClusterState, event: NewRecordedEvent): void {
  if (isRefused(state, event)) return;
  const key = seriesKey(event.source.component, referenceTo(event), event.type, event.action, event.reason, event.related?.uid);
  const known = series.get(state, key);
  if (known === undefined || state.nowMs - known.lastMs > SERIES_END_MS) {
    const name = eventName(state, event.regarding.metadata.name);
    const namespace = event.regarding.metadata.namespace ?? 'default';
    createObject(state, eventKind, buildNewEvent(state, event, name, namespace), { trusted: true });
    // An event without repeats needs no timer: nothing is left to write.
    series.put(state, key, { name, namespace, count: 1, writtenCount: 1, lastMs: state.nowMs });
    return;
  }
  const row = series.edit(state, key);
  row.count += 1;
  row.lastMs = state.nowMs;
  // C041: the second occurrence is written, later ones only when the series ends.
  if (row.count === 2) writeSeries(state, row);
  setTimer(state, { dueMs: state.nowMs + SERIES_END_MS, rank: TIMER_RANKS.controller, order: 0, owner: SERIES_TIMER, key });
}

/**
 * L11: a namespace on its way out takes no new events, and recorders do not insist. Omits that the count of an event from before may still
 * rise in it.
 */
function isRefused(state: ClusterState, event: RecordedEvent): boolean {
  return admitNamespace(state, eventKind as Kind, event.regarding.metadata.namespace, '') !== undefined;
}

/** The end of a series: its last count is written. */
export function endSeries(state: ClusterState, key: string): void {
  const row = series.get(state, key);
  if (row === undefined) return;
  if (row.count > row.writtenCount) writeSeries(state, { ...row });
  series.remove(state, key);
}

/** Forgets what a recorder remembers about an object whose last event has expired. */
export function forgetCorrelation(state: ClusterState, source: EventSource, uid: string, quietMs: number): void {
  const key = correlationKey(source, uid);
  const row = correlations.get(state, key);
  if (row !== undefined && state.nowMs - row.lastMs >= quietMs) correlations.remove(state, key);
}

/** Forgets the series of an event that has expired. */
export function forgetSeries(state: ClusterState, event: EventObject): void {
  const { reportingComponent = '', involvedObject, type = '', action = '', reason = '', related } = event;
  series.remove(state, seriesKey(reportingComponent, involvedObject, type, action, reason, related?.uid));
}

/** C041: the reference names a version, so that an object that has changed since begins a series of its own. */
function seriesKey(
  component: string,
  { uid = '', resourceVersion = '' }: ObjectReference,
  type: string,
  action: string,
  reason: string,
  relatedUid: string | undefined,
): string {
  return `${component}|${uid}|${resourceVersion}|${type}|${action}|${reason}|${relatedUid ?? ''}`;
}

function correlationKey(source: EventSource, uid: string): string {
  return `${source.component}|${source.host ?? ''}|${uid}`;
}

function putCorrelation(state: ClusterState, key: string, row: Correlation): Correlation {
  correlations.put(state, key, row);
  return row;
}

function groupOf(memory: Correlation, event: RecordedEvent, nowMs: number): Group {
  const key = `${event.type}|${event.reason}|${event.fieldPath ?? ''}`;
  const known = memory.groups.find((group) => group.key === key);
  if (known !== undefined) return known;
  const group: Group = { key, messages: [], lastMs: nowMs, seen: [] };
  memory.groups.push(group);
  return group;
}

/** C031: true from the 10th distinct message of a window on: one combined event stands for the group. */
function joinGroup(group: Group, message: string, nowMs: number): boolean {
  if (nowMs - group.lastMs > AGGREGATE_WINDOW_MS) group.messages = [];
  group.lastMs = nowMs;
  if (!group.messages.includes(message)) group.messages.push(message);
  if (group.messages.length < AGGREGATE_MESSAGES_MAX) return false;
  group.messages.shift();
  return true;
}

/** C033, C035: a token bucket for each type. */
function takeToken(memory: Correlation, type: string, nowMs: number): boolean {
  const bucket = memory.buckets[type] ?? { tokens: SPAM_BURST, atMs: nowMs };
  const tokens = Math.min(SPAM_BURST, bucket.tokens + (nowMs - bucket.atMs) / SPAM_REFILL_MS);
  const hasToken = tokens >= 1;
  memory.buckets[type] = { tokens: hasToken ? tokens - 1 : tokens, atMs: nowMs };
  return hasToken;
}

/** C033: milliseconds until an event of the source about the object would not be dropped. */
export function eventDelayMs(state: ClusterState, source: EventSource, uid: string, type: RecordedEvent['type']): number {
  const bucket = correlations.get(state, correlationKey(source, uid))?.buckets[type];
  if (bucket === undefined) return 0;
  const tokens = bucket.tokens + (state.nowMs - bucket.atMs) / SPAM_REFILL_MS;
  return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * SPAM_REFILL_MS);
}

/** C030: the first occurrence creates, later ones patch count, message and lastTimestamp; one that expired is created again. */
function writeCounted(state: ClusterState, event: RecordedEvent, message: string, observation: Observation): void {
  const namespace = event.regarding.metadata.namespace ?? 'default';
  const present = observation.count > 1 ? getObject(state, eventKind, namespace, observation.name) : undefined;
  if (present !== undefined) {
    writeObject(state, eventKind, { ...present, message, lastTimestamp: formatTime(state.nowMs), count: observation.count });
    return;
  }
  createObject(state, eventKind, buildEvent(state, event, message, observation, namespace), { trusted: true });
}

function referenceTo(event: RecordedEvent): ObjectReference {
  const { regarding, fieldPath } = event;
  const { namespace, name, uid, resourceVersion } = regarding.metadata;
  return {
    kind: regarding.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    // K805: the kubelet names a node by its name where others use the UID.
    uid: regarding.kind === 'Node' && event.source.component === 'kubelet' ? name : uid,
    apiVersion: regarding.apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** C020: the fields of a core event. */
function buildEvent(
  state: ClusterState,
  event: RecordedEvent,
  message: string,
  observation: Observation,
  namespace: string,
): Draft<EventObject> {
  const { component, host } = event.source;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: observation.name, namespace },
    involvedObject: referenceTo(event),
    reason: event.reason,
    message,
    source: host === undefined ? { component } : { component, host },
    firstTimestamp: formatTime(observation.firstMs),
    lastTimestamp: formatTime(state.nowMs),
    count: observation.count,
    type: event.type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  } as Draft<EventObject>;
}

/** The machine on which the scheduler runs. */
const CONTROL_PLANE_HOST = 'control-plane';

/** C040: the fields of an event of the new recorder, in their v1 form. */
function buildNewEvent(state: ClusterState, event: NewRecordedEvent, name: string, namespace: string): Draft<EventObject> {
  const { component, host } = event.source;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace },
    involvedObject: referenceTo(event),
    reason: event.reason,
    message: event.message,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: event.type,
    eventTime: formatMicroTime(state.nowMs),
    action: event.action,
    ...(event.related === undefined ? {} : { related: event.related }),
    reportingComponent: component,
    reportingInstance: `${component}-${host ?? CONTROL_PLANE_HOST}`,
  } as Draft<EventObject>;
}

function writeSeries(state: ClusterState, row: Series): void {
  const present = getObject(state, eventKind, row.namespace, row.name);
  if (present === undefined) return;
  row.writtenCount = row.count;
  writeObject(state, eventKind, { ...present, series: { count: row.count, lastObservedTime: formatMicroTime(row.lastMs) } });
}

/** C020: `<object>.<hex of UnixNano>`; events of one millisecond get consecutive nanoseconds. */
function eventName(state: ClusterState, objectName: string): string {
  const row = names.get(state, 'last');
  const count = row !== undefined && row.ms === state.nowMs ? row.count + 1 : 0;
  names.put(state, 'last', { ms: state.nowMs, count });
  return `${objectName}.${(BigInt(state.nowMs) * 1_000_000n + BigInt(count)).toString(16)}`;
}
