// Executes one instruction of a compiled script in one process.

import { assertNever } from '../../../kernel/assert.ts';
import { GLOB_STEPS_MAX } from '../../../kernel/limits.ts';
import { type ArithmeticScope, evaluateArithmetic } from './arithmetic.ts';
import { evaluateTest } from './commands/test.ts';
import { appendParameter, joinWord, parameterValue, patternOf, regularExpressionOf, splitWord } from './expand.ts';
import { matchesPattern, removeMatch, replaceMatch } from './glob.ts';
import { allocate, spend } from './budget.ts';
import { canFork, endFrame, endProcess, forkError, forkProcess } from './processes.ts';
import type { Instruction, WordMode } from './program.ts';
import { applyRedirections, beginCommand, fatal } from './run-command.ts';
import type { Frame, Process, Segment, ShellHost, ShellState } from './state.ts';

/** Executes `instruction`; `frame.pc` already points behind it. */
export function stepInstruction(state: ShellState, process: Process, frame: Frame, instruction: Instruction, host: ShellHost): void {
  switch (instruction.do) {
    case 'exec':
      return beginCommand(state, process, host);
    case 'assign':
      return void process.assignments.push({ name: instruction.name, value: assignedValue(state, process, instruction) });
    case 'redirect':
      return void process.redirections.push({ operator: instruction.operator, fd: instruction.fd, target: takeValue(process) });
    case 'field':
      return void process.fields.push(instruction.text);
    case 'jump':
      frame.pc = instruction.to;
      return;
    case 'jumpIf':
      if ((process.status === 0) === instruction.success) frame.pc = instruction.to;
      return;
    case 'status':
      process.status = instruction.code;
      return;
    case 'not':
      process.status = process.status === 0 ? 1 : 0;
      return;
    case 'guard':
      process.guards += instruction.on ? 1 : -1;
      return;
    case 'function':
      process.functions[instruction.name] = { source: frame.source, at: frame.pc };
      process.status = 0;
      frame.pc = instruction.end;
      return;
    case 'subshell':
      return runSubshell(state, process, frame, instruction, host);
    case 'pipeline':
      return runPipeline(state, process, frame, instruction, host);
    case 'commandSub':
      return runSubstitution(state, process, frame, instruction, host);
    case 'redirectsPush':
      return pushRedirections(state, process, host);
    case 'redirectsPop':
      process.descriptors = process.savedDescriptors.pop() ?? process.descriptors;
      return;
    case 'testCommand':
    case 'testWords':
      return runTest(process, instruction, host);
    case 'return':
      return endFrame(state, process, frame);
    case 'loopBegin':
    case 'loopEnd':
    case 'forBegin':
    case 'forNext':
    case 'forEnd':
    case 'caseBegin':
    case 'caseMatch':
    case 'caseEnd':
      return stepControl(state, process, frame, instruction);
    default:
      return stepWord(state, process, frame, instruction, host);
  }
}

type ControlInstruction = Extract<
  Instruction,
  { do: 'loopBegin' | 'loopEnd' | 'forBegin' | 'forNext' | 'forEnd' | 'caseBegin' | 'caseMatch' | 'caseEnd' }
>;

function stepControl(state: ShellState, process: Process, frame: Frame, instruction: ControlInstruction): void {
  switch (instruction.do) {
    case 'loopBegin':
      process.loops.push({
        source: frame.source,
        frameDepth: process.frames.length,
        breakTo: instruction.breakTo,
        continueTo: instruction.continueTo,
        guards: process.guards,
        savedDescriptors: process.savedDescriptors.length,
        lists: process.lists.length,
        subjects: process.subjects.length,
      });
      return;
    case 'loopEnd':
      process.loops.pop();
      return;
    case 'forBegin':
      process.lists.push({ items: instruction.fromArguments ? [...process.arguments] : process.fields.splice(0), index: 0 });
      process.status = 0;
      return;
    case 'forNext': {
      const list = process.lists.at(-1);
      const item = list?.items[list.index];
      if (list === undefined || item === undefined) {
        frame.pc = instruction.end;
        return;
      }
      list.index += 1;
      process.variables[instruction.name] = item;
      return;
    }
    case 'forEnd':
      process.lists.pop();
      return;
    case 'caseBegin':
      process.subjects.push(takeValue(process));
      return;
    case 'caseMatch':
      if (matchesSubject(state, takeValue(process), process.subjects.at(-1) ?? '')) frame.pc = instruction.to;
      return;
    case 'caseEnd':
      process.subjects.pop();
  }
}

