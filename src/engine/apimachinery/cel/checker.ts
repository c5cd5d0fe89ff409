// Checks the types of a parsed expression. Upstream: github.com/google/cel-go/checker/{checker,errors}.go (v0.23).
// Omits: messages of protocol buffers, enumerations.

import type { Call, Expression, Fold, Issue, ListLiteral, MapLiteral, ParsedExpression, Select } from './ast.ts';
import type { Functions, Overload } from './declarations.ts';
import { fieldOf } from './keywords.ts';
import { nameOf } from './parser.ts';
import { BOOL, type CelType, DYN, ERROR, formatType, INT, listOf, mapOf, optionalOf, OPTIONAL, TYPE_NAMES } from './types.ts';
import { assign, assignAll, type Bindings, isSameType, substitute } from './unify.ts';
import { kindOf } from './values.ts';

export interface Environment {
  readonly functions: Functions;
  readonly variables: ReadonlyMap<string, CelType>;
  /** Objects that an expression may make, by their names. */
  readonly objects?: ReadonlyMap<string, CelType>;
  /** Lists and maps whose elements differ in type are `dyn`; else they are refused. */
  readonly allowsMixedLiterals?: boolean;
}

/** What the checker found out, by the ids of nodes. */
export interface Checked {
  readonly type: CelType;
  readonly types: ReadonlyMap<number, CelType>;
  readonly overloads: ReadonlyMap<number, readonly string[]>;
  /** Identifiers and selections that name a variable or a type as a whole, and calls of functions with dots in their names. */
  readonly names: ReadonlyMap<number, string>;
  /** Variables of the environment that the expression reads. */
  readonly variables: ReadonlySet<string>;
}

export type CheckResult = { readonly ok: true; readonly checked: Checked } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Finds the type of every node. */
export function check(parsed: ParsedExpression, environment: Environment): CheckResult {
  const checker = new Checker(parsed, environment);
  const type = checker.check(parsed.root);
  if (checker.issues.length > 0) return { ok: false, issues: checker.issues };
  const types = new Map([...checker.types].map(([id, found]) => [id, checker.settle(found)]));
  const { overloads, names, variables } = checker;
  return { ok: true, checked: { type: checker.settle(type), types, overloads, names, variables } };
}

/** How parameters begin that the checker makes. */
const FRESH = '_var';

class Checker {
  readonly issues: Issue[] = [];
  readonly types = new Map<number, CelType>();
  readonly overloads = new Map<number, readonly string[]>();
  readonly names = new Map<number, string>();
  readonly variables = new Set<string>();
  private bindings: Bindings = new Map();
  private fresh = 0;
  /** Calls of `format` around what is checked: their lists may be mixed. */
  private formats = 0;
  private readonly scopes: Map<string, CelType>[] = [];

  private readonly parsed: ParsedExpression;
  private readonly environment: Environment;

  constructor(parsed: ParsedExpression, environment: Environment) {
    this.parsed = parsed;
    this.environment = environment;
  }

  /** A type in which what stayed unknown is `dyn`. */
  settle(type: CelType): CelType {
    return substitute(this.bindings, type, () => DYN);
  }

  check(expression: Expression): CelType {
    const type = this.typeOf(expression);
    this.types.set(expression.id, type);
    return type;
  }

  private report(id: number, message: string): CelType {
    this.issues.push({ offset: this.parsed.offsets[id] ?? 0, message });
    return ERROR;
  }

  private show(type: CelType): string {
    return formatType(substitute(this.bindings, type, (name) => ({ kind: 'parameter', name })));
  }

  private known(type: CelType): CelType {
    return substitute(this.bindings, type, (name) => ({ kind: 'parameter', name }));
  }

  private parameter(): CelType {
    const name = `${FRESH}${this.fresh}`;
    this.fresh += 1;
    return { kind: 'parameter', name };
  }

  private typeOf(expression: Expression): CelType {
    switch (expression.kind) {
      case 'literal':
        return { kind: kindOf(expression.value) } as CelType;
      case 'identifier':
        return this.resolve(expression.id, expression.name) ?? this.undeclared(expression.id, expression.name);
      case 'select':
        return this.select(expression);
      case 'call':
        return this.call(expression);
      case 'list':
        return this.list(expression);
      case 'map':
        return this.map(expression);
      case 'object':
        return this.object(expression.id, expression.name, expression.fields);
      case 'fold':
        return this.fold(expression);
    }
  }

  private undeclared(id: number, name: string): CelType {
    return this.report(id, `undeclared reference to '${name.replace(/^\./, '')}' (in container '')`);
  }

