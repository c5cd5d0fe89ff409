// Commands on sorted lines and on columns: sort, uniq, cut, comm, paste. Upstream: POSIX, GNU coreutils, BusyBox 1.36. Rule: K924.

import { compareText } from '../../apimachinery/text.ts';
import { spend } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { joinLines, linesOf, parseOptions, readAll, readFiles } from './input-text.ts';

type Compare = (a: string, b: string) => number;

const LINES_PER_WORK = 20;

interface SortKey {
  readonly first: number;
  readonly firstLetter: number;
  readonly last: number;
  readonly letters: string;
}

export const sort: ShellCommand = (context) => {
  const keys: SortKey[] = [];
  const args = context.args.flatMap((word, index) => {
    const given = /^(?:-k|--key=)(.+)$/.exec(word)?.[1];
    if (given !== undefined) keys.push(keyOf(given));
    else if (context.args[index - 1] === '-k') keys.push(keyOf(word));
    else if (word !== '-k') return [word];
    return [];
  });
  const { options, operands } = parseOptions(args, 'toST');
  const input = readAll(context, operands);
  if (input === null) return null;
  const lines = linesOf(input.text);
  spend(context.state.budget, lines.length / LINES_PER_WORK);
  const letters = [...options.keys()].filter((letter) => letter.length === 1).join('');
  const compare = comparison(keys, letters, options.get('t'));
  const direction = options.has('r') ? -1 : 1;
  if (options.has('c') || options.has('C')) {
    const at = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] as string, line) * direction > 0);
    if (at >= 0 && options.has('c')) context.error(`sort: ${operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at] ?? ''}\n`);
    return at < 0 ? 0 : 1;
  }
  const isStable = options.has('s') || options.has('u');
  const ordered = lines.sort((a, b) => direction * (compare(a, b) || (isStable ? 0 : compareText(a, b))));
  const shown = options.has('u')
    ? ordered.filter((line, index) => index === 0 || compare(line, ordered[index - 1] as string) !== 0)
    : ordered;
  const target = options.get('o');
  if (target === undefined) context.out(joinLines(shown));
  else context.host.files.write(context.path(target), joinLines(shown), false);
  return input.failed ? 2 : 0;
};

/** `2`, `2n`, `2,3`, `1.2,1.4r`. */
function keyOf(text: string): SortKey {
  const [, first = '1', letter = '1', letters = '', last = '', more = ''] =
    /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text) ?? [];
  return {
    first: Number(first),
    firstLetter: Number(letter),
    last: last === '' ? Number.POSITIVE_INFINITY : Number(last),
    letters: letters + more,
  };
}

function comparison(keys: readonly SortKey[], letters: string, separator: string | undefined): Compare {
  if (keys.length === 0) return compareBy(letters);
  const field = (line: string, { first, last, firstLetter }: SortKey): string => {
    const parts = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
    return parts
      .slice(first - 1, last)
      .join(separator ?? '')
      .slice(firstLetter - 1);
  };
  return (a, b) => {
    for (const key of keys) {
      const own = key.letters.replace(/[b]/g, '') === '' ? letters : key.letters;
      const order = compareBy(own)(trimmed(field(a, key), own), trimmed(field(b, key), own));
      if (order !== 0) return key.letters.includes('r') ? -order : order;
    }
    return 0;
  };
}

const trimmed = (text: string, letters: string): string => (/[bnhgV]/.test(letters) ? text.trimStart() : text);

const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, k: 1, M: 2, G: 3, T: 4, P: 5 };

function compareBy(letters: string): Compare {
  if (letters.includes('n') || letters.includes('g')) return (a, b) => numberOf(a) - numberOf(b);
  if (letters.includes('h'))
    return (a, b) => {
      const [left, right] = [a, b].map((text) => /^\s*-?[\d.]*([KkMGTP]?)/.exec(text)?.[1] ?? '');
      return (UNITS[left ?? ''] ?? 0) - (UNITS[right ?? ''] ?? 0) || numberOf(a) - numberOf(b);
    };
  if (letters.includes('V')) return byVersion;
  if (letters.includes('f')) return (a, b) => compareText(a.toUpperCase(), b.toUpperCase());
  return compareText;
}

function numberOf(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] ?? 0) || 0;
}

