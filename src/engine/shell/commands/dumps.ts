// Commands that show bytes: od, hexdump, hd, xxd; and cmp, which compares them. Upstream: POSIX, GNU coreutils, util-linux, vim's xxd. Rule: K924.

import { bytesToText, textToBytes } from '../bytes.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { endlessBytes } from '../devices.ts';
import { sizeOfText } from './disk.ts';
import { parseOptions, readAll } from './input-text.ts';
import { textsOf } from './sorting.ts';

const ROW = 16;

/** The bytes that a command looks at; null while they are awaited, undefined where they cannot be read. */
function bytesOf(context: CommandContext, operands: readonly string[], limit: number | undefined): string | null | undefined {
  const [path] = operands;
  const endless = path === undefined ? undefined : endlessBytes(context.path(path), context.host, limit);
  if (endless !== undefined) return endless;
  const input = readAll(context, operands);
  if (input === null) return null;
  return input.failed ? undefined : textToBytes(input.text).slice(0, limit);
}

function rowsOf(bytes: string, size: number): string[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
}

const hex = (byte: string): string => byte.charCodeAt(0).toString(16).padStart(2, '0');
const printable = (bytes: string): string => [...bytes].map((byte) => (/[ -~]/.test(byte) ? byte : '.')).join('');

const NAMED: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

const WIDTHS: Readonly<Record<string, number>> = { o1: 3, o2: 6, o4: 11, u1: 3, u2: 5, u4: 10, d1: 4, d2: 6, d4: 11 };

/** What a type of `od` shows of a row. */
function shownBy(type: string, row: string): string {
  const [, letter = 'o', digits = ''] = /^([acdoux])(\d*)/.exec(type) ?? [];
  if (letter === 'c' || letter === 'a')
    return [...row]
      .map((byte) => (NAMED[byte] ?? (/[ -~]/.test(byte) ? byte : byte.charCodeAt(0).toString(8).padStart(3, '0'))).padStart(4))
      .join('');
  const size = digits === '' ? (letter === 'x' || letter === 'o' ? 2 : 4) : Number(digits);
  const base = letter === 'x' ? 16 : letter === 'o' ? 8 : 10;
  const width = letter === 'x' ? size * 2 : (WIDTHS[`${letter}${size}`] ?? 20);
  return rowsOf(row, size)
    .map((group) => {
      const value = [...group].reduceRight((sum, byte) => sum * 256n + BigInt(byte.charCodeAt(0)), 0n);
      const signed = letter === 'd' && value >= 1n << BigInt(size * 8 - 1) ? value - (1n << BigInt(size * 8)) : value;
      const text = signed.toString(base);
      return ` ${base === 10 ? text.padStart(width) : text.padStart(width, '0')}`;
    })
    .join('');
}

const octalDump: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'AtNjwS');
  const limit = options.has('N') ? sizeOfText(options.get('N') ?? '') : undefined;
  const bytes = bytesOf(context, operands, limit);
  if (bytes === null) return null;
  if (bytes === undefined) return 1;
  const letters: Readonly<Record<string, string>> = { c: 'c', x: 'x2', d: 'u2', o: 'o2', b: 'o1' };
  const type = options.get('t') ?? letters[['c', 'x', 'd', 'o', 'b'].find((letter) => options.has(letter)) ?? 'o'] ?? 'o2';
  const radix = options.get('A') ?? 'o';
  const place = (at: number): string =>
    radix === 'n' ? '' : radix === 'x' ? at.toString(16).padStart(6, '0') : at.toString(radix === 'd' ? 10 : 8).padStart(7, '0');
  const size = Number(options.get('w') ?? ROW) || ROW;
  const rows = rowsOf(bytes, size);
  context.out(rows.map((row, index) => `${place(index * size)}${shownBy(type, row)}\n`).join(''));
  if (radix !== 'n') context.out(`${place(bytes.length)}\n`);
  return 0;
};

const hexDump: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'nse');
  const bytes = bytesOf(context, operands, options.has('n') ? sizeOfText(options.get('n') ?? '') : undefined);
  if (bytes === null) return null;
  if (bytes === undefined) return 1;
  const isCanonical = options.has('C') || context.name.endsWith('hd');
  const rows = rowsOf(bytes, ROW).map((row, index) => {
    const place = (index * ROW).toString(16).padStart(isCanonical ? 8 : 7, '0');
    if (!isCanonical)
      return `${place}${rowsOf(row, 2)
        .map((pair) => ` ${[...pair].reverse().map(hex).join('').padStart(4, '0')}`)
        .join('')}`;
    const cells = [...row].map(hex);
    const text = `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}`;
    return `${place}  ${text.padEnd(48)}  |${printable(row)}|`;
  });
  context.out(rows.map((row) => `${row}\n`).join(''));
  if (bytes.length > 0) context.out(`${bytes.length.toString(16).padStart(isCanonical ? 8 : 7, '0')}\n`);
  return 0;
};

const xxd: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'lcgs');
  const bytes = bytesOf(context, operands, options.has('l') ? Number(options.get('l')) : undefined);
  if (bytes === null) return null;
  if (bytes === undefined) return 2;
  if (options.has('r')) {
    const digits = options.has('p') ? bytes.replace(/\s/g, '') : bytes.replace(/^\w+: ((?:[0-9a-f]+ )+).*$/gm, '$1').replace(/\s/g, '');
    context.out(
      bytesToText(
        rowsOf(digits, 2)
          .map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
          .join(''),
      ),
    );
    return 0;
  }
  if (options.has('p')) {
    context.out(
      rowsOf(bytes, Number(options.get('c') ?? 30))
        .map((row) => `${[...row].map(hex).join('')}\n`)
        .join(''),
    );
    return 0;
  }
  const rows = rowsOf(bytes, ROW).map((row, index) => {
    const pairs = rowsOf(row, 2).map((pair) => [...pair].map(hex).join(''));
    return `${(index * ROW).toString(16).padStart(8, '0')}: ${pairs.join(' ').padEnd(39)}  ${printable(row)}\n`;
  });
  context.out(rows.join(''));
  return 0;
};

const compare: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'n');
  const texts = textsOf(context, operands.slice(0, 2));
  if (texts === null) return null;
  if (texts === undefined) return 2;
  const [left = '', right = ''] = texts.map(textToBytes);
  if (left === right) return 0;
  const most = Math.min(left.length, right.length);
  let at = 0;
  while (at < most && left[at] === right[at]) at += 1;
  const line = left.slice(0, at).split('\n').length;
  if (options.has('s')) return 1;
  const [one = '', other = ''] = operands;
  if (at < most) context.out(`${one} ${other} differ: ${context.host.flavor === 'busybox' ? 'char' : 'byte'} ${at + 1}, line ${line}\n`);
  else
    context.error(
      `cmp: EOF on ${left.length < right.length ? one : other}${context.host.flavor === 'busybox' ? '' : ` after byte ${most}, in line ${line}`}\n`,
    );
  return 1;
};

export const DUMP_COMMANDS: Readonly<Record<string, ShellCommand>> = { od: octalDump, hexdump: hexDump, hd: hexDump, xxd, cmp: compare };
