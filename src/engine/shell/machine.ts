// Runs a shell session: processes take turns, each until it waits or ends, until nothing can go on at this instant. Everything between two
// calls is in the state; a sleeping shell costs one timer.
// Rules: K509 (signals of PID 1), the limits in state.ts. Upstream of the behaviour: POSIX Shell Command Language, BusyBox ash and dash.

import { compileScript } from './compile.ts';
import { stepInstruction } from './instructions.ts';
import { stepInput } from './input.ts';
import { finishCommand, settleStatus, stepCommand } from './run-command.ts';
import { addSource, createFrame, endProcess, hasReader, hasWriter, signalProcess } from './processes.ts';
import { MEMORY_COUNT_EVERY, WORK_CREDIT_MAX } from '../kernel/limits.ts';
import { allocate, beginTurn, createBudget, endTurn, isTurnOver, MemoryExceeded, pause, sizeOf } from './budget.ts';
import { type Capture, type Descriptor, PIPE_LENGTH_MAX, type Process, type ShellHost, type ShellState } from './state.ts';

export interface SessionOptions {
  /** The script text of `sh -c`, or undefined with `words` for a command run without a shell. */
  readonly script?: string;
  readonly words?: readonly string[];
  readonly name: string;
  readonly arguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly isInit: boolean;
  /** The number of its first process, when it is not the container's own. */
  readonly pid?: number;
  readonly input?: string;
  readonly keepInputOpen?: boolean;
  readonly hasTerminal?: boolean;
  /** Work that it can do at once. */
  readonly credit?: number;
}

/** A session that has not run yet. */
export function createSession(options: SessionOptions): ShellState {
  const pid = options.isInit ? 1 : (options.pid ?? 7);
  const state: ShellState = {
    sources: [],
    processes: [],
    pipes: [],
    nextPid: pid + 6,
    nextPipe: 1,
    rootPid: pid,
    exitCode: null,
    input: options.input ?? '',
    inputClosed: options.keepInputOpen !== true,
    isInit: options.isInit,
    budget: createBudget(options.credit ?? WORK_CREDIT_MAX),
    ...(options.hasTerminal === true ? { terminal: { line: '', hasPrompt: false } } : {}),
  };
  const root = createProcess(pid, 0, options);
  state.processes.push(root);
  if (options.words !== undefined) {
    root.running = { words: [...options.words], memory: {}, restore: null };
    state.sources.push('');
    root.frames.push(createFrame(0, 0, 'script', root));
  } else {
    state.sources.push(options.script ?? '');
    root.frames.push(createFrame(0, 0, 'script', root));
  }
  return state;
}

/** Runs the session as far as it goes at `host.nowMs`. */
export function runSession(state: ShellState, host: ShellHost): void {
  const { budget } = state;
  beginTurn(budget, host.nowMs);
  const busy = takeTurn(state, host);
  endTurn(budget);
  if (busy !== undefined) busy.wait = { for: 'time', untilMs: host.nowMs + pause(budget) };
}

/** Runs processes until none can go on. Returns the one that could, when the session has used up its turn. */
function takeTurn(state: ShellState, host: ShellHost): Process | undefined {
  const { budget } = state;
  const workLeft = host.workLeft();
  try {
    for (let process = nextRunnable(state, host.nowMs); process !== undefined; process = nextRunnable(state, host.nowMs)) {
      while (isRunnable(state, process, host.nowMs)) {
        if (isTurnOver(budget, workLeft)) return process;
        budget.spent += 1;
        step(state, process, host);
        if (state.exitCode !== null) return undefined;
        if (budget.allocated > MEMORY_COUNT_EVERY) countMemory(state, host);
      }
    }
  } catch (error) {
    if (!(error instanceof MemoryExceeded)) throw error;
    endSession(state);
  }
  return undefined;
}