type WordInstruction = Exclude<
  Instruction,
  | ControlInstruction
  | {
      do:
        | 'exec'
        | 'assign'
        | 'field'
        | 'redirect'
        | 'jump'
        | 'jumpIf'
        | 'status'
        | 'not'
        | 'guard'
        | 'function'
        | 'subshell'
        | 'pipeline'
        | 'commandSub'
        | 'redirectsPush'
        | 'redirectsPop'
        | 'testCommand'
        | 'testWords'
        | 'return';
    }
>;

function stepWord(state: ShellState, process: Process, frame: Frame, instruction: WordInstruction, host: ShellHost): void {
  if (instruction.do === 'wordBegin') return void process.words.push([]);
  const word = process.words.at(-1) ?? [];
  switch (instruction.do) {
    case 'literal':
      return void word.push({ text: instruction.text, quoted: instruction.quoted, split: false });
    case 'param':
      return appendPlain(process, word, instruction, host);
    case 'paramTest':
      return testParameter(process, frame, word, instruction);
    case 'paramAssign': {
      const value = takeValue(process);
      process.variables[instruction.name] = value;
      return void word.push(expanded(value, instruction.quoted));
    }
    case 'paramError': {
      const message = takeValue(process);
      return fatal(process, host, `${instruction.name}: ${message === '' ? 'parameter not set or null' : message}`);
    }
    case 'paramRemove': {
      const pattern = takeValue(process);
      const value = parameterValue(process, instruction.name) ?? '';
      spendMatch(state, pattern, value);
      return void word.push(expanded(removeMatch(value, pattern, instruction.operator), instruction.quoted));
    }
    case 'paramReplace': {
      const replacement = takeValue(process);
      const pattern = takeValue(process);
      const value = parameterValue(process, instruction.name) ?? '';
      spendMatch(state, pattern, value);
      const pieces = replaceMatch(value, pattern, replacement, instruction.operator);
      allocate(
        state.budget,
        pieces.reduce((sum, piece) => sum + piece.length, 0),
      );
      return void word.push(expanded(pieces.join(''), instruction.quoted));
    }
    case 'paramSlice':
      return void word.push(expanded(sliceParameter(process, instruction), instruction.quoted));
    case 'paramCase': {
      const value = parameterValue(process, instruction.name) ?? '';
      return void word.push(expanded(changeCase(value, instruction.operator), instruction.quoted));
    }
    case 'arithmetic': {
      const value = evaluateArithmetic(instruction.expression, scopeOf(process));
      process.substitutions = [];
      if (typeof value === 'string') return fatal(process, host, value);
      return void word.push(expanded(String(value), instruction.quoted));
    }
    case 'wordPush':
      return void word.push({ text: takeValue(process), quoted: true, split: false });
    case 'wordEnd':
      process.words.pop();
      allocate(
        state.budget,
        word.reduce((sum, segment) => sum + segment.text.length, 0),
      );
      spend(state.budget, word.length / SEGMENTS_PER_WORK);
      if (instruction.mode === 'fields') for (const field of splitFields(state, process, word, host)) process.fields.push(field);
      else process.values.push(keepWord(process, word, instruction.mode));
      return;
    default:
      return assertNever(instruction, 'shell instruction');
  }
}

function expanded(text: string, quoted: boolean): Segment {
  return { text, quoted, split: !quoted };
}

/** Splits a word. Very many fields take more than their text. */
function splitFields(state: ShellState, process: Process, word: readonly Segment[], host: ShellHost): readonly string[] {
  for (const { text, split } of word) {
    if (!split || text.length < LONG_TEXT) continue;
    let count = 0;
    for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) <= BLANK) count += 1;
    allocate(state.budget, count * FIELD_SIZE);
    spend(state.budget, text.length / MATCHED_PER_WORK);
  }
  return splitWord(process, word, host.files);
}

