// Commands that read and write text: echo, printf, cat, head, tail, wc, seq, sort, cut, tr and others, with the options that manifests use.

import type { CommandContext, ShellCommand } from '../command.ts';
import { matchesPattern } from '../glob.ts';
import { byteLength, bytesToText, textToBytes } from '../bytes.ts';
import { writeVariable } from '../arrays.ts';
import { allocate, spend } from '../budget.ts';
import { unescapeText } from './escapes.ts';
import { formatPrintf } from './format.ts';
import { joinLines, linesOf, parseOptions, readAll, readFiles } from './input-text.ts';

const echo: ShellCommand = ({ args, out, host }) => {
  let words = args;
  let newline = true;
  let escapes = host.flavor === 'dash';
  while (words.length > 0 && /^-[neE]+$/.test(words[0] as string)) {
    if ((words[0] as string).includes('n')) newline = false;
    if ((words[0] as string).includes('e')) escapes = true;
    words = words.slice(1);
  }
  const text = words.join(' ');
  out((escapes ? unescapeText(text) : text) + (newline ? '\n' : ''));
  return 0;
};

/** Streams its input: what a producer writes now is shown now. */
const cat: ShellCommand = (context) => {
  const { operands, options } = parseOptions(context.args, '');
  if (operands.length > 0 && !operands.includes('-')) {
    const { text, failed } = readFiles(context, operands);
    context.out(options.has('n') ? numberLines(text) : text);
    return failed ? 1 : 0;
  }
  for (let text = context.read(); text !== undefined; text = context.read()) {
    if (text === null) return null;
    context.out(text);
  }
  return 0;
};

function numberLines(text: string): string {
  return linesOf(text)
    .map((line, index) => `${String(index + 1).padStart(6)}\t${line}\n`)
    .join('');
}

