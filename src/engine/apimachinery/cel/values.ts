// Values of CEL: plain data, compared and ordered as upstream does it. An int is a bigint, a double a number.
// Upstream: github.com/google/cel-go/common/types (v0.23), k8s.io/apiserver/pkg/cel/common/values.go (v1.33).

import { fieldOf } from './keywords.ts';
import { type CelType, formatType } from './types.ts';

export interface CelUint {
  readonly kind: 'uint';
  readonly value: bigint;
}
export interface CelBytes {
  readonly kind: 'bytes';
  readonly bytes: readonly number[];
}
/** Nanoseconds since 1970. */
export interface CelTimestamp {
  readonly kind: 'timestamp';
  readonly nanoseconds: bigint;
}
export interface CelDuration {
  readonly kind: 'duration';
  readonly nanoseconds: bigint;
}
export interface CelList {
  readonly kind: 'list';
  readonly items: readonly CelValue[];
  /** How the schema says that the list is meant: two sets are equal in any order, and `+` joins them. */
  readonly listType?: 'set' | 'map';
  /** Fields that tell the items of a `map` apart. */
  readonly mapKeys?: readonly string[];
}
export interface CelMap {
  readonly kind: 'map';
  /** By `keyOf` of the key. */
  readonly entries: ReadonlyMap<string, readonly [CelValue, CelValue]>;
}
export interface CelObject {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, CelValue>;
}
export interface CelTypeValue {
  readonly kind: 'type';
  readonly type: CelType;
}
export interface CelOptional {
  readonly kind: 'optional';
  readonly value: CelValue | undefined;
}
/** A value of a library; `text` identifies it. */
export interface CelOpaque {
  readonly kind: 'opaque';
  readonly type: string;
  readonly text: string;
  readonly data: unknown;
}
/** What an evaluation that fails gives. One that is final is not absorbed by `||` and `&&`. */
export interface CelFailure {
  readonly kind: 'failure';
  readonly message: string;
  readonly isFinal?: boolean;
}

export type CelValue =
  | boolean
  | bigint
  | number
  | string
  | null
  | CelUint
  | CelBytes
  | CelTimestamp
  | CelDuration
  | CelList
  | CelMap
  | CelObject
  | CelTypeValue
  | CelOptional
  | CelOpaque;

export type CelResult = CelValue | CelFailure;

export function fail(message: string): CelFailure {
  return { kind: 'failure', message };
}

export const NO_SUCH_OVERLOAD: CelFailure = fail('no such overload');

export function isFailure(value: CelResult): value is CelFailure {
  return typeof value === 'object' && value !== null && value.kind === 'failure';
}

export function list(items: readonly CelValue[]): CelList {
  return { kind: 'list', items };
}

export function map(pairs: readonly (readonly [CelValue, CelValue])[]): CelMap {
  return { kind: 'map', entries: new Map(pairs.map((pair) => [keyOf(pair[0]), pair])) };
}

export function uint(value: bigint): CelUint {
  return { kind: 'uint', value };
}

export const NONE: CelOptional = { kind: 'optional', value: undefined };

export function some(value: CelValue): CelOptional {
  return { kind: 'optional', value };
}

/** The name of a value's kind, as a type is named. */
export function kindOf(value: CelValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return value.kind;
  }
}

/** Identifies the key of a map: numbers that are equal are the same key, whatever their type. */
export function keyOf(key: CelValue): string {
  const number = numberOf(key);
  if (number !== undefined) return `n${String(number)}`;
  return typeof key === 'string' ? `s${key}` : typeof key === 'boolean' ? `b${String(key)}` : `?${kindOf(key)}`;
}

/** The number of a number; whole doubles as integers. */
function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === 'object' && value !== null && value.kind === 'uint' ? value.value : undefined;
}

/** The member of a map or an object, or undefined. */
export function memberOf(container: CelMap | CelObject, key: CelValue): CelValue | undefined {
  if (container.kind === 'map') return container.entries.get(keyOf(key))?.[1];
  return typeof key === 'string' ? fieldOf(container.fields, key) : undefined;
}

/** What `size()` says, or undefined where it says nothing. */
export function sizeOf(value: CelValue): number | undefined {
  if (typeof value === 'string') return lengthOf(value);
  if (typeof value !== 'object' || value === null) return undefined;
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length;
    case 'list':
      return value.items.length;
    case 'map':
      return value.entries.size;
    case 'object':
      return value.fields.size;
    default:
      return undefined;
  }
}

