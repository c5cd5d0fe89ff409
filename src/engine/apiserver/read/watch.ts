// What a watch is told: the objects that are there when it begins, then the changes that it sees, and as what it sees them. An object that leaves the
// selection is DELETED for it, one that enters is ADDED.
// Upstream: apiserver/pkg/storage/cacher/cache_watcher.go, convertToWatchEvent (v1.33). Rules: H2, H4, H5, W5, X3, C1016.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { EncodedObject } from './encoded-object.ts';
import { type Selection, selects, selectsAll } from './selection.ts';

/** One event of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly json: string;
  /** Virtual milliseconds; ages in tables count up to it. */
  readonly timeMs: number;
}

/** A row of the change log, as far as selection goes. */
export interface SelectableChange {
  readonly revision: number;
  readonly timeMs: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: KubeObject;
  /** The object before; absent when its labels and selectable fields are those of `object`. */
  readonly previous?: KubeObject | undefined;
  readonly json: string;
}

/** What a watcher sees of a change. */
export interface SelectedChange {
  readonly event: WatchEvent;
  /** The event carries the change's own object, so that its bytes can be shared by all watchers who see the same type. */
  readonly isShared: boolean;
}

/** Where a watch begins: what it sees at once, and the revision after which changes follow. */
export interface WatchStart {
  readonly revision: number;
  readonly nowMs: number;
  readonly present: readonly EncodedObject[];
}

/** H2: without a revision, or with 0, the present objects come first. */
export function beginWatch(
  state: ClusterState,
  selection: Selection,
  after: number | undefined,
  read: (state: ClusterState, selection: Selection) => readonly EncodedObject[],
): WatchStart {
  const { nowMs, revision } = state;
  if (after !== undefined && after !== 0) return { revision: after, nowMs, present: [] };
  return { revision, nowMs, present: read(state, selection) };
}

/** An object that is there when a watch begins. */
export function addedEvent({ object, json }: EncodedObject, timeMs: number): WatchEvent {
  return { type: 'ADDED', object, json, timeMs };
}

/** What the watcher sees of a change; undefined when nothing. */
export function selectChange(selection: Selection, change: SelectableChange): SelectedChange | undefined {
  if (change.resource !== selection.resource) return undefined;
  if (selectsAll(selection)) return { event: change, isShared: true };
  const { type, previous } = change;
  const wasSelected = type !== 'ADDED' && selects(selection, previous ?? change.object);
  const isSelected = type !== 'DELETED' && selects(selection, change.object);
  if (isSelected) return { event: { ...eventOf(change), type: wasSelected ? 'MODIFIED' : 'ADDED' }, isShared: true };
  if (!wasSelected) return undefined;
  if (type === 'DELETED') return { event: { ...eventOf(change), type }, isShared: true };
  return { event: leavingEvent(change, previous ?? change.object), isShared: false };
}

function eventOf(change: SelectableChange): Omit<WatchEvent, 'type'> {
  return { object: change.object, json: change.json, timeMs: change.timeMs };
}

/** H4: the last selected object with the new revision. */
function leavingEvent(change: SelectableChange, previous: KubeObject): WatchEvent {
  const object: KubeObject = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(change.revision) } };
  return { type: 'DELETED', object, json: JSON.stringify(object), timeMs: change.timeMs };
}
