// What a command exchanges with somebody else: once, and with the time that it takes.

import type { CommandContext } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';

/** Makes the exchange once and lets its latency pass; null while it does. */
export function exchange(context: CommandContext, key: string, ask: () => NetworkAnswer, timeoutMs: number): NetworkAnswer | null {
  const { memory, host, process } = context;
  const done = memory[key] as { answer: NetworkAnswer; untilMs: number } | undefined;
  if (done !== undefined && done.untilMs <= host.nowMs) return done.answer;
  if (done === undefined) {
    const given = ask();
    const isLate = given.outcome === 'timeout' || given.latencyMs > timeoutMs;
    const answer: NetworkAnswer = isLate ? { ...given, outcome: 'timeout' } : given;
    const untilMs = host.nowMs + (isLate ? timeoutMs : given.latencyMs);
    memory[key] = { answer, untilMs };
    if (untilMs <= host.nowMs) return answer;
    process.wait = { for: 'time', untilMs };
    return null;
  }
  process.wait = { for: 'time', untilMs: done.untilMs };
  return null;
}
