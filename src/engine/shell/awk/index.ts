// `awk`: options, operands, and the run of its program. Rule: K924.

import type { CommandContext, ShellCommand } from '../command.ts';
import { optionsBefore, readAll } from '../commands/input-text.ts';
import { assign, evaluate } from './evaluate.ts';
import { type AwkInput, AwkMachine } from './machine.ts';
import { parseAwk } from './parse.ts';
import { AwkFailure } from './syntax.ts';
import { unescape } from './tokens.ts';
import { inputOf } from './values.ts';

/** What awk ends with when a file cannot be read. */
const EXIT_FAILURE = 2;

/** `awk [-F separator] [-v name=value] program [file | name=value ...]`, the program also from `-f file`. */
export const awk: ShellCommand = (context) => {
  const { options, operands } = optionsBefore(context.args, 'Fvf');
  const file = options.get('f');
  const program = file === undefined ? operands[0] : context.host.files.read(context.path(file));
  const files = file === undefined ? operands.slice(1) : operands;
  if (program === undefined) {
    context.error(file === undefined ? 'awk: no program\n' : `awk: can't open '${file}': No such file or directory\n`);
    return file === undefined ? 1 : EXIT_FAILURE;
  }
  // The whole input is read before the program runs.
  const isReading = !files.some((operand) => !isAssignment(operand) && operand !== '-');
  const input = isReading && needsInput(program) ? readAll(context, []) : { text: '', failed: false };
  if (input === null) return null;
  return run(context, program, files, input.text, options.get('F'));
};

function isAssignment(operand: string): boolean {
  return /^[A-Za-z_]\w*=/.test(operand);
}

/** A program of nothing but `BEGIN` reads no input. */
function needsInput(source: string): boolean {
  try {
    return parseAwk(source).rules.some(({ when }) => when !== 'begin') || /\bgetline\b/.test(source);
  } catch (error) {
    if (error instanceof AwkFailure) return false;
    throw error;
  }
}

function run(context: CommandContext, program: string, files: readonly string[], input: string, separator: string | undefined): number {
  try {
    const machine = new AwkMachine(parseAwk(program), context, { evaluate, assign });
    if (separator !== undefined) machine.variables.set('FS', separator === 't' ? '\t' : unescape(separator));
    for (const [name, value] of assignmentsOf(context.args)) machine.variables.set(name, inputOf(unescape(value)));
    const environment = machine.array('ENVIRON');
    for (const name of context.process.exported) environment.set(name, inputOf(context.process.variables[name] ?? ''));
    const list = machine.array('ARGV');
    ['awk', ...files].forEach((operand, index) => list.set(String(index), inputOf(operand)));
    machine.variables.set('ARGC', files.length + 1);
    const { inputs, isWhole } = inputsOf(context, files, input);
    const code = machine.run(inputs);
    return code === 0 && !isWhole ? EXIT_FAILURE : code;
  } catch (error) {
    if (!(error instanceof AwkFailure)) throw error;
    context.error(`awk: cmd. line:1: ${error.message}\n`);
    return 1;
  }
}

function inputsOf(context: CommandContext, files: readonly string[], input: string): { inputs: AwkInput[]; isWhole: boolean } {
  const inputs: AwkInput[] = [];
  let isWhole = true;
  for (const operand of files) {
    if (isAssignment(operand)) {
      const at = operand.indexOf('=');
      inputs.push({ name: operand.slice(0, at), value: unescape(operand.slice(at + 1)) });
      continue;
    }
    const text = operand === '-' ? input : context.host.files.read(context.path(operand));
    if (text === undefined) {
      context.error(`awk: ${operand}: No such file or directory\n`);
      isWhole = false;
    } else inputs.push({ file: operand, text });
  }
  if (!files.some((operand) => !isAssignment(operand))) inputs.push({ file: '', text: input });
  return { inputs, isWhole };
}

/** The values of `-v`, each of which may come several times. */
function assignmentsOf(args: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (!argument.startsWith('-') || argument === '--') break;
    const text = argument === '-v' || argument === '-F' || argument === '-f' ? (args[(index += 1)] ?? '') : argument.slice(2);
    const at = text.indexOf('=');
    if (argument.startsWith('-v') && at > 0) found.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return found;
}
