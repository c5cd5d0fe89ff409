// Commands that read and write text: echo, printf, cat, head, tail, grep, wc, seq, expr, sort, cut, tr, sed and others, with the options that manifests use.

import { MATCH_WORK_PER_STEP } from '../../../../kernel/limits.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { matchesPattern } from '../glob.ts';
import { TEXT_LENGTH_MAX } from '../state.ts';
import { unescapeText } from './escapes.ts';
import { evaluateExpr, formatPrintf } from './format.ts';
import { compileSearch, type Search, type SearchOptions, textOf } from './search.ts';
import { isSedExhausted, parseSed, runSed, type SedProgress } from './sed.ts';

/** Text of the named files, or of standard input to its end; null while input is awaited. Missing files are reported. */
function readAll(context: CommandContext, paths: readonly string[]): { text: string; failed: boolean } | null {
  if (paths.length > 0 && !(paths.length === 1 && paths[0] === '-')) return readFiles(context, paths);
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = typeof context.memory['text'] === 'string' ? context.memory['text'] : '';
    if (text === undefined) return { text: gathered, failed: false };
    context.memory['text'] = `${gathered}${text}`.slice(0, TEXT_LENGTH_MAX);
  }
}

/** Texts of files, joined; each missing one is reported in the image's words (K1003). */
export function readFiles(context: CommandContext, paths: readonly string[]): { text: string; failed: boolean } {
  let failed = false;
  const texts = paths.map((path) => {
    const resolved = context.path(path);
    const text = context.host.files.read(resolved);
    if (text !== undefined) return text;
    failed = true;
    const isDirectory = context.host.files.stat(resolved)?.kind === 'directory';
    if (isDirectory) context.error(`${context.name}: ${context.host.flavor === 'busybox' ? 'read error' : path}: Is a directory\n`);
    else if (context.host.flavor === 'busybox') context.error(`${context.name}: can't open '${path}': No such file or directory\n`);
    else context.error(`${context.name}: ${path}: No such file or directory\n`);
    return '';
  });
  return { text: texts.join(''), failed };
}

/** Separates options (letters, with values where `withValue` names them) from operands. */
export function parseOptions(args: readonly string[], withValue: string): { options: Map<string, string>; operands: string[] } {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const argument = args[i] as string;
    if (argument === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (argument.startsWith('--')) {
      const [name = '', value] = argument.slice(2).split('=');
      options.set(name, value ?? '');
    } else if (argument.startsWith('-') && argument.length > 1) {
      for (let j = 1; j < argument.length; j += 1) {
        const letter = argument[j] as string;
        if (!withValue.includes(letter)) {
          options.set(letter, '');
          continue;
        }
        options.set(letter, j + 1 < argument.length ? argument.slice(j + 1) : (args[(i += 1)] ?? ''));
        break;
      }
    } else operands.push(argument);
  }
  return { options, operands };
}

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

/** Lines without their ends; a last line without end counts. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Ends as soon as it has its lines, which ends an endless producer before it. */
const head: ShellCommand = (context) => {
  const { options, operands } = parseOptions(
    context.args.map((argument) => argument.replace(/^-(\d+)$/, '-n$1')),
    'nc',
  );
  const lineCount = Number(options.get('n') ?? 10);
  const byteCount = options.has('c') ? Number(options.get('c')) : undefined;
  const cutText = (text: string): string =>
    byteCount === undefined ? joinLines(linesOf(text).slice(0, lineCount)) : text.slice(0, byteCount);
  if (operands.length > 0) {
    const input = readFiles(context, operands);
    context.out(cutText(input.text));
    return input.failed ? 1 : 0;
  }
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = `${typeof context.memory['text'] === 'string' ? context.memory['text'] : ''}${text ?? ''}`;
    const isEnough = byteCount === undefined ? gathered.split('\n').length > lineCount : gathered.length >= byteCount;
    if (text === undefined || isEnough) {
      context.out(cutText(gathered));
      return 0;
    }
    context.memory['text'] = gathered;
  }
};

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
    const input = readAll(context, operands);
    if (input === null) return null;
    context.out(lastLines(input.text, options.get('n') ?? '10'));
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

/** Looks through its lines a share at a time. */
const grep: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'emABC');
  const [pattern, ...paths] = options.has('e') ? [options.get('e') ?? '', ...operands] : operands;
  const compiled = compileSearch(pattern ?? '', { syntax: grepSyntax(context.name, options), ignoresCase: options.has('i') });
  if (pattern === undefined || !compiled.ok) {
    const reason = compiled.ok ? 'bad regex' : compiled.error;
    context.error(context.host.flavor === 'busybox' ? `grep: bad regex '${pattern ?? ''}': ${reason}\n` : `grep: ${reason}\n`);
    return 2;
  }
  const input = readAll(context, paths);
  if (input === null) return null;
  const { search } = compiled;
  const lines = linesOf(input.text);
  const { memory } = context;
  const found = Array.isArray(memory['found']) ? (memory['found'] as number[]) : [];
  let at = typeof memory['at'] === 'number' ? memory['at'] : 0;
  for (; at < lines.length && search.work < MATCH_WORK_PER_STEP; at += 1)
    if (isFound(lines[at] as string, search, options) !== options.has('v')) found.push(at);
  if (search.isExhausted) {
    context.error('grep: memory exhausted\n');
    return 2;
  }
  if (at < lines.length) {
    Object.assign(memory, { found, at });
    return null;
  }
  const chosen = found.map((index) => lines[index] as string);
  if (!options.has('q')) context.out(grepOutput(chosen, options, search));
  return found.length > 0 ? 0 : input.failed ? 2 : 1;
};

