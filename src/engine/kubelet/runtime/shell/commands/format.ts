// `printf` formats and `expr` expressions.

import { unescapeText } from './escapes.ts';

/** Applies a printf format; it is used again while arguments are left. `allocate` is told of what is about to be made. */
export function formatPrintf(format: string, args: readonly string[], allocate: (length: number) => void): string {
  const rest = [...args].reverse();
  const output: string[] = [];
  for (let before = -1; rest.length !== before && (rest.length > 0 || before < 0); ) {
    before = rest.length;
    allocate(format.length);
    output.push(formatOnce(format, rest, allocate));
  }
  return output.join('');
}

/** `rest` are the arguments, the next one last. */
function formatOnce(format: string, rest: string[], allocate: (length: number) => void): string {
  return format.replace(
    /%(%|([-0+ ]*)(\d*)(?:\.(\d+))?([sdiufxXocbq]))|\\(?:0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)/g,
    (match, body?: string, flags = '', width = '', precision?: string, type?: string) => {
      if (match.startsWith('\\')) return unescapeText(match);
      if (body === '%') return '%';
      const argument = rest.pop() ?? '';
      const text = convert(argument, type ?? 's', precision);
      const size = Number(width);
      allocate(Math.max(size, text.length));
      if (flags.includes('-')) return text.padEnd(size);
      return flags.includes('0') && type !== 's' ? text.padStart(size, '0') : text.padStart(size);
    },
  );
}

function convert(argument: string, type: string, precision: string | undefined): string {
  switch (type) {
    case 's':
    case 'q':
      return precision === undefined ? argument : argument.slice(0, Number(precision));
    case 'b':
      return unescapeText(argument);
    case 'c':
      return argument.slice(0, 1);
    case 'f':
      return (Number(argument) || 0).toFixed(Math.min(Number(precision ?? 6), 20));
    case 'x':
      return Math.trunc(Number(argument) || 0).toString(16);
    case 'X':
      return Math.trunc(Number(argument) || 0)
        .toString(16)
        .toUpperCase();
    case 'o':
      return Math.trunc(Number(argument) || 0).toString(8);
    default:
      return String(Math.trunc(Number(argument) || 0));
  }
}

/** The whole match and its groups. */
type Match = (pattern: string, text: string) => readonly (string | undefined)[] | null;

/** The value of an `expr` expression, or undefined when it is malformed. */
export function evaluateExpr(words: readonly string[], match: Match): string | undefined {
  const parser = { words, at: 0, failed: false, match };
  const value = parseLevel(parser, 0);
  return parser.failed || parser.at !== words.length ? undefined : value;
}

interface ExprParser {
  readonly words: readonly string[];
  readonly match: Match;
  at: number;
  failed: boolean;
}

const LEVELS: readonly (readonly string[])[] = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']];

function parseLevel(parser: ExprParser, level: number): string {
  const operators = LEVELS[level];
  if (operators === undefined) return parsePrimary(parser);
  let left = parseLevel(parser, level + 1);
  for (;;) {
    const operator = parser.words[parser.at];
    if (operator === undefined || !operators.includes(operator)) return left;
    parser.at += 1;
    left = apply(parser, operator, left, parseLevel(parser, level + 1));
  }
}

function parsePrimary(parser: ExprParser): string {
  const word = parser.words[parser.at];
  if (word === undefined) {
    parser.failed = true;
    return '';
  }
  parser.at += 1;
  if (word === '(') {
    const value = parseLevel(parser, 0);
    if (parser.words[parser.at] === ')') parser.at += 1;
    else parser.failed = true;
    return value;
  }
  if (word === 'length') return String(parsePrimary(parser).length);
  if (word === 'substr') {
    const [text, from, count] = [parsePrimary(parser), Number(parsePrimary(parser)), Number(parsePrimary(parser))];
    return from > 0 && count > 0 ? text.slice(from - 1, from - 1 + count) : '';
  }
  if (word === 'index') {
    const [text, letters] = [parsePrimary(parser), parsePrimary(parser)];
    return String([...text].findIndex((letter) => letters.includes(letter)) + 1);
  }
  return word;
}

function apply(parser: ExprParser, operator: string, left: string, right: string): string {
  const isNull = (text: string): boolean => text === '' || text === '0';
  switch (operator) {
    case '|':
      return isNull(left) ? right : left;
    case '&':
      return isNull(left) || isNull(right) ? '0' : left;
    case ':': {
      const found = parser.match(`^${right.replace(/^\^/, '')}`, left);
      return found === null ? (right.includes('\\(') ? '' : '0') : (found[1] ?? String(found[0]?.length ?? 0));
    }
    default:
      return calculate(parser, operator, left, right);
  }
}

function calculate(parser: ExprParser, operator: string, left: string, right: string): string {
  const areNumbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const order = areNumbers ? Math.sign(Number(left) - Number(right)) : left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case '<':
      return order < 0 ? '1' : '0';
    case '<=':
      return order <= 0 ? '1' : '0';
    case '=':
    case '==':
      return order === 0 ? '1' : '0';
    case '!=':
      return order !== 0 ? '1' : '0';
    case '>=':
      return order >= 0 ? '1' : '0';
    case '>':
      return order > 0 ? '1' : '0';
  }
  if (!areNumbers || ((operator === '/' || operator === '%') && Number(right) === 0)) {
    parser.failed = true;
    return '';
  }
  const [a, b] = [Number(left), Number(right)];
  return String(
    operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? Math.trunc(a / b) : a % b,
  );
}
