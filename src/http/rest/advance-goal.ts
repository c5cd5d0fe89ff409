// What an advance is asked for, as the goal that the service works towards.

import { parseSelection } from '../../engine/apiserver/read/selection.ts';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import { parseWaitFor, type WaitCondition } from '../../engine/cluster/index.ts';
import { ADVANCE_SPAN_MS_MAX } from '../../engine/kernel/limits.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import type { AdvanceGoal } from '../../service/ports.ts';
import { refuseField } from '../errors.ts';
import { findKind, resourceNames } from '../resource-names.ts';
import type { AdvanceBody, WaitBody } from './schemas/clock.ts';

/** Virtual milliseconds after which an advance until something gives up, unless it says otherwise. */
const CONDITION_TIMEOUT_MS = 10 * 60_000;
const IDLE_TIMEOUT_MS = 24 * 3_600_000;

/** Where the clock stands and where the cluster began, virtual milliseconds. */
export interface ClockPosition {
  readonly nowMs: number;
  readonly startMs: number;
  /** The kinds of the cluster. */
  readonly kinds: readonly Kind[];
}

/** The goal of a request. Fails: invalid-request for times in the past or out of range, and for conditions that cannot be understood. */
export function advanceGoalOf(body: AdvanceBody, position: ClockPosition): AdvanceGoal {
  if (body.by !== undefined) return goalTo('/by', position.nowMs + body.by, position);
  if (body.to !== undefined) return goalTo('/to', body.to, position);
  if (body.steps !== undefined) return { kind: 'steps', steps: body.steps };
  if (body.until === 'idle') return { kind: 'idle', timeoutMs: timeoutOf(body, IDLE_TIMEOUT_MS, position) };
  const condition = waitConditionOf(body.until as WaitBody, position.kinds);
  return { kind: 'until', condition, timeoutMs: timeoutOf(body, CONDITION_TIMEOUT_MS, position) };
}

function goalTo(field: string, toMs: number, position: ClockPosition): AdvanceGoal {
  if (toMs < position.nowMs) {
    refuseField('body', field, `the clock stands at ${formatInstant(position.nowMs)} and cannot go back to ${formatInstant(toMs)}`);
  }
  checkSpan(field, toMs, position);
  return { kind: 'to', toMs };
}

function timeoutOf(body: AdvanceBody, fallbackMs: number, position: ClockPosition): number {
  const latestMs = position.startMs + ADVANCE_SPAN_MS_MAX - position.nowMs;
  if (body.timeout === undefined) return Math.min(fallbackMs, latestMs);
  checkSpan('/timeout', position.nowMs + body.timeout, position);
  return body.timeout;
}

function checkSpan(field: string, toMs: number, { startMs }: ClockPosition): void {
  const latestMs = startMs + ADVANCE_SPAN_MS_MAX;
  if (toMs > latestMs)
    refuseField('body', field, `the clock cannot pass ${formatInstant(latestMs)}, ten years after the start of the cluster`);
}

function waitConditionOf(body: WaitBody, kinds: readonly Kind[]): WaitCondition {
  const waitFor = parseWaitFor(body.for);
  if (typeof waitFor === 'string') return refuseField('body', '/until/for', waitFor);
  const kind = findKind(kinds, body.resource);
  if (kind === undefined) return refuseField('body', '/until/resource', `there is no such resource; known are ${resourceNames(kinds)}`);
  if (!kind.namespaced && body.namespace !== undefined) return refuseField('body', '/until/namespace', `${kind.plural} have no namespace`);
  const { namespace = 'default', name, selector: labelSelector = '' } = body;
  const selection = parseSelection({ kind, namespace, name }, { labelSelector });
  if (!selection.ok) return refuseField('body', '/until/selector', selection.status.message ?? 'is not a selector');
  return { for: waitFor, selection: selection.value };
}
