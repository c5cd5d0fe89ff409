// `ls`: names of directories and files, in the order and form that its options say. Upstream: POSIX ls, GNU coreutils, BusyBox 1.36. Rule: K924.

import { compareText } from '../../../../apimachinery/text.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileInfo } from '../state.ts';
import { humanSize } from './disk.ts';
import { parseOptions } from './input-text.ts';
import { groupName, lettersOf, userName } from './owners.ts';

interface Item {
  readonly name: string;
  readonly path: string;
  readonly info: FileInfo | undefined;
}

export const list: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const { files, flavor } = context.host;
  const isNear = options.has('l') || options.has('d') || options.has('F');
  let code = 0;
  const single: Item[] = [];
  const folders: Item[] = [];
  const targets = operands.length === 0 ? ['.'] : operands;
  for (const name of targets) {
    const path = context.path(name);
    const info = (isNear ? files.lstat(path) : files.stat(path)) ?? files.lstat(path);
    if (info === undefined) {
      context.error(
        flavor === 'busybox' ? `ls: ${name}: No such file or directory\n` : `ls: cannot access '${name}': No such file or directory\n`,
      );
      code = flavor === 'busybox' ? 1 : 2;
      continue;
    }
    const isDirectory = info.kind === 'directory' || (info.isAssumed === true && !/\.\w+$/.test(name));
    (isDirectory && !options.has('d') ? folders : single).push({ name, path, info });
  }
  context.out(linesFor(context, options, single));
  const isTitled = targets.length > 1 || options.has('R');
  let isFirst = single.length === 0;
  const show = (folder: Item): void => {
    if (isTitled) context.out(`${isFirst ? '' : '\n'}${folder.name}:\n`);
    isFirst = false;
    const items = itemsIn(context, options, folder);
    if (options.has('l')) context.out(`total ${items.reduce((sum, { info }) => sum + Math.ceil((info?.size ?? 0) / 4096) * 4, 0)}\n`);
    context.out(linesFor(context, options, items));
    if (!options.has('R')) return;
    for (const item of items)
      if (item.info?.kind === 'directory' && item.name !== '.' && item.name !== '..')
        show({ ...item, name: `${folder.name.replace(/\/$/, '')}/${item.name}` });
  };
  for (const folder of folders) show(folder);
  return code;
};

function itemsIn({ host }: CommandContext, options: ReadonlyMap<string, string>, folder: Item): readonly Item[] {
  const names = (host.files.list(folder.path) ?? []).filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'));
  const inside = (name: string): string =>
    name === '.' ? folder.path : name === '..' ? `${folder.path}/..` : `${folder.path === '/' ? '' : folder.path}/${name}`;
  const items = [...(options.has('a') ? ['.', '..'] : []), ...names].map((name) => ({
    name,
    path: inside(name),
    info: host.files.lstat(name === '..' ? folder.path : inside(name)),
  }));
  const size = ({ info }: Item): number => info?.size ?? 0;
  const time = ({ info }: Item): number => info?.modifiedMs ?? 0;
  if (options.has('S')) items.sort((a, b) => size(b) - size(a) || byName(a, b));
  else if (options.has('t')) items.sort((a, b) => time(b) - time(a) || byName(a, b));
  return options.has('r') ? items.reverse() : items;
}

function byName(a: Item, b: Item): number {
  return compareText(a.name, b.name);
}

function linesFor(context: CommandContext, options: ReadonlyMap<string, string>, items: readonly Item[]): string {
  return items.map((item) => `${describe(context, options, item)}\n`).join('');
}

function describe({ host }: CommandContext, options: ReadonlyMap<string, string>, { name, path, info }: Item): string {
  const mark = markOf(options, info);
  if (!options.has('l') || info === undefined) return `${name}${mark}`;
  const { files } = host;
  const link = info.kind === 'link' ? ` -> ${files.link(path) ?? ''}` : '';
  const isNumeric = options.has('n');
  const user = isNumeric ? String(info.uid) : userName(files, info.uid);
  const group = isNumeric ? String(info.gid) : groupName(files, info.gid);
  const size = options.has('h') ? humanSize(info.size) : String(info.size);
  return `${lettersOf(info)}    1 ${user.padEnd(8)} ${group.padEnd(8)} ${size.padStart(9)} ${name}${mark}${link}`;
}

function markOf(options: ReadonlyMap<string, string>, info: FileInfo | undefined): string {
  if (info === undefined || (!options.has('F') && !options.has('p'))) return '';
  if (info.kind === 'directory') return '/';
  if (options.has('p') && !options.has('F')) return '';
  return info.kind === 'link' ? (options.has('l') ? '' : '@') : (info.mode & 0o111) === 0 ? '' : '*';
}
