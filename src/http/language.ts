// The language in which a client wants to be told something (RFC 9110, section 12.5.4; lookup by RFC 4647, section 3.4).

import { type Language, LANGUAGE_DEFAULT, LANGUAGES } from '../engine/cluster/index.ts';

/** Tags of the languages that there are, the default one first. */
export const LANGUAGE_TAGS = [LANGUAGE_DEFAULT, ...Object.keys(LANGUAGES).filter((tag) => tag !== LANGUAGE_DEFAULT)] as [
  Language,
  ...Language[],
];

/** The first language of an Accept-Language header that there is; the default one when there is none, or nothing that can be read. */
export function languageOf(accepted: string | null): Language {
  const wanted = (accepted ?? '').split(',').flatMap(rangeOf);
  for (const { range } of wanted.sort((a, b) => b.quality - a.quality || a.index - b.index)) {
    if (range === '*') return LANGUAGE_DEFAULT;
    const found = LANGUAGE_TAGS.find((tag) => range === tag || range.startsWith(`${tag}-`));
    if (found !== undefined) return found;
  }
  return LANGUAGE_DEFAULT;
}

interface Range {
  readonly range: string;
  readonly quality: number;
  readonly index: number;
}

function rangeOf(text: string, index: number): readonly Range[] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = given === undefined ? 1 : Number(given);
  return range === '' || !(quality > 0) ? [] : [{ range, quality, index }];
}
