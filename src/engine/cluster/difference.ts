// What differs between the objects of two states.

import { compareText } from '../apimachinery/text.ts';
import { isJsonEqual, isJsonObject, type Json, type JsonObject } from '../apimachinery/meta.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Steps } from '../kernel/steps.ts';
import { foundAll, keyOf, type StoredObject } from '../kernel/store.ts';

interface ObjectName {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `path` is a JSON pointer; a side is absent where the field is not there. */
export interface FieldDifference {
  readonly path: string;
  readonly from?: Json;
  readonly to?: Json;
}

export interface Difference {
  /** Whether more may differ than what is said here, see `diffSteps`. */
  readonly isTruncated: boolean;
  readonly added: (ObjectName & { readonly object: JsonObject })[];
  readonly removed: (ObjectName & { readonly object: JsonObject })[];
  readonly changed: (ObjectName & { readonly fields: FieldDifference[] })[];
}

/** Differs in every write, and says nothing. */
const NOISE: ReadonlySet<string> = new Set(['/metadata/resourceVersion', '/metadata/managedFields']);

/** Which objects are compared; absent: all. */
export interface ObjectFilter {
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
}

type Compared = Pick<StoredObject, 'object' | 'json'>;

/** Objects by resource, and by their key. */
export type ObjectSet = ReadonlyMap<string, ReadonlyMap<string, Compared>>;

const TABLE = 'objects/';

/** The objects of a state as they are now, whatever becomes of it. */
export function objectsOf(state: ClusterState): ObjectSet {
  foundAll(state);
  return new Map(
    [...state.tables]
      .filter(([name]) => name.startsWith(TABLE))
      .map(([name, { rows }]) => [name.slice(TABLE.length), new Map(rows as ReadonlyMap<string, StoredObject>)]),
  );
}

/** Objects as lines of text that `readObjects` reads. */
export function writeObjects(objects: ObjectSet, filter: ObjectFilter = {}): string[] {
  const lines: string[] = [];
  for (const [resource, rows] of objects) {
    if (!isOf(resource, filter)) continue;
    for (const { object, json } of rows.values()) if (isIn(object, filter)) lines.push(`${resource} ${json}`);
  }
  return lines;
}

/** Fails: as JSON.parse, for what `writeObjects` did not write. */
export function* readObjects(lines: Iterable<string>): Steps<ObjectSet> {
  const objects = new Map<string, Map<string, Compared>>();
  for (const line of lines) {
    const end = line.indexOf(' ');
    const [resource, json] = [line.slice(0, end), line.slice(end + 1)];
    const object = JSON.parse(json) as StoredObject['object'];
    const rows = objects.get(resource) ?? new Map<string, Compared>();
    objects.set(resource, rows.set(keyOf(object), { object, json }));
    yield;
  }
  return objects;
}

/** Characters of JSON that one difference says, roughly. */
export const DIFFERENCE_LENGTH_MAX = 8 * 1_048_576;

/** Objects by resource, namespace and name, in this order, up to the first that exceeds the limit. */
export function* diffSteps(
  from: ObjectSet,
  to: ObjectSet,
  filter: ObjectFilter = {},
  lengthMax = DIFFERENCE_LENGTH_MAX,
): Steps<Difference> {
  const difference = { added: [], removed: [], changed: [] } as Omit<Difference, 'isTruncated'>;
  let length = 0;
  for (const resource of [...new Set([...from.keys(), ...to.keys()])].sort(compareText)) {
    if (!isOf(resource, filter)) continue;
    const [before, after] = [from.get(resource), to.get(resource)];
    for (const key of [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort(compareText)) {
      yield;
      const [old, young] = [before?.get(key), after?.get(key)];
      const { object } = (young ?? old) as Compared;
      if (!isIn(object, filter)) continue;
      const { namespace, name } = object.metadata;
      length += compare(difference, { resource, ...(namespace === undefined ? {} : { namespace }), name }, old, young);
      if (length > lengthMax) return { ...difference, isTruncated: true };
    }
  }
  return { ...difference, isTruncated: false };
}

function isOf(resource: string, filter: ObjectFilter): boolean {
  return filter.resource === undefined || filter.resource === resource;
}

function isIn({ metadata }: StoredObject['object'], { namespace }: ObjectFilter): boolean {
  return namespace === undefined || metadata.namespace === namespace;
}

/** Returns how many characters are said of it. */
function compare(
  { added, removed, changed }: Omit<Difference, 'isTruncated'>,
  name: ObjectName,
  old: Compared | undefined,
  young: Compared | undefined,
): number {
  if (old?.json === young?.json) return 0;
  if (old === undefined) return added.push({ ...name, object: young?.object as JsonObject }) && (young?.json.length ?? 0);
  if (young === undefined) return removed.push({ ...name, object: old.object as JsonObject }) && old.json.length;
  const fields = diffFields(old.object as Json, young.object as Json);
  if (fields.length > 0) changed.push({ ...name, fields });
  return JSON.stringify(fields).length;
}

/** What differs between two objects, field by field. */
export function diffFields(from: Json, to: Json): FieldDifference[] {
  const fields: FieldDifference[] = [];
  compareValues(fields, '', from, to);
  return fields;
}

function compareValues(fields: FieldDifference[], path: string, from: Json | undefined, to: Json | undefined): void {
  if (NOISE.has(path) || from === to || (from !== undefined && to !== undefined && isJsonEqual(from, to))) return;
  if (isJsonObject(from) && isJsonObject(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      compareValues(fields, `${path}/${escape(name)}`, from[name], to[name]);
    return;
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    for (let index = 0; index < Math.max(from.length, to.length); index += 1)
      compareValues(fields, `${path}/${index}`, from[index] as Json | undefined, to[index] as Json | undefined);
    return;
  }
  fields.push({ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
}

/** RFC 6901. */
function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
