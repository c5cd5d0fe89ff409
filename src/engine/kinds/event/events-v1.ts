// Events as events.k8s.io/v1 shows them: the same objects under other names.
// Upstream: pkg/apis/events/v1/conversion.go, pkg/apis/core/validation/events.go (v1.33). Rules: B12, P10, T1.

import { type BadValue, type FieldError, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { eventKind } from './index.ts';
import type { EventObject, ObjectReference } from './types.ts';

const VERSION = 'events.k8s.io/v1';

export const eventV1Kind: Kind = {
  ...(eventKind as Kind),
  group: 'events.k8s.io',
  schema: 'events.v1.Event',
  applyDefaults: () => {},
  selectableFields: selectableByOtherNames,
  // Rows are made from what is stored.
  cells: (object, nowMs) => eventKind.cells(storedForm(object) as EventObject, nowMs),
  conversion: {
    resource: 'events',
    fromStored: (object) => shownForm(object as EventObject),
    toStored: storedForm,
    validate: (object, previous) => validateStrictly(object as EventObject, previous as EventObject | undefined),
  },
};

/** G5: what can be selected by, under the names of this version. */
function selectableByOtherNames(object: KubeObject): Readonly<Record<string, string>> {
  const stored = object.apiVersion === VERSION || object['regarding'] !== undefined ? storedForm(object) : object;
  const fields = Object.entries(eventKind.selectableFields?.(stored as EventObject) ?? {});
  return Object.fromEntries(
    fields.flatMap(([name, value]) => {
      if (name === 'source') return [];
      return [[name === 'reportingComponent' ? 'reportingController' : name.replace(/^involvedObject\./, 'regarding.'), value]];
    }),
  );
}

interface Shown extends KubeObject {
  readonly regarding?: ObjectReference;
  readonly note?: string;
  readonly reportingController?: string;
  readonly deprecatedSource?: EventObject['source'];
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly deprecatedCount?: number;
}

/** Members that have the same name in both. */
const SHARED = ['series', 'reportingInstance', 'action', 'reason', 'related', 'type'] as const;

function shownForm(event: EventObject): KubeObject {
  const { kind, metadata, eventTime = null, involvedObject, message, reportingComponent, source = {}, count } = event;
  const { series, reportingInstance, action, reason, related, type } = event;
  return {
    kind,
    apiVersion: VERSION,
    metadata,
    eventTime,
    ...defined({ series, reportingController: reportingComponent, reportingInstance, action, reason }),
    regarding: involvedObject,
    ...defined({ related, note: message, type }),
    deprecatedSource: source,
    deprecatedFirstTimestamp: event.firstTimestamp ?? null,
    deprecatedLastTimestamp: event.lastTimestamp ?? null,
    ...defined({ deprecatedCount: count }),
  } as KubeObject;
}

function storedForm(object: KubeObject): KubeObject {
  const { kind, metadata, regarding = {}, note, reportingController, eventTime = null, ...rest } = object as Shown;
  const { deprecatedSource = {}, deprecatedFirstTimestamp = null, deprecatedLastTimestamp = null, deprecatedCount } = rest;
  const shared = Object.fromEntries(SHARED.map((name) => [name, rest[name]]));
  return {
    kind,
    apiVersion: 'v1',
    metadata,
    involvedObject: regarding,
    ...defined({ message: note, ...shared, reportingComponent: reportingController, count: deprecatedCount }),
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    eventTime,
  } as KubeObject;
}

/** Without members that are absent or empty, as upstream omits them. */
function defined(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== '' && value !== 0));
}

/** Members that never change once they are told, in upstream's order. */
const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const;

function shownValue(value: unknown): BadValue {
  return typeof value === 'string' || typeof value === 'number' ? value : goText(JSON.stringify(value ?? null));
}

/** P10: what this version asks for beyond the core one, in the words of the stored form. */
function validateStrictly(event: EventObject, previous: EventObject | undefined): readonly FieldError[] {
  if (previous !== undefined) {
    const changed = FIXED.filter((name) => !isJsonEqual(event[name] ?? null, previous[name] ?? null));
    const told = (name: string): string => (name === 'reportingComponent' ? 'reportingController' : name);
    return changed.map((name) => invalid(told(name), shownValue(event[name]), 'field is immutable'));
  }
  const { series, eventTime, type, firstTimestamp, lastTimestamp, count, source } = event;
  const errors: FieldError[] = [];
  if (series !== undefined && (series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (series !== undefined && series.lastObservedTime === undefined) errors.push(required('series.lastObservedTime'));
  if ((eventTime ?? null) === null) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type ?? ''}`));
  const present = Object.entries({ firstTimestamp, lastTimestamp, count, source: source?.component ?? source?.host });
  for (const [name, value] of present) if ((value ?? null) !== null) errors.push(invalid(name, '', 'needs to be unset'));
  return errors;
}
