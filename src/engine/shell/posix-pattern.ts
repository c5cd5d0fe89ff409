// Regular expressions as POSIX has them, basic and extended, with the additions of GNU (`\|`, `\+`, `\w`, `\<`): for grep, sed, expr and `[[ =~ ]]`.
// They are translated into RE2's syntax and matched in linear time, the longest match first; only one that refers back to a group cannot be, and is
// tried by backtracking with a budget. Upstream of the behaviour and of the errors: POSIX 9, regcomp(3) of glibc.
// Deviation: `\<` and `\>` are any edge of a word; a repetition stops at 1 000.

import { compilePattern, type Span } from '../apimachinery/pattern.ts';
import { compileBacktracking } from './back-references.ts';

export interface PosixPattern {
  /** What one character of a text can cost. */
  readonly size: number;
  /** The first match at or behind a position: the whole, then its groups; `exhausted` when it took more work than there is. */
  find(text: string, from: number): readonly (Span | undefined)[] | undefined | 'exhausted';
}

export type CompiledPosix = { readonly ok: true; readonly pattern: PosixPattern } | { readonly ok: false; readonly error: string };

export interface PosixOptions {
  readonly isExtended: boolean;
  readonly ignoresCase?: boolean;
  /** `\n` and `\t` are a line feed and a tab, as in sed. */
  readonly hasEscapes?: boolean;
}

export type PatternNode =
  | { readonly is: 'one'; readonly source: string }
  | { readonly is: 'place'; readonly source: string }
  | { readonly is: 'group'; readonly index: number; readonly node: PatternNode }
  | { readonly is: 'sequence' | 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly is: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number }
  | { readonly is: 'back'; readonly index: number };

/** Groups inside groups. */
const DEPTH_MAX = 100;
/** Times of a repetition, as RE2 has it. */
const TIMES_MAX = 1_000;

/** Compiles a POSIX regular expression. */
export function compilePosix(source: string, options: PosixOptions): CompiledPosix {
  const parser = new Parser(source, options);
  const node = parser.choice(0);
  if (parser.error !== null) return { ok: false, error: parser.error };
  if (parser.refersBack) return compileBacktracking(node, parser.groupCount, options.ignoresCase === true);
  const compiled = compilePattern(sourceOf(node), { isLongest: true, ignoresCase: options.ignoresCase === true });
  return compiled.ok ? compiled : { ok: false, error: TOO_BIG };
}

/** Matches a text for what it is. */
export function compileFixed(text: string, ignoresCase: boolean): CompiledPosix {
  const compiled = compilePattern([...text].map(escape).join(''), { isLongest: true, ignoresCase });
  return compiled.ok ? compiled : { ok: false, error: TOO_BIG };
}

export const TOO_BIG = 'Regular expression too big';

function sourceOf(node: PatternNode): string {
  switch (node.is) {
    case 'one':
    case 'place':
      return node.source;
    case 'group':
      return `(${sourceOf(node.node)})`;
    case 'sequence':
      return node.nodes.map(sourceOf).join('');
    case 'choice':
      return `(?:${node.nodes.map(sourceOf).join('|')})`;
    case 'repeat':
      return `(?:${sourceOf(node.node)})${timesOf(node)}`;
    case 'back':
      return '';
  }
}

function timesOf({ min, max }: { readonly min: number; readonly max: number }): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`;
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(character) ? `\\${character}` : character;
}

const ONE: Readonly<Record<string, string>> = { w: '[0-9A-Za-z_]', W: '[^0-9A-Za-z_]', s: '[[:space:]]', S: '[^[:space:]]' };
const PLACES: Readonly<Record<string, string>> = { b: '\\b', B: '\\B', '<': '\\b', '>': '\\b', '`': '\\A', "'": '\\z' };
const NAMES = /^(?:alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit)$/;

