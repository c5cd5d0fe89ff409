// Commands that match text with regular expressions: grep, sed, expr.

import { MATCH_WORK_PER_STEP } from '../../kernel/limits.ts';
import { spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { evaluateExpr } from './format.ts';
import { joinLines, linesOf, parseOptions, readAll } from './input-text.ts';
import { compileSearch, type Search, type SearchOptions, textOf } from './search.ts';
import { sed } from './sed-command.ts';

/** Looks through its lines a share at a time. */
const grep: ShellCommand = (context) => {
  const { options, operands } = parseOptions(longOptions(context.args), 'efmABC');
  const pattern = options.get('e') ?? (options.has('f') ? patternsOf(context, options.get('f') ?? '') : operands[0]);
  const paths = options.has('e') || options.has('f') ? operands : operands.slice(1);
  const compiled = compileSearch(pattern ?? '', { syntax: grepSyntax(context.name, options), ignoresCase: options.has('i') });
  if (pattern === undefined || !compiled.ok) {
    const reason = compiled.ok ? 'bad regex' : compiled.error;
    context.error(context.host.flavor === 'busybox' ? `grep: bad regex '${pattern ?? ''}': ${reason}\n` : `grep: ${reason}\n`);
    return 2;
  }
  const input = grepInput(context, paths, options);
  if (input === null) return null;
  const { search } = compiled;
  const { memory } = context;
  const found = Array.isArray(memory['found']) ? (memory['found'] as number[]) : [];
  let at = typeof memory['at'] === 'number' ? memory['at'] : 0;
  const { lines } = input;
  const most = options.has('q') ? 1 : Number(options.get('m') ?? Number.POSITIVE_INFINITY);
  spend(context.state.budget, lines.length / LINES_PER_WORK);
  for (; at < lines.length && found.length < most && search.work < MATCH_WORK_PER_STEP; at += 1)
    if (isFound((lines[at] as SourceLine).text, search, options) !== options.has('v')) found.push(at);
  spend(context.state.budget, search.work / MATCH_STEPS_PER_WORK);
  if (search.isExhausted) {
    context.error('grep: memory exhausted\n');
    return 2;
  }
  if (at < lines.length && found.length < most) {
    Object.assign(memory, { found, at });
    return null;
  }
  if (!options.has('q')) context.out(grepOutput(input, found, options, search));
  return found.length > 0 ? 0 : input.failed ? 2 : 1;
};

/** Lines, and characters times instructions of a pattern, that take as long as an instruction. */
const LINES_PER_WORK = 20;
const MATCH_STEPS_PER_WORK = 500;

function grepSyntax(name: string, options: ReadonlyMap<string, string>): SearchOptions['syntax'] {
  if (options.has('F') || name === 'fgrep') return 'fixed';
  if (options.has('P')) return 'perl';
  return options.has('E') || name === 'egrep' ? 'extended' : 'basic';
}

function isFound(line: string, search: Search, options: ReadonlyMap<string, string>): boolean {
  const match = search.find(line, 0)?.[0];
  if (match === undefined) return false;
  if (options.has('x')) return match.end - match.begin === line.length;
  return !options.has('w') || isWord(line, search);
}

/** Whether some match stands alone, with no part of a word beside it. */
function isWord(line: string, search: Search): boolean {
  for (let at = 0; at <= line.length; ) {
    const span = search.find(line, at)?.[0];
    if (span === undefined) return false;
    if (!/\w/.test(line[span.begin - 1] ?? '') && !/\w/.test(line[span.end] ?? '')) return true;
    at = span.begin + 1;
  }
  return false;
}

/** The patterns of a file, one a line. */
function patternsOf(context: CommandContext, path: string): string | undefined {
  return context.host.files.read(context.path(path))?.replace(/\n$/, '').replaceAll('\n', '\\|');
}

interface SourceLine {
  readonly source: number;
  readonly number: number;
  readonly text: string;
}

interface GrepInput {
  readonly lines: readonly SourceLine[];
  readonly names: readonly string[];
  readonly failed: boolean;
}

/** The lines of files, of whole trees with `-r`, or of standard input. */
function grepInput(context: CommandContext, paths: readonly string[], options: ReadonlyMap<string, string>): GrepInput | null {
  const isRecursive = options.has('r') || options.has('R');
  const names = isRecursive ? (paths.length === 0 ? ['.'] : paths).flatMap((path) => filesBelow(context, path, options.has('R'))) : paths;
  const lines: SourceLine[] = [];
  let failed = false;
  const add = (text: string, source: number): void => {
    for (const [index, line] of linesOf(text).entries()) lines.push({ source, number: index + 1, text: line });
  };
  if (names.length === 0 && !isRecursive) {
    const input = readAll(context, []);
    if (input === null) return null;
    add(input.text, 0);
  }
  for (const [source, path] of names.entries()) {
    const isQuiet = options.has('s') && path !== '-' && context.host.files.read(context.path(path)) === undefined;
    const input = isQuiet ? { text: '', failed: true } : readAll(context, [path]);
    if (input === null) return null;
    failed ||= input.failed;
    add(input.text, source);
  }
  return { lines, names, failed };
}

/** Folders in folders: links can lead in circles. */
const DEPTH_MAX = 16;

/** Links are followed where they are named, and with `-R` everywhere. */
function filesBelow({ host, path: absolute }: CommandContext, path: string, isFollowing: boolean): string[] {
  const walk = (at: string, shown: string, depth = 0): string[] => {
    const info = (isFollowing && depth < DEPTH_MAX) || depth === 0 ? host.files.stat(at) : host.files.lstat(at);
    if (info?.kind !== 'directory') return info?.kind === 'link' ? [] : [shown];
    return (host.files.list(at) ?? []).flatMap((name) =>
      walk(`${at === '/' ? '' : at}/${name}`, `${shown === '/' ? '' : shown}/${name}`, depth + 1),
    );
  };
  return walk(absolute(path), path);
}

function grepOutput({ lines, names }: GrepInput, found: readonly number[], options: ReadonlyMap<string, string>, search: Search): string {
  const isNamed = options.has('H') || (!options.has('h') && (names.length > 1 || options.has('r') || options.has('R')));
  const prefix = (source: number): string => (isNamed ? `${names[source] ?? '(standard input)'}:` : '');
  const chosen = found.map((index) => lines[index] as SourceLine);
  const sources = names.length === 0 ? [0] : names.map((_name, index) => index);
  const counted = (source: number): number => chosen.filter((line) => line.source === source).length;
  if (options.has('l'))
    return joinLines(sources.filter((source) => counted(source) > 0).map((source) => names[source] ?? '(standard input)'));
  if (options.has('L'))
    return joinLines(sources.filter((source) => counted(source) === 0).map((source) => names[source] ?? '(standard input)'));
  if (options.has('c')) return joinLines(sources.map((source) => `${prefix(source)}${counted(source)}`));
  const shown = (line: SourceLine, text: string, sign: string): string =>
    `${prefix(line.source).replace(/:$/, sign)}${options.has('n') ? `${line.number}${sign}` : ''}${text}`;
  if (options.has('o')) return joinLines(chosen.flatMap((line) => partsOf(line.text, search).map((part) => shown(line, part, ':'))));
  const before = Number(options.get('B') ?? options.get('C') ?? 0);
  const after = Number(options.get('A') ?? options.get('C') ?? 0);
  if (before + after === 0) return joinLines(chosen.map((line) => shown(line, line.text, ':')));
  return joinLines(withContext(lines, new Set(found), before, after, shown));
}

/** Every place of a line that matches, one behind the other. */
function partsOf(text: string, search: Search): string[] {
  const parts: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const span = search.find(text, at)?.[0];
    if (span === undefined) break;
    if (span.end > span.begin) parts.push(text.slice(span.begin, span.end));
    at = Math.max(span.end, span.begin + 1);
  }
  return parts;
}

