// Lists, sets, maps, optionals and patterns. Upstream: k8s.io/apiserver/pkg/cel/library/{lists,regex}.go (v1.33),
// github.com/google/cel-go/ext/{sets,comprehensions}.go, cel/library.go (v0.23).

import { compilePattern } from '../../pattern.ts';
import type { CallContext, Implementation, Library } from '../declarations.ts';
import {
  type CelDuration,
  type CelList,
  type CelMap,
  type CelOptional,
  type CelResult,
  type CelUint,
  type CelValue,
  compare,
  fail,
  isEqual,
  keyOf,
  list,
  membersOf,
  NO_SUCH_OVERLOAD,
  NONE,
  sizeOf,
  some,
  uint,
} from '../values.ts';
import { toInt } from './standard.ts';

const items = (value: CelValue | undefined): readonly CelValue[] => (value as CelList).items;

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const SUMMABLE = ['int', 'uint', 'double', 'duration'];

/** `isSorted`, `min`, `max` and `sum` for each type that has an order or a sum, as upstream declares them. */
function lists(): Library {
  const lines = COMPARABLE.flatMap((type) => [
    `isSorted list_${type}_is_sorted_bool .(list(${type})) bool`,
    `min list_${type}_min_${type} .(list(${type})) ${type}`,
    `max list_${type}_max_${type} .(list(${type})) ${type}`,
  ]);
  const implementations: Record<string, Implementation> = {};
  for (const type of COMPARABLE) {
    implementations[`list_${type}_is_sorted_bool`] = isSorted;
    implementations[`list_${type}_min_${type}`] = extreme('min', -1);
    implementations[`list_${type}_max_${type}`] = extreme('max', 1);
  }
  for (const type of SUMMABLE) {
    lines.push(`sum list_${type}_sum_${type} .(list(${type})) ${type}`);
    implementations[`list_${type}_sum_${type}`] = ([value]) => sum(type, items(value));
  }
  lines.push('indexOf list_a_index_of_int .(list(A), A) int', 'lastIndexOf list_a_last_index_of_int .(list(A), A) int');
  implementations['list_a_index_of_int'] = ([range, value]) => BigInt(items(range).findIndex((item) => isEqual(item, value as CelValue)));
  implementations['list_a_last_index_of_int'] = ([range, value]) =>
    BigInt(items(range).findLastIndex((item) => isEqual(item, value as CelValue)));
  return { declarations: lines.join('\n'), implementations };
}

function isSorted([value]: readonly CelValue[]): CelResult {
  const all = items(value);
  return all.every((item, index) => index === 0 || (compare(all[index - 1] as CelValue, item) ?? 1) <= 0);
}

const extreme =
  (name: string, sign: number): Implementation =>
  ([value]) => {
    const [first, ...rest] = items(value);
    if (first === undefined) return fail(`${name} called on empty list`);
    return rest.reduce<CelValue>((best, item) => ((compare(item, best) ?? 0) * sign > 0 ? item : best), first);
  };

function sum(type: string, all: readonly CelValue[]): CelResult {
  if (type === 'double') return all.reduce<number>((total, item) => total + (item as number), 0);
  const value = (item: CelValue): bigint =>
    typeof item === 'bigint' ? item : type === 'uint' ? (item as CelUint).value : (item as CelDuration).nanoseconds;
  const total = all.reduce<bigint>((so, item) => so + value(item), 0n);
  if (type === 'uint') return total >= 1n << 64n ? fail('unsigned integer overflow') : uint(total);
  const checked = toInt(total);
  return type === 'duration' && typeof checked === 'bigint' ? { kind: 'duration', nanoseconds: checked } : checked;
}

const isIn = (value: CelValue, all: readonly CelValue[]): boolean => all.some((item) => isEqual(item, value));

const SETS: Library = {
  declarations: `
    sets.contains list_sets_contains_list (list(A), list(A)) bool
    sets.equivalent list_sets_equivalent_list (list(A), list(A)) bool
    sets.intersects list_sets_intersects_list (list(A), list(A)) bool`,
  implementations: {
    list_sets_contains_list: ([a, b]) => items(b).every((item) => isIn(item, items(a))),
    list_sets_equivalent_list: ([a, b]) => items(b).every((item) => isIn(item, items(a))) && items(a).every((item) => isIn(item, items(b))),
    list_sets_intersects_list: ([a, b]) => items(a).some((item) => isIn(item, items(b))),
  },
};