/** Counts what the session holds. Throws MemoryExceeded. */
function countMemory(state: ShellState, host: ShellHost): void {
  const { budget } = state;
  budget.allocated = 0;
  budget.memory = sizeOf(state.processes) + sizeOf(state.pipes) + sizeOf(state.sources);
  if (budget.memory > host.memoryMax()) throw new MemoryExceeded();
}

/** The memory of the container is used up: all its processes are killed. */
function endSession(state: ShellState): void {
  state.isOutOfMemory = true;
  state.exitCode = 137;
  state.processes = [];
  state.pipes = [];
}

/** The next instant at which a process wakes by itself, or undefined. */
export function nextWakeMs(state: ShellState): number | undefined {
  let earliest: number | undefined;
  if (state.exitCode !== null) return undefined;
  for (const process of state.processes) {
    const { wait } = process;
    const untilMs = wait?.for === 'time' || wait?.for === 'children' || wait?.for === 'input' ? wait.untilMs : undefined;
    if (untilMs !== undefined && (earliest === undefined || untilMs < earliest)) earliest = untilMs;
  }
  return earliest;
}

/** Sends a signal to the session's main process; the caller runs the session afterwards. KILL is the runtime's own affair. */
export function signalSession(state: ShellState, signal: string): void {
  const root = state.processes.find((process) => process.pid === state.rootPid);
  if (root !== undefined) signalProcess(state, root, signal);
}

function step(state: ShellState, process: Process, host: ShellHost): void {
  process.wait = null;
  if (process.pendingChildren !== null && !collectChildren(state, process, host)) return;
  if (process.running !== null) {
    const code = stepCommand(state, process, host);
    if (code !== null) finishCommand(state, process, code);
    return;
  }
  if (process.signals.length > 0 && process.words.length === 0 && process.fields.length === 0) return runTrap(state, process);
  const frame = process.frames.at(-1);
  if (frame === undefined) return endProcess(state, process, process.status);
  if (frame.kind === 'input') return stepInput(state, process, frame, host);
  const program = compileScript(state.sources[frame.source] ?? '');
  if (!program.ok) {
    writeSyntaxError(process, host, program.message);
    process.frames.pop();
    process.status = 2;
    return;
  }
  const instruction = program.code[frame.pc];
  if (instruction === undefined) {
    process.frames.pop();
    return;
  }
  frame.pc += 1;
  stepInstruction(state, process, frame, instruction, host);
}

function runTrap(state: ShellState, process: Process): void {
  const signal = process.signals.shift() as string;
  const action = process.traps[signal];
  if (action === undefined || action === '') return;
  process.frames.push(createFrame(addSource(state, action), 0, 'trap', process));
}

function writeSyntaxError(process: Process, host: ShellHost, message: string): void {
  host.write(
    'stderr',
    host.flavor === 'busybox' ? `${process.name}: syntax error: ${message}\n` : `${process.name}: 1: Syntax error: ${message}\n`,
  );
}

/** Takes the end of a pipeline, subshell or substitution; false while a child still runs. */
function collectChildren(state: ShellState, process: Process, host: ShellHost): boolean {
  const pending = process.pendingChildren;
  if (pending === null) return true;
  const children = pending.pids.map((pid) => state.processes.find((child) => child.pid === pid));
  if (children.some((child) => child !== undefined && child.exitCode === null)) {
    process.wait = { for: 'children', pids: pending.pids, interruptible: false };
    return false;
  }
  process.status = children.at(-1)?.exitCode ?? 127;
  if (pending.capture === null) {
    const codes = children.map((child, index): [string, string] => [String(index), String(child?.exitCode ?? 127)]);
    process.arrays['PIPESTATUS'] = { isAssociative: false, entries: codes };
  }
  if (process.options.includes('pipefail')) {
    for (const child of children) if (child !== undefined && child.exitCode !== 0) process.status = child.exitCode ?? 0;
  }
  state.processes = state.processes.filter((child) => !pending.pids.includes(child.pid));
  // A pipe whose ends are both closed is gone, with what nobody read.
  if (pending.pids.length > 1)
    state.pipes = state.pipes.filter(({ id, isCapture }) => isCapture || hasReader(state, id) || hasWriter(state, id));
  process.pendingChildren = null;
  if (pending.capture !== null) takeCapture(state, process, host, pending.capture);
  // The code of a substitution is its command's affair.
  else settleStatus(state, process, process.status);
  return true;
}

