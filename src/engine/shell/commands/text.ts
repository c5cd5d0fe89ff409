// Commands that read and write text: echo, printf, cat, head, tail, wc, seq, sort, cut, tr and others, with the options that manifests use.

import type { CommandContext, ShellCommand } from '../command.ts';
import { matchesPattern } from '../glob.ts';
import { byteLength, bytesToText, textToBytes } from '../bytes.ts';
import { writeVariable } from '../arrays.ts';
import { allocate, spend } from '../budget.ts';
import { unescapeText } from './escapes.ts';
import { formatPrintf } from './format.ts';
import { FILE_LENGTH_MAX } from '../../kernel/limits.ts';
import { endlessText } from '../devices.ts';
import { sizeOfText } from './disk.ts';
import { filterLines, joinLines, linesOf, parseOptions, readAll, readFiles } from './input-text.ts';
import { comm, cut, paste, sort, uniq } from './sorting.ts';

const echo: ShellCommand = ({ args, out, host, process }) => {
  let words = args;
  let newline = true;
  let escapes = host.flavor === 'dash' && process.isBash !== true;
  while (words.length > 0 && /^-[neE]+$/.test(words[0] as string)) {
    if ((words[0] as string).includes('n')) newline = false;
    if ((words[0] as string).includes('e')) escapes = true;
    words = words.slice(1);
  }
  const text = words.join(' ');
  out((escapes ? unescapeText(text) : text) + (newline ? '\n' : ''));
  return 0;
};

/** Streams its input: what a producer writes now is shown now. With options that change lines it waits for all of them. */
const cat: ShellCommand = (context) => {
  const { operands, options } = parseOptions(context.args, '');
  const changes = [...options.keys()].some((letter) => 'AbeEnstTv'.includes(letter));
  if (changes || (operands.length > 0 && !operands.includes('-'))) {
    const input = readAll(context, operands);
    if (input === null) return null;
    context.out(changes ? catLines(input.text, options) : input.text);
    return input.failed ? 1 : 0;
  }
  for (let text = context.read(); text !== undefined; text = context.read()) {
    if (text === null) return null;
    context.out(text);
  }
  return 0;
};

function catLines(text: string, options: ReadonlyMap<string, string>): string {
  const has = (letters: string): boolean => [...letters].some((letter) => options.has(letter));
  let number = 0;
  let shown = '';
  let wasBlank = false;
  for (const line of text.split(/(?<=\n)/)) {
    const isBlank = line === '\n';
    if (has('s') && isBlank && wasBlank) continue;
    wasBlank = isBlank;
    const isNumbered = has('n') ? !has('b') || !isBlank : has('b') && !isBlank;
    if (isNumbered) number += 1;
    const body = line.replace(/\n$/, '');
    const visible = has('Avet') ? [...body].map(visibleText).join('') : body;
    const tabbed = has('AtT') ? visible.replaceAll('\t', '^I') : visible;
    shown += `${isNumbered ? `${String(number).padStart(6)}\t` : ''}${tabbed}${has('AeE') && line.endsWith('\n') ? '$' : ''}${line.endsWith('\n') ? '\n' : ''}`;
  }
  return shown;
}

/** A control character as `^A`; a tabulator stays. */
function visibleText(letter: string): string {
  const code = letter.charCodeAt(0);
  if (code === 127) return '^?';
  return code < 32 && letter !== '\t' ? `^${String.fromCharCode(code + 64)}` : letter;
}

/** Ends as soon as it has its lines, which ends an endless producer before it. */
const head: ShellCommand = (context) => {
  const { options, operands } = parseOptions(
    context.args.map((argument, index, all) => (/^-[nc]$/.test(all[index - 1] ?? '') ? argument : argument.replace(/^-(\d+)$/, '-n$1'))),
    'nc',
  );
  const lineCount = Number(options.get('n') ?? options.get('lines') ?? 10);
  const byteCount = options.has('c') || options.has('bytes') ? sizeOfCount(options.get('c') ?? options.get('bytes') ?? '') : undefined;
  const cutText = (text: string): string =>
    byteCount === undefined
      ? firstLines(text, lineCount)
      : bytesToText(textToBytes(text).slice(0, byteCount < 0 ? byteCount : Math.max(0, byteCount)));
  if (operands.length > 0 && operands[0] !== '-') {
    const [path = ''] = operands;
    const endless =
      byteCount === undefined ? undefined : endlessText(context.path(path), context.host, Math.min(byteCount, FILE_LENGTH_MAX));
    if (endless !== undefined) {
      allocate(context.state.budget, endless.length);
      context.out(endless);
      return 0;
    }
    if (operands.length > 1) return headEach(context, operands, cutText, options.has('q'));
    const input = readFiles(context, operands);
    context.out(cutText(input.text));
    return input.failed ? 1 : 0;
  }
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = `${typeof context.memory['text'] === 'string' ? context.memory['text'] : ''}${text ?? ''}`;
    allocate(context.state.budget, text?.length ?? 0);
    const isEnough =
      byteCount === undefined
        ? lineCount >= 0 && gathered.split('\n').length > lineCount
        : byteCount >= 0 && byteLength(gathered) >= byteCount;
    if (text === undefined || isEnough) {
      context.out(cutText(gathered));
      return 0;
    }
    context.memory['text'] = gathered;
  }
};

