// Commands on disks and paths: dd, df, du, readlink, realpath. Sizes are bytes. Upstream of the texts: BusyBox 1.36, GNU coreutils.

import { allocate } from '../budget.ts';
import { bytesToText, textToBytes } from '../bytes.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { FILE_LENGTH_MAX } from '../../kernel/limits.ts';
import { endlessBytes, isEndless } from '../devices.ts';
import { parseOptions, readAll } from './input-text.ts';

const UNITS: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  M: 1_048_576,
  MB: 1_000_000,
  G: 1_073_741_824,
  GB: 1_000_000_000,
};

/** `4k`, `1M`, `2x512` in bytes. */
export function sizeOfText(text: string): number {
  return text.split('x').reduce((product, part) => {
    const [, digits = '', unit = ''] = /^(\d+)([a-zA-Z]*)$/.exec(part) ?? [];
    return product * (digits === '' ? Number.NaN : Number(digits) * (UNITS[unit.replace(/iB$/, '')] ?? 1));
  }, 1);
}

const copyBlocks: ShellCommand = (context) => {
  const values = new Map(context.args.map((argument) => [argument.split('=')[0] ?? '', argument.slice(argument.indexOf('=') + 1)]));
  const blockSize = sizeOfText(values.get('bs') ?? '512');
  const count = values.has('count') ? sizeOfText(values.get('count') ?? '') : undefined;
  if (Number.isNaN(blockSize) || blockSize === 0 || Number.isNaN(count ?? 0)) {
    context.error(`dd: invalid number '${values.get(Number.isNaN(blockSize) ? 'bs' : 'count') ?? ''}'\n`);
    return 1;
  }
  if (count === undefined && isEndless(context.path(values.get('if') ?? '')) && values.get('of') === '/dev/null') {
    context.process.wait = { for: 'never' };
    return null;
  }
  const bytes = inputBytes(
    context,
    values.get('if'),
    count === undefined ? undefined : count * blockSize,
    sizeOfText(values.get('skip') ?? '0') * blockSize,
  );
  if (bytes === null) return null;
  if (bytes === undefined) return 1;
  const error = writeBytes(context, values, bytes, blockSize);
  if (error !== null) {
    context.error(`dd: error writing '${values.get('of') ?? 'standard output'}': ${error}\n`);
    return 1;
  }
  const [full, rest] = [Math.floor(bytes.length / blockSize), bytes.length % blockSize === 0 ? 0 : 1];
  if (values.get('status') === 'none') return 0;
  context.error(`${full}+${rest} records in\n${full}+${rest} records out\n`);
  if (values.get('status') !== 'noxfer')
    context.error(
      context.host.flavor === 'busybox'
        ? `${bytes.length} bytes (${humanSize(bytes.length)}B) copied, 0.000100 seconds, ${humanSize(bytes.length * 10_000)}B/s\n`
        : `${bytes.length} bytes copied, 0.0001 s, ${humanSize(bytes.length * 10_000)}B/s\n`,
    );
  return 0;
};

/** Undefined: it cannot be read; null: it is awaited. */
function inputBytes(context: CommandContext, from: string | undefined, limit: number | undefined, skip: number): string | null | undefined {
  if (from !== undefined && isEndless(context.path(from))) {
    const length = Math.min(limit ?? FILE_LENGTH_MAX + 1, FILE_LENGTH_MAX + 1);
    allocate(context.state.budget, length);
    return endlessBytes(context.path(from), context.host, length);
  }
  if (from !== undefined && context.host.files.read(context.path(from)) === undefined) {
    context.error(
      context.host.flavor === 'busybox'
        ? `dd: can't open '${from}': No such file or directory\n`
        : `dd: failed to open '${from}': No such file or directory\n`,
    );
    return undefined;
  }
  const input = readAll(context, from === undefined ? [] : [from]);
  return input === null ? null : textToBytes(input.text).slice(skip, limit === undefined ? undefined : skip + limit);
}

function writeBytes(context: CommandContext, values: ReadonlyMap<string, string>, bytes: string, blockSize: number): string | null {
  const to = values.get('of');
  if (to === undefined) {
    context.out(bytesToText(bytes));
    return null;
  }
  const path = context.path(to);
  if (path === '/dev/null') return null;
  const seek = sizeOfText(values.get('seek') ?? '0') * blockSize;
  const isKept = (values.get('conv') ?? '').includes('notrunc');
  const before = seek === 0 && !isKept ? '' : textToBytes(context.host.files.read(path) ?? '');
  const whole =
    before.slice(0, seek).padEnd(Math.min(seek, FILE_LENGTH_MAX), '\0') + bytes + (isKept ? before.slice(seek + bytes.length) : '');
  return context.host.files.write(path, bytesToText(whole), false);
}

