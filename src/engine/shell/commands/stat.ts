// `stat`: what is known of a file, whole or as a format says. A link is looked at itself, unless -L follows it.
// Upstream of the texts: BusyBox 1.36, GNU coreutils. Rule: K924. Omits devices and inodes, which simulated files have none of.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileInfo } from '../state.ts';
import { formatDate } from './dates.ts';
import { parseOptions } from './input-text.ts';
import { groupName, lettersOf, userName } from './owners.ts';

export const statFile: ShellCommand = (context) => {
  const { operands, options } = parseOptions(context.args, 'c');
  const { files, flavor } = context.host;
  const format = options.get('c') ?? options.get('format');
  const isFollowing = options.has('L') || options.has('dereference');
  let code = 0;
  for (const path of operands) {
    const at = context.path(path);
    const info = isFollowing ? files.stat(at) : files.lstat(at);
    if (info === undefined) {
      const verb = flavor === 'busybox' ? "can't stat" : 'cannot stat';
      context.error(`stat: ${verb} '${path}': No such file or directory\n`);
      code = 1;
      continue;
    }
    const fields = fieldsOf(context, path, info);
    context.out(format === undefined ? wholeText(fields, info, flavor) : `${filled(format, fields)}\n`);
  }
  return code;
};

type Fields = Readonly<Record<string, string>>;

const KINDS: Readonly<Record<FileInfo['kind'], string>> = { directory: 'directory', file: 'regular file', link: 'symbolic link' };

function fieldsOf({ host, path: absolute }: CommandContext, path: string, info: FileInfo): Fields {
  const target = info.kind === 'link' ? host.files.link(absolute(path)) : undefined;
  const quoted = host.flavor === 'busybox' && target === undefined ? path : `'${path}'`;
  const { modifiedMs, mode, size } = info;
  const time = `${formatDate(modifiedMs, '%Y-%m-%d %H:%M:%S')}.${String(modifiedMs % 1000).padStart(3, '0')}000000 +0000`;
  const seconds = String(Math.floor(modifiedMs / 1000));
  return {
    a: mode.toString(8),
    A: lettersOf(info),
    b: String(info.kind === 'link' ? 0 : Math.ceil((info.kind === 'directory' ? BLOCK : size) / BLOCK) * SECTORS),
    u: String(info.uid),
    g: String(info.gid),
    U: userName(host.files, info.uid),
    G: groupName(host.files, info.gid),
    s: String(size),
    n: path,
    N: target === undefined ? quoted : `${quoted} -> '${target}'`,
    F: info.kind === 'file' && size === 0 ? 'regular empty file' : KINDS[info.kind],
    h: '1',
    o: String(BLOCK),
    x: time,
    y: time,
    z: time,
    X: seconds,
    Y: seconds,
    Z: seconds,
    '%': '%',
  };
}

/** Bytes of a block of a file system, and blocks of 512 bytes in it. */
const BLOCK = 4096;
const SECTORS = 8;

function filled(format: string, fields: Fields): string {
  return format.replace(/%([A-Za-z%])/g, (match, letter: string) => fields[letter] ?? match);
}

function wholeText(fields: Fields, info: FileInfo, flavor: string): string {
  const name = flavor === 'busybox' ? '%N' : (fields['N'] ?? '').replaceAll("'", '');
  const mode = info.mode.toString(8).padStart(4, '0');
  const owner = (id: number, title: string | undefined): string => `(${String(id).padStart(5)}/${(title ?? '').padStart(8)})`;
  return filled(
    [
      `  File: ${name}`,
      `  Size: ${String(info.size).padEnd(10)}\tBlocks: ${(fields['b'] ?? '').padEnd(10)} IO Block: %o   %F`,
      `Access: (${mode}/%A)  Uid: ${owner(info.uid, fields['U'])}   Gid: ${owner(info.gid, fields['G'])}`,
      'Access: %x',
      'Modify: %y',
      'Change: %z',
      '',
    ].join('\n'),
    fields,
  );
}