/** Several files have their names above them. */
function headEach(context: CommandContext, paths: readonly string[], cutText: (text: string) => string, isQuiet: boolean): number {
  let code = 0;
  for (const [index, path] of paths.entries()) {
    const { text, failed } = readFiles(context, [path]);
    if (failed) code = 1;
    else context.out(`${isQuiet ? '' : `${index > 0 ? '\n' : ''}==> ${path} <==\n`}${cutText(text)}`);
  }
  return code;
}

/** `5`, `1K`, `-3`. */
function sizeOfCount(text: string): number {
  return text.startsWith('-') ? -sizeOfText(text.slice(1)) : sizeOfText(text.replace(/^\+/, ''));
}

/** A count below zero leaves out so many at the end. */
function firstLines(text: string, count: number): string {
  return joinLines(linesOf(text).slice(0, count));
}

/** `tail -f` follows a file for ever: it looks again every second, as BusyBox does. */
const tail: ShellCommand = (context) => {
  const { options, operands } = parseOptions(
    context.args.map((argument, index, all) => (/^-[nc]$/.test(all[index - 1] ?? '') ? argument : argument.replace(/^-(\d+)$/, '-n$1'))),
    'nc',
  );
  const follows = options.has('f') || options.has('F') || options.has('follow');
  const path = operands[0];
  if (!follows || path === undefined || path === '-') {
    if (follows && path === undefined) return follow(context, undefined);
    const bytes = options.get('c');
    const count = options.get('n') ?? '10';
    const input = readAll(context, operands, (text) => (bytes !== undefined || count.startsWith('+') ? text : lastLines(text, count)));
    if (input === null) return null;
    context.out(bytes === undefined ? lastLines(input.text, count) : lastBytes(input.text, bytes));
    return input.failed ? 1 : 0;
  }
  if (context.path(path) === '/dev/null') return follow(context, undefined);
  const seen = context.memory['length'];
  const text = context.host.files.read(context.path(path));
  if (text === undefined && !options.has('F') && typeof seen !== 'number') {
    readFiles(context, [path]);
    return 1;
  }
  const present = text ?? '';
  if (typeof seen !== 'number') context.out(lastLines(present, options.get('n') ?? '10'));
  else context.out(present.slice(present.length < seen ? 0 : seen));
  context.memory['length'] = present.length;
  return follow(context, 1000);
};

function follow(context: CommandContext, everyMs: number | undefined): null {
  context.process.wait = everyMs === undefined ? { for: 'never' } : { for: 'time', untilMs: context.host.nowMs + everyMs };
  return null;
}

function lastLines(text: string, count: string): string {
  const lines = linesOf(text);
  if (count.startsWith('+')) return joinLines(lines.slice(Number(count) - 1));
  return joinLines(lines.slice(Math.max(0, lines.length - Number(count))));
}

function lastBytes(text: string, count: string): string {
  const bytes = textToBytes(text);
  return bytesToText(
    count.startsWith('+') ? bytes.slice(Number(count) - 1) : bytes.slice(Math.max(0, bytes.length - Math.abs(Number(count)))),
  );
}

const wc: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const rows: { readonly counts: readonly number[]; readonly name: string }[] = [];
  let code = 0;
  const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) =>
    options.size === 0 ? 'lwc'.includes(letter) : options.has(letter) || options.has(LONG[letter] ?? ''),
  );
  for (const path of operands.length === 0 ? [undefined] : operands) {
    const input = readAll(context, path === undefined ? [] : [path]);
    if (input === null) return null;
    if (input.failed) code = 1;
    else rows.push({ counts: wanted.map((letter) => countOf(letter, input.text)), name: path ?? '' });
  }
  if (rows.length > 1)
    rows.push({ counts: wanted.map((_letter, index) => rows.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)), name: 'total' });
  const isNarrow = wanted.length === 1 && rows.length === 1;
  const width =
    context.host.flavor === 'busybox'
      ? 9
      : Math.max(operands.length === 0 && !isNarrow ? 7 : 1, ...rows.flatMap(({ counts }) => counts.map((count) => String(count).length)));
  for (const { counts, name } of rows) {
    const numbers = isNarrow
      ? counts.map(String)
      : counts.map((count, index) => String(count).padStart(context.host.flavor === 'busybox' ? (index === 0 ? 9 : 10) : width));
    context.out(`${numbers.join(context.host.flavor === 'busybox' ? '' : ' ')}${name === '' ? '' : ` ${name}`}\n`);
  }
  return code;
};

const LONG: Readonly<Record<string, string>> = { l: 'lines', w: 'words', m: 'chars', c: 'bytes', L: 'max-line-length' };

