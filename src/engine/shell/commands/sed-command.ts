// `sed` as a command: its options, its files, and files that it changes in place. Rule: K924.

import { spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { joinLines, linesOf, readAll } from './input-text.ts';
import { isSedExhausted, newProgress, runSed, type SedProgress, sedWork } from './sed.ts';
import { parseSed, type SedCommand } from './sed-script.ts';

interface Invocation {
  readonly scripts: readonly string[];
  readonly paths: readonly string[];
  readonly isQuiet: boolean;
  readonly isExtended: boolean;
  /** Undefined: nothing is changed in place; else what is put behind the name of the old file. */
  readonly suffix: string | undefined;
  readonly isSeparate: boolean;
}

/** Lines, and characters times instructions of a pattern, that take as long as an instruction. */
const LINES_PER_WORK = 20;
const MATCH_STEPS_PER_WORK = 500;

/** Files that the runtime mounts: nothing can be put in their place. */
const MOUNTED: ReadonlySet<string> = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);

export const sed: ShellCommand = (context) => {
  const invocation = readArguments(context);
  const [first, ...others] = invocation.scripts;
  if (first === undefined) {
    context.error('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
    return 1;
  }
  const parsed = parseSed([first, ...others].join('\n'), invocation.isExtended);
  if (!parsed.ok) {
    context.error(
      `sed: ${
        context.host.flavor === 'busybox'
          ? parsed.error
              .replace(/^-e expression #1, char \d+: /, '')
              .replace('unknown command: `', 'unsupported command ')
              .replace(/'$/, '')
          : parsed.error
      }\n`,
    );
    return 1;
  }
  const { commands } = parsed;
  const state = (context.memory['sed'] as SedState | undefined) ?? { source: 0, failed: false, progress: newProgress(), code: 0 };
  context.memory['sed'] = state;
  const sources = invocation.isSeparate || invocation.suffix !== undefined ? invocation.paths.map((path) => [path]) : [invocation.paths];
  while (state.source < sources.length) {
    const done = edit(context, invocation, commands, sources[state.source] as readonly string[], state);
    if (done !== 'done') return done;
    if (state.code !== 0) return state.code;
    state.source += 1;
    state.progress = newProgress();
  }
  return state.failed ? (context.host.flavor === 'busybox' ? 1 : 2) : state.code;
};

interface SedState {
  source: number;
  failed: boolean;
  progress: SedProgress;
  code: number;
}

/** Edits one file, or all that are read as one. A number ends the command. */
function edit(
  context: CommandContext,
  invocation: Invocation,
  commands: readonly SedCommand[],
  paths: readonly string[],
  state: SedState,
): number | null | 'done' {
  const text = textOf(context, paths, state);
  if (text === null) return null;
  if (text === undefined) return 'done';
  const { progress } = state;
  const lines = linesOf(text);
  const readFile = (path: string): string | undefined => context.host.files.read(context.path(path));
  runSed({ commands, lines, isQuiet: invocation.isQuiet, readFile }, progress);
  spend(context.state.budget, lines.length / LINES_PER_WORK + sedWork(commands) / MATCH_STEPS_PER_WORK);
  if (isSedExhausted(commands)) {
    context.error('sed: memory exhausted\n');
    return 4;
  }
  if (progress.at < lines.length && progress.quits === null) return null;
  for (const [path, noted] of Object.entries(progress.files)) context.host.files.write(context.path(path), noted, false);
  // A last line without its end stays without.
  const isOpen = text !== '' && !text.endsWith('\n') && progress.quits === null;
  const whole = joinLines(progress.output);
  const output = isOpen ? whole.replace(/\n$/, '') : whole;
  const [path = ''] = paths;
  // What is behind the line on which it quits stays in the file.
  const rest = invocation.suffix !== undefined && progress.quits !== null ? joinLines(lines.slice(progress.at)) : '';
  if (invocation.suffix === undefined) context.out(output);
  else if (!replaceFile(context, path, text, output + rest, invocation.suffix)) return context.host.flavor === 'busybox' ? 1 : 4;
  state.code = progress.quits ?? 0;
  return progress.quits !== null && invocation.suffix === undefined ? state.code : 'done';
}

/** The text of files; null while it is awaited, undefined for one that cannot be read. */
function textOf(context: CommandContext, paths: readonly string[], state: SedState): string | null | undefined {
  if (paths.length === 0 || (paths.length === 1 && paths[0] === '-')) return readAll(context, [])?.text ?? null;
  const texts = paths.map((path) => {
    const at = context.path(path);
    const text = context.host.files.read(at);
    if (text !== undefined) return text;
    if (state.progress.at === 0) complain(context, path, at);
    state.failed = true;
    return undefined;
  });
  const known = texts.filter((text): text is string => text !== undefined);
  return known.length === 0
    ? undefined
    : known.map((text, index) => (index + 1 < known.length && text !== '' && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}

function complain(context: CommandContext, path: string, at: string): void {
  const { files, flavor } = context.host;
  if (files.stat(at)?.kind === 'directory') {
    context.error(flavor === 'busybox' ? `sed: read error: Is a directory\n` : `sed: couldn't edit ${path}: not a regular file\n`);
    return;
  }
  const reason = files.mayRead(at) ? 'No such file or directory' : 'Permission denied';
  context.error(flavor === 'busybox' ? `sed: ${path}: ${reason}\n` : `sed: can't read ${path}: ${reason}\n`);
}

/** A new file takes the place of the old one: where the directory cannot be written to, or the file is a mount, that fails. */
function replaceFile(context: CommandContext, path: string, before: string, after: string, suffix: string): boolean {
  const { files, flavor } = context.host;
  const at = files.resolve(context.path(path));
  const folder = at.slice(0, at.lastIndexOf('/'));
  const [shownFolder, name] = [path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.', 'sedFj3kQx'];
  const isMount = MOUNTED.has(at) || (files.isMounted(at) && !files.isMounted(folder === '' ? '/' : folder));
  const temporary = `${folder}/${name}`;
  const error = files.write(temporary, '', false);
  if (error === null) files.remove(temporary);
  if (error !== null) {
    context.error(
      flavor === 'busybox'
        ? `sed: can't create temp file '${path}XXXXXX': ${error}\n`
        : `sed: couldn't open temporary file ${shownFolder}/${name}: ${error}\n`,
    );
    return false;
  }
  if (isMount) {
    const busy = 'Device or resource busy';
    context.error(
      flavor === 'busybox'
        ? `sed: can't move '${path}FGfiCl' to '${path}': ${busy}\n`
        : `sed: cannot rename ${shownFolder}/${name}: ${busy}\n`,
    );
    return false;
  }
  if (suffix !== '')
    files.write(suffix.includes('*') ? `${folder}/${suffix.replace('*', at.slice(folder.length + 1))}` : `${at}${suffix}`, before, false);
  files.write(at, after, false);
  return true;
}

function readArguments(context: CommandContext): Invocation {
  const scripts: string[] = [];
  const operands: string[] = [];
  const found = { isQuiet: false, isExtended: false, isSeparate: false };
  let suffix: string | undefined;
  const { args } = context;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    const long = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word);
    if (word === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (long !== null) {
      const [, name = '', value] = long;
      if (name === 'quiet' || name === 'silent') found.isQuiet = true;
      else if (name === 'regexp-extended') found.isExtended = true;
      else if (name === 'separate') found.isSeparate = true;
      else if (name === 'in-place') suffix = value ?? '';
      else if (name === 'expression') scripts.push(value ?? args[(at += 1)] ?? '');
      else if (name === 'file') scripts.push(scriptOf(context, value ?? args[(at += 1)] ?? ''));
    } else if (word.startsWith('-') && word.length > 1) {
      for (let index = 1; index < word.length; index += 1) {
        const letter = word[index] as string;
        const rest = word.slice(index + 1);
        if (letter === 'n') found.isQuiet = true;
        else if (letter === 'E' || letter === 'r') found.isExtended = true;
        else if (letter === 's') found.isSeparate = true;
        if (letter === 'i') suffix = rest;
        else if (letter === 'e' || letter === 'f') {
          const value = rest === '' ? (args[(at += 1)] ?? '') : rest;
          scripts.push(letter === 'e' ? value : scriptOf(context, value));
        }
        if ('ief'.includes(letter)) break;
      }
    } else operands.push(word);
  }
  if (scripts.length > 0) return { scripts, paths: operands, suffix, ...found };
  return { scripts: operands.slice(0, 1), paths: operands.slice(1), suffix, ...found };
}

function scriptOf(context: CommandContext, path: string): string {
  return (context.host.files.read(context.path(path)) ?? '').replace(/\n$/, '');
}