const LONG_TEXT = 4_096;
const BLANK = 32;
const FIELD_SIZE = 64;

function matchesSubject(state: ShellState, pattern: string, text: string): boolean {
  spendMatch(state, pattern, text);
  return matchesPattern(pattern, text);
}

/** What the match of a shell pattern can cost. */
function spendMatch({ budget }: ShellState, pattern: string, text: string): void {
  spend(budget, (pattern.length + text.length) / MATCHED_PER_WORK);
  if (pattern.length > PLAIN_PATTERN_LENGTH) spend(budget, Math.min(pattern.length * text.length, GLOB_STEPS_MAX) / STEPS_PER_WORK);
}

/** Parts of a word that take as long as an instruction. */
const SEGMENTS_PER_WORK = 10;
/** Characters that take as long to match as an instruction. */
const MATCHED_PER_WORK = 20;
/** Patterns of this length cost what their text costs. */
const PLAIN_PATTERN_LENGTH = 64;
/** Steps of a match that take as long as an instruction. */
const STEPS_PER_WORK = 500;

function keepWord(process: Process, word: readonly Segment[], mode: Exclude<WordMode, 'fields'>): string {
  if (mode === 'single') return joinTilde(process, word);
  return mode === 'pattern' ? patternOf(word) : regularExpressionOf(word);
}

function joinTilde(process: Process, word: readonly Segment[]): string {
  const text = joinWord(word);
  const first = word[0];
  const hasTilde = first !== undefined && !first.quoted && /^~(?:\/|$)/.test(first.text);
  return hasTilde ? `${process.variables['HOME'] ?? '/root'}${text.slice(1)}` : text;
}

function appendPlain(process: Process, word: Segment[], instruction: Extract<Instruction, { do: 'param' }>, host: ShellHost): void {
  const { name, quoted, length } = instruction;
  if (process.options.includes('nounset') && !/^[@*]$/.test(name) && parameterValue(process, name) === undefined) {
    return fatal(process, host, `${name}: parameter not set`);
  }
  if (!length) return appendParameter(process, word, name, quoted);
  const value = name === '@' || name === '*' ? process.arguments.length : (parameterValue(process, name) ?? '').length;
  word.push(expanded(String(value), quoted));
}

function testParameter(process: Process, frame: Frame, word: Segment[], instruction: Extract<Instruction, { do: 'paramTest' }>): void {
  const value = parameterValue(process, instruction.name);
  const isPresent = instruction.operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const wantsOperand = instruction.operator.endsWith('+') ? isPresent : !isPresent;
  if (wantsOperand) return;
  if (isPresent) appendParameter(process, word, instruction.name, instruction.quoted);
  frame.pc = instruction.to;
}

function sliceParameter(process: Process, instruction: Extract<Instruction, { do: 'paramSlice' }>): string {
  const length = instruction.hasLength ? Number(takeValue(process)) : undefined;
  const offset = Number(takeValue(process));
  const value = parameterValue(process, instruction.name) ?? '';
  const begin = offset < 0 ? Math.max(value.length + offset, 0) : offset;
  const end = length === undefined ? value.length : length < 0 ? value.length + length : begin + length;
  return value.slice(begin, end);
}

function changeCase(value: string, operator: string): string {
  const count = operator.length === 1 ? 1 : value.length;
  const head = value.slice(0, count);
  return (operator.startsWith('^') ? head.toUpperCase() : head.toLowerCase()) + value.slice(count);
}

function scopeOf(process: Process): ArithmeticScope {
  return {
    get: (name) => parameterValue(process, name) ?? '',
    set(name, value) {
      process.variables[name] = value;
    },
    substitutions: process.substitutions,
  };
}

function assignedValue(state: ShellState, process: Process, instruction: { name: string; append: boolean }): string {
  const value = takeValue(process);
  if (!instruction.append) return value;
  const present = process.variables[instruction.name] ?? '';
  allocate(state.budget, present.length + value.length);
  return present + value;
}

