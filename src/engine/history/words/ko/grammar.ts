// How lists are said in Korean. Sentences put a noun or a particle of one form only (에, 의, 에서) behind what is inserted, so that none depends on its last letter.

import { shownNames } from '../shown-names.ts';

/** `a`, `a, b`, or the first ones `외 7개`. */
export function listed(names: readonly string[]): string {
  const { shown, others } = shownNames(names);
  return `${shown.join(', ')}${others === 0 ? '' : ` 외 ${others}개`}`;
}
