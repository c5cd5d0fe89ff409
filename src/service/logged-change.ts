// Changes as watchers read them: fresh from a commit, or from storage, with their objects parsed only when somebody looks.

import { isJsonEqual, type KubeObject } from '../engine/apimachinery/meta.ts';
import type { Change } from '../engine/kernel/store.ts';
import { kindByResource } from '../engine/kinds/index.ts';
import type { LoggedChange } from './ports.ts';
import type { StoredChange } from './storage.ts';

/** A change of a commit. `previous` stays only where a selector could tell it from the new object. */
export function loggedChange(change: Change): LoggedChange {
  const object = change.object as KubeObject;
  const previous = change.previous as KubeObject | undefined;
  const keepsPrevious = previous !== undefined && isSelectableChange(change.resource, object, previous);
  const { revision, timeMs, type, resource, json } = change;
  return { revision, timeMs, type, resource, json, object, memo: new Map(), previous: keepsPrevious ? previous : undefined };
}

/** The form in which a change is stored. */
export function storedChange(change: LoggedChange): StoredChange {
  const { revision, timeMs, type, resource, json, previous } = change;
  return { revision, timeMs, type, resource, json, previousJson: previous === undefined ? null : JSON.stringify(previous) };
}

/** A change read from storage. */
export function restoredChange(row: StoredChange): LoggedChange {
  let object: KubeObject | undefined;
  let previous: KubeObject | undefined;
  return {
    revision: row.revision,
    timeMs: row.timeMs,
    type: row.type,
    resource: row.resource,
    json: row.json,
    memo: new Map(),
    get object() {
      object ??= JSON.parse(row.json) as KubeObject;
      return object;
    },
    get previous() {
      if (row.previousJson !== null) previous ??= JSON.parse(row.previousJson) as KubeObject;
      return previous;
    },
  };
}

/** H4: only labels and selectable fields decide whether an object enters or leaves a selection. */
function isSelectableChange(resource: string, object: KubeObject, previous: KubeObject): boolean {
  if (object.metadata.labels !== previous.metadata.labels && !isJsonEqual(object.metadata.labels, previous.metadata.labels)) return true;
  const kind = kindByResource(resource);
  // Which fields of a custom resource can be selected by is known to its definition only, and webhooks make fields of annotations (O15).
  if (kind === undefined) return !isJsonEqual(contentOf(object), contentOf(previous));
  const select = kind.selectableFields;
  return select !== undefined && !isJsonEqual(select(object), select(previous));
}

function contentOf(object: KubeObject): object {
  return { ...object, metadata: object.metadata.annotations };
}