function takeValue(process: Process): string {
  return process.values.pop() ?? '';
}

function runTest(process: Process, instruction: Extract<Instruction, { do: 'testCommand' | 'testWords' }>, host: ShellHost): void {
  if (instruction.do === 'testWords') {
    process.status = evaluateTest(process.fields.splice(0), process, host, true);
    return;
  }
  const value = evaluateArithmetic(instruction.expression, scopeOf(process));
  process.substitutions = [];
  if (typeof value === 'string') return fatal(process, host, value);
  process.status = value === 0 ? 1 : 0;
}

function mayFork(state: ShellState, process: Process, host: ShellHost): boolean {
  if (canFork(state)) return true;
  fatal(process, host, forkError(host));
  return false;
}

function runSubshell(
  state: ShellState,
  process: Process,
  frame: Frame,
  instruction: Extract<Instruction, { do: 'subshell' }>,
  host: ShellHost,
): void {
  const begin = frame.pc;
  frame.pc = instruction.end;
  if (instruction.background) forgetOldJobs(state, process);
  if (!mayFork(state, process, host)) return;
  const child = forkProcess(state, process, frame.source, begin);
  child.guards = instruction.background ? 0 : process.guards;
  if (instruction.background) {
    child.descriptors[0] = { to: 'null' };
    process.lastBackground = child.pid;
    process.status = 0;
    return;
  }
  process.pendingChildren = { pids: [child.pid], capture: null };
}

/** Ended background children stay until `wait` asks for them; only the newest, as nobody asks for old ones. */
function forgetOldJobs(state: ShellState, process: Process): void {
  const newest = (process.lastBackground ?? 0) - JOBS_KEPT_MAX;
  state.processes = state.processes.filter((child) => child.exitCode === null || child.ppid !== process.pid || child.pid > newest);
}

const JOBS_KEPT_MAX = 16;

function runPipeline(
  state: ShellState,
  process: Process,
  frame: Frame,
  instruction: Extract<Instruction, { do: 'pipeline' }>,
  host: ShellHost,
): void {
  let begin = frame.pc;
  let input: string | null = null;
  const pids: number[] = [];
  for (const [index, end] of instruction.ends.entries()) {
    if (!mayFork(state, process, host)) return;
    const child = forkProcess(state, process, frame.source, begin);
    if (input !== null) child.descriptors[0] = { to: 'pipe', id: input };
    if (index < instruction.ends.length - 1) {
      input = openPipe(state, false);
      child.descriptors[1] = { to: 'pipe', id: input };
      if (instruction.mergeStderr[index] === true) child.descriptors[2] = { to: 'pipe', id: input };
    }
    pids.push(child.pid);
    begin = end;
  }
  frame.pc = begin;
  process.pendingChildren = { pids, capture: null };
}

function runSubstitution(
  state: ShellState,
  process: Process,
  frame: Frame,
  instruction: Extract<Instruction, { do: 'commandSub' }>,
  host: ShellHost,
): void {
  const begin = frame.pc;
  frame.pc = instruction.end;
  if (!mayFork(state, process, host)) return;
  const child = forkProcess(state, process, frame.source, begin);
  const pipe = openPipe(state, true);
  child.descriptors[1] = { to: 'pipe', id: pipe };
  process.pendingChildren = { pids: [child.pid], capture: { pipe, quoted: instruction.quoted, keep: instruction.keep } };
}

function openPipe(state: ShellState, isCapture: boolean): string {
  const id = `p${state.nextPipe}`;
  state.nextPipe += 1;
  state.pipes.push({ id, text: '', isCapture });
  return id;
}

function pushRedirections(state: ShellState, process: Process, host: ShellHost): void {
  const before = process.descriptors.map((descriptor) => (descriptor === null ? null : { ...descriptor }));
  const error = applyRedirections(process, process.redirections.splice(0), host);
  process.savedDescriptors.push(before);
  if (error === null) return;
  // An unusable file of a compound command ends the script, as it ends BusyBox's.
  host.write('stderr', `${process.name}: ${error}\n`);
  endProcess(state, process, 1);
}
