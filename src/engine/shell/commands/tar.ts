// `tar` in the ustar format: what `kubectl cp` runs in a container, and what scripts pack with it.
// Upstream of the format: POSIX.1-1988 ustar (pax interchange format 4.4.2). Rule: S18.

import { bytesToText, textToBytes } from '../bytes.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import { FILE_LENGTH_MAX } from '../../kernel/limits.ts';
import { packed, unpacked } from './gzip.ts';
import { parseOptions } from './input-text.ts';

const BLOCK = 512;
/** Archives are filled up to a multiple of this. */
const RECORD = 20 * BLOCK;
/** Characters of an archive that is read at once: the largest file a container may have, many times. */
const ARCHIVE_LENGTH_MAX = FILE_LENGTH_MAX * 16;

const tar: ShellCommand = (context) => {
  const [first = '', ...rest] = context.args;
  // `tar cf` without a dash is the older form of `tar -cf`.
  const { options, operands } = parseOptions(first.startsWith('-') ? context.args : [`-${first}`, ...rest], 'fC');
  const directory = context.path(options.get('C') ?? options.get('directory') ?? '.');
  if (options.has('c') || options.has('create')) return create(context, directory, options, operands);
  if (options.has('x') || options.has('t')) return extract(context, directory, options);
  context.error('tar: You must specify one of the options -c, -t or -x\n');
  return 1;
};

function create(context: CommandContext, directory: string, options: ReadonlyMap<string, string>, operands: readonly string[]): number {
  let archive = '';
  let code = 0;
  for (const operand of operands) {
    const path = operand.startsWith('/') ? operand : `${directory === '/' ? '' : directory}/${operand}`;
    if (context.host.files.lstat(context.path(path)) === undefined) {
      context.error(
        context.host.flavor === 'busybox'
          ? `tar: ${operand}: No such file or directory\ntar: error exit delayed from previous errors\n`
          : `tar: ${operand}: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n`,
      );
      code = context.host.flavor === 'busybox' ? 1 : 2;
      continue;
    }
    if (operand.startsWith('/') && archive === '')
      context.error(`tar: ${context.host.flavor === 'busybox' ? "removing leading '/'" : "Removing leading `/'"} from member names\n`);
    archive += pack(context, context.path(path), operand.replace(/^\/+/, '').replace(/\/+$/, '') || '.');
  }
  archive += '\0'.repeat(BLOCK * 2);
  archive += '\0'.repeat((RECORD - (archive.length % RECORD)) % RECORD);
  const target = options.get('f') ?? '-';
  const format = options.has('z') || options.has('gzip') ? 'gz' : options.has('j') ? 'bz2' : options.has('J') ? 'xz' : undefined;
  const bytes = format === undefined ? archive : packed(archive, format);
  if (target === '-') context.out(bytesToText(bytes));
  else context.host.files.write(context.path(target), bytesToText(bytes), false);
  return code;
}

function pack(context: CommandContext, path: string, name: string): string {
  const { files } = context.host;
  const info = files.lstat(path);
  if (info === undefined) return '';
  const modified = Math.floor(info.modifiedMs / 1000);
  if (info.kind === 'link')
    return header({ name, mode: info.mode, size: 0, modified, type: '2', link: textToBytes(files.link(path) ?? '') });
  if (info.kind === 'directory') {
    const inside = (files.list(path) ?? []).map((item) => pack(context, `${path === '/' ? '' : path}/${item}`, `${name}/${item}`));
    return header({ name: `${name}/`, mode: info.mode, size: 0, modified, type: '5' }) + inside.join('');
  }
  const content = textToBytes(files.read(path) ?? '');
  return header({ name, mode: info.mode, size: content.length, modified, type: '0' }) + padded(content);
}

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly modified: number;
  readonly type: string;
  /** Where a link leads. */
  readonly link?: string;
}

function header(member: Member): string {
  const name = textToBytes(member.name);
  // A name that does not fit comes before the member as a member of its own (the GNU form, which all tar programs read).
  if (name.length > 100) {
    const long = `${name}\0`;
    return block({ ...member, size: long.length, type: 'L' }, '././@LongLink') + padded(long) + block(member, name.slice(0, 100));
  }
  return block(member, name);
}

function block({ mode, size, modified, type, link = '' }: Member, name: string): string {
  const before = field(name, 100) + octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(modified, 12);
  const after = `${type}${field(link, 100)}ustar\u000000${field('root', 32)}${field('root', 32)}${octal(0, 8)}${octal(0, 8)}${field('', 155)}`;
  const text = `${before}        ${after}`;
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum += text.charCodeAt(at);
  return field(`${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`, BLOCK);
}

