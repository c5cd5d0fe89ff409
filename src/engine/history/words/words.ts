// What every language has words for: the sentences of the English tables. Whatever a language lacks is an error of types.

import type { en } from './en/index.ts';

type Widen<T> = T extends string ? string : T extends (parameters: infer P) => string ? (parameters: P) => string : never;

/** The words of another language for those of a table. */
export type Translated<Table> = { readonly [K in keyof Table]: Widen<Table[K]> };

/** By name: a text, or a function from the parameters to one. */
export type Words = Translated<typeof en>;
