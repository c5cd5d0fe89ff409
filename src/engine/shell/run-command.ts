// Running one simple command: assignments, redirections, then a function, a builtin or a program of the image (POSIX 2.9.1).

import { fatalCode, prefixOf, shellOf, unknownText } from './complaints.ts';
import { endlessText } from './devices.ts';
import { ARGUMENT_LENGTH_MAX, ARGUMENTS_LENGTH_MAX } from '../kernel/limits.ts';
import { resolvePath } from './expand.ts';
import { spendArray, writeArray, writeElement, writeVariable } from './arrays.ts';
import { findClient } from './clients/index.ts';
import { type CommandContext, RESTORE_COMMAND, type ShellCommand } from './command.ts';
import { findCommand, imageProgram, isBuiltin, isCommandName } from './commands/index.ts';
import { allocate, spendText } from './budget.ts';
import { addSource, createFrame, endProcess, hasReader, hasWriter } from './processes.ts';
import { isLastCommand } from './last-command.ts';
import { openSocket, readSocket, writeSocket } from './sockets.ts';
import {
  type Assignment,
  type Descriptor,
  FRAMES_MAX,
  type Process,
  type Redirection,
  type RunningCommand,
  type ShellHost,
  type ShellState,
} from './state.ts';

/** Starts the command whose words, assignments and redirections were collected. */
export function beginCommand(state: ShellState, process: Process, host: ShellHost): void {
  const words = process.fields.splice(0);
  const assignments = process.assignments.splice(0);
  const redirections = process.redirections.splice(0);
  const name = words[0];
  if (process.options.includes('xtrace')) trace(state, process, host, words, assignments);
  const before =
    redirections.length === 0 ? null : process.descriptors.map((descriptor) => (descriptor === null ? null : { ...descriptor }));
  const error = applyRedirections(state, process, redirections, host);
  if (error !== null) {
    if (before !== null) process.descriptors = before;
    writeTo(state, process, host, 2, `${prefixOf(process, host)}${error}\n`);
    return settleStatus(state, process, shellOf(process, host) === 'dash' ? 2 : 1);
  }
  if (name === undefined) {
    for (const assignment of assignments) assign(state, process, assignment);
    if (before !== null) process.descriptors = before;
    // The status of a bare assignment is that of its last substitution, which `process.status` holds already.
    if (assignments.length > 0 && !process.options.includes('errexit')) return;
    return settleStatus(state, process, process.status);
  }
  if (isTooLong(process, words)) {
    if (before !== null) process.descriptors = before;
    writeTo(state, process, host, 2, `${prefixOf(process, host)}${name}: Argument list too long\n`);
    return settleStatus(state, process, 126);
  }
  if (Object.hasOwn(process.functions, name)) return callFunction(state, process, host, words, assignments, before);
  // `exec` keeps its redirections for good.
  const restore = name === 'exec' ? null : before;
  const own = assignments.filter(({ isArgument }) => isArgument !== true);
  const arrays = assignments.filter(({ isArgument }) => isArgument === true);
  process.running = {
    words,
    memory: {
      ...(own.length === 0 ? {} : { assignments: saveAssignments(state, process, own) }),
      ...(arrays.length === 0 ? {} : { arrays }),
    },
    restore,
  };
}

/** Makes an assignment of a command line. */
/** `set -x` shows what is executed, assignments too. */
function trace(state: ShellState, process: Process, host: ShellHost, words: readonly string[], assignments: readonly Assignment[]): void {
  const given = assignments.filter(({ isArgument, items }) => isArgument !== true && items === undefined);
  const shown = given.map(
    ({ name, key, value, append }) => `${name}${key === undefined ? '' : `[${key}]`}${append === true ? '+' : ''}=${traced(value)}`,
  );
  const lines =
    shellOf(process, host) === 'bash' ? [...shown, words.map(traced).join(' ')] : [[...shown, ...words.map((word) => word)].join(' ')];
  for (const line of lines) if (line !== '') writeTo(state, process, host, 2, `+ ${line}\n`);
}

