// The shell's own commands: what changes the shell itself (POSIX 2.14 and 1.6).

import { directoryText, prefixOf, shellOf } from '../complaints.ts';
import { addSource, createFrame, endFrame, endProcess } from '../processes.ts';
import { kill, signalName } from './signals.ts';
import { type CommandContext, RESTORE_COMMAND, type ShellCommand } from '../command.ts';
import { FRAMES_MAX } from '../state.ts';
import { readVariable, unsetVariable } from '../arrays.ts';
import { declare } from './declare.ts';
import { mapFile, readLine } from './reading.ts';
import { evaluateTest } from './test.ts';
import { runInstead } from './run-instead.ts';

/** Runs a text as shell code in the same process, as `eval` and `.` do. */
function runSource({ process, state, error }: CommandContext, text: string): number | null {
  if (process.frames.length >= FRAMES_MAX) {
    error(`${process.name}: maximum nesting level exceeded\n`);
    return 2;
  }
  process.frames.push(createFrame(addSource(state, text), 0, 'eval', process));
  process.running = null;
  return null;
}

function leaveLoop(context: CommandContext, isContinue: boolean): number {
  const { process } = context;
  const depth = Math.max(1, Number(context.args[0] ?? 1) || 1);
  const index = Math.max(0, process.loops.length - depth);
  const loop = process.loops[index];
  if (loop === undefined) return 0;
  process.loops.length = index + 1;
  process.frames.length = Math.min(process.frames.length, loop.frameDepth);
  process.guards = loop.guards;
  process.lists.length = loop.lists;
  process.subjects.length = loop.subjects;
  if (process.savedDescriptors.length > loop.savedDescriptors) {
    process.descriptors = process.savedDescriptors[loop.savedDescriptors] ?? process.descriptors;
    process.savedDescriptors.length = loop.savedDescriptors;
  }
  const frame = process.frames.at(-1);
  if (frame !== undefined) frame.pc = isContinue ? loop.continueTo : loop.breakTo;
  return 0;
}

function exitShell(context: CommandContext): number | null {
  const { process, state, args } = context;
  process.status = args[0] === undefined ? process.status : Number(args[0]) & 255;
  process.running = null;
  const frame = process.frames[0];
  const onExit = process.traps['EXIT'];
  process.frames = [];
  if (frame !== undefined && onExit !== undefined && onExit !== '') {
    delete process.traps['EXIT'];
    process.frames.push({ ...createFrame(addSource(state, onExit), 0, 'trap', process) });
    return null;
  }
  endProcess(state, process, process.status);
  return null;
}

function returnFrom(context: CommandContext): number {
  const { process, state, args } = context;
  const code = args[0] === undefined ? process.status : Number(args[0]) & 255;
  const index = process.frames.findLastIndex((frame) => frame.kind === 'function' || frame.kind === 'eval');
  if (index < 0) {
    process.frames.length = Math.min(1, process.frames.length);
    const frame = process.frames[0];
    if (frame !== undefined) frame.pc = Number.MAX_SAFE_INTEGER;
    return code;
  }
  while (process.frames.length > index + 1) process.frames.pop();
  const frame = process.frames[index];
  if (frame !== undefined) {
    frame.pc = Number.MAX_SAFE_INTEGER;
    process.status = code;
    if (index > 0) endFrame(state, process, frame);
  }
  return code;
}

