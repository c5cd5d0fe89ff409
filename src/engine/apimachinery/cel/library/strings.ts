// Texts: what `ext.Strings` version 2 adds to CEL. Upstream: github.com/google/cel-go/ext/{strings,formatting}.go (v0.23).

import type { Library } from '../declarations.ts';
import { encodeCode } from '../lexer.ts';
import { type CelList, type CelMap, type CelResult, type CelValue, fail, kindOf, list, membersOf } from '../values.ts';
import { formatDouble } from './standard.ts';
import { formatDuration, formatTimestamp } from './times.ts';

/** Characters that a result may have. */
const RESULT_LENGTH_MAX = 20_000_000;

const characters = (value: CelValue | undefined): string[] => [...(value as string)];
const at = (value: CelValue | undefined): number => Number(value as bigint);

export const STRINGS: Library = {
  declarations: `
    charAt string_char_at_int .(string, int) string
    indexOf string_index_of_string .(string, string) int
    indexOf string_index_of_string_int .(string, string, int) int
    lastIndexOf string_last_index_of_string .(string, string) int
    lastIndexOf string_last_index_of_string_int .(string, string, int) int
    lowerAscii string_lower_ascii .(string) string
    upperAscii string_upper_ascii .(string) string
    replace string_replace_string_string .(string, string, string) string
    replace string_replace_string_string_int .(string, string, string, int) string
    split string_split_string .(string, string) list(string)
    split string_split_string_int .(string, string, int) list(string)
    substring string_substring_int .(string, int) string
    substring string_substring_int_int .(string, int, int) string
    trim string_trim .(string) string
    join list_join .(list(string)) string
    join list_join_string .(list(string), string) string
    format string_format .(string, list(dyn)) string
    strings.quote strings_quote (string) string`,
  implementations: {
    string_char_at_int: ([text, index]) => {
      const all = characters(text);
      const position = at(index);
      return position < 0 || position > all.length ? fail(`index out of range: ${position}`) : (all[position] ?? '');
    },
    string_index_of_string: ([text, part]) => BigInt(indexOf(characters(text), characters(part), 0)),
    string_index_of_string_int: ([text, part, from]) => {
      const all = characters(text);
      if (at(from) < 0 || at(from) > all.length) return fail(`index out of range: ${at(from)}`);
      return BigInt(indexOf(all, characters(part), at(from)));
    },
    string_last_index_of_string: ([text, part]) => BigInt(lastIndexOf(characters(text), characters(part), Number.MAX_SAFE_INTEGER)),
    string_last_index_of_string_int: ([text, part, from]) => {
      const all = characters(text);
      if (at(from) < 0 || at(from) > all.length) return fail(`index out of range: ${at(from)}`);
      return BigInt(lastIndexOf(all, characters(part), at(from)));
    },
    string_lower_ascii: ([text]) => (text as string).replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    string_upper_ascii: ([text]) => (text as string).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    string_replace_string_string: ([text, from, to]) => replace(text as string, from as string, to as string, -1),
    string_replace_string_string_int: ([text, from, to, count]) => replace(text as string, from as string, to as string, at(count)),
    string_split_string: ([text, separator]) => list(split(text as string, separator as string, -1)),
    string_split_string_int: ([text, separator, count]) => list(split(text as string, separator as string, at(count))),
    string_substring_int: ([text, start]) => substring(characters(text), at(start), undefined),
    string_substring_int_int: ([text, start, end]) => substring(characters(text), at(start), at(end)),
    string_trim: ([text]) => trim(text as string),
    list_join: ([items]) => bounded((items as CelList).items.join('')),
    list_join_string: ([items, separator]) => bounded((items as CelList).items.join(separator as string)),
    string_format: ([text, args]) => format(text as string, (args as CelList).items),
    strings_quote: ([text]) => quote(text as string),
  },
};

/** Without the spaces of Unicode at both ends. */
function trim(text: string): string {
  return text.replace(
    /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g,
    '',
  );
}

function bounded(text: string): CelResult {
  return text.length > RESULT_LENGTH_MAX ? fail('result is too long') : text;
}

function startsAt(all: readonly string[], part: readonly string[], index: number): boolean {
  return part.every((character, offset) => all[index + offset] === character);
}

function indexOf(all: readonly string[], part: readonly string[], from: number): number {
  if (part.length === 0) return from;
  for (let index = from; index + part.length <= all.length; index += 1) if (startsAt(all, part, index)) return index;
  return -1;
}

function lastIndexOf(all: readonly string[], part: readonly string[], from: number): number {
  if (part.length === 0) return Math.min(from, all.length);
  for (let index = Math.min(from, all.length - part.length); index >= 0; index -= 1) if (startsAt(all, part, index)) return index;
  return -1;
}

function substring(all: readonly string[], start: number, end: number | undefined): CelResult {
  if (start < 0 || start > all.length) return fail(`index out of range: ${start}`);
  if (end === undefined) return all.slice(start).join('');
  if (end < 0 || end > all.length) return fail(`index out of range: ${end}`);
  return start > end ? fail(`invalid substring range. start: ${start}, end: ${end}`) : all.slice(start, end).join('');
}

