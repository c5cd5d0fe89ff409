// Brace expansion, which bash does to the text of a word before anything else: `{a,b}`, `{1..10..2}`, `{a..e}`. Rule: K926.

import { BRACE_WORDS_MAX } from '../kernel/limits.ts';

/** The words that a text with braces stands for; one when there are none. Quotes and `${...}` keep theirs. */
export function expandBraces(text: string): string[] {
  const words = expand(text, 0);
  return words.length > BRACE_WORDS_MAX ? [text] : words;
}

function expand(text: string, depth: number): string[] {
  if (depth > DEPTH_MAX) return [text];
  for (let at = 0; at < text.length; at = skip(text, at)) {
    if (text[at] !== '{' || text[at - 1] === '$') continue;
    const end = closing(text, at);
    if (end === undefined) continue;
    const inside = text.slice(at + 1, end);
    const parts = alternatives(inside) ?? sequence(inside);
    if (parts === undefined) continue;
    const heads = parts.flatMap((part) => expand(part, depth + 1));
    const tails = expand(text.slice(end + 1), depth + 1);
    if (heads.length * tails.length > BRACE_WORDS_MAX) return [text];
    return heads.flatMap((head) => tails.map((tail) => text.slice(0, at) + head + tail));
  }
  return [text];
}

const DEPTH_MAX = 20;

/** Behind a character, or behind what is quoted. */
function skip(text: string, at: number): number {
  const letter = text[at];
  if (letter === '\\') return at + 2;
  if (letter === "'" || letter === '"') {
    let end = at + 1;
    while (end < text.length && text[end] !== letter) end += text[end] === '\\' && letter === '"' ? 2 : 1;
    return end + 1;
  }
  if (letter === '$' && text[at + 1] === '{') return (closing(text, at + 1) ?? at) + 1;
  return at + 1;
}

function closing(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length; ) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
    at = text[at] === '$' && text[at + 1] === '{' ? at + 1 : skip(text, at);
  }
  return undefined;
}

function alternatives(inside: string): string[] | undefined {
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at < inside.length; ) {
    if (inside[at] === ',') {
      parts.push(inside.slice(begin, at));
      begin = at + 1;
    }
    at = inside[at] === '{' ? (closing(inside, at) ?? at) + 1 : skip(inside, at);
  }
  return parts.length === 0 ? undefined : [...parts, inside.slice(begin)];
}

function sequence(inside: string): string[] | undefined {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inside);
  if (match === null) return undefined;
  const [, first = '', last = '', given = '1'] = match;
  const areLetters = /^[A-Za-z]$/.test(first) && /^[A-Za-z]$/.test(last);
  if (!areLetters && (/[A-Za-z]/.test(first) || /[A-Za-z]/.test(last))) return undefined;
  const [from, to] = areLetters ? [first.charCodeAt(0), last.charCodeAt(0)] : [Number(first), Number(last)];
  const step = Math.max(1, Math.abs(Number(given))) * (from <= to ? 1 : -1);
  const width = [first, last].some((text) => /^-?0\d/.test(text)) ? Math.max(first.length, last.length) : 0;
  const parts: string[] = [];
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    if (parts.length > BRACE_WORDS_MAX) return undefined;
    parts.push(areLetters ? String.fromCharCode(value) : padded(value, width));
  }
  return parts;
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
}
