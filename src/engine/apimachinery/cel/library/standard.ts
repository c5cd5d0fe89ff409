// The standard functions of CEL: operators, conversions, sizes, texts. Times stand in times.ts.
// Upstream: github.com/google/cel-go/common/stdlib/standard.go (v0.23).

import { compilePattern } from '../../pattern.ts';
import type { CallContext, Implementation, Library } from '../declarations.ts';
import { encodeCode } from '../lexer.ts';
import { TYPE_NAMES } from '../types.ts';
import {
  type CelBytes,
  type CelDuration,
  type CelList,
  type CelMap,
  type CelObject,
  type CelResult,
  type CelTimestamp,
  type CelUint,
  type CelValue,
  compare,
  fail,
  isEqual,
  keyOf,
  kindOf,
  mapKeyOf,
  memberOf,
  NO_SUCH_OVERLOAD,
  sizeOf,
  uint,
} from '../values.ts';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from './times.ts';

const INT_MAX = (1n << 63n) - 1n;
const INT_MIN = -(1n << 63n);
const UINT_MAX = (1n << 64n) - 1n;

export function toInt(value: bigint): CelResult {
  return value > INT_MAX || value < INT_MIN ? fail('integer overflow') : value;
}

function toUint(value: bigint): CelResult {
  return value > UINT_MAX || value < 0n ? fail('unsigned integer overflow') : uint(value);
}

type Operation = (a: bigint, b: bigint) => bigint;

const ints =
  (operation: Operation): Implementation =>
  ([a, b]) =>
    toInt(operation(a as bigint, b as bigint));
const uints =
  (operation: Operation): Implementation =>
  ([a, b]) =>
    toUint(operation((a as CelUint).value, (b as CelUint).value));
const doubles =
  (operation: (a: number, b: number) => number): Implementation =>
  ([a, b]) =>
    operation(a as number, b as number);
const nonZero =
  (text: string, implementation: Implementation): Implementation =>
  (args, context) =>
    isEqual(args[1] as CelValue, 0n) ? fail(text) : implementation(args, context);
const order =
  (holds: (result: number) => boolean): Implementation =>
  ([a, b]) => {
    const result = compare(a as CelValue, b as CelValue);
    if (result === undefined) return kindOf(a as CelValue) === 'double' || kindOf(b as CelValue) === 'double' ? false : NO_SUCH_OVERLOAD;
    return holds(result);
  };

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const MIXED = ['int', 'uint', 'double'];
const COMPARISONS = [
  ['_<_', 'less', (result: number) => result < 0],
  ['_<=_', 'less_equals', (result: number) => result <= 0],
  ['_>_', 'greater', (result: number) => result > 0],
  ['_>=_', 'greater_equals', (result: number) => result >= 0],
] as const;

/** `_<_` and its kin: types with themselves, numbers across types. */
function comparisons(): Library {
  const lines: string[] = [];
  const implementations: Record<string, Implementation> = {};
  for (const [operator, name, holds] of COMPARISONS) {
    for (const left of ORDERED) {
      const others = MIXED.includes(left) ? MIXED : [left];
      for (const right of others) {
        const id = left === right ? `${name}_${left === 'int' ? 'int64' : left === 'uint' ? 'uint64' : left}` : `${name}_${left}_${right}`;
        lines.push(`${operator} ${id} (${left}, ${right}) bool`);
        implementations[id] = order(holds);
      }
    }
  }
  return { declarations: lines.join('\n'), implementations };
}

