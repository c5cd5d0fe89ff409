// `ls`: names of directories and files, in the order and form that its options say. Upstream: POSIX ls, GNU coreutils, BusyBox 1.36. Rule: K924.

import { compareText } from '../../apimachinery/text.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileInfo } from '../state.ts';
import { formatDate } from './dates.ts';
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
    if (options.has('l')) context.out(`total ${items.reduce((sum, { info }) => sum + blocksOf(info), 0)}\n`);
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
    name === '.'
      ? folder.path
      : name === '..'
        ? folder.path.slice(0, folder.path.lastIndexOf('/')) || '/'
        : `${folder.path === '/' ? '' : folder.path}/${name}`;
  const items = [...(options.has('a') ? ['.', '..'] : []), ...names].map((name) => ({
    name,
    path: inside(name),
    info: host.files.lstat(inside(name)),
  }));
  const size = ({ info }: Item): number => sizeOf(info);
  const time = ({ info }: Item): number => info?.modifiedMs ?? 0;
  if (options.has('S')) items.sort((a, b) => size(b) - size(a) || byName(a, b));
  else if (options.has('t')) items.sort((a, b) => time(b) - time(a) || byName(a, b));
  return options.has('r') ? items.reverse() : items;
}

function byName(a: Item, b: Item): number {
  return compareText(a.name, b.name);
}

/** Kilobytes on the disk; where a link leads stands with its name. */
function blocksOf(info: FileInfo | undefined): number {
  return info?.kind === 'link' ? 0 : Math.ceil(sizeOf(info) / 4096) * 4;
}

/** A directory takes a block. */
function sizeOf(info: FileInfo | undefined): number {
  return info?.kind === 'directory' ? 4096 : (info?.size ?? 0);
}

function linesFor(context: CommandContext, options: ReadonlyMap<string, string>, items: readonly Item[]): string {
  const shown = (item: Item): string => {
    const link = options.has('l') && item.info?.kind === 'link' ? ` -> ${context.host.files.link(item.path) ?? ''}` : '';
    return `${item.name}${markOf(options, item.info)}${link}\n`;
  };
  if (!options.has('l')) return items.map(shown).join('');
  const rows = items.map(({ info }) => (info === undefined ? undefined : columnsOf(context, options, info)));
  // BusyBox has columns of fixed widths, coreutils as wide as they must be.
  const isFixed = context.host.flavor === 'busybox';
  const width = (name: 'user' | 'group' | 'size', least: number): number =>
    isFixed ? least : Math.max(0, ...rows.map((row) => row?.[name].length ?? 0));
  const [user, group, size] = [width('user', 8), width('group', 8), width('size', 9)];
  return items
    .map((item, index) => {
      const row = rows[index];
      if (row === undefined) return shown(item);
      const owners = `${row.user.padEnd(user)} ${row.group.padEnd(group)}`;
      return `${row.letters}${isFixed ? '    1' : ' 1'} ${owners} ${row.size.padStart(size)} ${row.time} ${shown(item)}`;
    })
    .join('');
}

interface Columns {
  readonly letters: string;
  readonly user: string;
  readonly group: string;
  readonly size: string;
  readonly time: string;
}

function columnsOf({ host }: CommandContext, options: ReadonlyMap<string, string>, info: FileInfo): Columns {
  const isNumeric = options.has('n');
  return {
    letters: lettersOf(info),
    user: isNumeric ? String(info.uid) : userName(host.files, info.uid),
    group: isNumeric ? String(info.gid) : groupName(host.files, info.gid),
    size: options.has('h') ? humanSize(sizeOf(info)) : String(sizeOf(info)),
    time: timeText(info.modifiedMs === 0 ? host.nowMs : info.modifiedMs, host.nowMs, options.has('full-time')),
  };
}

/** Half of a year, of 365.2425 days. */
const RECENT_MS = 15_778_476_000;

/** The hour of what is recent, the year of what is not. */
function timeText(ms: number, nowMs: number, isFull: boolean): string {
  if (isFull) return formatDate(ms, '%Y-%m-%d %H:%M:%S +0000');
  return formatDate(ms, Math.abs(nowMs - ms) < RECENT_MS ? '%b %e %H:%M' : '%b %e  %Y');
}

function markOf(options: ReadonlyMap<string, string>, info: FileInfo | undefined): string {
  if (info === undefined || (!options.has('F') && !options.has('p'))) return '';
  if (info.kind === 'directory') return '/';
  if (options.has('p') && !options.has('F')) return '';
  return info.kind === 'link' ? (options.has('l') ? '' : '@') : (info.mode & 0o111) === 0 ? '' : '*';
}
