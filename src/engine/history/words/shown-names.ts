// How many names a sentence says one by one.

import { EXPLANATION_NAMES_MAX } from '../../kernel/limits.ts';

/** The names that are said, and the number of the others. */
export function shownNames(names: readonly string[]): { readonly shown: readonly string[]; readonly others: number } {
  if (names.length <= EXPLANATION_NAMES_MAX) return { shown: names, others: 0 };
  const shown = names.slice(0, EXPLANATION_NAMES_MAX - 1);
  return { shown, others: names.length - shown.length };
}