const PATTERNS: Library = {
  declarations: `
    find string_find_string .(string, string) string
    findAll string_find_all_string .(string, string) list(string)
    findAll string_find_all_string_int .(string, string, int) list(string)`,
  implementations: {
    string_find_string: (args, context) => {
      const found = findAll(args[0] as string, args[1] as string, 1, context);
      return Array.isArray(found) ? ((found as string[])[0] ?? '') : (found as CelResult);
    },
    string_find_all_string: (args, context) => asList(findAll(args[0] as string, args[1] as string, -1, context)),
    string_find_all_string_int: (args, context) =>
      asList(findAll(args[0] as string, args[1] as string, Number(args[2] as bigint), context)),
  },
};

function asList(found: readonly string[] | CelResult): CelResult {
  return Array.isArray(found) ? list(found as string[]) : (found as CelResult);
}

/** Matches from the left that do not overlap; an empty one may not touch the match before it. */
function findAll(text: string, source: string, count: number, context: CallContext): readonly string[] | CelResult {
  const compiled = compilePattern(source);
  if (!compiled.ok) return fail(`Illegal regex: ${compiled.error}`);
  const found: string[] = [];
  let from = 0;
  let previousEnd = -1;
  const countMax = count < 0 ? text.length + 1 : count;
  while (from <= text.length && found.length < countMax) {
    if (!context.spend((text.length - from + 1) * compiled.pattern.size)) return fail('operation cancelled: actual cost limit exceeded');
    const match = compiled.pattern.find(text, from)?.[0];
    if (match === undefined) break;
    const { begin, end } = match;
    if (begin !== end || begin !== previousEnd) found.push(text.slice(begin, end));
    previousEnd = end;
    from = end > begin ? end : end + 1;
  }
  return found;
}

const isZero = (value: CelValue): boolean => {
  if (value === null || value === false || value === '') return true;
  if (typeof value === 'object' && (value.kind === 'duration' || value.kind === 'timestamp')) return value.nanoseconds === 0n;
  return isEqual(value, 0n) || sizeOf(value) === 0;
};

const OPTIONALS: Library = {
  declarations: `
    optional.of optional_of (A) optional(A)
    optional.ofNonZeroValue optional_ofNonZeroValue (A) optional(A)
    optional.none optional_none () optional(A)
    value optional_value .(optional(A)) A
    hasValue optional_hasValue .(optional(A)) bool
    or optional_or_optional .(optional(A), optional(A)) optional(A)
    orValue optional_orValue_value .(optional(A), A) A`,
  implementations: {
    optional_of: ([value]) => some(value as CelValue),
    optional_ofNonZeroValue: ([value]) => (isZero(value as CelValue) ? NONE : some(value as CelValue)),
    optional_none: () => NONE,
    optional_value: ([value]) => (value as CelOptional).value ?? valueOf(value as CelOptional),
    optional_hasValue: ([value]) => (value as CelOptional).value !== undefined,
    optional_or_optional: ([a, b]) => ((a as CelOptional).value === undefined ? (b as CelValue) : (a as CelValue)),
    optional_orValue_value: ([a, b]) => {
      const { value } = a as CelOptional;
      return value === undefined ? (b as CelValue) : value;
    },
  },
};

function valueOf({ value }: CelOptional): CelResult {
  return value === undefined ? fail('optional.none() dereference') : value;
}

const MAPS: Library = {
  declarations: `
    cel.@mapInsert @mapInsert_map_map (map(A, B), map(A, B)) map(A, B)
    cel.@mapInsert @mapInsert_map_key_value (map(A, B), A, B) map(A, B)`,
  implementations: {
    '@mapInsert_map_map': ([target, added]) => insert(target as CelMap, membersOf(added as CelMap)),
    '@mapInsert_map_key_value': ([target, key, value]) => insert(target as CelMap, [[key as CelValue, value as CelValue]]),
  },
};

/** Only folds insert, each into the map that it has made: it is filled in place. */
function insert(target: CelMap, pairs: readonly (readonly [CelValue, CelValue])[]): CelResult {
  if (target.kind !== 'map') return NO_SUCH_OVERLOAD;
  const entries = target.entries as Map<string, readonly [CelValue, CelValue]>;
  for (const [key, value] of pairs) {
    if (entries.has(keyOf(key))) return fail(`insert failed: key ${String(key)} already exists`);
    entries.set(keyOf(key), [key, value]);
  }
  return target;
}

export const COLLECTIONS: readonly Library[] = [lists(), SETS, PATTERNS, OPTIONALS, MAPS];
