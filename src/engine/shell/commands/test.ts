// `test`, `[` and the words of `[[`: file, text and number comparisons.

import { resolvePath } from '../expand.ts';
import { matchesPattern } from '../glob.ts';
import type { Process, ShellHost } from '../state.ts';
import { placeOf, readElement, readVariable, valuesOf } from '../arrays.ts';
import { compileSearch, textOf } from './search.ts';

/** 0 when the expression holds, 1 when not, 2 when it is malformed. `isDouble` gives `=` and `==` patterns as `[[` has them. */
export function evaluateTest(words: readonly string[], process: Process, host: ShellHost, isDouble: boolean): number {
  const parser = { words, at: 0, process, host, isDouble, failed: false };
  if (words.length === 0) return 1;
  const holds = parseOr(parser);
  if (!parser.failed && parser.at === words.length) return holds ? 0 : 1;
  host.write('stderr', `${process.name}: ${words[parser.at] ?? words.at(-1) ?? ''}: unknown operand\n`);
  return 2;
}

interface Parser {
  readonly words: readonly string[];
  at: number;
  readonly process: Process;
  readonly host: ShellHost;
  readonly isDouble: boolean;
  failed: boolean;
}

function parseOr(parser: Parser): boolean {
  let value = parseAnd(parser);
  while (parser.words[parser.at] === '-o') {
    parser.at += 1;
    const right = parseAnd(parser);
    value = value || right;
  }
  return value;
}

function parseAnd(parser: Parser): boolean {
  let value = parseNot(parser);
  while (parser.words[parser.at] === '-a') {
    parser.at += 1;
    const right = parseNot(parser);
    value = value && right;
  }
  return value;
}

function parseNot(parser: Parser): boolean {
  if (parser.words[parser.at] === '!' && parser.words.length - parser.at > 1) {
    parser.at += 1;
    return !parseNot(parser);
  }
  return parsePrimary(parser);
}

function parsePrimary(parser: Parser): boolean {
  const [first, second, third] = parser.words.slice(parser.at, parser.at + 3);
  if (first === undefined) {
    parser.failed = true;
    return false;
  }
  if (second !== undefined && third !== undefined && BINARY.has(second)) {
    parser.at += 3;
    return compareWords(parser, first, second, third);
  }
  if (first === '(') {
    parser.at += 1;
    const value = parseOr(parser);
    if (parser.words[parser.at] === ')') parser.at += 1;
    else parser.failed = true;
    return value;
  }
  if (/^-[a-zA-Z]$/.test(first) && second !== undefined && UNARY.includes(first)) {
    parser.at += 2;
    return testOne(parser, first, second);
  }
  parser.at += 1;
  return first !== '';
}

const UNARY = ['-n', '-z', '-e', '-f', '-d', '-s', '-r', '-w', '-x', '-L', '-h', '-p', '-S', '-b', '-c', '-t', '-v'];

/** `-v name`, `-v name[key]`, `-v name[@]`. */
function isSet(process: Process, text: string): boolean {
  const place = placeOf(text);
  if (place === undefined) return readVariable(process, text) !== undefined;
  if (place.key === '@' || place.key === '*') return valuesOf(process, place.name).length > 0;
  return readElement(process, place.name, place.key) !== undefined;
}

/** Character devices of every container. */
const DEVICES = new Set(['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/full', '/dev/tty']);

function testOne(parser: Parser, operator: string, operand: string): boolean {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-t') return false;
  if (operator === '-v') return isSet(parser.process, operand);
  const at = resolvePath(parser.process.cwd, operand);
  if (operator === '-L' || operator === '-h') return parser.host.files.link(at) !== undefined;
  if (operator === '-c' && DEVICES.has(at)) return true;
  const info = parser.host.files.stat(at);
  if (info === undefined) return false;
  switch (operator) {
    case '-f':
      return info.kind === 'file';
    case '-d':
      return info.kind === 'directory' || info.isAssumed === true;
    case '-s':
      return info.size > 0;
    case '-x':
      return (info.mode & 0o111) !== 0;
    case '-r':
      return parser.host.files.mayRead(at);
    case '-p':
    case '-S':
    case '-b':
    case '-c':
      return false;
    default:
      return true;
  }
}

const BINARY = new Set(['=', '==', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '=~', '<', '>']);

function compareWords(parser: Parser, left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return parser.isDouble ? matchesPattern(right, left) : left === right;
    case '!=':
      return parser.isDouble ? !matchesPattern(right, left) : left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '=~':
      return matchesRegExp(parser, left, right);
    case '-nt':
    case '-ot': {
      const times = [left, right].map((path) => parser.host.files.stat(resolvePath(parser.process.cwd, path))?.modifiedMs ?? -1) as [
        number,
        number,
      ];
      return operator === '-nt' ? times[0] > times[1] : times[0] < times[1];
    }
    default:
      return compareNumbers(
        parser,
        Number(left.trim() === '' ? Number.NaN : left),
        operator,
        Number(right.trim() === '' ? Number.NaN : right),
      );
  }
}

function matchesRegExp(parser: Parser, text: string, pattern: string): boolean {
  const compiled = compileSearch(pattern, { syntax: 'extended' });
  const match = compiled.ok ? compiled.search.find(text, 0) : undefined;
  if (!compiled.ok || compiled.search.isExhausted) parser.failed = true;
  const entries = (match ?? []).map((span, index): [string, string] => [String(index), textOf(text, span)]);
  parser.process.arrays['BASH_REMATCH'] = { isAssociative: false, entries };
  return match !== undefined;
}

function compareNumbers(parser: Parser, left: number, operator: string, right: number): boolean {
  if (Number.isNaN(left) || Number.isNaN(right)) {
    parser.failed = true;
    parser.at -= 1;
    return false;
  }
  switch (operator) {
    case '-eq':
      return left === right;
    case '-ne':
      return left !== right;
    case '-lt':
      return left < right;
    case '-le':
      return left <= right;
    case '-gt':
      return left > right;
    default:
      return left >= right;
  }
}
