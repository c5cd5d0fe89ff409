// The history of one object, taken from its changes: its conditions as spans of status, and what it counts as steps of numbers.

import type { Schemas } from '../api/schemas.ts';
import type { KubeObject } from '../objects/kube-objects.ts';
import { type Counted, countsOf } from './counts.ts';

export type Change = Pick<Schemas['ClusterChange'], 'type' | 'time' | 'object'>;

export interface ConditionSpan {
  readonly fromMs: number;
  /** `True`, `False` or `Unknown`; `` where the object has no such condition. */
  readonly state: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

export interface NumberStep {
  readonly atMs: number;
  readonly value: number | null;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Of one condition, or one number: what is older is forgotten. */
const KEPT_MAX = 5_000;

export class ObjectHistory {
  /** Spans by the type of condition, in order; each ends where the next begins. */
  readonly conditions = new Map<string, ConditionSpan[]>();
  readonly numbers = new Map<string, Counted & { readonly steps: NumberStep[] }>();
  /** When the object that was told last was gone. */
  endMs: number | undefined;
  isEmpty = true;

  take({ type, time, object }: Change): void {
    const atMs = Date.parse(time);
    const isDeleted = type === 'DELETED';
    const { status } = object as KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };
    const conditions = isDeleted ? [] : listOf(status?.conditions);
    // Of what was before the history that is retained, conditions say since when they are as they are.
    const isCut = this.isEmpty && type !== 'ADDED';
    for (const condition of conditions) this.takeCondition(condition, isCut ? sinceOf(condition, atMs) : atMs);
    const present = new Set(conditions.map(({ type: one }) => one));
    for (const [one, spans] of this.conditions)
      if (!present.has(one) && spans.at(-1)?.state !== '') push(spans, { fromMs: atMs, state: '', reason: undefined, message: undefined });
    this.takeNumbers(isDeleted ? [] : countsOf(object as KubeObject), atMs);
    this.endMs = isDeleted ? atMs : undefined;
    this.isEmpty = false;
  }

  /** Where the first span or step begins. */
  get fromMs(): number | undefined {
    const starts = [
      ...[...this.conditions.values()].map((spans) => spans[0]?.fromMs),
      ...[...this.numbers.values()].map(({ steps }) => steps[0]?.atMs),
    ].filter((one) => one !== undefined);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  private takeCondition({ type, status, reason, message }: Condition, fromMs: number): void {
    const spans = this.conditions.get(type) ?? [];
    const last = spans.at(-1);
    if (last === undefined) this.conditions.set(type, spans);
    if (last?.state !== status || last.reason !== reason) push(spans, { fromMs, state: status, reason, message });
  }

  private takeNumbers(counted: readonly (Counted & { readonly value: number })[], atMs: number): void {
    const gone = new Map(this.numbers);
    for (const { key, group, name, value } of counted) {
      gone.delete(key);
      const series = this.numbers.get(key) ?? { key, group, name, steps: [] };
      this.numbers.set(key, series);
      if (series.steps.at(-1)?.value !== value) push(series.steps, { atMs, value });
    }
    for (const { steps } of gone.values()) if (steps.at(-1)?.value !== null) push(steps, { atMs, value: null });
  }
}

function push<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT_MAX) list.splice(0, list.length - KEPT_MAX);
}

function sinceOf({ lastTransitionTime }: Condition, atMs: number): number {
  const sinceMs = lastTransitionTime === undefined ? Number.NaN : Date.parse(lastTransitionTime);
  return Number.isNaN(sinceMs) ? atMs : Math.min(sinceMs, atMs);
}

/** Custom resources may call anything their conditions. */
function listOf(conditions: unknown): readonly Condition[] {
  const isCondition = (one: unknown): one is Condition =>
    typeof one === 'object' && one !== null && typeof (one as Condition).type === 'string' && typeof (one as Condition).status === 'string';
  return Array.isArray(conditions) ? conditions.filter(isCondition) : [];
}
