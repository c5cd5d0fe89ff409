// What commands on text begin with: their options, the text of files or of standard input, its lines.

import { allocate, spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { endlessText } from '../devices.ts';

/**
 * Text of the named files, or of standard input to its end; null while input is awaited. Missing files are reported. `keep` says what a command needs of
 * whole lines that have come so far.
 */
export function readAll(
  context: CommandContext,
  paths: readonly string[],
  keep: (text: string) => string = (text) => text,
): { text: string; failed: boolean } | null {
  if (paths.length > 0 && !(paths.length === 1 && paths[0] === '-')) return readFiles(context, paths);
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = typeof context.memory['text'] === 'string' ? context.memory['text'] : '';
    if (text === undefined) {
      spend(context.state.budget, gathered.length / READ_PER_WORK);
      return { text: gathered, failed: false };
    }
    allocate(context.state.budget, text.length);
    context.memory['text'] = keepOf(gathered + text, keep);
  }
}

function keepOf(text: string, keep: (text: string) => string): string {
  if (text.length < KEEP_LENGTH) return text;
  const end = text.lastIndexOf('\n') + 1;
  return keep(text.slice(0, end)) + text.slice(end);
}

/** Input up to this length is kept whole. */
const KEEP_LENGTH = 65_536;

/** Characters of input that take as long to work on as an instruction. */
const READ_PER_WORK = 50;

/** Texts of files, joined; each missing one is reported in the image's words (K1003). */
export function readFiles(context: CommandContext, paths: readonly string[]): { text: string; failed: boolean } {
  let failed = false;
  const texts = paths.map((path) => {
    const resolved = context.path(path);
    const text = context.host.files.read(resolved) ?? endlessText(resolved, context.host);
    if (text !== undefined) {
      allocate(context.state.budget, text.length);
      return text;
    }
    failed = true;
    const isDirectory = context.host.files.stat(resolved)?.kind === 'directory';
    if (isDirectory) context.error(`${context.name}: ${context.host.flavor === 'busybox' ? 'read error' : path}: Is a directory\n`);
    else {
      const reason = context.host.files.mayRead(resolved) ? 'No such file or directory' : 'Permission denied';
      context.error(
        context.host.flavor === 'busybox' ? `${context.name}: can't open '${path}': ${reason}\n` : `${context.name}: ${path}: ${reason}\n`,
      );
    }
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
      for (const operand of args.slice(i + 1)) operands.push(operand);
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

/** Options up to the first operand: what follows is another command's. */
export function optionsBefore(args: readonly string[], withValue: string): { options: Map<string, string>; operands: readonly string[] } {
  let end = 0;
  for (; end < args.length; end += 1) {
    const argument = args[end] as string;
    if (argument === '--') break;
    if (!argument.startsWith('-') || argument === '-') break;
    // The value of an option in the next word is none of the operands.
    if (!argument.startsWith('--') && valueIsNext(argument, withValue)) end += 1;
  }
  const { options } = parseOptions(args.slice(0, end), withValue);
  return { options, operands: args.slice(args[end] === '--' ? end + 1 : end) };
}

function valueIsNext(argument: string, withValue: string): boolean {
  const at = [...argument].findIndex((letter, index) => index > 0 && withValue.includes(letter));
  return at > 0 && at === argument.length - 1;
}

/** Lines without their ends; a last line without end counts. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Lines with their ends. */
export const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** A command that maps all lines of its input; `withValue` has the letters of the options that take one. */
export function filterLines(
  withValue: string,
  map: (lines: readonly string[], options: ReadonlyMap<string, string>) => readonly string[],
): ShellCommand {
  return (context) => {
    const { options, operands } = parseOptions(context.args, withValue);
    const input = readAll(context, operands);
    if (input === null) return null;
    context.out(joinLines(map(linesOf(input.text), options)));
    return input.failed ? 1 : 0;
  };
}
