// Patterns of the shell: `*`, `?`, brackets (POSIX 2.13), matched in time that grows with text times pattern and never faster. A `*` is the only
// part that takes more or less, so the places in a pattern that a text can have come to are few, and each is looked at once a character.

import { GLOB_STEPS_MAX } from '../kernel/limits.ts';

/** `*`; one character that must be this; or one of which a test says whether it fits. */
type Part = '*' | { readonly character: string } | { readonly fits: (character: string) => boolean };

/** True when the whole text matches. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = parsePattern(pattern);
  const characters = [...text];
  let at = 0;
  let part = 0;
  // Where the newest `*` stands, and up to where it took the text. Older ones need not be thought of again.
  let star = -1;
  let starAt = 0;
  for (let steps = 0; steps < GLOB_STEPS_MAX; steps += 1) {
    const wanted = parts[part];
    if (wanted === '*') {
      star = part;
      starAt = at;
      part += 1;
    } else if (at < characters.length && wanted !== undefined && takes(wanted, characters[at] as string)) {
      at += 1;
      part += 1;
    } else if (at === characters.length && part === parts.length) {
      return true;
    } else {
      if (star < 0 || starAt >= characters.length) return false;
      starAt += 1;
      at = starAt;
      part = star + 1;
    }
  }
  return false;
}

/** Removes the smallest or largest matching prefix or suffix (`#`, `##`, `%`, `%%`). */
export function removeMatch(text: string, pattern: string, operator: string): string {
  const isSuffix = operator.startsWith('%');
  const characters = [...text];
  const parts = parsePattern(pattern);
  if (isSuffix) {
    characters.reverse();
    parts.reverse();
  }
  const { shortest, longest } = matchPrefix(parts, characters, 0);
  const count = operator.length === 2 ? longest : shortest;
  if (count < 0) return text;
  const rest = characters.slice(count);
  return (isSuffix ? rest.reverse() : rest).join('');
}

/** `${x/p/r}`, `${x//p/r}`, `${x/#p/r}`, `${x/%p/r}` as the pieces of the result, which are joined only when there is room for it. */
export function replaceMatch(text: string, pattern: string, replacement: string, operator: string): readonly string[] {
  const parts = parsePattern(pattern);
  if (operator === '/#' || operator === '/%') return replaceEdge(text, parts, replacement, operator === '/%');
  if (parts.length === 0) return [text];
  const plain = plainText(parts);
  if (plain !== undefined) return replacePlain(text, plain, replacement, operator === '/');
  const characters = [...text];
  const begins = matchBegins(parts, characters);
  const pieces: string[] = [];
  let done = 0;
  for (let at = 0; at <= characters.length; at += 1) {
    if (begins[at] !== true || (pieces.length > 0 && at === characters.length)) continue;
    const { longest } = matchPrefix(parts, characters, at);
    if (longest < 0) continue;
    pieces.push(characters.slice(done, at).join(''), replacement);
    done = at + longest;
    if (operator === '/') break;
    at = Math.max(at, done - 1);
  }
  return [...pieces, characters.slice(done).join('')];
}

/** The text that a pattern means when it means no other. */
function plainText(parts: readonly Part[]): string | undefined {
  let text = '';
  for (const part of parts) {
    if (part === '*' || !('character' in part)) return undefined;
    text += part.character;
  }
  return text;
}

function replacePlain(text: string, plain: string, replacement: string, isOnce: boolean): readonly string[] {
  const pieces: string[] = [];
  let done = 0;
  for (let at = text.indexOf(plain); at >= 0; at = isOnce ? -1 : text.indexOf(plain, done)) {
    pieces.push(text.slice(done, at), replacement);
    done = at + plain.length;
  }
  return [...pieces, text.slice(done)];
}

function replaceEdge(text: string, parts: readonly Part[], replacement: string, isSuffix: boolean): readonly string[] {
  const characters = isSuffix ? [...text].reverse() : [...text];
  const { longest } = matchPrefix(isSuffix ? parts.toReversed() : parts, characters, 0);
  if (longest < 0) return [text];
  const rest = characters.slice(longest);
  return isSuffix ? [rest.reverse().join(''), replacement] : [replacement, rest.join('')];
}

/** Lengths of the shortest and the longest match that begins at a place; -1 when there is none. */
function matchPrefix(parts: readonly Part[], characters: readonly string[], begin: number): { shortest: number; longest: number } {
  const found = { shortest: -1, longest: -1 };
  let steps = 0;
  let places = settle(parts, [0]);
  for (let at = begin; places.length > 0 && steps < GLOB_STEPS_MAX; at += 1) {
    if (places.at(-1) === parts.length) {
      if (found.shortest < 0) found.shortest = at - begin;
      found.longest = at - begin;
    }
    if (at >= characters.length) break;
    steps += places.length;
    places = advance(parts, places, characters[at] as string, false);
  }
  return found;
}