function grepSyntax(name: string, options: ReadonlyMap<string, string>): SearchOptions['syntax'] {
  if (options.has('F') || name === 'fgrep') return 'fixed';
  if (options.has('P')) return 'perl';
  return options.has('E') || name === 'egrep' ? 'extended' : 'basic';
}

function isFound(line: string, search: Search, options: ReadonlyMap<string, string>): boolean {
  const match = search.find(line, 0)?.[0];
  return match !== undefined && (!options.has('x') || match.end - match.begin === line.length);
}

function grepOutput(found: readonly string[], options: ReadonlyMap<string, string>, search: Search): string {
  if (options.has('c')) return `${found.length}\n`;
  if (options.has('o')) return joinLines(found.map((line) => textOf(line, search.find(line, 0)?.[0])));
  return joinLines(found);
}

const wc: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const input = readAll(context, operands);
  if (input === null) return null;
  const counts: [string, number][] = [
    ['l', input.text.split('\n').length - 1],
    ['w', input.text.split(/\s+/).filter((word) => word !== '').length],
    ['c', input.text.length],
  ];
  const wanted = options.size === 0 ? counts : counts.filter(([letter]) => options.has(letter));
  const numbers = wanted.map(([, count]) => (wanted.length === 1 ? String(count) : String(count).padStart(8))).join(' ');
  context.out(`${numbers}${operands.length > 0 ? ` ${operands.join(' ')}` : ''}\n`);
  return input.failed ? 1 : 0;
};

const seq: ShellCommand = ({ args, out }) => {
  const { options, operands } = parseOptions(
    args.map((argument) => (/^-\d/.test(argument) ? ` ${argument}` : argument)),
    's',
  );
  const numbers = operands.map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (first === undefined || step === undefined || last === undefined || step === 0 || numbers.some(Number.isNaN)) return 1;
  const items: string[] = [];
  for (let n = first; (step > 0 ? n <= last : n >= last) && items.length < SEQ_LENGTH_MAX; n += step) items.push(String(n));
  const separator = options.get('s') ?? '\n';
  if (items.length > 0) out(`${items.join(separator)}\n`);
  return 0;
};

const SEQ_LENGTH_MAX = 100_000;

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

const printf: ShellCommand = ({ args, out }) => {
  out(formatPrintf(args[0] ?? '', args.slice(1)));
  return 0;
};

const expr: ShellCommand = ({ args, out, error }) => {
  const value = evaluateExpr(args, matchExpr);
  if (value === undefined) {
    error('expr: syntax error\n');
    return 2;
  }
  out(`${value}\n`);
  return value === '' || value === '0' ? 1 : 0;
};

function matchExpr(pattern: string, text: string): readonly (string | undefined)[] | null {
  const compiled = compileSearch(pattern, { syntax: 'basic' });
  const match = compiled.ok ? compiled.search.find(text, 0) : undefined;
  return match === undefined ? null : match.map((span) => (span === undefined ? undefined : textOf(text, span)));
}

/** Works on its lines a share at a time. */
const sed: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'e');
  const [script, ...paths] = options.has('e') ? [options.get('e') ?? '', ...operands] : operands;
  const input = readAll(context, paths);
  if (input === null) return null;
  const commands = parseSed(script ?? '', options.has('E') || options.has('r'));
  if (commands === undefined) {
    context.error(`sed: unsupported command ${script ?? ''}\n`);
    return 1;
  }
  const lines = linesOf(input.text);
  const progress = (context.memory['progress'] as SedProgress | undefined) ?? { at: 0, output: [], quits: false };
  runSed(commands, lines, options.has('n'), progress);
  if (isSedExhausted(commands)) {
    context.error('sed: memory exhausted\n');
    return 4;
  }
  if (progress.at < lines.length && !progress.quits) {
    context.memory['progress'] = progress;
    return null;
  }
  const output = joinLines(progress.output);
  if (options.has('i') && paths[0] !== undefined) context.host.files.write(context.path(paths[0]), output, false);
  else context.out(output);
  return input.failed ? 1 : 0;
};

/** `yes` writes one batch per step; its reader or the step budget bounds it. */
const yes: ShellCommand = ({ args, out, process }) => {
  out(`${args.length === 0 ? 'y' : args.join(' ')}\n`.repeat(64));
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
  grep,
  egrep: grep,
  fgrep: grep,
  wc,
  seq,
  sort,
  uniq,
  cut,
  tr,
  tee,
  sed,
  rev: filter((lines) => lines.map((line) => [...line].reverse().join(''))),
  tac: filter((lines) => lines.reverse()),
  expr,
  yes,
  basename,
  dirname,
};

/** True when `text` matches any of the patterns; shared by `find -name`. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, text));
}
