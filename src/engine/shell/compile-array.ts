// Compiles the value of an array: `a=(x "$@" [5]=y)`.

import type { ArrayValue, Assignment } from 'unbash';
import { compileWord, type Emitter, readWord } from './compile-word.ts';

/** Emits code that gives an array its elements; as an argument, that `declare` does. */
export function compileArray(out: Emitter, { name, append }: Assignment, { elements }: ArrayValue, isArgument: boolean): void {
  out.emit({ do: 'arrayBegin' });
  for (const element of elements) {
    const keyed = /^\[((?:[^\]"']|"[^"]*"|'[^']*')*)\]=([\s\S]*)$/.exec(element.text);
    const key = keyed === null ? undefined : readWord(keyed[1] ?? '');
    if (keyed === null || key === undefined) {
      compileWord(out, element, 'fields');
      out.emit({ do: 'arrayTake', hasKey: false });
      continue;
    }
    compileWord(out, key, 'single');
    const value = readWord(keyed[2] ?? '');
    if (value === undefined) emitEmpty(out);
    else compileWord(out, value, 'single');
    out.emit({ do: 'arrayTake', hasKey: true });
  }
  out.emit({ do: 'arrayEnd', name, append: append === true, isArgument });
}

function emitEmpty(out: Emitter): void {
  out.emit({ do: 'wordBegin' });
  out.emit({ do: 'wordEnd', mode: 'single' });
}
