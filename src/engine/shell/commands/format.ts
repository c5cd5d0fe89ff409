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
    /%(%|([-0+ ]*)(\d*)(?:\.(\d+))?([sdiufcxXoeEgGbq]))|\\(?:0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)/g,
    (match, body?: string, flags = '', width = '', precision?: string, type?: string) => {
      if (match.startsWith('\\')) return unescapeText(match);
      if (body === '%') return '%';
      const argument = rest.pop() ?? '';
      const plain = convert(argument, type ?? 's', precision);
      const text = flags.includes('+') && /[difeEgG]/.test(type ?? '') && !plain.startsWith('-') ? `+${plain}` : plain;
      const size = Number(width);
      allocate(Math.max(size, text.length));
      if (flags.includes('-')) return text.padEnd(size);
      return flags.includes('0') && type !== 's' ? text.padStart(size, '0') : text.padStart(size);
    },
  );
}

function convert(argument: string, type: string, precision: string | undefined): string {
  switch (type) {
    case 'q':
      return argument === '' ? "''" : argument.replace(/[^\w@%+=:,./-]/g, '\\$&');
    case 'e':
    case 'E':
    case 'g':
    case 'G':
      return floating(Number(argument) || 0, type, Number(precision ?? 6));
    case 's':
      return precision === undefined ? argument : argument.slice(0, Number(precision));
    case 'b':
      return unescapeText(argument);
    case 'c':
      return argument.slice(0, 1);
    case 'f':
      return fixedText(Number(argument) || 0, Number(precision ?? 6));
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

/** As C writes it: what lies in the middle goes to the even digit. */
export function fixedText(value: number, precision: number): string {
  const digits = Math.min(precision, 20);
  const scaled = value * 10 ** digits;
  const isMiddle = Math.abs(scaled) < 2 ** 52 && Math.abs(scaled % 1) === 0.5;
  return (isMiddle ? (2 * Math.round(scaled / 2)) / 10 ** digits : value).toFixed(digits);
}

/** `%e` has two digits in its exponent at least, `%g` the shorter form without zeros at its end. */
function floating(value: number, type: string, precision: number): string {
  const digits = Math.min(precision, 20);
  const exponential = (places: number): string => value.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2');
  const exponent = Number(value.toExponential().split('e')[1] ?? 0);
  const isShort = type.toLowerCase() === 'g';
  const significant = Math.max(1, digits);
  const isPlain = exponent >= -4 && exponent < significant;
  const long = isPlain ? value.toFixed(Math.min(20, Math.max(0, significant - 1 - exponent))) : exponential(significant - 1);
  const text = isShort ? long.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '') : exponential(digits);
  return type === 'E' || type === 'G' ? text.toUpperCase() : text;
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
