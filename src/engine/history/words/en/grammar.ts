// How lists and numbers are said in English.

import { shownNames } from '../shown-names.ts';

/** `a`, `a and b`, `a, b and c`, or the first ones `and 7 more`. */
export function listed(names: readonly string[]): string {
  const { shown, others } = shownNames(names);
  const items = others === 0 ? shown : [...shown, `${others} more`];
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `1 pod`, `2 pods`, `2 successes`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;
}

export const be = (count: number) => (count === 1 ? 'is' : 'are');
export const have = (count: number) => (count === 1 ? 'has' : 'have');
export const does = (count: number) => (count === 1 ? 'does' : 'do');
