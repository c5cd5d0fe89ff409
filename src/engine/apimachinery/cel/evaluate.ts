// Evaluates a checked expression and counts what it costs, in upstream's units, which are the same on every machine.
// Upstream: github.com/google/cel-go/interpreter/{interpretable,attributes,runtimecost}.go (v0.23). has() costs nothing of its own, as Kubernetes sets it.

import {
  ACCUMULATOR,
  type Call,
  type Expression,
  type Fold,
  type ListLiteral,
  type MapLiteral,
  type ObjectLiteral,
  type Select,
} from './ast.ts';
import type { Checked } from './checker.ts';
import { costOfCall } from './costs.ts';
import type { CallContext, Functions, Overload } from './declarations.ts';
import { type CelType, OPTIONAL } from './types.ts';
import {
  type CelList,
  type CelResult,
  type CelValue,
  fail,
  isEqual,
  isFailure,
  keyOf,
  kindOf,
  memberOf,
  membersOf,
  NONE,
  NO_SUCH_OVERLOAD,
  some,
} from './values.ts';

export interface Evaluation {
  readonly result: CelResult;
  readonly cost: number;
}

export interface EvaluationOptions {
  /** The value of a variable, undefined if it has none. */
  readonly variable: (name: string) => CelResult | undefined;
  /** Cost at which the evaluation is given up. */
  readonly costMax: number;
  readonly authorize?: CallContext['authorize'];
}

/** Instructions times characters that patterns may take in one evaluation. */
const PATTERN_WORK_MAX = 50_000_000;

/** Evaluates an expression. */
export function evaluate(root: Expression, checked: Checked, functions: Functions, options: EvaluationOptions): Evaluation {
  const evaluator = new Evaluator(checked, functions, options);
  const result = evaluator.evaluate(root);
  return { result, cost: evaluator.cost };
}

const EXCEEDED: CelResult = { kind: 'failure', message: 'operation cancelled: actual cost limit exceeded', isFinal: true };

class Evaluator {
  cost = 0;
  private patternWork = PATTERN_WORK_MAX;
  private readonly locals = new Map<string, CelResult[]>();
  private readonly context: CallContext;

  private readonly checked: Checked;
  private readonly functions: Functions;
  private readonly options: EvaluationOptions;

  constructor(checked: Checked, functions: Functions, options: EvaluationOptions) {
    this.checked = checked;
    this.functions = functions;
    this.options = options;
    this.context = {
      authorize: options.authorize,
      spend: (work) => {
        this.patternWork -= work;
        return this.patternWork >= 0;
      },
    };
  }

