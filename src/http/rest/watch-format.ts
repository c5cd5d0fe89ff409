// The three forms of watch events: whole objects, Tables of one row, lines of text. Objects are encoded once per change for all watchers;
// rows and lines too, as far as they do not depend on what the stream showed before.

import type { Selection } from '../../engine/apiserver/read/selection.ts';
import type { WatchEvent } from '../../engine/apiserver/read/watch.ts';
import { type Kind, resourceOf } from '../../engine/kinds/kind.ts';
import type { LoggedChange } from '../../service/ports.ts';
import { encodeTable } from '../kube/table.ts';
import { encodeFrame, watchEventData } from '../watch/frames.ts';
import { eventIdOf } from '../watch/position.ts';
import { sharedBytes } from '../watch/source.ts';
import { type ColumnWidths, formatRow, headerCells, newColumnWidths, rowCells, widenColumns } from '../watch/text-table.ts';
import type { WatchPlan } from './watch-plan.ts';

/** Makes the frames of one stream. */
export interface EventFormatter {
  /** Learns of the events that come first, together. */
  prepare(events: readonly { readonly selection: Selection; readonly event: WatchEvent }[]): void;
  /** The frame of an event; `change` when the event is that change for all watchers. */
  encode(kind: Kind, event: WatchEvent, change?: LoggedChange): Uint8Array;
  /** The frame that says how far the stream is. */
  bookmark(revision: number, timeMs: number): Uint8Array;
}

export function createFormatter(plan: WatchPlan): EventFormatter {
  switch (plan.format) {
    case 'object':
      return createObjectFormatter(plan);
    case 'table':
      return createTableFormatter(plan);
    case 'text':
      return createTextFormatter(plan);
  }
}

function frameOf(event: WatchEvent, json: string, { stream }: WatchPlan): Uint8Array {
  return encodeFrame({
    id: eventIdOf(event.object.metadata.resourceVersion, stream),
    event: event.type,
    data: watchEventData(event.type, event.timeMs, json),
  });
}

function createObjectFormatter(plan: WatchPlan): EventFormatter {
  return {
    prepare: () => {},
    bookmark: (revision, timeMs) => bookmarkFrame(revision, timeMs, plan),
    encode(_kind, event, change) {
      if (change === undefined) return frameOf(event, event.json, plan);
      return sharedBytes(change, `rest object ${event.type}`, () => frameOf(event, event.json, plan));
    },
  };
}

function bookmarkFrame(revision: number, timeMs: number, { stream }: WatchPlan): Uint8Array {
  const json = `{"metadata":{"resourceVersion":"${revision}"}}`;
  return encodeFrame({ id: eventIdOf(String(revision), stream), event: 'BOOKMARK', data: watchEventData('BOOKMARK', timeMs, json) });
}

/** H10: the columns of a kind come with its first row of the stream. */
function createTableFormatter(plan: WatchPlan): EventFormatter {
  const seen = new Set<Kind>();
  const encode = (kind: Kind, event: WatchEvent, hasColumns: boolean) => {
    const metadata = { resourceVersion: event.object.metadata.resourceVersion };
    const options = { view: kind, version: 'v1', include: 'Metadata', nowMs: event.timeMs, hasColumns } as const;
    return frameOf(event, encodeTable([event], metadata, options), plan);
  };
  return {
    prepare: () => {},
    bookmark: (revision, timeMs) => bookmarkFrame(revision, timeMs, plan),
    encode(kind, event, change) {
      const isFirst = !seen.has(kind);
      seen.add(kind);
      if (isFirst || change === undefined) return encode(kind, event, isFirst);
      return sharedBytes(change, `rest table ${event.type}`, () => encode(kind, event, false));
    },
  };
}

/** Lines as `kubectl get --watch` prints them; the header comes before the first line, and again when the kind changes. */
function createTextFormatter(plan: WatchPlan): EventFormatter {
  const hasSeveralKinds = plan.selections.size > 1;
  const widths = new Map<Kind, ColumnWidths>();
  let lastKind: Kind | undefined;
  const headerOf = (kind: Kind) => withNamespace(kind, 'NAMESPACE', headerCells(kind.columns));
  const rowOf = (kind: Kind, event: WatchEvent) => {
    const [name = '', ...rest] = rowCells(kind.columns, kind.cells(event.object, event.timeMs));
    const shownName = hasSeveralKinds ? `${typeName(kind)}/${name}` : name;
    return withNamespace(kind, event.object.metadata.namespace ?? '', [shownName, ...rest]);
  };
  const withNamespace = (kind: Kind, text: string, cells: string[]) => (kind.namespaced && plan.showsNamespace ? [text, ...cells] : cells);
  const widthsOf = (kind: Kind) => {
    let known = widths.get(kind);
    if (known === undefined) {
      known = newColumnWidths();
      widenColumns(known, [headerOf(kind)]);
      widths.set(kind, known);
    }
    return known;
  };
  return {
    prepare(events) {
      for (const { selection, event } of events) widenColumns(widthsOf(selection.kind), [rowOf(selection.kind, event)]);
    },
    encode(kind, event) {
      const row = rowOf(kind, event);
      const known = widthsOf(kind);
      widenColumns(known, [row]);
      const header = kind === lastKind ? [] : [formatRow(known, headerOf(kind))];
      lastKind = kind;
      const data = [...header, formatRow(known, row)].join('\n');
      return encodeFrame({ id: eventIdOf(event.object.metadata.resourceVersion, plan.stream), event: event.type, data });
    },
    // A bookmark has no line; its position is all there is to say.
    bookmark: (revision) => encodeFrame({ id: eventIdOf(String(revision), plan.stream), event: 'BOOKMARK', data: '' }),
  };
}

/** `pod`, `replicaset.apps`, as kubectl prefixes names when several kinds are shown. */
function typeName(kind: Kind): string {
  return resourceOf({ ...kind, plural: kind.singular });
}