class Parser {
  error: string | null = null;
  groupCount = 0;
  refersBack = false;
  private at = 0;
  private readonly closed = new Set<number>();
  private readonly source: string;
  private readonly options: PosixOptions;

  constructor(source: string, options: PosixOptions) {
    this.source = source;
    this.options = options;
  }

  choice(depth: number): PatternNode {
    const nodes = [this.sequence(depth)];
    while (this.error === null && this.takes('|')) nodes.push(this.sequence(depth));
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { is: 'choice', nodes };
  }

  private sequence(depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    while (this.error === null && this.at < this.source.length && !this.isEnd(depth)) {
      const isFirst = nodes.every((node) => node.is === 'place');
      const node = this.repeated(this.atom(depth, isFirst, nodes.length === 0), isFirst);
      nodes.push(node);
    }
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { is: 'sequence', nodes };
  }

  /** True where an alternative ends. A parenthesis that closes nothing means itself in an extended expression. */
  private isEnd(depth: number): boolean {
    return this.sees('|') || (depth > 0 && this.sees(')'));
  }

  private repeated(atom: PatternNode, isFirst: boolean): PatternNode {
    let node = atom;
    // After an anchor that begins a basic expression a star means itself; the next atom takes it.
    if (!this.options.isExtended && isFirst && atom.is === 'place') return node;
    while (this.error === null) {
      const times = this.times();
      if (times === undefined) return node;
      node = { is: 'repeat', node, ...times };
    }
    return node;
  }

  /** A repetition: `*`, `+`, `?`, `{m,n}`, or as basic expressions write them. */
  private times(): { readonly min: number; readonly max: number } | undefined {
    const max = Number.POSITIVE_INFINITY;
    if (this.source[this.at] === '*') {
      this.at += 1;
      return { min: 0, max };
    }
    if (this.takes('+')) return { min: 1, max };
    if (this.takes('?')) return { min: 0, max: 1 };
    if (!this.sees('{')) return undefined;
    const end = this.options.isExtended ? '}' : '\\}';
    const begin = this.at + (this.options.isExtended ? 1 : 2);
    const close = this.source.indexOf(end, begin);
    const match = /^(\d*)(,?)(\d*)$/.exec(close < 0 ? '' : this.source.slice(begin, Math.min(close, begin + 16)));
    if (match === null || (match[1] === '' && match[3] === '') || close < 0) {
      if (this.options.isExtended) return undefined;
      return this.fail(close < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}');
    }
    const min = Number(match[1] === '' ? 0 : match[1]);
    const most = match[2] === '' ? min : match[3] === '' ? max : Number(match[3]);
    if (min > most) return this.fail('Invalid content of \\{\\}');
    if (min > TIMES_MAX || (most > TIMES_MAX && most !== max)) return this.fail(TOO_BIG);
    this.at = close + end.length;
    return { min, max: most };
  }

  private atom(depth: number, isFirst: boolean, isBegin: boolean): PatternNode {
    const { isExtended } = this.options;
    if (this.takes('(')) return this.group(depth);
    const character = this.take();
    if (character === '.') return { is: 'one', source: '(?s:.)' };
    if (character === '[') return this.bracket();
    if (character === '\\') return this.escaped();
    if (character === '^' && (isExtended || isBegin)) return { is: 'place', source: '\\A' };
    if (character === '$' && (isExtended || this.at === this.source.length || this.isEnd(depth))) return { is: 'place', source: '\\z' };
    if (isExtended && isFirst && isBegin && '*+?'.includes(character)) this.fail('Invalid preceding regular expression');
    return { is: 'one', source: escape(character) };
  }

  private group(depth: number): PatternNode {
    this.groupCount += 1;
    const index = this.groupCount;
    if (depth >= DEPTH_MAX) this.fail(TOO_BIG);
    const node = this.error === null ? this.choice(depth + 1) : EMPTY;
    if (this.error === null && !this.takes(')')) this.fail('Unmatched ( or \\(');
    this.closed.add(index);
    return { is: 'group', index, node };
  }