function replace(text: string, from: string, to: string, count: number): CelResult {
  if (from === '') {
    const all = [...text];
    const places = count < 0 ? all.length + 1 : Math.min(count, all.length + 1);
    return bounded(all.map((character, index) => `${index < places ? to : ''}${character}`).join('') + (places > all.length ? to : ''));
  }
  const parts = text.split(from);
  const replaced = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  const length = text.length + replaced * (to.length - from.length);
  if (length > RESULT_LENGTH_MAX) return fail('result is too long');
  return [parts.slice(0, replaced + 1).join(to), ...parts.slice(replaced + 1)].join(from);
}

function split(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  return `"${[...text].map((character) => QUOTED[character] ?? character).join('')}"`;
}

/** `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` with a precision; `%%` is a percent sign. */
function format(text: string, args: readonly CelValue[]): CelResult {
  let result = '';
  let used = 0;
  let rest = text;
  while (rest !== '') {
    const percent = rest.indexOf('%');
    if (percent === -1) return bounded(result + rest);
    result += rest.slice(0, percent);
    const clause = /^%(?:(%)|(?:\.(\d+))?([a-zA-Z]))/.exec(rest.slice(percent));
    if (clause === null) return fail(`could not parse formatting clause: unexpected end of string`);
    rest = rest.slice(percent + clause[0].length);
    if (clause[1] !== undefined) {
      result += '%';
      continue;
    }
    if (used >= args.length) return fail(`index ${used} out of range`);
    const part = formatOne(clause[3] ?? '', clause[2] === undefined ? undefined : Number(clause[2]), args[used] as CelValue);
    if (typeof part !== 'string') return part;
    used += 1;
    result += part;
    if (result.length > RESULT_LENGTH_MAX) return fail('result is too long');
  }
  return result;
}

/** Digits behind the point at most. */
const PRECISION_MAX = 100;

function formatOne(verb: string, precision: number | undefined, value: CelValue): string | CelResult {
  const whole = typeof value === 'object' && value?.kind === 'uint' ? value.value : value;
  const wrong = (wanted: string): CelResult => fail(`error during formatting: ${wanted}, was given ${kindOf(value)}`);
  const digits = Math.min(precision ?? 6, PRECISION_MAX);
  switch (verb) {
    case 's':
      return text(value);
    case 'd':
      if (typeof value === 'number' && !Number.isFinite(value)) return special(value);
      return typeof whole === 'bigint' ? String(whole) : wrong('decimal clause can only be used on integers');
    case 'f':
    case 'e': {
      if (typeof value === 'string' && /^(?:NaN|-?Infinity)$/.test(value)) return value;
      const number = typeof whole === 'bigint' ? Number(whole) : whole;
      const name = verb === 'f' ? 'fixed-point' : 'scientific';
      if (typeof number !== 'number') return wrong(`${name} clause can only be used on doubles`);
      if (!Number.isFinite(number)) return special(number);
      return verb === 'f' ? fixed(number, digits) : number.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return typeof whole === 'bigint' ? whole.toString(2) : wrong('only integers and bools can be formatted as binary');
    case 'o':
      return typeof whole === 'bigint' ? whole.toString(8) : wrong('octal clause can only be used on integers');
    case 'x':
    case 'X': {
      const hex = hexOf(value, whole);
      if (hex === undefined) return wrong('only integers, byte buffers, and strings can be formatted as hex');
      return verb === 'X' ? hex.toUpperCase() : hex;
    }
    default:
      return fail(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

/** Digits behind the point; what lies exactly between two goes to the even one, as Go rounds. */
function fixed(number: number, digits: number): string {
  const rounded = number.toFixed(digits);
  const exact = number.toFixed(Math.min(PRECISION_MAX, digits + 60));
  const point = exact.indexOf('.') + 1;
  if (digits > 40 || !/^50*$/.test(exact.slice(point + digits))) return rounded;
  const cut = exact.slice(0, digits === 0 ? point - 1 : point + digits);
  return Number(cut.at(-1)) % 2 === 0 ? cut : rounded;
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function hexOf(value: CelValue, whole: CelValue): string | undefined {
  if (typeof whole === 'bigint') return whole.toString(16);
  const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (typeof value === 'string') return hex([...value].flatMap((character) => encodeCode(character.codePointAt(0) ?? 0)));
  return typeof value === 'object' && value?.kind === 'bytes' ? hex(value.bytes) : undefined;
}

/** A value as `%s` writes it. */
function text(value: CelValue): string | CelResult {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isFinite(value) ? formatDouble(value) : special(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'uint':
      return String(value.value);
    case 'bytes':
      return String.fromCharCode(...value.bytes);
    case 'duration':
      return formatDuration(value);
    case 'timestamp':
      return formatTimestamp(value);
    case 'list':
      return joinTexts(value.items.map(text), (parts) => `[${parts.join(', ')}]`);
    case 'map':
    case 'object':
      return mapText(value as CelMap);
    case 'type':
      return value.type.kind;
    case 'optional':
    case 'opaque':
      return fail(
        `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps`,
      );
  }
}

function joinTexts(parts: readonly (string | CelResult)[], join: (texts: readonly string[]) => string): string | CelResult {
  const failed = parts.find((part) => typeof part !== 'string');
  return failed ?? join(parts as readonly string[]);
}

function mapText(value: CelMap): string | CelResult {
  const pairs = membersOf(value).map(([key, member]) => joinTexts([text(key), text(member)], ([left, right]) => `${left}: ${right}`));
  return joinTexts(pairs, (texts) => `{${[...texts].sort().join(', ')}}`);
}
