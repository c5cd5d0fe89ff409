// read and mapfile: input into variables.

import { allocate } from '../budget.ts';
import { writeArray, writeVariable } from '../arrays.ts';
import type { CommandContext } from '../command.ts';
import type { Process } from '../state.ts';
import { parseOptions } from './input-text.ts';

/** `read [-r] [-a array] [-d delimiter] [-n count] [-p prompt] [-t seconds] [-u descriptor] [name ...]`. */
export function readLine(context: CommandContext): number | null {
  const { process, memory, host } = context;
  const { options, operands } = parseOptions(context.args, 'adinNptu');
  const fd = Number(options.get('u') ?? 0);
  const delimiter = options.has('d') ? (options.get('d') ?? '').slice(0, 1) || '\0' : '\n';
  const count = Number(options.get('n') ?? options.get('N') ?? Number.POSITIVE_INFINITY);
  const untilMs = options.has('t') ? Number(memory['untilMs'] ?? host.nowMs + Math.round(Number(options.get('t')) * 1000)) : undefined;
  if (untilMs !== undefined) memory['untilMs'] = untilMs;
  for (;;) {
    const text = context.read(fd);
    if (text === null) {
      if (untilMs === undefined) return null;
      if (untilMs <= host.nowMs) return 142;
      // Input or the end of the time, whichever comes first.
      process.wait = { for: 'input', fd, untilMs };
      return null;
    }
    const buffered = `${typeof memory['text'] === 'string' ? memory['text'] : ''}${text ?? ''}`;
    const found = buffered.indexOf(delimiter);
    const isFull = buffered.length >= count && (found < 0 || found >= count);
    if (found < 0 && !isFull && text !== undefined) {
      allocate(context.state.budget, text.length);
      memory['text'] = buffered;
      continue;
    }
    const end = isFull ? count : found < 0 ? buffered.length : found;
    context.unread(buffered.slice(isFull ? end : end + 1), fd);
    const line = options.has('r') ? buffered.slice(0, end) : buffered.slice(0, end).replace(/\\(.)/g, '$1');
    const array = options.get('a');
    if (array === undefined) assignFields(process, operands.length === 0 ? ['REPLY'] : operands, line);
    else
      writeArray(
        process,
        array,
        fieldsOf(process, line).map((value) => ({ key: null, value })),
        false,
      );
    return found < 0 && !isFull ? 1 : 0;
  }
}

function fieldsOf(process: Process, line: string): string[] {
  const separators = process.variables['IFS'] ?? ' \t\n';
  const isBlank = [...separators].every((character) => /\s/.test(character));
  const parts: string[] = [''];
  for (const character of trim(line, separators)) {
    if (separators.includes(character)) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return (isBlank ? parts.filter((part) => part !== '') : parts).filter((part, index, all) => part !== '' || index < all.length - 1);
}

function assignFields(process: Process, names: readonly string[], line: string): void {
  const separators = process.variables['IFS'] ?? ' \t\n';
  let rest = trim(line, separators);
  names.forEach((name, index) => {
    if (index === names.length - 1) {
      writeVariable(process, name, rest);
      return;
    }
    const end = [...rest].findIndex((character) => separators.includes(character));
    writeVariable(process, name, end < 0 ? rest : rest.slice(0, end));
    rest = end < 0 ? '' : trim(rest.slice(end + 1), separators);
  });
}

function trim(text: string, separators: string): string {
  const isBlank = (character: string | undefined): boolean =>
    character !== undefined && separators.includes(character) && /\s/.test(character);
  let begin = 0;
  let end = text.length;
  while (begin < end && isBlank(text[begin])) begin += 1;
  while (end > begin && isBlank(text[end - 1])) end -= 1;
  return text.slice(begin, end);
}

/** `mapfile [-t] [-n count] [-s skipped] [-d delimiter] [-O origin] [array]`: one element a line. */
export function mapFile(context: CommandContext): number | null {
  const { process, memory } = context;
  const { options, operands } = parseOptions(context.args, 'dnsOuCc');
  for (;;) {
    const text = context.read(Number(options.get('u') ?? 0));
    if (text === null) return null;
    const gathered = typeof memory['text'] === 'string' ? memory['text'] : '';
    if (text !== undefined) {
      allocate(context.state.budget, text.length);
      memory['text'] = gathered + text;
      continue;
    }
    const delimiter = options.has('d') ? (options.get('d') ?? '').slice(0, 1) || '\0' : '\n';
    const parts = gathered.split(delimiter);
    if (parts.at(-1) === '') parts.pop();
    const skipped = Number(options.get('s') ?? 0);
    const count = Number(options.get('n') ?? 0);
    const lines = parts.slice(skipped, count > 0 ? skipped + count : undefined);
    const items = lines.map((line) => ({ key: null, value: options.has('t') ? line : line + delimiter }));
    writeArray(process, operands[0] ?? 'MAPFILE', items, false);
    return 0;
  }
}