  private escaped(): PatternNode {
    if (this.at >= this.source.length) {
      this.fail('Trailing backslash');
      return EMPTY;
    }
    const character = this.take();
    if (!this.options.isExtended && character === ')') this.fail('Unmatched ) or \\)');
    if (/[1-9]/.test(character)) {
      const index = Number(character);
      if (!this.closed.has(index)) this.fail('Invalid back reference');
      this.refersBack = true;
      return { is: 'back', index };
    }
    if (this.options.hasEscapes === true && character === 'n') return { is: 'one', source: '\\n' };
    if (this.options.hasEscapes === true && character === 't') return { is: 'one', source: '\\t' };
    const one = ONE[character];
    if (one !== undefined) return { is: 'one', source: one };
    const place = PLACES[character];
    return place === undefined ? { is: 'one', source: escape(character) } : { is: 'place', source: place };
  }

  /** What stands between brackets; `[` has been taken. */
  private bracket(): PatternNode {
    let source = '[';
    if (this.source[this.at] === '^') {
      source += '^';
      this.at += 1;
    }
    for (let isFirst = true; ; isFirst = false) {
      if (this.at >= this.source.length) return this.unclosed();
      if (this.source[this.at] === ']' && !isFirst) break;
      const name = this.source[this.at] === '[' && this.source[this.at + 1] === ':' ? this.named(':') : undefined;
      if (name !== undefined) {
        if (!NAMES.test(name)) this.fail('Invalid character class name');
        source += `[:${name}:]`;
        continue;
      }
      const first = this.bracketCharacter();
      const isRange = this.source[this.at] === '-' && this.at + 1 < this.source.length && this.source[this.at + 1] !== ']';
      if (isRange) this.at += 1;
      const last = isRange ? this.bracketCharacter() : first;
      if ((first.codePointAt(0) ?? 0) > (last.codePointAt(0) ?? 0)) this.fail('Invalid range end');
      source += isRange ? `${inBracket(first)}-${inBracket(last)}` : inBracket(first);
    }
    this.at += 1;
    return { is: 'one', source: `${source}]` };
  }

  private bracketCharacter(): string {
    const next = this.source[this.at + 1];
    if (this.source[this.at] === '[' && (next === '.' || next === '=')) return this.named(next) ?? '[';
    const character = this.take();
    if (this.options.hasEscapes !== true || character !== '\\') return character;
    const escaped = this.source[this.at];
    if (escaped !== 'n' && escaped !== 't') return character;
    this.at += 1;
    return escaped === 'n' ? '\n' : '\t';
  }

  /** `[:name:]`, `[.x.]`, `[=x=]` inside brackets. */
  private named(mark: string): string | undefined {
    const end = this.source.indexOf(`${mark}]`, this.at + 2);
    if (end < 0 || end - this.at > 16) return void this.unclosed();
    const name = this.source.slice(this.at + 2, end);
    this.at = end + 2;
    return name;
  }

  private unclosed(): PatternNode {
    this.fail('Unmatched [, [^, [:, [., or [=');
    this.at = this.source.length;
    return EMPTY;
  }

  /** An operator is written with a backslash in a basic expression and without one in an extended expression. */
  private sees(operator: string): boolean {
    return this.source.startsWith(this.options.isExtended ? operator : `\\${operator}`, this.at);
  }

  private takes(operator: string): boolean {
    if (!this.sees(operator)) return false;
    this.at += this.options.isExtended ? 1 : 2;
    return true;
  }

  private take(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0);
    this.at += character.length;
    return character;
  }

  private fail(error: string): undefined {
    this.error ??= error;
    return undefined;
  }
}

const EMPTY: PatternNode = { is: 'sequence', nodes: [] };

function inBracket(character: string): string {
  return /[\\\]^[&|~-]/.test(character) ? `\\${character}` : character;
}
