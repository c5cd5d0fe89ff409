// What is said of a cluster, before it is put into words: the name of a sentence with its parameters, as plain data. The words stand in one table a
// language. Names, reasons, paths of fields and what Kubernetes itself says are parameters: they are the same in every language.

import { LANGUAGES, type Language } from './languages.ts';
import type { Words } from './words.ts';

/** The name of a sentence, or of a part of one, with its parameters. */
export interface Message {
  readonly say: keyof Words;
  readonly of: unknown;
}

/** What stands for a text: a text that is the same in every language, or a message. */
export type Text = string | Message;

/** Parameters of a sentence as they are before it is put into words: every text may still be a message. */
type Unsaid<T> = T extends string
  ? string extends T
    ? Text
    : T
  : T extends readonly (infer Item)[]
    ? readonly Unsaid<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Unsaid<T[K]> }
      : T;

type Given<W> = W extends (parameters: infer P) => string ? [parameters: Unsaid<P>] : [];

/** A message. */
export function say<K extends keyof Words>(name: K, ...[parameters]: Given<Words[K]>): Message {
  return { say: name, of: parameters };
}

/** A text in the words of a language. */
export function inWords(text: Text, language: Language): string {
  if (typeof text === 'string') return text;
  const words: string | ((parameters: never) => string) = LANGUAGES[language][text.say];
  return typeof words === 'string' ? words : words(said(text.of, language) as never);
}

/** Parameters with every message among them put into words. */
function said(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((item) => said(item, language));
  if (typeof value !== 'object' || value === null) return value;
  if (isMessage(value)) return inWords(value, language);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, said(item, language)]));
}

function isMessage(value: object): value is Message {
  return 'say' in value;
}