  /** The type of a name: a variable of a fold, of the environment, or a type. */
  private resolve(id: number, given: string): CelType | undefined {
    const name = given.replace(/^\./, '');
    if (name === given) {
      for (let index = this.scopes.length - 1; index >= 0; index -= 1) {
        const local = this.scopes[index]?.get(name);
        if (local !== undefined) return local;
      }
    }
    const variable = this.environment.variables.get(name);
    if (variable !== undefined) {
      this.variables.add(name);
      this.names.set(id, name);
      return variable;
    }
    const type = TYPE_NAMES.get(name) ?? this.environment.objects?.get(name);
    if (type === undefined) return undefined;
    this.names.set(id, name);
    return { kind: 'type', of: type };
  }

  private select(select: Select): CelType {
    const name = select.isTest ? undefined : nameOf(select);
    const root = name?.split('.')[0] ?? '';
    if (name !== undefined && !this.scopes.some((scope) => scope.has(root))) {
      const whole = this.resolve(select.id, name);
      if (whole !== undefined) return whole;
    }
    const operand = this.known(this.check(select.operand));
    const type = this.field(select.id, operand, select.field, false);
    return select.isTest ? (type.kind === 'error' ? ERROR : BOOL) : type;
  }

  /** The type of a field; of an optional the field is optional too. */
  private field(id: number, operand: CelType, field: string, isOptional: boolean): CelType {
    if (operand.kind === 'opaque' && operand.name === OPTIONAL)
      return optionalOf(this.field(id, this.known(operand.parameters[0] ?? DYN), field, false));
    const wrap = (type: CelType): CelType => (isOptional && type.kind !== 'error' ? optionalOf(type) : type);
    switch (operand.kind) {
      case 'dyn':
      case 'error':
        return wrap(DYN);
      case 'map':
        return wrap(operand.value);
      case 'object': {
        const type = fieldOf(operand.fields, field);
        return type === undefined ? this.report(id, `undefined field '${field}'`) : wrap(type);
      }
      case 'parameter':
        this.bindings.set(operand.name, DYN);
        return wrap(DYN);
      default:
        return this.report(id, `type '${this.show(operand)}' does not support field selection`);
    }
  }

  private call(call: Call): CelType {
    if (call.name === '_?._') {
      const operand = this.known(this.check(call.args[0] as Expression));
      const field = call.args[1];
      this.check(field as Expression);
      this.overloads.set(call.id, ['select_optional_field']);
      const name = field?.kind === 'literal' && typeof field.value === 'string' ? field.value : '';
      return this.field(call.id, operand, name, true);
    }
    const { target } = call;
    const isFormat = target !== undefined && call.name === 'format';
    this.formats += isFormat ? 1 : 0;
    const args = call.args.map((arg) => this.check(arg));
    this.formats -= isFormat ? 1 : 0;
    if (target === undefined) {
      const name = call.name.replace(/^\./, '');
      const overloads = this.environment.functions.get(name);
      return overloads === undefined ? this.undeclared(call.id, call.name) : this.resolveOverload(call, name, overloads, args, false);
    }
    const prefix = nameOf(target);
    const qualified = prefix === undefined ? undefined : `${prefix}.${call.name}`.replace(/^\./, '');
    const named = qualified === undefined ? undefined : this.environment.functions.get(qualified);
    if (named !== undefined && qualified !== undefined) {
      this.names.set(call.id, qualified);
      return this.resolveOverload(call, qualified, named, args, false);
    }
    const receiver = this.check(target);
    const overloads = this.environment.functions.get(call.name);
    return overloads === undefined
      ? this.undeclared(call.id, call.name)
      : this.resolveOverload(call, call.name, overloads, [receiver, ...args], true);
  }

