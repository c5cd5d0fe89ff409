// Words of a CEL expression. Upstream: github.com/google/cel-go/parser/gen/CEL.g4, parser/unescape.go (v0.23).

import type { Issue } from './ast.ts';

export interface Token {
  readonly kind: 'operator' | 'identifier' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'end';
  /** As it stands in the expression; of a text its value. */
  readonly text: string;
  readonly offset: number;
  /** As it stands, for messages. */
  readonly raw: string;
  readonly bytes?: readonly number[];
}

const SPACE = /^(?:[ \t\r\n\f]+|\/\/[^\n]*)/;
const NUMBER = /^(?:0x[0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?)/;
const WORD = /^[A-Za-z_][A-Za-z0-9_]*/;
const OPERATOR = /^(?:==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()[\]{}])/;
const TEXT = /^([rR][bB]|[bB][rR]|[rRbB])?("""|'''|"|')/;

/** All words, the end last, or what is not one. */
export function tokenize(source: string): { readonly tokens: readonly Token[]; readonly issues: readonly Issue[] } {
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  let index = 0;
  let offset = 0;
  const move = (raw: string): void => {
    index += raw.length;
    offset += [...raw].length;
  };
  while (index < source.length) {
    // A view of bounded length is enough for everything but texts, which are read from their place.
    const rest = source.slice(index);
    const space = SPACE.exec(rest);
    if (space !== null) {
      move(space[0]);
      continue;
    }
    const token = readText(rest, offset) ?? readWord(rest, offset);
    if (typeof token === 'string') {
      issues.push({ offset, message: `Syntax error: token recognition error at: '${token}'` });
      move(token);
    } else if ('message' in token) {
      return { tokens, issues: [...issues, token] };
    } else {
      tokens.push(token);
      move(token.raw);
    }
  }
  tokens.push({ kind: 'end', text: '<EOF>', raw: '<EOF>', offset });
  return { tokens, issues };
}

function readWord(rest: string, offset: number): Token | string {
  const number = NUMBER.exec(rest)?.[0];
  if (number !== undefined) {
    const isHex = number.startsWith('0x');
    const kind = /[uU]$/.test(number) ? 'uint' : !isHex && /[.eE]/.test(number) ? 'double' : 'int';
    return { kind, text: number.replace(/[uU]$/, ''), raw: number, offset };
  }
  const word = WORD.exec(rest)?.[0];
  if (word !== undefined) return { kind: 'identifier', text: word, raw: word, offset };
  const operator = OPERATOR.exec(rest)?.[0];
  if (operator !== undefined) return { kind: 'operator', text: operator, raw: operator, offset };
  return [...rest][0] ?? '';
}

function readText(rest: string, offset: number): Token | Issue | undefined {
  const start = TEXT.exec(rest);
  if (start === null) return undefined;
  const [opening, prefix = '', quote = ''] = start;
  const isRaw = /r/i.test(prefix);
  const isBytes = /b/i.test(prefix);
  let end = opening.length;
  while (end < rest.length && !rest.startsWith(quote, end)) {
    if (rest[end] === '\n' && quote.length === 1) break;
    end += rest[end] === '\\' && !isRaw ? 2 : 1;
  }
  if (!rest.startsWith(quote, end) || end >= rest.length)
    return { offset, message: `Syntax error: token recognition error at: '${rest.slice(0, end)}'` };
  const raw = rest.slice(0, end + quote.length);
  const content = rest.slice(opening.length, end).replace(/\r\n?/g, '\n');
  const units = isRaw ? [...content].map(codeOf) : unescape(content, isBytes);
  if (units === undefined) return { offset, message: `invalid ${isBytes ? 'bytes' : 'string'} literal: unable to unescape string` };
  if (isBytes) return { kind: 'bytes', text: '', raw, offset, bytes: isRaw ? units.flatMap(encodeCode) : units };
  return { kind: 'string', text: units.map((unit) => String.fromCodePoint(unit)).join(''), raw, offset };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
};

/** Code points, or bytes, of a text with escapes; undefined where one is wrong. */
function unescape(content: string, isBytes: boolean): number[] | undefined {
  const units: number[] = [];
  const characters = [...content];
  let index = 0;
  while (index < characters.length) {
    const character = characters[index] ?? '';
    if (character !== '\\') {
      units.push(...(isBytes ? encodeCode(codeOf(character)) : [codeOf(character)]));
      index += 1;
      continue;
    }
    const name = characters[index + 1] ?? '';
    const simple = SIMPLE[name];
    if (simple !== undefined) {
      units.push(simple);
      index += 2;
      continue;
    }
    const escape = numericEscape(characters.slice(index + 1, index + 10).join(''), isBytes);
    if (escape === undefined) return undefined;
    units.push(escape.value);
    index += 1 + escape.length;
  }
  return units;
}

function numericEscape(text: string, isBytes: boolean): { value: number; length: number } | undefined {
  const hex = /^[xX]([0-9a-fA-F]{2})/.exec(text) ?? (isBytes ? null : (/^u([0-9a-fA-F]{4})/.exec(text) ?? /^U([0-9a-fA-F]{8})/.exec(text)));
  const octal = /^[0-3][0-7]{2}/.exec(text);
  const value = hex === null ? (octal === null ? -1 : Number.parseInt(octal[0], 8)) : Number.parseInt(hex[1] ?? '', 16);
  if (value < 0 || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return undefined;
  return { value, length: (hex ?? octal)?.[0].length ?? 0 };
}

/** A code point in UTF-8. */
export function encodeCode(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}
