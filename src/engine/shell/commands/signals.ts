// Signals to processes of the container, by `kill` and its kin.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { Process } from '../state.ts';
import { SIGNAL_NUMBERS, signalProcess } from '../processes.ts';

/** `15`, `TERM`, `SIGTERM` → `TERM`; `0` → `EXIT`. */
export function signalName(text: string): string {
  if (text === '0') return 'EXIT';
  const byNumber = Object.entries(SIGNAL_NUMBERS).find(([, number]) => String(number) === text)?.[0];
  return byNumber ?? text.toUpperCase().replace(/^SIG/, '');
}

/** Sends a signal to a process of this session, or to one beside it. Returns whether there is one. */
export function sendSignal({ state, host }: CommandContext, pid: number, signal: string): boolean {
  const shift = host.processShift();
  const own = (number: number): Process | undefined => state.processes.find((item) => item.pid === number && item.exitCode === null);
  const shown = own(pid - shift);
  if (shown === undefined && host.signal(pid, signal)) return true;
  // `$!` and `$$` are this session's own numbers.
  const found = shown ?? own(pid);
  if (found === undefined) return false;
  if (signal !== 'EXIT') signalProcess(state, found, signal);
  return true;
}

/** `%1` is the first command in the background, `%%` the last. */
function processOf({ state, process }: CommandContext, target: string): number {
  if (!target.startsWith('%')) return Number(target);
  const children = state.processes.filter((child) => child.ppid === process.pid);
  const number = Number(target.slice(1));
  return (Number.isInteger(number) ? children[number - 1] : children.at(-1))?.pid ?? Number.NaN;
}

/** `kill [-signal] pid ...`; a number below zero is a group, which here is its process alone. */
export const kill: ShellCommand = (context) => {
  const { args, error, name, host, out } = context;
  if (args[0] === '-l') {
    const [, given] = args;
    const byNumber = Object.entries(SIGNAL_NUMBERS).find(([, number]) => String(number) === given)?.[0];
    out(`${given === undefined ? Object.keys(SIGNAL_NUMBERS).join(' ') : (byNumber ?? String(SIGNAL_NUMBERS[signalName(given)] ?? ''))}\n`);
    return 0;
  }
  let signal = 'TERM';
  const targets: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const argument = args[i] as string;
    if (argument === '-s' || argument === '-n') signal = signalName(args[(i += 1)] ?? 'TERM');
    else if (argument === '--') continue;
    else if (argument.startsWith('-') && argument.length > 1 && targets.length === 0 && i === 0) signal = signalName(argument.slice(1));
    else targets.push(argument.replace(/^-(?=\d)/, ''));
  }
  let code = 0;
  for (const target of targets) {
    if (sendSignal(context, processOf(context, target), signal)) continue;
    error(
      host.flavor === 'busybox' ? `${name}: can't kill pid ${target}: No such process\n` : `sh: ${name}: (${target}) - No such process\n`,
    );
    code = 1;
  }
  return code;
};