function byVersion(a: string, b: string): number {
  const parts = (text: string): readonly string[] => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]];
    const order = /^\d/.test(one) && /^\d/.test(other) ? Number(one) - Number(other) : compareText(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

export const uniq: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'fsw');
  const input = readAll(context, operands.slice(0, 1));
  if (input === null) return null;
  const skipped = Number(options.get('f') ?? 0);
  const keyOfLine = (line: string): string => {
    const rest = skipped === 0 ? line : (line.match(/\s*\S+/g) ?? []).slice(skipped).join('');
    return options.has('i') ? rest.toLowerCase() : rest;
  };
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(input.text)) {
    const last = groups.at(-1);
    if (last !== undefined && keyOfLine(last.line) === keyOfLine(line)) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  const wanted = groups.filter(({ count }) => (options.has('d') ? count > 1 : options.has('u') ? count === 1 : true));
  context.out(joinLines(wanted.map(({ line, count }) => (options.has('c') ? `${String(count).padStart(7)} ${line}` : line))));
  return input.failed ? 1 : 0;
};

export const cut: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'dfcb');
  const input = readAll(context, operands);
  if (input === null) return null;
  const isByLetter = options.has('c') || options.has('b');
  const list = options.get('f') ?? options.get('c') ?? options.get('b');
  if (list === undefined) {
    context.error('cut: you must specify a list of bytes, characters, or fields\n');
    return 1;
  }
  const delimiter = options.get('d') ?? '\t';
  const between = options.get('output-delimiter') ?? (isByLetter ? '' : delimiter);
  const isWanted = (position: number): boolean => isSelected(list, position) !== options.has('complement');
  const lines = linesOf(input.text).flatMap((line) => {
    const parts = isByLetter ? [...line] : line.split(delimiter);
    if (!isByLetter && parts.length === 1) return options.has('s') || options.has('only-delimited') ? [] : [line];
    return [parts.filter((_part, index) => isWanted(index + 1)).join(between)];
  });
  context.out(joinLines(lines));
  return input.failed ? 1 : 0;
};

function isSelected(list: string, position: number): boolean {
  return list.split(',').some((range) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(range);
    if (match === null) return false;
    const first = match[1] === '' ? 1 : Number(match[1]);
    const last = match[2] === '' ? first : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    return position >= first && position <= last;
  });
}

/** Lines of two sorted files: only in the first, only in the second, in both. */
export const comm: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const texts = textsOf(context, operands);
  if (texts === null) return null;
  if (texts === undefined) return 1;
  const [left = [], right = []] = texts.map(linesOf);
  const lines: string[] = [];
  const indent = (column: number): string => '\t'.repeat(['1', '2', '3'].slice(0, column - 1).filter((name) => !options.has(name)).length);
  const add = (column: number, line: string): void => {
    if (!options.has(String(column))) lines.push(`${indent(column)}${line}`);
  };
  let [at, other] = [0, 0];
  while (at < left.length || other < right.length) {
    const [one, two] = [left[at], right[other]];
    if (two === undefined || (one !== undefined && one < two)) {
      add(1, one ?? '');
      at += 1;
    } else if (one === undefined || one > two) {
      add(2, two);
      other += 1;
    } else {
      add(3, one);
      at += 1;
      other += 1;
    }
  }
  context.out(joinLines(lines));
  return 0;
};

/** The texts of files, `-` being standard input: null while it is awaited, undefined where one is missing. */
export function textsOf(context: CommandContext, paths: readonly string[]): readonly string[] | null | undefined {
  const texts: string[] = [];
  for (const path of paths) {
    const input = path === '-' ? readAll(context, []) : readFiles(context, [path]);
    if (input === null) return null;
    if (input.failed) return undefined;
    texts.push(input.text);
  }
  return texts;
}

/** Lines of files beside each other, or with `-s` behind each other. */
export const paste: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'd');
  const paths = operands.length === 0 ? ['-'] : operands;
  const standard = paths.filter((path) => path === '-').length;
  const whole = standard === 0 ? { text: '' } : readAll(context, []);
  if (whole === null) return null;
  const shared = linesOf(whole.text);
  const columns: string[][] = [];
  for (const path of paths) {
    if (path === '-')
      columns.push(standard === 1 ? shared : shared.filter((_line, index) => index % standard === columns.length % standard));
    else {
      const file = readFiles(context, [path]);
      if (file.failed) return 1;
      columns.push(linesOf(file.text));
    }
  }
  const marks = [...(options.get('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0')];
  const mark = (index: number): string => (marks.length === 0 ? '' : (marks[index % marks.length] ?? '').replace('\0', ''));
  const joined = (parts: readonly string[]): string => parts.map((part, index) => (index === 0 ? part : mark(index - 1) + part)).join('');
  if (options.has('s')) context.out(joinLines(columns.map(joined)));
  else {
    const height = Math.max(...columns.map((column) => column.length));
    context.out(joinLines(Array.from({ length: height }, (_, row) => joined(columns.map((column) => column[row] ?? '')))));
  }
  return 0;
};