function countOf(letter: string, text: string): number {
  if (letter === 'l') return text.split('\n').length - 1;
  if (letter === 'w') return text.split(/\s+/).filter((word) => word !== '').length;
  if (letter === 'm') return [...text].length;
  return letter === 'c' ? byteLength(text) : Math.max(0, ...linesOf(text).map((line) => line.length));
}

/** Maps what has come so far: a reader may end before an endless producer does. */
const tr: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const [given = '', second = ''] = operands;
  const has = (letters: string, long: string): boolean => [...letters].some((letter) => options.has(letter)) || options.has(long);
  const set = new Set(expandSet(given));
  const isIn = (letter: string): boolean => set.has(letter) !== has('cC', 'complement');
  const [from, to] = [expandSet(given), expandSet(second)];
  const deletes = has('d', 'delete');
  const squeezed = has('s', 'squeeze-repeats') ? (second === '' ? isIn : (letter: string): boolean => to.includes(letter)) : undefined;
  const mapped = (letter: string): string => {
    if (!isIn(letter)) return letter;
    if (deletes) return '';
    if (to === '') return letter;
    return has('cC', 'complement') ? (to.at(-1) ?? '') : (to[Math.min(from.indexOf(letter), to.length - 1)] ?? '');
  };
  for (let text = context.read(); text !== undefined; text = context.read()) {
    if (text === null) return null;
    spend(context.state.budget, text.length / LETTERS_PER_WORK);
    let last = typeof context.memory['last'] === 'string' ? context.memory['last'] : '';
    let output = '';
    for (const letter of text) {
      const next = mapped(letter);
      if (next === '' || (squeezed !== undefined && next === last && squeezed(next))) continue;
      output += next;
      last = next;
    }
    context.memory['last'] = last;
    context.out(output);
    if (context.process.exitCode !== null) return null;
  }
  return 0;
};

const LETTERS_PER_WORK = 50;

const CLASSES: Readonly<Record<string, string>> = {
  upper: 'A-Z',
  lower: 'a-z',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  xdigit: '0-9A-Fa-f',
  space: ' \t\n\r\v\f',
  blank: ' \t',
  punct: '!-/:-@[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\u0000-\u001f\u007f',
};

function expandSet(set: string): string {
  return unescapeText(set)
    .replace(/\[:([a-z]+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
    .replace(/(.)-(.)/gs, (whole, first: string, last: string) => {
      const codes: string[] = [];
      if (first > last) return whole;
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0) && codes.length < 256; code += 1)
        codes.push(String.fromCharCode(code));
      return codes.join('');
    });
}

const tee: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  if (context.memory['opened'] !== true && !options.has('a'))
    for (const path of operands) context.host.files.write(context.path(path), '', false);
  context.memory['opened'] = true;
  for (let text = context.read(); text !== undefined; text = context.read()) {
    if (text === null) return null;
    context.out(text);
    for (const path of operands) context.host.files.write(context.path(path), text, true);
  }
  return 0;
};

const printf: ShellCommand = ({ args, out, state, process }) => {
  if (args[0] === '-v' && args[1] !== undefined) {
    writeVariable(
      process,
      args[1],
      formatPrintf(args[2] ?? '', args.slice(3), (length) => allocate(state.budget, length)),
    );
    return 0;
  }
  out(formatPrintf(args[0] ?? '', args.slice(1), (length) => allocate(state.budget, length)));
  return 0;
};

/** Characters that `yes` writes at a time, and the instructions that take as long. */
const YES_LENGTH = 1_024;
const YES_WORK = 4;

/** `yes` writes one batch per step; its reader or the step budget bounds it. */
const yes: ShellCommand = ({ args, out, process, state }) => {
  const line = `${args.length === 0 ? 'y' : args.join(' ')}\n`;
  spend(state.budget, YES_WORK);
  out(line.repeat(Math.ceil(YES_LENGTH / line.length)));
  if (process.exitCode === null) process.wait = { for: 'output', fd: 1 };
  return null;
};

const basename: ShellCommand = ({ args, out }) => {
  const base = (args[0] ?? '').replace(/\/+$/, '').split('/').at(-1) ?? '';
  out(`${args[1] !== undefined && base.endsWith(args[1]) && base !== args[1] ? base.slice(0, -args[1].length) : base}\n`);
  return 0;
};

const dirname: ShellCommand = ({ args, out }) => {
  const path = (args[0] ?? '').replace(/\/+$/, '');
  const at = path.lastIndexOf('/');
  out(`${at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at)}\n`);
  return 0;
};

export const TEXT_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  echo,
  printf,
  cat,
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  comm,
  paste,
  tr,
  tee,
  rev: filterLines('', (lines) => lines.map((line) => [...line].reverse().join(''))),
  tac: filterLines('', (lines) => [...lines].reverse()),
  yes,
  basename,
  dirname,
};

/** True when `text` matches any of the patterns; shared by `find -name`. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, text));
}
