// The kind Event (core v1). Upstream: pkg/registry/core/event/strategy.go, printers.go (printEvent) (v1.33). Rules: N8, N15, T1, P10.

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
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

function validateEvent(event: EventObject): readonly FieldError[] {
  const { namespace } = event.involvedObject ?? {};
  const own = event.metadata.namespace ?? '';
  const isMatching = (namespace ?? '') === own || ((namespace ?? '') === '' && own === 'default');
  const hasBadTime = event.eventTime !== null && event.eventTime !== undefined && parseTime(event.eventTime) === undefined;
  return [
    ...(isMatching ? [] : [invalid('involvedObject.namespace', namespace ?? '', 'does not match event.namespace')]),
    ...(hasBadTime ? [invalid('eventTime', event.eventTime, 'must be a time')] : []),
  ];
}
