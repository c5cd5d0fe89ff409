// Every rule that docs/rules lists is named by the code that follows it and by the title of a test, or stands there under Deviation.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url).pathname;
const DOCUMENTS = ['kubelet', 'controllers', 'api'] as const;

const inCode = namedIn(join(ROOT, 'src'), (text) => text);
const inTests = namedIn(join(ROOT, 'test'), titlesOf);

describe.each(DOCUMENTS)('docs/rules/%s.md', (name) => {
  const [list = '', deviations = ''] = readFileSync(join(ROOT, `docs/rules/${name}.md`), 'utf8').split('## Deviation');
  const rules = expandRules(firstCells(list));
  // Worked examples are what tests show, not what code does.
  const examples = new Set(expandRules(firstCells(list.replaceAll(/^\|[^|]*\| (?!Worked).*$/gm, ''))));
  const leftOut = new Set(expandRules(firstCells(deviations)));

  it('lists rules, each once', () => {
    expect(rules.length).toBeGreaterThan(100);
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([]);
  });

  it('leaves out only what it lists', () => {
    expect([...leftOut].filter((rule) => !rules.includes(rule))).toEqual([]);
  });

  it('is followed by code that names each rule', () => {
    expect(rules.filter((rule) => !leftOut.has(rule) && !examples.has(rule) && !inCode.has(rule))).toEqual([]);
  });

  it('is shown by a test that names each rule', () => {
    expect(rules.filter((rule) => !leftOut.has(rule) && !inTests.has(rule))).toEqual([]);
  });
});

/** The first cells of the rows of Markdown tables. */
function firstCells(markdown: string): string {
  return markdown
    .split('\n')
    .flatMap((line) => /^\| ([A-Z]\d[^|]*) \|/.exec(line)?.[1] ?? [])
    .join(', ');
}

/** `K001-K003, K010` → K001, K002, K003, K010. Leading zeros stay. */
function expandRules(text: string): string[] {
  return [...text.matchAll(/\b([A-Z])(\d{1,4})(?:-(?:\1)?(\d{1,4}))?\b/g)].flatMap(([, letter = '', first = '', last = first]) => {
    const count = Number(last) - Number(first) + 1;
    return Array.from({ length: Math.max(count, 1) }, (_, index) => letter + String(Number(first) + index).padStart(first.length, '0'));
  });
}

/** Rules that the files of a folder name. */
function namedIn(folder: string, read: (text: string, path: string) => string): Set<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ts|txt)$/.test(path));
  return new Set(paths.flatMap((path) => expandRules(read(readFileSync(join(folder, path), 'utf8'), path))));
}

/** What is left of a test file without its comments; of a transcript its remarks. */
function titlesOf(text: string, path: string): string {
  const lines = text.split('\n');
  if (path.endsWith('.txt')) return lines.filter((line) => line.startsWith('# ')).join('\n');
  return lines.map((line) => line.replace(/(^|\s)\/\/.*$|^\s*\/?\*.*$/, '')).join('\n');
}