/** Ends as soon as it has its lines, which ends an endless producer before it. */
const head: ShellCommand = (context) => {
  const { options, operands } = parseOptions(
    context.args.map((argument) => argument.replace(/^-(\d+)$/, '-n$1')),
    'nc',
  );
  const lineCount = Number(options.get('n') ?? 10);
  const byteCount = options.has('c') ? Number(options.get('c')) : undefined;
  const cutText = (text: string): string =>
    byteCount === undefined
      ? firstLines(text, lineCount)
      : bytesToText(textToBytes(text).slice(0, byteCount < 0 ? byteCount : Math.max(0, byteCount)));
  if (operands.length > 0) {
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

/** A count below zero leaves out so many at the end. */
function firstLines(text: string, count: number): string {
  return joinLines(linesOf(text).slice(0, count));
}

/** `tail -f` follows a file for ever: it looks again every second, as BusyBox does. */
const tail: ShellCommand = (context) => {
  const { options, operands } = parseOptions(
    context.args.map((argument) => argument.replace(/^-(\d+)$/, '-n$1')),
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
  const input = readAll(context, operands);
  if (input === null) return null;
  const counts: [string, number][] = [
    ['l', input.text.split('\n').length - 1],
    ['w', input.text.split(/\s+/).filter((word) => word !== '').length],
    ['c', byteLength(input.text)],
  ];
  const wanted = options.size === 0 ? counts : counts.filter(([letter]) => options.has(letter));
  const numbers = wanted.map(([, count]) => (wanted.length === 1 ? String(count) : String(count).padStart(8))).join(' ');
  context.out(`${numbers}${operands.length > 0 ? ` ${operands.join(' ')}` : ''}\n`);
  return input.failed ? 1 : 0;
};

/** Writes a batch a step; its reader or its work bounds it. */
const seq: ShellCommand = ({ args, out, memory, state, process }) => {
  const { options, operands } = parseOptions(
    args.map((argument) => (/^-\d/.test(argument) ? ` ${argument}` : argument)),
    's',
  );
  const numbers = operands.map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (first === undefined || step === undefined || last === undefined || step === 0 || numbers.some(Number.isNaN)) return 1;
  const items: string[] = [];
  const done = typeof memory['done'] === 'number' ? memory['done'] : 0;
  const at = (index: number): number => first + index * step;
  const isThere = (index: number): boolean => (step > 0 ? at(index) <= last : at(index) >= last);
  for (let index = done; isThere(index) && index < done + SEQ_BATCH; index += 1) items.push(String(at(index)));
  const separator = options.get('s') ?? '\n';
  const isWhole = !isThere(done + SEQ_BATCH);
  if (items.length > 0) out(`${done > 0 ? separator : ''}${items.join(separator)}${isWhole ? '\n' : ''}`);
  if (isWhole) return 0;
  memory['done'] = done + SEQ_BATCH;
  spend(state.budget, SEQ_BATCH / NUMBERS_PER_WORK);
  if (process.exitCode === null) process.wait = { for: 'output', fd: 1 };
  return null;
};

/** Numbers that `seq` writes at a time, and those that take as long as an instruction. */
const SEQ_BATCH = 1_000;
const NUMBERS_PER_WORK = 20;

/** A command that maps all of its input to its output. */
function filter(map: (lines: string[], options: ReadonlyMap<string, string>) => readonly string[], withValue = ''): ShellCommand {
  return (context) => {
    const { options, operands } = parseOptions(context.args, withValue);
    const input = readAll(context, operands);
    if (input === null) return null;
    context.out(joinLines(map(linesOf(input.text), options)));
    return input.failed ? 1 : 0;
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sort = filter((lines, options) => {
  const ordered = lines.sort(
    options.has('n') ? (a, b) => (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) || byText(a, b) : byText,
  );
  if (options.has('r')) ordered.reverse();
  return options.has('u') ? ordered.filter((line, index) => line !== ordered[index - 1]) : ordered;
}, 'kt');

const uniq = filter((lines, options) => {
  const groups: { line: string; count: number }[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last?.line === line) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  return groups.map(({ line, count }) => (options.has('c') ? `${String(count).padStart(7)} ${line}` : line));
});

const cut = filter((lines, options) => {
  const list = options.get('f') ?? options.get('c') ?? '1';
  const delimiter = options.get('d') ?? '\t';
  return lines.map((line) => {
    const parts = options.has('c') ? [...line] : line.split(delimiter);
    if (!options.has('c') && parts.length === 1) return line;
    return parts.filter((_part, index) => isSelected(list, index + 1)).join(options.has('c') ? '' : delimiter);
  });
}, 'dfc');

function isSelected(list: string, position: number): boolean {
  return list.split(',').some((range) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(range);
    if (match === null) return false;
    const first = match[1] === '' ? 1 : Number(match[1]);
    const last = match[2] === '' ? first : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    return position >= first && position <= last;
  });
}

const tr: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const [from = '', to = ''] = operands.map(expandSet);
  const input = readAll(context, []);
  if (input === null) return null;
  const mapped = [...input.text].map((character) => {
    const at = from.indexOf(character);
    if (at < 0) return character;
    return options.has('d') ? '' : options.has('s') && to === '' ? character : (to[Math.min(at, to.length - 1)] ?? '');
  });
  context.out(
    options.has('s')
      ? mapped.filter((character, index) => character !== mapped[index - 1] || !(to || from).includes(character)).join('')
      : mapped.join(''),
  );
  return 0;
};

function expandSet(set: string): string {
  return unescapeText(set)
    .replace(/\[:upper:\]/g, 'A-Z')
    .replace(/\[:lower:\]/g, 'a-z')
    .replace(/\[:digit:\]/g, '0-9')
    .replace(/(.)-(.)/gs, (_match, first: string, last: string) => {
      const codes: string[] = [];
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
  seq,
  sort,
  uniq,
  cut,
  tr,
  tee,
  rev: filter((lines) => lines.map((line) => [...line].reverse().join(''))),
  tac: filter((lines) => lines.reverse()),
  yes,
  basename,
  dirname,
};

/** True when `text` matches any of the patterns; shared by `find -name`. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, text));
}