/** Quotes stand around what is no plain word. */
function traced(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function assign(state: ShellState, process: Process, { name, value, key, items, append }: Assignment): void {
  if (items !== undefined || key !== undefined) spendArray(state, process, name, items?.length ?? 1);
  if (items !== undefined) writeArray(process, name, items, append === true);
  else if (key !== undefined) writeElement(process, name, key, value);
  else writeVariable(process, name, value);
  if (process.options.includes('allexport') && !process.exported.includes(name)) process.exported = [...process.exported, name];
}

/** Linux executes no program with so many or so long arguments; what the shell does itself is no program (E2BIG). */
function isTooLong(process: Process, words: readonly string[]): boolean {
  const [name = ''] = words;
  if (isBuiltin(name) || Object.hasOwn(process.functions, name)) return false;
  let length = 0;
  for (const word of words) {
    length += word.length + 1;
    if (word.length > ARGUMENT_LENGTH_MAX) return true;
  }
  return length > ARGUMENTS_LENGTH_MAX;
}

/** Runs the command in progress until it ends or waits. Returns its exit code, or null while it waits. */
export function stepCommand(state: ShellState, process: Process, host: ShellHost): number | null {
  const running = process.running;
  if (running === null) return 0;
  const [name = '', ...args] = running.words;
  host.noteCommand(name);
  const command =
    findCommand(name, resolvePath(process.cwd, name), host) ?? programOf(running.words, kindOf(state, process, host, running));
  if (command === undefined) return reportUnknown(state, process, host, name);
  const output: { error: string | null } = { error: null };
  const code = command(contextOf(state, process, host, running.memory, output, name, args));
  if (process.exitCode !== null) return null;
  if (output.error === null) return code;
  writeTo(state, process, host, 2, `${name}: write error: ${output.error}\n`);
  process.wait = null;
  return 1;
}

/** A program of the image; the clients of databases do what they do in every image that has them. */
function programOf(words: readonly string[], kind: ReturnType<ShellHost['programKind']>): ShellCommand | undefined {
  return (kind === undefined ? undefined : findClient(words)) ?? imageProgram(kind);
}

/** What a program of the image is; it stays what it was when it began. What is in a volume is known, and so is what is not there. */
function kindOf(
  state: ShellState,
  process: Process,
  host: ShellHost,
  { words, memory }: RunningCommand,
): ReturnType<ShellHost['programKind']> {
  const [name = ''] = words;
  if (memory['serves'] === true) return 'server';
  if (memory['isTool'] === true) return 'tool';
  if (name.includes('/') && host.files.isMounted(resolvePath(process.cwd, name))) return undefined;
  return host.programKind(words, isLastCommand(state, process));
}

/** Ends the command in progress. */
export function finishCommand(state: ShellState, process: Process, code: number): void {
  const running = process.running;
  process.running = null;
  if (running !== null) {
    if (running.restore !== null) process.descriptors = running.restore;
    restoreAssignments(process, running.memory['assignments']);
  }
  if (process.frames.length === 0) return endProcess(state, process, code);
  settleStatus(state, process, code);
}

/** Opens files and duplicates descriptors. Returns the error text, or null. */
export function applyRedirections(
  state: ShellState,
  process: Process,
  redirections: readonly Redirection[],
  host: ShellHost,
): string | null {
  for (const redirection of redirections) {
    const error = applyRedirection(state, process, redirection, host);
    if (error !== null) return error;
  }
  return null;
}

/** Ends the running script because of an error that POSIX makes fatal. */
export function fatal(process: Process, host: ShellHost, message: string): void {
  host.write('stderr', `${prefixOf(process, host)}${message}\n`);
  process.frames = [];
  process.words = [];
  process.status = fatalCode(process, host);
}

/** Writes to a descriptor of the process. Returns `unread` when nobody can read it any more, the error of a file, or null. */
export function writeTo(state: ShellState, process: Process, host: ShellHost, fd: number, text: string): string | null {
  const descriptor = process.descriptors[fd] ?? null;
  if (descriptor === null || text === '') return null;
  spendText(state.budget, text.length);
  switch (descriptor.to) {
    case 'stdout':
    case 'stderr':
      host.write(descriptor.to, text);
      return null;
    case 'file':
      return host.files.write(descriptor.path, text, true);
    case 'socket':
      return writeSocket(state, descriptor.id, text);
    case 'pipe': {
      const pipe = state.pipes.find((item) => item.id === descriptor.id);
      if (pipe === undefined || (!pipe.isCapture && !hasReader(state, pipe.id))) return 'unread';
      allocate(state.budget, text.length);
      pipe.text += text;
      return null;
    }
    default:
      return null;
  }
}

function applyRedirection(state: ShellState, process: Process, redirection: Redirection, host: ShellHost): string | null {
  const { operator, target } = redirection;
  const fd = redirection.fd ?? (operator.startsWith('<') ? 0 : 1);
  switch (operator) {
    case '<<':
    case '<<<':
      process.descriptors[fd] = { to: 'text', text: operator === '<<<' ? `${target}\n` : target, offset: 0 };
      return null;
    case '>&':
    case '<&':
      return duplicate(process, fd, target);
    case '&>':
    case '&>>': {
      const error = openFile(state, process, 1, target, operator === '&>>' ? '>>' : '>', host);
      process.descriptors[2] = process.descriptors[1] ?? null;
      return error;
    }
    default:
      return openFile(state, process, fd, target, operator, host);
  }
}

function duplicate(process: Process, fd: number, target: string): string | null {
  if (target === '-') {
    process.descriptors[fd] = null;
    return null;
  }
  const source = /^\d+$/.test(target) ? process.descriptors[Number(target)] : undefined;
  if (source === undefined || source === null) return `${target}: Bad file descriptor`;
  process.descriptors[fd] = { ...source };
  return null;
}

const DEVICES: Readonly<Record<string, Descriptor>> = {
  '/dev/null': { to: 'null' },
  '/dev/stdout': { to: 'stdout' },
  '/dev/stderr': { to: 'stderr' },
  '/proc/1/fd/1': { to: 'stdout' },
  '/proc/1/fd/2': { to: 'stderr' },
  '/proc/self/fd/1': { to: 'stdout' },
  '/proc/self/fd/2': { to: 'stderr' },
};

function openFile(state: ShellState, process: Process, fd: number, target: string, operator: string, host: ShellHost): string | null {
  const path = resolvePath(process.cwd, target);
  if ((host.flavor === 'bash' || process.isBash === true) && /^\/dev\/(?:tcp|udp)\/./.test(path))
    return openSocket(state, process, fd, path, host);
  const device = DEVICES[path];
  if (device !== undefined) {
    process.descriptors[fd] = { ...device };
    return null;
  }
  if (operator === '<') {
    const endless = endlessText(path, host);
    if (endless !== undefined) {
      process.descriptors[fd] = { to: 'text', text: endless, offset: 0 };
      return null;
    }
    if (host.files.read(path) === undefined) {
      return unreadable(process, host, target, host.files.mayRead(path));
    }
    process.descriptors[fd] = { to: 'file', path, offset: 0, writable: false };
    return null;
  }
  const exists = host.files.stat(path) !== undefined;
  const error = operator === '>>' || (operator === '<>' && exists) ? host.files.write(path, '', true) : host.files.write(path, '', false);
  if (error !== null)
    return shellOf(process, host) === 'bash'
      ? `${target}: ${error}`
      : `${shellOf(process, host) === 'dash' ? 'cannot' : "can't"} create ${target}: ${error === 'No such file or directory' ? (shellOf(process, host) === 'dash' ? 'Directory nonexistent' : 'nonexistent directory') : error}`;
  process.descriptors[fd] = { to: 'file', path, offset: 0, writable: true };
  return null;
}

function unreadable(process: Process, host: ShellHost, target: string, mayRead: boolean): string {
  switch (shellOf(process, host)) {
    case 'bash':
      return `${target}: ${mayRead ? 'No such file or directory' : 'Permission denied'}`;
    case 'dash':
      return `cannot open ${target}: ${mayRead ? 'No such file' : 'Permission denied'}`;
    case 'ash':
      return `can't open ${target}: ${mayRead ? 'no such file' : 'Permission denied'}`;
  }
}

/** One literal, without a spread: a command of endless output is stepped a million times, and this was half of its work. */
function contextOf(
  state: ShellState,
  process: Process,
  host: ShellHost,
  memory: RunningCommand['memory'],
  output: { error: string | null },
  name: string,
  args: string[],
): CommandContext {
  return {
    state,
    process,
    host,
    args,
    name,
    memory,
    path: (text) => resolvePath(process.cwd, text),
    isCommand: (word) => isCommandName(word, host) || host.programKind([word], false) !== undefined,
    out(text) {
      const error = writeTo(state, process, host, 1, text);
      if (error === 'unread') endProcess(state, process, 141);
      else output.error ??= error;
    },
    error: (text) => void writeTo(state, process, host, 2, text),
    read: (fd = 0) => readInput(state, process, host, fd),
    unread: (text, fd = 0) => unreadInput(state, process, text, fd),
  };
}

/** Takes what standard input of a process has; null when it must wait, undefined at its end. */
export function readInput(state: ShellState, process: Process, host: ShellHost, fd = 0): string | null | undefined {
  const descriptor = process.descriptors[fd] ?? null;
  if (descriptor === null || descriptor.to === 'null') return undefined;
  if (descriptor.to === 'file' || descriptor.to === 'text') {
    const text = descriptor.to === 'text' ? descriptor.text : (host.files.read(descriptor.path) ?? '');
    const rest = text.slice(descriptor.offset);
    descriptor.offset = text.length;
    return rest === '' ? undefined : rest;
  }
  if (descriptor.to === 'socket') return readSocket(state, descriptor.id, host);
  if (descriptor.to === 'pipe') {
    const pipe = state.pipes.find((item) => item.id === descriptor.id);
    if (pipe !== undefined && pipe.text !== '') return takeText(pipe);
    if (pipe === undefined || !hasWriter(state, pipe.id)) return undefined;
  } else {
    if (state.input !== '') {
      const text = state.input;
      state.input = '';
      return text;
    }
    if (state.inputClosed) return undefined;
  }
  process.wait = { for: 'input', fd };
  return null;
}

function takeText(pipe: { text: string }): string {
  const text = pipe.text;
  pipe.text = '';
  return text;
}

/** Puts text back to the front of standard input. */
export function unreadInput(state: ShellState, process: Process, text: string, fd = 0): void {
  const descriptor = process.descriptors[fd] ?? null;
  if (descriptor === null || text === '') return;
  if (descriptor.to === 'file' || descriptor.to === 'text') descriptor.offset -= text.length;
  else if (descriptor.to === 'socket') {
    const socket = state.sockets?.find((item) => item.id === descriptor.id);
    if (socket !== undefined) socket.received = text + (socket.received ?? '');
  } else if (descriptor.to === 'input') state.input = text + state.input;
  else if (descriptor.to === 'pipe') {
    const pipe = state.pipes.find((item) => item.id === descriptor.id);
    if (pipe !== undefined) pipe.text = text + pipe.text;
  }
}

function callFunction(
  state: ShellState,
  process: Process,
  host: ShellHost,
  words: readonly string[],
  assignments: readonly Assignment[],
  before: (Descriptor | null)[] | null,
): void {
  const [name = '', ...args] = words;
  const target = process.functions[name];
  if (target === undefined) return;
  if (process.frames.length >= FRAMES_MAX) return fatal(process, host, `${name}: maximum function nesting level exceeded`);
  for (const assignment of assignments) assign(state, process, assignment);
  // Redirections of a function call are undone by an instruction of their own source, run after the function returns.
  if (before !== null) {
    process.savedDescriptors.push(before);
    process.frames.push(createFrame(addSource(state, RESTORE_COMMAND), 0, 'eval', process));
  }
  const frame = createFrame(target.source, target.at, 'function', process);
  process.frames.push({ ...frame, argumentsBefore: process.arguments });
  process.arguments = args;
}

export function settleStatus(state: ShellState, process: Process, code: number): void {
  process.status = code;
  if (code === 0 || !process.options.includes('errexit') || process.guards > 0) return;
  process.frames.splice(1);
  const frame = process.frames[0];
  if (frame === undefined) return endProcess(state, process, code);
  frame.pc = Number.MAX_SAFE_INTEGER;
  const onExit = process.traps['EXIT'];
  if (onExit === undefined || onExit === '') return endProcess(state, process, code);
  delete process.traps['EXIT'];
  process.frames.push(createFrame(addSource(state, onExit), 0, 'trap', process));
}

function saveAssignments(
  state: ShellState,
  process: Process,
  assignments: readonly Assignment[],
): { name: string; before: string | null }[] {
  for (const assignment of assignments)
    if (assignment.items !== undefined || assignment.key !== undefined) assign(state, process, assignment);
  const texts = assignments.filter(({ items, key }) => items === undefined && key === undefined);
  return texts.map(({ name, value }) => {
    const before = Object.hasOwn(process.variables, name) ? (process.variables[name] ?? null) : null;
    process.variables[name] = value;
    return { name, before };
  });
}

function restoreAssignments(process: Process, saved: unknown): void {
  if (!Array.isArray(saved)) return;
  for (const { name, before } of saved as { name: string; before: string | null }[]) {
    if (before === null) delete process.variables[name];
    else process.variables[name] = before;
  }
}

function reportUnknown(state: ShellState, process: Process, host: ShellHost, name: string): number {
  const path = resolvePath(process.cwd, name);
  const info = name.includes('/') ? host.files.stat(path) : undefined;
  const denied = info !== undefined && (info.kind === 'directory' || (info.mode & 0o111) === 0);
  writeTo(state, process, host, 2, `${prefixOf(process, host)}${unknownText(process, host, name, denied)}\n`);
  return denied ? 126 : 127;
}
