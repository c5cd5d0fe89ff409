// Which type can stand for which: type parameters are bound as they are met.
// Upstream: github.com/google/cel-go/checker/types.go (v0.23).

import { type CelType, isPrimitive } from './types.ts';

/** What the type parameters stand for. */
export type Bindings = Map<string, CelType>;

/** True if a value of the second type may stand where the first one is wanted, and with what bindings. */
export function assign(bindings: Bindings, wanted: CelType, found: CelType): Bindings | undefined {
  return assignAll(bindings, [wanted], [found]);
}

export function assignAll(bindings: Bindings, wanted: readonly CelType[], found: readonly CelType[]): Bindings | undefined {
  if (wanted.length !== found.length) return undefined;
  const next = new Map(bindings);
  return wanted.every((type, index) => fits(next, type, found[index] as CelType)) ? next : undefined;
}

function fits(bindings: Bindings, a: CelType, b: CelType): boolean {
  if (b.kind === 'parameter') {
    const bound = bind(bindings, a, b.name);
    if (bound !== undefined) return bound;
  }
  if (a.kind === 'parameter') {
    const bound = bind(bindings, b, a.name);
    if (bound !== undefined) return bound;
  }
  if (isAny(a) || isAny(b)) return true;
  if (a.kind === 'null' && b.kind !== 'null') return isNullable(b);
  if (b.kind === 'null' && a.kind !== 'null') return isNullable(a);
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && fits(bindings, a.element, b.element);
    case 'map':
      return b.kind === 'map' && fits(bindings, a.key, b.key) && fits(bindings, a.value, b.value);
    case 'object':
      return b.kind === 'object' && a.name === b.name;
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, index) => fits(bindings, parameter, b.parameters[index] as CelType))
      );
    case 'type':
      return true;
    default:
      return isPrimitive(a);
  }
}

function isAny(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

function isNullable(type: CelType): boolean {
  return type.kind === 'object' || type.kind === 'opaque' || type.kind === 'timestamp' || type.kind === 'duration';
}

/** Binds a parameter; undefined if it may not be bound so and the types are to be compared as they are. */
function bind(bindings: Bindings, type: CelType, parameter: string): boolean | undefined {
  if (type.kind === 'parameter' && type.name === parameter) return true;
  const known = bindings.get(parameter);
  if (known !== undefined) {
    const trial = new Map(bindings);
    if (!fits(trial, type, known)) return false;
    for (const [name, value] of trial) bindings.set(name, value);
    // The more general of the two is what the parameter stands for.
    if (isAny(type)) bindings.set(parameter, type);
    return true;
  }
  if (mentions(bindings, parameter, type)) return undefined;
  bindings.set(parameter, type);
  return true;
}

function mentions(bindings: Bindings, parameter: string, type: CelType): boolean {
  switch (type.kind) {
    case 'parameter': {
      const known = bindings.get(type.name);
      return type.name === parameter || (known !== undefined && mentions(bindings, parameter, known));
    }
    case 'list':
      return mentions(bindings, parameter, type.element);
    case 'map':
      return mentions(bindings, parameter, type.key) || mentions(bindings, parameter, type.value);
    case 'opaque':
      return type.parameters.some((inner) => mentions(bindings, parameter, inner));
    default:
      return false;
  }
}

/** A type with its parameters replaced by what they stand for; `unbound` says what an unknown one becomes. */
export function substitute(bindings: Bindings, type: CelType, unbound: (name: string) => CelType): CelType {
  switch (type.kind) {
    case 'parameter': {
      const known = bindings.get(type.name);
      return known === undefined ? unbound(type.name) : substitute(bindings, known, unbound);
    }
    case 'list':
      return { ...type, element: substitute(bindings, type.element, unbound) };
    case 'map':
      return { ...type, key: substitute(bindings, type.key, unbound), value: substitute(bindings, type.value, unbound) };
    case 'opaque':
      return { ...type, parameters: type.parameters.map((parameter) => substitute(bindings, parameter, unbound)) };
    case 'type':
      return { ...type, of: substitute(bindings, type.of, unbound) };
    default:
      return type;
  }
}

/** True if two types are the same, without what their sizes are. */
export function isSameType(a: CelType, b: CelType): boolean {
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && isSameType(a.element, b.element);
    case 'map':
      return b.kind === 'map' && isSameType(a.key, b.key) && isSameType(a.value, b.value);
    case 'object':
    case 'parameter':
      return b.kind === a.kind && a.name === (b as typeof a).name;
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, index) => isSameType(parameter, b.parameters[index] as CelType))
      );
    case 'type':
      return b.kind === 'type' && isSameType(a.of, b.of);
    default:
      return a.kind === b.kind;
  }
}
