// The periodic clocks of a node as arithmetic (docs/rules/kubelet/loop.md lists them): a clock is a period and a phase, and its ticks are numbers, not events.
// Rules: K013.

export interface Clock {
  readonly periodMs: number;
  readonly phaseMs: number;
}

/** The last tick at or before `ms`. */
export function lastTick(clock: Clock, ms: number): number {
  return Math.floor((ms - clock.phaseMs) / clock.periodMs) * clock.periodMs + clock.phaseMs;
}

/** The first tick strictly after `ms`. */
export function nextTick(clock: Clock, ms: number): number {
  return lastTick(clock, ms) + clock.periodMs;
}

/** The first tick at or after `ms`. */
export function tickAtOrAfter(clock: Clock, ms: number): number {
  const last = lastTick(clock, ms);
  return last === ms ? ms : last + clock.periodMs;
}
