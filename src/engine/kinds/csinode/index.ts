// The kind CSINode. Upstream: pkg/registry/storage/csinode/strategy.go, pkg/apis/storage/validation/validation.go ValidateCSINode, printers.go
// printCSINode (v1.33). Rules: I5, I9, L3, N8, P1. Deviation: no driver is installed on a node here, and the kubelet makes no object that says so.

import { duplicate, type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { driverNameErrors } from '../shared/csi.ts';
import { immutable } from '../shared/immutable.ts';

interface NodeDriver {
  readonly name: string;
  readonly nodeID: string;
  readonly topologyKeys?: readonly string[];
  readonly allocatable?: { readonly count?: number };
}

export interface CsiNode extends KubeObject {
  readonly spec: { readonly drivers: readonly NodeDriver[] | null };
}

/** Bytes of the longest id. */
const NODE_ID_LENGTH_MAX = 256;

export const csiNodeKind: Kind<CsiNode> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  singular: 'csinode',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'storage.v1.CSINode',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  requiresVersionOnUpdate: true,
  returnsDeletedObject: true,
  applyDefaults({ spec }) {
    spec.drivers ??= null;
  },
  validate({ spec }) {
    const seen = new Set<string>();
    return (spec.drivers ?? []).flatMap((driver, index) => validateDriver(driver, `spec.drivers[${index}]`, seen));
  },
  validateUpdate: ({ spec }, previous) =>
    (previous.spec.drivers ?? []).flatMap((before) =>
      (spec.drivers ?? [])
        .filter((driver) => driver.name === before.name && !isJsonEqual(driver, before))
        .map((driver) => immutable('spec.drivers', driver)),
    ),
  columns: [NAME_COLUMN, column('Drivers', 'integer'), AGE_COLUMN],
  cells: (node, nowMs) => [node.metadata.name, (node.spec.drivers ?? []).length, ageOf(node, nowMs)],
};

function validateDriver(driver: NodeDriver, path: string, seen: Set<string>): readonly FieldError[] {
  const { name = '', nodeID = '', topologyKeys = [], allocatable } = driver;
  const errors: FieldError[] = [...driverNameErrors(name, `${path}.name`)];
  if (nodeID === '') errors.push(required(`${path}.nodeID`));
  if (nodeID.length > NODE_ID_LENGTH_MAX)
    errors.push(invalid(`${path}.nodeID`, nodeID, `must be ${NODE_ID_LENGTH_MAX} characters or less`));
  const count = allocatable?.count;
  if (count !== undefined && count < 0) errors.push(invalid(`${path}.allocatable.count`, count, 'must be greater than or equal to 0'));
  if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
  seen.add(name);
  const keys = new Set<string>();
  for (const key of topologyKeys) {
    if (key === '') errors.push(required(path));
    if (keys.has(key)) errors.push(duplicate(path, key));
    keys.add(key);
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(path, key, problem));
  }
  return errors;
}
