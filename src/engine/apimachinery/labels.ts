// Label selectors: matching, and the forms of API objects and of printed text. The grammar of texts is in label-parser.ts,
// single conditions are in requirement.ts.
// Upstream: apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go (v1.33). Rules G4, N12, C1001-C1006, C1010-C1013, C1027.
// Rules: C168.

import type { StringMap } from './meta.ts';
import { matchesRequirement, type Requirement, type Selector, type SelectorOperator, selectorOf, uniqueSorted } from './requirement.ts';

export { type ParsedSelector, parseSelector } from './label-parser.ts';
export {
  type Requirement,
  type Selector,
  type SelectorOperator,
} from './requirement.ts';

/** meta/v1 LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export const EVERYTHING: Selector = { requirements: [] };
export const NOTHING: Selector = { requirements: [], matchesNothing: true };

/** A plain map as a conjunction of equalities (C1027). */
export function selectorFromMap(labels: StringMap | undefined): Selector {
  return selectorOf(
    Object.entries(labels ?? {}).map(([key, value]) => ({
      key,
      operator: '=',
      values: [value],
    })),
  );
}

const EXPRESSION_OPERATORS: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** The selector of an API object. An absent one, or one with an unknown operator, matches nothing (C1001). */
export function selectorFromLabelSelector(selector: LabelSelector | null | undefined): Selector {
  if (selector === undefined || selector === null) return NOTHING;
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=',
    values: [value],
  }));
  for (const expression of selector.matchExpressions ?? []) {
    const operator = EXPRESSION_OPERATORS[expression.operator];
    if (operator === undefined) return NOTHING;
    requirements.push({
      key: expression.key,
      operator,
      values: uniqueSorted(expression.values ?? []),
    });
  }
  return selectorOf(requirements);
}

/** True when labels meet every requirement. */
export function matchesSelector(selector: Selector, labels: StringMap | undefined): boolean {
  if (selector.matchesNothing === true) return false;
  for (const requirement of selector.requirements) if (!matchesRequirement(requirement, labels?.[requirement.key])) return false;
  return true;
}

/** The canonical text (C1013); empty for a selector that matches everything or nothing. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}

/** A LabelSelector as tables print it (N12). */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  return formatSelector(selectorFromLabelSelector(selector)) || '<none>';
}

/** A map of labels as tables print it (N12). */
export function formatLabels(labels: StringMap | undefined): string {
  return formatSelector(selectorFromMap(labels)) || '<none>';
}

/** Whether the selector selects everything. */
export function isEverything(selector: Selector): boolean {
  return selector.matchesNothing !== true && selector.requirements.length === 0;
}
