// What a command exchanges with somebody else: once, and with the time that it takes.

import type { CommandContext } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';

/** How long a resolver waits: twice five seconds, as libc does. */
export const DNS_TIMEOUT_MS = 10_000;

/** Lets the time pass in which nobody answers the question for a name; null while it does. Afterwards the resolver has given up. */
export function awaitDns(context: CommandContext, name: string): NetworkAnswer | null {
  const isSilent = context.host.resolve(name) === undefined && context.host.askDns(name).kind === 'timeout';
  const answer = {
    outcome: isSilent ? 'dns-timeout' : 'ok',
    latencyMs: isSilent ? DNS_TIMEOUT_MS : 0,
    status: 0,
    headers: {},
    body: '',
    address: '',
  } as const;
  return exchange(context, `dns ${name}`, () => answer, Number.POSITIVE_INFINITY);
}

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
