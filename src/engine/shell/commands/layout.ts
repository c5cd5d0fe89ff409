// Commands that give lines another form: fold, nl, expand, unexpand, seq, split, shuf. Upstream: POSIX, GNU coreutils, BusyBox 1.36. Rule: K924.

import { spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { sizeOfText } from './disk.ts';
import { filterLines, joinLines, linesOf, parseOptions, readAll } from './input-text.ts';

const fold = filterLines('w', (lines, options) => {
  const width = Math.max(1, Number(options.get('w') ?? 80) || 80);
  return lines.flatMap((line) => foldLine(line, width, options.has('s')));
});

function foldLine(line: string, width: number, atBlanks: boolean): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const blank = atBlanks ? rest.slice(0, width).lastIndexOf(' ') + 1 : 0;
    const length = blank > 0 ? blank : width;
    parts.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...parts, rest];
}

const nl = filterLines('bwsvi', (lines, options) => {
  const width = Number(options.get('w') ?? 6);
  const separator = options.get('s') ?? '\t';
  let number = Number(options.get('v') ?? 1);
  return lines.map((line) => {
    if (line === '' && !(options.get('b') ?? 't').startsWith('a')) return ' '.repeat(width + separator.length);
    const shown = `${String(number).padStart(width)}${separator}${line}`;
    number += Number(options.get('i') ?? 1);
    return shown;
  });
});

const expand = filterLines('t', (lines, options) => {
  const stop = Number(options.get('t') ?? 8);
  return lines.map((line) => {
    let shown = '';
    for (const letter of line) shown += letter === '\t' ? ' '.repeat(stop - (shown.length % stop)) : letter;
    return shown;
  });
});

const unexpand = filterLines('t', (lines, options) => {
  const stop = Number(options.get('t') ?? 8);
  return lines.map((line) => {
    const blanks = /^ */.exec(line)?.[0].length ?? 0;
    return '\t'.repeat(Math.floor(blanks / stop)) + line.slice(Math.floor(blanks / stop) * stop);
  });
});

/** Numbers that `seq` writes at a time, and those that take as long as an instruction. */
const SEQ_BATCH = 1_000;
const NUMBERS_PER_WORK = 20;

/** Writes a batch a step; its reader or its work bounds it. */
const seq: ShellCommand = ({ args, out, memory, state, process }) => {
  const { options, operands } = parseOptions(
    args.map((argument) => (/^-[\d.]/.test(argument) ? ` ${argument}` : argument)),
    'sf',
  );
  const texts = operands.map((operand) => operand.trim());
  const numbers = texts.map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (first === undefined || step === undefined || last === undefined || step === 0 || numbers.some(Number.isNaN)) return 1;
  const digits = Math.max(...texts.slice(0, -1).map(decimals), 0);
  const scale = 10 ** digits;
  const [from, by] = [Math.round(first * scale), Math.round(step * scale)];
  const at = (index: number): number => (from + index * by) / scale;
  const width = options.has('w') ? Math.max(at(0).toFixed(digits).length, last.toFixed(digits).length) : 0;
  const shown = (value: number): string => shownNumber(value, digits, width, options.get('f'));
  const isThere = (index: number): boolean => (step > 0 ? at(index) <= last : at(index) >= last);
  const done = typeof memory['done'] === 'number' ? memory['done'] : 0;
  const items: string[] = [];
  for (let index = done; isThere(index) && index < done + SEQ_BATCH; index += 1) items.push(shown(at(index)));
  const separator = options.get('s') ?? '\n';
  const isWhole = !isThere(done + SEQ_BATCH);
  if (items.length > 0) out(`${done > 0 ? separator : ''}${items.join(separator)}${isWhole ? '\n' : ''}`);
  if (isWhole) return 0;
  memory['done'] = done + SEQ_BATCH;
  spend(state.budget, SEQ_BATCH / NUMBERS_PER_WORK);
  if (process.exitCode === null) process.wait = { for: 'output', fd: 1 };
  return null;
};

const decimals = (text: string): number => text.split('.')[1]?.length ?? 0;

function shownNumber(value: number, digits: number, width: number, format: string | undefined): string {
  const plain = value.toFixed(digits);
  if (format === undefined) return plain.startsWith('-') ? `-${plain.slice(1).padStart(width - 1, '0')}` : plain.padStart(width, '0');
  return format.replace(/%(0?)(\d*)(?:\.(\d+))?[gfe]/, (_whole, zero: string, size: string, precision?: string) => {
    const text = precision === undefined ? plain : value.toFixed(Number(precision));
    return text.padStart(Number(size), zero === '0' ? '0' : ' ');
  });
}

/** Pieces of a file in files of their own: `xaa`, `xab`. */
const split: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'lba');
  const input = readAll(context, operands.slice(0, 1));
  if (input === null) return null;
  if (input.failed) return 1;
  const prefix = operands[1] ?? 'x';
  const pieces: string[] = [];
  if (options.has('b')) {
    const size = Math.max(1, sizeOfText(options.get('b') ?? '') || 1);
    for (let at = 0; at < input.text.length; at += size) pieces.push(input.text.slice(at, at + size));
  } else {
    const count = Math.max(1, Number(options.get('l') ?? 1000) || 1000);
    const lines = linesOf(input.text);
    for (let at = 0; at < lines.length; at += count) pieces.push(joinLines(lines.slice(at, at + count)));
  }
  const isNumbered = options.has('d');
  const width = Number(options.get('a') ?? 2);
  const suffix = (index: number): string => (isNumbered ? String(index).padStart(width, '0') : lettersFor(index, width));
  for (const [index, piece] of pieces.entries()) context.host.files.write(context.path(`${prefix}${suffix(index)}`), piece, false);
  return 0;
};

function lettersFor(index: number, width: number): string {
  let text = '';
  for (let place = 0, rest = index; place < width; place += 1, rest = Math.floor(rest / 26))
    text = String.fromCharCode(97 + (rest % 26)) + text;
  return text;
}

const shuffle: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'nio');
  const items = shuffled(context, options, operands);
  if (items === null) return null;
  const { host } = context;
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = host.random(index + 1);
    [items[index], items[other]] = [items[other] as string, items[index] as string];
  }
  context.out(joinLines(items.slice(0, Number(options.get('n') ?? items.length))));
  return 0;
};

/** Items of `shuf` at most. */
const ITEMS_MAX = 100_000;

function shuffled(context: CommandContext, options: ReadonlyMap<string, string>, operands: readonly string[]): string[] | null {
  if (options.has('e')) return [...operands];
  const range = /^(\d+)-(\d+)$/.exec(options.get('i') ?? '');
  if (range === null) {
    const input = readAll(context, operands);
    return input === null ? null : linesOf(input.text);
  }
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: Math.min(ITEMS_MAX, Math.max(0, last - first + 1)) }, (_, index) => String(first + index));
}

export const LAYOUT_COMMANDS: Readonly<Record<string, ShellCommand>> = { fold, nl, expand, unexpand, seq, split, shuf: shuffle };
