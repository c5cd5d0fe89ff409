// Regular expressions from outside, in the syntax of RE2, matched in time that grows with the text and never faster.
// Upstream: Go's regexp and regexp/syntax, with which apiextensions-apiserver compiles the patterns of schemas (v1.33). The package re2js does the work;
// its errors are worded as Go words them. Deviation: a program is smaller than Go allows, because matching costs text times program.

import { RE2JS } from 're2js';

/** A place in a text: where a match or a group begins, and where it ends. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

export interface Pattern {
  /** Instructions of the program: what one character of a text can cost. */
  readonly size: number;
  readonly groupCount: number;
  /** True when the pattern matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match at or behind a position: the whole, then its groups, undefined where one took no part. */
  find(text: string, from: number): readonly (Span | undefined)[] | undefined;
}

export interface PatternOptions {
  /** Of the matches that begin first the longest, as POSIX wants it, not the one that the order of alternatives prefers. */
  readonly isLongest?: boolean;
  readonly ignoresCase?: boolean;
}

/** A compiled pattern, or why it is none, worded as Go words it. */
export type CompiledPattern = { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly error: string };

/** Characters of a pattern. */
export const PATTERN_LENGTH_MAX = 4_096;

/** Instructions of a pattern's program. A value of 1 000 characters then costs some ten milliseconds at worst. */
export const PATTERN_SIZE_MAX = 4_000;

/** Characters times instructions that the values of one object may cost: about half a second at worst, a thousandth of it as a rule. */
export const PATTERN_WORK_MAX = 10_000_000;

/** Instructions of all different patterns of one definition. */
export const PATTERNS_SIZE_MAX = 50_000;

/** Compiled patterns that are remembered: instructions of all of them. Forgetting costs time, never a different answer. */
const REMEMBERED_SIZE_MAX = 200_000;

/** States of the automaton of one pattern that are remembered from match to match. */
const STATES_MAX = 1_000;

/** Ranges that a class can fall into when case does not matter, as a share of a pattern's size. */
const FOLDED_CLASS_SIZE = 50;

const remembered = new Map<string, CompiledPattern>();
const memory = { size: 0 };

/** Compiles a pattern. */
export function compilePattern(source: string, options: PatternOptions = {}): CompiledPattern {
  const key = `${options.isLongest === true ? 'l' : ''}${options.ignoresCase === true ? 'i' : ''}:${source}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const compiled = compile(source, options);
  const size = 16 + source.length + (compiled.ok ? compiled.pattern.size : 0);
  if (memory.size + size > REMEMBERED_SIZE_MAX) {
    remembered.clear();
    memory.size = 0;
  }
  memory.size += size;
  remembered.set(key, compiled);
  return compiled;
}

function compile(source: string, options: PatternOptions): CompiledPattern {
  if (source.length > PATTERN_LENGTH_MAX || estimateSize(source, options.ignoresCase === true) > PATTERN_SIZE_MAX * 2) return TOO_LARGE;
  const flags = (options.isLongest === true ? RE2JS.LONGEST_MATCH : 0) | (options.ignoresCase === true ? RE2JS.CASE_INSENSITIVE : 0);
  try {
    const program = RE2JS.compile(source, flags);
    return program.programSize() > PATTERN_SIZE_MAX ? TOO_LARGE : { ok: true, pattern: toPattern(program) };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('error parsing regexp: ')) return { ok: false, error: error.message };
    throw error;
  }
}

const TOO_LARGE: CompiledPattern = { ok: false, error: 'error parsing regexp: expression too large' };

function toPattern(program: RE2JS): Pattern {
  const groupCount = program.groupCount();
  const settle = (): void => {
    // The package keeps a table of states for as long as the pattern lives; an evil one fills it.
    const states = program.re2().lazyDFA as { readonly stateCount: number } | null;
    if (states !== null && states.stateCount > STATES_MAX) program.reset();
  };
  return {
    size: program.programSize(),
    groupCount,
    test(text) {
      const isMatch = program.test(text);
      settle();
      return isMatch;
    },
    find(text, from) {
      if (from > text.length) return undefined;
      const matcher = program.matcher(text);
      const isMatch = matcher.find(from);
      settle();
      if (!isMatch) return undefined;
      return Array.from({ length: groupCount + 1 }, (_, group) => {
        const begin = matcher.start(group);
        return begin < 0 ? undefined : { begin, end: matcher.end(group) };
      });
    },
  };
}

/** At most so large the program of a pattern is, known before it is made. Repetition multiplies. */
function estimateSize(source: string, ignoresCase: boolean): number {
  const isFolded = ignoresCase || /\(\?[a-zA-Z]*i/.test(source);
  const outer: { size: number; last: number }[] = [];
  let size = 0;
  let last = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === '(') {
      outer.push({ size, last });
      size = 0;
      last = 0;
    } else if (character === ')') {
      last = size + 2;
      size = (outer.pop()?.size ?? 0) + last;
    } else if (character === '{') {
      const times = /^\{(\d{1,4})?(?:(,)(\d{1,4})?)?\}/.exec(source.slice(at, at + 12));
      const most = times === null ? 1 : Math.max(Number(times[1] ?? 0), Number(times[3] ?? 0), 1) * 2;
      size += last * (most - 1);
      last *= most;
    } else if (!'*+?'.includes(character as string)) {
      const isClass = character === '[' || character === '\\';
      if (character === '\\') at += 1;
      if (character === '[') at = Math.max(at, source.indexOf(']', at + 2));
      last = isClass && isFolded ? FOLDED_CLASS_SIZE : 1;
      size += last;
    }
  }
  return outer.reduce((sum, level) => sum + level.size, size);
}
