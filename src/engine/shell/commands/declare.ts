// declare, typeset, local, readonly and export: variables with attributes. Upstream of the behaviour: bash 5, and `local` of ash and dash.

import {
  type ArrayItem,
  arrayOf,
  becomeArray,
  placeOf,
  readVariable,
  type ShellArray,
  targetOf,
  writeArray,
  writeElement,
  writeVariable,
} from '../arrays.ts';
import { evaluateText } from '../arithmetic-text.ts';
import type { CommandContext } from '../command.ts';
import type { Frame, Process } from '../state.ts';

/** An array among the arguments: `declare -A m=([a]=1)`. */
export interface ArrayArgument {
  readonly name: string;
  readonly items: readonly ArrayItem[];
  readonly append: boolean;
}

/** `declare [-aAilnrux] [-g] [-p] [name[=value] ...]`. */
export function declare(context: CommandContext): number {
  const { args, process, name: command } = context;
  const letters = args.filter((argument) => /^[-+][a-zA-Z]+$/.test(argument));
  const operands = args.filter((argument) => !/^[-+][a-zA-Z]+$/.test(argument) && argument !== '--');
  const has = (letter: string): boolean => letters.some((argument) => argument.startsWith('-') && argument.includes(letter));
  if (has('p') || (operands.length === 0 && command !== 'local')) return print(context, operands);
  const frame =
    command === 'readonly' || command === 'export' || has('g') ? undefined : process.frames.findLast((item) => item.kind === 'function');
  const arrays = (context.memory['arrays'] ?? []) as readonly ArrayArgument[];
  for (const operand of operands) {
    const [, name = '', sign = '', value = ''] = /^([^=+]*(?:\[[^\]]*\])?)(\+?=)?([\s\S]*)$/.exec(operand) ?? [];
    const plain = placeOf(name)?.name ?? name;
    if (frame !== undefined)
      keepLocal(process, frame, plain, sign === '' && !arrays.some((array) => array.name === plain) && isBash(context));
    if (has('n')) {
      if (sign !== '') process.references[plain] = value;
      continue;
    }
    if (has('A') && arrayOf(process, plain) === undefined) becomeArray(process, plain, true);
    if (has('a') && arrayOf(process, plain) === undefined) becomeArray(process, plain);
    const array = arrays.find((item) => item.name === plain);
    if (array !== undefined) writeArray(process, plain, array.items, array.append);
    else if (sign !== '')
      assign(
        process,
        name,
        sign,
        has('i') ? String(evaluateText(value, (other) => readVariable(process, other) ?? '')) : cased(value, has),
      );
    if ((has('x') || command === 'export') && !process.exported.includes(plain)) process.exported.push(plain);
  }
  return 0;
}

function isBash({ host, process }: CommandContext): boolean {
  return host.flavor === 'bash' || process.isBash === true;
}

function cased(value: string, has: (letter: string) => boolean): string {
  return has('l') ? value.toLowerCase() : has('u') ? value.toUpperCase() : value;
}

function assign(process: Process, name: string, sign: string, value: string): void {
  const place = placeOf(name);
  if (place !== undefined) writeElement(process, place.name, place.key, value);
  else writeVariable(process, name, sign === '+=' ? (readVariable(process, name) ?? '') + value : value);
}

/** A function's own variable: what there was comes back when it ends. */
function keepLocal(process: Process, frame: Frame, name: string, isUnset: boolean): void {
  const before = Object.hasOwn(process.variables, name) ? (process.variables[name] ?? null) : null;
  const array: ShellArray | null = Object.hasOwn(process.arrays, name) ? (process.arrays[name] ?? null) : null;
  const reference = Object.hasOwn(process.references, name) ? (process.references[name] ?? null) : null;
  frame.locals.push({ name, before, array, reference });
  delete process.arrays[name];
  delete process.references[name];
  if (isUnset || array !== null) delete process.variables[name];
}

function print({ process, out, error, name: command }: CommandContext, names: readonly string[]): number {
  let code = 0;
  const all = [...new Set([...Object.keys(process.variables), ...Object.keys(process.arrays)])].sort();
  for (const name of names.length === 0 ? all : names) {
    const array = arrayOf(process, name);
    const text = readVariable(process, name);
    const isReference = Object.hasOwn(process.references, name);
    if (isReference) out(`declare -n ${name}="${targetOf(process, name)}"\n`);
    else if (array !== undefined) {
      const entries = array.entries.map(([key, value]) => `[${key}]="${escaped(value)}"`);
      out(
        `declare -${array.isAssociative ? 'A' : 'a'} ${name}=(${entries.join(' ')}${array.isAssociative && entries.length > 0 ? ' ' : ''})\n`,
      );
    } else if (text === undefined) {
      error(`${process.name}: ${command}: ${name}: not found\n`);
      code = 1;
    } else out(`declare -${process.exported.includes(name) ? 'x' : '-'} ${name}="${escaped(text)}"\n`);
  }
  return code;
}

function escaped(text: string): string {
  return text.replace(/["\\$`]/g, '\\$&');
}
