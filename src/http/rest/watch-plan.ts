// What a watch of the service API is about: the kinds, the selection of each, the form, and where it begins.

import { parseFields, parseLabels, type Selection, selectionOf } from '../../engine/apiserver/read/selection.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import { resourceOf } from '../../engine/kinds/kind.ts';
import { refuseField } from '../errors.ts';
import { parseEventId, type Position } from '../watch/position.ts';
import { findKind, resourceNames } from '../resource-names.ts';
import type { WatchQuery } from './schemas/watch.ts';

export type WatchFormat = 'object' | 'table' | 'text';

export interface WatchPlan {
  /** Selections by resource id, in the order in which present objects are sent. */
  readonly selections: ReadonlyMap<string, Selection>;
  readonly format: WatchFormat;
  /** Whether text shows the namespace of each object: when objects of several are watched. */
  readonly showsNamespace: boolean;
  /** Changes after this revision; undefined: the present objects first. `foreign`: a place in another cluster's history. */
  readonly after: Position;
  /** What the ids of events say beside the revision. */
  readonly stream: string | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** What is watched. */
export interface WatchedCluster {
  readonly kinds: readonly Kind[];
  readonly stream: string | undefined;
  readonly latestRevision: number;
}

/** The plan of a request. Fails: invalid-request for resources, selectors and positions that mean nothing. */
export function watchPlanOf(watched: WatchedCluster, query: WatchQuery, lastEventId: string | null): WatchPlan {
  const { kinds: all, stream } = watched;
  const kinds = query.resource === undefined ? all : kindsOf(all, query.resource);
  const selections = kinds.map((kind) => watchedOf(kind, query));
  return {
    selections: new Map(selections.map((selection) => [selection.resource, selection])),
    format: query.format ?? 'object',
    showsNamespace: query.namespace === undefined,
    after: positionOf(watched, query, lastEventId),
    stream,
    timeoutSeconds: query.timeoutSeconds,
  };
}

function kindsOf(all: readonly Kind[], resource: string): readonly Kind[] {
  const kinds = resource.split(',').map((name) => {
    const kind = findKind(all, name.trim());
    return kind ?? refuseField('query', 'resource', `there is no resource ${JSON.stringify(name.trim())}; known are ${resourceNames(all)}`);
  });
  return [...new Set(kinds)];
}

function watchedOf(kind: Kind, { namespace, labelSelector = '', fieldSelector = '' }: WatchQuery): Selection {
  const labels = parseLabels(labelSelector);
  if (!labels.ok) return refuseField('query', 'labelSelector', labels.status.message ?? 'is not a selector');
  const fields = parseFields(kind, fieldSelector);
  if (!fields.ok) return refuseField('query', 'fieldSelector', `${resourceOf(kind)}: ${fields.status.message ?? 'is not a selector'}`);
  return selectionOf({ kind, namespace }, labels.value, fields.value);
}

/** Last-Event-ID is what a client comes back with, so it goes before the place where it once began. */
function positionOf({ stream, latestRevision }: WatchedCluster, { resourceVersion }: WatchQuery, lastEventId: string | null): Position {
  if (lastEventId !== null && lastEventId !== '')
    return parseEventId(lastEventId, stream, latestRevision) ?? refusePosition('header', 'Last-Event-ID', lastEventId);
  if (resourceVersion === undefined || resourceVersion === '') return undefined;
  return /^\d{1,15}$/.test(resourceVersion) ? Number(resourceVersion) : refusePosition('query', 'resourceVersion', resourceVersion);
}

function refusePosition(place: 'header' | 'query', name: string, text: string): never {
  return refuseField(place, name, `${JSON.stringify(text)} is not a resource version`);
}