/** Characters of a text, not its UTF-16 units. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) {
      length -= 1;
      index += 1;
    }
  }
  return length;
}

/** Equality of values: numbers across types, lists of sets and maps in any order. */
export function isEqual(a: CelValue, b: CelValue): boolean {
  const left = numberOf(a);
  if (left !== undefined) return left === numberOf(b);
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  switch (a.kind) {
    case 'bytes':
      return b.kind === 'bytes' && a.bytes.length === b.bytes.length && a.bytes.every((byte, index) => byte === b.bytes[index]);
    case 'timestamp':
    case 'duration':
      return b.kind === a.kind && a.nanoseconds === b.nanoseconds;
    case 'list':
      return b.kind === 'list' && areListsEqual(a, b);
    case 'map':
    case 'object':
      return (b.kind === 'map' || b.kind === 'object') && areMembersEqual(a, b);
    case 'type':
      return b.kind === 'type' && typeNameOf(a.type) === typeNameOf(b.type);
    case 'optional':
      if (b.kind !== 'optional') return false;
      return a.value === undefined || b.value === undefined ? a.value === b.value : isEqual(a.value, b.value);
    case 'opaque':
      return b.kind === 'opaque' && a.type === b.type && a.text === b.text;
    default:
      return false;
  }
}

/** Types are compared without what they contain. */
export function typeNameOf(type: CelType): string {
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'type' ? type.kind : formatType(type);
}

function areListsEqual(a: CelList, b: CelList): boolean {
  if (a.items.length !== b.items.length) return false;
  const { listType } = a;
  if (listType === undefined) return a.items.every((item, index) => isEqual(item, b.items[index] as CelValue));
  if (listType === 'map') {
    const others = new Map(b.items.map((item) => [mapKeyOf(item, a.mapKeys), item]));
    return a.items.every((item) => {
      const other = others.get(mapKeyOf(item, a.mapKeys));
      return other !== undefined && isEqual(item, other);
    });
  }
  const others = new Set(b.items.map(keyOf));
  return a.items.every((item) => others.has(keyOf(item)));
}

/** Identifies an item of a list of the type `map`. */
export function mapKeyOf(item: CelValue, keys: readonly string[] = []): string {
  if (typeof item !== 'object' || item === null || (item.kind !== 'map' && item.kind !== 'object')) return '';
  return keys.map((key) => keyOf(memberOf(item, key) ?? '')).join('\u0000');
}

function areMembersEqual(a: CelMap | CelObject, b: CelMap | CelObject): boolean {
  if (sizeOf(a) !== sizeOf(b)) return false;
  return membersOf(a).every(([key, value]) => {
    const other = memberOf(b, key);
    return other !== undefined && isEqual(value, other);
  });
}

/** Keys and values in their order. */
export function membersOf(container: CelMap | CelObject): readonly (readonly [CelValue, CelValue])[] {
  return container.kind === 'map' ? [...container.entries.values()] : [...container.fields];
}

/** Negative, zero or positive; undefined where there is no order. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    if (right === undefined || Number.isNaN(left) || Number.isNaN(right)) return undefined;
    // An integer beside a double is compared as the double that is next to it.
    return typeof a === 'number' || typeof b === 'number' ? orderOf(Number(left), Number(right)) : orderOf(left, right);
  }
  if (typeof a === 'string' || typeof a === 'boolean') return typeof a === typeof b ? compareScalars(a, b as typeof a) : undefined;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null || a.kind !== b.kind) return undefined;
  if (a.kind === 'timestamp' || a.kind === 'duration') return orderOf(a.nanoseconds, (b as CelTimestamp).nanoseconds);
  if (a.kind === 'bytes') return compareBytes(a.bytes, (b as CelBytes).bytes);
  return undefined;
}

function compareScalars(a: string | boolean, b: string | boolean): number {
  if (typeof a === 'boolean') return Number(a) - Number(b);
  const left = [...a];
  const right = [...(b as string)];
  const index = left.findIndex((character, at) => character !== right[at]);
  if (index === -1) return left.length - right.length;
  return right[index] === undefined ? 1 : (left[index]?.codePointAt(0) ?? 0) - (right[index].codePointAt(0) ?? 0);
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((byte, at) => byte !== b[at]);
  return index === -1 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? -1);
}

function orderOf<T extends bigint | number>(a: T, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
