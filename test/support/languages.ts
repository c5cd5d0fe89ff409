// Whether what is said in one language is said in the others too: every parameter, and no sentence left in English.

import { expect } from 'vitest';
import { LANGUAGES, type Language } from '../../src/engine/history/words/languages.ts';
import { inWords, type Text } from '../../src/engine/history/words/message.ts';

/** Letters that every sentence of a language has. */
const LETTERS: Readonly<Record<Exclude<Language, 'en'>, RegExp>> = { ko: /[가-힣]/ };

export const TRANSLATIONS = (Object.keys(LANGUAGES) as Language[]).filter((language) => language !== 'en');

/** A text says the same in every language. */
export function expectTranslated(text: Text): void {
  // A command is the same in every language.
  if (typeof text === 'string') return;
  const english = inWords(text, 'en');
  const parameters = leavesOf(text.of).filter((leaf) => leaf !== '' && english.includes(leaf));
  for (const language of TRANSLATIONS) {
    const words = inWords(text, language);
    expect({ english, words, lost: parameters.filter((leaf) => !words.includes(leaf)) }).toEqual({ english, words, lost: [] });
    const own = parameters.sort((a, b) => b.length - a.length).reduce((rest, leaf) => rest.replaceAll(leaf, '·'), words);
    for (const sentence of own.split(/(?<=[.;]) /)) expect(sentence, words).toMatch(LETTERS[language]);
    expect(own, words).not.toMatch(/[A-Za-z]{2,}(?: [A-Za-z]{2,}){2}/);
  }
}

/** Texts and numbers among parameters, with those of messages among them. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => (name === 'say' ? [] : leavesOf(item)));
}
