// Turning the clock. An advance is cut into slices: each ends at the end of an instant, after a bounded number of changes, and is committed
// as `advance to <instant>`; so a client that hangs up stops it at a committed instant, and a replay needs no goal, only instants.

import { ADVANCE_SPAN_MS_MAX, CHANGES_PER_SLICE_MAX, FIRINGS_PER_SLICE_MAX, STEP_MS_MAX, WORK_PER_SLICE_MAX } from '../kernel/limits.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Steps } from '../kernel/steps.ts';
import type { Change } from '../kernel/store.ts';
import { allTimers, peekTimer } from '../kernel/timers.ts';
import { instantSteps } from './settle.ts';
import { isConditionMet, type WaitCondition } from './wait-condition.ts';

export type AdvanceGoal =
  | { readonly kind: 'to'; readonly toMs: number }
  /** The next n instants at which an object other than an Event changes; given up when none comes by `deadlineMs`, which each of them moves. */
  | { readonly kind: 'steps'; readonly steps: number; readonly deadlineMs?: number }
  /** The first instant at which something happens, and the first at which an object changes, one of those if any are named. */
  | { readonly kind: 'instant'; readonly deadlineMs: number }
  | { readonly kind: 'change'; readonly of?: ChangedObjects; readonly deadlineMs: number }
  | { readonly kind: 'until'; readonly condition: WaitCondition; readonly deadlineMs: number }
  | { readonly kind: 'idle'; readonly deadlineMs: number };

/** Objects by resource, namespace and name; what is absent is any. */
export interface ChangedObjects {
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface SliceLimits {
  readonly changesMax: number;
  readonly firingsMax: number;
  /** Work of scripts in containers. */
  readonly workMax: number;
  /** Asked after each instant; whether others have waited long enough. Where slices end changes no history, so a host may go by its own clock. */
  readonly mustYield?: () => boolean;
}

export const SLICE_LIMITS_DEFAULT: SliceLimits = {
  changesMax: CHANGES_PER_SLICE_MAX,
  firingsMax: FIRINGS_PER_SLICE_MAX,
  workMax: WORK_PER_SLICE_MAX,
};

export interface SliceResult {
  /** The goal is reached, or can no longer be before its deadline; no further slice is needed. */
  readonly done: boolean;
  readonly reached: boolean;
  /** What is left to do when not done. */
  readonly rest: AdvanceGoal;
}

/** Moves the clock towards `goal` by at most one slice. The state ends quiet at `state.nowMs`. */
export function* advanceSliceSteps(state: ClusterState, goal: AdvanceGoal, limits: SliceLimits = SLICE_LIMITS_DEFAULT): Steps<SliceResult> {
  const firedBefore = state.firedCount;
  const workBefore = state.workCount;
  let rest = goal.kind === 'steps' && goal.deadlineMs === undefined ? stepsLeft(state, goal.steps) : goal;
  let examined = 0;
  if (isReached(state, rest, undefined)) return { done: true, reached: true, rest };
  for (;;) {
    const due = peekTimer(state)?.dueMs;
    const endMs = endOf(state, rest);
    if (due === undefined || due > endMs) {
      state.nowMs = endMs;
      return { done: true, reached: rest.kind === 'to', rest };
    }
    state.nowMs = due;
    yield* instantSteps(state);
    const since = examined;
    examined = state.changes.length;
    if (rest.kind === 'steps' && hasObjectChange(state, since)) rest = stepsLeft(state, rest.steps - 1);
    if (isReached(state, rest, since)) return { done: true, reached: true, rest };
    const isCostly = state.firedCount - firedBefore >= limits.firingsMax || state.workCount - workBefore >= limits.workMax;
    const isFull = isCostly || state.changes.length >= limits.changesMax;
    if (isFull || limits.mustYield?.() === true) return { done: false, reached: false, rest };
  }
}

/** Steps that are still to come, the next of them within `STEP_MS_MAX`. */
function stepsLeft({ nowMs }: ClusterState, steps: number): AdvanceGoal {
  return { kind: 'steps', steps, deadlineMs: nowMs + STEP_MS_MAX };
}

/** Fires everything due at or before `toMs`, without a bound on changes: what a replay does with a committed slice. */
export function* advanceToSteps(state: ClusterState, toMs: number): Steps<void> {
  for (let due = peekTimer(state)?.dueMs; due !== undefined && due <= toMs; due = peekTimer(state)?.dueMs) {
    state.nowMs = due;
    yield* instantSteps(state);
  }
  state.nowMs = toMs;
}

/** The earliest instant at which something is scheduled, or undefined. */
export function nextChangeMs(state: ClusterState): number | undefined {
  return peekTimer(state)?.dueMs;
}

/**
 * True when nothing is scheduled that could change an object. The expiry of Events (C022) does not count: a cluster whose only future
 * is that its Events fade is at rest, and a learner wants to read them.
 */
export function isIdle(state: ClusterState): boolean {
  for (const timer of allTimers(state)) if (timer.owner !== EVENT_EXPIRY_OWNER) return false;
  return true;
}

/** Whether one of the changes from an index on is of something that a user made, or that works for him. */
function hasObjectChange({ changes }: ClusterState, from: number): boolean {
  for (let index = from; index < changes.length; index += 1) if (changes[index]?.resource !== EVENTS) return true;
  return false;
}

function hasChangeOf({ changes }: ClusterState, from: number, of: ChangedObjects | undefined): boolean {
  for (let index = from; index < changes.length; index += 1) {
    const { resource, object } = changes[index] as Change;
    if (of === undefined) return true;
    const { namespace, name } = object.metadata;
    if (resource === of.resource && (of.namespace ?? namespace) === namespace && (of.name ?? name) === name) return true;
  }
  return false;
}

const EVENTS = 'events';
const EVENT_EXPIRY_OWNER = 'event-ttl';

/** `since`: index of the first change of the instant; undefined before anything has happened. */
function isReached(state: ClusterState, goal: AdvanceGoal, since: number | undefined): boolean {
  switch (goal.kind) {
    case 'to':
      return state.nowMs >= goal.toMs;
    case 'steps':
      return goal.steps <= 0;
    case 'instant':
      return since !== undefined;
    case 'change':
      return since !== undefined && hasChangeOf(state, since, goal.of);
    case 'until':
      return since !== state.changes.length && isConditionMet(state, goal.condition);
    case 'idle':
      return isIdle(state);
  }
}

/** Where the clock stands when nothing more happens: for `steps` it stays, as there is no next instant. */
function endOf(state: ClusterState, goal: AdvanceGoal): number {
  switch (goal.kind) {
    case 'to':
      return goal.toMs;
    case 'steps':
      return isIdle(state) ? state.nowMs : Math.min(goal.deadlineMs ?? state.nowMs, state.startMs + ADVANCE_SPAN_MS_MAX);
    case 'instant':
    case 'change':
    case 'until':
    case 'idle':
      return goal.deadlineMs;
  }
}