function setOptions(context: CommandContext): number {
  const { process, args } = context;
  const letters: Readonly<Record<string, string>> = { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob', a: 'allexport' };
  for (let i = 0; i < args.length; i += 1) {
    const argument = args[i] as string;
    if (argument === '--') {
      process.arguments = args.slice(i + 1);
      return 0;
    }
    if (!/^[-+]./.test(argument)) {
      process.arguments = args.slice(i);
      return 0;
    }
    for (const letter of argument.slice(1)) {
      const option = letter === 'o' ? args[(i += 1)] : letters[letter];
      if (option === undefined) continue;
      process.options = process.options.filter((item) => item !== option);
      if (argument.startsWith('-')) process.options.push(option);
    }
  }
  return 0;
}

function setTrap({ process, args, out }: CommandContext): number {
  if (args.length === 0) {
    for (const [signal, action] of Object.entries(process.traps)) out(`trap -- '${action}' ${signal}\n`);
    return 0;
  }
  const [action = '', ...names] = args[0] === '--' ? args.slice(1) : args;
  const signals = names.length === 0 ? [action] : names;
  for (const name of signals) {
    const signal = signalName(name);
    if (names.length === 0 || action === '-') delete process.traps[signal];
    else process.traps[signal] = action;
  }
  return 0;
}

function waitForChildren({ state, process, args }: CommandContext): number | null {
  const wanted =
    args.length > 0 ? args.map(Number) : state.processes.filter((child) => child.ppid === process.pid).map((child) => child.pid);
  if (process.signals.length > 0) return 143;
  const children = state.processes.filter((child) => wanted.includes(child.pid) && child.ppid === process.pid);
  if (children.some((child) => child.exitCode === null)) {
    process.wait = { for: 'children', pids: children.map((child) => child.pid), interruptible: true };
    return null;
  }
  const last = children.find((child) => child.pid === wanted.at(-1));
  state.processes = state.processes.filter((child) => !children.includes(child));
  return args.length === 0 ? 0 : (last?.exitCode ?? 127);
}

function changeDirectory({ process, args, host, path, error }: CommandContext): number {
  const target = args[0] === '-' ? (process.variables['OLDPWD'] ?? process.cwd) : (args[0] ?? process.variables['HOME'] ?? '/root');
  const resolved = path(target);
  const info = host.files.stat(resolved);
  if (info?.kind !== 'directory' && info?.isAssumed !== true) {
    const reason = info === undefined ? 'No such file or directory' : 'Not a directory';
    error(`${prefixOf(process, host)}${directoryText(process, host, target, reason)}\n`);
    return shellOf(process, host) === 'bash' ? 1 : 2;
  }
  process.variables['OLDPWD'] = process.cwd;
  process.cwd = resolved;
  process.variables['PWD'] = resolved;
  return 0;
}

function describeCommand({ args, out, error, process, isCommand }: CommandContext): number {
  const names = args.filter((argument) => !argument.startsWith('-'));
  let code = 0;
  for (const name of names) {
    if (Object.hasOwn(process.functions, name)) out(`${name}\n`);
    else if (Object.hasOwn(BUILTINS, name)) out(`${name}\n`);
    else if (isCommand(name)) out(`/bin/${name}\n`);
    else {
      code = 127;
      if (!args.includes('-v')) error(`${name}: not found\n`);
    }
  }
  return code;
}

function getOptions({ process, args }: CommandContext): number {
  const [letters = '', variable = 'OPTARG', ...given] = args;
  const values = given.length > 0 ? given : process.arguments;
  const index = Number(process.variables['OPTIND'] ?? '1');
  const argument = values[index - 1];
  const match = argument === undefined ? null : /^-(\w)(.*)$/.exec(argument);
  if (match === null) {
    process.variables[variable] = '?';
    return 1;
  }
  const letter = match[1] as string;
  const at = letters.indexOf(letter);
  process.variables['OPTIND'] = String(index + 1);
  process.variables[variable] = at < 0 ? '?' : letter;
  if (at >= 0 && letters[at + 1] === ':') {
    const inline = match[2] as string;
    process.variables['OPTARG'] = inline !== '' ? inline : (values[index] ?? '');
    if (inline === '') process.variables['OPTIND'] = String(index + 2);
  }
  return 0;
}

const succeed: ShellCommand = () => 0;

/** `export` alone shows what is exported; `-n` takes it back. */
function exportVariables(context: CommandContext): number {
  const { process, args, out } = context;
  if (args.length === 0 || args[0] === '-p') {
    for (const name of [...process.exported].sort()) out(`export ${name}='${readVariable(process, name) ?? ''}'\n`);
    return 0;
  }
  if (args[0] !== '-n') return declare(context);
  process.exported = process.exported.filter((name) => !args.includes(name));
  return 0;
}

/** `let i++ j=2`: each argument is an expression; 1 when the last is zero. */
function evaluateLet(context: CommandContext): number | null {
  const text = context.args.map((argument) => `((${argument}))`).join('; ');
  return context.args.length === 0 ? 1 : runSource(context, text);
}

export const BUILTINS: Readonly<Record<string, ShellCommand>> = {
  ':': succeed,
  true: succeed,
  false: () => 1,
  '[': ({ args, process, host, error }) => {
    if (args.at(-1) === ']') return evaluateTest(args.slice(0, -1), process, host, false);
    error(`${process.name}: [: missing ]\n`);
    return 2;
  },
  test: ({ args, process, host }) => evaluateTest(args, process, host, false),
  break: (context) => leaveLoop(context, false),
  continue: (context) => leaveLoop(context, true),
  exit: exitShell,
  return: returnFrom,
  set: setOptions,
  shift: ({ process, args }) => {
    process.arguments.splice(0, Number(args[0] ?? 1));
    return 0;
  },
  export: exportVariables,
  readonly: declare,
  local: declare,
  declare,
  typeset: declare,
  unset: ({ process, args }) => {
    for (const name of args.filter((argument) => !argument.startsWith('-'))) {
      if (args[0] === '-f') delete process.functions[name];
      else unsetVariable(process, name);
    }
    return 0;
  },
  eval: (context) => (context.args.length === 0 ? 0 : runSource(context, context.args.join(' '))),
  '.': (context) => sourceFile(context),
  source: (context) => sourceFile(context),
  exec: (context) => (context.args.length === 0 ? 0 : replaceProcess(context)),
  command: (context) => (/^-[vV]$/.test(context.args[0] ?? '') ? describeCommand(context) : runInstead(context, context.args)),
  builtin: (context) => runInstead(context, context.args),
  type: describeCommand,
  trap: setTrap,
  wait: waitForChildren,
  kill,
  cd: changeDirectory,
  pwd: ({ process, out }) => {
    out(`${process.cwd}\n`);
    return 0;
  },
  read: readLine,
  mapfile: mapFile,
  readarray: mapFile,
  let: (context) => evaluateLet(context),
  shopt: succeed,
  enable: succeed,
  disown: succeed,
  caller: () => 1,
  getopts: getOptions,
  umask: ({ args, out }) => {
    if (args.length === 0) out('0022\n');
    return 0;
  },
  ulimit: ({ out }) => {
    out('unlimited\n');
    return 0;
  },
  jobs: succeed,
  hash: succeed,
  alias: succeed,
  times: ({ out }) => {
    out('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
    return 0;
  },
  [RESTORE_COMMAND]: ({ process }) => {
    process.descriptors = process.savedDescriptors.pop() ?? process.descriptors;
    return process.status;
  },
};

function sourceFile(context: CommandContext): number | null {
  const text = context.host.files.read(context.path(context.args[0] ?? ''));
  if (text !== undefined) return runSource(context, text);
  context.error(`${context.process.name}: .: can't open '${context.args[0] ?? ''}': No such file or directory\n`);
  return 2;
}

/** `exec command`: what follows in the script is never reached. */
function replaceProcess(context: CommandContext): number | null {
  context.process.frames = [];
  context.process.traps = {};
  delete context.process.commandLine;
  return runInstead(context, context.args);
}
