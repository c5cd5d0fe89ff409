// The kind PriorityLevelConfiguration. Upstream: pkg/registry/flowcontrol/prioritylevelconfiguration/strategy.go,
// pkg/apis/flowcontrol/{v1/defaults,validation/validation}.go, printers.go printPriorityLevelConfiguration (v1.33). Rules: F6, I6, M11, N8, P1.
// Deviation: requests are not queued by it: the service has bounds of its own.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import type { Cell, Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import {
  conditionErrors,
  type FlowCondition,
  MANDATORY,
  PRIORITY_LEVELS,
  type PriorityLevelSpec,
  type Queuing,
} from '../shared/flow-control.ts';

export interface PriorityLevelConfiguration extends KubeObject {
  readonly spec: PriorityLevelSpec;
  readonly status: { readonly conditions?: readonly FlowCondition[] };
}

const QUEUES_MAX = 10_000_000;
/** Bits of the hash from which queues are dealt. */
const ENTROPY_BITS_MAX = 60;

export const priorityLevelConfigurationKind: Kind<PriorityLevelConfiguration> = {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'flowcontrol.v1.PriorityLevelConfiguration',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults({ spec }) {
    const { limited, exempt } = spec ?? {};
    if (exempt !== undefined) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
    if (limited === undefined) return;
    limited.nominalConcurrencyShares ??= 30;
    limited.lendablePercent ??= 0;
    const queuing = limited.limitResponse?.queuing;
    if (queuing === undefined) return;
    queuing.handSize ||= 8;
    queuing.queues ||= 64;
    queuing.queueLengthLimit ||= 50;
  },
  prepareForCreate(draft) {
    draft.spec ??= { type: '' };
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<PriorityLevelConfiguration>['spec'];
    else draft.status = previous.status as Draft<PriorityLevelConfiguration>['status'];
  },
  validate: validateLevel,
  validateUpdate: ({ status = {} }, _previous, subresource) => (subresource === 'status' ? conditionErrors(status.conditions) : []),
  columns: [
    NAME_COLUMN,
    column('Type'),
    column('NominalConcurrencyShares'),
    column('Queues'),
    column('HandSize'),
    column('QueueLengthLimit'),
    AGE_COLUMN,
  ],
  cells(level, nowMs) {
    const { limited } = level.spec;
    const { queues, handSize, queueLengthLimit } = limited?.limitResponse.queuing ?? {};
    const cell = (value: number | undefined): Cell => value ?? '<none>';
    return [
      level.metadata.name,
      level.spec.type,
      cell(limited?.nominalConcurrencyShares),
      cell(queues),
      cell(handSize),
      cell(queueLengthLimit),
      ageOf(level, nowMs),
    ];
  },
};

function validateLevel({ metadata: { name }, spec = { type: '' } }: PriorityLevelConfiguration): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { type = '', limited, exempt } = spec;
  if ((name === 'exempt') !== (type === 'Exempt'))
    errors.push(invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'"));
  if (type === 'Exempt') {
    if (limited !== undefined) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt !== undefined) errors.push(...sharesErrors(exempt, 'spec.exempt'));
  } else if (type === 'Limited') {
    if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited === undefined) errors.push(required('spec.limited', 'must not be empty when type is Limited'));
    else errors.push(...limitedErrors(limited));
  } else errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']));
  return [...errors, ...mandatoryErrors(name, spec)];
}

function sharesErrors(
  { nominalConcurrencyShares: shares = 0, lendablePercent = 0 }: NonNullable<PriorityLevelSpec['exempt']>,
  path: string,
): readonly FieldError[] {
  return [
    ...(shares < 0 ? [invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...(lendablePercent < 0 || lendablePercent > 100
      ? [invalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive')]
      : []),
  ];
}

function limitedErrors(limited: NonNullable<PriorityLevelSpec['limited']>): readonly FieldError[] {
  const { nominalConcurrencyShares = 0, limitResponse = { type: '' }, lendablePercent = 0, borrowingLimitPercent = 0 } = limited;
  return [
    ...sharesErrors({ nominalConcurrencyShares }, 'spec.limited'),
    ...responseErrors(limitResponse),
    ...sharesErrors({ lendablePercent }, 'spec.limited'),
    ...(borrowingLimitPercent < 0
      ? [invalid('spec.limited.borrowingLimitPercent', borrowingLimitPercent, 'if specified, must be a non-negative integer')]
      : []),
  ];
}

function responseErrors({ type = '', queuing }: { readonly type?: string; readonly queuing?: Queuing }): readonly FieldError[] {
  const path = 'spec.limited.limitResponse';
  if (type === 'Reject')
    return queuing === undefined ? [] : [forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')];
  if (type !== 'Queue') return [notSupported(`${path}.type`, type, ['Queue', 'Reject'])];
  if (queuing === undefined) return [required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')];
  return queuingErrors(queuing, `${path}.queuing`);
}

function queuingErrors({ queues, handSize, queueLengthLimit }: Queuing, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0) errors.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${path}.queues`, queues, 'must be positive'));
  else if (queues > QUEUES_MAX) errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${QUEUES_MAX}`));
  const wrongHand = (detail: string): void => void errors.push(invalid(`${path}.handSize`, handSize, detail));
  if (handSize <= 0) wrongHand('must be positive');
  else if (handSize > queues) wrongHand(`should not be greater than queues (${queues})`);
  else {
    const bits = entropyBits(queues, handSize);
    if (bits > ENTROPY_BITS_MAX)
      wrongHand(`required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${ENTROPY_BITS_MAX}`);
  }
  return errors;
}

/** Bits that it takes to draw a hand: the logarithm of the number of queues, bit by bit, times the hand. */
function entropyBits(queues: number, handSize: number): number {
  let whole = 0;
  let rest = queues;
  for (; rest >= 2; rest /= 2) whole += 1;
  let fraction = 0;
  for (let bit = 0.5; bit > 2 ** -40; bit /= 2) {
    rest *= rest;
    if (rest < 2) continue;
    rest /= 2;
    fraction += bit;
  }
  return Math.ceil((whole + fraction) * handSize);
}

/** What every server has must be as it is; only the shares of the exempt level may change. */
function mandatoryErrors(name: string, spec: PriorityLevelSpec): readonly FieldError[] {
  if (!MANDATORY.has(name)) return [];
  const fixed = PRIORITY_LEVELS[name];
  const shown = goText(JSON.stringify(spec));
  if (name !== 'exempt') return isJsonEqual(spec, fixed) ? [] : [invalid('spec', shown, `spec of '${name}' must equal the fixed value`)];
  const { exempt: _shares, ...rest } = spec;
  if (isJsonEqual(rest, { type: 'Exempt' })) return [];
  return [invalid('spec', shown, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)];
}