/** Lines with those around them; groups that do not touch are parted. */
function withContext(
  lines: readonly SourceLine[],
  found: ReadonlySet<number>,
  before: number,
  after: number,
  shown: (line: SourceLine, text: string, sign: string) => string,
): string[] {
  const wanted = new Set<number>();
  for (const index of found)
    for (let at = Math.max(0, index - before); at <= Math.min(lines.length - 1, index + after); at += 1) wanted.add(at);
  const output: string[] = [];
  let last = -1;
  for (const index of [...wanted].sort((a, b) => a - b)) {
    const line = lines[index] as SourceLine;
    if (last >= 0 && index > last + 1) output.push('--');
    output.push(shown(line, line.text, found.has(index) ? ':' : '-'));
    last = index;
  }
  return output;
}

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  '--quiet': '-q',
  '--silent': '-q',
  '--ignore-case': '-i',
  '--invert-match': '-v',
  '--count': '-c',
  '--recursive': '-r',
  '--line-number': '-n',
  '--only-matching': '-o',
  '--extended-regexp': '-E',
  '--fixed-strings': '-F',
  '--files-with-matches': '-l',
  '--no-messages': '-s',
  '--no-filename': '-h',
};

function longOptions(args: readonly string[]): string[] {
  return args.map((argument) => (argument.startsWith('--regexp=') ? `-e${argument.slice(9)}` : (LONG_OPTIONS[argument] ?? argument)));
}

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

export const MATCH_COMMANDS: Readonly<Record<string, ShellCommand>> = { grep, egrep: grep, fgrep: grep, sed, expr };