/** `1.5K`, `12M`. */
export function humanSize(bytes: number): string {
  let value = bytes;
  for (const unit of ['', 'K', 'M', 'G', 'T']) {
    if (value < 1024 || unit === 'T') return unit === '' ? String(value) : `${value < 10 ? value.toFixed(1) : Math.round(value)}${unit}`;
    value /= 1024;
  }
  return String(bytes);
}

/** Kilobytes of the disk of a node, of what is used of it, and of a volume in memory. */
const DISK = { size: 101_430_960, used: 14_207_488 };
const MEMORY = { size: 8_175_448, used: 0 };
const TMPFS = 0x01_02_19_94;

const freeSpace: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'tB');
  const isHuman = options.has('h');
  const unit = options.has('m') ? 1024 : 1;
  const size = (kilobytes: number): string => (isHuman ? humanSize(kilobytes * 1024) : String(Math.ceil(kilobytes / unit)));
  context.out(
    `Filesystem           ${isHuman ? '     Size      Used' : options.has('m') ? '1M-blocks      Used' : options.has('P') && context.host.flavor !== 'busybox' ? '1024-blocks  Used' : '1K-blocks      Used'} Available ${options.has('P') ? 'Capacity' : 'Use%'} Mounted on\n`,
  );
  let code = 0;
  for (const path of operands.length === 0 ? ['/'] : operands) {
    const at = context.path(path);
    if (context.host.files.stat(at) === undefined) {
      context.error(`df: ${path}: can't find mount point\n`);
      code = 1;
      continue;
    }
    const isMemory = context.host.files.typeAt(at) === TMPFS;
    const disk = isMemory ? MEMORY : DISK;
    const isMounted = context.host.files.isMounted(at);
    const name = isMemory ? 'tmpfs' : isMounted ? '/dev/vda1' : 'overlay';
    const share = `${Math.ceil((disk.used / disk.size) * 100)}%`;
    context.out(
      `${name.padEnd(20)} ${size(disk.size).padStart(9)} ${size(disk.used).padStart(9)} ${size(disk.size - disk.used).padStart(9)} ${share.padStart(4)} ${isMounted ? at : '/'}\n`,
    );
  }
  return code;
};

/** A block of a file system. */
const BLOCK = 4096;

const diskUsage: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'd');
  const { files } = context.host;
  const deepest = options.has('s') ? 0 : Number(options.get('d') ?? options.get('max-depth') ?? Number.POSITIVE_INFINITY);
  const say = (bytes: number, shown: string): void => {
    const blocks = Math.ceil(bytes / BLOCK) * BLOCK;
    const size = options.has('b') ? bytes : options.has('h') ? humanSize(blocks) : blocks / (options.has('m') ? 1_048_576 : 1024);
    context.out(`${typeof size === 'number' ? Math.ceil(size) : size}\t${shown}\n`);
  };
  const visit = (path: string, shown: string, depth: number): number => {
    const info = options.has('L') ? files.stat(path) : files.lstat(path);
    if (info?.kind !== 'directory') {
      const size = info?.size ?? 0;
      const bytes = options.has('b') ? size : info?.kind === 'link' ? 0 : Math.ceil(size / BLOCK) * BLOCK;
      if (depth === 0 || (options.has('a') && depth <= deepest)) say(bytes, shown);
      return bytes;
    }
    let bytes = BLOCK;
    for (const name of files.list(path) ?? [])
      bytes += visit(`${path === '/' ? '' : path}/${name}`, `${shown === '/' ? '' : shown}/${name}`, depth + 1);
    if (depth <= deepest) say(bytes, shown);
    return bytes;
  };
  let code = 0;
  for (const path of operands.length === 0 ? ['.'] : operands) {
    if (files.stat(context.path(path)) !== undefined) visit(context.path(path), path, 0);
    else {
      context.error(`du: ${path}: No such file or directory\n`);
      code = 1;
    }
  }
  return code;
};

/** Without links a path is its own target. */
const readLink: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const isResolving = options.has('f') || options.has('e') || options.has('m') || context.name === 'realpath';
  let code = 0;
  for (const path of operands) {
    const target = context.host.files.link(context.path(path));
    const resolved = context.host.files.resolve(context.path(path));
    const isThere = context.host.files.stat(resolved) !== undefined;
    const isAbove = context.host.files.stat(resolved.slice(0, resolved.lastIndexOf('/')) || '/') !== undefined;
    if (isResolving && (isThere || (isAbove && !options.has('e')) || options.has('m'))) context.out(`${resolved}\n`);
    else if (!isResolving && target !== undefined) context.out(`${target}\n`);
    else {
      code = 1;
      if (context.name === 'realpath') context.error(`realpath: ${path}: No such file or directory\n`);
    }
  }
  return code;
};

export const DISK_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  dd: copyBlocks,
  df: freeSpace,
  du: diskUsage,
  readlink: readLink,
  realpath: readLink,
};
