// Commands about time, processes and the machine: sleep, date, hostname, env, id, ps, sh -c, timeout, xargs and others.

import { addSource, canFork, createFrame, forkError, forkProcess } from '../processes.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import type { ShellHost } from '../state.ts';
import { date, formatDate } from './dates.ts';
import { collectChild, waitForChild } from './children.ts';
import { runInstead } from './run-instead.ts';
import { xargs } from './xargs.ts';
import { groupName, userName } from './owners.ts';

/** `5`, `0.5`, `1m`, `2h`, `1d`, `infinity` in milliseconds; undefined when malformed. */
export function parseSleep(text: string): number | undefined {
  if (/^inf(?:inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  const unit = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as '' | 's' | 'm' | 'h' | 'd'];
  return Math.round(Number(match[1]) * unit);
}

/** One timer, however long it sleeps. */
const sleep: ShellCommand = ({ args, memory, process, host, error }) => {
  const until = memory['untilMs'];
  if (typeof until === 'number' && until <= host.nowMs) return 0;
  const parts = args.map(parseSleep);
  if (parts.length === 0 || parts.some((part) => part === undefined)) {
    error(host.flavor === 'busybox' ? `sleep: invalid number '${args[0] ?? ''}'\n` : `sleep: invalid time interval '${args[0] ?? ''}'\n`);
    return 1;
  }
  const total = parts.reduce<number>((sum, part) => sum + (part as number), 0);
  const untilMs = typeof until === 'number' ? until : host.nowMs + total;
  if (!Number.isSafeInteger(untilMs)) {
    process.wait = { for: 'never' };
    return null;
  }
  memory['untilMs'] = untilMs;
  if (untilMs <= host.nowMs) return 0;
  process.wait = { for: 'time', untilMs };
  return null;
};

/** `sh -c text name args`, `sh script args`, and a shell that reads its input. */
const shell: ShellCommand = (context) => {
  const { args, process, state, host, memory } = context;
  if (typeof memory['child'] === 'number') return collectChild(context, memory['child']);
  let index = 0;
  const options: string[] = [];
  let isCommand = false;
  while (index < args.length && /^[-+][a-z]+$/.test(args[index] as string)) {
    const letters = args[index] as string;
    if (letters.includes('c')) isCommand = true;
    if (letters.includes('e')) options.push('errexit');
    if (letters.includes('u')) options.push('nounset');
    if (letters.includes('x')) options.push('xtrace');
    index += 1;
    if (letters.endsWith('o')) {
      options.push(args[index] ?? '');
      index += 1;
    }
  }
  const rest = args.slice(index);
  const isReader = !isCommand && rest[0] === undefined;
  const text = isReader ? '' : isCommand ? rest[0] : host.files.read(context.path(rest[0] ?? ''));
  if (text === undefined) {
    context.error(`${context.name}: ${isCommand ? '-c requires an argument' : `can't open '${rest[0] ?? ''}'`}\n`);
    return 2;
  }
  // A script that nobody has seen is a program that nobody knows.
  if (!isReader && !isCommand && host.files.stat(context.path(rest[0] ?? ''))?.isAssumed === true) return runInstead(context, rest);
  const isMain = process.frames.length === 0 || (process.frames[0]?.source === 0 && state.sources[0] === '');
  if (!isMain && !canFork(state)) {
    context.error(`${context.name}: ${forkError(host)}\n`);
    return 2;
  }
  const target = isMain ? process : forkProcess(state, process, addSource(state, text), 0);
  target.commandLine = [context.name, ...args];
  target.name = isCommand ? (rest[1] ?? context.name) : (rest[0] ?? context.name);
  target.arguments = rest.slice(isCommand ? 2 : 1);
  target.options = options;
  // What it is depends on the name it was started by, not on the image.
  if (/(?:^|\/)bash$/.test(context.name)) target.isBash = true;
  else delete target.isBash;
  target.arrays = {};
  target.references = {};
  target.functions = {};
  if (isMain) {
    // The image's entry point is a shell: it becomes the session's own process.
    process.frames = [createFrame(addSource(state, text), 0, isReader ? 'input' : 'script', process)];
    process.running = null;
    return null;
  }
  if (isReader) target.frames = [createFrame(addSource(state, ''), 0, 'input', target)];
  memory['child'] = target.pid;
  return waitForChild(context, target.pid);
};

/** An executable file of the container: a shell script, whatever its first line says. */
const script: ShellCommand = (context) => runInstead(context, ['sh', context.name, ...context.args]);

/** `env [-i] [-u name] [name=value ...] [command]`: what it changes is the command's alone. */
const environment: ShellCommand = (context) => {
  const { process, out, memory, state } = context;
  if (typeof memory['child'] === 'number') return collectChild(context, memory['child']);
  const changed = readChanges(context);
  if (changed.words.length === 0) {
    for (const [name, value] of changed.variables) out(`${name}=${value}\n`);
    return 0;
  }
  if (!canFork(state)) {
    context.error(`env: ${forkError(context.host)}\n`);
    return 126;
  }
  const child = forkProcess(state, process, addSource(state, ''), 0);
  for (const name of process.exported) if (!changed.variables.has(name)) delete child.variables[name];
  Object.assign(child.variables, Object.fromEntries(changed.variables));
  child.exported = [...changed.variables.keys()];
  child.running = { words: [...changed.words], memory: {}, restore: null };
  memory['child'] = child.pid;
  return waitForChild(context, child.pid);
};

function readChanges({ args, process, memory }: CommandContext): {
  readonly variables: Map<string, string>;
  readonly words: readonly string[];
} {
  const own = ((memory['assignments'] ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
  const variables = new Map(
    [...new Set([...process.exported, ...own])].flatMap((name) =>
      process.variables[name] === undefined ? [] : [[name, process.variables[name] as string] as const],
    ),
  );
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = args[at] as string;
    if (word === '-' || word === '-i' || word === '--ignore-environment') variables.clear();
    else if (word === '-u' || word === '--unset') variables.delete(args[(at += 1)] ?? '');
    else if (word.startsWith('--unset=')) variables.delete(word.slice(8));
    else if (!word.startsWith('-')) break;
  }
  for (; args[at]?.includes('=') === true; at += 1) {
    const word = args[at] as string;
    const name = word.slice(0, word.indexOf('='));
    variables.set(name, word.slice(name.length + 1));
  }
  return { variables, words: args.slice(at) };
}

const printEnvironment: ShellCommand = (context) => {
  const { args, process, out } = context;
  const names = args.filter((argument) => !argument.startsWith('-'));
  if (names.length === 0) return environment(context);
  const values = names.map((name) => (process.exported.includes(name) ? process.variables[name] : undefined));
  for (const value of values) if (value !== undefined) out(`${value}\n`);
  return values.includes(undefined) ? 1 : 0;
};

/** `timeout 5 command`: runs it in a child and ends it with 143 after the time; the code is 124, or 143 as BusyBox has it. */
const timeout: ShellCommand = (context) => {
  const { args, process, state, memory, host } = context;
  let first = 0;
  while (args[first]?.startsWith('-') === true) first += /^-[sk]$/.test(args[first] as string) ? 2 : 1;
  const operands = args.slice(first);
  const limit = parseSleep(operands[0] ?? '');
  if (limit === undefined || operands.length < 2) return 125;
  if (typeof memory['child'] !== 'number') {
    if (!canFork(state)) {
      context.error(`timeout: ${forkError(host)}\n`);
      return 125;
    }
    const child = forkProcess(state, process, addSource(state, ''), 0);
    child.running = { words: operands.slice(1), memory: {}, restore: null };
    memory['child'] = child.pid;
    memory['untilMs'] = host.nowMs + limit;
  }
  const child = state.processes.find((item) => item.pid === memory['child']);
  if (child === undefined || child.exitCode !== null) return collectChild(context, memory['child'] as number);
  if (host.nowMs >= (memory['untilMs'] as number)) {
    child.exitCode = 143;
    child.descriptors = [];
    collectChild(context, child.pid);
    return host.flavor === 'busybox' ? 143 : 124;
  }
  process.wait = { for: 'children', pids: [child.pid], interruptible: false, untilMs: memory['untilMs'] as number };
  return null;
};

function constant(text: (host: ShellHost, args: readonly string[]) => string): ShellCommand {
  return ({ out, host, args }) => {
    out(text(host, args));
    return 0;
  };
}

const KERNEL = '6.1.0';

/** `uname -srm`: the parts that are asked for, in their own order. */
const uname: ShellCommand = ({ args, host, out }) => {
  const letters = args.filter((word) => word.startsWith('-')).join('');
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', host.hostname],
    ['r', KERNEL],
    ['v', '#1 SMP'],
    ['m', 'x86_64'],
    ['p', letters.includes('a') ? '' : 'unknown'],
    ['i', letters.includes('a') ? '' : 'unknown'],
    ['o', host.flavor === 'busybox' ? 'Linux' : 'GNU/Linux'],
  ];
  const wanted = letters === '' ? parts.slice(0, 1) : parts.filter(([letter]) => letters.includes('a') || letters.includes(letter));
  out(
    `${wanted
      .map(([, text]) => text)
      .filter((text) => text !== '')
      .join(' ')}\n`,
  );
  return 0;
};

/** Where programs are; says nothing of those that are nowhere. */
const which: ShellCommand = ({ args, out, isCommand }) => {
  let code = 0;
  for (const name of args.filter((word) => !word.startsWith('-'))) {
    if (isCommand(name)) out(`${name.startsWith('/') ? name : `/usr/bin/${name}`}\n`);
    else code = 1;
  }
  return code;
};

const whoAmI: ShellCommand = ({ host, out, error, name }) => {
  const { uid } = host.user;
  const known = userName(host.files, uid);
  if (known !== String(uid)) {
    out(`${known}\n`);
    return 0;
  }
  error(host.flavor === 'busybox' ? `${name}: unknown uid ${uid}\n` : `${name}: cannot find name for user ID ${uid}\n`);
  return 1;
};

/** `id`, `id -u`, `id -g`, `id -G`, each with `-n`. */
const identify: ShellCommand = ({ args, host, out }) => {
  const { uid, gid, groups } = host.user;
  const letters = args.filter((argument) => argument.startsWith('-')).join('');
  const isNamed = letters.includes('n');
  const [user, group] = [userName(host.files, uid), groupName(host.files, gid)];
  const labelled = (id: number, known: string): string => (known === String(id) ? known : `${id}(${known})`);
  const all = groups.map((id) => (isNamed ? groupName(host.files, id) : String(id)));
  if (letters.includes('u')) out(`${isNamed ? user : uid}\n`);
  else if (letters.includes('G')) out(`${all.join(' ')}\n`);
  else if (letters.includes('g')) out(`${isNamed ? group : gid}\n`);
  else {
    const list = groups.map((id) => labelled(id, groupName(host.files, id))).join(',');
    out(`uid=${labelled(uid, user)} gid=${labelled(gid, group)} groups=${list}\n`);
  }
  return 0;
};

/** `-i` addresses, `-I` all of them, `-s` up to the first dot, `-d` behind it, `-f` with the domain of the pod. */
const hostName: ShellCommand = ({ args, host, out, error, name }) => {
  const letters = args.filter((argument) => argument.startsWith('-')).join('');
  const operand = args.find((argument) => !argument.startsWith('-'));
  if (operand !== undefined) {
    error(
      host.flavor === 'busybox' ? `${name}: sethostname: Operation not permitted\n` : `${name}: you must be root to change the host name\n`,
    );
    return 1;
  }
  const full =
    (host.files.read('/etc/hosts') ?? '')
      .split('\n')
      .map((line) => line.split(/\s+/))
      .find((words) => words.includes(host.hostname))?.[1] ?? host.hostname;
  const at = full.indexOf('.');
  if (/i/i.test(letters)) out(`${host.resolve(host.hostname) ?? '127.0.0.1'}${letters.includes('I') ? ' ' : ''}\n`);
  else if (letters.includes('s')) out(`${host.hostname.split('.')[0] ?? ''}\n`);
  else if (letters.includes('d')) out(`${at < 0 ? '' : full.slice(at + 1)}\n`);
  else out(`${letters.includes('f') ? full : host.hostname}\n`);
  return 0;
};

export const SYSTEM_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  sleep,
  usleep: (context) => sleep({ ...context, args: [String(Number(context.args[0] ?? 0) / 1e6)] }),
  date,
  hostname: hostName,
  uname,
  which,
  arch: constant(() => 'x86_64\n'),
  groups: constant(({ files, user }) => `${user.groups.map((group) => groupName(files, group)).join(' ')}\n`),
  tty: ({ out }) => {
    out('not a tty\n');
    return 1;
  },
  getconf: constant(
    (_host, args) =>
      `${{ PAGESIZE: '4096', PAGE_SIZE: '4096', _NPROCESSORS_ONLN: '4', ARG_MAX: '2097152', LONG_BIT: '64' }[args[0] ?? ''] ?? 'undefined'}\n`,
  ),
  whoami: whoAmI,
  id: identify,
  nproc: constant(() => '2\n'),
  uptime: constant((host) => ` ${formatDate(host.nowMs, '%T')} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00\n`),
  env: environment,
  printenv: printEnvironment,
  sh: shell,
  bash: shell,
  ash: shell,
  dash: shell,
  busybox: (context) => runInstead(context, context.args),
  tini: (context) =>
    runInstead(
      context,
      context.args.filter((argument) => argument !== '--'),
    ),
  timeout,
  xargs,
  clear: () => 0,
  reset: () => 0,
  '@script': script,
};
