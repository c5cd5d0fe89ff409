// The languages in which a cluster is spoken of. Another one is one more table, and one line here.

import { en } from './en/index.ts';
import { ko } from './ko/index.ts';
import type { Words } from './words.ts';

export const LANGUAGES = { en, ko } as const satisfies Readonly<Record<string, Words>>;

/** BCP 47. */
export type Language = keyof typeof LANGUAGES;

/** For whoever asks for none. */
export const LANGUAGE_DEFAULT: Language = 'en';
