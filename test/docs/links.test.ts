// Links of documents lead somewhere: to a file of the repository, and to a heading of it where they name one.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from './document.ts';

const DOCUMENTS = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(new URL(path, ROOT)));

/** Without its blocks, in which nothing is a link or a heading. */
const textOf = (path: URL): string => readFileSync(path, 'utf8').replace(/^ *```.*\n[\s\S]*?^ *```$/gm, '');

/** The anchors that GitHub makes of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#+ (.*)$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with a link of a document; undefined: nothing. */
function faultOf(link: string, document: URL): string | undefined {
  const target = new URL(link, document);
  const { hash } = target;
  target.hash = '';
  if (!existsSync(target)) return 'there is no such file';
  if (hash === '') return undefined;
  return anchorsOf(textOf(target)).has(decodeURIComponent(hash.slice(1))) ? undefined : 'there is no such heading';
}

describe('links', () => {
  it.each(DOCUMENTS)('of %s lead somewhere', (path) => {
    const document = new URL(path, ROOT);
    const text = textOf(document).replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    const links = [...text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g), ...text.matchAll(/^\[[^\]]+\]: (?![a-z]+:)(\S+)/gm)];
    const broken = links.flatMap(([, link = '']) => {
      const fault = faultOf(link, document);
      return fault === undefined ? [] : [`${link}: ${fault}`];
    });
    expect(broken).toEqual([]);
  });

  it('are told from headings that are not there', () => {
    const readme = new URL('README.md', ROOT);
    expect(faultOf('docs/time.md#back-in-time', readme)).toBeUndefined();
    expect(faultOf('docs/time.md#forks-rewinding-recordings', readme)).toBeUndefined();
    expect(faultOf('docs/time.md#back-in-tim', readme)).toBe('there is no such heading');
    expect(faultOf('docs/tim.md', readme)).toBe('there is no such file');
  });

  it('from the README reach every page', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path) || !path.endsWith('.md')) return;
      reached.add(path);
      const document = new URL(path, ROOT);
      for (const [, link = ''] of textOf(document).matchAll(/\]\((?![a-z]+:)([^)\s#]+)/g))
        visit(new URL(link, document).pathname.slice(ROOT.pathname.length));
    };
    visit('README.md');
    const pages = DOCUMENTS.filter((path) => /^(?:docs|examples)\/[^/]+\.md$/.test(path));
    expect(pages.filter((path) => !reached.has(path))).toEqual([]);
  });
});