  evaluate(expression: Expression): CelResult {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'identifier':
        return this.charge(1) ?? this.named(expression.id, expression.name);
      case 'select':
        return this.select(expression);
      case 'call':
        return this.call(expression);
      case 'list':
        return this.list(expression);
      case 'map':
        return this.map(expression);
      case 'object':
        return this.object(expression);
      case 'fold':
        return this.fold(expression);
    }
  }

  private charge(cost: number): CelResult | undefined {
    this.cost += cost;
    return this.cost > this.options.costMax ? EXCEEDED : undefined;
  }

  private named(id: number, given: string): CelResult {
    const local = this.locals.get(given);
    if (local !== undefined && local.length > 0) return local[local.length - 1] as CelResult;
    const name = this.checked.names.get(id) ?? given;
    const type = this.checked.types.get(id);
    const value = this.options.variable(name);
    if (value !== undefined) return value;
    return type?.kind === 'type' ? { kind: 'type', type: type.of } : fail(`no such attribute(s): ${name}`);
  }

  private select(select: Select): CelResult {
    if (this.checked.names.has(select.id)) return this.charge(1) ?? this.named(select.id, select.field);
    const operand = this.evaluate(select.operand);
    if (isFailure(operand)) return operand;
    if (select.isTest) return isPresent(operand, select.field);
    return this.charge(1) ?? selectField(operand, select.field);
  }

  private call(call: Call): CelResult {
    const args = call.args as readonly [Expression, Expression, Expression];
    switch (call.name) {
      case '_&&_':
        return this.logical(args, false);
      case '_||_':
        return this.logical(args, true);
      case '_?_:_': {
        const condition = this.evaluate(args[0]);
        if (isFailure(condition)) return condition;
        if (typeof condition !== 'boolean') return NO_SUCH_OVERLOAD;
        return this.evaluate(condition ? args[1] : args[2]);
      }
      case '@not_strictly_false': {
        const value = this.evaluate(args[0]);
        if (isFailure(value) && value.isFinal === true) return value;
        return this.charge(1) ?? value !== false;
      }
      default:
        return this.apply(call);
    }
  }

  /** The value that decides wins over a failure of the other side. */
  private logical([left, right]: readonly [Expression, Expression, Expression], decides: boolean): CelResult {
    const first = this.evaluate(left);
    if (first === decides || (isFailure(first) && first.isFinal === true)) return first;
    const second = this.evaluate(right);
    if (second === decides || (isFailure(second) && second.isFinal === true)) return second;
    if (isFailure(first)) return first;
    if (isFailure(second)) return second;
    return typeof first === 'boolean' && typeof second === 'boolean' ? !decides : NO_SUCH_OVERLOAD;
  }

  private apply(call: Call): CelResult {
    const appended = this.append(call);
    if (appended !== undefined) return appended;
    const values: CelValue[] = [];
    const qualified = this.checked.names.get(call.id);
    const isMember = call.target !== undefined && qualified === undefined;
    for (const argument of isMember ? [call.target as Expression, ...call.args] : call.args) {
      const value = this.evaluate(argument);
      if (isFailure(value)) return value;
      values.push(value);
    }
    if (INDEXES.has(call.name)) return this.charge(1) ?? index(call.name, values as [CelValue, CelValue]);
    const name = qualified ?? call.name.replace(/^\./, '');
    const ids = this.checked.overloads.get(call.id) ?? [];
    const overload = choose(this.functions.get(name) ?? [], ids, isMember, values);
    if (overload === undefined) return NO_SUCH_OVERLOAD;
    const result = overload.run(values, this.context);
    if (isFailure(result)) return this.charge(1) ?? result;
    const cost = costOfCall(name, ids.length === 1 ? (ids[0] ?? '') : '', values, result);
    return this.charge(cost) ?? result;
  }

  private list({ elements }: ListLiteral): CelResult {
    const items: CelValue[] = [];
    for (const { value, isOptional } of elements) {
      const item = this.evaluate(value);
      if (isFailure(item)) return item;
      if (!isOptional) items.push(item);
      else if (kindOf(item) !== 'optional') return fail(`cannot initialize optional list element from non-optional value`);
      else if (typeof item === 'object' && item?.kind === 'optional' && item.value !== undefined) items.push(item.value);
    }
    return this.charge(10) ?? { kind: 'list', items };
  }

  private map(literal: MapLiteral): CelResult {
    const entries = new Map<string, readonly [CelValue, CelValue]>();
    for (const entry of literal.entries) {
      const key = this.evaluate(entry.key);
      if (isFailure(key)) return key;
      const value = this.evaluate(entry.value);
      if (isFailure(value)) return value;
      if (!KEY_KINDS.has(kindOf(key)) || (typeof key === 'number' && !Number.isInteger(key))) return fail('unsupported key type');
      if (entries.has(keyOf(key))) return fail(`Failed with repeated key: ${show(key)}`);
      if (!entry.isOptional) entries.set(keyOf(key), [key, value]);
      else if (typeof value !== 'object' || value?.kind !== 'optional')
        return fail('cannot initialize optional entry from non-optional value');
      else if (value.value !== undefined) entries.set(keyOf(key), [key, value.value]);
    }
    return this.charge(30) ?? { kind: 'map', entries };
  }

  private object({ fields }: ObjectLiteral): CelResult {
    const members = new Map<string, CelValue>();
    for (const field of fields) {
      const value = this.evaluate(field.value);
      if (isFailure(value)) return value;
      if (!field.isOptional) members.set(field.name, value);
      else if (typeof value === 'object' && value?.kind === 'optional' && value.value !== undefined) members.set(field.name, value.value);
    }
    return this.charge(40) ?? { kind: 'object', fields: members };
  }

  private fold(fold: Fold): CelResult {
    const range = this.evaluate(fold.range);
    if (isFailure(range)) return range;
    const elements = elementsOf(range, fold.second !== undefined);
    if (elements === undefined) return NO_SUCH_OVERLOAD;
    let accumulated = this.evaluate(fold.initial);
    for (const [first, second] of elements) {
      this.enter(fold.accumulator, accumulated);
      this.enter(fold.iteration, first);
      if (fold.second !== undefined) this.enter(fold.second, second);
      const condition = this.evaluate(fold.condition);
      const next = condition === true ? this.evaluate(fold.step) : isFailure(condition) ? condition : undefined;
      if (fold.second !== undefined) this.leave(fold.second);
      this.leave(fold.iteration);
      this.leave(fold.accumulator);
      if (next === undefined) break;
      if (isFailure(next) && next.isFinal === true) return next;
      accumulated = next;
    }
    this.enter(fold.accumulator, accumulated);
    const result = this.evaluate(fold.result);
    this.leave(fold.accumulator);
    return result;
  }

  private enter(name: string, value: CelResult): void {
    const values = this.locals.get(name);
    if (values === undefined) this.locals.set(name, [value]);
    else values.push(value);
  }

  private leave(name: string): void {
    this.locals.get(name)?.pop();
  }

  /**
   * `@result + [value]`, the step of `map` and its kin: the value goes to the end of the list that the fold has made, which nothing else sees yet.
   * Undefined for every other call.
   */
  private append({ name, args: [left, right] }: Call): CelResult | undefined {
    if (name !== '_+_' || left?.kind !== 'identifier' || left.name !== ACCUMULATOR || right?.kind !== 'list') return undefined;
    const [only] = right.elements;
    const owned = this.locals.get(ACCUMULATOR)?.slice(-1)[0];
    if (only === undefined || typeof owned !== 'object' || owned?.kind !== 'list') return undefined;
    const value = this.evaluate(only.value);
    if (isFailure(value)) return value;
    // One for the name, ten for the list of one, one for the sum.
    const exceeded = this.charge(12);
    if (exceeded !== undefined) return exceeded;
    (owned.items as CelValue[]).push(value);
    return owned;
  }
}

