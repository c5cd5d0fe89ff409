// `sed`: scripts over lines, a share of the work at a time. Upstream: POSIX, GNU sed 4.9, BusyBox 1.36 editors/sed.c. Rule: K924.
// Omits: commands that run programs, `l`'s line breaks.

import { MATCH_WORK_PER_STEP } from '../../kernel/limits.ts';
import type { Span } from '../../apimachinery/pattern.ts';
import type { Address, SedCommand, Substitution } from './sed-script.ts';
import { textOf } from './search.ts';

/** How far a script has come. All of it is plain data, so that it can go on later. */
export interface SedProgress {
  /** The next line. */
  at: number;
  readonly output: string[];
  /** Its exit code, once it has quit. */
  quits: number | null;
  hold: string;
  /** Ranges that are open, by command: the line with which they end, or -1 where a pattern says it. */
  readonly ranges: Record<string, number>;
  /** Lines for files, by path. */
  readonly files: Record<string, string>;
}

export function newProgress(): SedProgress {
  return { at: 0, output: [], quits: null, hold: '', ranges: {}, files: {} };
}

/** What a script runs on. */
export interface SedInput {
  readonly commands: readonly SedCommand[];
  readonly lines: readonly string[];
  readonly isQuiet: boolean;
  /** The text of a file that `r` names. */
  readFile(path: string): string | undefined;
}

/** Jumps of one line, so that a loop ends. */
const JUMPS_MAX = 10_000;

/** Runs a script from where it stands, until it has done its share of work. */
export function runSed(input: SedInput, progress: SedProgress): void {
  while (progress.at < input.lines.length && progress.quits === null && sedWork(input.commands) < MATCH_WORK_PER_STEP)
    new Cycle(input, progress).run();
}

/** Characters times instructions that the patterns of a script have cost. */
export function sedWork(commands: readonly SedCommand[]): number {
  return searchesOf(commands).reduce((sum, { work }) => sum + work, 0);
}

/** True when a pattern of the script was given up. */
export function isSedExhausted(commands: readonly SedCommand[]): boolean {
  return searchesOf(commands).some(({ isExhausted }) => isExhausted);
}

function searchesOf(commands: readonly SedCommand[]): readonly { readonly work: number; readonly isExhausted: boolean }[] {
  return commands.flatMap(({ from, to, substitution }) =>
    [from, to]
      .flatMap((address) => (address?.is === 'match' ? [address.search] : []))
      .concat(substitution === undefined ? [] : [substitution.search]),
  );
}

/** One line, and what a script does with it. */
class Cycle {
  private text = '';
  private readonly behind: string[] = [];
  private isDeleted = false;
  private hasReplaced = false;
  private jumps = 0;
  private readonly input: SedInput;
  private readonly progress: SedProgress;

  constructor(input: SedInput, progress: SedProgress) {
    this.input = input;
    this.progress = progress;
  }

  run(): void {
    const { commands, isQuiet } = this.input;
    this.text = this.input.lines[this.progress.at] as string;
    this.progress.at += 1;
    for (let at = 0; at < commands.length && this.progress.quits === null && !this.isDeleted; )
      at = this.execute(commands[at] as SedCommand, at);
    if (!this.isDeleted && !isQuiet) this.progress.output.push(this.text);
    this.progress.output.push(...this.behind);
  }

  /** Carries a command out, and says which is next. */
  private execute(command: SedCommand, at: number): number {
    if (this.isAddressed(command, at) === command.isInverted) return command.action === '{' ? command.target : at + 1;
    const { progress } = this;
    const { text } = command;
    switch (command.action) {
      case 's':
        this.substitute(command.substitution as Substitution);
        return at + 1;
      case 'd':
        this.isDeleted = true;
        return at + 1;
      case 'D':
        return this.deleteFirst();
      case 'p':
        progress.output.push(this.text);
        return at + 1;
      case 'P':
        progress.output.push(this.text.split('\n')[0] ?? '');
        return at + 1;
      case 'n':
      case 'N':
        return this.readNext(command.action) ? at + 1 : this.input.commands.length;
      case 'q':
      case 'Q':
        progress.quits = Number(text === '' ? 0 : text);
        if (command.action === 'Q') this.isDeleted = true;
        return at + 1;
      case 'a':
        this.behind.push(text);
        return at + 1;
      case 'i':
        progress.output.push(text);
        return at + 1;
      case 'c':
        this.change(command, at);
        return at + 1;
      case 'b':
        return this.jump(command.target);
      case 't':
      case 'T': {
        const isTaken = this.hasReplaced === (command.action === 't');
        this.hasReplaced = false;
        return isTaken ? this.jump(command.target) : at + 1;
      }
      default:
        this.executeSimple(command);
        return at + 1;
    }
  }

  private executeSimple({ action, text, second }: SedCommand): void {
    const { progress } = this;
    switch (action) {
      case 'g':
        this.text = progress.hold;
        return;
      case 'G':
        this.text += `\n${progress.hold}`;
        return;
      case 'h':
        progress.hold = this.text;
        return;
      case 'H':
        progress.hold += `\n${this.text}`;
        return;
      case 'x':
        [this.text, progress.hold] = [progress.hold, this.text];
        return;
      case 'z':
        this.text = '';
        return;
      case '=':
        progress.output.push(String(progress.at));
        return;
      case 'F':
        progress.output.push('-');
        return;
      case 'l':
        progress.output.push(`${this.text.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$`);
        return;
      case 'y': {
        const [from, to] = [[...text], [...second]];
        this.text = [...this.text].map((letter) => to[from.indexOf(letter)] ?? letter).join('');
        return;
      }
      case 'r': {
        const content = this.input.readFile(text);
        if (content !== undefined && content !== '') this.behind.push(content.replace(/\n$/, ''));
        return;
      }
      case 'w':
        this.note(text, this.text);
        return;
      default:
    }
  }

