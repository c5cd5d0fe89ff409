// The processes of a session as `ps` shows them. The machine runs a program in the process of its shell; `ps` shows both, as a real shell has forked.

import { BUILTINS } from './commands/builtins.ts';
import type { Process, ShellState } from './state.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly words: readonly string[];
}

/** What runs, in the order of the numbers. */
export function processRows(state: Readonly<ShellState>): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  let next = state.nextPid;
  for (const process of state.processes as readonly Process[]) {
    if (process.exitCode !== null) continue;
    const { pid, ppid, running, name, commandLine } = process;
    rows.push({ pid, ppid, words: commandLine ?? running?.words ?? [name] });
    if (commandLine === undefined || running === null || Object.hasOwn(BUILTINS, running.words[0] ?? '') || isChild(process)) continue;
    rows.push({ pid: next, ppid: pid, words: running.words });
    next += 1;
  }
  return rows.sort((a, b) => a.pid - b.pid);
}

/** The command runs in a child that is shown by itself. */
function isChild({ running }: Process): boolean {
  return typeof running?.memory['child'] === 'number';
}
