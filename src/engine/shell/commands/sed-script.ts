// Scripts of `sed` as commands. Upstream: POSIX, GNU sed 4.9, BusyBox 1.36 editors/sed.c.

import { compileSearch, type Search } from './search.ts';

/** `5`, `$`, `/x/`, `1~2`; as a second address also `+3` and `~4`. */
export type Address =
  | { readonly is: 'line'; readonly line: number }
  | { readonly is: 'last' }
  | { readonly is: 'match'; readonly search: Search }
  | { readonly is: 'step'; readonly first: number; readonly step: number }
  | { readonly is: 'more' | 'multiple'; readonly count: number };

export interface Substitution {
  readonly search: Search;
  readonly replacement: string;
  readonly isGlobal: boolean;
  readonly prints: boolean;
  /** The match that is replaced first; 1 where nothing is said. */
  readonly number: number;
  readonly file: string | undefined;
}

export interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly isInverted: boolean;
  /** A letter of sed; `{` jumps to `target` where it is not addressed. */
  readonly action: string;
  /** Text of a, i, c; label of b, t, T; file of r, w; both sets of y. */
  readonly text: string;
  readonly second: string;
  readonly substitution: Substitution | undefined;
  /** Where `{` ends, and where a label is. */
  target: number;
}

export type ParsedScript = { readonly ok: true; readonly commands: readonly SedCommand[] } | { readonly ok: false; readonly error: string };

const SCRIPT_COMMANDS_MAX = 1_000;

class ScriptError extends Error {}

/** Reads a script; the error is what GNU's sed says. */
export function parseSed(script: string, isExtended: boolean): ParsedScript {
  const reader = new ScriptReader(script, isExtended);
  try {
    return { ok: true, commands: reader.read() };
  } catch (error) {
    if (error instanceof ScriptError) return { ok: false, error: error.message };
    throw error;
  }
}

class ScriptReader {
  private at = 0;
  private readonly commands: SedCommand[] = [];
  private readonly open: number[] = [];
  private readonly script: string;
  private readonly isExtended: boolean;
  private lastPattern: string | undefined;

  constructor(script: string, isExtended: boolean) {
    this.script = script;
    this.isExtended = isExtended;
  }

  read(): readonly SedCommand[] {
    for (;;) {
      this.skip(/[\s;]/);
      if (this.at >= this.script.length) break;
      if (this.peek() === '#') this.skip(/[^\n]/);
      else this.command();
      if (this.commands.length > SCRIPT_COMMANDS_MAX) this.fail('script is too long');
    }
    if (this.open.length > 0) this.fail("unmatched `{'", 0);
    this.link();
    return this.commands;
  }

  private link(): void {
    const labels = new Map(this.commands.flatMap(({ action, text }, index) => (action === ':' ? [[text, index] as const] : [])));
    for (const command of this.commands) {
      if (!'btT'.includes(command.action)) continue;
      const target = command.text === '' ? this.commands.length : labels.get(command.text);
      if (target === undefined) throw new ScriptError(`can't find label for jump to \`${command.text}'`);
      command.target = target;
    }
  }

  private peek(): string {
    return this.script[this.at] ?? '';
  }

  private take(): string {
    const letter = this.peek();
    this.at += 1;
    return letter;
  }

  private skip(pattern: RegExp): void {
    while (this.at < this.script.length && pattern.test(this.peek())) this.at += 1;
  }

  private fail(text: string, at = this.at): never {
    throw new ScriptError(`-e expression #1, char ${at}: ${text}`);
  }

