// Expansions of parameters: `$x`, `${x:-w}`, `${x#p}`, `${x/p/r}`, `${x:1:2}`, `${x^^}`, `${a[i]}`, `${a[@]}`, `${!x}` (POSIX 2.6.2, bash). Rule: K926.

import { unsetText } from './complaints.ts';
import { GLOB_STEPS_MAX } from '../kernel/limits.ts';
import { keysOf, spendArray, writeElement, writeVariable } from './arrays.ts';
import { evaluateText } from './arithmetic-text.ts';
import { allocate, spend } from './budget.ts';
import { SUBSCRIPT } from './compile-word.ts';
import { appendList, appendParameter, listOf, parameterValue } from './expand.ts';
import { removeMatch, replaceMatch } from './glob.ts';
import type { Instruction } from './program.ts';
import { fatal } from './run-command.ts';
import type { Frame, Process, Segment, ShellHost, ShellState } from './state.ts';

type ParameterInstruction = Extract<
  Instruction,
  {
    do:
      | 'param'
      | 'paramTest'
      | 'paramAssign'
      | 'paramError'
      | 'paramRemove'
      | 'paramReplace'
      | 'paramSlice'
      | 'paramCase'
      | 'paramKeys'
      | 'subscript'
      | 'subscriptEnd';
  }
>;

/** Executes one of them on the word under construction. */
export function stepParameter(
  state: ShellState,
  process: Process,
  frame: Frame,
  word: Segment[],
  instruction: ParameterInstruction,
  host: ShellHost,
): void {
  switch (instruction.do) {
    case 'param':
      return appendPlain(process, word, instruction, host);
    case 'paramTest':
      return testParameter(process, frame, word, instruction);
    case 'paramAssign': {
      const value = takeValue(process);
      assignParameter(process, instruction.name, value);
      return void word.push(expanded(value, instruction.quoted));
    }
    case 'paramError': {
      const message = takeValue(process);
      return fatal(process, host, `${shownName(process, instruction.name)}: ${message === '' ? 'parameter not set or null' : message}`);
    }
    case 'paramRemove': {
      const pattern = takeValue(process);
      return mapParameter(process, word, instruction, (value) => {
        spendMatch(state, pattern, value);
        return removeMatch(value, pattern, instruction.operator);
      });
    }
    case 'paramReplace': {
      const replacement = takeValue(process);
      const pattern = takeValue(process);
      return mapParameter(process, word, instruction, (value) => {
        spendMatch(state, pattern, value);
        const pieces = replaceMatch(value, pattern, replacement, instruction.operator);
        allocate(
          state.budget,
          pieces.reduce((sum, piece) => sum + piece.length, 0),
        );
        return pieces.join('');
      });
    }
    case 'paramSlice':
      return sliceParameter(process, word, instruction);
    case 'paramCase':
      return mapParameter(process, word, instruction, (value) => changeCase(value, instruction.operator));
    case 'paramKeys': {
      const { name = '', key = '@' } = process.subscripts.at(-1) ?? {};
      return appendList(process, word, keysOf(process, name), key === '*', instruction.quoted);
    }
    case 'subscript':
      spendArray(state, process, instruction.name, 1);
      return pushSubscript(process, instruction);
    case 'subscriptEnd':
      process.subscripts.pop();
  }
}

export function expanded(text: string, quoted: boolean): Segment {
  return { text, quoted, split: !quoted };
}

export function takeValue(process: Process): string {
  return process.values.pop() ?? '';
}

/** What the match of a shell pattern can cost. */
export function spendMatch({ budget }: ShellState, pattern: string, text: string): void {
  spend(budget, (pattern.length + text.length) / MATCHED_PER_WORK);
  if (pattern.length > PLAIN_PATTERN_LENGTH) spend(budget, Math.min(pattern.length * text.length, GLOB_STEPS_MAX) / STEPS_PER_WORK);
}

/** Characters that take as long to match as an instruction. */
export const MATCHED_PER_WORK = 20;
/** Patterns of this length cost what their text costs. */
const PLAIN_PATTERN_LENGTH = 64;
/** Steps of a match that take as long as an instruction. */
const STEPS_PER_WORK = 500;

/** `${!name}`: the text of a variable says which parameter it is. */
function pushSubscript(process: Process, { name, isIndirect }: Extract<Instruction, { do: 'subscript' }>): void {
  if (isIndirect) process.subscripts.push({ name: parameterValue(process, name) ?? '', key: null });
  else process.subscripts.push({ name, key: takeValue(process) });
}

