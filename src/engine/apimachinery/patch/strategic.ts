// Strategic merge patch (J4-J8, W9): maps merge, lists merge by key where their field says so, directives steer. Field knowledge is given by the caller.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go (v1.33).

import { compareText } from '../text.ts';
import { cloneJson, isJsonEqual, isJsonObject, type Json, type JsonObject, sortMembers } from '../meta.ts';

/** What a patch needs to know of a field. */
export interface PatchField {
  /** Type of the field; of a list, `[]T`. */
  readonly type: string;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

/** Finds a field of a type; undefined when unknown. */
export type FieldLookup = (type: string, field: string) => PatchField | undefined;

export type StrategicResult = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly error: string };

interface Merge {
  readonly lookup: FieldLookup;
  error: string | null;
}

const ORDER_PREFIX = '$setElementOrder/';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';

/** The patched object; neither argument is changed. */
export function applyStrategicPatch(target: JsonObject, patch: JsonObject, type: string, lookup: FieldLookup): StrategicResult {
  const merge: Merge = { lookup, error: null };
  const value = mergeMap(merge, target, patch, type);
  return merge.error === null ? { ok: true, value: value ?? {} } : { ok: false, error: merge.error };
}

/** Undefined when the patch deletes the map. */
function mergeMap(merge: Merge, target: JsonObject, patch: JsonObject, type: string): JsonObject | undefined {
  const directive = patch['$patch'];
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive !== undefined && directive !== 'merge') {
    merge.error ??= `unknown patch type: ${String(directive)} in map: ${goMapText(patch)}`;
    return undefined;
  }
  const result: Record<string, Json> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    mergeField(merge, result, patch, name, value, merge.lookup(type, name));
  }
  applyListDirectives(merge, result, patch, type);
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    const names = new Set<Json>(retained);
    for (const name of Object.keys(result)) if (!names.has(name)) delete result[name];
  }
  return result;
}

function mergeField(
  merge: Merge,
  result: Record<string, Json>,
  patch: JsonObject,
  name: string,
  value: Json,
  field: PatchField | undefined,
): void {
  if (value === null) {
    delete result[name];
    return;
  }
  const present = result[name];
  if (isJsonObject(value)) {
    const type = field?.type.replace(/^map:/, '') ?? 'any';
    const isReplaced = field?.patchStrategy === 'replace';
    const merged = isReplaced ? withoutDirectives(value) : mergeMap(merge, isJsonObject(present) ? present : {}, value, type);
    if (merged === undefined) delete result[name];
    else result[name] = merged;
    return;
  }
  if (!Array.isArray(value)) {
    result[name] = value;
    return;
  }
  const isMerged = field?.patchStrategy?.split(',').includes('merge') === true;
  const isReplaced = value.some((item: Json) => isJsonObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1);
  if (!isMerged || isReplaced) {
    result[name] = value
      .filter((item: Json) => !(isJsonObject(item) && Object.keys(item).length === 1 && item['$patch'] === 'replace'))
      .map((item: Json) => (isJsonObject(item) ? withoutDirectives(item) : item));
    return;
  }
  const order = patch[`${ORDER_PREFIX}${name}`];
  if (Array.isArray(order)) checkOrder(merge, value as readonly Json[], order as readonly Json[], field?.patchMergeKey);
  const list = Array.isArray(present) ? present : [];
  result[name] =
    field?.patchMergeKey === undefined
      ? mergePrimitives(list, value as readonly Json[], order)
      : mergeKeyed(merge, list, value as readonly Json[], field, field.patchMergeKey, order);
}

/** J5: what the patch sets must come in the order that it asks for. */
function checkOrder(merge: Merge, list: readonly Json[], order: readonly Json[], key: string | undefined): void {
  const idOf = (item: Json): Json => (key !== undefined && isJsonObject(item) ? (item[key] ?? null) : item);
  const kept = list.filter((item) => !(isJsonObject(item) && item['$patch'] === 'delete'));
  let found = 0;
  for (const item of order) if (found < kept.length && isJsonEqual(idOf(kept[found] ?? null), idOf(item))) found += 1;
  if (found === kept.length || order.length === 0) return;
  merge.error ??= `The order in patch list:\n${goListText(list)}\n doesn't match $setElementOrder list:\n${goListText(order)}\n`;
}

/** J5: order and deletions of lists that the patch does not name otherwise. */
function applyListDirectives(merge: Merge, result: Record<string, Json>, patch: JsonObject, type: string): void {
  for (const [directive, value] of Object.entries(patch)) {
    if (!Array.isArray(value)) continue;
    if (directive.startsWith(DELETE_PREFIX)) {
      const name = directive.slice(DELETE_PREFIX.length);
      const list = result[name];
      const gone = positionsOf(value as readonly Json[], undefined);
      if (Array.isArray(list)) result[name] = list.filter((item: Json) => !gone.has(identityOf(item, undefined)));
    } else if (directive.startsWith(ORDER_PREFIX)) {
      const name = directive.slice(ORDER_PREFIX.length);
      if (patch[name] !== undefined) continue;
      const key = merge.lookup(type, name)?.patchMergeKey;
      const list = result[name];
      if (Array.isArray(list)) result[name] = ordered(list, list, value as readonly Json[], key);
    }
  }
}

