// A document, its blocks, and what its marks say about them: comments before a block, which readers do not see.
//
//   <!-- not run: why -->        the block is for reading
//   <!-- file: web.yaml -->      the block is a file of this name
//   <!-- service -->             the command goes on in a terminal of its own, and the rest of the page uses it
//   <!-- exits with 1 -->        the last command of the block ends with this code, the others with 0
//
// Blocks of `sh` are run; of `console`, commands behind `$ ` are run and what they print is what the page shows. `…` stands for lines that are left out.

import { readdirSync, readFileSync } from 'node:fs';

export const ROOT = new URL('../../', import.meta.url);

export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
  /** Index of the first of them in the document. */
  readonly start: number;
  /** Blanks before each of them in the document. */
  readonly indent: string;
  readonly mark: Mark;
}

export interface Mark {
  /** Why it is not run. */
  readonly reason?: string;
  readonly file?: string;
  readonly isService?: boolean;
  readonly exitCode?: number;
}

/** A command of a console block, and what the page shows of its output. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

const RUN_LANGUAGES = new Set(['sh', 'bash', 'shell', 'console']);

/** Pages for people who use the product, and the README. */
export function pages(): readonly string[] {
  const pagesOf = (folder: string) => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pagesOf('docs/').map((name) => `docs/${name}`), 'examples/README.md'];
}

/** The lines of a document. */
export function readDocument(path: string): readonly string[] {
  return readFileSync(new URL(path, ROOT), 'utf8').split('\n');
}

/** The fenced blocks, in their order. Fails: a mark that is none. */
export function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', language = ''] = /^( *)```(\w*)/.exec(lines[index] ?? '') ?? [];
    if (!/^ *```/.test(lines[index] ?? '')) continue;
    const start = index + 1;
    let end = start;
    while (end < lines.length && lines[end]?.trim() !== '```') end += 1;
    const content = lines.slice(start, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ language, lines: content, start, indent, mark: markOf(lines[index - 1] ?? '') });
    index = end;
  }
  return blocks;
}

/** Whether the commands of a block are run. */
export function isRun({ language, mark }: Block): boolean {
  return RUN_LANGUAGES.has(language) && mark.reason === undefined && mark.file === undefined;
}

function markOf(line: string): Mark {
  const [, text] = /^\s*<!-- (.*) -->$/.exec(line) ?? [];
  if (text === undefined) return {};
  const [, word = '', rest = ''] = /^(not run: |file: |service$|exits with )(.*)$/.exec(text) ?? [];
  switch (word) {
    case 'not run: ':
      return { reason: rest };
    case 'file: ':
      return { file: rest };
    case 'service':
      return { isService: true };
    case 'exits with ':
      return { exitCode: Number(rest) };
    default:
      throw new Error(`"${text}" is no mark of a block`);
  }
}

/** The commands of a console block; one goes on behind `> `. */
export function commandsOf({ lines }: Block): readonly Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    const last = shown.at(-1);
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error(`"${line}" stands before the first command`);
    else if (line.startsWith('> ') && last.output.length === 0) last.command += `\n${line.slice(2)}`;
    else last.output.push(line);
  }
  return shown;
}

/** A console block of these commands. */
export function consoleLines(shown: readonly Shown[]): readonly string[] {
  return shown.flatMap(({ command, output }) => [`$ ${command.replaceAll('\n', '\n> ')}`.split('\n'), output].flat());
}

const LEFT_OUT = '…';
/** Wall time, the only thing that may differ. */
const WALL_TIME = /(?<= )\d+(?:\.\d+)? m?s(?=$|,)/g;

/** What the page is to show of an output: what it shows already, where that is true. */
export function trueOutput(shown: readonly string[], printed: readonly string[]): readonly string[] {
  return isTrue(shown.map(timeless), printed.map(timeless)) ? shown : printed;
}

const timeless = (line: string): string => line.replace(WALL_TIME, 'a while');

function isTrue(shown: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first !== LEFT_OUT) return first === printed[0] && isTrue(rest, printed.slice(1));
  return printed.some((_line, index) => isTrue(rest, printed.slice(index + 1)));
}
