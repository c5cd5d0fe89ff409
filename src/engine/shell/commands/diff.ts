// `diff`: what differs between two files, as commands or as a unified patch. Upstream: POSIX diff, GNU diffutils, BusyBox editors/diff.c. Rule: K924.
// Omits: directories.

import { spend } from '../budget.ts';
import type { ShellCommand } from '../command.ts';
import { linesOf, parseOptions } from './input-text.ts';
import { textsOf } from './sorting.ts';

/** A stretch of lines that differ: from `[left, leftEnd)` to `[right, rightEnd)`. */
interface Hunk {
  readonly left: number;
  readonly leftEnd: number;
  readonly right: number;
  readonly rightEnd: number;
}

const CONTEXT_LINES = 3;
/** Pairs of lines that are compared; longer files differ as a whole. */
const PAIRS_MAX = 4_000_000;
const PAIRS_PER_WORK = 200;

export const diff: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'UL');
  const [left = '', right = ''] = operands;
  const texts = textsOf(context, [left, right]);
  if (texts === null) return null;
  if (texts === undefined) return 2;
  const isLoose = options.has('w') || options.has('b');
  const key = (line: string): string => {
    const spaced = isLoose ? line.replace(/\s+/g, options.has('w') ? '' : ' ').trimEnd() : line;
    return options.has('i') ? spaced.toLowerCase() : spaced;
  };
  const [a, b] = texts.map(linesOf) as [string[], string[]];
  const hunks = hunksOf(a.map(key), b.map(key));
  spend(context.state.budget, (a.length * b.length) / PAIRS_PER_WORK);
  if (hunks.length === 0) return 0;
  if (options.has('q')) context.out(`Files ${left} and ${right} differ\n`);
  else if (options.has('u') || options.has('U')) {
    context.out(`--- ${left}\n+++ ${right}\n`);
    context.out(unified(a, b, hunks, Number(options.get('U') ?? CONTEXT_LINES)));
  } else context.out(hunks.map((hunk) => command(a, b, hunk)).join(''));
  return 1;
};

/** By the longest common subsequence of what stands between the common begin and end. */
function hunksOf(a: readonly string[], b: readonly string[]): readonly Hunk[] {
  let begin = 0;
  while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin += 1;
  let end = 0;
  while (end < a.length - begin && end < b.length - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [rows, columns] = [a.length - begin - end, b.length - begin - end];
  if (rows === 0 && columns === 0) return [];
  if (rows * columns > PAIRS_MAX) return [{ left: begin, leftEnd: begin + rows, right: begin, rightEnd: begin + columns }];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        a[begin + row] === b[begin + column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const hunks: Hunk[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && a[begin + row] === b[begin + column]) {
      row += 1;
      column += 1;
      continue;
    }
    const from = { left: begin + row, right: begin + column };
    while ((row < rows || column < columns) && !(row < rows && column < columns && a[begin + row] === b[begin + column])) {
      if (column >= columns || (row < rows && at(row + 1, column) >= at(row, column + 1))) row += 1;
      else column += 1;
    }
    hunks.push({ ...from, leftEnd: begin + row, rightEnd: begin + column });
  }
  return hunks;
}

/** `2c2`, `3a4`, `5,6d4`. */
function command(a: readonly string[], b: readonly string[], { left, leftEnd, right, rightEnd }: Hunk): string {
  const range = (from: number, to: number): string => (to - from > 1 ? `${from + 1},${to}` : String(to - from === 0 ? from : from + 1));
  const letter = left === leftEnd ? 'a' : right === rightEnd ? 'd' : 'c';
  const removed = a.slice(left, leftEnd).map((line) => `< ${line}\n`);
  const added = b.slice(right, rightEnd).map((line) => `> ${line}\n`);
  return `${range(left, leftEnd)}${letter}${range(right, rightEnd)}\n${removed.join('')}${letter === 'c' ? '---\n' : ''}${added.join('')}`;
}

function unified(a: readonly string[], b: readonly string[], hunks: readonly Hunk[], size: number): string {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && hunk.left - last.leftEnd <= size * 2) groups.at(-1)?.push(hunk);
    else groups.push([hunk]);
  }
  return groups.map((group) => groupText(a, b, group, size)).join('');
}

function groupText(a: readonly string[], b: readonly string[], group: readonly Hunk[], size: number): string {
  const [first, last] = [group[0] as Hunk, group.at(-1) as Hunk];
  const before = Math.min(size, first.left);
  const after = Math.min(size, a.length - last.leftEnd);
  const [from, to] = [first.left - before, last.leftEnd + after];
  const [other, otherEnd] = [first.right - before, last.rightEnd + after];
  const range = (begin: number, count: number): string => (count === 1 ? String(begin + 1) : `${count === 0 ? begin : begin + 1},${count}`);
  const lines = [`@@ -${range(from, to - from)} +${range(other, otherEnd - other)} @@`];
  let at = from;
  for (const hunk of group) {
    for (; at < hunk.left; at += 1) lines.push(` ${a[at] ?? ''}`);
    for (; at < hunk.leftEnd; at += 1) lines.push(`-${a[at] ?? ''}`);
    for (let line = hunk.right; line < hunk.rightEnd; line += 1) lines.push(`+${b[line] ?? ''}`);
  }
  for (; at < to; at += 1) lines.push(` ${a[at] ?? ''}`);
  return lines.map((line) => `${line}\n`).join('');
}