const ARITHMETIC: Library = {
  declarations: `
    _&&_ logical_and (bool, bool) bool
    _||_ logical_or (bool, bool) bool
    _?_:_ conditional (bool, A, A) A
    @not_strictly_false not_strictly_false (bool) bool
    !_ logical_not (bool) bool
    _==_ equals (A, A) bool
    _!=_ not_equals (A, A) bool
    _+_ add_int64 (int, int) int
    _+_ add_uint64 (uint, uint) uint
    _+_ add_double (double, double) double
    _+_ add_string (string, string) string
    _+_ add_bytes (bytes, bytes) bytes
    _+_ add_list (list(A), list(A)) list(A)
    _-_ subtract_int64 (int, int) int
    _-_ subtract_uint64 (uint, uint) uint
    _-_ subtract_double (double, double) double
    _*_ multiply_int64 (int, int) int
    _*_ multiply_uint64 (uint, uint) uint
    _*_ multiply_double (double, double) double
    _/_ divide_int64 (int, int) int
    _/_ divide_uint64 (uint, uint) uint
    _/_ divide_double (double, double) double
    _%_ modulo_int64 (int, int) int
    _%_ modulo_uint64 (uint, uint) uint
    -_ negate_int64 (int) int
    -_ negate_double (double) double
    @in in_list (A, list(A)) bool
    @in in_map (A, map(A, B)) bool
    _[_] index_list (list(A), int) A
    _[_] index_map (map(A, B), A) B
    _[_] optional_list_index_int (optional(list(A)), int) optional(A)
    _[_] optional_map_index_value (optional(map(A, B)), A) optional(B)
    _[?_] list_optindex_optional_int (list(A), int) optional(A)
    _[?_] optional_list_optindex_optional_int (optional(list(A)), int) optional(A)
    _[?_] map_optindex_optional_value (map(A, B), A) optional(B)
    _[?_] optional_map_optindex_optional_value (optional(map(A, B)), A) optional(B)`,
  implementations: {
    // What is not evaluated as a call has only a declaration.
    ...Object.fromEntries(
      [
        'logical_and',
        'logical_or',
        'conditional',
        'not_strictly_false',
        'index_list',
        'index_map',
        'optional_list_index_int',
        'optional_map_index_value',
        'list_optindex_optional_int',
        'optional_list_optindex_optional_int',
        'map_optindex_optional_value',
        'optional_map_optindex_optional_value',
      ].map((id) => [id, () => NO_SUCH_OVERLOAD]),
    ),
    logical_not: ([value]) => value !== true,
    equals: ([a, b]) => isEqual(a as CelValue, b as CelValue),
    not_equals: ([a, b]) => !isEqual(a as CelValue, b as CelValue),
    add_int64: ints((a, b) => a + b),
    add_uint64: uints((a, b) => a + b),
    add_double: doubles((a, b) => a + b),
    add_string: ([a, b]) => `${a as string}${b as string}`,
    add_bytes: ([a, b]) => ({ kind: 'bytes', bytes: [...(a as CelBytes).bytes, ...(b as CelBytes).bytes] }),
    add_list: ([a, b]) => joinLists(a as CelList, b as CelList),
    subtract_int64: ints((a, b) => a - b),
    subtract_uint64: uints((a, b) => a - b),
    subtract_double: doubles((a, b) => a - b),
    multiply_int64: ints((a, b) => a * b),
    multiply_uint64: uints((a, b) => a * b),
    multiply_double: doubles((a, b) => a * b),
    divide_int64: nonZero(
      'division by zero',
      ints((a, b) => a / b),
    ),
    divide_uint64: nonZero(
      'division by zero',
      uints((a, b) => a / b),
    ),
    divide_double: doubles((a, b) => a / b),
    modulo_int64: nonZero(
      'modulus by zero',
      ints((a, b) => a % b),
    ),
    modulo_uint64: nonZero(
      'modulus by zero',
      uints((a, b) => a % b),
    ),
    negate_int64: ([a]) => toInt(-(a as bigint)),
    negate_double: ([a]) => -(a as number),
    in_list: ([value, range]) => (range as CelList).items.some((item) => isEqual(item, value as CelValue)),
    in_map: ([value, range]) => memberOf(range as CelMap | CelObject, value as CelValue) !== undefined,
  },
};

/** Sets and maps by their schema keep what the left side has and take from the right side what is new, or replaces by key. */
function joinLists(a: CelList, b: CelList): CelList {
  if (a.listType === 'set') {
    const known = new Set(a.items.map(keyOf));
    return { ...a, items: [...a.items, ...b.items.filter((item) => !known.has(keyOf(item)))] };
  }
  if (a.listType === 'map') {
    const others = new Map(b.items.map((item) => [mapKeyOf(item, a.mapKeys), item]));
    const kept = a.items.map((item) => {
      const key = mapKeyOf(item, a.mapKeys);
      const other = others.get(key);
      others.delete(key);
      return other ?? item;
    });
    return { ...a, items: [...kept, ...others.values()] };
  }
  return { kind: 'list', items: [...a.items, ...b.items] };
}

