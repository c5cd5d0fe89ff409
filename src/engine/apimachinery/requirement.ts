// Selectors as data: one condition on one label, and their conjunction.
// Upstream: apimachinery/pkg/labels/selector.go, Requirement (v1.33). Rules C1002, C1003, C1011-C1013.

import { compareText } from './text.ts';

export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

/** One condition; `values` are sorted, unique, and empty for `exists` and `!`. */
export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** Conditions joined by AND, sorted by key; none matches everything. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  /** C1001: what an absent selector becomes. */
  readonly matchesNothing?: true;
}

/** Sorts requirements by key, in place for equal keys (C1013). */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  return {
    requirements: requirements.toSorted((a, b) => compareText(a.key, b.key)),
  };
}

/** Whether one label, undefined when absent, meets a requirement. */
export function matchesRequirement(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !requirement.values.includes(value); // C1003, C1011: an absent key matches.
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return compareIntegers(value, requirement.values[0]) > 0;
    case 'lt':
      return compareIntegers(value, requirement.values[0]) < 0;
  }
}

/** C1012: NaN, which no comparison accepts, when either side is no integer. */
function compareIntegers(value: string | undefined, bound: string | undefined): number {
  if (!isInt64(value) || !isInt64(bound)) return Number.NaN;
  const difference = BigInt(withoutPlus(value)) - BigInt(withoutPlus(bound));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether Go's `ParseInt(text, 10, 64)` takes the text. */
export function isInt64(text: string | undefined): text is string {
  if (text === undefined || !/^[+-]?\d{1,40}$/.test(text)) return false;
  const value = BigInt(withoutPlus(text));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

function withoutPlus(text: string): string {
  return text.startsWith('+') ? text.slice(1) : text;
}

/** Sorted by code units, without repetition. */
export function uniqueSorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareText);
}
