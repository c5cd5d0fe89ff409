// The values of awk: numbers, strings, and input that is a number when it looks like one.

import { fixedText } from '../commands/format.ts';

/** What was read, or was never set. */
export interface Input {
  readonly text: string;
  /** Undefined when it does not look like a number. */
  readonly number: number | undefined;
}

export type Value = number | string | Input;

export const UNSET: Input = { text: '', number: 0 };

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)\s*$/;
const LEADING_NUMBER = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/;

/** A field, a line, an argument. */
export function inputOf(text: string): Input {
  return { text, number: NUMBER.test(text) ? Number(text) : undefined };
}

export function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' && value.number !== undefined) return value.number;
  const found = LEADING_NUMBER.exec(typeof value === 'string' ? value : value.text);
  return found === null ? 0 : Number(found[0]);
}

/** Numbers that are whole are written whole. */
export function textOfValue(value: Value, format = '%.6g'): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  return formatNumber(value, format);
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  return value.number === undefined || value.text === '' ? value.text !== '' : value.number !== 0;
}

/** Below, equal, above: by number when both are numbers or look like them, else by text. */
export function compareValues(a: Value, b: Value, format: string): number {
  if (isNumeric(a) && isNumeric(b)) return Math.sign(numberOf(a) - numberOf(b));
  const [left, right] = [textOfValue(a, format), textOfValue(b, format)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function isNumeric(value: Value): boolean {
  return typeof value === 'number' || (typeof value !== 'string' && value.number !== undefined);
}

const DIRECTIVE = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])/g;

/** Digits and blanks that a directive may ask for. */
const WIDTH_MAX = 4_096;
const PRECISION_MAX = 100;

/** `printf`: each directive takes the next argument. */
export function formatValues(format: string, args: readonly Value[]): string {
  let index = 0;
  const next = (): Value => args[index++] ?? UNSET;
  return format.replace(DIRECTIVE, (whole, flags: string, width: string | undefined, precision: string | undefined, type: string) => {
    if (type === '%') return '%';
    const wide = width === '*' ? numberOf(next()) : Number(width ?? 0);
    const exact = !/\.(?:\*|\d*)[a-zA-Z]$/.test(whole) ? undefined : precision === '*' ? numberOf(next()) : Number(precision ?? 0);
    const body = convert(next(), type, exact === undefined ? undefined : Math.max(0, Math.min(exact, PRECISION_MAX)), flags);
    const size = Math.min(Math.abs(wide), WIDTH_MAX);
    if (flags.includes('-') || wide < 0) return body.padEnd(size);
    if (!flags.includes('0') || type === 's' || type === 'c') return body.padStart(size);
    const sign = /^[-+ ]/.exec(body)?.[0] ?? '';
    return sign + body.slice(sign.length).padStart(size - sign.length, '0');
  });
}

function formatNumber(value: number, format: string): string {
  return formatValues(format, [value]);
}

function convert(value: Value, type: string, precision: number | undefined, flags: string): string {
  const signed = (text: string): string =>
    text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
  const number = numberOf(value);
  switch (type) {
    case 's':
      return precision === undefined ? textOfValue(value) : textOfValue(value).slice(0, precision);
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(Math.max(0, Math.trunc(value)) % 0x11_0000) : textOfValue(value).slice(0, 1);
    case 'd':
    case 'i':
    case 'u':
      return signed(
        Number.isFinite(number)
          ? BigInt(Math.trunc(number))
              .toString()
              .replace(/^(-?)/, `$1`)
              .padStart(precision ?? 0, '0')
          : String(number),
      );
    case 'x':
      return Math.trunc(number).toString(16);
    case 'X':
      return Math.trunc(number).toString(16).toUpperCase();
    case 'o':
      return Math.trunc(number).toString(8);
    case 'f':
    case 'F':
      return signed(fixedText(number, precision ?? 6));
    case 'e':
    case 'E':
      return signed(exponential(number, precision ?? 6));
    case 'g':
    case 'G':
      return signed(shortest(number, precision === undefined ? 6 : Math.max(precision, 1)));
    default:
      return '';
  }
}

/** An exponent has at least two digits. */
function exponential(number: number, precision: number): string {
  return number.toExponential(precision).replace(/e([-+])(\d)$/, 'e$10$2');
}

function shortest(number: number, precision: number): string {
  if (number === 0 || !Number.isFinite(number))
    return Number.isFinite(number) ? '0' : String(number).toLowerCase().replace('infinity', 'inf');
  const exponent = Number(number.toExponential(precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision) return exponential(number, precision - 1).replace(/\.?0+e/, 'e');
  const text = number.toFixed(Math.min(precision - 1 - exponent, PRECISION_MAX));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
