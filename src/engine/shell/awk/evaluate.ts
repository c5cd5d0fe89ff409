// The values of awk's expressions.

import type { AwkArray, AwkMachine, Locals } from './machine.ts';
import { callBuiltin, matches } from './builtins.ts';
import { AwkFailure, type Expression } from './syntax.ts';
import { AWK_DEPTH_MAX, AWK_NESTED_MAX } from '../../kernel/limits.ts';
import { compareValues, inputOf, isTrue, numberOf, UNSET, type Value } from './values.ts';

/** Evaluates an expression. Throws AwkFailure. */
export function evaluate(machine: AwkMachine, node: Expression): Value {
  machine.count();
  if (machine.depth >= AWK_NESTED_MAX) throw new AwkFailure('nested too deeply');
  machine.depth += 1;
  const value = valueOf(machine, node);
  machine.depth -= 1;
  return value;
}

function valueOf(machine: AwkMachine, node: Expression): Value {
  switch (node.is) {
    case 'number':
    case 'string':
      return node.value;
    case 'pattern':
      return machine.find(node.source, machine.text(machine.field(0))) === undefined ? 0 : 1;
    case 'variable':
      return machine.get(node.name);
    case 'field':
      return machine.field(fieldIndex(machine, node.index));
    case 'element': {
      const array = machine.array(node.name);
      const key = machine.key(node.keys);
      const value = array.get(key);
      // An element that is looked at is there.
      if (value === undefined) array.set(machine.make(key), UNSET);
      return value ?? UNSET;
    }
    case 'assign': {
      const value = evaluate(machine, node.value);
      const result = node.operator === '' ? value : calculate(node.operator, numberOf(evaluate(machine, node.target)), numberOf(value));
      assign(machine, node.target, result);
      return result;
    }
    case 'step': {
      const before = numberOf(evaluate(machine, node.target));
      const after = node.operator === '++' ? before + 1 : before - 1;
      assign(machine, node.target, after);
      return node.isPrefix ? after : before;
    }
    case 'unary': {
      const value = evaluate(machine, node.operand);
      if (node.operator === '!') return isTrue(value) ? 0 : 1;
      return node.operator === '-' ? -numberOf(value) : numberOf(value);
    }
    case 'binary':
      return binary(machine, node);
    case 'choice':
      return evaluate(machine, isTrue(evaluate(machine, node.test)) ? node.then : node.else);
    case 'member':
      return machine.array(node.name).has(machine.key(node.keys)) ? 1 : 0;
    case 'call':
      return call(machine, node.name, node.args);
    case 'getline':
      return getLine(machine, node);
    case 'list':
      return machine.key(node.items);
  }
}

function fieldIndex(machine: AwkMachine, node: Expression): number {
  const index = Math.trunc(numberOf(evaluate(machine, node)));
  if (index < 0) throw new AwkFailure('access to negative field');
  return index;
}

/** Gives a value to a variable, a field or an element. */
export function assign(machine: AwkMachine, target: Expression, value: Value): void {
  if (target.is === 'variable') machine.set(target.name, value);
  else if (target.is === 'field') machine.setField(fieldIndex(machine, target.index), value);
  else if (target.is === 'element') machine.array(target.name).set(machine.make(machine.key(target.keys)), value);
}

function binary(machine: AwkMachine, { operator, left, right }: Extract<Expression, { is: 'binary' }>): Value {
  switch (operator) {
    case '()':
      return evaluate(machine, left);
    case '&&':
      return isTrue(evaluate(machine, left)) && isTrue(evaluate(machine, right)) ? 1 : 0;
    case '||':
      return isTrue(evaluate(machine, left)) || isTrue(evaluate(machine, right)) ? 1 : 0;
    case ' ': {
      const first = machine.text(evaluate(machine, left));
      return machine.make(first + machine.text(evaluate(machine, right)));
    }
    case '~':
    case '!~':
      return matches(machine, right, machine.text(evaluate(machine, left))) === (operator === '~') ? 1 : 0;
  }
  const [a, b] = [evaluate(machine, left), evaluate(machine, right)];
  const order = ['<', '<=', '==', '!=', '>', '>='].includes(operator) ? compareValues(a, b, machine.format('CONVFMT')) : 0;
  switch (operator) {
    case '<':
      return order < 0 ? 1 : 0;
    case '<=':
      return order <= 0 ? 1 : 0;
    case '==':
      return order === 0 ? 1 : 0;
    case '!=':
      return order === 0 ? 0 : 1;
    case '>':
      return order > 0 ? 1 : 0;
    case '>=':
      return order >= 0 ? 1 : 0;
    default:
      return calculate(operator, numberOf(a), numberOf(b));
  }
}

function calculate(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new AwkFailure('Division by zero');
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}

function call(machine: AwkMachine, name: string, args: readonly Expression[]): Value {
  const definition = machine.program.functions.get(name);
  if (definition === undefined) return callBuiltin(machine, name, args);
  if (machine.calls.length >= AWK_DEPTH_MAX) throw new AwkFailure('function calls are nested too deeply');
  const locals: Locals = new Map(
    definition.parameters.map((parameter, index): [string, Value | AwkArray] => {
      const argument = args[index];
      if (argument === undefined) return [parameter, UNSET];
      // An array is handed over as it is; so is a name that may become one.
      const isArray = argument.is === 'variable' && isArrayName(machine, argument.name);
      return [parameter, isArray && argument.is === 'variable' ? machine.array(argument.name) : evaluate(machine, argument)];
    }),
  );
  machine.calls.push(locals);
  machine.returned = UNSET;
  machine.execute(definition.body);
  machine.calls.pop();
  const { returned } = machine;
  machine.returned = UNSET;
  return returned;
}

function isArrayName(machine: AwkMachine, name: string): boolean {
  const local = machine.calls.at(-1)?.get(name);
  if (local !== undefined) return local instanceof Map;
  return machine.arrays.has(name) || !machine.variables.has(name);
}

/** 1 for a line, 0 at the end, -1 when there is nothing to read. */
function getLine(machine: AwkMachine, { target, file }: Extract<Expression, { is: 'getline' }>): Value {
  const line = machine.readLine(file === null ? null : machine.text(evaluate(machine, file)));
  if (typeof line !== 'string') return line === false ? 0 : -1;
  if (target === null) machine.setLine(line);
  else assign(machine, target, inputOf(line));
  return 1;
}