const TEXTS: Library = {
  declarations: `
    size size_string (string) int
    size size_bytes (bytes) int
    size size_list (list(A)) int
    size size_map (map(A, B)) int
    size string_size .(string) int
    size bytes_size .(bytes) int
    size list_size .(list(A)) int
    size map_size .(map(A, B)) int
    contains contains_string .(string, string) bool
    startsWith starts_with_string .(string, string) bool
    endsWith ends_with_string .(string, string) bool
    matches matches_string .(string, string) bool
    matches matches (string, string) bool`,
  implementations: {
    ...Object.fromEntries(
      ['size_string', 'size_bytes', 'size_list', 'size_map', 'string_size', 'bytes_size', 'list_size', 'map_size'].map((id) => [
        id,
        ([value]: readonly CelValue[]) => BigInt(sizeOf(value as CelValue) ?? 0),
      ]),
    ),
    contains_string: ([text, part]) => (text as string).includes(part as string),
    starts_with_string: ([text, part]) => (text as string).startsWith(part as string),
    ends_with_string: ([text, part]) => (text as string).endsWith(part as string),
    matches_string: matches,
    matches,
  },
};

function matches(args: readonly CelValue[], context: CallContext): CelResult {
  const [text, source] = args as readonly [string, string];
  const compiled = compilePattern(source);
  if (!compiled.ok) return fail(compiled.error);
  if (!context.spend((text.length + 1) * compiled.pattern.size)) return fail('operation cancelled: actual cost limit exceeded');
  return compiled.pattern.test(text);
}

const CONVERSIONS: Library = {
  declarations: `
    dyn to_dyn (A) dyn
    type type (A) type(A)
    bool bool_to_bool (bool) bool
    bool string_to_bool (string) bool
    bytes bytes_to_bytes (bytes) bytes
    bytes string_to_bytes (string) bytes
    double double_to_double (double) double
    double int64_to_double (int) double
    double uint64_to_double (uint) double
    double string_to_double (string) double
    duration duration_to_duration (duration) duration
    duration string_to_duration (string) duration
    duration int64_to_duration (int) duration
    int int64_to_int64 (int) int
    int uint64_to_int64 (uint) int
    int double_to_int64 (double) int
    int string_to_int64 (string) int
    int timestamp_to_int64 (timestamp) int
    int duration_to_int64 (duration) int
    string string_to_string (string) string
    string bool_to_string (bool) string
    string bytes_to_string (bytes) string
    string double_to_string (double) string
    string int64_to_string (int) string
    string uint64_to_string (uint) string
    string timestamp_to_string (timestamp) string
    string duration_to_string (duration) string
    timestamp timestamp_to_timestamp (timestamp) timestamp
    timestamp string_to_timestamp (string) timestamp
    timestamp int64_to_timestamp (int) timestamp
    uint uint64_to_uint64 (uint) uint
    uint int64_to_uint64 (int) uint
    uint double_to_uint64 (double) uint
    uint string_to_uint64 (string) uint`,
  implementations: {
    ...Object.fromEntries(
      [
        'to_dyn',
        'bool_to_bool',
        'bytes_to_bytes',
        'double_to_double',
        'duration_to_duration',
        'int64_to_int64',
        'string_to_string',
        'timestamp_to_timestamp',
        'uint64_to_uint64',
      ].map((id) => [id, ([value]: readonly CelValue[]) => value as CelValue]),
    ),
    type: ([value]) => ({ kind: 'type', type: TYPE_NAMES.get(typeNameOfValue(value as CelValue)) ?? { kind: 'dyn' } }),
    string_to_bool: ([text]) => {
      if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text as string)) return true;
      if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text as string)) return false;
      return fail(`type conversion error from 'string' to 'bool'`);
    },
    string_to_bytes: ([text]) => ({ kind: 'bytes', bytes: [...(text as string)].flatMap((item) => encodeCode(item.codePointAt(0) ?? 0)) }),
    int64_to_double: ([value]) => Number(value as bigint),
    uint64_to_double: ([value]) => Number((value as CelUint).value),
    string_to_double: ([text]) => parseDouble(text as string),
    string_to_duration: ([text]) => parseDuration(text as string),
    int64_to_duration: ([value]) => ({ kind: 'duration', nanoseconds: value as bigint }),
    uint64_to_int64: ([value]) => toInt((value as CelUint).value),
    double_to_int64: ([value]) => fromDouble(value as number, toInt, 'integer overflow'),
    string_to_int64: ([text]) => (/^[+-]?\d+$/.test(text as string) ? toInt(BigInt(unsigned(text as string))) : wrongText('int')),
    timestamp_to_int64: ([value]) => floorDivide((value as CelTimestamp).nanoseconds, 1_000_000_000n),
    duration_to_int64: ([value]) => (value as CelDuration).nanoseconds,
    bool_to_string: ([value]) => String(value),
    bytes_to_string: ([value]) => decodeBytes((value as CelBytes).bytes),
    double_to_string: ([value]) => formatDouble(value as number),
    int64_to_string: ([value]) => String(value),
    uint64_to_string: ([value]) => String((value as CelUint).value),
    timestamp_to_string: ([value]) => formatTimestamp(value as CelTimestamp),
    duration_to_string: ([value]) => formatDuration(value as CelDuration),
    string_to_timestamp: ([text]) => parseTimestamp(text as string),
    int64_to_timestamp: ([value]) => ({ kind: 'timestamp', nanoseconds: (value as bigint) * 1_000_000_000n }),
    int64_to_uint64: ([value]) => toUint(value as bigint),
    double_to_uint64: ([value]) => fromDouble(value as number, toUint, 'unsigned integer overflow'),
    string_to_uint64: ([text]) => (/^\d+$/.test(text as string) ? toUint(BigInt(text as string)) : wrongText('uint')),
  },
};

