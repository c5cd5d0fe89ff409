// `xargs`: commands made of the words of standard input, one after the other. Upstream of the behaviour: POSIX xargs, GNU findutils.

import { allocate } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { collectChild, startChild, waitForChild } from './children.ts';
import { optionsBefore } from './input-text.ts';

export const xargs: ShellCommand = (context) => {
  const { memory } = context;
  const input = gatherInput(context);
  if (input === null) return null;
  const { options, operands } = optionsBefore(context.args, 'nILdPsEaR');
  const commands = commandsOf(input, operands.length === 0 ? ['echo'] : operands, options);
  if (typeof memory['child'] === 'number') {
    const code = collectChild(context, memory['child']);
    if (code === null) return null;
    delete memory['child'];
    if (code !== 0) memory['code'] = code === 255 ? 124 : code === 126 || code === 127 ? code : 123;
    if (code === 255 || code === 127) return memory['code'] as number;
  }
  const at = typeof memory['at'] === 'number' ? memory['at'] : 0;
  const words = commands[at];
  if (words === undefined) return typeof memory['code'] === 'number' ? memory['code'] : 0;
  memory['at'] = at + 1;
  if (options.has('t')) context.error(`${words.join(' ')}\n`);
  return startChild(context, words) ? waitForChild(context, memory['child'] as number) : 1;
};

/** The words of each command. Without input there is one command without them, unless `-r` is given. */
function commandsOf(input: string, words: readonly string[], options: ReadonlyMap<string, string>): string[][] {
  const replaced = options.get('I') ?? (options.has('i') ? '{}' : undefined);
  const delimiter = options.has('0')
    ? '\0'
    : options.has('d')
      ? (options.get('d') ?? '').replace('\\n', '\n').replace('\\t', '\t')
      : undefined;
  const lines = input.split(delimiter ?? '\n').filter((line) => line !== '');
  if (replaced !== undefined) return lines.map((line) => words.map((word) => word.replaceAll(replaced, line.trimStart())));
  const perLine = options.has('L');
  const items = perLine
    ? lines.map((line) => line.trim().split(/\s+/))
    : (delimiter === undefined ? splitItems(input) : lines).map((item) => [item]);
  const size = Math.max(1, Number(options.get('L') ?? options.get('n') ?? ITEMS_MAX) || 1);
  const commands: string[][] = [];
  for (let at = 0; at < items.length; at += size) commands.push([...words, ...items.slice(at, at + size).flat()]);
  return commands.length === 0 && !options.has('r') && !options.has('no-run-if-empty') ? [[...words]] : commands;
}

/** Words of one command without `-n`. */
const ITEMS_MAX = 5_000;

/** Words of the input; quotes and backslashes keep blanks. */
function splitItems(text: string): string[] {
  return [...text.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"[^"]*")+/gs)].map(([item]) =>
    item.replace(
      /\\(.)|'([^']*)'|"([^"]*)"/gs,
      (_match, escaped?: string, single?: string, double?: string) => escaped ?? single ?? double ?? '',
    ),
  );
}

function gatherInput(context: CommandContext): string | null {
  const { memory } = context;
  if (memory['isWhole'] === true) return memory['input'] as string;
  for (;;) {
    const text = context.read();
    if (text === null) return null;
    const gathered = typeof memory['input'] === 'string' ? memory['input'] : '';
    if (text === undefined) {
      memory['input'] = gathered;
      memory['isWhole'] = true;
      return gathered;
    }
    allocate(context.state.budget, text.length);
    memory['input'] = gathered + text;
  }
}
