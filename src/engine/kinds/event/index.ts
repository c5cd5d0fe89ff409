// The kind Event (core v1). Upstream: pkg/registry/core/event/strategy.go, printers.go (printEvent) (v1.33). Rules: N8, N15, T1, P10.

import { type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Kind } from '../kind.ts';
import { ageSince, column } from '../shared/columns.ts';
import type { EventObject } from './types.ts';

export const eventKind: Kind<EventObject> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.Event',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  applyDefaults(draft) {
    draft.involvedObject ??= {};
    draft.source ??= {};
    draft.firstTimestamp ??= null;
    draft.lastTimestamp ??= null;
    draft.eventTime ??= null;
    draft.reportingComponent ??= '';
    draft.reportingInstance ??= '';
  },
  validate: validateEvent,
  selectableFields: (event) => {
    const { involvedObject: object } = event;
    return {
      'involvedObject.kind': object.kind ?? '',
      'involvedObject.namespace': object.namespace ?? '',
      'involvedObject.name': object.name ?? '',
      'involvedObject.uid': object.uid ?? '',
      'involvedObject.apiVersion': object.apiVersion ?? '',
      'involvedObject.resourceVersion': object.resourceVersion ?? '',
      'involvedObject.fieldPath': object.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: event.source?.component ?? event.reportingComponent ?? '',
      type: event.type ?? '',
    };
  },
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    column('Subobject', 'string', 1),
    column('Source', 'string', 1),
    column('Message'),
    column('First Seen', 'string', 1),
    column('Count', 'string', 1),
    { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 1 },
  ],
  cells: (event, nowMs) => {
    const firstSeen = event.firstTimestamp ?? event.eventTime;
    const isSeries = event.series !== undefined;
    const lastSeen = isSeries ? event.series?.lastObservedTime : (event.lastTimestamp ?? firstSeen);
    const count = isSeries ? (event.series?.count ?? 0) : (event.count ?? 0);
    const component = event.source?.component ?? event.reportingComponent ?? '';
    const host = event.source?.component === undefined ? (event.reportingInstance ?? '') : (event.source.host ?? '');
    const { involvedObject: object } = event;
    const kind = (object.kind ?? '').toLowerCase();
    return [
      ageSince(lastSeen, nowMs),
      event.type ?? '',
      event.reason ?? '',
      (object.name ?? '') === '' ? kind : `${kind}/${object.name ?? ''}`,
      object.fieldPath ?? '',
      host === '' ? component : `${component}, ${host}`,
      (event.message ?? '').trim(),
      ageSince(firstSeen, nowMs),
      count === 0 ? 1 : count,
      event.metadata.name,
    ];
  },
};

const PART_CHARACTERS_MAX = 128;
const NOTE_CHARACTERS_MAX = 1_024;

/** P10: events with an eventTime are of the newer form, which asks for more. */
function validateEvent(event: EventObject): readonly FieldError[] {
  const { eventTime } = event;
  const hasTime = eventTime !== null && eventTime !== undefined;
  if (hasTime && parseTime(eventTime) === undefined) return [invalid('eventTime', eventTime, 'must be a time')];
  return hasTime ? validateNewer(event) : validateOlder(event);
}

function validateOlder({ involvedObject, metadata }: EventObject): readonly FieldError[] {
  const namespace = involvedObject.namespace ?? '';
  const own = metadata.namespace ?? '';
  const isMatching = namespace === own || (namespace === '' && own === 'default');
  return isMatching ? [] : [invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

function validateNewer({ involvedObject, metadata, reportingComponent = '', reportingInstance = '', ...rest }: EventObject): FieldError[] {
  const { action = '', reason = '', message = '' } = rest;
  const errors: FieldError[] = [];
  const isOfCluster = (involvedObject.namespace ?? '') === '';
  if (isOfCluster && metadata.namespace !== 'default' && metadata.namespace !== 'kube-system')
    errors.push(invalid('involvedObject.namespace', '', 'does not match event.namespace'));
  if (reportingComponent === '') errors.push(required('reportingController'));
  errors.push(...qualifiedNameProblems(reportingComponent).map((problem) => invalid('reportingController', reportingComponent, problem)));
  for (const [name, text] of Object.entries({ reportingInstance, action, reason })) {
    if (text === '') errors.push(required(name));
    if (text.length > PART_CHARACTERS_MAX) errors.push(invalid(name, '', `can have at most ${PART_CHARACTERS_MAX} characters`));
  }
  if (message.length > NOTE_CHARACTERS_MAX) errors.push(invalid('message', '', `can have at most ${NOTE_CHARACTERS_MAX} characters`));
  return errors;
}
