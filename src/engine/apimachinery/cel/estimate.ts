// Estimates what evaluating an expression can cost at worst, from what the types say about sizes.
// Upstream: github.com/google/cel-go/checker/cost.go (v0.23), k8s.io/apiserver/pkg/cel/library/cost.go (v1.33).

import { ACCUMULATOR, type Call, type Expression, type Fold } from './ast.ts';
import type { Checked } from './checker.ts';
import { AUTHORIZATION, FORMAT_PATTERN_LENGTH, PATTERN, TRAVERSAL } from './costs.ts';
import type { CelType } from './types.ts';
import { sizeOf } from './values.ts';

/** From and to; sizes and costs alike. */
export interface Estimate {
  readonly min: number;
  readonly max: number;
}

/** What upstream's unsigned integers end at: more than this is as much as this. */
export const UNBOUNDED = 2 ** 64;

const UNKNOWN: Estimate = { min: 0, max: UNBOUNDED };
const NOTHING: Estimate = { min: 0, max: 0 };
const fixed = (value: number): Estimate => ({ min: value, max: value });
const bounded = (value: number): number => Math.min(value, UNBOUNDED);
const add = (a: Estimate, b: Estimate): Estimate => ({ min: bounded(a.min + b.min), max: bounded(a.max + b.max) });
const multiply = (a: Estimate, b: Estimate): Estimate => ({ min: bounded(a.min * b.min), max: bounded(a.max * b.max) });
const scale = (a: Estimate, factor: number): Estimate => ({
  min: bounded(Math.ceil(a.min * factor)),
  max: bounded(Math.ceil(a.max * factor)),
});
const unite = (a: Estimate, b: Estimate): Estimate => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

/** Estimates the cost of an expression; `root` is the type of `self`, along which sizes are known. */
export function estimateCost(root: Expression, checked: Checked, self: CelType): Estimate {
  return new Estimator(checked, self).cost(root);
}

interface CallEstimate {
  readonly cost: Estimate;
  /** Elements of the result. */
  readonly size?: Estimate | undefined;
}

/** Of the names of two formats, which have 64 characters at most. */
const FORMAT_COMPARISON = scale({ min: 1, max: 64 }, TRAVERSAL);

const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

class Estimator {
  private readonly checked: Checked;
  private readonly self: CelType;
  /** What the schema says of nodes that can be reached from a variable. */
  private readonly reached = new Map<number, CelType | undefined>();
  private readonly sizes = new Map<number, Estimate>();
  private readonly ranges = new Map<string, { readonly range: Expression; readonly isKey: boolean | undefined }[]>();

  constructor(checked: Checked, self: CelType) {
    this.checked = checked;
    this.self = self;
  }

  cost(expression: Expression): Estimate {
    switch (expression.kind) {
      case 'literal':
        return NOTHING;
      case 'identifier':
        this.reached.set(expression.id, this.reachedBy(expression.name));
        return fixed(1);
      case 'select': {
        const operand = this.cost(expression.operand);
        if (expression.isTest) return operand;
        const { kind } = this.typeOf(expression.operand);
        const base = this.reached.get(expression.operand.id);
        this.reached.set(expression.id, base?.kind === 'object' ? base.fields.get(expression.field) : undefined);
        return kind === 'map' || kind === 'object' || kind === 'parameter' ? add(operand, fixed(1)) : operand;
      }
      case 'call':
        return this.call(expression);
      case 'list':
        return expression.elements.reduce((sum, { value }) => add(sum, this.cost(value)), fixed(10));
      case 'map':
        return expression.entries.reduce((sum, { key, value }) => add(add(sum, this.cost(key)), this.cost(value)), fixed(30));
      case 'object':
        return expression.fields.reduce((sum, { value }) => add(sum, this.cost(value)), fixed(40));
      case 'fold':
        return this.fold(expression);
    }
  }

  private typeOf(expression: Expression): CelType {
    return this.checked.types.get(expression.id) ?? { kind: 'dyn' };
  }