  private note(path: string, text: string): void {
    if (path === '/dev/stdout') this.progress.output.push(text);
    else this.progress.files[path] = `${this.progress.files[path] ?? ''}${text}\n`;
  }

  private jump(target: number): number {
    this.jumps += 1;
    if (this.jumps <= JUMPS_MAX) return target;
    this.progress.quits = 4;
    return this.input.commands.length;
  }

  /** Without a next line the script ends, and prints what it has. */
  private readNext(action: 'n' | 'N'): boolean {
    const { progress, input } = this;
    const next = input.lines[progress.at];
    if (next === undefined) return false;
    progress.at += 1;
    if (action === 'N') this.text += `\n${next}`;
    else {
      if (!input.isQuiet) progress.output.push(this.text);
      progress.output.push(...this.behind.splice(0));
      this.text = next;
    }
    return true;
  }

  /** The first line goes, and the script begins again with the rest. */
  private deleteFirst(): number {
    const end = this.text.indexOf('\n');
    if (end < 0) {
      this.isDeleted = true;
      return this.input.commands.length;
    }
    this.text = this.text.slice(end + 1);
    return this.jump(0);
  }

  /** Of a range the text is printed once, at its end. */
  private change({ to, isInverted, text }: SedCommand, at: number): void {
    if (to === undefined || isInverted || this.progress.ranges[at] === undefined) this.progress.output.push(text);
    this.isDeleted = true;
  }

  private isAddressed({ from, to }: SedCommand, at: number): boolean {
    const { ranges, at: line } = this.progress;
    if (from === undefined) return true;
    if (to === undefined) return this.matches(from);
    const end = ranges[at];
    if (end === undefined) {
      // `0,/x/` may end with the first line.
      const isFromBegin = from.is === 'line' && from.line === 0 && line === 1;
      if (!isFromBegin && !this.matches(from)) return false;
      const last = this.endOf(to);
      if (isFromBegin && this.matches(to)) return true;
      if (last === -1 || last > line) ranges[at] = last;
      return true;
    }
    const isOver = end === -1 ? this.matches(to) : line >= end;
    if (isOver) delete ranges[at];
    return end === -1 || line <= end;
  }

  /** The line with which a range ends that begins here; -1 where a pattern will say it. */
  private endOf(to: Address): number {
    const { at } = this.progress;
    switch (to.is) {
      case 'line':
        return to.line;
      case 'last':
        return this.input.lines.length;
      case 'more':
        return at + to.count;
      case 'multiple':
        return to.count === 0 ? at : Math.ceil(at / to.count) * to.count;
      default:
        return -1;
    }
  }

  private matches(address: Address): boolean {
    const { at } = this.progress;
    switch (address.is) {
      case 'line':
        return at === address.line;
      case 'last':
        return at === this.input.lines.length;
      case 'match':
        return address.search.find(this.text, 0) !== undefined;
      case 'step':
        return address.step === 0 ? at === address.first : at >= address.first && (at - address.first) % address.step === 0;
      default:
        return false;
    }
  }

  private substitute({ search, replacement, isGlobal, prints, number, file }: Substitution): void {
    const { text } = this;
    const pieces: string[] = [];
    let done = 0;
    let count = 0;
    for (let from = 0; from <= text.length; ) {
      const match = search.find(text, from);
      if (match === undefined) break;
      const { begin, end } = match[0] as Span;
      // Nothing is matched right behind a match.
      if (end > begin || begin > done || count === 0) {
        count += 1;
        if (count >= number) {
          pieces.push(text.slice(done, begin), expandReplacement(replacement, text, match));
          done = end;
          if (!isGlobal) break;
        }
      }
      from = end > begin ? end : end + 1;
    }
    if (pieces.length === 0) return;
    this.text = [...pieces, text.slice(done)].join('');
    this.hasReplaced = true;
    if (prints) this.progress.output.push(this.text);
    if (file !== undefined) this.note(file, this.text);
  }
}

/** `&`, groups, and GNU's changes of case. */
function expandReplacement(replacement: string, text: string, match: readonly (Span | undefined)[]): string {
  let shape: 'U' | 'L' | '' = '';
  let next: 'u' | 'l' | '' = '';
  const shaped = (part: string): string => {
    const whole = shape === 'U' ? part.toUpperCase() : shape === 'L' ? part.toLowerCase() : part;
    if (next === '' || whole === '') return whole;
    const first = next === 'u' ? whole.charAt(0).toUpperCase() : whole.charAt(0).toLowerCase();
    next = '';
    return first + whole.slice(1);
  };
  return replacement.replace(/\\([\s\S])|&|[^\\&]+/g, (token, escaped: string | undefined) => {
    if (escaped === undefined) return shaped(token === '&' ? textOf(text, match[0]) : token);
    if (escaped === 'n') return '\n';
    if (escaped === 't') return '\t';
    if (escaped === 'r') return '\r';
    if (/[0-9]/.test(escaped)) return shaped(textOf(text, match[Number(escaped)]));
    if (escaped === 'U' || escaped === 'L') shape = escaped;
    else if (escaped === 'E') shape = '';
    else if (escaped === 'u' || escaped === 'l') next = escaped;
    else return shaped(escaped);
    return '';
  });
}