function shownName(process: Process, name: string): string {
  const top = name === SUBSCRIPT ? process.subscripts.at(-1) : undefined;
  return top === undefined ? name : top.key === null ? top.name : `${top.name}[${top.key}]`;
}

function assignParameter(process: Process, name: string, value: string): void {
  const top = name === SUBSCRIPT ? process.subscripts.at(-1) : undefined;
  if (top === undefined) writeVariable(process, name, value);
  else if (top.key === null) writeVariable(process, top.name, value);
  else writeElement(process, top.name, top.key, value);
}

/** Applies a change to a value, or to each of a list. */
function mapParameter(
  process: Process,
  word: Segment[],
  { name, quoted }: { readonly name: string; readonly quoted: boolean },
  change: (value: string) => string,
): void {
  const list = listOf(process, name);
  if (list !== undefined) appendList(process, word, list.values.map(change), list.isJoined, quoted);
  else word.push(expanded(change(parameterValue(process, name) ?? ''), quoted));
}

function appendPlain(process: Process, word: Segment[], instruction: Extract<Instruction, { do: 'param' }>, host: ShellHost): void {
  const { name, quoted, length } = instruction;
  const list = listOf(process, name);
  const special = list === undefined && parameterValue(process, name) === undefined ? specialValue(process, name, host) : undefined;
  if (special !== undefined) return void word.push(expanded(length ? String(special.length) : special, quoted));
  if (process.options.includes('nounset') && list === undefined && parameterValue(process, name) === undefined)
    return fatal(process, host, unsetText(process, host, shownName(process, name)));
  if (!length) return appendParameter(process, word, name, quoted);
  const value = list === undefined ? [...(parameterValue(process, name) ?? '')].length : list.values.length;
  word.push(expanded(String(value), quoted));
}

/** Variables that the shell makes when they are looked at. */
function specialValue(process: Process, name: string, host: ShellHost): string | undefined {
  const isBash = host.flavor === 'bash' || process.isBash === true;
  switch (name) {
    case 'RANDOM':
      return host.flavor === 'dash' && !isBash ? undefined : String(host.random(32_768));
    case 'PPID':
      return String(process.ppid);
    case 'HOSTNAME':
      return isBash ? host.hostname : undefined;
    case 'UID':
    case 'EUID':
      return isBash ? String(host.user.uid) : undefined;
    case 'EPOCHSECONDS':
      return isBash ? String(Math.floor(host.nowMs / 1000)) : undefined;
    case 'BASH_VERSION':
      return isBash ? '5.2.37(1)-release' : undefined;
    case 'BASHPID':
      return isBash ? String(process.pid) : undefined;
    default:
      return undefined;
  }
}

function testParameter(process: Process, frame: Frame, word: Segment[], instruction: Extract<Instruction, { do: 'paramTest' }>): void {
  const value = parameterValue(process, instruction.name);
  const isPresent = instruction.operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const wantsOperand = instruction.operator.endsWith('+') ? isPresent : !isPresent;
  if (wantsOperand) return;
  if (isPresent) appendParameter(process, word, instruction.name, instruction.quoted);
  frame.pc = instruction.to;
}

/** `${x:offset:length}`, both expressions; of a list it is elements, and of `$@` they count from 1. */
function sliceParameter(process: Process, word: Segment[], instruction: Extract<Instruction, { do: 'paramSlice' }>): void {
  const number = (text: string): number => evaluateText(text, (name) => parameterValue(process, name) ?? '');
  const length = instruction.hasLength ? number(takeValue(process)) : undefined;
  const offset = number(takeValue(process));
  const list = listOf(process, instruction.name);
  if (list !== undefined) {
    const isArguments = list.values === process.arguments;
    const values = isArguments ? [process.name, ...list.values] : list.values;
    const begin = isArguments && offset === 0 ? 0 : offset;
    return appendList(process, word, sliced(values, begin, length), list.isJoined, instruction.quoted);
  }
  const value = parameterValue(process, instruction.name) ?? '';
  word.push(expanded(sliced([...value], offset, length).join(''), instruction.quoted));
}

function sliced<Item>(items: readonly Item[], offset: number, length: number | undefined): readonly Item[] {
  const begin = offset < 0 ? Math.max(items.length + offset, 0) : offset;
  const end = length === undefined ? items.length : length < 0 ? items.length + length : begin + length;
  return items.slice(begin, end);
}

function changeCase(value: string, operator: string): string {
  const count = operator.length === 1 ? 1 : value.length;
  const head = value.slice(0, count);
  return (operator.startsWith('^') ? head.toUpperCase() : head.toLowerCase()) + value.slice(count);
}
