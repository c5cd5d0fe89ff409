// Who owns what after a write: `trackUpdate` for create, update and patch, `applyConfig` for server-side apply. Objects and entries go in, new ones
// come out.
// Upstream: apimachinery/pkg/util/managedfields/internal/{structuredmerge,managedfieldsupdater,skipnonapplied,lastappliedmanager,
// lastappliedupdater,stripmeta}.go, sigs.k8s.io/structured-merge-diff/v4/merge/update.go (v1.33). Rules: K3-K7.
// Omits: what an applier that comes in another version applied before in its older one is not pruned in that.

import { isJsonObject, type Json, type JsonObject } from '../meta.ts';
import { compareObjects, type Comparison, isSameComparison } from './compare.ts';
import { type Conflict, conflictsOf, withoutAllowed } from './conflicts.ts';
import { capUpdaters, type ManagedEntries, type ManagedEntry, type Manager, managerId, withoutEmpty } from './entries.ts';
import { fieldsOfConfig } from './extract.ts';
import {
  EMPTY_SET,
  type FieldSet,
  intersectSets,
  isEmptySet,
  setOfPaths,
  subtractBelow,
  subtractSet,
  unionSets,
  withNamedParents,
} from './field-set.ts';
import { mergeConfig, removeFields } from './merge.ts';
import { type TypeTable, zeroValue } from './shape.ts';

/** A write to track. */
export interface TrackedWrite {
  readonly table: TypeTable;
  readonly type: string;
  readonly manager: Manager;
  /** The present instant, RFC 3339. */
  readonly time: string;
  /** Fields that this kind of write cannot change, with all below them. */
  readonly ignored: FieldSet;
  /** How owners of other versions see objects; absent or undefined: their fields have the same names. */
  readonly versions?: (apiVersion: string) => OwnerVersion | undefined;
}

/** Another version in which fields are owned. */
export interface OwnerVersion {
  readonly table: TypeTable;
  readonly type: string;
  convert(object: JsonObject): JsonObject;
}

/** Fields of every object that nobody owns. */
const STRIPPED = setOfPaths([
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'].map((name) => [
    'f:metadata',
    `f:${name}`,
  ]),
]);

/** Owners after a write that is no apply: its manager owns what it changed. `before` is undefined for a new object. */
export function trackUpdate(
  write: TrackedWrite,
  before: JsonObject | undefined,
  after: JsonObject,
  entries: ManagedEntries,
): ManagedEntries {
  // An object that is not tracked stays so until it is applied.
  if (before !== undefined && entries.size === 0) return entries;
  return capUpdaters(track(write, before ?? zeroValue(write.table, write.type), after, entries));
}

function track(write: TrackedWrite, before: JsonObject, after: JsonObject, entries: ManagedEntries): ManagedEntries {
  const { table, type, manager, time, ignored } = write;
  const compared = compareObjects(table, type, before, after, ignored);
  if (isSameComparison(compared)) return entries;
  const changed = changedIn(compared);
  const comparedFor = comparisons(write, before, after, compared);
  const kept = withoutEmpty([...entries].map(([id, entry]) => [id, withoutLost(entry, comparedFor(entry))] as const));
  const taken = subtractSet(changed, STRIPPED);
  if (isEmptySet(taken)) return kept;
  const id = managerId(manager);
  const mine = kept.get(id)?.fields ?? EMPTY_SET;
  kept.set(id, { ...manager, time, fields: unionSets(mine, taken) });
  return kept;
}

/** What changed in the version of an entry, each looked at once. */
function comparisons(write: TrackedWrite, before: JsonObject, after: JsonObject, own: Comparison): (entry: ManagedEntry) => Comparison {
  const known = new Map([[write.manager.apiVersion, own]]);
  return ({ apiVersion }) => {
    const found = known.get(apiVersion);
    if (found !== undefined || isSameComparison(own)) return found ?? own;
    const version = write.versions?.(apiVersion);
    const { table, type } = version ?? write;
    const compared =
      version === undefined ? own : compareObjects(table, type, version.convert(before), version.convert(after), write.ignored);
    known.set(apiVersion, compared);
    return compared;
  };
}

function changedIn({ added, modified }: Comparison): FieldSet {
  return unionSets(added, modified);
}

function withoutLost(entry: ManagedEntry, compared: Comparison): ManagedEntry {
  return { ...entry, fields: subtractSet(entry.fields, unionSets(changedIn(compared), compared.removed)) };
}

export interface ApplyInput {
  readonly live: JsonObject;
  /** False when the apply creates the object. */
  readonly exists: boolean;
  readonly config: JsonObject;
  readonly entries: ManagedEntries;
  readonly force: boolean;
}

