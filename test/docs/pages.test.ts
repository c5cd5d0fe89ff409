// Every command of every page does what the page says, in a session of a reader of its own. `npx vitest run test/docs -u` writes what is printed into the pages.

import { fileURLToPath } from 'node:url';
import { describe, expect, type ExpectStatic, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { programFolder } from '../support/program.ts';
import { findKubectls, type Kubectl } from '../wire/kubectl.ts';
import { type Block, blocksOf, commandsOf, consoleLines, isRun, pages, readDocument, ROOT, type Shown, trueOutput } from './document.ts';
import { Session } from './session.ts';

const PAGE_MS = 240_000;

const PAGES = pages();
const [newest, ...others] = findKubectls();

describe('what pages show', () => {
  // Readers have nothing in common, and wait more than they work.
  const read = PAGES.filter((path) => blocksOf(readDocument(path)).some(isRun));
  it.concurrent.for(read)('%s', { timeout: PAGE_MS }, async (path, { expect }) => {
    await expectTrue(expect, path, newest as Kubectl);
  });

  // Only as far as kubectl has a part in it.
  it.for(others)('README.md, with kubectl $minor', { timeout: PAGE_MS }, async (kubectl, { expect }) => {
    await expectTrue(expect, 'README.md', kubectl, (block) => block.lines.some((line) => line.includes('kubectl')));
  });
});

describe('blocks', () => {
  it.each(PAGES)('of %s are run, or say why not', (path) => {
    for (const block of blocksOf(readDocument(path))) {
      const { language, lines, mark } = block;
      const place = `${path}:${block.start + 1}`;
      const ways = [isRun(block), mark.file !== undefined, mark.reason !== undefined].filter(Boolean);
      if (language === 'yaml')
        expect(
          parseAllDocuments(lines.join('\n')).flatMap((one) => ('errors' in one ? one.errors : [])),
          place,
        ).toEqual([]);
      else if (language === 'json') expect(() => JSON.parse(lines.join('\n')) as unknown, place).not.toThrow();
      // Without a language it is text.
      else if (language !== '') expect(ways, place).toEqual([true]);
    }
  });
});

it('the first screen of the README has the two commands', () => {
  const screen = readDocument('README.md').slice(0, 40).join('\n');
  expect(screen).toContain('npm ci && npm start');
  expect(screen).toContain('npm ci && npm test');
});

/** Does what a page says; the page must show what came of it. */
async function expectTrue(
  expect: ExpectStatic,
  path: string,
  kubectl: Kubectl,
  isWanted: (block: Block) => boolean = () => true,
): Promise<void> {
  const lines = [...readDocument(path)];
  const session = new Session(programFolder(), kubectl);
  try {
    const shown: { block: Block; content: readonly string[] }[] = [];
    const blocks = blocksOf(lines);
    for (const block of blocks.slice(0, blocks.findLastIndex(isWanted) + 1))
      shown.push({ block, content: await follow(block, session, `${path}:${block.start + 1}`) });
    // From the last to the first, so that the places of the others stay.
    for (const { block, content } of shown.reverse()) lines.splice(block.start, block.lines.length, ...indented(block, content));
    await expect(lines.join('\n')).toMatchFileSnapshot(fileURLToPath(new URL(path, ROOT)));
  } finally {
    await session.end();
  }
}

const indented = ({ indent }: Block, content: readonly string[]) => content.map((line) => (line === '' ? line : `${indent}${line}`));

/** What the block is to show. */
async function follow(block: Block, session: Session, place: string): Promise<readonly string[]> {
  const { lines, mark, language } = block;
  if (mark.file !== undefined) session.write(mark.file, `${lines.join('\n')}\n`);
  if (!isRun(block)) return lines;
  if (mark.isService === true) return followService(block, session);
  if (language !== 'console') {
    const { code, lines: printed } = await session.run(lines.join('\n'), mark.exitCode !== undefined);
    expect(code, `${place} printed:\n${printed.join('\n')}`).toBe(mark.exitCode ?? 0);
    return lines;
  }
  const shown: Shown[] = [];
  const commands = commandsOf(block);
  for (const { command, output } of commands) {
    const { code, lines: printed } = await session.run(command, true);
    const isLast = shown.length === commands.length - 1;
    expect(code, `${place}: ${command}\n${printed.join('\n')}`).toBe(isLast ? (mark.exitCode ?? 0) : 0);
    shown.push({ command, output: trueOutput(output, printed) });
  }
  return consoleLines(shown);
}

async function followService(block: Block, session: Session): Promise<readonly string[]> {
  const isConsole = block.language === 'console';
  const [{ command, output } = { command: block.lines.join('\n'), output: [] }] = isConsole ? commandsOf(block) : [];
  const printed = await session.serve(command, output.at(-1) ?? '');
  return isConsole ? consoleLines([{ command, output: trueOutput(output, printed) }]) : block.lines;
}