function unsigned(text: string): string {
  return text.replace(/^\+/, '');
}

function wrongText(type: string): CelResult {
  return fail(`type conversion error from 'string' to '${type}'`);
}

export function floorDivide(value: bigint, by: bigint): bigint {
  return value < 0n && value % by !== 0n ? value / by - 1n : value / by;
}

function parseDouble(text: string): CelResult {
  if (/^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)$/.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special === null) return wrongText('double');
  if (/nan/i.test(text)) return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function fromDouble(value: number, convert: (whole: bigint) => CelResult, overflow: string): CelResult {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 64) return fail(overflow);
  // A double that is as large as the largest int has lost its last digits.
  if (overflow === 'integer overflow' && Math.abs(value) >= 2 ** 63) return fail(overflow);
  return convert(BigInt(Math.trunc(value)));
}

/** As Go's `%v` of a float64 writes it. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 21)
    return exponent < 0 ? value.toFixed(Math.max(0, mantissa.replace(/^-?\d\.?/, '').length - exponent)) : String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function decodeBytes(bytes: readonly number[]): CelResult {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const rest = bytes.slice(index + 1, index + length);
    if (length === 0 || rest.length < length - 1 || rest.some((byte) => byte >> 6 !== 2))
      return fail('invalid UTF-8 in bytes, cannot convert to string');
    const start = length === 1 ? first : first & (0xff >> (length + 1));
    text += String.fromCodePoint(rest.reduce((code, byte) => (code << 6) | (byte & 63), start));
    index += length;
  }
  return text;
}

/** The name of the type of a value. */
export function typeNameOfValue(value: CelValue): string {
  if (typeof value === 'object' && value !== null) {
    if (value.kind === 'opaque') return value.type;
    if (value.kind === 'optional') return 'optional_type';
    if (value.kind === 'object') return 'map';
    if (value.kind === 'timestamp') return 'google.protobuf.Timestamp';
    if (value.kind === 'duration') return 'google.protobuf.Duration';
  }
  return value === null ? 'null_type' : kindOf(value);
}

export const STANDARD: readonly Library[] = [ARITHMETIC, comparisons(), TEXTS, CONVERSIONS];