const INDEXES: ReadonlySet<string> = new Set(['_[_]', '_[?_]', '_?._']);
const KEY_KINDS: ReadonlySet<string> = new Set(['string', 'int', 'uint', 'bool', 'double']);

/** The overload whose arguments a call has; of those that the checker left. */
function choose(
  overloads: readonly Overload[],
  ids: readonly string[],
  isMember: boolean,
  values: readonly CelValue[],
): Overload | undefined {
  return overloads.find(
    (overload) =>
      overload.isMember === isMember &&
      overload.args.length === values.length &&
      (ids.length === 0 || ids.includes(overload.id)) &&
      overload.args.every((type, index) => isOfType(values[index] as CelValue, type)),
  );
}

/** True if a value is of a type, as far as its outside shows it. */
function isOfType(value: CelValue, type: CelType): boolean {
  const kind = kindOf(value);
  switch (type.kind) {
    case 'dyn':
    case 'parameter':
      return true;
    case 'map':
    case 'object':
      return kind === 'map' || kind === 'object';
    case 'opaque':
      if (type.name === OPTIONAL) return kind === 'optional';
      return typeof value === 'object' && value !== null && value.kind === 'opaque' && value.type === type.name;
    case 'list':
      return (
        typeof value === 'object' && value !== null && value.kind === 'list' && value.items.every((item) => isOfType(item, type.element))
      );
    default:
      return kind === type.kind;
  }
}

function isPresent(operand: CelValue, field: string): CelResult {
  if (typeof operand !== 'object' || operand === null) return fail(`unsupported type for has: ${kindOf(operand)}`);
  if (operand.kind === 'optional') return operand.value === undefined ? false : isPresent(operand.value, field);
  if (operand.kind !== 'map' && operand.kind !== 'object') return fail('no such key');
  return memberOf(operand, field) !== undefined;
}

function selectField(operand: CelValue, field: string): CelResult {
  if (typeof operand !== 'object' || operand === null) return fail(`unsupported index type '${kindOf(operand)}'`);
  if (operand.kind === 'optional') {
    if (operand.value === undefined) return NONE;
    const member = index('_[?_]', [operand.value, field]);
    return member;
  }
  if (operand.kind !== 'map' && operand.kind !== 'object') return NO_SUCH_OVERLOAD;
  const member = memberOf(operand, field);
  return member === undefined ? fail(`no such key: ${field}`) : member;
}

/** An element by index or key; with a question mark an optional. */
function index(name: string, [operand, key]: readonly [CelValue, CelValue]): CelResult {
  const isOptional = name !== '_[_]';
  if (typeof operand !== 'object' || operand === null) return NO_SUCH_OVERLOAD;
  if (operand.kind === 'optional') return operand.value === undefined ? NONE : index('_[?_]', [operand.value, key]);
  const found = elementOf(operand, key);
  if (!isOptional) return found === undefined ? fail(missing(operand.kind, key)) : found;
  if (found !== undefined && isFailure(found)) return found;
  return found === undefined ? NONE : some(found);
}

function missing(kind: string, key: CelValue): string {
  return kind === 'list' ? `index out of bounds: ${show(key)}` : `no such key: ${show(key)}`;
}

function elementOf(operand: Exclude<CelValue, boolean | bigint | number | string | null>, key: CelValue): CelResult | undefined {
  if (operand.kind === 'map' || operand.kind === 'object') {
    return KEY_KINDS.has(kindOf(key)) ? memberOf(operand, key) : fail(`unsupported key type '${kindOf(key)}'`);
  }
  if (operand.kind !== 'list') return NO_SUCH_OVERLOAD;
  const position = typeof key === 'object' && key?.kind === 'uint' ? key.value : key;
  if (typeof position === 'number' && !Number.isInteger(position)) return fail(`unsupported index value: ${String(position)}`);
  if (typeof position !== 'bigint' && typeof position !== 'number') return fail(`unsupported index type '${kindOf(key)}' in list`);
  return position < 0 ? undefined : operand.items[Number(position)];
}

/** What a fold goes over: pairs of index or key, and element; with one variable the variable's value first. */
function elementsOf(range: CelValue, isPaired: boolean): readonly (readonly [CelValue, CelValue])[] | undefined {
  if (typeof range !== 'object' || range === null) return undefined;
  if (range.kind === 'list') return range.items.map((item, at) => [isPaired ? BigInt(at) : item, item] as const);
  if (range.kind === 'map' || range.kind === 'object') return membersOf(range);
  return undefined;
}

function show(value: CelValue): string {
  return typeof value === 'object' && value !== null ? (value.kind === 'uint' ? String(value.value) : value.kind) : String(value);
}

/** True if a list has a value. */
export function contains({ items }: CelList, value: CelValue): boolean {
  return items.some((item) => isEqual(item, value));
}
