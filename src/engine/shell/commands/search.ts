// Searching with the regular expressions of grep, sed, expr and `[[ =~ ]]`.

import { compilePattern, type Span } from '../../apimachinery/pattern.ts';
import { MATCH_WORK_MAX } from '../../kernel/limits.ts';
import { compileFixed, compilePosix, type CompiledPosix, type PosixPattern } from '../posix-pattern.ts';

export interface SearchOptions {
  readonly syntax: 'fixed' | 'basic' | 'extended' | 'perl';
  readonly ignoresCase?: boolean;
  readonly hasEscapes?: boolean;
}

/** A pattern in use, with what its matches have cost. */
export interface Search {
  /** The first match at or behind a position: the whole, then its groups. */
  find(text: string, from: number): readonly (Span | undefined)[] | undefined;
  /** Characters times instructions. */
  readonly work: number;
  /** A match was given up, as it would have cost too much. */
  readonly isExhausted: boolean;
}

/** Compiles a pattern, or says why it is none. */
export function compileSearch(
  source: string,
  options: SearchOptions,
): { readonly ok: true; readonly search: Search } | { readonly ok: false; readonly error: string } {
  const compiled = compile(source, options);
  return compiled.ok
    ? { ok: true, search: new CountedSearch(compiled.pattern, options.syntax !== 'fixed' && /[*+]|,\\?\}/.test(source)) }
    : compiled;
}

function compile(source: string, { syntax, ignoresCase = false, hasEscapes = false }: SearchOptions): CompiledPosix {
  if (syntax === 'fixed') return compileFixed(source, ignoresCase);
  if (syntax === 'perl') return compilePattern(source, { ignoresCase });
  return compilePosix(source, { isExtended: syntax === 'extended', ignoresCase, hasEscapes });
}

class CountedSearch implements Search {
  work = 0;
  isExhausted = false;
  private readonly pattern: PosixPattern;
  /** To know how long a match is the matcher can have to read on to the end of the text. */
  private readonly isEndless: boolean;

  constructor(pattern: PosixPattern, isEndless: boolean) {
    this.pattern = pattern;
    this.isEndless = isEndless;
  }

  find(text: string, from: number): readonly (Span | undefined)[] | undefined {
    const { size } = this.pattern;
    const most = (text.length - from + 1) * size;
    const match = most > MATCH_WORK_MAX || this.work > MATCH_WORK_MAX ? 'exhausted' : this.pattern.find(text, from);
    if (match === 'exhausted') {
      this.isExhausted = true;
      return undefined;
    }
    const end = match?.[0]?.end;
    this.work += end === undefined || this.isEndless ? most : Math.min(most, (end - from + size) * size);
    return match;
  }
}

/** The text of a span; empty for a group that took no part. */
export function textOf(text: string, span: Span | undefined): string {
  return span === undefined ? '' : text.slice(span.begin, span.end);
}