function takeCapture(state: ShellState, process: Process, host: ShellHost, capture: Capture): void {
  const pipe = state.pipes.find((item) => item.id === capture.pipe);
  const written = pipe?.text ?? '';
  allocate(state.budget, written.length);
  const text = withoutEnd(written).replaceAll('\u0000', '');
  state.pipes = state.pipes.filter((item) => item.id !== capture.pipe);
  if (capture.isFile === true) {
    const path = `/dev/fd/${SUBSTITUTION_FD - state.nextPipe}`;
    host.files.makeDirectory('/dev/fd');
    host.files.write(path, written, false);
    process.words.at(-1)?.push({ text: path, quoted: true, split: false });
  } else if (capture.keep) process.substitutions.push(text);
  else process.words.at(-1)?.push({ text, quoted: capture.quoted, split: !capture.quoted });
}

/** Descriptors of process substitutions count down from here. */
const SUBSTITUTION_FD = 1_000_000;

/** Without the line feeds at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
}

function nextRunnable(state: ShellState, nowMs: number): Process | undefined {
  return state.exitCode !== null ? undefined : state.processes.find((process) => isRunnable(state, process, nowMs));
}

function isRunnable(state: ShellState, process: Process, nowMs: number): boolean {
  if (process.exitCode !== null || state.exitCode !== null) return false;
  const wait = process.wait;
  if (wait === null) return true;
  switch (wait.for) {
    case 'time':
      return wait.untilMs <= nowMs;
    case 'children':
      if (wait.untilMs !== undefined && wait.untilMs <= nowMs) return true;
      return wait.pids.every((pid) => state.processes.find((child) => child.pid === pid)?.exitCode !== null);
    case 'input':
      if (wait.untilMs !== undefined && wait.untilMs <= nowMs) return true;
      return isInputReady(state, process.descriptors[wait.fd] ?? null);
    case 'output':
      return isOutputReady(state, process.descriptors[wait.fd] ?? null);
    case 'never':
      return false;
  }
}

function isInputReady(state: ShellState, descriptor: Descriptor | null): boolean {
  if (descriptor === null) return true;
  if (descriptor.to === 'pipe') {
    const pipe = state.pipes.find((item) => item.id === descriptor.id);
    return pipe === undefined || pipe.text !== '' || !hasWriter(state, descriptor.id);
  }
  return descriptor.to !== 'input' || state.input !== '' || state.inputClosed;
}

function isOutputReady(state: ShellState, descriptor: Descriptor | null): boolean {
  if (descriptor?.to !== 'pipe') return true;
  const pipe = state.pipes.find((item) => item.id === descriptor.id);
  return pipe === undefined || pipe.isCapture || pipe.text.length < PIPE_LENGTH_MAX || !hasReader(state, pipe.id);
}

function createProcess(pid: number, ppid: number, options: SessionOptions): Process {
  return {
    pid,
    ppid,
    frames: [],
    variables: { ...options.environment, PWD: options.cwd },
    arrays: {},
    references: {},
    subscripts: [],
    exported: Object.keys(options.environment),
    functions: {},
    name: options.name,
    arguments: [...(options.arguments ?? [])],
    cwd: options.cwd,
    descriptors: [{ to: 'input' }, { to: 'stdout' }, { to: 'stderr' }],
    traps: {},
    signals: [],
    options: [],
    words: [],
    values: [],
    fields: [],
    assignments: [],
    redirections: [],
    substitutions: [],
    loops: [],
    lists: [],
    subjects: [],
    savedDescriptors: [],
    guards: 0,
    status: 0,
    lastBackground: null,
    wait: null,
    running: null,
    pendingChildren: null,
    exitCode: null,
  };
}
