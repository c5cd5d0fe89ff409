// What can happen to a process of a shell session: it is forked, gets frames, ends, is signalled; and who holds the ends of a pipe.

import { SOURCES_MAX } from '../kernel/limits.ts';
import { copyArrays } from './arrays.ts';
import { allocate, sizeOf, spend } from './budget.ts';
import { type Descriptor, type Frame, type Process, PROCESSES_MAX, type ShellHost, type ShellState } from './state.ts';

/** Delivers a signal: to a trap at the next command boundary, else by its default action, which PID 1 does not have (K509). */
export function signalProcess(state: ShellState, process: Process, signal: string): void {
  if (process.exitCode !== null) return;
  // A program that handles the signal itself goes on with it.
  const { running } = process;
  const handled = running?.memory['handles'];
  if (running !== null && Array.isArray(handled) && handled.includes(signal)) {
    running.memory['signal'] = signal;
    process.wait = null;
    return;
  }
  const action = process.traps[signal];
  if (action !== undefined) {
    if (action === '') return;
    process.signals.push(signal);
    if (process.wait?.for === 'children' && process.wait.interruptible) process.wait = null;
    return;
  }
  if (signal === 'KILL' || !(process.pid === state.rootPid && state.isInit)) {
    const number = SIGNAL_NUMBERS[signal];
    if (number !== undefined && !IGNORED_BY_DEFAULT.includes(signal)) endProcess(state, process, 128 + number);
  }
}

export const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
};

const IGNORED_BY_DEFAULT: readonly string[] = ['CHLD'];

/** Ends a process; its children go on without it, as they do in a container. */
export function endProcess(state: ShellState, process: Process, exitCode: number): void {
  process.exitCode = exitCode & 255;
  process.wait = null;
  process.running = null;
  process.descriptors = [];
  if (process.pid === state.rootPid) state.exitCode = process.exitCode;
}

/** Whether there may be one more process. Those that have ended and that nobody waits for go first. */
export function canFork(state: ShellState): boolean {
  if (state.processes.length < PROCESSES_MAX) return true;
  const isAlive = (pid: number): boolean => state.processes.some((process) => process.pid === pid && process.exitCode === null);
  state.processes = state.processes.filter((process) => process.exitCode === null || isAlive(process.ppid));
  return state.processes.length < PROCESSES_MAX;
}

/** Instructions that take as long as a new process. */
const FORK_WORK = 10;

/** What the image's shell says when there may not. */
export function forkError(host: ShellHost): string {
  return host.flavor === 'bash' ? 'fork: retry: Resource temporarily unavailable' : "can't fork: Resource temporarily unavailable";
}

/** A child that continues at the parent's place with a copy of everything. */
export function forkProcess(state: ShellState, parent: Process, source: number, pc: number): Process {
  const child: Process = {
    ...parent,
    variables: { ...parent.variables },
    arrays: copyArrays(parent.arrays),
    references: { ...parent.references },
    subscripts: [],
    exported: [...parent.exported],
    functions: { ...parent.functions },
    arguments: [...parent.arguments],
    descriptors: parent.descriptors.map((descriptor) => (descriptor === null ? null : { ...descriptor })),
    options: [...parent.options],
    pid: state.nextPid,
    ppid: parent.pid,
    frames: [],
    traps: {},
    signals: [],
    loops: [],
    lists: [],
    subjects: [],
    words: [],
    values: [],
    fields: [],
    assignments: [],
    redirections: [],
    substitutions: [],
    savedDescriptors: [],
    wait: null,
    running: null,
    pendingChildren: null,
    exitCode: null,
  };
  state.nextPid += 1;
  delete child.commandLine;
  spend(state.budget, FORK_WORK);
  allocate(state.budget, sizeOf(child.variables) + sizeOf(child.arrays) + sizeOf(child.arguments) + sizeOf(child.functions));
  child.frames.push(createFrame(source, pc, 'script', child));
  state.processes.push(child);
  return child;
}

/** A frame at the beginning of some code. */
export function createFrame(source: number, pc: number, kind: Frame['kind'], process: Process): Frame {
  return { source, pc, kind, argumentsBefore: null, locals: [], statusBefore: process.status, loopsBefore: process.loops.length };
}

/** Adds a script text to the session and returns its number. */
export function addSource(state: ShellState, text: string): number {
  const known = state.sources.indexOf(text);
  if (known >= 0) return known;
  allocate(state.budget, text.length);
  const free = state.sources.length < SOURCES_MAX ? -1 : unusedSource(state);
  if (free < 0) return state.sources.push(text) - 1;
  state.sources[free] = text;
  return free;
}

/** A text that nothing refers to any more, or -1. The first is the session's own. */
function unusedSource(state: ShellState): number {
  const used = new Set([0]);
  for (const { frames, functions, loops } of state.processes) {
    for (const { source } of frames) used.add(source);
    for (const { source } of Object.values(functions)) used.add(source);
    for (const { source } of loops) used.add(source);
  }
  return state.sources.findIndex((_text, index) => !used.has(index));
}

/** True when no process can write to the pipe any more. */
export function hasWriter(state: ShellState, pipe: string): boolean {
  return state.processes.some(
    (process) => process.exitCode === null && process.descriptors.some((descriptor, fd) => fd > 0 && isPipe(descriptor, pipe)),
  );
}

function isPipe(descriptor: Descriptor | null, pipe: string): boolean {
  return descriptor !== null && descriptor.to === 'pipe' && descriptor.id === pipe;
}

/** True while some process can still read from the pipe. */
export function hasReader(state: ShellState, pipe: string): boolean {
  return state.processes.some((process) => process.exitCode === null && isPipe(process.descriptors[0] ?? null, pipe));
}

/** The end of a script, function, trap action or child. */
export function endFrame(state: ShellState, process: Process, frame: Frame): void {
  process.frames.pop();
  process.loops.length = Math.min(process.loops.length, frame.loopsBefore);
  if (frame.argumentsBefore !== null) process.arguments = frame.argumentsBefore;
  for (const local of frame.locals.toReversed()) {
    if (local.before === null) delete process.variables[local.name];
    else process.variables[local.name] = local.before;
    if (local.array === undefined) continue;
    if (local.array === null) delete process.arrays[local.name];
    else process.arrays[local.name] = local.array;
    if ((local.reference ?? null) === null) delete process.references[local.name];
    else process.references[local.name] = local.reference ?? '';
  }
  if (frame.kind === 'trap') process.status = frame.statusBefore;
  if (process.frames.length > 0) return;
  const onExit = process.traps['EXIT'];
  if (onExit !== undefined && onExit !== '') {
    delete process.traps['EXIT'];
    process.frames.push({ ...createFrame(addSource(state, onExit), 0, 'trap', process) });
    return;
  }
  endProcess(state, process, process.status);
}