function field(text: string, length: number): string {
  return text.slice(0, length).padEnd(length, '\0');
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function padded(content: string): string {
  return content + '\0'.repeat((BLOCK - (content.length % BLOCK)) % BLOCK);
}

/** Reads the archive whole, then unpacks or lists it. */
function extract(context: CommandContext, directory: string, options: ReadonlyMap<string, string>): number | null {
  const source = options.get('f') ?? '-';
  const text = source === '-' ? gather(context) : context.host.files.read(context.path(source));
  if (text === null) return null;
  if ((text?.length ?? 0) > ARCHIVE_LENGTH_MAX) {
    context.error('tar: out of memory\n');
    return 1;
  }
  if (text === undefined) {
    context.error(`tar: can't open '${source}': No such file or directory\n`);
    return 1;
  }
  const bytes = textToBytes(text);
  const archive = unpacked(bytes) ?? bytes;
  if (archive.length < BLOCK) {
    context.error(context.host.flavor === 'busybox' ? 'tar: short read\n' : 'tar: This does not look like a tar archive\n');
    return context.host.flavor === 'busybox' ? 1 : 2;
  }
  return unpack(context, archive, directory, options);
}

function gather(context: CommandContext): string | null {
  const { memory } = context;
  for (;;) {
    const text = context.read();
    const gathered = typeof memory['archive'] === 'string' ? memory['archive'] : '';
    if (text === undefined) return gathered;
    if (text === null) return null;
    memory['archive'] = (gathered + text).slice(0, ARCHIVE_LENGTH_MAX + 1);
  }
}

function unpack(context: CommandContext, archive: string, directory: string, options: ReadonlyMap<string, string>): number {
  let longName: string | null = null;
  let code = 0;
  for (let at = 0; at + BLOCK <= archive.length && archive.charCodeAt(at) !== 0; ) {
    const begin = at;
    const size = Number.parseInt(archive.slice(at + 124, at + 136), 8) || 0;
    const type = archive[at + 156] ?? '0';
    const content = archive.slice(at + BLOCK, at + BLOCK + size);
    const name: string = longName ?? nameAt(archive, at);
    longName = type === 'L' ? untilNul(content) : type === 'x' ? (/\d+ path=([^\n]*)\n/.exec(content)?.[1] ?? null) : null;
    const mode = Number.parseInt(archive.slice(at + 100, at + 108), 8) & 0o777;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const link = untilNul(archive.slice(begin + 157, begin + 257));
    if (!['0', '\0', '1', '2', '5'].includes(type)) continue;
    const shown = bytesToText(name);
    if (options.has('v') || options.has('t')) context.out(`${shown}\n`);
    if (options.has('t')) continue;
    const path = context.path(`${directory}/${shown.replace(/\/+$/, '')}`);
    if (type === '5') makeDirectories(context, path);
    else if (type === '2') code = Math.max(code, writeLink(context, path, bytesToText(link), shown));
    else if (type === '1')
      code = Math.max(
        code,
        writeMember(context, path, context.host.files.read(context.path(`${directory}/${bytesToText(link)}`)) ?? '', mode, shown),
      );
    else code = Math.max(code, writeMember(context, path, bytesToText(content), mode, shown));
  }
  return code;
}

function nameAt(archive: string, at: number): string {
  const prefix = archive.slice(at + 257, at + 262) === 'ustar' ? untilNul(archive.slice(at + 345, at + 500)) : '';
  const name = untilNul(archive.slice(at, at + 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function untilNul(text: string): string {
  const at = text.indexOf('\0');
  return at < 0 ? text : text.slice(0, at);
}

function writeMember(context: CommandContext, path: string, text: string, mode: number, name: string): number {
  const { files } = context.host;
  makeDirectories(context, path.slice(0, path.lastIndexOf('/')) || '/');
  const error = files.write(path, text, false);
  if (error === null) files.setMode(path, mode);
  else context.error(`tar: can't open '${name}': ${error}\n`);
  return error === null ? 0 : 1;
}

function writeLink(context: CommandContext, path: string, target: string, name: string): number {
  const { files } = context.host;
  makeDirectories(context, path.slice(0, path.lastIndexOf('/')) || '/');
  if (files.lstat(path) !== undefined) files.remove(path);
  const error = files.makeLink(path, target);
  if (error !== null) context.error(`tar: can't create '${name}': ${error}\n`);
  return error === null ? 0 : 1;
}

function makeDirectories(context: CommandContext, path: string): void {
  const parts = path.split('/').slice(1);
  parts.forEach((_part, index) => context.host.files.makeDirectory(`/${parts.slice(0, index + 1).join('/')}`));
}

export const TAR_COMMANDS: Readonly<Record<string, ShellCommand>> = { tar };
