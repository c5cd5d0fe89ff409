// What ownership of fields has to know of a type: which values are owned as a whole, and how the items of a list are told apart (K4, K11).
// Upstream: sigs.k8s.io/structured-merge-diff/v4/{schema/elements,typed/helpers}.go (v1.33).

import { isJsonObject, type Json, type JsonObject } from '../meta.ts';

/** A field as the table of types has it. */
export interface TypedField {
  /** A scalar, a type, `[]T` or `map:T`. */
  readonly type: string;
  readonly isAtomicMap: boolean;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listKeys?: readonly string[];
}

/** The table of types. */
export interface TypeTable {
  /** Undefined for scalars and free-form types. */
  fields(type: string): ReadonlyMap<string, TypedField> | undefined;
  /** The type of members that an object of this type may have beyond its fields; undefined when it may have none. */
  undeclared?(type: string): string | undefined;
  /** Whether values of this type are owned as a whole. */
  isAtomic(type: string): boolean;
  /** Whether Go keeps this field as a struct of its own, so that it exists even when nothing is in it. */
  isPlainStruct(type: string, field: string): boolean;
  /** Whether Go writes this field even when it is empty. */
  isAlwaysWritten(type: string, field: string): boolean;
  /** The value of a list key that an item omits. */
  keyDefault(itemType: string, key: string): Json | undefined;
}

/** Whether nothing describes the value: then it need not be an object. */
export function isDeduced(shape: Shape): boolean {
  return shape === DEDUCED;
}

export type Shape =
  | { readonly form: 'leaf' }
  | { readonly form: 'struct'; readonly type: string; readonly fields: ReadonlyMap<string, TypedField> }
  | { readonly form: 'map'; readonly itemType: string }
  | { readonly form: 'set' }
  | { readonly form: 'keyed'; readonly itemType: string; readonly keys: readonly string[] };

const LEAF: Shape = { form: 'leaf' };
const SET: Shape = { form: 'set' };

/** The type of values that nothing describes: objects are maps, all the way down. */
export const DEDUCED_TYPE = 'deduced';
const DEDUCED: Shape = { form: 'map', itemType: DEDUCED_TYPE };

/** The shape of values of a type. */
export function shapeOfType(table: TypeTable, type: string): Shape {
  if (type.startsWith('[]')) return LEAF;
  if (type === DEDUCED_TYPE) return DEDUCED;
  if (type.startsWith('map:')) return { form: 'map', itemType: type.slice('map:'.length) };
  const fields = table.fields(type);
  return fields === undefined || table.isAtomic(type) ? LEAF : { form: 'struct', type, fields };
}

/** The shape of a field's values: lists without a list type are owned as a whole. */
export function shapeOfField(table: TypeTable, field: TypedField): Shape {
  if (field.isAtomicMap) return LEAF;
  if (!field.type.startsWith('[]')) return shapeOfType(table, field.type);
  if (field.listType === 'set') return SET;
  return field.listType === 'map' ? { form: 'keyed', itemType: field.type.slice(2), keys: field.listKeys ?? [] } : LEAF;
}

/** Whether the member is one of many that the type does not name. */
export function isUndeclared(shape: Shape, name: string): boolean {
  return shape.form === 'map' || (shape.form === 'struct' && !shape.fields.has(name));
}

/** The shape of one member; undefined when the type has no place for it. */
export function shapeOfMember(table: TypeTable, shape: Shape, name: string): Shape | undefined {
  if (shape.form === 'map') return shapeOfType(table, shape.itemType);
  if (shape.form !== 'struct') return LEAF;
  const field = shape.fields.get(name);
  if (field !== undefined) return shapeOfField(table, field);
  const type = table.undeclared?.(shape.type);
  return type === undefined ? undefined : shapeOfType(table, type);
}

/** The shape of a list's items. */
export function shapeOfItem(table: TypeTable, shape: Shape): Shape {
  return shape.form === 'keyed' ? shapeOfType(table, shape.itemType) : LEAF;
}

/** The path element of a list's item; undefined when a key is missing that has no default. */
export function elementOfItem(table: TypeTable, shape: Shape, item: Json): string | undefined {
  if (shape.form !== 'keyed') return `v:${JSON.stringify(item)}`;
  const keys: Record<string, Json> = {};
  const members: JsonObject = isJsonObject(item) ? item : {};
  for (const name of [...shape.keys].sort()) {
    const value = members[name] ?? table.keyDefault(shape.itemType, name);
    if (value === undefined) return undefined;
    keys[name] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** An object as Go has it before anything is set: structs within structs, and the empty value of what is always written. */
export function zeroValue(table: TypeTable, type: string): JsonObject {
  const zero: Record<string, Json> = {};
  for (const [name, field] of table.fields(type) ?? []) {
    if (table.isPlainStruct(type, name)) zero[name] = zeroValue(table, field.type);
    else if (table.isAlwaysWritten(type, name)) zero[name] = EMPTY_VALUES[field.type] ?? null;
  }
  return zero;
}

const EMPTY_VALUES: Readonly<Record<string, Json>> = { string: '', bool: false, int32: 0, int64: 0 };