  private command(): void {
    const from = this.address();
    this.skip(/\s/);
    let to: Address | undefined;
    if (from !== undefined && this.peek() === ',') {
      this.at += 1;
      this.skip(/\s/);
      to = this.secondAddress();
      if (to === undefined) this.fail("unexpected `,'");
    }
    this.skip(/\s/);
    const isInverted = this.peek() === '!';
    if (isInverted) this.skip(/[!\s]/);
    const action = this.take();
    if (action === '') this.fail('missing command', this.at - 1);
    const add = (parts: Partial<Pick<SedCommand, 'text' | 'second' | 'substitution'>> = {}): void => {
      this.commands.push({ from, to, isInverted, action, text: '', second: '', substitution: undefined, target: 0, ...parts });
    };
    switch (action) {
      case '{':
        this.open.push(this.commands.length);
        add();
        return;
      case '}': {
        const begin = this.open.pop();
        if (begin === undefined) this.fail("unexpected `}'");
        (this.commands[begin] as SedCommand).target = this.commands.length;
        return this.end();
      }
      case 's':
        add({ substitution: this.substitution() });
        return this.end();
      case 'y': {
        const [text = '', second = ''] = this.delimited(2, 'y');
        add({ text: letters(text), second: letters(second) });
        return this.end();
      }
      case 'a':
      case 'i':
      case 'c':
        return add({ text: this.inserted() });
      case ':':
      case 'b':
      case 't':
      case 'T':
        return add({ text: this.word(action === ':' ? /[\n;]/ : /[\n;}]/) });
      case 'r':
      case 'w':
        return add({ text: this.word(/\n/) });
      case 'q':
      case 'Q':
        add({ text: this.word(/[\n;}]/) });
        return;
      default:
        if (!'=dDgGhHlnNpPxzF'.includes(action)) this.fail(`unknown command: \`${action}'`);
        add();
        return this.end();
    }
  }

  /** Behind a command stand a semicolon, the end of the line or of the block. */
  private end(): void {
    this.skip(/[^\S\n]/);
    const next = this.peek();
    if (next === '' || next === ';' || next === '\n' || next === '}' || next === '#') return;
    this.at += 1;
    this.fail('extra characters after command');
  }

  private word(stop: RegExp): string {
    this.skip(/[^\S\n]/);
    const begin = this.at;
    while (this.at < this.script.length && !stop.test(this.peek())) this.at += 1;
    return this.script.slice(begin, this.at).trim();
  }

  private address(): Address | undefined {
    const number = /^\d+/.exec(this.script.slice(this.at, this.at + 12))?.[0];
    if (number !== undefined) {
      this.at += number.length;
      const step = /^~(\d+)/.exec(this.script.slice(this.at, this.at + 12));
      if (step === null) return { is: 'line', line: Number(number) };
      this.at += step[0].length;
      return { is: 'step', first: Number(number), step: Number(step[1]) };
    }
    const letter = this.peek();
    if (letter === '$') {
      this.at += 1;
      return { is: 'last' };
    }
    if (letter !== '/' && letter !== '\\') return undefined;
    if (letter === '\\') this.at += 1;
    const [pattern = ''] = this.delimited(1, '');
    const flags = /^[IM]*/.exec(this.script.slice(this.at, this.at + 4))?.[0] ?? '';
    this.at += flags.length;
    return { is: 'match', search: this.search(pattern, flags) };
  }

  private secondAddress(): Address | undefined {
    const relative = /^([+~])(\d+)/.exec(this.script.slice(this.at, this.at + 12));
    if (relative === null) return this.address();
    this.at += relative[0].length;
    return { is: relative[1] === '+' ? 'more' : 'multiple', count: Number(relative[2]) };
  }

  /** Parts between delimiters: the letter that stands here. The delimiter itself may be written behind a backslash. */
  private delimited(count: number, command: string): readonly string[] {
    const delimiter = this.take();
    const parts: string[] = [''];
    let isInBracket = false;
    while (this.at < this.script.length) {
      const letter = this.take();
      const last = parts.length - 1;
      if (letter === '\\' && this.at < this.script.length) {
        const next = this.take();
        parts[last] += next === delimiter && delimiter !== '&' ? delimiter : `\\${next}`;
      } else if (letter === delimiter && !isInBracket) {
        if (parts.length === count) return parts;
        parts.push('');
      } else {
        // Between brackets a delimiter means itself, where brackets are those of a pattern.
        if (last === 0 && command !== 'y') {
          if (letter === '[' && !isInBracket && this.script.indexOf(']', this.at + 1) > 0) isInBracket = this.closes(delimiter);
          else if (letter === ']') isInBracket = false;
        }
        parts[last] += letter;
      }
    }
    if (command === 's') this.fail("unterminated `s' command");
    return this.fail(command === 'y' ? "unterminated `y' command" : 'unterminated address regex');
  }

  /** Whether a bracket is closed before its delimiter: GNU's sed lets it hide one, so only then. */
  private closes(delimiter: string): boolean {
    const end = this.script.indexOf(']', this.at + 1);
    return end > 0 && this.script.slice(this.at, end).includes(delimiter) && !this.script.slice(this.at, end).includes('\n');
  }

  private search(pattern: string, flags: string): Search {
    const source = pattern === '' ? (this.lastPattern ?? '') : pattern;
    if (pattern === '' && this.lastPattern === undefined) this.fail('no previous regular expression');
    this.lastPattern = source;
    const compiled = compileSearch(source, {
      syntax: this.isExtended ? 'extended' : 'basic',
      ignoresCase: /i/i.test(flags),
      hasEscapes: true,
    });
    return compiled.ok ? compiled.search : this.fail(compiled.error);
  }

  private substitution(): Substitution {
    const [pattern = '', replacement = ''] = this.delimited(2, 's');
    const match = /^[gpiIMe0-9]*/.exec(this.script.slice(this.at, this.at + 12))?.[0] ?? '';
    this.at += match.length;
    const file = this.peek() === 'w' ? this.fileName() : undefined;
    const next = this.peek();
    if (!/^(?:|[\s;}#])$/.test(next)) {
      this.at += 1;
      this.fail("unknown option to `s'");
    }
    const number = /\d+/.exec(match)?.[0];
    return {
      search: this.search(pattern, match),
      replacement,
      isGlobal: match.includes('g'),
      prints: match.includes('p'),
      number: number === undefined ? 1 : Number(number),
      file,
    };
  }

  private fileName(): string {
    this.at += 1;
    return this.word(/\n/);
  }

  /** `a\` and lines that end with a backslash but for the last, or `a text`. */
  private inserted(): string {
    this.skip(/[^\S\n]/);
    if (this.peek() === '\\') {
      this.at += 1;
      const begin = this.at;
      this.skip(/[^\S\n]/);
      if (this.peek() === '\n') this.at += 1;
      else this.at = begin;
    }
    let text = '';
    while (this.at < this.script.length) {
      const letter = this.take();
      if (letter === '\n') break;
      if (letter === '\\' && this.at < this.script.length) text += this.take();
      else text += letter;
    }
    if (text === '' && this.at >= this.script.length) this.fail("expected \\ after `a', `c' or `i'");
    return text;
  }
}

function letters(text: string): string {
  return text.replace(/\\([\\nt])/g, (_whole, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\'));
}
