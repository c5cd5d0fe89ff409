// Reads the expressions of awk, from the weakest operator to the strongest (POSIX awk, table of operators).

import type { Reader } from './reader.ts';
import { AwkFailure, type Expression } from './syntax.ts';

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='];
const COMPARISONS = ['<', '<=', '==', '!=', '>', '>='];

/** Reads an expression. `isPrinted`: `>` and `|` send what is printed somewhere. */
export function parseExpression(reader: Reader, isPrinted = false): Expression {
  return reader.nested(() => parseAssignment(reader, isPrinted));
}

/** Expressions up to a closing sign. */
export function expressionList(reader: Reader, end: string): Expression[] {
  const items: Expression[] = [];
  while (!reader.accept(end)) {
    reader.skipNewlines();
    items.push(parseExpression(reader));
    reader.skipNewlines();
    if (!reader.is(end)) reader.expect(',');
  }
  return items;
}

function parseAssignment(reader: Reader, isPrinted: boolean): Expression {
  const left = parseChoice(reader, isPrinted);
  if (!reader.is(...ASSIGNMENTS)) return left;
  if (!isTarget(left)) throw new AwkFailure(`unexpected token ${reader.next.text}`);
  const operator = reader.take().text.slice(0, -1);
  reader.skipNewlines();
  const value = reader.nested(() => parseAssignment(reader, isPrinted));
  return { is: 'assign', operator: operator === '**' ? '^' : operator, target: left, value };
}

function isTarget({ is }: Expression): boolean {
  return is === 'variable' || is === 'field' || is === 'element';
}

function parseChoice(reader: Reader, isPrinted: boolean): Expression {
  const test = parseOr(reader, isPrinted);
  if (!reader.accept('?')) return test;
  reader.skipNewlines();
  const then = reader.nested(() => parseAssignment(reader, isPrinted));
  reader.skipNewlines();
  reader.expect(':');
  reader.skipNewlines();
  return { is: 'choice', test, then, else: reader.nested(() => parseAssignment(reader, isPrinted)) };
}

type Level = (reader: Reader, isPrinted: boolean) => Expression;

/** Operators that group from the left. */
function leftward(inner: Level, ...operators: readonly string[]): Level {
  return (reader, isPrinted) => {
    let left = inner(reader, isPrinted);
    while (reader.is(...operators)) {
      const operator = reader.take().text;
      if (operator === '&&' || operator === '||') reader.skipNewlines();
      left = { is: 'binary', operator, left, right: inner(reader, isPrinted) };
    }
    return left;
  };
}

const parseProduct = leftward(parseUnary, '*', '/', '%');
const parseSum = leftward(parseProduct, '+', '-');
const parseMatch = leftward(parseComparison, '~', '!~');
const parseAnd = leftward(parseMembers, '&&');
const parseOr = leftward(parseAnd, '||');

function parseMembers(reader: Reader, isPrinted: boolean): Expression {
  let left = parseMatch(reader, isPrinted);
  while (reader.accept('in')) {
    const name = reader.take().text;
    left = { is: 'member', keys: left.is === 'list' ? left.items : [left], name };
  }
  return left;
}

function parseComparison(reader: Reader, isPrinted: boolean): Expression {
  const left = parseJoined(reader, isPrinted);
  const operators = isPrinted ? COMPARISONS.filter((sign) => sign !== '>') : COMPARISONS;
  if (!reader.is(...operators)) return left;
  const operator = reader.take().text;
  return { is: 'binary', operator, left, right: parseJoined(reader, isPrinted) };
}

/** What stands beside each other is joined. */
function parseJoined(reader: Reader, isPrinted: boolean): Expression {
  let left = parseSum(reader, isPrinted);
  while (isOperandNext(reader)) left = { is: 'binary', operator: ' ', left, right: parseSum(reader, isPrinted) };
  return left;
}

function isOperandNext(reader: Reader): boolean {
  const { kind } = reader.next;
  return ['number', 'string', 'name', 'function', 'pattern'].includes(kind) || reader.is('$', '!', '(', '++', '--', '-', '+');
}

function parseUnary(reader: Reader, isPrinted: boolean): Expression {
  if (!reader.is('!', '-', '+')) return parsePower(reader, isPrinted);
  const operator = reader.take().text as '!' | '-' | '+';
  return { is: 'unary', operator, operand: reader.nested(() => parseUnary(reader, isPrinted)) };
}

function parsePower(reader: Reader, isPrinted: boolean): Expression {
  const left = parsePostfix(reader);
  if (!reader.is('^', '**')) return left;
  reader.take();
  return { is: 'binary', operator: '^', left, right: reader.nested(() => parseUnary(reader, isPrinted)) };
}

function parsePostfix(reader: Reader): Expression {
  const target = parsePrimary(reader);
  if (!isTarget(target) || !reader.is('++', '--')) return target;
  return { is: 'step', operator: reader.take().text as '++' | '--', isPrefix: false, target };
}

function parsePrimary(reader: Reader): Expression {
  const { kind, text } = reader.take();
  switch (kind) {
    case 'number':
      return { is: 'number', value: Number(text) };
    case 'string':
      return { is: 'string', value: text };
    case 'pattern':
      return { is: 'pattern', source: text };
    case 'function': {
      reader.expect('(');
      return { is: 'call', name: text, args: expressionList(reader, ')') };
    }
    case 'name': {
      if (text === 'length') return { is: 'call', name: text, args: [] };
      return reader.accept('[') ? { is: 'element', name: text, keys: expressionList(reader, ']') } : { is: 'variable', name: text };
    }
    case 'word':
      if (text === 'getline') return parseGetline(reader);
      break;
    default:
      return parseSign(reader, text);
  }
  throw new AwkFailure(`unexpected token ${text}`);
}

function parseSign(reader: Reader, text: string): Expression {
  switch (text) {
    case '$':
      return { is: 'field', index: reader.is('++', '--', '-') ? parseUnary(reader, false) : parsePrimary(reader) };
    case '++':
    case '--':
      return { is: 'step', operator: text, isPrefix: true, target: parsePrimary(reader) };
    case '(': {
      const items = expressionList(reader, ')');
      const [first] = items;
      // A grouped operand is no target, and joins as a whole.
      if (items.length === 1 && first !== undefined) return { is: 'binary', operator: '()', left: first, right: first };
      return { is: 'list', items };
    }
    default:
      throw new AwkFailure(`unexpected token ${text === '\n' ? 'newline' : text}`);
  }
}

/** `getline`, `getline variable`, each with `< file`. */
function parseGetline(reader: Reader): Expression {
  const hasTarget = reader.next.kind === 'name' || reader.is('$');
  const target = hasTarget ? parsePrimary(reader) : null;
  return { is: 'getline', target, file: reader.accept('<') ? parsePrimary(reader) : null };
}
