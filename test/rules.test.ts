// The book of rules in docs/rules, the code and the tests name the same rules: each has a sentence of its own, code follows it, and the title of a test shows it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url).pathname;
/** Tests that need programs which a clone does not bring: what only they show is not shown. */
const FOREIGN = /^(?:wire|clients)\//;
/** An id, and a range of ids. */
const ID = /\b([A-Z]\d{1,4})(?:-([A-Z]?\d{1,4}))?\b/g;

interface Chapter {
  readonly path: string;
  readonly text: string;
  readonly rules: readonly { readonly id: string; readonly sentence: string }[];
}

const chapters = filesOf('docs/rules', /\.md$/).map(({ path, text }): Chapter => ({ path, text, rules: rulesOf(text) }));
const rules = chapters.flatMap((chapter) => chapter.rules);
const book = new Set(rules.map(({ id }) => id));
/** Worked examples are what tests show, not what code does. */
const examples = new Set(
  chapters.filter(({ path }) => path.endsWith('/examples.md')).flatMap((chapter) => chapter.rules.map(({ id }) => id)),
);
const leftOut = new Set(chapters.flatMap(({ text }) => leftOutOf(text)));

const comments = filesOf('src', /(?<!\.generated)\.ts$/).flatMap(({ path, text }) =>
  commentsOf(text).map((comment) => ({ path, comment })),
);
const cited = comments.flatMap(({ path, comment }) => [...comment.matchAll(ID)].map((match) => ({ path, ids: idsOf(match) })));
const followed = new Set(cited.flatMap(({ ids }) => ids));
const shown = new Set(filesOf('test', /\.test\.ts$/, FOREIGN).flatMap(({ text }) => titledIn(text)));

describe('the book', () => {
  it('has every rule once, with a sentence', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(850);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(rules.filter(({ sentence }) => sentence.split(' ').length < 4)).toEqual([]);
  });

  it('has a bullet for each rule: no range stands for several', () => {
    const ranges = chapters.flatMap(({ path, text }) =>
      [...text.matchAll(/^- \*\*[A-Z]\d+ ?(?:-|–|,|to ).*$/gm)].map(([line]) => `${path}: ${line}`),
    );
    expect(ranges).toEqual([]);
  });

  it('says of each chapter where upstream has it', () => {
    const silent = chapters.filter(
      ({ path, text, rules: own }) => own.length > 0 && !path.endsWith('/examples.md') && !text.includes('v1.33'),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('has every rule that it names elsewhere, in a sentence or under what differs', () => {
    const named = chapters.flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![`.\w-])[CK]\d{3,4}(?![`\w-])/g)].map(([id]) => ({ path, id })),
    );
    expect(named.filter(({ id }) => !book.has(id))).toEqual([]);
    expect([...leftOut].filter((id) => !book.has(id))).toEqual([]);
  });
});

describe('the code', () => {
  it('names no rule that the book does not have', () => {
    const unknown = cited.flatMap(({ path, ids }) =>
      [ids.at(0), ids.at(-1)].filter((id) => id !== undefined && !book.has(id)).map((id) => `${path}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('tells rules of the book in chains of causes, or sections of the contract', () => {
    const [{ text } = { text: '' }] = filesOf('src/engine/history/causes', /^components\.ts$/);
    const told = [...text.matchAll(/ rule: '([^']*)'/g)].map(([, rule = '']) => rule);
    const sections = new Set(readFileSync(join(ROOT, 'docs/contract.md'), 'utf8').match(/^## \d+/gm));
    const isKnown = (rule: string): boolean =>
      rule.startsWith('contract, section ') ? sections.has(rule.replace('contract, section', '##')) : book.has(rule) && !leftOut.has(rule);
    expect(told.length).toBeGreaterThan(50);
    expect(told.filter((rule) => !isKnown(rule))).toEqual([]);
  });

  it('says what it does before it names a rule', () => {
    const bare = comments.filter(({ comment }) => /^\W*(?:[A-Z]\d{1,4}(?:\.\d+|-[A-Z]?\d+)?[,;. ]*(?:and )?)+\W*$/.test(comment));
    expect(bare).toEqual([]);
  });

  it('names each rule that is followed', () => {
    expect([...book].filter((id) => !leftOut.has(id) && !examples.has(id) && !followed.has(id))).toEqual([]);
  });
});

describe('the tests', () => {
  it('show each rule under a title, or the name of a case, that begins with its id', () => {
    expect([...book].filter((id) => !leftOut.has(id) && !shown.has(id))).toEqual([]);
  });

  it('name no rule that the book does not have', () => {
    expect([...shown].filter((id) => /^[CK]\d{3,4}$/.test(id) && !book.has(id))).toEqual([]);
  });

  it('titles are read as they are meant', () => {
    const source = [
      "it('C1 C2 one does this', () => {});",
      "// it('C3 a remark', () => {});",
      "describe('C4-C6 a range', () => {});",
      "it.each([['C7 a case', 1]])('%s', () => {});",
      "it('something, as C8 says', () => {});",
      "const LIST = 'C9 C10 C11';",
      '  C12 C13 | a row of a table |',
    ].join('\n');
    expect(titledIn(source)).toEqual(['C1', 'C2', 'C7', 'C12', 'C13']);
  });
});

/** `- **K101** A sentence, which may go on in lines that are set in.` */
function rulesOf(text: string): Chapter['rules'] {
  return [...text.matchAll(/^- \*\*([A-Z]\d{1,4})\*\* (.*(?:\n {2}.*)*)/gm)].map(([, id = '', sentence = '']) => ({ id, sentence }));
}

/** The rules of the table under `Left out`. */
function leftOutOf(text: string): readonly string[] {
  const [, section = ''] = /^## Left out\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text) ?? [];
  return [...section.matchAll(/^\| ([A-Z]\d{1,4}) \|/gm)].map(([, id = '']) => id);
}

function commentsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /(?:^|\s)\/\/(.*)$|^\s*\/?\*+(.*)$/.exec(line)?.slice(1).join('') ?? []);
}

/** The ids that a citation names: one, or the whole range. */
function idsOf([, first = '', last]: RegExpExecArray): readonly string[] {
  const letter = first[0] ?? '';
  const from = first.slice(1);
  const to = last === undefined ? from : last.replace(letter, '');
  const count = Number(to) - Number(from) + 1;
  return Array.from({ length: Math.max(count, 1) }, (_, index) => letter + String(Number(from) + index).padStart(from.length, '0'));
}

/** The rules with which titles and names of cases begin. Ranges and comments show nothing. */
function titledIn(text: string): readonly string[] {
  const code = text.replaceAll(/(^|\s)\/\/.*$|^\s*\/?\*.*$/gm, '$1');
  const titles = [
    ...code.matchAll(/['"`]((?:[A-Z]\d{1,4}[ ,:]+)+)(?=[^\s'"`])(?![A-Z]\d)/g),
    ...code.matchAll(/^ *((?:[A-Z]\d{1,4} )+) *\|/gm),
  ];
  return titles.flatMap(([, ids = '']) => ids.match(/[A-Z]\d{1,4}/g) ?? []);
}

function filesOf(folder: string, name: RegExp, except?: RegExp): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path) && except?.test(path) !== true)
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(ROOT, folder, path), 'utf8') }));
}
