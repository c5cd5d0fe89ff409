// Which fields of an object a write added, changed and removed. Values that are the same reference are not walked.
// Upstream: sigs.k8s.io/structured-merge-diff/v4/typed/compare.go (v1.33).

import { isJsonEqual, isJsonObject, type Json } from '../meta.ts';
import { type FieldPath, type FieldSet, type FieldSetBuilder, insertPath, isEmptySet, newBuilder, subtractBelow } from './field-set.ts';
import { elementOfItem, type Shape, shapeOfItem, shapeOfMember, shapeOfType, type TypeTable } from './shape.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface Walk {
  readonly table: TypeTable;
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

/** Compares two objects of a type, without the fields below `ignored`. */
export function compareObjects(table: TypeTable, type: string, before: Json, after: Json, ignored: FieldSet): Comparison {
  const walk: Walk = { table, added: newBuilder(), modified: newBuilder(), removed: newBuilder() };
  compare(walk, before, after, shapeOfType(table, type), []);
  return {
    added: subtractBelow(walk.added, ignored),
    modified: subtractBelow(walk.modified, ignored),
    removed: subtractBelow(walk.removed, ignored),
  };
}

/** Whether nothing differs. */
export function isSameComparison({ added, modified, removed }: Comparison): boolean {
  return isEmptySet(added) && isEmptySet(modified) && isEmptySet(removed);
}

type Value = Json | undefined;

function compare(walk: Walk, before: Value, after: Value, shape: Shape, path: FieldPath): void {
  if (before === after) return;
  if (!isEmptyValue(before) || !isEmptyValue(after)) {
    if (shape.form === 'struct' || shape.form === 'map') compareMembers(walk, before, after, shape, path);
    else if (shape.form === 'leaf') compareLeaf(walk, before, after, path);
    else compareItems(walk, before, after, shape, path);
  } else compareLeaf(walk, before, after, path);
  if (before === undefined) insertPath(walk.added, path);
  else if (after === undefined) insertPath(walk.removed, path);
}

function isEmptyValue(value: Value): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function compareLeaf(walk: Walk, before: Value, after: Value, path: FieldPath): void {
  if (before === undefined || after === undefined || isJsonEqual(before, after)) return;
  insertPath(walk.modified, path);
}

function compareMembers(walk: Walk, before: Value, after: Value, shape: Shape, path: FieldPath): void {
  // What nothing describes may be no object.
  if (!isJsonObject(before) && !isJsonObject(after)) return compareLeaf(walk, before, after, path);
  const left = isJsonObject(before) ? before : {};
  const right = isJsonObject(after) ? after : {};
  for (const name of Object.keys({ ...left, ...right })) {
    const inner = shapeOfMember(walk.table, shape, name);
    if (inner !== undefined) compare(walk, left[name], right[name], inner, [...path, `f:${name}`]);
  }
}

function compareItems(walk: Walk, before: Value, after: Value, shape: Shape, path: FieldPath): void {
  const left = itemsByElement(walk.table, shape, before);
  const right = itemsByElement(walk.table, shape, after);
  const inner = shapeOfItem(walk.table, shape);
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const [a, ...moreBefore] = left.get(element) ?? [];
    const [b, ...moreAfter] = right.get(element) ?? [];
    const at = [...path, element];
    if (moreBefore.length === 0 && moreAfter.length === 0) compare(walk, a, b, inner, at);
    else compareLeaf(walk, left.get(element), right.get(element), at);
  }
}

/** The items of a list by path element; stored lists may hold one twice. */
function itemsByElement(table: TypeTable, shape: Shape, value: Value): ReadonlyMap<string, readonly Json[]> {
  const items = new Map<string, Json[]>();
  if (!Array.isArray(value)) return items;
  for (const item of value as readonly Json[]) {
    const element = elementOfItem(table, shape, item) ?? 'k:{}';
    const known = items.get(element);
    if (known === undefined) items.set(element, [item]);
    else known.push(item);
  }
  return items;
}
