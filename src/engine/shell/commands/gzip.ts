// `gzip`, `gunzip`, `zcat` and their kin of other formats. Deviation: what is packed has the mark of its format and is otherwise as it was, because
// nothing looks at how small it became. Upstream of the behaviour: GNU gzip 1.12, BusyBox archival/gzip.c. Rule: K924.

import { bytesToText, textToBytes } from '../bytes.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { parseOptions, readAll } from './input-text.ts';

interface Format {
  readonly suffix: string;
  /** The first bytes of a packed file. */
  readonly mark: string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  gz: { suffix: '.gz', mark: '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03' },
  bz2: { suffix: '.bz2', mark: 'BZh9' },
  xz: { suffix: '.xz', mark: '\xfd7zXZ\x00' },
};

/** What `tar z` and the packers write. */
export function packed(bytes: string, format: keyof typeof FORMATS = 'gz'): string {
  return `${FORMATS[format]?.mark ?? ''}${bytes}`;
}

/** The bytes inside, whatever they were packed with; undefined for what is not packed. */
export function unpacked(bytes: string): string | undefined {
  const found = Object.values(FORMATS).find(({ mark }) => bytes.startsWith(mark));
  return found === undefined ? undefined : bytes.slice(found.mark.length);
}

function packer(name: keyof typeof FORMATS, isReverse: boolean, isToOutput: boolean): ShellCommand {
  return (context) => {
    const { options, operands } = parseOptions(context.args, 'S');
    const isUnpacking = isReverse || options.has('d') || options.has('decompress');
    const { suffix } = FORMATS[name] as Format;
    if (operands.length === 0 || operands[0] === '-') {
      const input = readAll(context, []);
      if (input === null) return null;
      return write(context, convert(textToBytes(input.text), name, isUnpacking), 'stdin');
    }
    let code = 0;
    for (const operand of operands) {
      const path = isUnpacking && context.host.files.stat(context.path(operand)) === undefined ? `${operand}${suffix}` : operand;
      code = Math.max(
        code,
        convertFile(context, path, name, isUnpacking, isToOutput || options.has('c') || options.has('stdout'), options.has('k')),
      );
    }
    return code;
  };
}

function convert(bytes: string, name: keyof typeof FORMATS, isUnpacking: boolean): string | undefined {
  return isUnpacking ? unpacked(bytes) : packed(bytes, name);
}

function write(context: CommandContext, bytes: string | undefined, shown: string): number {
  if (bytes === undefined) {
    context.error(`${context.name}: ${shown}: not in gzip format\n`);
    return 1;
  }
  context.out(bytesToText(bytes));
  return 0;
}

function convertFile(
  context: CommandContext,
  path: string,
  name: keyof typeof FORMATS,
  isUnpacking: boolean,
  isToOutput: boolean,
  isKept: boolean,
): number {
  const { files } = context.host;
  const at = context.path(path);
  const text = files.read(at);
  if (text === undefined) {
    context.error(`${context.name}: ${path}: No such file or directory\n`);
    return 1;
  }
  const bytes = convert(textToBytes(text), name, isUnpacking);
  if (isToOutput || bytes === undefined) return write(context, bytes, path);
  const { suffix } = FORMATS[name] as Format;
  const target = isUnpacking ? at.replace(/\.(?:gz|bz2|xz)$/, '').replace(/\.tgz$/, '.tar') : `${at}${suffix}`;
  const error = files.write(target, bytesToText(bytes), false);
  if (error !== null) {
    context.error(`${context.name}: ${target}: ${error}\n`);
    return 1;
  }
  if (!isKept) files.remove(at);
  return 0;
}

export const GZIP_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  gzip: packer('gz', false, false),
  gunzip: packer('gz', true, false),
  zcat: packer('gz', true, true),
  bzip2: packer('bz2', false, false),
  bunzip2: packer('bz2', true, false),
  xz: packer('xz', false, false),
  unxz: packer('xz', true, false),
};