export type Applied =
  | { readonly ok: true; readonly object: JsonObject; readonly entries: ManagedEntries }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

/** The applier whose annotation of the last applied configuration is honoured and kept. */
const KUBECTL = 'kubectl';
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Applies a configuration to the live object. */
export function applyConfig(write: TrackedWrite, input: ApplyInput): Applied {
  const known = withFirstEntry(write, input);
  const applied = applyOnce(write, { ...input, entries: known });
  if (write.manager.name !== KUBECTL) return applied;
  if (applied.ok) return { ...applied, object: withLastApplied(applied.object, input.config) };
  // What client-side apply last applied, and nobody changed since, may be taken over without force.
  const conflicts = withoutAllowed(applied.conflicts, fieldsOfLastApplied(write, input.live));
  if (conflicts.length > 0) return { ok: false, conflicts };
  const forced = applyOnce(write, { ...input, entries: known, force: true });
  return forced.ok ? { ...forced, object: withLastApplied(forced.object, input.config) } : forced;
}

/** An object that was not tracked so far belongs to a manager of its own when it is first applied. */
function withFirstEntry(write: TrackedWrite, { live, exists, entries }: ApplyInput): ManagedEntries {
  if (!exists || entries.size > 0) return entries;
  const manager = { ...write.manager, name: BEFORE_FIRST_APPLY, operation: 'Update' as const };
  return track({ ...write, manager }, zeroValue(write.table, write.type), live, entries);
}

function applyOnce(write: TrackedWrite, { live, config, entries, force }: ApplyInput): Applied {
  const { table, type, manager, time, ignored } = write;
  const id = managerId(manager);
  const last = entries.get(id);
  const fields = subtractBelow(fieldsOfConfig(table, type, config), ignored);
  const owned = subtractSet(fields, STRIPPED);
  const others = [...entries].filter(([other]) => other !== id);
  const merged = mergeConfig(table, type, live, config);
  const object = last === undefined ? merged : prune(write, merged, last, fields, others);
  const compared = compareObjects(table, type, live, object, ignored);
  const comparedFor = comparisons(write, live, object, compared);
  const disputed = others.flatMap(([, entry]) => conflictsOf(entry, intersectSets(entry.fields, changedIn(comparedFor(entry)))));
  if (!force && disputed.length > 0) return { ok: false, conflicts: disputed };
  const kept = withoutEmpty(others.map(([other, entry]) => [other, withoutLost(entry, comparedFor(entry))] as const));
  if (!isEmptySet(owned)) kept.set(id, { ...manager, time: isSameComparison(compared) ? last?.time : time, fields: owned });
  return { ok: true, object, entries: kept };
}

/** K5: fields that this manager applied before, does not apply now, and nobody else owns. */
function prune(
  { table, type }: TrackedWrite,
  merged: JsonObject,
  last: ManagedEntry,
  fields: FieldSet,
  others: readonly (readonly [string, ManagedEntry])[],
): JsonObject {
  const managed = others.reduce((union, [, entry]) => unionSets(union, entry.fields), fields);
  return removeFields(table, type, merged, subtractSet(withNamedParents(last.fields), withNamedParents(managed)));
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function annotationsOf(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return isJsonObject(annotations) ? annotations : {};
}

/** The fields of the last applied configuration that are still as it says. */
function fieldsOfLastApplied({ table, type }: TrackedWrite, live: JsonObject): FieldSet {
  const text = annotationsOf(live)[LAST_APPLIED];
  if (typeof text !== 'string') return EMPTY_SET;
  // A client may have written anything into the annotation; what is not JSON allows nothing.
  try {
    const config = JSON.parse(text) as Json;
    if (!isJsonObject(config)) return EMPTY_SET;
    const { added, modified } = compareObjects(table, type, config, live, EMPTY_SET);
    return subtractSet(fieldsOfConfig(table, type, config), unionSets(added, modified));
  } catch {
    return EMPTY_SET;
  }
}

/** Keeps an annotation that is there in step with what `kubectl apply --server-side` applied. */
function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  if (typeof annotationsOf(object)[LAST_APPLIED] !== 'string') return object;
  const { [LAST_APPLIED]: _old, ...others } = annotationsOf(config);
  const metadata = isJsonObject(config['metadata']) ? config['metadata'] : {};
  const { annotations: _all, ...bare } = metadata;
  const wanted = { ...config, metadata: Object.keys(others).length === 0 ? bare : { ...bare, annotations: others } };
  const annotations = { ...annotationsOf(object), [LAST_APPLIED]: `${JSON.stringify(sortedMembers(wanted))}\n` };
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), annotations } };
}

function sortedMembers(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sortedMembers(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sortedMembers(value[name] ?? null)]),
  );
}
