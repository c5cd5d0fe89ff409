// The kind CSIDriver. Upstream: pkg/registry/storage/csidriver/strategy.go, pkg/apis/storage/{v1/defaults,validation/validation}.go, printers.go
// printCSIDriver (v1.33). Rules: F6, I5, L3, N8, P1. Deviation: no volume here is attached or mounted by a driver; what is said of one is kept.

import { duplicate, type FieldError, invalid, notSupported } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { immutable } from '../shared/immutable.ts';

interface TokenRequest {
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

export interface CsiDriver extends KubeObject {
  readonly spec: {
    readonly attachRequired?: boolean;
    readonly podInfoOnMount?: boolean;
    readonly volumeLifecycleModes?: readonly string[];
    readonly storageCapacity?: boolean;
    readonly fsGroupPolicy?: string;
    readonly tokenRequests?: readonly TokenRequest[];
    readonly requiresRepublish?: boolean;
    readonly seLinuxMount?: boolean;
    readonly nodeAllocatableUpdatePeriodSeconds?: number;
  };
}

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const EXPIRATION_SECONDS_MIN = 600;
const EXPIRATION_SECONDS_MAX = 2 ** 32;

export const csiDriverKind: Kind<CsiDriver> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  singular: 'csidriver',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'storage.v1.CSIDriver',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: false,
  requiresVersionOnUpdate: true,
  returnsDeletedObject: true,
  applyDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  prepareForCreate: dropGated,
  prepareForUpdate: dropGated,
  validate: validateDriver,
  validateUpdate: ({ spec }, previous) => [
    ...(isJsonEqual(spec.attachRequired, previous.spec.attachRequired) ? [] : [immutable('spec.attachedRequired', spec.attachRequired)]),
    ...(isJsonEqual(spec.volumeLifecycleModes, previous.spec.volumeLifecycleModes)
      ? []
      : [immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes)]),
  ],
  columns: [
    NAME_COLUMN,
    column('AttachRequired', 'boolean'),
    column('PodInfoOnMount', 'boolean'),
    column('StorageCapacity', 'boolean'),
    column('TokenRequests'),
    column('RequiresRepublish', 'boolean'),
    column('Modes'),
    AGE_COLUMN,
  ],
  cells(driver, nowMs) {
    const { attachRequired, podInfoOnMount, storageCapacity, tokenRequests, requiresRepublish, volumeLifecycleModes = [] } = driver.spec;
    return [
      driver.metadata.name,
      attachRequired ?? true,
      podInfoOnMount ?? false,
      storageCapacity ?? false,
      tokenRequests === undefined ? '<unset>' : tokenRequests.map(({ audience }) => audience ?? '').join(','),
      requiresRepublish ?? false,
      volumeLifecycleModes.join(',') || '<none>',
      ageOf(driver, nowMs),
    ];
  },
};

/** What a gate keeps that is off in 1.33. */
function dropGated({ spec }: Draft<CsiDriver>): void {
  delete spec.nodeAllocatableUpdatePeriodSeconds;
}

function validateDriver({ spec }: CsiDriver): readonly FieldError[] {
  const { fsGroupPolicy = '', volumeLifecycleModes = [], tokenRequests = [] } = spec;
  const errors: FieldError[] = [];
  if (!GROUP_POLICIES.includes(fsGroupPolicy)) errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, GROUP_POLICIES));
  errors.push(...validateTokenRequests(tokenRequests));
  for (const mode of volumeLifecycleModes)
    if (!LIFECYCLE_MODES.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES));
  return errors;
}

function validateTokenRequests(requests: readonly TokenRequest[]): readonly FieldError[] {
  const seen = new Set<string>();
  return requests.flatMap(({ audience = '', expirationSeconds: seconds }, index) => {
    const path = `spec.tokenRequests[${index}]`;
    if (seen.has(audience)) return [duplicate(`${path}.audience`, audience)];
    seen.add(audience);
    const errors: FieldError[] = [];
    const wrong = (detail: string): void => void errors.push(invalid(`${path}.expirationSeconds`, seconds, detail));
    if (seconds !== undefined && seconds < EXPIRATION_SECONDS_MIN) wrong('may not specify a duration less than 10 minutes');
    if (seconds !== undefined && seconds > EXPIRATION_SECONDS_MAX) wrong('may not specify a duration larger than 2^32 seconds');
    return errors;
  });
}
