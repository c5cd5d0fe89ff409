// Evaluates `$((...))`: 64-bit integers as BusyBox and dash have them, by way of numbers (exact to 2^53).

import { parseShellNumber } from './compile-word.ts';
import type { Arithmetic } from './program.ts';

/** What an expression reads and writes. */
export interface ArithmeticScope {
  get(name: string): string;
  set(name: string, value: string): void;
  /** An element by its text, which an associative array takes as it is, and by the number that it says. */
  getElement(name: string, text: string, key: number): string;
  setElement(name: string, text: string, key: number, value: string): void;
  readonly substitutions: readonly string[];
}

/** The value, or the error text. */
export function evaluateArithmetic(node: Arithmetic, scope: ArithmeticScope): number | string {
  switch (node.op) {
    case 'number':
      return node.value;
    case 'name':
      return named(node.name, scope);
    case 'element': {
      const key = evaluateArithmetic(node.key, scope);
      return typeof key === 'string' ? key : toNumber(scope.getElement(node.name, node.text, key));
    }
    case 'sub':
      return toNumber(scope.substitutions[node.index] ?? '');
    case 'ternary': {
      const test = evaluateArithmetic(node.test, scope);
      return typeof test === 'string' ? test : evaluateArithmetic(test !== 0 ? node.then : node.else, scope);
    }
    case 'unary':
      return unary(node, scope);
    case 'binary':
      return binary(node, scope);
  }
}

/** A variable whose text is the name of another one has that one's value. */
function named(name: string, scope: ArithmeticScope): number | string {
  let text = scope.get(name);
  for (let hops = 0; hops < NAMES_MAX && /^\s*[A-Za-z_]\w*\s*$/.test(text); hops += 1) text = scope.get(text.trim());
  return toNumber(text);
}

const NAMES_MAX = 10;

/** Gives a variable or an element its value; undefined for what cannot have one. */
function store(target: Arithmetic, scope: ArithmeticScope, value: number): string | undefined {
  if (target.op === 'name') scope.set(target.name, String(value));
  else if (target.op === 'element') {
    const key = evaluateArithmetic(target.key, scope);
    if (typeof key === 'string') return key;
    scope.setElement(target.name, target.text, key, String(value));
  } else return 'arithmetic syntax error';
  return undefined;
}

function toNumber(text: string): number | string {
  const trimmed = text.trim();
  return trimmed === '' ? 0 : (parseShellNumber(trimmed) ?? `arithmetic syntax error`);
}

function unary(node: Extract<Arithmetic, { op: 'unary' }>, scope: ArithmeticScope): number | string {
  const value = evaluateArithmetic(node.operand, scope);
  if (typeof value === 'string') return value;
  switch (node.operator) {
    case '-':
      return -value;
    case '+':
      return value;
    case '!':
      return value === 0 ? 1 : 0;
    case '~':
      return -value - 1;
    case '++':
    case '--': {
      const next = node.operator === '++' ? value + 1 : value - 1;
      return store(node.operand, scope, next) ?? (node.prefix ? next : value);
    }
    default:
      return 'arithmetic syntax error';
  }
}

function binary(node: Extract<Arithmetic, { op: 'binary' }>, scope: ArithmeticScope): number | string {
  if (node.operator === '=') return assign(node, scope, evaluateArithmetic(node.right, scope));
  const left = evaluateArithmetic(node.left, scope);
  if (typeof left === 'string') return left;
  if (node.operator === '&&' && left === 0) return 0;
  if (node.operator === '||' && left !== 0) return 1;
  const right = evaluateArithmetic(node.right, scope);
  if (typeof right === 'string') return right;
  if (/^(?:[-+*/%&|^]|<<|>>)=$/.test(node.operator)) return assign(node, scope, calculate(node.operator.slice(0, -1), left, right));
  return calculate(node.operator, left, right);
}

function assign(node: Extract<Arithmetic, { op: 'binary' }>, scope: ArithmeticScope, value: number | string): number | string {
  if (typeof value === 'string') return value;
  return store(node.left, scope, value) ?? value;
}

function calculate(operator: string, a: number, b: number): number | string {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? 'divide by zero' : Math.trunc(a / b);
    case '%':
      return b === 0 ? 'divide by zero' : a % b;
    case '**':
      return b < 0 ? 'exponent less than 0' : a ** b;
    case '<<':
      return Number(BigInt.asIntN(64, BigInt(Math.trunc(a)) << BigInt(b & 63)));
    case '>>':
      return Number(BigInt(Math.trunc(a)) >> BigInt(b & 63));
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case ',':
      return b;
    default:
      return compare(operator, a, b);
  }
}

function compare(operator: string, a: number, b: number): number | string {
  switch (operator) {
    case '<':
      return a < b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a !== b ? 1 : 0;
    case '&&':
      return a !== 0 && b !== 0 ? 1 : 0;
    case '||':
      return a !== 0 || b !== 0 ? 1 : 0;
    default:
      return 'arithmetic syntax error';
  }
}
