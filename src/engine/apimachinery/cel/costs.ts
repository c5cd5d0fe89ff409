// What a call costs when it is evaluated. Upstream: github.com/google/cel-go/interpreter/runtimecost.go (v0.23),
// k8s.io/apiserver/pkg/cel/library/cost.go (v1.33).

import { utf8Length } from '../text.ts';
import { type CelValue, membersOf, sizeOf } from './values.ts';

/** Cost of one character that is gone over. */
export const TRAVERSAL = 0.1;
/** Cost of one character of a pattern, for each character that it is matched with. */
export const PATTERN = 0.25;
/** Characters of the pattern behind a format, at most. */
export const FORMAT_PATTERN_LENGTH = 128;
/** A question about rights: two of them at most in one expression. */
export const AUTHORIZATION = 350_000;

function actualSize(value: CelValue | undefined): number {
  return value === undefined ? 1 : (sizeOf(value) ?? 1);
}

function traversal(value: CelValue | undefined, factor = 1): number {
  return Math.ceil(actualSize(value) * factor * TRAVERSAL);
}

type Cost = (args: readonly CelValue[], result: CelValue, overload: string) => number;

const byFirst: Cost = ([first]) => traversal(first);
const twice: Cost = ([first]) => traversal(first, 2);
const one: Cost = () => 1;
const byElements: Cost = ([first]) => deepTraversal(first as CelValue);
const byPattern: Cost = ([text, pattern]) => Math.ceil((1 + actualSize(text)) * TRAVERSAL) * Math.ceil(actualSize(pattern) * PATTERN);
/** Characters of the patterns behind the formats of names; others are taken to be as long as any. */
const FORMAT_PATTERNS: Readonly<Record<string, number>> = {
  dns1123Label: 30,
  dns1123LabelPrefix: 30,
  dns1123Subdomain: 60,
  dns1123SubdomainPrefix: 60,
  dns1035Label: 30,
  dns1035LabelPrefix: 30,
  qualifiedName: 60,
  labelValue: 40,
};
const byFormat: Cost = ([format, text]) => {
  const name = typeof format === 'object' && format?.kind === 'opaque' ? format.text : '';
  return Math.ceil((1 + actualSize(text)) * TRAVERSAL) * Math.ceil((FORMAT_PATTERNS[name] ?? FORMAT_PATTERN_LENGTH) * PATTERN);
};
const product: Cost = ([first, second]) => actualSize(first) * actualSize(second);

/** What going over a value once costs, its elements included. */
function deepTraversal(value: CelValue): number {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? Math.floor(utf8Length(value) * TRAVERSAL) : 1;
  if (value.kind === 'list') return value.items.reduce<number>((sum, item) => sum + deepTraversal(item), 0);
  if (value.kind === 'map' || value.kind === 'object')
    return membersOf(value).reduce((sum, [key, member]) => sum + deepTraversal(key) + deepTraversal(member), 0);
  return value.kind === 'bytes' ? Math.floor(value.bytes.length * TRAVERSAL) : 1;
}

const CIDR_CONTAINS: Cost = ([cidr, other], _result, overload) => {
  const parsing = overload.endsWith('_string') ? traversal(other) : 0;
  const inner = overload.startsWith('cidr_contains_cidr') ? traversal(cidr) + 1 : 0;
  return traversal(cidr, 2) + inner + parsing;
};

/** By the name of the function, as Kubernetes counts its own libraries. */
const BY_NAME: Readonly<Record<string, Cost>> = {
  check: () => AUTHORIZATION,
  ...Object.fromEntries(
    'serviceAccount path group resource subresource namespace name allowed reason error errored'.split(' ').map((name) => [name, one]),
  ),
  ...Object.fromEntries('isSorted sum max min indexOf lastIndexOf'.split(' ').map((name) => [name, byElements])),
  ...Object.fromEntries('url lowerAscii upperAscii substring trim'.split(' ').map((name) => [name, byFirst])),
  replace: twice,
  split: twice,
  join: (_args, result) => traversal(result, 2),
  find: byPattern,
  findAll: byPattern,
  cidr: byFirst,
  isIP: byFirst,
  isCIDR: byFirst,
  ip: ([first], _result, overload) => (overload === 'cidr_ip' ? 1 : traversal(first)),
  'ip.isCanonical': twice,
  containsIP: CIDR_CONTAINS,
  containsCIDR: CIDR_CONTAINS,
  quantity: byFirst,
  isQuantity: byFirst,
  validate: byFormat,
  'sets.contains': product,
  'sets.intersects': product,
  'sets.equivalent': (args, result, overload) => product(args, result, overload) * 2,
};

const minimum: Cost = ([first, second]) => Math.ceil(Math.min(actualSize(first), actualSize(second)) * TRAVERSAL);
const sum: Cost = ([first, second]) => Math.ceil((actualSize(first) + actualSize(second)) * TRAVERSAL);

/** By the overload, where it is the only one that the checker left. */
const BY_OVERLOAD: Readonly<Record<string, Cost>> = {
  starts_with_string: byFirst,
  ends_with_string: byFirst,
  string_to_bytes: byFirst,
  bytes_to_string: byFirst,
  in_list: ([, range]) => actualSize(range),
  equals: minimum,
  not_equals: minimum,
  ...Object.fromEntries(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((name) => [
      [`${name}_string`, minimum],
      [`${name}_bytes`, minimum],
    ]),
  ),
  add_string: sum,
  add_bytes: sum,
  matches_string: byPattern,
  contains_string: ([text, part]) => traversal(text) * traversal(part),
};

/** What a call has cost. */
export function costOfCall(name: string, overload: string, args: readonly CelValue[], result: CelValue): number {
  const own = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : Object.hasOwn(BY_OVERLOAD, overload) ? BY_OVERLOAD[overload] : undefined;
  return own === undefined ? 1 : own(args, result, overload);
}