  private resolveOverload(call: Call, name: string, overloads: readonly Overload[], args: readonly CelType[], isMember: boolean): CelType {
    const ids: string[] = [];
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== isMember || overload.args.length !== args.length) continue;
      const names = new Map<string, CelType>();
      const renew = (type: CelType): CelType =>
        substitute(names, type, (parameter) => {
          if (parameter.startsWith(FRESH)) return { kind: 'parameter', name: parameter };
          const renewed = this.parameter();
          names.set(parameter, renewed);
          return renewed;
        });
      const wanted = overload.args.map(renew);
      const bindings = assignAll(this.bindings, wanted, args);
      if (bindings === undefined) continue;
      this.bindings = bindings;
      ids.push(overload.id);
      const found = this.known(renew(overload.result));
      if (result === undefined) result = found;
      else if (result.kind !== 'dyn' && !isSameType(found, result)) result = DYN;
    }
    if (result === undefined) return this.noOverload(call.id, name, args, isMember);
    this.overloads.set(call.id, ids);
    return result;
  }

  private noOverload(id: number, name: string, args: readonly CelType[], isMember: boolean): CelType {
    if (args.some((arg) => arg.kind === 'error')) return ERROR;
    const shown = args.map((arg) => this.show(arg));
    const signature = isMember ? `${shown[0] ?? ''}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.report(id, `found no matching overload for '${name}' applied to '${signature}'`);
  }

  /** The type of elements that stand together. */
  private join(id: number, previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    const bindings = assign(this.bindings, previous, current);
    if (bindings !== undefined) {
      this.bindings = bindings;
      return previous.kind === 'null' || current.kind === 'dyn' ? current : previous;
    }
    if (this.environment.allowsMixedLiterals === true || this.formats > 0) return DYN;
    return this.report(id, `expected type '${this.show(previous)}' but found '${this.show(current)}'`);
  }

  private list({ elements }: ListLiteral): CelType {
    let element: CelType | undefined;
    for (const { value, isOptional } of elements) {
      const found = this.check(value);
      element = this.join(value.id, element, isOptional ? this.unwrap(value.id, found) : found);
    }
    return listOf(element ?? this.parameter());
  }

  private map({ entries }: MapLiteral): CelType {
    let key: CelType | undefined;
    let item: CelType | undefined;
    for (const entry of entries) {
      key = this.join(entry.key.id, key, this.check(entry.key));
      const found = this.check(entry.value);
      item = this.join(entry.value.id, item, entry.isOptional ? this.unwrap(entry.value.id, found) : found);
    }
    return mapOf(key ?? this.parameter(), item ?? this.parameter());
  }

  /** What an optional element has. */
  private unwrap(id: number, type: CelType): CelType {
    const known = this.known(type);
    if (known.kind === 'opaque' && known.name === OPTIONAL) return known.parameters[0] ?? DYN;
    if (known.kind === 'dyn' || known.kind === 'error') return DYN;
    return this.report(id, `expected type '${this.show(optionalOf(known))}' but found '${this.show(known)}'`);
  }

  private object(
    id: number,
    name: string,
    fields: readonly { readonly name: string; readonly value: Expression; readonly id: number }[],
  ): CelType {
    const type = this.environment.objects?.get(name.replace(/^\./, ''));
    if (type?.kind !== 'object') return this.undeclared(id, name);
    this.names.set(id, type.name);
    for (const field of fields) {
      const found = this.check(field.value);
      const wanted = this.field(field.id, type, field.name, false);
      const bindings = assign(this.bindings, wanted, found);
      if (bindings === undefined)
        this.report(
          field.id,
          `expected type of field '${field.name}' is '${this.show(wanted)}' but provided type is '${this.show(found)}'`,
        );
      else this.bindings = bindings;
    }
    return type;
  }

  private fold(fold: Fold): CelType {
    const range = this.known(this.check(fold.range));
    const accumulator = this.check(fold.initial);
    const [first, second] = this.elements(fold, range);
    this.scopes.push(new Map([[fold.accumulator, accumulator]]));
    const variables = new Map([[fold.iteration, fold.second === undefined && range.kind === 'list' ? second : first]]);
    if (fold.second !== undefined) variables.set(fold.second, second);
    this.scopes.push(variables);
    this.must(fold.condition, BOOL);
    this.must(fold.step, accumulator);
    this.scopes.pop();
    const result = this.check(fold.result);
    this.scopes.pop();
    return this.known(result);
  }

  /** The types of what is gone over: index or key, and element. */
  private elements(fold: Fold, range: CelType): readonly [CelType, CelType] {
    switch (range.kind) {
      case 'list':
        return [INT, range.element];
      case 'map':
        return [range.key, range.value];
      case 'dyn':
      case 'error':
        return [DYN, DYN];
      case 'parameter':
        this.bindings.set(range.name, DYN);
        return [DYN, DYN];
      default: {
        const message = `expression of type '${this.show(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.report(fold.range.id, message);
        return [ERROR, ERROR];
      }
    }
  }

  private must(expression: Expression, wanted: CelType): void {
    const found = this.check(expression);
    const bindings = assign(this.bindings, wanted, found);
    if (bindings === undefined) this.report(expression.id, `expected type '${this.show(wanted)}' but found '${this.show(found)}'`);
    else this.bindings = bindings;
  }
}
