// What the tables of words promise beside their types.

import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Language } from '../../../src/engine/history/words/languages.ts';
import { inWords, say } from '../../../src/engine/history/words/message.ts';
import type { Words } from '../../../src/engine/history/words/words.ts';
import { TRANSLATIONS } from '../../support/languages.ts';

const NAMES = Object.keys(LANGUAGES.en) as (keyof Words)[];

/** The parameters that the words of a language use. */
function parametersOf(language: Language, name: keyof Words): readonly string[] {
  const [, list = ''] = /^\(\{([^}]*)\}/.exec(String(LANGUAGES[language][name])) ?? [];
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort();
}

describe('words', () => {
  it.each(TRANSLATIONS)('%s says every parameter that English says', (language) => {
    const english = NAMES.map((name) => [name, parametersOf('en', name)]);
    expect(english.filter(([, list]) => list?.length === 0).length).toBeLessThan(NAMES.length / 2);
    expect(NAMES.map((name) => [name, parametersOf(language, name)])).toEqual(english);
  });

  it('ko: no name is followed by a particle that depends on its last letter', () => {
    // What is a container or a source of a volume is a message that ends in a noun of its own.
    const particle = /\$\{(?!(?:container|source)\})[^}]*\}(?:은|는|이|가|을|를|과|와|로|으로)(?![가-힣])/;
    expect('${name}을 만드세요').toMatch(particle);
    expect(NAMES.filter((name) => particle.test(String(LANGUAGES.ko[name])))).toEqual([]);
  });

  it('ko: every sentence is Korean', () => {
    expect(NAMES.filter((name) => !/[가-힣]/.test(String(LANGUAGES.ko[name])))).toEqual([]);
  });

  it('names are listed up to a number, in each language as it lists them', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(inWords(say('cordoned', { nodes: ['a'] }), 'en')).toBe('Not scheduled: a is cordoned.');
    expect(inWords(say('cordoned', { nodes }), 'en')).toBe('Not scheduled: a, b, c, d and 2 more are cordoned.');
    expect(inWords(say('cordoned', { nodes: nodes.slice(0, 2) }), 'ko')).toBe(
      '스케줄되지 않음: a, b 노드는 스케줄이 차단(cordon)되어 있습니다.',
    );
    expect(inWords(say('cordoned', { nodes }), 'ko')).toBe('스케줄되지 않음: a, b, c, d 외 2개 노드는 스케줄이 차단(cordon)되어 있습니다.');
  });

  it('a message among the parameters of another is put into the same words', () => {
    const message = say('likewise', { name: 'pods/web', others: 2, sentence: say('noNodes') });
    expect(inWords(message, 'en')).toBe('pods/web, and 2 other pods likewise: Not scheduled: the cluster has no nodes.');
    expect(inWords(message, 'ko')).toBe('pods/web 외 파드 2개: 스케줄되지 않음: 클러스터에 노드가 없습니다.');
  });
});
