// What differs between the objects of two states.

import { isJsonEqual, isJsonObject, type Json, type JsonObject } from '../apimachinery/meta.ts';
import { compareText } from '../apimachinery/requirement.ts';
import type { ClusterState } from '../kernel/state.ts';
import { foundAll, type StoredObject } from '../kernel/store.ts';

interface ObjectName {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `path` is a JSON pointer; a side is absent where the field is not there. */
interface FieldDifference {
  readonly path: string;
  readonly from?: Json;
  readonly to?: Json;
}

export interface Difference {
  readonly added: (ObjectName & { readonly object: JsonObject })[];
  readonly removed: (ObjectName & { readonly object: JsonObject })[];
  readonly changed: (ObjectName & { readonly fields: FieldDifference[] })[];
}

/** Differs in every write, and says nothing. */
const NOISE: ReadonlySet<string> = new Set(['/metadata/resourceVersion', '/metadata/managedFields']);

/** Objects by resource, namespace and name, in this order. */
export function diffObjects(
  from: ClusterState,
  to: ClusterState,
  { resource, namespace }: { readonly resource?: string | undefined; readonly namespace?: string | undefined } = {},
): Difference {
  const difference: Difference = { added: [], removed: [], changed: [] };
  foundAll(from);
  foundAll(to);
  const tables = [...new Set([...from.tables.keys(), ...to.tables.keys()])].filter((name) => name.startsWith('objects/')).sort(compareText);
  for (const table of tables) {
    const of = table.slice('objects/'.length);
    if (resource !== undefined && of !== resource) continue;
    const [before, after] = [rowsOf(from, table), rowsOf(to, table)];
    for (const key of [...new Set([...before.keys(), ...after.keys()])].sort(compareText)) {
      const [old, young] = [before.get(key), after.get(key)];
      const { metadata } = ((young ?? old) as StoredObject).object;
      if (namespace !== undefined && metadata.namespace !== namespace) continue;
      const name = { resource: of, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }), name: metadata.name };
      compare(difference, name, old, young);
    }
  }
  return difference;
}

function rowsOf(state: ClusterState, table: string): ReadonlyMap<string, StoredObject> {
  return (state.tables.get(table)?.rows ?? new Map()) as ReadonlyMap<string, StoredObject>;
}

function compare(difference: Difference, name: ObjectName, old: StoredObject | undefined, young: StoredObject | undefined): void {
  if (old === undefined) difference.added.push({ ...name, object: young?.object as unknown as JsonObject });
  else if (young === undefined) difference.removed.push({ ...name, object: old.object as unknown as JsonObject });
  else if (old.json !== young.json) {
    const fields: FieldDifference[] = [];
    compareValues(fields, '', old.object as unknown as Json, young.object as unknown as Json);
    if (fields.length > 0) difference.changed.push({ ...name, fields });
  }
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