/** For each place of a text whether a match begins there: the pattern is run backwards, begun anew everywhere. */
function matchBegins(parts: readonly Part[], characters: readonly string[]): readonly boolean[] {
  const backwards = parts.toReversed();
  const begins: boolean[] = [];
  let steps = 0;
  let places = settle(backwards, [0]);
  for (let at = characters.length; steps < GLOB_STEPS_MAX; at -= 1) {
    begins[at] = places.at(-1) === parts.length;
    if (at === 0) break;
    steps += places.length;
    places = advance(backwards, places, characters[at - 1] as string, true);
  }
  return begins;
}

/** The places in a pattern after one more character, in their order. */
function advance(parts: readonly Part[], places: readonly number[], character: string, beginsAnew: boolean): number[] {
  const next: number[] = beginsAnew ? [0] : [];
  for (const place of places) {
    const part = parts[place];
    if (part === undefined) continue;
    if (part === '*') push(next, place);
    else if (takes(part, character)) push(next, place + 1);
  }
  return settle(parts, next);
}

/** Adds the place behind every `*`, which may take nothing. No two `*` follow each other. */
function settle(parts: readonly Part[], places: readonly number[]): number[] {
  const all: number[] = [];
  for (const place of places) {
    push(all, place);
    if (parts[place] === '*') push(all, place + 1);
  }
  return all;
}

/** Places come in ascending order, and one that is not above the last is there already. */
function push(places: number[], place: number): void {
  const last = places.at(-1);
  if (last === undefined || last < place) places.push(place);
}

function takes(part: Exclude<Part, '*'>, character: string): boolean {
  return 'character' in part ? part.character === character : part.fits(character);
}

function parsePattern(pattern: string): Part[] {
  const characters = [...pattern];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] as string;
    if (character === '\\' && at + 1 < characters.length) {
      at += 1;
      parts.push({ character: characters[at] as string });
    } else if (character === '*') {
      if (parts.at(-1) !== '*') parts.push('*');
    } else if (character === '?') {
      parts.push({ fits: () => true });
    } else {
      const bracket = character === '[' ? parseBracket(characters, at) : undefined;
      parts.push(bracket ?? { character });
      if (bracket !== undefined) at = bracket.end;
    }
  }
  return parts;
}

type Item = { readonly first: string; readonly last: string } | { readonly name: string };

/** A bracket expression that begins at a place; undefined when nothing closes it, and `[` then means itself. */
function parseBracket(characters: readonly string[], begin: number): { fits: (character: string) => boolean; end: number } | undefined {
  let at = begin + 1;
  const isNegated = characters[at] === '!' || characters[at] === '^';
  if (isNegated) at += 1;
  const items: Item[] = [];
  for (let isFirst = true; at < characters.length; isFirst = false) {
    if (characters[at] === ']' && !isFirst) {
      const fits = (character: string): boolean => items.some((item) => isIn(item, character)) !== isNegated;
      return { fits, end: at };
    }
    const name = nameAt(characters, at);
    if (name !== undefined) {
      items.push({ name });
      at += name.length + 4;
      continue;
    }
    if (characters[at] === '\\' && at + 1 < characters.length) at += 1;
    const first = characters[at] as string;
    const isRange = characters[at + 1] === '-' && at + 2 < characters.length && characters[at + 2] !== ']';
    if (isRange && characters[at + 2] === '\\') at += 1;
    items.push({ first, last: isRange ? (characters[at + 2] ?? first) : first });
    at += isRange ? 3 : 1;
  }
  return undefined;
}

/** The name of a class as `[:alpha:]`. */
function nameAt(characters: readonly string[], at: number): string | undefined {
  if (characters[at] !== '[' || characters[at + 1] !== ':') return undefined;
  return /^\[:([a-z]{1,10}):\]/.exec(characters.slice(at, at + 14).join(''))?.[1];
}

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  ['cntrl', /\p{Cc}/u],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /\s/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

function isIn(item: Item, character: string): boolean {
  if ('name' in item) return CLASSES.get(item.name)?.test(character) === true;
  const code = character.codePointAt(0) ?? 0;
  return code >= (item.first.codePointAt(0) ?? 0) && code <= (item.last.codePointAt(0) ?? 0);
}
