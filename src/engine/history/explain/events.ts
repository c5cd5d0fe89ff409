// The events about an object, newest first: what its components said of it.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { listObjects } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { eventKind } from '../../kinds/event/index.ts';
import type { EventObject } from '../../kinds/event/types.ts';
import { type Reference, refer } from './finding.ts';

/** The newest event about an object with one of these reasons. */
export function newestEvent(
  state: ClusterState,
  object: KubeObject,
  reasons: readonly string[],
  holds: (event: EventObject) => boolean = () => true,
): EventObject | undefined {
  const { namespace = 'default', uid } = object.metadata;
  let newest: EventObject | undefined;
  for (const event of listObjects(state, eventKind, namespace)) {
    if (event.involvedObject.uid !== uid || !reasons.includes(event.reason ?? '') || !holds(event)) continue;
    if (newest === undefined || isNewer(event, newest)) newest = event;
  }
  return newest;
}

/** References to an event, where there is one. */
export function toEvent(event: EventObject | undefined): readonly Reference[] {
  return event === undefined ? [] : [refer(eventKind, event, 'message', event.message ?? '')];
}

/** The time of its last occurrence. */
export function timeOf(event: EventObject): string {
  return event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp;
}

function isNewer(a: EventObject, b: EventObject): boolean {
  if (timeOf(a) !== timeOf(b)) return timeOf(a) > timeOf(b);
  return Number(a.metadata.resourceVersion) > Number(b.metadata.resourceVersion);
}