  /** What the schema says of a variable's value. */
  private reachedBy(name: string): CelType | undefined {
    if (name === ACCUMULATOR) return undefined;
    const range = this.ranges.get(name)?.slice(-1)[0];
    if (range === undefined) return this.self;
    // Upstream looks below the root for what is made of a list that nothing reaches.
    const base = this.reached.has(range.range.id) ? this.reached.get(range.range.id) : this.self;
    if (base === undefined) return undefined;
    if (base.kind === 'map') return range.isKey === false ? base.value : base.key;
    if (base.kind === 'list') return range.isKey === true ? undefined : base.element;
    return this.reached.has(range.range.id) ? undefined : this.self;
  }

  private size(expression: Expression): Estimate {
    const known = this.sizes.get(expression.id) ?? literalSize(expression);
    if (known !== undefined) return known;
    const reached = this.reached.get(expression.id);
    if (reached !== undefined) return { min: 0, max: reached.elementsMax ?? 0 };
    return SCALARS.has(this.typeOf(expression).kind) ? fixed(1) : UNKNOWN;
  }

  private fold(fold: Fold): Estimate {
    let sum = add(this.cost(fold.range), this.cost(fold.initial));
    this.enter(fold.iteration, fold.range, fold.second === undefined ? undefined : true);
    if (fold.second !== undefined) this.enter(fold.second, fold.range, false);
    const each = add(this.cost(fold.condition), this.cost(fold.step));
    this.ranges.get(fold.iteration)?.pop();
    if (fold.second !== undefined) this.ranges.get(fold.second)?.pop();
    sum = add(sum, this.cost(fold.result));
    const count = this.size(fold.range);
    this.sizes.set(fold.id, count);
    return add(sum, multiply(count, each));
  }

  private enter(name: string, range: Expression, isKey: boolean | undefined): void {
    this.ranges.set(name, [...(this.ranges.get(name) ?? []), { range, isKey }]);
  }

