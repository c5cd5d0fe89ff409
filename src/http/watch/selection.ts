// Which changes a watcher sees, and as what: an object that leaves the selection is DELETED for it, one that enters is ADDED.
// Upstream: storage/cacher/cache_watcher.go, convertToWatchEvent (v1.33). Rules: H4, H5, W5, X3, C1016.

import { type FieldSelector, matchesFields } from '../../engine/apimachinery/fields.ts';
import { isEverything, matchesSelector, type Selector } from '../../engine/apimachinery/labels.ts';
import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import type { Kind } from '../../engine/kinds/kind.ts';

/** The objects of one kind that a list or a watch is about. */
export interface Selection {
  readonly kind: Kind;
  /** Resource id of the kind. */
  readonly resource: string;
  /** Undefined for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly labels: Selector;
  readonly fields: FieldSelector;
}

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

/** Whether an object is selected. */
export function selects(selection: Selection, object: KubeObject): boolean {
  return (
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    matchesSelector(selection.labels, object.metadata.labels) &&
    (selection.fields.length === 0 || matchesFields(selection.fields, object, selection.kind.selectableFields?.(object)))
  );
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

/** Whether the selection takes every object of its resource. */
export function selectsAll(selection: Selection): boolean {
  return selection.namespace === undefined && isEverything(selection.labels) && selection.fields.length === 0;
}

function eventOf(change: SelectableChange): Omit<WatchEvent, 'type'> {
  return { object: change.object, json: change.json, timeMs: change.timeMs };
}

/** H4: the last selected object with the new revision. */
function leavingEvent(change: SelectableChange, previous: KubeObject): WatchEvent {
  const object: KubeObject = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(change.revision) } };
  return { type: 'DELETED', object, json: JSON.stringify(object), timeMs: change.timeMs };
}