/** J7: primitive lists: the patch's values first. */
function mergePrimitives(list: readonly Json[], patch: readonly Json[], order: Json | undefined): Json[] {
  const patched = positionsOf(patch, undefined);
  const merged = [...patch, ...list.filter((item) => !patched.has(identityOf(item, undefined)))];
  return Array.isArray(order) ? ordered(list, merged, order as readonly Json[], undefined) : merged;
}

function mergeKeyed(
  merge: Merge,
  list: readonly Json[],
  patch: readonly Json[],
  field: PatchField,
  key: string,
  order: Json | undefined,
): Json[] {
  const type = field.type.replace(/^\[\]/, '');
  // Elements that the patch deletes leave a hole, so that the others keep their places.
  const merged: (Json | undefined)[] = [...list];
  const positions = positionsOf(list, key);
  const touched: Json[] = [];
  for (const item of patch) {
    if (!isJsonObject(item) || item[key] === undefined) {
      merge.error ??= `map: ${isJsonObject(item) ? goMapText(item) : String(item)} does not contain declared merge key: ${key}`;
      return [];
    }
    const identity = identityOf(item, key);
    const index = positions.get(identity);
    const value = mergeMap(merge, index === undefined ? {} : (merged[index] as JsonObject), item, type);
    if (value === undefined) {
      if (index !== undefined) merged[index] = undefined;
      positions.delete(identity);
      continue;
    }
    if (index === undefined) positions.set(identity, merged.push(value) - 1);
    else merged[index] = value;
    touched.push(value);
  }
  const left = merged.filter((item) => item !== undefined);
  return ordered(list, left, Array.isArray(order) ? (order as readonly Json[]) : touched, key);
}

/** What makes an element of a list the same as another: the value of its merge key, or all of it, as text. */
function identityOf(item: Json, key: string | undefined): string {
  const value = key !== undefined && isJsonObject(item) ? (item[key] ?? null) : item;
  return JSON.stringify(sortMembers(value));
}

/** The first position of each element. */
function positionsOf(list: readonly Json[], key: string | undefined): Map<string, number> {
  const positions = new Map<string, number>();
  list.forEach((item, index) => {
    const identity = identityOf(item, key);
    if (!positions.has(identity)) positions.set(identity, index);
  });
  return positions;
}

interface Placed {
  readonly item: Json;
  /** In the list before the patch; absent for what is new. */
  readonly before: number | undefined;
  /** In the wanted order; absent for what it does not name. */
  readonly wanted: number | undefined;
}

/** J6, J7: elements named by `order` in that order, the others merged in at their old places. */
function ordered(original: readonly Json[], items: readonly Json[], order: readonly Json[], key: string | undefined): Json[] {
  const [before, wanted] = [positionsOf(original, key), positionsOf(order, key)];
  const placed = items.map((item): Placed => {
    const identity = identityOf(item, key);
    return { item, before: before.get(identity), wanted: wanted.get(identity) };
  });
  const named = placed.filter((entry) => entry.wanted !== undefined).sort((a, b) => (a.wanted ?? 0) - (b.wanted ?? 0));
  const others = placed.filter((entry) => entry.wanted === undefined);
  const result: Json[] = [];
  for (let at = 0, otherAt = 0; at < named.length || otherAt < others.length; ) {
    const [left, right] = [named[at], others[otherAt]];
    const isBefore = left?.before !== undefined && right?.before !== undefined && right.before < left.before;
    const takesOther = left === undefined || isBefore;
    result.push((takesOther ? right : left)?.item as Json);
    if (takesOther) otherAt += 1;
    else at += 1;
  }
  return result;
}

/** Directives never reach storage (J5). */
function withoutDirectives(value: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value)) {
    if (name.startsWith('$') || item === null) continue;
    result[name] = isJsonObject(item) ? withoutDirectives(item) : cloneJson(item);
  }
  return result;
}

function goListText(list: readonly Json[]): string {
  return `[${list.map((item) => (isJsonObject(item) ? goMapText(item) : String(item))).join(' ')}]`;
}

/** A map as Go prints it. */
function goMapText(value: JsonObject): string {
  const pairs = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `map[${pairs.map(([name, item]) => `${name}:${isJsonObject(item) ? goMapText(item) : Array.isArray(item) ? `[${item.join(' ')}]` : String(item)}`).join(' ')}]`;
}