  private call(call: Call): Estimate {
    const args = call.args.map((arg) => this.cost(arg));
    const qualified = this.checked.names.get(call.id);
    const target = qualified === undefined ? call.target : undefined;
    const start = target === undefined ? NOTHING : this.cost(target);
    const sum = args.reduce(add, NOTHING);
    if (call.name === '_&&_' || call.name === '_||_') {
      const [left = NOTHING] = args;
      return { min: left.min, max: sum.max };
    }
    const name = qualified ?? call.name.replace(/^\./, '');
    let cost: Estimate | undefined;
    let size: Estimate | undefined;
    for (const overload of this.checked.overloads.get(call.id) ?? []) {
      const estimate = this.overload(call, name, overload, target, args, sum);
      cost = cost === undefined ? estimate.cost : unite(cost, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : unite(size, estimate.size);
      if (overload === 'index_list' || overload === 'index_map') this.index(call);
    }
    if (size !== undefined) this.sizes.set(call.id, size);
    return add(start, cost ?? NOTHING);
  }

  private index(call: Call): void {
    const base = this.reached.get((call.args[0] as Expression).id);
    this.reached.set(call.id, base?.kind === 'list' ? base.element : base?.kind === 'map' ? base.value : undefined);
  }

  private overload(
    call: Call,
    name: string,
    overload: string,
    target: Expression | undefined,
    costs: readonly Estimate[],
    sum: Estimate,
  ): CallEstimate {
    const args = call.args as readonly [Expression, Expression, Expression];
    const own = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : Object.hasOwn(BY_OVERLOAD, overload) ? BY_OVERLOAD[overload] : undefined;
    const sizes = { of: (expression: Expression | undefined): Estimate => (expression === undefined ? NOTHING : this.size(expression)) };
    if (overload === 'conditional') {
      const [condition = NOTHING, whenTrue = NOTHING, whenFalse = NOTHING] = costs;
      return { cost: add(condition, unite(whenTrue, whenFalse)), size: unite(this.size(args[1]), this.size(args[2])) };
    }
    // Values of Kubernetes' own types are compared at once.
    if (overload === 'equals' && this.isComparedAtOnce(args[0]) && this.isComparedAtOnce(args[1])) return { cost: add(fixed(1), sum) };
    if (overload === 'equals' && this.isFormat(args[0]) && this.isFormat(args[1])) return { cost: add(FORMAT_COMPARISON, sum) };
    const estimate = own?.({ target, args: call.args, overload, size: sizes.of, element: (list) => this.element(list) });
    return estimate === undefined ? { cost: add(fixed(1), sum) } : { ...estimate, cost: add(estimate.cost, sum) };
  }

  private isFormat(expression: Expression): boolean {
    const type = this.typeOf(expression);
    return type.kind === 'opaque' && type.name === 'kubernetes.NamedFormat';
  }

  private isComparedAtOnce(expression: Expression): boolean {
    const type = this.typeOf(expression);
    return type.kind === 'opaque' && /^(?:net\.(?:IP|CIDR)|kubernetes\.(?:Quantity|URL|authorization\..*))$/.test(type.name);
  }

  /** The size of a list's elements and whether they are texts; undefined for what is no list. */
  private element(expression: Expression): { readonly size: Estimate; readonly isText: boolean } | undefined {
    const type = this.typeOf(expression);
    if (type.kind !== 'list') return undefined;
    const reached = this.reached.get(expression.id);
    const isText = type.element.kind === 'string' || type.element.kind === 'bytes';
    return { size: reached?.kind === 'list' ? { min: 0, max: reached.element.elementsMax ?? 0 } : UNKNOWN, isText };
  }
}

/** What has no elements counts as one. */
function literalSize(expression: Expression): Estimate | undefined {
  if (expression.kind === 'list') return fixed(expression.elements.length);
  if (expression.kind === 'map') return fixed(expression.entries.length);
  if (expression.kind !== 'literal') return undefined;
  return fixed(sizeOf(expression.value) ?? 1);
}

interface CallSizes {
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
  readonly overload: string;
  readonly size: (expression: Expression | undefined) => Estimate;
  readonly element: (list: Expression) => { readonly size: Estimate; readonly isText: boolean } | undefined;
}

type Estimation = (call: CallSizes) => CallEstimate | undefined;

const nominal: Estimation = () => ({ cost: fixed(1) });
const ofArgument: Estimation = ({ args, size }) => ({ cost: scale(size(args[0]), TRAVERSAL) });
const ofTarget: Estimation = ({ target, size }) =>
  target === undefined ? undefined : { cost: scale(size(target), TRAVERSAL), size: size(target) };

const ofElements: Estimation = ({ target, size, element }) => {
  if (target === undefined) return undefined;
  const item = element(target);
  if (item === undefined) return { cost: scale(size(target), TRAVERSAL) };
  const each = item.isText ? add(fixed(1), scale(item.size, TRAVERSAL)) : fixed(1);
  return { cost: multiply(size(target), each) };
};

const ofPattern: Estimation = ({ target, args, size, overload }) => {
  const [text, pattern] = target === undefined ? args : [target, args[0]];
  const cost = multiply(scale(add(size(text), fixed(1)), TRAVERSAL), scale(size(pattern), PATTERN));
  return overload.startsWith('string_find') ? { cost, size: { min: 0, max: size(text).max } } : { cost };
};

const ofReplace: Estimation = ({ target, args, size }) => {
  if (target === undefined) return undefined;
  const text = size(target);
  const from = size(args[0]);
  const to = size(args[1]);
  const longest = from.min === 0 ? [text.max + 1, text.max] : to.max <= from.min ? [0, text.max] : [Math.ceil(text.max / from.min), 0];
  const shortest = from.max === 0 ? [text.min + 1, text.min] : from.max <= to.min ? [0, text.min] : [Math.ceil(text.min / from.max), 0];
  const [countMax = 0, keptMax = 0] = longest;
  const [countMin = 0, keptMin = 0] = shortest;
  const result = { min: bounded(countMin * to.min + keptMin), max: bounded(countMax * to.max + keptMax) };
  return { cost: scale(text, 2 * TRAVERSAL), size: result };
};

const ofSplit: Estimation = ({ target, args, size }) => {
  if (target === undefined) return undefined;
  const text = size(target);
  const [, count] = args;
  const max = count?.kind === 'literal' && typeof count.value === 'bigint' && count.value >= 0n ? Number(count.value) : text.max;
  return { cost: scale(text, 2 * TRAVERSAL), size: { min: 0, max } };
};

const ofJoin: Estimation = ({ target, args, size, element }) => {
  if (target === undefined) return undefined;
  const count = size(target);
  const items = multiply(count, element(target)?.size ?? NOTHING);
  const separators = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  const total = args.length === 0 ? items : add(items, multiply(size(args[0]), separators));
  return { cost: scale(total, TRAVERSAL), size: total };
};

const ofRange: Estimation = ({ args, size, overload }) => {
  const bytes: Estimate = { min: 4, max: 16 };
  const inner = overload.startsWith('cidr_contains_cidr') ? add(scale(bytes, TRAVERSAL), fixed(1)) : NOTHING;
  const parsing = overload.endsWith('_string') ? scale(size(args[0]), TRAVERSAL) : NOTHING;
  return { cost: add(add(scale(add(bytes, bytes), TRAVERSAL), inner), parsing) };
};

const sets =
  (factor: number): Estimation =>
  ({ args, size }) => ({ cost: scale(multiply(size(args[0]), size(args[1])), factor) });

const all = (names: string, estimation: Estimation): Readonly<Record<string, Estimation>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, estimation]));

