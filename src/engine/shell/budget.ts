// What a session may use: work, counted in instructions, and memory, counted in characters. Both are counted, never measured, so that a script does the
// same at any time on any machine. A session that computes without ever waiting is slow: it has a credit that lets usual loops end at once, and then
// waits longer and longer between small turns, so that it costs next to nothing. Deviation: a real one is as fast as its CPU.

import {
  BUSY_MS_MAX,
  BUSY_MS_MIN,
  CHARACTERS_PER_WORK,
  MEMORY_COUNT_EVERY,
  OWN_WAIT_MS_MIN,
  SESSION_MEMORY_MAX,
  WORK_PER_WAKE,
  WORK_WHEN_BUSY,
} from '../kernel/limits.ts';

/** What a session has used and may still use; part of its state. */
export interface Budget {
  /** Work that it can do before it counts as busy; below zero when one step was large. */
  credit: number;
  /** What waiting gives back at most. */
  readonly creditMax: number;
  /** Work of this call. */
  spent: number;
  /** The instant of its last call, and whether it had to pause then. */
  ranMs: number;
  isPaused: boolean;
  /** How long it waits when its credit is used up. */
  busyMs: number;
  /** Characters made in this call. */
  made: number;
  /** Characters made since its memory was counted, and how much that was. */
  allocated: number;
  memory: number;
}

/** Thrown where a session would hold more than there is; the machine then ends it. */
export class MemoryExceeded extends Error {}

/** The budget of a session that has not run yet. */
export function createBudget(credit: number): Budget {
  return { credit, creditMax: credit, spent: 0, ranMs: 0, isPaused: false, busyMs: BUSY_MS_MIN, made: 0, allocated: 0, memory: 0 };
}

/** Counts work. */
export function spend(budget: Budget, work: number): void {
  budget.spent += Math.floor(work);
}

/** Counts characters that are read or copied. */
export function spendText(budget: Budget, length: number): void {
  budget.spent += Math.floor(length / CHARACTERS_PER_WORK);
}

/** Counts characters that are about to be made. Throws MemoryExceeded. */
export function allocate(budget: Budget, length: number): void {
  budget.allocated += length;
  budget.made += length;
  // Memory is counted after each step that made much; one that makes more than there is does not get so far.
  if (budget.allocated > SESSION_MEMORY_MAX + MEMORY_COUNT_EVERY) throw new MemoryExceeded();
  spendText(budget, length);
}

/** Begins a call: who waited of its own accord has regained a credit, who had to pause has a small turn. */
export function beginTurn(budget: Budget, nowMs: number): void {
  const waitedMs = budget.ranMs === 0 ? 0 : nowMs - budget.ranMs;
  if (!budget.isPaused) {
    budget.credit = Math.min(budget.creditMax, budget.credit + waitedMs);
    // A loop that sleeps goes on slower when its credit is used up; one that never does all but stops.
    if (waitedMs >= OWN_WAIT_MS_MIN) budget.busyMs = BUSY_MS_MIN;
  } else if (budget.credit <= 0) budget.credit = WORK_WHEN_BUSY;
  budget.isPaused = false;
  budget.ranMs = nowMs;
  budget.spent = WORK_PER_WAKE;
  budget.made = 0;
}

/** Whether the session must stop for now, when there is so much work left for it at this instant. */
export function isTurnOver(budget: Budget, workLeft: number): boolean {
  return budget.spent >= budget.credit || budget.spent >= workLeft;
}

/** Ends a call. */
export function endTurn(budget: Budget): void {
  budget.credit -= budget.spent;
}

/** Pauses a session that could go on. Returns for how many virtual milliseconds; the call must have ended. */
export function pause(budget: Budget): number {
  budget.isPaused = true;
  if (budget.credit > 0) return 1;
  const waitMs = budget.busyMs * (1 + Math.floor(-budget.credit / WORK_WHEN_BUSY));
  budget.busyMs = Math.min(budget.busyMs * 2, BUSY_MS_MAX);
  return waitMs;
}

/** Characters that a value of a session holds, with what every part of it costs. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + PART_SIZE;
  if (typeof value !== 'object' || value === null) return PART_SIZE;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), PART_SIZE);
  let size = PART_SIZE;
  for (const [name, item] of Object.entries(value)) if (name !== 'archive') size += name.length + sizeOf(item);
  return size;
}

const PART_SIZE = 16;
