// The kind FlowSchema. Upstream: pkg/registry/flowcontrol/flowschema/strategy.go, pkg/apis/flowcontrol/v1/defaults.go, printers.go
// printFlowSchema (v1.33). Rules: F6, I6, M11, N8, P1. Deviation: requests are not classified by it: the service has bounds of its own.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { conditionErrors } from '../shared/flow-control.ts';
import type { FlowSchema } from './types.ts';
import { validateFlowSchema } from './validation.ts';

const PRECEDENCE_DEFAULT = 1_000;
/** Whether the priority level that is named does not exist. */
export const DANGLING = 'Dangling';

export const flowSchemaKind: Kind<FlowSchema> = {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  singular: 'flowschema',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'flowcontrol.v1.FlowSchema',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults({ spec }) {
    if (spec !== undefined) spec.matchingPrecedence ||= PRECEDENCE_DEFAULT;
  },
  prepareForCreate(draft) {
    draft.spec ??= { priorityLevelConfiguration: { name: '' }, matchingPrecedence: PRECEDENCE_DEFAULT };
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<FlowSchema>['spec'];
    else draft.status = previous.status as Draft<FlowSchema>['status'];
  },
  validate: validateFlowSchema,
  validateUpdate: ({ status = {} }, _previous, subresource) => (subresource === 'status' ? conditionErrors(status.conditions) : []),
  indexTerms: ({ spec }) => [levelTerm(spec.priorityLevelConfiguration.name)],
  columns: [
    NAME_COLUMN,
    column('PriorityLevel'),
    column('MatchingPrecedence'),
    column('DistinguisherMethod'),
    AGE_COLUMN,
    column('MissingPL'),
  ],
  cells: (schema, nowMs) => [
    schema.metadata.name,
    schema.spec.priorityLevelConfiguration.name,
    schema.spec.matchingPrecedence,
    schema.spec.distinguisherMethod?.type ?? '<none>',
    ageOf(schema, nowMs),
    schema.status?.conditions?.find(({ type }) => type === DANGLING)?.status ?? '?',
  ],
};

/** Carried by the schemas of a priority level. */
export function levelTerm(level: string): string {
  return `level:${level}`;
}