const BY_NAME: Readonly<Record<string, Estimation>> = {
  check: () => ({ cost: fixed(AUTHORIZATION) }),
  ...all('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...all('isSorted sum max min indexOf lastIndexOf', ofElements),
  // What reads a text without being a method of anything (isIP, quantity and their kin) costs what calls cost of which nothing is said: upstream asks for
  // the object of the method.
  url: ({ args, size }) => ({ cost: scale(size(args[0]), TRAVERSAL), size: size(args[0]) }),
  ...all('lowerAscii upperAscii substring trim', ofTarget),
  ...all('masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast', nominal),
  ...all('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub', nominal),
  ...all('containsIP containsCIDR', ofRange),
  ...all('find findAll', ofPattern),
  validate: ({ args, size }) => ({ cost: scale(scale(size(args[0]), TRAVERSAL), FORMAT_PATTERN_LENGTH * PATTERN) }),
  replace: ofReplace,
  split: ofSplit,
  join: ofJoin,
  'sets.contains': sets(1),
  'sets.intersects': sets(1),
  'sets.equivalent': sets(2),
};

const ofSum: Estimation = ({ args, size, overload }) => {
  const total = add(size(args[0]), size(args[1]));
  return { cost: overload === 'add_list' ? fixed(1) : scale(total, TRAVERSAL), size: total };
};

const ofComparison: Estimation = ({ args, size }) => {
  const smallest = Math.min(size(args[0]).max, size(args[1]).max);
  return { cost: scale({ min: smallest > 0 ? 1 : 0, max: smallest }, TRAVERSAL) };
};

const BY_OVERLOAD: Readonly<Record<string, Estimation>> = {
  ...all('starts_with_string ends_with_string', ofArgument),
  string_to_bytes: (call) => ({
    ...ofArgument(call),
    cost: scale(call.size(call.args[0]), TRAVERSAL),
    size: scale(call.size(call.args[0]), 4),
  }),
  bytes_to_string: ({ args, size }) => ({
    cost: scale(size(args[0]), TRAVERSAL),
    size: { min: Math.ceil(size(args[0]).min / 4), max: size(args[0]).max },
  }),
  in_list: ({ args, size }) => ({ cost: size(args[1]) }),
  ...all('matches_string matches', ofPattern),
  contains_string: ({ target, args, size }) => ({ cost: multiply(scale(size(target), TRAVERSAL), scale(size(args[0]), TRAVERSAL)) }),
  ...all('add_string add_bytes add_list', ofSum),
  ...all('equals not_equals', ofComparison),
  ...all('less_string less_equals_string greater_string greater_equals_string', ofComparison),
  ...all('less_bytes less_equals_bytes greater_bytes greater_equals_bytes', ofComparison),
};
