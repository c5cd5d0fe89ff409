// Commands that run another command in a process of its own and wait for it.

import type { CommandContext } from '../command.ts';
import { addSource, canFork, forkError, forkProcess } from '../processes.ts';

/** Starts a command in a child; its number is in the memory as `child`. Returns false, having said so, when there may be no more processes. */
export function startChild(context: CommandContext, words: readonly string[]): boolean {
  const { state, process, host, memory } = context;
  if (!canFork(state)) {
    context.error(`${context.name}: ${forkError(host)}\n`);
    return false;
  }
  const child = forkProcess(state, process, addSource(state, ''), 0);
  child.running = { words: [...words], memory: {}, restore: null };
  memory['child'] = child.pid;
  return true;
}

export function waitForChild({ process }: CommandContext, pid: number): null {
  process.wait = { for: 'children', pids: [pid], interruptible: false };
  return null;
}

/** The exit code of a child that has ended; null while it runs. */
export function collectChild(context: CommandContext, pid: number): number | null {
  const child = context.state.processes.find((item) => item.pid === pid);
  if (child !== undefined && child.exitCode === null) return waitForChild(context, pid);
  context.state.processes = context.state.processes.filter((item) => item.pid !== pid);
  return child?.exitCode ?? 127;
}
