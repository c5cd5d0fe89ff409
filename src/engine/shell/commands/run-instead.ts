// Commands that become another command.

import type { CommandContext } from '../command.ts';

/** Replaces the running command by another one in the same process (`exec`, `command`, `env`, `timeout`, ...). */
export function runInstead(context: CommandContext, words: readonly string[]): number | null {
  const running = context.process.running;
  if (running === null || words.length === 0) return 0;
  running.words = [...words];
  running.memory = running.memory['assignments'] === undefined ? {} : { assignments: running.memory['assignments'] };
  return null;
}
