// Executes one instruction of a compiled script in one process.

import { prefixOf } from './complaints.ts';
import { assertNever } from '../kernel/assert.ts';
import { type ArithmeticScope, evaluateArithmetic } from './arithmetic.ts';
import { evaluateTest } from './commands/test.ts';
import { arrayOf, readElement, readVariable, writeElement, writeVariable } from './arrays.ts';
import { joinWord, parameterValue, patternOf, regularExpressionOf, splitWord } from './expand.ts';
import { matchesPattern } from './glob.ts';
import { expanded, MATCHED_PER_WORK, spendMatch, stepParameter, takeValue } from './parameters.ts';
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
    case 'assignElement':
    case 'arrayBegin':
    case 'arrayTake':
    case 'arrayEnd':
      return stepArray(state, process, instruction);
    case 'refuse':
      return fatal(process, host, `${instruction.what} is not supported`);
    case 'jumpUnlessBash':
      if (host.flavor !== 'bash' && process.isBash !== true) frame.pc = instruction.to;
      return;
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
      writeVariable(process, instruction.name, item);
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
        | 'assignElement'
        | 'arrayBegin'
        | 'arrayTake'
        | 'arrayEnd'
        | 'refuse'
        | 'jumpUnlessBash'
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
    case 'paramTest':
    case 'paramAssign':
    case 'paramError':
    case 'paramRemove':
    case 'paramReplace':
    case 'paramSlice':
    case 'paramCase':
    case 'paramKeys':
    case 'subscript':
    case 'subscriptEnd':
      return stepParameter(state, process, frame, word, instruction, host);
    case 'keep':
      return void process.substitutions.push(takeValue(process));
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

/** Parts of a word that take as long as an instruction. */
const SEGMENTS_PER_WORK = 10;

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

function scopeOf(process: Process): ArithmeticScope {
  const keyOf = (name: string, text: string, key: number): string =>
    arrayOf(process, name)?.isAssociative === true
      ? text.replace(/\$\{?(\w+)\}?/g, (_whole, other: string) => readVariable(process, other) ?? '')
      : String(key);
  return {
    get: (name) => parameterValue(process, name) ?? '',
    set: (name, value) => writeVariable(process, name, value),
    getElement: (name, text, key) => readElement(process, name, keyOf(name, text, key)) ?? '',
    setElement: (name, text, key, value) => writeElement(process, name, keyOf(name, text, key), value),
    substitutions: process.substitutions,
  };
}

type ArrayInstruction = Extract<Instruction, { do: 'assignElement' | 'arrayBegin' | 'arrayTake' | 'arrayEnd' }>;

/** The elements that were built wait in a list of their own, which knows where the fields of the command end. */
function stepArray(state: ShellState, process: Process, instruction: ArrayInstruction): void {
  switch (instruction.do) {
    case 'assignElement': {
      const value = takeValue(process);
      const key = takeValue(process);
      const { name, append } = instruction;
      return void process.assignments.push({ name, value: append ? (readElement(process, name, key) ?? '') + value : value, key });
    }
    case 'arrayBegin':
      return void process.lists.push({ items: [], index: process.fields.length });
    case 'arrayTake': {
      const list = process.lists.at(-1);
      if (list === undefined) return;
      if (instruction.hasKey) {
        const value = takeValue(process);
        list.items.push(`${KEYED}${takeValue(process)}${KEYED}${value}`);
      } else {
        const fields = process.fields.splice(list.index);
        for (const field of fields) list.items.push(field);
        allocate(state.budget, fields.length * ELEMENT_SIZE);
      }
      return;
    }
    case 'arrayEnd': {
      const { name, append, isArgument } = instruction;
      const items = (process.lists.pop()?.items ?? []).map((text) => {
        const [, key, ...value] = text.startsWith(KEYED) ? text.split(KEYED) : [];
        return { key: key ?? null, value: key === undefined ? text : value.join(KEYED) };
      });
      if (isArgument) process.fields.push(name);
      process.assignments.push({ name, value: '', items, append, isArgument });
    }
  }
}

/** What an element costs beside its text. */
const ELEMENT_SIZE = 64;

/** Parts the key of an element from its value. */
const KEYED = '\u0003';

function assignedValue(state: ShellState, process: Process, instruction: { name: string; append: boolean }): string {
  const value = takeValue(process);
  if (!instruction.append) return value;
  const present = readVariable(process, instruction.name) ?? '';
  allocate(state.budget, present.length + value.length);
  return present + value;
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
  process.pendingChildren = {
    pids: [child.pid],
    capture: { pipe, quoted: instruction.quoted, keep: instruction.keep, isFile: instruction.isFile === true },
  };
}

function openPipe(state: ShellState, isCapture: boolean): string {
  const id = `p${state.nextPipe}`;
  state.nextPipe += 1;
  state.pipes.push({ id, text: '', isCapture });
  return id;
}

function pushRedirections(state: ShellState, process: Process, host: ShellHost): void {
  const before = process.descriptors.map((descriptor) => (descriptor === null ? null : { ...descriptor }));
  const error = applyRedirections(state, process, process.redirections.splice(0), host);
  process.savedDescriptors.push(before);
  if (error === null) return;
  // An unusable file of a compound command ends the script, as it ends BusyBox's.
  host.write('stderr', `${prefixOf(process, host)}${error}\n`);
  endProcess(state, process, 1);
}
